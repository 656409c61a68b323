"""Which periods count, with what outcome, and compared with which others."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.core.errors import PanelError
from tocsin.horizon.aftermath_periods import COLUMNS, Known, jumps, month_periods, year_periods

QUIET = {
    "battledeaths.log2": 0.0,
    "coup.try.5yr": 0.0,
    "mk_ongoing_count_log2": 0.0,
    "reg.na": 0.0,
    "reg.eap": 0.0,
    "reg.sca": 0.0,
    "reg.mna": 0.0,
    "reg.eur": 0.0,
    "partyban.new.0": 0.0,
    "partyban.new.1": 0.0,
}


def panel(years, onsets=(), place="AAA", **changed) -> pl.DataFrame:
    last = max(years)
    return pl.DataFrame(
        [
            {
                "place": place,
                "year": year,
                "onset": int(year in onsets),
                "onset_1": None if year == last else int(year + 1 in onsets),
                **QUIET,
                **changed,
            }
            for year in years
        ],
        schema_overrides={"onset": pl.Int8, "onset_1": pl.Int8},
    )


def events(*times, place="AAA") -> pl.DataFrame:
    return pl.DataFrame({"place": [place] * len(times), "time": list(times)}, schema={"place": str, "time": int})


def series(deaths, place="AAA", first=121) -> pl.DataFrame:
    return pl.DataFrame({"place": place, "time": range(first, first + len(deaths)), "deaths": deaths})


def by_time(periods: pl.DataFrame, column: str) -> dict:
    return dict(zip(periods["time"], periods[column], strict=True))


def test_an_onset_in_the_same_or_the_next_year_follows():
    found = year_periods(panel(range(1990, 2000), onsets={1995}), events(1994, 1996), Known(1990, 1998))
    assert tuple(found.columns) == COLUMNS
    assert {t for t, y in by_time(found, "outcome").items() if y} == {1994, 1995}
    assert {t for t, e in by_time(found, "event").items() if e} == {1994, 1996}


def test_an_onset_in_the_next_year_only_follows_where_order_must_be_certain():
    found = year_periods(panel(range(1990, 2000), onsets={1995}), events(1994), Known(1990, 1998), next_only=True)
    assert {t for t, y in by_time(found, "outcome").items() if y} == {1994}


def test_years_of_unknown_outcome_or_without_a_year_before_do_not_count():
    found = year_periods(panel(range(1990, 2000)), events(1995), Known(1990, 2000))
    assert sorted(found["time"]) == list(range(1991, 1999))


def test_a_year_just_after_an_event_is_no_comparison_and_later_events_decide_nothing():
    found = year_periods(panel(range(1990, 2000)), events(1995), Known(1990, 1998))
    assert {t for t, c in by_time(found, "comparison").items() if not c} == {1995, 1996}


def test_where_the_year_before_is_not_listed_a_year_is_no_comparison():
    found = year_periods(panel(range(1990, 2000)), events(1997), Known(1993, 1998))
    assert min(found["time"]) == 1993
    assert not by_time(found, "comparison")[1993]
    assert by_time(found, "comparison")[1994]


def test_a_cell_is_made_of_the_year_before():
    under_way = pl.when(pl.col("year") >= 1995).then(1.0).otherwise(0.0).alias("mk_ongoing_count_log2")
    found = year_periods(panel(range(1990, 2000)).with_columns(under_way), events(1995), Known(1990, 1998))
    cell = by_time(found, "cell")
    assert cell[1994] == cell[1995] != cell[1996]


def test_deaths_of_the_month_itself_are_neither_before_nor_after():
    deaths = [0.0] * 60
    deaths[24] = 1000.0
    found = month_periods(
        series(deaths), panel(range(1989, 1996)), events(), events(145), Known(121, 200), months=6
    ).filter(pl.col("event"))
    assert found["outcome"].to_list() == [0]


@pytest.mark.parametrize(
    ("before", "after", "months", "escalates"),
    [
        (0, 24, 6, 0),
        (0, 25, 6, 1),
        (120, 119, 6, 0),
        (120, 120, 6, 1),
        (120, 239, 12, 0),
        (120, 240, 12, 1),
        (2, 24, 12, 0),
    ],
)
def test_escalation_is_twice_as_many_a_month_and_at_least_25(before, after, months, escalates):
    deaths = [0.0] * 60
    deaths[13], deaths[24 + months] = float(before), float(after)
    found = month_periods(
        series(deaths), panel(range(1989, 1996)), events(), events(145), Known(121, 200), months=months
    )
    assert found.filter(pl.col("event"))["outcome"].to_list() == [escalates]


def test_deaths_outside_the_windows_count_for_nothing():
    deaths = [0.0] * 60
    deaths[11] = deaths[31] = 500.0
    found = month_periods(series(deaths), panel(range(1989, 1996)), events(), events(145), Known(121, 200), months=6)
    row = found.filter(pl.col("event"))
    assert row["outcome"].to_list() == [0]
    assert row["cell"].item().split("|")[4] == "0"


def test_a_month_that_is_not_covered_is_not_a_month_without_deaths():
    deaths = [0.0] * 60
    deaths[30] = None
    found = month_periods(series(deaths), panel(range(1989, 1996)), events(), events(), Known(121, 200), months=6)
    gap = set(range(151 - 12, 151 + 13))
    assert gap.isdisjoint(found["time"])
    gone = series(deaths).filter(pl.col("time") != 151)
    again = month_periods(gone, panel(range(1989, 1996)), events(), events(), Known(121, 200), months=6)
    assert again.equals(found)


def test_a_coup_counts_for_the_five_years_after_it_and_not_for_its_own_month():
    deaths = series([0.0] * 120)
    found = month_periods(deaths, panel(range(1989, 2001)), events(140), events(), Known(121, 240), months=6)
    coup = {t for t, cell in by_time(found, "cell").items() if cell.split("|")[2] == "1"}
    assert coup == set(range(141, 201))


def test_months_just_after_an_event_are_no_comparison_for_as_long_as_the_horizon():
    for months in (6, 12):
        found = month_periods(
            series([0.0] * 120), panel(range(1989, 2001)), events(), events(170), Known(100, 240), months=months
        )
        assert {t for t, c in by_time(found, "comparison").items() if not c} == set(range(170, 171 + months))


def test_two_rows_for_one_month_are_refused():
    with pytest.raises(PanelError, match="two rows for one month"):
        jumps(pl.concat([series([0.0] * 30), series([1.0])]))


def test_a_lacking_column_is_named():
    with pytest.raises(PanelError, match=r"coup\.try\.5yr"):
        year_periods(panel([1990, 1991]).drop("coup.try.5yr"), events(), Known(1990, 1991))


def test_a_jump_is_named_in_the_month_in_which_it_could_be_seen():
    deaths = [0.0] * 40 + [10.0] * 30
    assert jumps(series(deaths))["time"].to_list() == [121 + 42]


def test_a_slow_rise_is_no_jump_and_neither_is_a_second_month_of_one():
    assert jumps(series([float(t) for t in range(40, 120)])).is_empty()
    twice = [0.0] * 40 + [30.0] + [0.0] * 10 + [500.0] + [0.0] * 40
    assert jumps(series(twice))["time"].to_list() == [161]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 80), min_size=40, max_size=80), st.integers(36, 79), st.integers(0, 500))
def test_later_deaths_never_move_an_earlier_jump(deaths, cut, later):
    changed = [d if i <= cut else float(later) for i, d in enumerate(map(float, deaths))]
    seen = [t for t in jumps(series(list(map(float, deaths))))["time"] if t <= 121 + cut]
    assert [t for t in jumps(series(changed))["time"] if t <= 121 + cut] == seen


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 60), min_size=60, max_size=60), st.sampled_from([6, 12]))
def test_outcomes_are_those_of_a_plain_loop(deaths, months):
    found = month_periods(
        series(list(map(float, deaths))), panel(range(1989, 1996)), events(), events(), Known(121, 300), months=months
    )
    assert sorted(found["time"]) == list(range(133, 169))
    for time, outcome in by_time(found, "outcome").items():
        i = time - 121
        before, after = sum(deaths[i - 12 : i]), sum(deaths[i + 1 : i + 1 + months])
        assert outcome == (after >= 25 and 12 * after >= 2 * months * before)
