"""CRPS and log-CRPS of counts whose probabilities are listed: a finite sum, exact for what is listed.

With F(k) the sum of the probabilities of 0..k and g(k) = k, or log(1 + k) for the log-CRPS,

    CRPS = sum over k of (F(k) - 1{y <= k})^2 (g(k + 1) - g(k)),

an outcome between two counts splitting its step. A list must end: whatever lies beyond its last count K is taken to be
at K. The CRPS of a law cut at K differs from that of the law by at most 2 E max(X - K, 0)
(``closed_forms.mean_beyond``), whatever the outcome.

Source: Epstein (1969), the ranked probability score, of which this is the form without a last category.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from tocsin.core.errors import ScoreError
from tocsin.forecast.draws import Floats

WITHIN = 1e-6
"""How far a row of probabilities may sum from one."""


def crps_of_counts(probabilities: ArrayLike, observed: ArrayLike, *, logs: bool = False) -> Floats:
    """CRPS (or log-CRPS) of each forecast, shape (n,). probabilities: (n, K + 1) of the counts 0..K; observed: (n,).

    Errors: ScoreError if shapes differ, a probability is negative, a row does not sum to one (within 1e-6), or an
    outcome is negative or unknown.

    >>> crps_of_counts([[0.5, 0.25, 0.25]], [0]).tolist()
    [0.3125]
    """
    p, y = np.asarray(probabilities, dtype=np.float64), np.asarray(observed, dtype=np.float64)
    if not (p.ndim == 2 and y.ndim == 1 and len(p) == len(y) and p.size):
        raise ScoreError(
            f"probabilities of shape {p.shape} and outcomes of shape {y.shape} do not match",
            remedy="Give one row of probabilities an outcome",
        )
    if not (np.all(y >= 0) and np.isfinite(y).all()):
        raise ScoreError(
            "an outcome is negative or unknown", remedy="Leave forecasts out while their outcome is unknown"
        )
    if not (np.all(p >= 0) and np.all(np.abs(p.sum(axis=1) - 1) <= WITHIN)):
        raise ScoreError("a row of probabilities does not sum to one", remedy="Put what is left on the last count")
    points = np.arange(p.shape[1], dtype=np.float64)
    if logs:
        points, y = np.log1p(points), np.log1p(y)
    width = np.diff(points)
    up_to = np.cumsum(p, axis=1)[:, :-1]
    left = np.clip(y[:, None] - points[:-1], 0, width)
    each = left * up_to**2 + (width - left) * (1 - up_to) ** 2
    return np.asarray(each.sum(axis=1) + np.maximum(y - points[-1], 0))
