"""The months that the choices rest on, read from the mirror, and series made from them whose changes are known."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from benchmarks.panel import settings

Floats = NDArray[np.float64]

FILE = (
    "raw.githubusercontent.com/prio-data/views_outreach/*/data-exploration/notebooks/projects/PRIO_Watchlists/data/"
    "ged_cm.csv"
)
FIRST = 121
"""VIEWS' number of January 1990, which is column 0 of the matrix."""


@dataclass(frozen=True)
class Months:
    """State-based deaths: deaths (countries, months) with NaN where a country is not covered; names (countries,)."""

    deaths: Floats
    names: tuple[str, ...]


def column(year: int, month: int = 1) -> int:
    """The column of a month."""
    return (year - 1990) * 12 + month - 1


def months(last: int, mirror: Path | None = None) -> Months:
    """The matrix up to December of a year; later months are cut off before anything else happens."""
    folder = mirror or settings().mirror or Path(__file__).resolve().parents[3] / "shared" / "mirror"
    (file,) = sorted(folder.glob(FILE))
    table = pl.read_csv(file, columns=["country_id", "month_id", "country", "ucdp_ged_sb_best_sum"])
    table = table.filter(pl.col("month_id") < FIRST + column(last + 1))
    wide = table.pivot(on="month_id", index="country_id", values="ucdp_ged_sb_best_sum").sort("country_id")
    deaths = wide.select([str(FIRST + i) for i in range(column(last + 1))]).to_numpy().astype(float)
    named = dict(table.sort("month_id").select("country_id", "country").iter_rows())
    return Months(deaths, tuple(named[i] for i in wide["country_id"]))


def windows(deaths: Floats, length: int = 60, active: int = 12) -> Floats:
    """Stretches of real months with violence in at least ``active`` of them: (stretches, length), apart by half."""
    found = [
        row[s : s + length]
        for row in deaths
        for s in range(0, deaths.shape[1] - length + 1, length // 2)
        if not np.isnan(row[s : s + length]).any() and (row[s : s + length] > 0).sum() >= active
    ]
    return np.array(found)


def unchanging(window: Floats, n: int, draw: np.random.Generator, block: float = 6.0) -> Floats:
    """A stationary bootstrap of a real stretch: blocks of geometric length, mean ``block`` months, so that months stay
    as uneven and as dependent as they were, and no month is special. Politis and Romano (1994), JASA 89:1303-1313.
    """
    fresh = draw.random(n) < 1 / block
    fresh[0] = True
    at = draw.integers(0, len(window), n)
    place = np.zeros(n, dtype=int)
    for i in range(n):
        place[i] = at[i] if fresh[i] else (place[i - 1] + 1) % len(window)
    return window[place]


def changed(window: Floats, n: int, month: int, ratio: float, draw: np.random.Generator) -> Floats:
    """The same with a change at a month: before it each death is kept with probability 1 / ratio."""
    x = unchanging(window, n, draw)
    x[:month] = draw.binomial(x[:month].astype(int), 1 / ratio)
    return x
