from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.core.errors import PanelError
from tocsin.panel.months import CountryMonths, build_country_months


def table(*rows: tuple[str, int, int, float | None]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=["place", "country_id", "month", "deaths"], orient="row")


SMALL = table(
    ("SDN", 59, 10, 3.0), ("SDN", 59, 11, 0.0), ("SDN", 245, 12, 7.0), ("AFG", 133, 10, None), ("AFG", 133, 12, 1)
)


def test_rows_are_told_apart_by_the_number_and_what_has_no_row_is_not_covered() -> None:
    matrix = build_country_months(SMALL)
    assert matrix.country_ids == (59, 133, 245)
    assert matrix.places == ("SDN", "AFG", "SDN")
    assert matrix.months.tolist() == [10, 11, 12]
    assert matrix.covered.tolist() == [[True, True, False], [False, False, True], [False, False, True]]
    assert matrix.deaths[0, :2].tolist() == [3.0, 0.0]
    assert np.isnan(matrix.deaths[~matrix.covered]).all()


def test_it_cannot_be_changed_neither_in_place_nor_through_what_it_was_made_from() -> None:
    matrix = build_country_months(SMALL)
    for array in (matrix.deaths, matrix.covered, matrix.months):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0
    deaths, covered = np.array([[1.0]]), np.array([[True]])
    own = CountryMonths(("SDN",), (1,), np.array([5]), deaths, covered)
    deaths[0, 0] = 9.0
    assert own.deaths[0, 0] == 1.0


def test_as_of_a_month_there_is_nothing_later() -> None:
    early = build_country_months(SMALL).upto(11)
    assert early.last_month == 11
    assert early.country_ids == (59,)  # the others come in month 12
    assert early.deaths.tolist() == [[3.0, 0.0]]


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 9), st.integers(0, 99)), min_size=1), st.data())
def test_the_future_does_not_leak_into_what_is_as_of_a_month(
    cells: list[tuple[int, int, int]], data: st.DataObject
) -> None:
    unique = {(id, month): deaths for id, month, deaths in cells}
    rows = [(f"P{id}", id, month, float(deaths)) for (id, month), deaths in unique.items()]
    matrix = build_country_months(table(*rows))
    month = data.draw(st.integers(int(matrix.months[0]), matrix.last_month))
    other = [(p, id, m, deaths if m <= month else deaths + 1000) for p, id, m, deaths in rows]
    one, two = matrix.upto(month), build_country_months(table(*other)).upto(month)
    assert one.country_ids == two.country_ids
    assert one.places == two.places
    assert np.array_equal(one.deaths, two.deaths, equal_nan=True)
    assert np.array_equal(one.covered, two.covered)
    assert np.nansum(one.deaths) == sum(deaths for _, _, m, deaths in rows if m <= month)


@pytest.mark.parametrize("month", [9, 13])
def test_a_month_outside_is_refused(month: int) -> None:
    with pytest.raises(PanelError, match="is not among 10 to 12"):
        build_country_months(SMALL).upto(month)


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        (SMALL.drop("deaths"), "lacks deaths"),
        (SMALL.clear(), "no row"),
        (table(("SDN", 59, 10, 1.0), ("SDN", 59, 10, 1.0)), "two rows for month 10"),
        (table(("SDN", 59, 10, 1.0), ("AFG", 59, 11, 1.0)), "two places"),
        (table(("SDN", 59, 10, -1.0)), "0 or more"),
    ],
)
def test_a_table_that_cannot_be_a_matrix_is_refused(broken: pl.DataFrame, says: str) -> None:
    with pytest.raises(PanelError, match=says):
        build_country_months(broken)


def test_the_real_country_months_fit(mirror: Path) -> None:
    from tocsin.sources import views
    from tocsin.sources.catalogue import catalogue
    from tocsin.sources.fetch import place_in

    source, name = views.MONTHS
    path = place_in(mirror, catalogue()[source].table(name).url)
    if not path.is_file():
        pytest.skip("the mirror has no ged_cm.csv")
    frame = views.read_deaths(path, this_year=2026).frame
    matrix = build_country_months(frame)
    assert matrix.deaths.shape == (213, 384)
    assert int(matrix.months[0]) == 121
    assert matrix.covered.sum() == frame.height
    assert np.nansum(matrix.deaths) == frame["deaths"].sum()
    assert matrix.upto(500).last_month == 500
