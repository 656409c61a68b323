"""Forecasts given as draws, and their continuous ranked probability score (CRPS), exactly.

A forecast is m draws of one number (deaths in a country and month), each of the same weight or weighted. It stands for
the step distribution F(t) = sum_j w_j 1{x_j <= t}; every score here is the exact score of that F, not an estimate of
the score of what the draws came from. For an outcome y

    CRPS(F, y) = integral (F(t) - 1{y <= t})^2 dt = sum_j w_j |x_j - y| - 1/2 sum_ij w_i w_j |x_i - x_j|.

It is in the unit of the outcome, never negative, |x - y| for a single draw; lower is better. Drawing each x_j twice
changes nothing. ``fair`` divides the second sum by 1 - sum w_j^2, that is by m (m - 1) in place of m^2: without bias
for the distribution that equally weighted draws came from, but it can be negative. No table of Tocsin's uses it.

Bins are scored in ``bins``, intervals and coverage in ``intervals``, the outcome's place among the draws in ``pit``.

Sources: Matheson and Winkler (1976); Gneiting and Raftery (2007), equation 21; Ferro (2014) for ``fair``; Jordan,
Krüger and Lerch (2019) for the form over sorted draws; Bosse and others (2023) for the score of log(1 + x).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tocsin.core.errors import ScoreError

Floats = NDArray[np.float64]
CHUNK = 1 << 15
"""Numbers worked on at once: 256 KiB, so that a chunk stays in the cache of one core."""


def checked(
    draws: ArrayLike, observed: ArrayLike, weights: ArrayLike | None = None
) -> tuple[NDArray[np.number], Floats, Floats | None]:
    """Draws (n, m), outcomes (n,) and weights that sum to one: shape (1, m), (n, m), or None for equal weights.

    The draws are not copied; whether they are finite is seen by each score as it reads them.

    Errors: ScoreError if shapes differ, nothing is left, an outcome is unknown, or weights are negative or all zero.
    """
    x, y = np.asarray(draws), np.asarray(observed, dtype=np.float64)
    if x.ndim != 2 or y.ndim != 1 or len(x) != len(y):
        raise ScoreError(
            f"draws of shape {x.shape} and outcomes of shape {y.shape} do not match",
            remedy="Give draws of shape (n, m) and n outcomes",
        )
    if x.size == 0:
        raise ScoreError("there is nothing to score", remedy="Give at least one forecast of at least one draw")
    if x.dtype.kind not in "fiub":
        raise ScoreError("a draw is not a number", remedy="Give an array of numbers")
    if not np.isfinite(y).all():
        raise ScoreError("an outcome is not known", remedy="Leave forecasts out while their outcome is unknown")
    if weights is None:
        return x, y, None
    w = np.atleast_2d(np.asarray(weights, dtype=np.float64))
    if w.shape not in ((1, x.shape[1]), x.shape):
        raise ScoreError(
            f"weights of shape {w.shape} do not fit draws of shape {x.shape}",
            remedy="Give one weight a draw, the same for all forecasts or for each",
        )
    total = w.sum(axis=1, keepdims=True)
    if not (np.all(w >= 0) and np.isfinite(total).all() and np.all(total > 0)):
        raise ScoreError("weights must be non-negative and not all zero", remedy="Count draws, or leave weights out")
    return x, y, w / total


def in_chunks(shape: tuple[int, ...], work: Callable[[Iterator[slice]], None], threads: int = 2) -> None:
    """Call ``work`` in each of ``threads`` threads with chunks of rows to do, every row once; errors are raised here.

    numpy lets other threads run while it sorts and sums. What is not finite raises no warning: see ``finite``.
    """
    rows, width = shape
    step = max(1, CHUNK // width)
    chunks = [slice(start, min(start + step, rows)) for start in range(0, rows, step)]
    threads = max(1, min(threads, len(chunks) // 8))

    def quietly(some: list[slice]) -> None:
        with np.errstate(invalid="ignore", divide="ignore"):  # a thread does not inherit this
            work(iter(some))

    if threads == 1:
        quietly(chunks)
        return
    with ThreadPoolExecutor(threads) as pool:
        for done in [pool.submit(quietly, chunks[i::threads]) for i in range(threads)]:
            done.result()


def finite(scores: Floats) -> Floats:
    """The scores, or ScoreError naming the first forecast that has no finite score."""
    bad = np.flatnonzero(~np.isfinite(scores))
    if bad.size:
        raise ScoreError(
            f"{bad.size} forecasts hold a draw that is not a finite number",
            where=f"forecast {bad[0]}",
            remedy="Leave missing draws out; a missing draw is not a zero",
        )
    return scores


def crps(
    draws: ArrayLike,
    observed: ArrayLike,
    weights: ArrayLike | None = None,
    *,
    fair: bool = False,
    threads: int = 2,
) -> Floats:
    """CRPS of each forecast, shape (n,), in the unit of the outcome.

    draws: (n, m), any order, 32 or 64 bit or whole numbers; sums are made in 64 bit. observed: (n,).
    weights: None, (m,) or (n, m), not negative; they need not sum to one.
    Memory beside the draws: the result and some hundred KiB a thread.

    Errors: ScoreError as ``checked``, for a draw that is not finite, and for ``fair`` with a single draw.

    >>> crps([[0, 0, 3, 9], [5, 5, 5, 5]], [1, 2]).tolist()
    [1.125, 3.0]
    >>> crps([[0, 3, 9]], [1], weights=[2, 1, 1]).tolist()
    [1.125]
    """
    x, y, w = checked(draws, observed, weights)
    out = np.empty(len(y))
    if w is None:
        _equal(x, y, out, fair, threads)
    else:
        _weighted(x, y, w, out, fair, threads)
    return finite(out)


def log_crps(draws: ArrayLike, observed: ArrayLike, weights: ArrayLike | None = None, *, threads: int = 2) -> Floats:
    """CRPS of log(1 + draw) against log(1 + outcome), shape (n,): errors count by ratio, not by size.

    Errors: ScoreError as ``crps``, and for a draw or an outcome below zero.

    >>> log_crps([[0, 0, 0, 0]], [0]).tolist()
    [0.0]
    """
    x, y, w = checked(draws, observed, weights)
    if y.min() < 0:
        raise ScoreError("an outcome is negative", remedy="Only counts have a log-CRPS")
    out = np.empty(len(y))
    if w is None:
        _equal(x, np.log1p(y), out, False, threads, logs=True)
    else:
        _weighted(x, np.log1p(y), w, out, False, threads, logs=True)
    return finite(out)


def _spread(m: int, fair: bool) -> float:
    if fair and m == 1:
        raise ScoreError("one draw has no fair score", remedy="Give at least two draws, or leave fair out")
    return float(m * (m - 1) if fair else m * m)


def _equal(x: NDArray[np.number], y: Floats, out: Floats, fair: bool, threads: int, *, logs: bool = False) -> None:
    """out = mean |z| - sum_i (2 i - m - 1) z_(i) / m^2 with z = x - y sorted: no large numbers are subtracted."""
    m = x.shape[1]
    rank = (2 * np.arange(1, m + 1) - m - 1) / _spread(m, fair)
    even = np.full(m, 1 / m)

    def work(chunks: Iterator[slice]) -> None:
        for rows in chunks:
            z = _differences(x[rows], y[rows], logs)
            z.sort(axis=1)
            spread = np.vecdot(z, rank)
            np.abs(z, out=z)
            np.subtract(np.vecdot(z, even), spread, out=out[rows])

    in_chunks(x.shape, work, threads)
    if not fair:
        np.maximum(out, 0, out=out)


def _weighted(
    x: NDArray[np.number], y: Floats, w: Floats, out: Floats, fair: bool, threads: int, *, logs: bool = False
) -> None:
    """out = sum_i w_i |z_i| - sum_i w_i z_i (2 W_i - w_i - 1), z sorted and W_i the weight up to and with the i-th."""

    def work(chunks: Iterator[slice]) -> None:
        for rows in chunks:
            z = _differences(x[rows], y[rows], logs)
            order = np.argsort(z, axis=1)
            z = np.take_along_axis(z, order, axis=1)
            own = np.take_along_axis(np.broadcast_to(w if len(w) == 1 else w[rows], z.shape), order, axis=1)
            z[own == 0] = 0  # a draw without weight is not part of the forecast, whatever it is
            spread = np.vecdot(z, own * (2 * np.cumsum(own, axis=1) - own - 1))
            if fair:
                spread /= _fair(own)
            np.subtract(np.vecdot(np.abs(z), own), spread, out=out[rows])

    in_chunks(x.shape, work, threads)
    if not fair:
        np.maximum(out, 0, out=out)


def _fair(own: Floats) -> Floats:
    left = 1 - np.vecdot(own, own)
    if np.any(left <= 0):
        raise ScoreError("one draw has no fair score", remedy="Give at least two draws with weight, or leave fair out")
    return np.asarray(left)


def _differences(x: NDArray[np.number], y: Floats, logs: bool) -> Floats:
    if not logs:
        return np.asarray(np.subtract(x, y[:, None], dtype=np.float64))
    z = np.log1p(x, dtype=np.float64)
    z -= y[:, None]
    return np.asarray(z)
