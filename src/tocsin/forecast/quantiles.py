"""Forecasts given as quantiles: their CRPS for a stated distribution between and beyond them.

Quantiles q_1 <= ... <= q_k at levels p_1 < ... < p_k do not say what lies between them. Two readings:

* ``linear`` - F rises in a straight line from (q_i, p_i) to (q_{i+1}, p_{i+1}). Below q_1 there is nothing, and F jumps
  to p_1 there; above q_k nothing, and F jumps from p_k to 1. Equal quantiles (the spike at zero) are a jump.
* ``step`` - each q_i holds the levels nearest to p_i: from half-way to the level before to half-way to the next. This
  is a forecast of k weighted draws (``step_weights``), so every score of draws can be had.

``crps`` is exact for the reading chosen. Neither puts anything beyond the outermost quantiles: a forecast with a heavy
tail that is cut there scores as the cut forecast. ``twice_mean_pinball`` is what others publish as an approximation; it
is the CRPS of the step reading exactly if p_i = (i - 1/2) / k, and says little if levels are few or uneven.

Sources: Gneiting and Raftery (2007); Laio and Tamea (2007) for CRPS = 2 x the integral of the pinball loss over levels;
Koenker and Bassett (1978) for the pinball loss.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from tocsin.core.errors import ScoreError
from tocsin.forecast import draws
from tocsin.forecast.draws import Floats

Reading = Literal["linear", "step"]


def checked(levels: ArrayLike, values: ArrayLike, observed: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """Levels (k,), quantiles (n, k) and outcomes (n,) as float arrays.

    Errors: ScoreError if shapes differ, levels do not rise between 0 and 1, quantiles cross or an outcome is unknown.
    """
    p, q, y = (np.asarray(array, dtype=np.float64) for array in (levels, values, observed))
    if not (p.ndim == 1 and p.size and q.shape == (y.size, p.size) and y.ndim == 1 and y.size):
        raise ScoreError(
            f"levels of shape {p.shape}, quantiles of shape {q.shape} and outcomes of shape {y.shape} do not match",
            remedy="Give k levels, quantiles of shape (n, k) and n outcomes",
        )
    if not (np.all((p > 0) & (p < 1)) and np.all(np.diff(p) > 0)):
        raise ScoreError("levels do not rise from above 0 to below 1", remedy="Give each level once, in order")
    if not np.isfinite(y).all():
        raise ScoreError("an outcome is not known", remedy="Leave forecasts out while their outcome is unknown")
    wrong = ~(np.isfinite(q).all(axis=1) & np.all(np.diff(q, axis=1) >= 0, axis=1))
    if wrong.any():
        raise ScoreError(
            f"{int(wrong.sum())} forecasts hold quantiles that cross or are not numbers",
            where=f"forecast {int(np.flatnonzero(wrong)[0])}",
            remedy="Sort the quantiles of each forecast, or leave the forecast out",
        )
    return p, q, y


def step_weights(levels: ArrayLike) -> Floats:
    """Weight of each quantile as a draw in the ``step`` reading, shape (k,), summing to one.

    >>> step_weights([0.1, 0.5, 0.9]).round(3).tolist()
    [0.3, 0.4, 0.3]
    """
    p = np.asarray(levels, dtype=np.float64)
    return np.diff((p[1:] + p[:-1]) / 2, prepend=0.0, append=1.0)


def crps(levels: ArrayLike, values: ArrayLike, observed: ArrayLike, *, between: Reading = "linear") -> Floats:
    """CRPS of each forecast, shape (n,). levels: (k,); values: (n, k), not falling along a row; observed: (n,).

    >>> crps([0.25, 0.75], [[0, 4]], [2]).round(4).tolist()
    [0.5833]
    >>> crps([0.25, 0.75], [[0, 4]], [2], between="step").tolist()
    [1.0]
    """
    p, q, y = checked(levels, values, observed)
    if between == "step":
        return draws.crps(q, y, step_weights(p))
    if between != "linear":
        raise ScoreError(f"there is no reading {between!r} of quantiles", remedy="Say linear or step")
    length = np.diff(q, axis=1)
    left = np.clip(y[:, None] - q[:, :-1], 0, length)
    start, end = p[:-1], p[1:]
    at = start + (end - start) * np.divide(left, length, out=np.zeros_like(left), where=length > 0)
    inside = left * _thirds(start, at) + (length - left) * _thirds(1 - at, 1 - end)
    beyond = np.maximum(q[:, 0] - y, 0) + np.maximum(y - q[:, -1], 0)
    return np.asarray(inside.sum(axis=1) + beyond)


def _thirds(a: Floats, b: Floats) -> Floats:
    """Mean of the square of what runs in a straight line from a to b."""
    return (a * a + a * b + b * b) / 3


def pinball(levels: ArrayLike, values: ArrayLike, observed: ArrayLike) -> Floats:
    """Pinball loss of each quantile, (1{y <= q} - p)(q - y), shape (n, k).

    >>> pinball([0.25, 0.75], [[0, 4]], [2]).tolist()
    [[0.5, 0.5]]
    """
    p, q, y = checked(levels, values, observed)
    over = q - y[:, None]
    return np.asarray(np.maximum((1 - p) * over, -p * over))


def twice_mean_pinball(levels: ArrayLike, values: ArrayLike, observed: ArrayLike) -> Floats:
    """Twice the mean pinball loss over the levels given, shape (n,): an approximation of the CRPS.

    >>> twice_mean_pinball([0.25, 0.75], [[0, 4]], [2]).tolist()
    [1.0]
    """
    return np.asarray(2 * pinball(levels, values, observed).mean(axis=1))
