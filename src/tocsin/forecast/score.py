"""Scores of probability forecasts of a yes-or-no event, and their country-cluster intervals.

Every score takes optional weights, so that one draw of a country-cluster bootstrap is the same score with each
country's rows counted as often as the country was drawn.

Sources: Brier (1950); Murphy (1973) for the decomposition; Good (1952) for the logarithmic score; Hanley and McNeil
(1982) for the area under the ROC curve as a rank statistic; Wilson (1927) for the interval of a proportion; Cameron,
Gelbach and Miller (2008) for the cluster bootstrap.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tocsin.core.errors import ScoreError

Floats = NDArray[np.float64]


def checked(p: ArrayLike, y: ArrayLike, weights: ArrayLike | None = None) -> tuple[Floats, Floats, Floats]:
    """Probabilities, outcomes and weights as equally long float arrays.

    Errors: ScoreError if lengths differ, nothing is left, a probability lies outside [0, 1], an outcome is neither 0
    nor 1 (an unknown outcome must be left out, never scored as 0) or a weight is negative.
    """
    p_, y_ = np.asarray(p, dtype=float), np.asarray(y, dtype=float)
    w_ = np.ones_like(p_) if weights is None else np.asarray(weights, dtype=float)
    if not (p_.ndim == 1 and p_.shape == y_.shape == w_.shape):
        raise ScoreError(
            f"{p_.size} forecasts, {y_.size} outcomes and {w_.size} weights do not match",
            remedy="Give one outcome and one weight a forecast",
        )
    if p_.size == 0:
        raise ScoreError("there is nothing to score", remedy="Give at least one forecast with a known outcome")
    if not np.all((p_ >= 0) & (p_ <= 1)):
        raise ScoreError("a forecast is not a probability", remedy="Give numbers from 0 to 1")
    if not np.all((y_ == 0) | (y_ == 1)):
        raise ScoreError("an outcome is neither 0 nor 1", remedy="Leave forecasts out while their outcome is unknown")
    if not np.all(w_ >= 0) or w_.sum() == 0:
        raise ScoreError("weights must be non-negative and not all zero", remedy="Count rows, or leave weights out")
    return p_, y_, w_


def log_score(p: ArrayLike, y: ArrayLike, weights: ArrayLike | None = None) -> float:
    """Mean logarithmic score, -mean[y log p + (1 - y) log(1 - p)], in nats; lower is better; may be infinite.

    >>> round(log_score([0.1, 0.8], [0, 1]), 4)
    0.1643
    """
    p_, y_, w_ = checked(p, y, weights)
    with np.errstate(divide="ignore"):
        each = -np.where(y_ == 1, np.log(p_), np.log1p(-p_))
    return float(w_ @ each / w_.sum()) if np.all(np.isfinite(each[w_ > 0])) else float("inf")


def brier(p: ArrayLike, y: ArrayLike, weights: ArrayLike | None = None) -> float:
    """Mean squared error of the probabilities; lower is better.

    >>> round(brier([0.1, 0.8], [0, 1]), 4)
    0.025
    """
    p_, y_, w_ = checked(p, y, weights)
    return float(w_ @ (p_ - y_) ** 2 / w_.sum())


def auc(p: ArrayLike, y: ArrayLike, weights: ArrayLike | None = None) -> float:
    """Area under the ROC curve: the chance that an event was ranked above a non-event, ties counting one half.

    NaN when there are no events or no non-events.

    >>> auc([0.1, 0.4, 0.4, 0.8], [0, 0, 1, 1])
    0.875
    """
    p_, y_, w_ = checked(p, y, weights)
    _, group = np.unique(p_, return_inverse=True)
    events = np.bincount(group, weights=w_ * y_)
    others = np.bincount(group, weights=w_ * (1 - y_))
    pairs = events.sum() * others.sum()
    below = np.cumsum(others) - others
    return float((events @ (below + others / 2)) / pairs) if pairs > 0 else float("nan")


def average_precision(p: ArrayLike, y: ArrayLike, weights: ArrayLike | None = None) -> float:
    """Area under the precision-recall curve as a sum over thresholds, tied forecasts taken together.

    NaN when there are no events.

    >>> round(average_precision([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]), 4)
    0.8333
    """
    p_, y_, w_ = checked(p, y, weights)
    _, group = np.unique(-p_, return_inverse=True)
    events = np.cumsum(np.bincount(group, weights=w_ * y_))
    all_ = np.cumsum(np.bincount(group, weights=w_))
    if events[-1] == 0:
        return float("nan")
    precision = np.divide(events, all_, out=np.zeros_like(events), where=all_ > 0)
    return float(np.diff(events, prepend=0.0) @ precision / events[-1])


def expected_observed(p: ArrayLike, y: ArrayLike, weights: ArrayLike | None = None) -> float:
    """Sum of the probabilities over the number of events; 1 is calibrated in the large; NaN without events."""
    p_, y_, w_ = checked(p, y, weights)
    events = float(w_ @ y_)
    return float(w_ @ p_) / events if events > 0 else float("nan")


def on_list(p: ArrayLike, y: ArrayLike, lists: ArrayLike, k: int) -> NDArray[np.bool_]:
    """Which rows are among the exactly k highest of their list, ties broken against the forecaster.

    lists: shape (n,), for example the year: a list is made in each. A tied event is placed below the tied non-events.

    >>> on_list([0.5, 0.5, 0.1], [1, 0, 0], [2001, 2001, 2001], 1).tolist()
    [False, True, False]
    """
    p_, y_, _ = checked(p, y)
    of = np.asarray(lists)
    chosen = np.zeros(p_.size, dtype=bool)
    for one in np.unique(of):
        rows = np.flatnonzero(of == one)
        chosen[rows[np.lexsort((y_[rows], -p_[rows]))][:k]] = True
    return chosen


@dataclass(frozen=True)
class Bin:
    """Forecasts with lower <= p < upper (the last bin includes 1): counts, means and a 90 % Wilson interval."""

    lower: float
    upper: float
    forecasts: int
    mean_forecast: float
    events: int
    observed: float
    low: float
    high: float


def wilson(events: float, n: float, z: float = 1.6448536269514722) -> tuple[float, float]:
    """Wilson's interval of a proportion; z is the normal quantile (90 % two-sided by default).

    >>> [round(end, 3) for end in wilson(3, 100)]
    [0.012, 0.073]
    """
    centre = (events + z * z / 2) / (n + z * z)
    half = z / (n + z * z) * np.sqrt(events * (n - events) / n + z * z / 4)
    return max(0.0, float(centre - half)), min(1.0, float(centre + half))


def reliability(p: ArrayLike, y: ArrayLike, edges: Sequence[float]) -> tuple[Bin, ...]:
    """Observed frequency against forecast probability in the bins between ``edges``; empty bins are left out."""
    p_, y_, _ = checked(p, y)
    which = np.clip(np.searchsorted(edges, p_, side="right") - 1, 0, len(edges) - 2)
    bins = []
    for i in range(len(edges) - 1):
        inside = which == i
        n, events = int(inside.sum()), int(y_[inside].sum())
        if n:
            low, high = wilson(events, n)
            bins.append(Bin(edges[i], edges[i + 1], n, float(p_[inside].mean()), events, events / n, low, high))
    return tuple(bins)


@dataclass(frozen=True)
class BrierParts:
    """Murphy's decomposition: brier = reliability - resolution + uncertainty + within (within-bin remainder)."""

    reliability: float
    resolution: float
    uncertainty: float
    within: float


def brier_decomposition(p: ArrayLike, y: ArrayLike, edges: Sequence[float]) -> BrierParts:
    """Decompose the Brier score over bins; the parts sum to ``brier`` exactly, ``within`` taking what binning loses."""
    p_, y_, _ = checked(p, y)
    n, base = p_.size, float(y_.mean())
    bins = reliability(p_, y_, edges)
    rel = sum(b.forecasts * (b.mean_forecast - b.observed) ** 2 for b in bins) / n
    res = sum(b.forecasts * (b.observed - base) ** 2 for b in bins) / n
    unc = base * (1 - base)
    return BrierParts(rel, res, unc, brier(p_, y_) - rel + res - unc)


def cluster_draws(clusters: ArrayLike, draws: int, seed: int) -> NDArray[np.float64]:
    """How often each row counts in each bootstrap draw of whole clusters: shape (draws, n)."""
    _, which = np.unique(np.asarray(clusters), return_inverse=True)
    m = int(which.max()) + 1
    counts = np.random.default_rng(seed).multinomial(m, np.full(m, 1 / m), size=draws)
    return counts[:, which].astype(float)
