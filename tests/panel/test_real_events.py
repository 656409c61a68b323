"""The real events through the contract and into panels, and how far they agree with VIEWS' country-months."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from tests.panel.real_events import real_events

from tocsin.core.period import month_id
from tocsin.panel.events import Events, check_events
from tocsin.panel.events_country import TYPES, country_months
from tocsin.panel.grid import cell_months, dense
from tocsin.sources import views
from tocsin.sources.catalogue import catalogue
from tocsin.sources.fetch import place_in

COVERS = (month_id(1989, 1), month_id(2020, 12))


@pytest.fixture(scope="module")
def table(mirror: Path) -> pl.DataFrame:
    return real_events(mirror)


@pytest.fixture(scope="module")
def events(table: pl.DataFrame) -> Events:
    return check_events(table, covers=COVERS, keep_unordered=True)


@pytest.fixture(scope="module")
def theirs(mirror: Path) -> pl.DataFrame:
    source, name = views.MONTHS
    path = place_in(mirror, catalogue()[source].table(name).url)
    if not path.is_file():
        pytest.skip("the mirror has no ged_cm.csv")
    return views.by_place(views.read_deaths(path, this_year=2026).frame)


def test_of_the_real_events_only_those_with_deaths_out_of_order_break_a_rule(table: pl.DataFrame) -> None:
    report = check_events(table, covers=COVERS).quarantine
    assert [(b.rule, b.rows) for b in report.breaches] == [("deaths out of order", 1462)]
    assert (report.rows, report.good) == (176_579, 175_117)


def test_every_real_event_has_a_country_number_and_a_cell(table: pl.DataFrame, events: Events) -> None:
    assert table["country_id"].null_count() == 0
    assert events.frame.height == table.height == 176_579


@pytest.mark.parametrize("rule", ["days", "end"])
def test_totals_by_type_are_those_of_the_events(table: pl.DataFrame, events: Events, rule: str) -> None:
    ours = country_months(events, rule=rule).frame.group_by("type").agg(pl.col("events", "low", "best", "high").sum())
    cells = cell_months(events, rule=rule).frame.group_by("type").agg(pl.col("events", "low", "best", "high").sum())
    for number, name in enumerate(TYPES, start=1):
        own = table.filter(type_of_violence=number)
        expected = (own.height, own["low"].sum(), own["best"].sum(), own["high"].sum())
        for sums in (ours, cells):
            assert sums.filter(type=name).drop("type").row(0) == pytest.approx(expected, rel=1e-12)


def test_a_full_grid_of_the_real_events_holds_all_of_them(table: pl.DataFrame, events: Events) -> None:
    full = dense(cell_months(events), type="one-sided")
    assert full.left_out == 0
    assert full.values.sum(dtype=np.float64) == table.filter(type_of_violence=3)["best"].sum()


def test_what_the_panel_covers_is_what_views_covers_but_for_micro_states_and_years_of_change(
    events: Events, theirs: pl.DataFrame
) -> None:
    ours = country_months(events, months=(121, COVERS[1])).frame.filter("covered", type="state-based")
    theirs = theirs.filter(pl.col("month") <= COVERS[1])
    both = ours.join(theirs, on=("place", "month"))
    assert both.height == 69_702
    lacking = theirs.join(ours, on=("place", "month"), how="anti")
    # Where a number stands for two states in one year, the year is the later state's with us.
    assert sorted(lacking["place"].unique()) == ["SUN", "YAR", "YUG"]
    assert lacking.height == 21
    more = ours.join(theirs, on=("place", "month"), how="anti")
    assert more.filter(pl.col("place").is_in(["AND", "LIE", "MCO", "SMR"])).height == 4 * 372
    # VIEWS goes by the month of a founding, a number of ours by the year.
    assert more.height - 4 * 372 == 498
    assert more.filter(pl.col("best") > 0)["place"].unique().sort().to_list() == ["RUS", "SCG"]


def test_the_file_is_a_subset_and_agrees_with_views_as_far_as_a_subset_can(
    events: Events, theirs: pl.DataFrame
) -> None:
    """Our file has 54 % of the deaths: what is dated or placed roughly is not in it, nor is a later release's work.

    So VIEWS has more wherever the two differ, but for some 2 % of the months with violence that were revised since.
    """
    ours = country_months(events, months=(121, COVERS[1])).frame.filter("covered", type="state-based")
    both = ours.join(theirs, on=("place", "month"))
    assert both["best"].sum() / both["deaths"].sum() == pytest.approx(0.539, abs=0.001)
    violent = both.filter((pl.col("best") > 0) | (pl.col("deaths") > 0))
    assert violent.height == 8_831
    assert violent.filter(pl.col("best") == pl.col("deaths")).height == 2_172
    assert violent.filter(pl.col("best") > pl.col("deaths")).height == 215
    logs = np.log1p(both.select("best", "deaths").to_numpy())
    assert np.corrcoef(logs.T)[0, 1] == pytest.approx(0.932, abs=0.001)


def test_views_puts_an_event_of_several_months_into_the_month_in_which_it_ends(
    events: Events, theirs: pl.DataFrame
) -> None:
    """Whole numbers only, and a December that is nearly double the other months, while in our file it is lower."""
    assert (theirs["deaths"] == theirs["deaths"].round()).all()

    def december(table: pl.DataFrame, deaths: str) -> float:
        by_month = table.group_by((pl.col("month") - 1) % 12 + 1).agg(pl.col(deaths).sum()).sort("month")
        return by_month[deaths][11] / by_month[deaths].head(11).mean()

    same = theirs.filter(pl.col("month") <= COVERS[1])
    assert december(same, "deaths") == pytest.approx(1.67, abs=0.01)
    ours = country_months(events, months=(121, COVERS[1])).frame.filter("covered", type="state-based")
    assert december(ours, "best") < 1
