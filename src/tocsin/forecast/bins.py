"""The ignorance score of a count in eleven bins, as the VIEWS prediction challenge 2023/24 scores it.

The bins have the edges 0, 0.5, 2.5, 5.5, 10.5, 25.5, 50.5, 100.5, 250.5, 500.5, 1000.5; a bin holds its lower edge and
not its upper one, the last has no upper one. With p the share of the forecast in the bin of the outcome,

    ignorance = -log2((c p + 1) / (c + 11)),   c = 1000,

in bits; lower is better. This is -log2 of the share after one count is added to each bin of c draws. It uses the exact
share, so that twelve draws score as if each were repeated c / 12 times: nothing is resampled and no chance comes in.

The best value is -log2(1001/1011) = 0.014, the worst log2(1011) = 9.98.

Sources: Good (1952), Roulston and Smith (2002) for the score; Hegre and others (2025), "The 2023/24 VIEWS prediction
challenge", Journal of Peace Research, for the bins and the added counts.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tocsin.core.errors import ScoreError
from tocsin.forecast.draws import Floats, checked, finite, in_chunks

EDGES = (0.0, 0.5, 2.5, 5.5, 10.5, 25.5, 50.5, 100.5, 250.5, 500.5, 1000.5)
"""Lower edge of each bin."""
COUNT = 1000
"""Draws that a forecast is taken to consist of, to which one is added in each bin."""


def bin_of(values: ArrayLike) -> NDArray[np.intp]:
    """The bin of each value, 0 to 10. Errors: ScoreError for a negative or unknown value.

    >>> bin_of([0, 1, 2, 3, 1000, 1001]).tolist()
    [0, 1, 1, 2, 9, 10]
    """
    y = np.asarray(values, dtype=np.float64)
    if not np.all(y >= 0):
        raise ScoreError("a count is negative or unknown", remedy="Give counts from 0; leave unknown ones out")
    return np.searchsorted(EDGES, y, side="right") - 1


def shares(draws: ArrayLike, weights: ArrayLike | None = None) -> Floats:
    """Share of each forecast in each bin, shape (n, 11), rows summing to one. Errors: as ``ignorance``.

    >>> shares([[0, 0, 3, 9]])[0, :4].tolist()
    [0.5, 0.0, 0.25, 0.25]
    """
    x = np.asarray(draws)
    x, _, w = checked(x, np.zeros(len(x) if x.ndim else 0), weights)
    up_to = np.stack([_share(x, w, 0.0, edge) for edge in (*EDGES[1:], np.inf)], axis=1)
    return np.diff(up_to, axis=1, prepend=0.0)


def ignorance(
    draws: ArrayLike, observed: ArrayLike, weights: ArrayLike | None = None, count: int = COUNT, *, threads: int = 2
) -> Floats:
    """Ignorance of each forecast in bits, shape (n,). draws: (n, m); observed: (n,); weights: None, (m,) or (n, m).

    Errors: ScoreError as ``draws.checked``, and for a draw or outcome that is negative or not finite.

    >>> ignorance([[0, 0, 3, 9]], [0]).round(4).tolist()
    [1.0129]
    """
    x, y, w = checked(draws, observed, weights)
    inside = bin_of(y)
    upper = np.append(EDGES[1:], np.inf)[inside]
    return _bits(_share(x, w, np.asarray(EDGES)[inside], upper, threads), count)


def ignorance_of_shares(probabilities: ArrayLike, observed: ArrayLike, count: int = COUNT) -> Floats:
    """Ignorance of forecasts that are given as probabilities of the bins, shape (n, 11), rows summing to one.

    Errors: ScoreError if a row does not sum to one (within 1e-6), a probability is negative, or shapes differ.

    >>> ignorance_of_shares([[1.0] + [0.0] * 10], [0]).round(4).tolist()
    [0.0143]
    """
    p, inside = np.asarray(probabilities, dtype=np.float64), bin_of(observed)
    if p.ndim != 2 or p.shape != (inside.size, len(EDGES)):
        raise ScoreError(
            f"probabilities of shape {p.shape} do not fit {inside.size} outcomes and {len(EDGES)} bins",
            remedy="Give one row of eleven probabilities an outcome",
        )
    if not (np.all(p >= 0) and np.all(np.abs(p.sum(axis=1) - 1) <= 1e-6)):
        raise ScoreError("a row of probabilities does not sum to one", remedy="Divide each row by its sum")
    return _bits(p[np.arange(inside.size), inside], count)


def _bits(share: Floats, count: int) -> Floats:
    return np.asarray(-np.log2((count * share + 1) / (count + len(EDGES))))


def _share(
    x: NDArray[np.number], w: Floats | None, lower: Floats | float, upper: Floats | float, threads: int = 2
) -> Floats:
    """Weight of the draws in [lower, upper) of each row. A negative or non-finite draw is an error."""
    out = np.empty(len(x))
    low, high = (np.broadcast_to(edge, len(x))[:, None] for edge in (lower, upper))

    def work(chunks: Iterator[slice]) -> None:
        for rows in chunks:
            z = x[rows]
            inside = (z >= low[rows]) & (z < high[rows])
            if w is None:
                part, held = inside.mean(axis=1), z
            else:
                own = w if len(w) == 1 else w[rows]
                part, held = (inside * own).sum(axis=1), np.where(own > 0, z, 0)
            part[~((held.min(axis=1) >= 0) & np.isfinite(held.max(axis=1)))] = np.nan
            out[rows] = part

    in_chunks(x.shape, work, threads)
    if np.isnan(out).any():
        where = int(np.flatnonzero(np.isnan(out))[0])
        if np.isfinite(np.asarray(x[where], dtype=np.float64)).all():
            raise ScoreError("a draw is negative", where=f"forecast {where}", remedy="Give counts from 0")
    return finite(out)
