"""Quantiles of draws, the interval score and the coverage of a central interval.

The interval from l to u, meant to hold the outcome with probability 1 - alpha, scores

    (u - l) + 2/alpha max(l - y, 0) + 2/alpha max(y - u, 0),

in the unit of the outcome; lower is better. Its mean over forecasts is the mean interval score (MIS). At alpha = 0.1
the ends are the 5 % and 95 % quantiles.

Two definitions of a quantile of draws:

* ``linear`` - between sorted draws, at position p (m - 1) from 0: definition 7 of Hyndman and Fan (1996), numpy's
  default, and what the VIEWS challenge takes of its 1,000 draws. Draws with weights: Akinshin's (2023) weighted form,
  which is definition 7 when weights are equal.
* ``step`` - the smallest draw whose cumulative weight reaches p (definition 1): the quantile of the step distribution.
  It does not change if all draws are repeated, and is what ``linear`` tends to when they are repeated often. Take it
  for forecasts of few draws that others score repeated or resampled to many.

Sources: Gneiting and Raftery (2007), equation 43; Hyndman and Fan (1996); Akinshin (2023), "Weighted quantile
estimators", arXiv 2304.07265.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tocsin.core.errors import ScoreError
from tocsin.forecast.draws import Floats, checked, finite, in_chunks

Definition = Literal["linear", "step"]
ROUNDING = 1e-12
"""A cumulative weight this far below p counts as p."""


def quantiles(
    draws: ArrayLike,
    levels: Sequence[float],
    weights: ArrayLike | None = None,
    *,
    definition: Definition = "linear",
    threads: int = 2,
) -> Floats:
    """Quantiles of each forecast at ``levels``, shape (n, levels). draws: (n, m); weights: None, (m,) or (n, m).

    Errors: ScoreError for a level outside [0, 1], an unknown definition, and as ``draws.checked``.

    >>> quantiles([[0, 0, 3, 9]], [0.05, 0.5, 0.95]).round(2).tolist()
    [[0.0, 1.5, 8.1]]
    >>> quantiles([[0, 0, 3, 9]], [0.05, 0.5, 0.95], definition="step").tolist()
    [[0.0, 0.0, 9.0]]
    """
    x = np.asarray(draws)
    x, _, w = checked(x, np.zeros(len(x) if x.ndim else 0), weights)
    at = np.asarray(levels, dtype=np.float64)
    if at.ndim != 1 or not np.all((at >= 0) & (at <= 1)):
        raise ScoreError("a level is not a probability", remedy="Give levels from 0 to 1")
    if definition not in ("linear", "step"):
        raise ScoreError(f"there is no definition {definition!r} of a quantile", remedy="Say linear or step")
    out = np.empty((len(x), at.size))

    def work(chunks: Iterator[slice]) -> None:
        for rows in chunks:
            z = x[rows].astype(np.float64)
            if w is None:
                z.sort(axis=1)
                out[rows] = _of_sorted(z, at, definition)
                bad = np.logical_not(np.isfinite(z[:, 0] + z[:, -1]))  # numpy sorts NaN to the end
            else:
                own = np.broadcast_to(w if len(w) == 1 else w[rows], z.shape)
                bad = np.logical_not(np.isfinite(np.where(own > 0, z, 0)).all(axis=1))
                out[rows] = _of_weighted(z, own, at, definition)
            out[rows][bad] = np.nan

    in_chunks(x.shape, work, threads)
    finite(out.sum(axis=1) if at.size else np.zeros(1))
    return out


def _of_sorted(z: Floats, at: Floats, definition: Definition) -> Floats:
    m = z.shape[1]
    if definition == "step":
        return z[:, np.maximum(np.ceil(at * m - ROUNDING * m).astype(int) - 1, 0)]
    position = at * (m - 1)
    below = np.minimum(position.astype(int), max(m - 2, 0))
    above = np.minimum(below + 1, m - 1)
    return np.asarray(z[:, below] + (z[:, above] - z[:, below]) * (position - below))


def _of_weighted(z: Floats, own: Floats, at: Floats, definition: Definition) -> Floats:
    order = np.argsort(np.where(own > 0, z, np.inf), axis=1)  # draws without weight go to the end
    z, own = np.take_along_axis(z, order, axis=1), np.take_along_axis(own, order, axis=1)
    z[own == 0] = 0
    up_to = np.cumsum(own, axis=1)
    out = np.empty((len(z), at.size))
    if definition == "step":
        for j, p in enumerate(at):
            reached = up_to >= p - ROUNDING
            first = np.where(reached.any(axis=1), reached.argmax(axis=1), (own > 0).sum(axis=1) - 1)
            out[:, j] = z[np.arange(len(z)), first]
        return out
    size = 1 / np.vecdot(own, own)[:, None]  # Kish's effective number of draws
    for j, p in enumerate(at):
        position = p * (size - 1)
        spread = np.clip(up_to * size - position, 0, 1)
        out[:, j] = np.vecdot(np.diff(spread, axis=1, prepend=np.clip(-position, 0, 1)), z)
    return out


def interval_score(low: ArrayLike, high: ArrayLike, observed: ArrayLike, alpha: float = 0.1) -> Floats:
    """Interval score of each interval, shape (n,). Errors: ScoreError for an interval whose ends are in disorder.

    >>> interval_score([0, 0, 2], [8, 8, 8], [5, 10, 1]).tolist()
    [8.0, 48.0, 26.0]
    """
    if not 0 < alpha < 1:
        raise ScoreError("alpha must lie between 0 and 1", remedy="Give 0.1 for a 90 % interval")
    low_, high_, y = _interval(low, high, observed)
    return high_ - low_ + 2 / alpha * (np.maximum(low_ - y, 0) + np.maximum(y - high_, 0))


def mis(
    draws: ArrayLike,
    observed: ArrayLike,
    weights: ArrayLike | None = None,
    alpha: float = 0.1,
    *,
    definition: Definition = "linear",
) -> Floats:
    """Interval score of the central 1 - alpha interval of each forecast's draws, shape (n,); its mean is the MIS.

    >>> mis([[0, 0, 3, 9]], [10]).round(2).tolist()
    [46.1]
    """
    ends = quantiles(draws, (alpha / 2, 1 - alpha / 2), weights, definition=definition)
    return interval_score(ends[:, 0], ends[:, 1], observed, alpha)


def covered(low: ArrayLike, high: ArrayLike, observed: ArrayLike) -> NDArray[np.bool_]:
    """Whether each outcome lies in its interval, both ends included; the mean is the coverage.

    For counts the interval is often wider than asked for, as a spike at zero cannot be split: coverage above 90 % of a
    90 % interval is then no fault. Judge calibration of counts by ``pit``.

    >>> covered([0, 0], [8, 8], [8, 9]).tolist()
    [True, False]
    """
    low_, high_, y = _interval(low, high, observed)
    return np.asarray((low_ <= y) & (y <= high_))


def _interval(low: ArrayLike, high: ArrayLike, observed: ArrayLike) -> tuple[Floats, Floats, Floats]:
    low_, high_, y = (np.asarray(values, dtype=np.float64) for values in (low, high, observed))
    if not (low_.ndim == 1 and low_.shape == high_.shape == y.shape):
        raise ScoreError(
            f"{low_.size} lower ends, {high_.size} upper ends and {y.size} outcomes do not match",
            remedy="Give one interval an outcome",
        )
    if not np.all(low_ <= high_):
        raise ScoreError("an interval ends before it begins", remedy="Give the lower end first")
    if not np.isfinite(y).all():
        raise ScoreError("an outcome is not known", remedy="Leave forecasts out while their outcome is unknown")
    return low_, high_, y
