"""The tables and the periods of the study, from a folder laid out as HOST/PATH, each through its contract."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from tocsin.horizon.aftermath_periods import Known, jumps, month_periods, year_periods
from tocsin.panel.onset import build_onset_panel
from tocsin.sources import coups, ewp, reign, views
from tocsin.sources.catalogue import catalogue
from tocsin.sources.contract import read_checked
from tocsin.sources.fetch import place_in

YEARS = {
    "election": Known(1950, 2020),
    "coup": Known(1950, 2021),
    "coup_success": Known(1950, 2021),
    "jump": Known(1993, 2021),
}
MONTHS = {
    "election": Known(1, 492),
    "coup": Known(1, 492),
    "coup_success": Known(1, 492),
    "jump": Known(156, 492),
}
"""Periods in which each kind of event is fully listed; months from January 1980 = 1. What the panel and the deaths
cover bounds them further."""


@dataclass(frozen=True, eq=False)
class Tables:
    """panel: as ``build_onset_panel`` makes it; deaths: place, time, deaths; events: place, time of each kind."""

    panel: pl.DataFrame
    deaths: pl.DataFrame
    events: dict[str, pl.DataFrame]


def tables(mirror: Path, this_year: int = 2026) -> Tables:
    """The tables from a folder laid out as HOST/PATH, each through its contract."""

    def path(names: tuple[str, str]) -> Path:
        return place_in(mirror, catalogue()[names[0]].table(names[1]).url)

    frame = ewp.read_panel(path(ewp.PANEL), this_year=this_year).frame
    panel = build_onset_panel(frame, vintage=catalogue()[ewp.PANEL[0]].vintage).frame
    deaths = views.by_place(views.read_deaths(path(views.MONTHS), this_year=this_year).frame).select(
        "place", pl.col("month").cast(pl.Int64).alias("time"), "deaths"
    )
    source = catalogue()[reign.ELECTIONS[0]]
    held = [word for word, state in reign.STATES.items() if state in reign.HELD]
    listed = read_checked(path(reign.ELECTIONS), source, source.table(reign.ELECTIONS[1]), this_year=this_year).frame
    votes = listed.filter(
        pl.col("event").is_in(held)
        & (pl.col("direct") == "Y")
        & pl.col("type").is_in(["L", "X"])
        & (pl.col("runoff").fill_null("N") != "2")
    ).select("place", _month(pl.col("elec_year"), pl.col("elec_month")))
    attempts = coups.read_attempts(path(coups.ATTEMPTS), this_year=this_year).frame.select(
        "place",
        _month(pl.col("when").str.slice(0, 4), pl.col("when").str.slice(5, 2)),
        "succeeded",
    )
    return Tables(
        panel,
        deaths,
        {
            "election": votes.unique(),
            "coup": attempts.select("place", "time").unique(),
            "coup_success": attempts.filter("succeeded").select("place", "time").unique(),
            "jump": jumps(deaths),
        },
    )


def periods_of(at_hand: Tables, event: str, outcome: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The periods of one comparison, and its events as place and year or month."""
    months = at_hand.events[event]
    if outcome.startswith("onset"):
        years = months.select("place", (1980 + (pl.col("time") - 1).floordiv(12)).alias("time")).unique()
        return year_periods(at_hand.panel, years, YEARS[event], next_only=outcome == "onset_next"), years
    horizon = int(outcome.removeprefix("escalation_"))
    periods = month_periods(
        at_hand.deaths, at_hand.panel, at_hand.events["coup"], months, MONTHS[event], months=horizon
    )
    return periods, months


def _month(year: pl.Expr, month: pl.Expr) -> pl.Expr:
    return ((year.cast(pl.Int64) - 1980) * 12 + month.cast(pl.Int64)).alias("time")
