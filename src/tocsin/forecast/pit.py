"""Where outcomes fall among their forecasts: the probability integral transform (PIT) of counts.

For a continuous forecast F the PIT is F(y), and is even between 0 and 1 if forecasts are calibrated. A count has a
spike at zero, so that F jumps at y: the PIT is then not a number but the interval from F(y-) to F(y). Its histogram
spreads each outcome evenly over its interval. Nothing is drawn by chance, and calibrated forecasts have a flat one.

A hump: forecasts too wide. A bowl: too narrow. Falling: outcomes lower than forecast. Rising: higher.

Source: Czado, Gneiting and Held (2009), "Predictive model assessment for count data", Biometrics 65.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike

from tocsin.core.errors import ScoreError
from tocsin.forecast.draws import Floats, checked, in_chunks

ROUNDING = 1e-9
"""Slack for shares that were summed from weights."""


def pit(
    draws: ArrayLike, observed: ArrayLike, weights: ArrayLike | None = None, *, threads: int = 2
) -> tuple[Floats, Floats]:
    """Share of each forecast's draws below the outcome, and at or below it: two arrays of shape (n,).

    Errors: ScoreError as ``draws.checked``, and for a draw that is not a number.

    >>> [ends.tolist() for ends in pit([[0, 0, 3, 9]], [0])]
    [[0.0], [0.5]]
    """
    x, y, w = checked(draws, observed, weights)
    low, high = np.empty(len(y)), np.empty(len(y))
    unknown = np.zeros(len(y), dtype=bool)

    def work(chunks: Iterator[slice]) -> None:
        for rows in chunks:
            z, at = x[rows], y[rows, None]
            own = None if w is None else (w if len(w) == 1 else w[rows])
            for out, inside in ((low, z < at), (high, z <= at)):
                out[rows] = inside.mean(axis=1) if own is None else (inside * own).sum(axis=1)
            unknown[rows] = np.isnan(z).any(axis=1)

    in_chunks(x.shape, work, threads)
    if unknown.any():
        raise ScoreError(
            f"{int(unknown.sum())} forecasts hold a draw that is not a number",
            where=f"forecast {int(np.flatnonzero(unknown)[0])}",
            remedy="Leave missing draws out; a missing draw is not a zero",
        )
    return low, np.minimum(high, 1)


def pit_histogram(low: ArrayLike, high: ArrayLike, bins: int = 10, weights: ArrayLike | None = None) -> Floats:
    """Heights of the PIT histogram in ``bins`` equal bins of [0, 1], shape (bins,); with mean one; flat: calibrated.

    low, high: the ends from ``pit``, shape (n,). weights: how much each forecast counts, shape (n,).
    An interval of no length counts in the bin that holds it: a bin holds its lower edge, the last one also 1.

    Errors: ScoreError if ends are not shares in order, shapes differ, nothing is left or ``bins`` is not positive.

    >>> pit_histogram([0.0, 0.5], [0.5, 1.0], bins=4).tolist()
    [1.0, 1.0, 1.0, 1.0]
    """
    a, b = np.asarray(low, dtype=np.float64), np.asarray(high, dtype=np.float64)
    each = np.ones(a.shape) if weights is None else np.asarray(weights, dtype=np.float64)
    if not (a.ndim == 1 and a.shape == b.shape == each.shape and a.size):
        raise ScoreError("ends and weights of the intervals do not match", remedy="Give what pit returns")
    if not (np.all(a >= 0) and np.all(a <= b + ROUNDING) and np.all(b <= 1 + ROUNDING)):
        raise ScoreError("an interval does not lie between 0 and 1", remedy="Give what pit returns")
    if not (np.all(each >= 0) and each.sum() > 0):
        raise ScoreError("weights must be non-negative and not all zero", remedy="Count rows, or leave weights out")
    if bins < 1:
        raise ScoreError(f"{bins} bins cannot be filled", remedy="Give at least one")
    length = np.maximum(b - a, 0)
    below = [0.0]
    for edge in np.arange(1, bins) / bins:
        spread = np.clip((edge - a) / np.where(length > 0, length, 1), 0, 1)
        below.append(float(each @ np.where(length > 0, spread, a < edge)))
    return np.asarray(np.diff([*below, float(each.sum())]) * bins / each.sum())
