import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.panel.made_up_events import COVERS, checked, row

from tocsin.core.errors import PanelError, PeriodError
from tocsin.core.period import month_id
from tocsin.panel.events_country import TYPES
from tocsin.panel.grid import cell_months, cell_of, dense
from tocsin.panel.spreading import SUMS

MAY = month_id(2004, 5)
DARFUR, NYALA = cell_of(13.6, 25.3), cell_of(12.05, 24.88)
ELSEWHERE = {"latitude": 12.05, "longitude": 24.88, "priogrid_gid": NYALA}


def test_only_cells_and_months_with_events_have_rows() -> None:
    table = cell_months(checked(row(1), row(2, best=3), row(3, **ELSEWHERE, type_of_violence=2)))
    assert table.frame.columns == ["cell", "month", "type", *SUMS]
    assert table.frame.rows() == [
        (NYALA, MAY, "non-state", 1, 1.0, 2.0, 4.0, 0.0),
        (DARFUR, MAY, "state-based", 2, 2.0, 5.0, 8.0, 0.0),
    ]


def test_events_over_a_month_end_are_spread_here_too() -> None:
    table = cell_months(checked(row(date_start="2004-02-28", date_end="2004-03-02", best=60, high=60)))
    assert table.frame.select("month", "events", "best", "across").rows() == [
        (month_id(2004, 2), 1, 30.0, 30.0),
        (month_id(2004, 3), 0, 30.0, 30.0),
    ]


def test_the_full_array_has_zero_where_nothing_happened_and_nan_where_nothing_is_known() -> None:
    table = cell_months(checked(row(1), row(2, **ELSEWHERE, best=3)))
    full = dense(table, type="state-based", cells=[DARFUR, 1, NYALA], months=(MAY, COVERS[1] + 2))
    assert full.values.shape == (3, COVERS[1] + 2 - MAY + 1)
    assert full.values.dtype == np.float32
    assert full.values[:, 0].tolist() == [2.0, 0.0, 3.0]
    assert not full.values[:, 1:-2].any()
    assert np.isnan(full.values[:, -2:]).all()
    assert full.left_out == 0.0


def test_what_lies_in_cells_not_asked_for_is_told() -> None:
    table = cell_months(checked(row(1), row(2, **ELSEWHERE, best=3)))
    assert dense(table, type="state-based", cells=[DARFUR]).left_out == 3.0
    assert dense(table, type="state-based", measure="events", cells=[1]).left_out == 2.0


def test_all_cells_with_events_are_taken_where_none_are_named() -> None:
    table = cell_months(checked(row(1), row(2, **ELSEWHERE)))
    full = dense(table, type="one-sided")
    assert full.cells.tolist() == sorted([DARFUR, NYALA])
    assert full.months == COVERS
    assert not full.values.any()


@pytest.mark.parametrize(
    "options",
    [
        {"type": "war"},
        {"type": "one-sided", "measure": "deaths"},
        {"type": "one-sided", "cells": [0]},
        {"type": "one-sided", "cells": [259_201]},
        {"type": "one-sided", "cells": [5, 5]},
        {"type": "one-sided", "cells": [1.5]},
    ],
)
def test_what_does_not_exist_is_refused(options: dict[str, object]) -> None:
    with pytest.raises(PanelError):
        dense(cell_months(checked(row())), **options)


def test_months_that_are_no_span_are_refused() -> None:
    with pytest.raises(PeriodError):
        dense(cell_months(checked(row())), type="one-sided", months=(5, 4))


def test_a_point_lies_in_the_cell_that_the_grid_says() -> None:
    # The corners of the grid, and the edge at 180 degrees, which is the same line on both sides.
    assert cell_of(-90, -180) == 1
    assert cell_of(-90, 179.9) == 720
    assert cell_of(-89.4, -180) == 721
    assert cell_of(90, 179.9) == 259_200
    assert cell_of(10, 180) == cell_of(10, -180)
    with pytest.raises(PanelError):
        cell_of(91, 0)


@settings(deadline=None)
@given(st.floats(-90, 90), st.floats(-180, 180))
def test_an_event_in_its_own_cell_passes(latitude: float, longitude: float) -> None:
    events = checked(
        row(1000), row(1, latitude=latitude, longitude=longitude, priogrid_gid=cell_of(latitude, longitude))
    )
    away = [b for b in events.quarantine.breaches if b.rule == "cell away from the coordinates"]
    assert away == []


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(1, 3), st.integers(0, 400), st.integers(0, 9)), min_size=1, max_size=10))
def test_the_full_arrays_add_up_to_the_events(found: list[tuple[int, int, int]]) -> None:
    events = checked(
        *(
            row(at + 1, type_of_violence=kind, low=0, best=best, high=9, date_end=f"200{4 + days // 366}-05-20")
            for at, (kind, days, best) in enumerate(found)
        )
    )
    table = cell_months(events)
    total = sum(float(dense(table, type=type).values.sum(dtype=np.float64)) for type in TYPES)
    assert total == pytest.approx(events.frame["best"].sum(), rel=1e-5, abs=1e-6)
