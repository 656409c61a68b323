"""Events that last into another month, brought to months by one of two stated rules.

``days``: deaths go to each month in proportion to the days that the event has in it, both end days counted:
``share(m) = days of the event in m / days of the event``. The shares of one event add up to 1, so deaths are neither
made nor lost; they are fractions, not rounded, because rounding would lose the small ones. The event itself is counted
once, in the month in which it begins.

``end``: the whole event stands in the month in which it ends. VIEWS' country-months seem to be made so: they hold whole
numbers only, and what is known of a year as a whole stands in its December. Take it for what is set beside them.
"""

from __future__ import annotations

import polars as pl

from tocsin.core.errors import PanelError
from tocsin.panel.events_place import month_of

RULES = ("days", "end")

DEATHS = ("low", "best", "high")

SUMS = ("events", *DEATHS, "across")
"""What is added up: events, deaths, and the part of best that comes from events of several months."""

_KEYS = ("type", "country", "cell")


def by_month(events: pl.DataFrame, rule: str = "days") -> pl.DataFrame:
    """One row an event and month that it counts in.

    events: the frame of ``panel.events.Events``. rule: one of ``RULES``.

    Returns type, country and cell as there; month (Int32, VIEWS number); counts (Int32, 1 in the one month in which the
    event is counted, else 0); low, best and high (Float64, the month's part of the deaths); across (Float64, best where
    the event has several months, so that the rule decides; 0 where it has one).

    Errors: PanelError where an event ends before it begins, or there is no such rule.
    """
    return _by_month(events, rule).collect()


def summed(events: pl.DataFrame, *keys: str, rule: str = "days", months: tuple[int, int] | None = None) -> pl.DataFrame:
    """Sums over ``by_month`` by some of its keys and month.

    keys: one or more of type, country and cell. months: first and last month that counts; None: all. Returns the keys,
    month, events (Int64), low, best, high and across (Float64).

    Errors: as ``by_month``.
    """
    rows = _by_month(events, rule)
    if months is not None:
        rows = rows.filter(pl.col("month").is_between(*months))
    sums = (pl.col("counts").sum().cast(pl.Int64).alias("events"), pl.col(*DEATHS, "across").sum())
    return rows.group_by(*keys, "month").agg(*sums).collect(engine="streaming")


def _by_month(events: pl.DataFrame, rule: str) -> pl.LazyFrame:
    if rule not in RULES:
        raise PanelError(f"there is no rule {rule!r}", remedy=f"Take one of {', '.join(RULES)}")
    if (events["end"] < events["start"]).any():
        raise PanelError("an event ends before it begins", remedy="Put the events through check_events first")
    first, last = month_of(pl.col("start")).alias("first"), month_of(pl.col("end")).alias("last")
    dated = events.lazy().select(*_KEYS, "start", "end", *DEATHS, first, last)
    if rule == "end":
        return _whole(dated)
    return pl.concat([_whole(dated.filter(pl.col("first") == pl.col("last"))), _shares(dated)])


def _whole(events: pl.LazyFrame) -> pl.LazyFrame:
    """Each event in the month in which it ends."""
    return events.select(
        *_KEYS,
        pl.col("last").alias("month"),
        pl.lit(1, pl.Int32).alias("counts"),
        *(pl.col(name).cast(pl.Float64) for name in DEATHS),
        pl.when(pl.col("first") < pl.col("last")).then(pl.col("best")).otherwise(0).cast(pl.Float64).alias("across"),
    )


def _shares(events: pl.LazyFrame) -> pl.LazyFrame:
    """The events that have two months or more, once for each."""
    months = pl.int_ranges(pl.col("first"), pl.col("last") + 1, dtype=pl.Int32).alias("month")
    touched = events.filter(pl.col("first") < pl.col("last")).with_columns(months).explode("month")
    opening = pl.date((pl.col("month") - 1) // 12 + 1980, (pl.col("month") - 1) % 12 + 1, 1)
    within = pl.min_horizontal("end", opening.dt.month_end()) - pl.max_horizontal("start", opening)
    whole = pl.col("end") - pl.col("start")
    share = (within.dt.total_days() + 1) / (whole.dt.total_days() + 1)
    return touched.select(
        *_KEYS,
        "month",
        (pl.col("month") == pl.col("first")).cast(pl.Int32).alias("counts"),
        *((pl.col(name) * share).alias(name) for name in DEATHS),
        (pl.col("best") * share).alias("across"),
    )
