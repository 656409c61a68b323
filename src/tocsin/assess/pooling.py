"""One number out of many estimates of the same question.

Sums are rounded once (``math.fsum``), so no order of participants gives another last bit. An estimate that is missing
is left out and counted; it is not zero and not one half.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from tocsin.assess.aggregators import DEFAULT, Aggregator, Parameters, aggregator
from tocsin.assess.estimates import Floats, Kind, checked, numbers
from tocsin.core.errors import AssessmentError


@dataclass(frozen=True)
class Pooled:
    """What a pool came to.

    value: None if nobody answered, with the ``reason``. n: estimates given; missing: participants without one.
    cut: estimates cut at each end. clipped: probabilities moved to the clip before their log-odds were taken.
    """

    value: float | None
    n: int
    missing: int
    cut: int = 0
    clipped: int = 0
    reason: str = ""


def pool(
    values: ArrayLike,
    method: str = "median",
    kind: Kind = "probability",
    *,
    weights: ArrayLike | None = None,
    parameters: Parameters = DEFAULT,
) -> Pooled:
    """Pool one question's estimates.

    values: (participants,), None or NaN where there is none; weights: (participants,), for the performance-weighted
    aggregator only (see ``performance.weights``). The result lies within the estimates (after the clip), unless it is
    extremised. Of an ordinal question it is the lower of the two middle places; ``ordinal.pool_places`` tells both.

    Errors: AssessmentError if an estimate is impossible, the method does not fit, or weights lack or are out of place.

    >>> pool([0.05, 0.10, 0.30, None]).value, pool([0.05, 0.10, 0.30, None]).missing
    (0.1, 1)
    >>> round(pool([0.0140, 0.0221, 0.0039, 0.0040], "mean log-odds").value, 4)
    0.0084
    >>> pool([None, None]).reason
    'nobody gave an estimate'
    """
    given = checked(values, kind)
    way = aggregator(method, kind)
    held = weighted(weights, given.size, way)
    there = ~np.isnan(given)
    n, missing = int(there.sum()), int((~there).sum())
    if n == 0:
        return Pooled(None, 0, missing, reason="nobody gave an estimate")
    if way.weighted:
        value = _weighted_mean(given[there].tolist(), held[there].tolist())
        return Pooled(value, n, missing)
    ordered = sorted(given[there].tolist())
    cut = way.cut(n, parameters)
    middle = ordered[cut : n - cut] if kind != "ordinal" else [ordered[(n - 1) // 2]]
    if not way.log_odds:
        return Pooled(_mean(middle), n, missing, cut=cut)
    kept = np.clip(middle, parameters.clip, 1 - parameters.clip)
    z = math.fsum(log_odds(kept).tolist()) / kept.size
    value = float(probability(np.array(z * (parameters.factor if way.extremised else 1.0))))
    if not way.extremised:
        value = min(max(value, float(kept[0])), float(kept[-1]))
    return Pooled(value, n, missing, cut=cut, clipped=int(np.sum(kept != middle)))


def pool_many(
    matrix: ArrayLike,
    method: str = "median",
    kind: Kind = "probability",
    *,
    weights: ArrayLike | None = None,
    parameters: Parameters = DEFAULT,
) -> tuple[Pooled, ...]:
    """Pool each question of a round: the same numbers as ``pool`` gives, to the last bit.

    matrix: (participants, questions).

    >>> [one.value for one in pool_many([[0.1, 0.5], [0.2, None], [0.6, 0.7]])]
    [0.2, 0.6]
    """
    given = checked(matrix, kind, dimensions=2)
    return tuple(pool(column, method, kind, weights=weights, parameters=parameters) for column in given.T)


def weighted(weights: ArrayLike | None, participants: int, way: Aggregator) -> Floats:
    """The participants' weights, ones for an aggregator that takes none.

    Errors: AssessmentError if weights are lacking, not wanted, too few or many, negative or nothing at all.
    """
    if not way.weighted:
        if weights is not None:
            raise AssessmentError(f"the {way.name} takes no weights", remedy="Leave them out, or weight by performance")
        return np.ones(participants)
    if weights is None:
        raise AssessmentError(
            "there are no weights to weight by",
            remedy="Make them from past scores once every contributor has enough, or choose another way to pool",
        )
    held = numbers(weights, "a weight")
    if held.shape != (participants,):
        raise AssessmentError(f"{held.size} weights for {participants} participants", remedy="Give one a participant")
    if not np.all(np.isfinite(held) & (held > 0)):
        raise AssessmentError("a weight is not a number above zero", remedy="Leave out whoever should not count")
    return held


def log_odds(p: Floats) -> Floats:
    """log(p / (1 - p)) of probabilities strictly between 0 and 1, any shape."""
    return np.asarray(np.log(p) - np.log1p(-p))


def probability(z: Floats) -> Floats:
    """1 / (1 + exp(-z)), any shape; as exact for small probabilities as for large."""
    small = np.exp(-np.abs(z))
    return np.asarray(np.where(z < 0, small, 1.0) / (1.0 + small))


def _mean(ordered: list[float]) -> float:
    # The last rounding of a mean may step over its largest part; a pool of equal estimates is that estimate.
    return min(max(math.fsum(ordered) / len(ordered), ordered[0]), ordered[-1])


def _weighted_mean(values: list[float], weights: list[float]) -> float:
    total = math.fsum(w * x for w, x in zip(weights, values, strict=True)) / math.fsum(weights)
    return min(max(total, min(values)), max(values))
