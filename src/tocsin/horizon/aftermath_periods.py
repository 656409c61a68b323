"""Periods in which something may have happened: country-years and country-months with event, outcome and matching cell.

Everything that decides which periods are compared is known by the end of the period itself; only the outcome lies
behind it. A period whose outcome is not known is no period.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from tocsin.core.errors import PanelError
from tocsin.panel.onset import two_year_outcome

COLUMNS = ("place", "time", "calendar", "event", "comparison", "cell", "outcome")
"""place; time (year or month number); calendar (year); event and comparison (Boolean); cell (text, null where what it
is made of is not known); outcome (0 or 1)."""

DEATHS_EDGES = (1, 25, 100, 1000)
"""Classes of deaths in the twelve months before: 0, 1-24, 25-99, 100-999, 1,000 and more."""

LEAST_DEATHS = 25
"""Deaths below which nothing is called an escalation or a jump: UCDP's threshold for an active conflict in a year."""

_REGIONS = ("reg.na", "reg.eap", "reg.sca", "reg.mna", "reg.eur")
_PARTIES = ("partyban.new.0", "partyban.new.1")


@dataclass(frozen=True)
class Known:
    """The periods in which events of a kind are fully listed: the first and last year, or month number, both known."""

    first: int
    last: int


def jumps(deaths: pl.DataFrame) -> pl.DataFrame:
    """Months at which killing jumped, by a rule that could have been applied in that month: place, time.

    Deaths of the last twelve months are at least 25 and more than three times those of the twelve before; the first
    such month after twelve in which the rule was applied and did not hold.

    deaths: place, time (month number), deaths (null: not covered).
    """
    year = pl.col("deaths").rolling_sum(12, min_samples=12)
    held = (
        _monthly(deaths)
        .with_columns(year.over("place").alias("last"))
        .with_columns(pl.col("last").shift(12).over("place").alias("before"))
        .with_columns(((pl.col("last") >= LEAST_DEATHS) & (pl.col("last") > 3 * pl.col("before"))).alias("holds"))
        .with_columns(
            pl.col("holds").cast(pl.Int32).rolling_sum(12, min_samples=12).shift(1).over("place").alias("held_before")
        )
    )
    return held.filter(pl.col("holds") & (pl.col("held_before") == 0)).select("place", "time")


def year_periods(panel: pl.DataFrame, events: pl.DataFrame, known: Known, *, next_only: bool = False) -> pl.DataFrame:
    """Country-years with the outcome "a mass killing began in this year or the next one": a table of ``COLUMNS``.

    Parameters
    ----------
    panel: one row a place and year as ``panel.onset`` makes it (onset, onset_1 and the predictors used for cells).
    events: place, time (a year); listed twice counts once.
    known: years in which events are fully listed. A year counts from ``known.first`` on, and is a comparison year from
    the one after, because the year before must be without an event too.
    next_only: the outcome is an onset in the next year.

    Errors: PanelError where a column is lacking.
    """
    _needs(panel, ("place", "year", "onset", "onset_1", "battledeaths.log2", *_LAGGED))
    outcome = pl.col("onset_1") if next_only else two_year_outcome(pl.col("onset"), pl.col("onset_1"))
    frame = panel.select("place", pl.col("year").cast(pl.Int64).alias("time"), outcome.alias("outcome")).join(
        _before(panel, coups=True), on=["place", "time"], how="inner"
    )
    frame = marked(frame, events, known, behind=1).with_columns(
        pl.col("time").alias("calendar"),
        _cell("region", "ongoing", "coup", "parties", "deaths_class", _era(pl.col("time"), (1980, 2000))).alias("cell"),
    )
    return _finished(frame)


