from calendar import monthrange
from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.panel.made_up_events import checked, row

from tocsin.core.errors import PanelError
from tocsin.core.period import month_id
from tocsin.panel.spreading import RULES, by_month, summed


def spread(start: str, end: str, best: int = 60) -> pl.DataFrame:
    frame = checked(
        row(date_start=start, date_end=end, year=start[:4], best=best, low=0, high=2 * best), keep_unordered=True
    ).frame
    return by_month(frame).sort("month")


def test_an_event_within_a_month_stays_whole() -> None:
    found = spread("2004-05-01", "2004-05-31")
    assert found.select("month", "counts", "low", "best", "high", "across").rows() == [
        (month_id(2004, 5), 1, 0.0, 60.0, 120.0, 0.0)
    ]


def test_an_event_over_a_month_end_goes_to_both_by_days() -> None:
    found = spread("2004-02-28", "2004-03-02")  # a leap year: two days in February, two in March
    assert found.select("month", "counts", "best", "high", "across").rows() == [
        (month_id(2004, 2), 1, 30.0, 60.0, 30.0),
        (month_id(2004, 3), 0, 30.0, 60.0, 30.0),
    ]


def test_an_event_over_a_year_end_reaches_the_next_year() -> None:
    found = spread("2003-12-31", "2004-02-29", best=61)
    assert found.select("month", "best").rows() == [
        (month_id(2003, 12), 1.0),
        (month_id(2004, 1), 31.0),
        (month_id(2004, 2), 29.0),
    ]


def test_an_event_that_ends_before_it_begins_is_refused() -> None:
    frame = checked(row()).frame.with_columns(end=pl.col("start").dt.offset_by("-1d"))
    with pytest.raises(PanelError, match="ends before it begins"):
        by_month(frame)
    with pytest.raises(PanelError, match="ends before it begins"):
        summed(frame, "type")


def test_under_the_other_rule_an_event_stands_whole_in_the_month_in_which_it_ends() -> None:
    frame = checked(
        row(1, date_start="2003-12-31", date_end="2004-02-29", best=61, high=99), row(2, date_start="2004-05-01")
    ).frame
    found = by_month(frame, "end").sort("month")
    assert found.select("month", "counts", "best", "across").rows() == [
        (month_id(2004, 2), 1, 61.0, 61.0),
        (month_id(2004, 5), 1, 2.0, 0.0),
    ]
    with pytest.raises(PanelError, match="no rule 'start'"):
        by_month(frame, "start")


EVENT = st.tuples(
    st.dates(date(1989, 1, 1), date(2022, 12, 31)),
    st.integers(0, 730),
    st.integers(0, 50_000),
    st.integers(0, 50_000),
    st.integers(0, 50_000),
    st.sampled_from([1, 2, 3]),
)


def slow(first: date, last: date, deaths: int) -> dict[int, Fraction]:
    """The rule day by day, in exact fractions."""
    found: dict[int, Fraction] = defaultdict(Fraction)
    days = (last - first).days + 1
    for at in range(days):
        day = first + timedelta(days=at)
        found[month_id(day.year, day.month)] += Fraction(deaths, days)
    return found


@settings(deadline=None)
@given(st.lists(EVENT, min_size=1, max_size=6), st.sampled_from(RULES))
def test_deaths_are_neither_made_nor_lost_and_each_event_is_counted_once(events: list[tuple], rule: str) -> None:
    frame = checked(
        *(
            row(
                at + 1,
                date_start=first,
                date_end=first + timedelta(days=days),
                year=first.year,
                low=low,
                best=low + more,
                high=low + more + most,
                type_of_violence=kind,
            )
            for at, (first, days, low, more, most, kind) in enumerate(events)
        )
    ).frame
    found = by_month(frame, rule)
    for name in ("low", "best", "high"):
        assert found[name].sum() == pytest.approx(frame[name].sum(), rel=1e-12, abs=1e-9)
    assert found["counts"].sum() == frame.height
    assert (found["low"] <= found["best"] + 1e-9).all()
    assert (found["best"] <= found["high"] + 1e-9).all()
    together = summed(frame, "type", rule=rule)
    assert together["events"].sum() == frame.height
    assert together["best"].sum() == pytest.approx(frame["best"].sum(), rel=1e-12, abs=1e-9)


@settings(deadline=None)
@given(first=st.dates(date(1989, 1, 1), date(2022, 12, 31)), days=st.integers(0, 730), deaths=st.integers(0, 60_000))
def test_the_shares_are_those_of_a_count_day_by_day(first: date, days: int, deaths: int) -> None:
    last = first + timedelta(days=days)
    found = spread(str(first), str(last), deaths)
    expected = slow(first, last, deaths)
    assert found["month"].to_list() == sorted(expected)
    for month, best in found.select("month", "best").rows():
        assert best == pytest.approx(float(expected[month]), rel=1e-12, abs=1e-9)
    whole = last <= date(first.year, first.month, monthrange(first.year, first.month)[1])
    assert found["across"].sum() == pytest.approx(0 if whole else deaths, rel=1e-12, abs=1e-9)


def test_sums_may_be_kept_to_some_months() -> None:
    frame = checked(row(date_start="2004-02-28", date_end="2004-03-02", best=60, high=99)).frame
    march = month_id(2004, 3)
    assert summed(frame, "country", months=(march, march)).select("country", "month", "events", "best").rows() == [
        (625, march, 0, 30.0)
    ]
