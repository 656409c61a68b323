"""A country's violence by month: what was recorded, what we forecast, where the level changed, what others forecast.

What was recorded is the source's and is read from this machine; where it is not here, it is not shown. The forecast and
the changes of level are ours and travel with the package.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import polars as pl

from tocsin.core.errors import ReleaseError, TocsinError
from tocsin.core.period import month_id
from tocsin.core.place import resolve
from tocsin.core.settings import Settings
from tocsin.desk import monthly
from tocsin.desk.signals import (
    OLD,
    Signal,
    absent,
    month_name,
    month_text,
    months_ago,
    of_place,
    signals_release_here,
    this_month,
)

YEARS = 10
"""Years of recorded deaths that are shown."""

CHOSEN = (1, 3, 6, 12)
"""Months ahead whose numbers stand beneath the chart."""


@dataclass(frozen=True)
class Recorded:
    """A month up to the last one known. deaths: None where the source does not cover the month, which is not zero."""

    month: str
    deaths: float | None


@dataclass(frozen=True)
class Fan:
    """Our forecast for a month: its median, the ends of the 50 % and of the 90 % interval, and what else is kept.

    at_least_*: probability of so many deaths or more.
    """

    month: str
    ahead: int
    mean: float
    low90: float
    low50: float
    median: float
    high50: float
    high90: float
    at_least_1: float
    at_least_25: float
    at_least_100: float


@dataclass(frozen=True)
class Turn:
    """A change of level within the years shown. month: its first; sentence: all of it, to be read."""

    month: str
    up: bool
    sentence: str


@dataclass(frozen=True)
class Other:
    """What a publisher forecasts for the place, never averaged with ours.

    overlap: how many of its months ours has too, in a sentence. rows: the first of its months and every third after.
    """

    title: str
    definition: str
    horizon: str
    vintage: str
    licence: str
    overlap: str
    rows: tuple[monthly.OtherMonth, ...]


@dataclass(frozen=True)
class CountryMonths:
    """All of it. today: the present month. last: the last month known, empty without a forecast or recorded deaths.

    recorded: month by month, empty where ``recorded_absence`` says why. fan: 36 months, empty where ``fan_absence``
    says why. age: months from the last month known to today. source, source_vintage, source_licence, source_citation:
    of the recorded deaths.
    """

    place: str
    outcome: str
    today: str
    last: str
    age: int
    method_version: str
    vintage: str
    licence: str
    recorded: tuple[Recorded, ...]
    recorded_absence: str
    source: str
    source_vintage: str
    source_licence: str
    source_citation: str
    fan: tuple[Fan, ...]
    fan_absence: str
    turns: tuple[Turn, ...]
    signals: tuple[Signal, ...]
    signals_absence: str
    others: tuple[Other, ...]
    others_absence: str
    notices: tuple[str, ...]

    @property
    def chosen(self) -> tuple[Fan, ...]:
        """The months whose numbers stand beneath the chart."""
        return tuple(one for one in self.fan if one.ahead in CHOSEN)

    @property
    def covered(self) -> tuple[Recorded, ...]:
        """The months with a record, zero deaths among them."""
        return tuple(one for one in self.recorded if one.deaths is not None)

    @property
    def old(self) -> str:
        """How old what is known is, in a sentence; empty if it is not old."""
        if not self.last or self.age <= OLD:
            return ""
        name = month_name(_number(self.last))
        return f"Nothing after {name} is known here: that was {self.age} months ago."


def country_months(settings: Settings, query: str) -> CountryMonths:
    """Violence by month in one place.

    Errors: UnknownPlace, AmbiguousPlace. What is lacking is said in the view and is no error.
    """
    place = resolve(query).id
    empty = CountryMonths(
        place=place,
        outcome=monthly.DEFINITION,
        today=month_text(this_month()),
        last="",
        age=0,
        method_version="",
        vintage="",
        licence="",
        recorded=(),
        recorded_absence="",
        source="",
        source_vintage="",
        source_licence="",
        source_citation="",
        fan=(),
        fan_absence="",
        turns=(),
        signals=(),
        signals_absence="",
        others=(),
        others_absence="",
        notices=(),
    )
    return _signals(settings, _recorded(settings, _forecast(settings, empty)))


def _forecast(settings: Settings, view: CountryMonths) -> CountryMonths:
    """With our forecast and others', or why there is none."""
    try:
        release, table, notices = monthly.monthly_release(settings)
        others = _others(monthly.monthly_view(settings, view.place).others, release.origin)
    except ReleaseError as error:
        return replace(view, fan_absence=absent(error), others_absence=_NO_OTHERS)
    rows = table.filter(pl.col("place") == view.place).sort("month")
    why = release.not_forecast.get(view.place, "it was not covered in the last month known")
    return replace(
        view,
        outcome=release.outcome,
        last=month_text(release.origin),
        age=months_ago(release.origin),
        method_version=release.method_version,
        vintage=release.vintage,
        licence=release.licence,
        fan=tuple(_fan(row) for row in rows.iter_rows(named=True)),
        fan_absence=f"There is no monthly forecast: {why}." if rows.is_empty() else "",
        others=others,
        others_absence="" if others else _NO_OTHERS,
        notices=notices,
    )


