"""Published monthly forecasts as their publishers made them, each with what it is of, for when, and on what terms.

They stand side by side and are never averaged: VIEWS speaks of deaths in state-based conflict, PaCE of deaths in all
organised violence, from other months and for other horizons.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl

from tocsin.core.errors import SourceError
from tocsin.core.settings import Settings
from tocsin.sources import pace, views
from tocsin.sources.catalogue import Source, catalogue
from tocsin.sources.fetch import Fetched, fetch
from tocsin.sources.receipts import Receipt

MONTHLY = (views.FORECAST[0], pace.SOURCE)
"""The sources of published monthly forecasts, in the order in which they are shown."""


@dataclass(frozen=True, eq=False)
class MonthlyForecast:
    """A publisher's forecast, with all that must stand beside its numbers.

    frame: ``place``, ``month`` (VIEWS number, Int32), ``mean``, ``low``, ``high`` (deaths in the month; null where the
    publisher gives none), one row a place and month. negative: how many means and lower bounds lie below zero.
    """

    source: str
    title: str
    provider: str
    outcome: str
    definition: str
    definition_source: str
    horizon: str
    interval: str
    vintage: str
    licence: str
    terms: str
    citation: str
    frame: pl.DataFrame
    receipts: tuple[Receipt, ...]
    notes: tuple[str, ...] = ()

    @property
    def negative(self) -> int:
        """Numbers below zero, among means and lower bounds."""
        return int(self.frame.select((pl.col("mean", "low") < 0).sum()).sum_horizontal().item() or 0)


def monthly_forecast(settings: Settings, source: str, *, now: datetime) -> MonthlyForecast:
    """One publisher's monthly forecast, from the cache or a mirror; the network is not used.

    Parameters
    ----------
    source: one of ``MONTHLY``.

    Errors: SourceError (no such forecast), FetchError (not here: what to run), ContentError, ContractError.
    """
    if source not in MONTHLY:
        raise SourceError(f"{source!r} is no published monthly forecast", remedy=f"Ask for one of {', '.join(MONTHLY)}")
    sheet = catalogue()[source]
    got = [fetch(settings, sheet, table, now=now, offline=True) for table in sheet.tables]
    frame = _readers()[source]([one.path for one in got], now.year)
    return _described(sheet, frame, got)


def read_views(path: Path, *, this_year: int) -> pl.DataFrame:
    """VIEWS' forecast as a tidy frame; it has a mean and no bounds."""
    bound = pl.lit(None, pl.Float64)
    frame = views.read_forecast(path, this_year=this_year).frame
    return frame.select("place", "month", "mean", bound.alias("low"), bound.alias("high")).sort("place", "month")


def read_pace(mean: Path, low: Path, high: Path, *, this_year: int) -> pl.DataFrame:
    """PaCE's forecast as a tidy frame, its bounds as published, also below zero."""
    paths = zip((mean, low, high), pace.BOUNDS, strict=True)
    frames = [pace.read_bound(path, bound, this_year=this_year).frame for path, bound in paths]
    return pace.joined(*frames).drop("name")


def _readers() -> dict[str, Callable[[list[Path], int], pl.DataFrame]]:
    return {
        views.FORECAST[0]: lambda paths, year: read_views(paths[0], this_year=year),
        pace.SOURCE: lambda paths, year: read_pace(*paths, this_year=year),
    }


def _described(sheet: Source, frame: pl.DataFrame, got: list[Fetched]) -> MonthlyForecast:
    words = sheet.forecast
    if words is None:
        raise SourceError("this fact sheet does not say what its forecast is of", where=f"{sheet.id}.toml")
    return MonthlyForecast(
        source=sheet.id,
        title=sheet.title,
        provider=sheet.provider,
        outcome=words.outcome,
        definition=words.definition,
        definition_source=words.definition_source,
        horizon=words.horizon,
        interval=words.interval,
        vintage=sheet.vintage,
        licence=sheet.licence,
        terms=sheet.terms,
        citation=sheet.citation,
        frame=frame,
        receipts=tuple(one.receipt for one in got),
        notes=tuple(note for one in got for note in one.notes),
    )