def month_periods(
    deaths: pl.DataFrame, panel: pl.DataFrame, coups: pl.DataFrame, events: pl.DataFrame, known: Known, *, months: int
) -> pl.DataFrame:
    """Country-months with the outcome "deaths escalate in the months after this one": a table of ``COLUMNS``.

    The outcome is 1 if deaths in the ``months`` months after are at least 25, and a month at least double those in the
    twelve months before; the month itself counts in neither. With none before, that is 25 deaths or more.

    Parameters
    ----------
    deaths: place, time (month number, January 1980 = 1), deaths (null: not covered), of all months.
    panel: as for ``year_periods``; the year before tells region, party freedom and mass killing under way.
    coups: place, time of coup attempts, for the five years before. events, known: as above, in months.
    months: the horizon; months with fewer than twelve months covered after them are left out at every horizon.

    Errors: PanelError where a column is lacking.
    """
    _needs(panel, ("place", "year", *_LAGGED))
    col = pl.col("deaths")
    whole = col.rolling_sum(12, min_samples=12)
    frame = (
        _monthly(deaths)
        .with_columns(
            whole.shift(1).over("place").alias("before"),
            whole.shift(-12).over("place").alias("whole_year_after"),
            col.rolling_sum(months, min_samples=months).shift(-months).over("place").alias("after"),
            (1980 + (pl.col("time") - 1) // 12).alias("calendar"),
        )
        .filter(pl.all_horizontal(pl.col("before", "whole_year_after", "deaths").is_not_null()))
        .with_columns(
            ((pl.col("after") >= LEAST_DEATHS) & (pl.col("after") * 12 >= 2 * months * pl.col("before")))
            .cast(pl.Int8)
            .alias("outcome"),
            _class(pl.col("before")).alias("deaths_class"),
        )
        .join(
            _before(panel, coups=False).rename({"time": "calendar"}).drop("deaths_class"),
            on=["place", "calendar"],
            how="inner",
        )
    )
    recent = _within(coups, range(1, 61)).with_columns(pl.lit(1).alias("coup"))
    frame = frame.join(recent, on=["place", "time"], how="left").with_columns(pl.col("coup").fill_null(0))
    frame = marked(frame, events, known, behind=months).with_columns(
        _cell("region", "ongoing", "coup", "parties", "deaths_class", _era(pl.col("calendar"), (2000, 2010))).alias(
            "cell"
        )
    )
    return _finished(frame)


def marked(frame: pl.DataFrame, events: pl.DataFrame, known: Known, *, behind: int) -> pl.DataFrame:
    """The rows of known periods, with the columns ``event`` and ``comparison``.

    A period is a comparison if it and the ``behind`` periods before it are known to be without an event.
    """
    now = _within(events, [0]).with_columns(pl.lit(True).alias("event"))
    lately = _within(events, range(1, behind + 1)).with_columns(pl.lit(True).alias("lately"))
    return (
        frame.filter(pl.col("time").is_between(known.first, known.last))
        .join(now, on=["place", "time"], how="left")
        .join(lately, on=["place", "time"], how="left")
        .with_columns(pl.col("event", "lately").fill_null(False))
        .with_columns(
            (~pl.col("event") & ~pl.col("lately") & (pl.col("time") - behind >= known.first)).alias("comparison")
        )
    )


_LAGGED = ("coup.try.5yr", "mk_ongoing_count_log2", *_REGIONS, *_PARTIES)


def _before(panel: pl.DataFrame, *, coups: bool) -> pl.DataFrame:
    """What is known of each place from the year before ``time``; region, ongoing, parties, deaths_class and coup."""
    region = pl.sum_horizontal(i * (pl.col(name) > 0).cast(pl.Int32) for i, name in enumerate(_REGIONS, start=1))
    banned = pl.sum_horizontal((2 - i) * (pl.col(name) > 0).cast(pl.Int32) for i, name in enumerate(_PARTIES))
    deaths = 2.0 ** pl.col("battledeaths.log2") - 1 if "battledeaths.log2" in panel.columns else pl.lit(0.0)
    frame = panel.select(
        "place",
        (pl.col("year").cast(pl.Int64) + 1).alias("time"),
        region.alias("region"),
        banned.alias("parties"),
        (pl.col("mk_ongoing_count_log2") > 0).cast(pl.Int32).alias("ongoing"),
        _class(deaths.round(0)).alias("deaths_class"),
        pl.col("coup.try.5yr").cast(pl.Int32).alias("coup"),
    )
    return frame if coups else frame.drop("coup")


def _class(deaths: pl.Expr) -> pl.Expr:
    return pl.sum_horizontal((deaths >= edge).cast(pl.Int32) for edge in DEATHS_EDGES)


def _era(year: pl.Expr, starts: Iterable[int]) -> pl.Expr:
    return pl.sum_horizontal((year >= start).cast(pl.Int32) for start in starts)


def _cell(*parts: str | pl.Expr) -> pl.Expr:
    return pl.concat_str([(pl.col(p) if isinstance(p, str) else p).cast(pl.String) for p in parts], separator="|")


def _monthly(deaths: pl.DataFrame) -> pl.DataFrame:
    """Every month of each place from its first to its last, null where the table has none; sorted."""
    _needs(deaths, ("place", "time", "deaths"))
    grid = (
        deaths.group_by("place")
        .agg(pl.int_ranges(pl.col("time").min(), pl.col("time").max() + 1).first().alias("time"))
        .explode("time")
    )
    table = deaths.select("place", pl.col("time").cast(pl.Int64), pl.col("deaths").cast(pl.Float64))
    if table.select(pl.struct("place", "time").is_duplicated().any()).item():
        raise PanelError(
            "one place has two rows for one month", remedy="Add up the rows of a place and month before this"
        )
    return (
        grid.with_columns(pl.col("time").cast(pl.Int64))
        .join(table, on=["place", "time"], how="left")
        .sort("place", "time")
    )


def _within(events: pl.DataFrame, steps: Iterable[int]) -> pl.DataFrame:
    """The periods that lie so many steps after an event: place, time, each once."""
    places = events.select("place", pl.col("time").cast(pl.Int64)).unique()
    return pl.concat([places.with_columns(pl.col("time") + step) for step in steps]).unique()


def _finished(frame: pl.DataFrame) -> pl.DataFrame:
    return (
        frame.filter(pl.col("outcome").is_not_null())
        .with_columns(pl.col("outcome").cast(pl.Int8))
        .select(COLUMNS)
        .sort("place", "time")
    )


def _needs(frame: pl.DataFrame, columns: Iterable[str]) -> None:
    if lacking := [name for name in columns if name not in frame.columns]:
        raise PanelError(f"the table lacks {', '.join(lacking)}", remedy="Give the columns that the study needs")
