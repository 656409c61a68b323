import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.panel.made_up_events import COVERS, checked, row

from tocsin.core.errors import PanelError, PeriodError, UnknownPlace
from tocsin.core.period import month_id
from tocsin.core.place import places, resolve
from tocsin.panel.events_country import TYPES, country_months
from tocsin.panel.events_place import states
from tocsin.panel.grid import cell_of

MAY = month_id(2004, 5)
NUMBERS = ("events", "low", "best", "high", "across", "set_aside")


def cell(frame: pl.DataFrame, place: str, month: int, type: str = "state-based") -> tuple[object, ...]:
    return frame.filter(place=place, month=month, type=type).select("covered", *NUMBERS).row(0)


def test_events_are_added_up_by_country_month_and_type() -> None:
    frame = country_months(checked(row(1), row(2, best=3), row(3, type_of_violence=3), row(4, country_id=520))).frame
    assert cell(frame, "SDN", MAY) == (True, 2, 2.0, 5.0, 8.0, 0.0, 0)
    assert cell(frame, "SDN", MAY, "one-sided") == (True, 1, 1.0, 2.0, 4.0, 0.0, 0)
    assert cell(frame, "SOM", MAY) == (True, 1, 1.0, 2.0, 4.0, 0.0, 0)


def test_a_covered_month_without_events_is_zero() -> None:
    frame = country_months(checked(row())).frame
    assert cell(frame, "SDN", MAY, "non-state") == (True, 0, 0.0, 0.0, 0.0, 0.0, 0)
    assert cell(frame, "CHE", COVERS[1]) == (True, 0, 0.0, 0.0, 0.0, 0.0, 0)


NOT_COVERED = (False, *[None] * 6)


def test_a_month_after_the_release_is_null_and_not_zero() -> None:
    frame = country_months(checked(row()), months=(COVERS[0], COVERS[1] + 12)).frame
    assert cell(frame, "SDN", COVERS[1] + 1) == NOT_COVERED
    assert cell(frame, "SDN", COVERS[1])[0] is True


def test_before_a_state_existed_and_after_it_ended_is_null() -> None:
    frame = country_months(checked(row())).frame
    assert cell(frame, "SSD", month_id(2010, 12)) == NOT_COVERED
    assert cell(frame, "SSD", month_id(2011, 1))[0] is True
    assert cell(frame, "SUN", month_id(1990, 12))[0] is True
    assert cell(frame, "SUN", month_id(1991, 1)) == NOT_COVERED


def test_a_place_that_the_source_has_no_number_for_is_not_in_the_table() -> None:
    frame = country_months(checked(row())).frame
    assert "PSE" not in frame["place"].to_list()


def test_a_place_said_not_to_be_covered_is_null_in_these_months_alone() -> None:
    frame = country_months(checked(row()), not_covered={"SYR": range(month_id(2011, 1), month_id(2012, 1))}).frame
    assert cell(frame, "SYR", month_id(2011, 12)) == NOT_COVERED
    assert cell(frame, "SYR", month_id(2012, 1))[0] is True


def test_events_where_nothing_is_said_to_be_covered_are_not_lost_in_silence() -> None:
    with pytest.raises(PanelError, match=f"SDN in month {MAY}"):
        country_months(checked(row()), not_covered={"SDN": [MAY]})
    with pytest.raises(UnknownPlace):
        country_months(checked(row()), not_covered={"XXX": [MAY]})


def test_a_number_stands_for_the_state_of_the_year() -> None:
    moscow = {"latitude": 55.7, "longitude": 37.6, "priogrid_gid": cell_of(55.7, 37.6), "country_id": 365}
    before = {"year": 1990, "date_start": "1990-12-30", "date_end": "1991-01-01", "best": 3}
    frame = country_months(checked(row(**moscow, **before))).frame
    assert cell(frame, "SUN", month_id(1990, 12))[:4] == (True, 1, pytest.approx(2 / 3), pytest.approx(2.0))
    assert cell(frame, "RUS", month_id(1991, 1))[:4] == (True, 0, pytest.approx(1 / 3), pytest.approx(1.0))


def test_the_table_is_full_and_sorted() -> None:
    table = country_months(checked(row()), months=(MAY, MAY + 1))
    frame = table.frame
    assert table.months == (MAY, MAY + 1)
    assert frame.columns == ["place", "month", "type", "covered", *NUMBERS]
    there = sorted(set(states(2004, 2004)["place"]))
    assert frame.select("place", "month", pl.col("type").cast(pl.String)).rows() == [
        (id, month, type) for id in there for month in (MAY, MAY + 1) for type in TYPES
    ]


def test_a_month_whose_rows_were_set_aside_says_so_beside_its_zero() -> None:
    lost = row(2, latitude=95, date_start="2004-06-01", date_end="2004-06-01")
    frame = country_months(checked(row(1), row(1), lost, row(3, date_start="?"))).frame
    assert cell(frame, "SDN", MAY + 1) == (True, 0, 0.0, 0.0, 0.0, 0.0, 1)
    assert cell(frame, "SDN", MAY)[-1] == 0  # the row that is there twice is counted once, and nothing of it is lost
    assert frame.filter(type="one-sided")["set_aside"].sum() == 1  # the month of the last row cannot be read


@pytest.mark.parametrize("months", [(540, 109), (1, 109)])
def test_months_that_are_no_span_are_refused(months: tuple[int, int]) -> None:
    with pytest.raises(PeriodError):
        country_months(checked(row()), months=months)


def test_the_states_are_those_that_the_places_give_for_each_number_and_year() -> None:
    held = states(1989, 2026)
    assert not held.select("country", "year").is_duplicated().any()
    for number, year, id in held.filter(pl.col("year").is_in([1989, 1990, 1991, 1992, 2006, 2008, 2011, 2026])).rows():
        assert resolve(number, scheme="gw", year=year).id == id
    # A number without a gap in its years: an event whose first and last year are known is known in between.
    years = held.group_by("country").agg(
        pl.col("year").n_unique().alias("n"), (pl.col("year").max() - pl.col("year").min() + 1).alias("span")
    )
    assert years.filter(pl.col("n") != pl.col("span")).is_empty()
    with_numbers = {p.id for p in places() if any(c.last is None or c.last >= 1989 for c in p.codes.get("gw", ()))}
    assert set(held["place"]) == with_numbers


CODES = st.sampled_from([365, 345, 340, 625, 626, 678, 315, 316, 700])


@settings(deadline=None)
@given(st.lists(st.tuples(CODES, st.integers(109, 540), st.integers(1, 3), st.integers(0, 99)), max_size=12))
def test_no_event_that_passed_is_missing_from_the_panel(found: list[tuple[int, int, int, int]]) -> None:
    rows = [row(1000)]
    for at, (code, month, kind, best) in enumerate(found):
        year, of = 1980 + (month - 1) // 12, (month - 1) % 12 + 1
        day = f"{year}-{of:02d}-28"
        rows.append(
            row(
                at + 1,
                country_id=code,
                year=year,
                date_start=day,
                date_end=day,
                type_of_violence=kind,
                low=0,
                best=best,
                high=best,
            )
        )
    events = checked(*rows)
    frame = country_months(events).frame
    assert frame["events"].sum() == events.frame.height
    assert frame["best"].sum() == pytest.approx(events.frame["best"].sum())
    assert frame.filter(~pl.col("covered"), pl.any_horizontal(pl.col(NUMBERS).is_not_null())).is_empty()
    assert frame.filter(pl.col("covered"), pl.any_horizontal(pl.col(NUMBERS).is_null())).is_empty()
