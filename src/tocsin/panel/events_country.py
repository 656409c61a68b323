"""Country-months of three types of violence from checked events; not covered is null, and never zero."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import polars as pl

from tocsin.core.errors import PanelError
from tocsin.core.place import place
from tocsin.panel.events import Events
from tocsin.panel.events_place import span, states, year_of, years_of
from tocsin.panel.spreading import SUMS, summed

TYPES = ("state-based", "non-state", "one-sided")
"""What GED's ``type_of_violence`` 1, 2 and 3 stand for."""

TYPE = pl.Enum(TYPES)


@dataclass(frozen=True, eq=False)
class CountryMonthPanel:
    """Deaths and events by country, month and type; a full table, sorted by place, month and type.

    frame columns: place (Tocsin place id), month (Int32, VIEWS number), type (one of ``TYPES``), covered (Boolean),
    events (Int64, events counted in the month), low, best, high (Float64, deaths in the month), across (Float64, the
    part of best that comes from events of several months, which the rule has put there), set_aside (Int64, rows of any
    type that broke a rule and start in the month; they are not in the sums, so a zero beside one is not simply quiet).
    The last six are null where covered is false.
    months: first and last month of the table. rule: of ``panel.spreading``. vintage: of the release.
    """

    frame: pl.DataFrame
    months: tuple[int, int]
    rule: str
    vintage: str


def country_months(
    events: Events,
    *,
    months: tuple[int, int] | None = None,
    rule: str = "days",
    not_covered: Mapping[str, Collection[int]] | None = None,
) -> CountryMonthPanel:
    """Add the events up by country, month and type.

    A cell is covered where the release speaks of the month and the place has a Gleditsch-Ward number in that year,
    unless ``not_covered`` says otherwise. A covered cell without events is 0. An event counts for the state that its
    number stands for in the year of the month.

    Parameters
    ----------
    months: first and last month of the table; may go beyond what the release covers. None: what it covers.
    rule: how events of several months are brought to months, one of ``panel.spreading.RULES``.
    not_covered: by place id the months (VIEWS numbers) in which the source does not follow the place.

    Errors: PeriodError where ``months`` is no span; UnknownPlace where ``not_covered`` names no place; PanelError where
    events stand in a cell that is said not to be covered, or there is no such rule.
    """
    first, last = span(months or events.covers)
    for id in not_covered or {}:
        place(id)
    counted = _by_place(events, (first, last), rule)
    frame = _cells((first, last), events.covers, not_covered or {})
    frame = frame.join(counted, on=("place", "month", "type"), how="left", maintain_order="left")
    stray = frame.filter(~pl.col("covered") & pl.col("events").is_not_null())
    if not stray.is_empty():
        id, month = stray.select("place", "month").row(0)
        raise PanelError(
            f"{stray.height} country-months that are not covered have events, the first is {id} in month {month}",
            remedy="Correct what is said not to be covered",
        )
    frame = frame.join(_set_aside(events), on=("place", "month"), how="left", maintain_order="left")
    numbers = (*SUMS, "set_aside")
    filled = frame.with_columns(pl.when("covered").then(pl.col(name).fill_null(0)).alias(name) for name in numbers)
    return CountryMonthPanel(filled, (first, last), rule, events.vintage)


def _by_place(events: Events, months: tuple[int, int], rule: str) -> pl.DataFrame:
    """Sums over the events of each place, month and type that has any."""
    found = (
        summed(events.frame, "country", "type", rule=rule, months=months)
        .with_columns(year_of(pl.col("month")).alias("year"))
        .join(states(*years_of(events.covers)), on=("country", "year"), how="left")
    )
    if found["place"].null_count():
        number, year = found.filter(pl.col("place").is_null()).select("country", "year").row(0)
        raise PanelError(
            f"the country number {number} stands for no state in {year}",
            remedy="Put the events through check_events first",
        )
    return (
        found.group_by("place", "month", "type")
        .agg(pl.col(*SUMS).sum())
        .with_columns(pl.col("type").replace_strict(dict(enumerate(TYPES, start=1)), return_dtype=TYPE))
    )


def _set_aside(events: Events) -> pl.DataFrame:
    """Rows set aside by place and month, as far as they can be attributed."""
    return (
        events.aside.with_columns(
            pl.col("country").cast(pl.Int32, strict=False), year_of(pl.col("month")).alias("year")
        )
        .join(states(*years_of(events.covers)), on=("country", "year"))
        .group_by("place", "month")
        .agg(pl.len().cast(pl.Int64).alias("set_aside"))
    )


def _cells(
    months: tuple[int, int], covers: tuple[int, int], not_covered: Mapping[str, Collection[int]]
) -> pl.DataFrame:
    """Every place that has a number in one of the years, every month, every type, and whether it is covered."""
    there = states(*years_of(months))
    every = pl.DataFrame({"month": pl.int_range(months[0], months[1] + 1, dtype=pl.Int32, eager=True)})
    gaps = [(id, month) for id, held in not_covered.items() for month in held]
    gap = pl.DataFrame(gaps, schema={"place": pl.String, "month": pl.Int32}, orient="row").unique()
    cells = (
        there.select(pl.col("place").unique().sort())
        .join(every, how="cross")
        .with_columns(year_of(pl.col("month")).alias("year"))
        .join(there.select("place", "year", number=True).unique(), on=("place", "year"), how="left")
        .join(gap.with_columns(gap=True), on=("place", "month"), how="left")
        .select(
            "place",
            "month",
            covered=pl.col("month").is_between(*covers) & pl.col("number").fill_null(False) & pl.col("gap").is_null(),
        )
        .sort("place", "month")
    )
    types = pl.DataFrame({"type": pl.Series(TYPES, dtype=TYPE)})
    return cells.join(types, how="cross", maintain_order="left_right").select("place", "month", "type", "covered")
