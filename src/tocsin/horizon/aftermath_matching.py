"""Periods after an event against periods alike without one: the matched rates, and their draws of whole countries.

With cells s, event periods T and comparison periods C,

    followed = sum_s y_Ts / n_T,    expected = sum_s (n_Ts / n_T) (y_Cs / n_Cs),    n_T = sum_s n_Ts,

over the cells that have both: the effect on the treated after coarsened exact matching (Iacus, King and Porro 2012).
Matching on the country itself (``cell`` = place) gives the same-country rate.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Matched:
    """Event periods that found comparison periods, and the rates of both.

    events: how many; places: in how many countries; followed: by the outcome, how many; rate: followed / events.
    comparisons: periods they were compared with; expected: their rate in the proportions of the events.
    difference: rate - expected; ratio: rate / expected (infinite where expected is 0, NaN where both are).
    """

    events: int
    places: int
    followed: int
    comparisons: int
    rate: float
    expected: float
    difference: float
    ratio: float


@dataclass(frozen=True, eq=False)
class Cells:
    """Counts by country and cell; arrays of shape (k,), one entry a country and cell that occur together.

    place, cell: whole numbers from 0. events, followed: event periods and those followed. others, other_followed: the
    same of comparison periods.
    """

    place: NDArray[np.int64]
    cell: NDArray[np.int64]
    events: Floats
    followed: Floats
    others: Floats
    other_followed: Floats


def cells(periods: pl.DataFrame, by: str = "cell") -> Cells:
    """Counts by country and cell of the periods of ``aftermath_periods``; those without a cell are left out."""
    event, other, y = pl.col("event"), pl.col("comparison"), pl.col("outcome").cast(pl.Float64)
    table = (
        periods.filter(pl.col(by).is_not_null() & (event | other))
        .select("place", pl.col(by).alias("by"), "event", "comparison", "outcome")
        .group_by("place", "by")
        .agg(
            event.sum().cast(pl.Float64).alias("n"),
            (event * y).sum().alias("y"),
            other.sum().cast(pl.Float64).alias("m"),
            (other * y).sum().alias("z"),
        )
        .sort("place", "by")
    )
    number = (table[name].rank("dense").cast(pl.Int64).to_numpy() - 1 for name in ("place", "by"))
    return Cells(*number, *(table[name].to_numpy() for name in ("n", "y", "m", "z")))


def matched(counts: Cells) -> Matched:
    """The matched rates of the events at hand.

    >>> import numpy as np
    >>> one = np.array
    >>> m = matched(Cells(one([0, 1]), one([0, 0]), one([4.0, 0]), one([2.0, 0]), one([0, 8.0]), one([0, 2.0])))
    >>> m.rate, m.expected, m.difference, m.ratio
    (0.5, 0.25, 0.25, 2.0)
    """
    n, y, m, z = (
        np.bincount(counts.cell, weights=column, minlength=1).astype(np.float64)
        for column in (counts.events, counts.followed, counts.others, counts.other_followed)
    )
    both = (n > 0) & (m > 0)
    total = n[both].sum()
    inside = both[counts.cell] if counts.cell.size else np.zeros(0, dtype=bool)
    rate, expected = _rates(n[None], y[None], m[None], z[None])
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = float(np.divide(rate[0], expected[0]))
    return Matched(
        int(total),
        int(np.unique(counts.place[inside & (counts.events > 0)]).size),
        int(y[both].sum()),
        int(m[both].sum()),
        float(rate[0]),
        float(expected[0]),
        float(rate[0] - expected[0]),
        ratio,
    )


def drawn(counts: Cells, draws: int, seed: int) -> tuple[Floats, Floats]:
    """Rate and expected rate in each draw of whole countries with replacement; cells are matched anew in each.

    Returns: two arrays of shape (draws,); NaN where a draw has no event with a comparison.
    """
    places = int(counts.place.max()) + 1
    times = np.random.default_rng(seed).multinomial(places, np.full(places, 1 / places), size=draws)
    rates = []
    for some in np.array_split(times, max(1, draws // 200)):
        weight = some[:, counts.place].astype(float)
        sums = (
            _by_cell(weight * column, counts.cell)
            for column in (counts.events, counts.followed, counts.others, counts.other_followed)
        )
        rates.append(_rates(*sums))
    return np.concatenate([r for r, _ in rates]), np.concatenate([e for _, e in rates])


def interval(draws: Floats, level: float, *, against: float = 0.0) -> tuple[float, float]:
    """The ends of the middle ``level`` of the draws, NaN left out; NaN, NaN where there are none.

    against: standard errors by which the share of draws beyond each end is lowered, sqrt(q (1 - q) / draws) each. Few
    draws leave the far ends to chance; with 2 the interval is wider by what chance may have taken.

    >>> interval(np.arange(101.0), 0.9), interval(np.arange(101.0), 0.9, against=2)
    ((5.0, 95.0), (0.0, 100.0))
    """
    known = draws[~np.isnan(draws)]
    if known.size == 0:
        return float("nan"), float("nan")
    tail = (1 - level) / 2
    tail = max(0.0, tail - against * math.sqrt(tail * (1 - tail) / known.size))
    low, high = np.quantile(known, [tail, 1 - tail], method="inverted_cdf")
    return float(low), float(high)


def _by_cell(table: Floats, cell: NDArray[np.int64]) -> Floats:
    """Sums of the columns of each cell: (d, k) to (d, cells)."""
    order = np.argsort(cell, kind="stable")
    starts = np.flatnonzero(np.diff(cell[order], prepend=-1))
    return np.asarray(np.add.reduceat(table[:, order], starts, axis=1))


def _rates(n: Floats, y: Floats, m: Floats, z: Floats) -> tuple[Floats, Floats]:
    both = (n > 0) & (m > 0)
    n_ = np.where(both, n, 0.0)
    total = n_.sum(axis=1)
    alike = np.divide(z, m, out=np.zeros_like(z), where=m > 0)
    with np.errstate(invalid="ignore"):
        return np.where(both, y, 0.0).sum(axis=1) / total, (n_ * alike).sum(axis=1) / total