_NO_OTHERS = "No published monthly forecast of this place is on this machine. `tocsin pull` fetches what is missing."


def _fan(row: dict[str, Any]) -> Fan:
    return Fan(
        month_text(row["month"]),
        row["ahead"],
        row["mean"],
        row["q05"],
        row["q25"],
        row["q50"],
        row["q75"],
        row["q95"],
        row["p1"],
        row["p25"],
        row["p100"],
    )


def _others(found: tuple[monthly.OtherForecast, ...], origin: int) -> tuple[Other, ...]:
    ours = range(origin + 1, origin + 37)
    told = []
    for one in found:
        if not one.rows:
            continue
        common = [row.month for row in one.rows if _number(row.month) in ours]
        overlap = (
            f"{len(common)} of its {len(one.rows)} months are in our forecast too "
            f"({common[0]} to {common[-1]}), which knows nothing after {month_text(origin)}."
            if common
            else f"No month of it is in our forecast, which ends with {month_text(ours[-1])}: they cannot be compared."
        )
        told.append(
            Other(one.title, one.definition, one.horizon, one.vintage, one.licence, overlap, tuple(one.rows[:12:3]))
        )
    return tuple(told)


def _recorded(settings: Settings, view: CountryMonths) -> CountryMonths:
    """With the deaths that were recorded, or why they are not here."""
    try:
        here = _months(settings)
    except TocsinError:
        return replace(
            view,
            recorded_absence="The recorded deaths are not on this machine, so the chart shows none; that does not mean "
            "that there were none. `tocsin pull views-ged-months` fetches them.",
        )
    panel, source = here
    last = panel.last_month
    first = max(int(panel.months[0]), last - 12 * YEARS + 1)
    columns = slice(first - int(panel.months[0]), None)
    rows = [row for row, id in enumerate(panel.places) if id == view.place]
    series = np.full(last - first + 1, np.nan)
    for row in rows:  # a state with new borders goes on in a row of its own
        series = np.where(panel.covered[row, columns], panel.deaths[row, columns], series)
    if np.isnan(series).all():
        why = f"The source covers no month of this place from {month_name(first)} to {month_name(last)}."
        return replace(view, recorded_absence=why)
    recorded = tuple(
        Recorded(month_text(first + at), None if np.isnan(value) else float(value)) for at, value in enumerate(series)
    )
    return replace(
        view,
        last=view.last or month_text(last),
        age=view.age or months_ago(last),
        recorded=recorded,
        source=source.title,
        source_vintage=source.vintage,
        source_licence=source.licence,
        source_citation=source.citation,
    )


def _months(settings: Settings) -> tuple[Any, Any]:
    """The panel at hand and its source. Reading it takes a second, so it is kept while the file stays the same."""
    from tocsin.panel.months import build_country_months
    from tocsin.sources.catalogue import catalogue
    from tocsin.sources.fetch import fetch
    from tocsin.sources.views import MONTHS, read_deaths

    now, source = datetime.now(UTC), catalogue()[MONTHS[0]]
    got = fetch(settings, source, source.table(MONTHS[1]), now=now, offline=True)
    if got.receipt.sha256 not in _kept:
        _kept.clear()
        _kept[got.receipt.sha256] = build_country_months(read_deaths(got.path, this_year=now.year).frame)
    return _kept[got.receipt.sha256], source


_kept: dict[str, Any] = {}


def _signals(settings: Settings, view: CountryMonths) -> CountryMonths:
    """With the changes of level in the years shown, and all signals."""
    try:
        release, _ = signals_release_here(settings)
    except ReleaseError as error:
        return replace(view, signals_absence=absent(error))
    mine = next((one for one in release.places if one.place == view.place), None)
    if mine is None:
        return replace(view, signals_absence=f"Not covered in {month_name(release.month)}, so no change is looked for.")
    signals = tuple(sorted(of_place(mine), key=lambda one: one.month, reverse=True))
    start = view.recorded[0].month if view.recorded else month_text(release.month - 12 * YEARS + 1)
    turns = tuple(
        Turn(one.month, one.direction == "up", one.sentence)
        for one in reversed(signals)
        if one.sort == "change" and one.month >= start
    )
    return replace(view, turns=turns, signals=signals)


def _number(month: str) -> int:
    return month_id(int(month[:4]), int(month[5:]))
