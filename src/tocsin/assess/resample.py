"""How much a pool depends on who happened to take part: bootstrap intervals over participants.

A draw takes as many of a question's estimates as there are, with replacement, and pools them again; the interval is
cut from the pools of many draws (percentile bootstrap: Efron and Tibshirani 1993, ch. 13). Estimates are put in order
before they are drawn and the draws depend only on the seed and on how many there are, so the interval does not depend
on the order of participants, nor on what else was asked.

It says how the pool would move with other participants of the same kind. It does not say how likely the event is to be
within it, and it does not cover what all participants get wrong together.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tocsin.assess.aggregators import DEFAULT, Aggregator, Parameters, aggregator
from tocsin.assess.estimates import Floats, Kind, checked
from tocsin.assess.pooling import log_odds, probability, weighted
from tocsin.core.errors import AssessmentError


@dataclass(frozen=True)
class Interval:
    """An interval of a pool over draws of participants.

    low, high: None if there are fewer than two estimates, with the ``reason``. n: estimates drawn from.
    coverage: what it can claim at best. Even from the lowest to the highest of n estimates, an interval holds the
    median of what they are drawn from with probability 1 - 2^(1 - n) only, so below five estimates none is a 90 %
    interval, whatever was asked for.
    """

    low: float | None
    high: float | None
    coverage: float
    n: int
    reason: str = ""


def draw(n: int, draws: int, seed: int) -> NDArray[np.int64]:
    """Which of n estimates, in ascending order from 0, each draw takes: (draws, n).

    The same for one seed, one n and one version of NumPy.
    """
    return np.random.default_rng([seed, n]).integers(0, n, (draws, n))


def intervals(
    matrix: ArrayLike,
    method: str = "median",
    kind: Kind = "probability",
    *,
    draws: int = 1000,
    coverage: float = 0.9,
    seed: int = 0,
    weights: ArrayLike | None = None,
    parameters: Parameters = DEFAULT,
) -> tuple[Interval, ...]:
    """The interval of each question's pool.

    matrix: (participants, questions), NaN or None where there is no estimate; the rest as in ``pooling.pool``. The
    ends are quantiles by linear interpolation; of an ordinal question they are places.

    Errors: AssessmentError as ``pooling.pool``, or if draws, coverage or seed are out of range.

    >>> one, = intervals([[0.05], [0.10], [0.10], [0.20], [0.30], [0.40]], seed=1)
    >>> round(one.low, 3), round(one.high, 3), one.coverage
    (0.1, 0.3, 0.9)
    """
    given = checked(matrix, kind, dimensions=2)
    weighted(weights, len(given), aggregator(method, kind))  # weights that the method does not take are refused
    return intervals_by_method(
        given, (method,), kind, draws=draws, coverage=coverage, seed=seed, weights=weights, parameters=parameters
    )[method]


def intervals_by_method(
    matrix: ArrayLike,
    methods: Iterable[str],
    kind: Kind = "probability",
    *,
    draws: int = 1000,
    coverage: float = 0.9,
    seed: int = 0,
    weights: ArrayLike | None = None,
    parameters: Parameters = DEFAULT,
) -> dict[str, tuple[Interval, ...]]:
    """The intervals that ``intervals`` gives by each method, from one set of draws, which takes a fraction of the time.

    weights: (participants,), needed if a method among these takes them; the others go without.

    Errors: AssessmentError as ``intervals``.
    """
    if draws < 1 or not 0 < coverage < 1 or seed < 0:
        raise AssessmentError(
            f"{draws} draws, coverage {coverage} and seed {seed} cannot be used together",
            remedy="Give at least one draw, a coverage between 0 and 1, and a seed of 0 or more",
        )
    given = checked(matrix, kind, dimensions=2)
    ways = [aggregator(method, kind) for method in methods]
    held = {way.name: weighted(weights if way.weighted else None, len(given), way) for way in ways}
    ordered = np.sort(given, axis=0)  # NaN sorts last
    sizes = np.sum(~np.isnan(given), axis=0)
    pools = {way.name: np.full((2, given.shape[1], draws), np.nan) for way in ways}
    for n in map(int, np.unique(sizes[sizes > 1])):
        questions = np.flatnonzero(sizes == n)
        taken = _Taken(n, draws, seed)
        for way in ways:
            if way.weighted:
                for q in questions:
                    pools[way.name][:, q] = _weighted_pools(given[:, q], held[way.name], taken)
            else:
                pools[way.name][:, questions] = _pools(ordered[:n, questions], taken, way, kind, parameters)
    return {name: _cut(found, sizes, kind, coverage) for name, found in pools.items()}


class _Taken:
    """How often each of n estimates in ascending order is taken in each draw, (draws, n), and of those before it."""

    def __init__(self, n: int, draws: int, seed: int) -> None:
        cells = draw(n, draws, seed)
        cells += n * np.arange(draws)[:, None]
        self.n = n
        self.times = np.bincount(cells.ravel(), minlength=draws * n).reshape(draws, n).astype(float)
        self.upto = np.cumsum(self.times, axis=1)

    def mean(self, values: Floats, first: int, last: int) -> Floats:
        """Mean of the places first + 1 to last of each draw in order: (questions, draws); values: (n, questions).

        A draw in order holds estimate i at the places after those that lower ones take up; what of them lies between
        the cuts is what counts. So no draw is ever written out or sorted.
        """
        kept = self.times
        if (first, last) != (0, self.n):
            upto = np.clip(self.upto, first, last)
            kept = np.empty_like(upto)
            kept[:, 0] = upto[:, 0] - first
            np.subtract(upto[:, 1:], upto[:, :-1], out=kept[:, 1:])
        return np.asarray((kept @ values).T / (last - first))


def _pools(ordered: Floats, taken: _Taken, way: Aggregator, kind: Kind, parameters: Parameters) -> Floats:
    """The pool of each draw, from which the lower and the upper end are cut: (2, questions, draws)."""
    n = taken.n
    if kind == "ordinal":
        return np.stack([taken.mean(ordered, middle, middle + 1) for middle in ((n - 1) // 2, n // 2)])
    cut = way.cut(n, parameters)
    if way.log_odds:
        z = taken.mean(log_odds(np.clip(ordered, parameters.clip, 1 - parameters.clip)), cut, n - cut)
        pools = probability(z * (parameters.factor if way.extremised else 1.0))
    else:
        pools = taken.mean(ordered, cut, n - cut)
    return np.stack([pools, pools])


def _weighted_pools(column: Floats, held: Floats, taken: _Taken) -> Floats:
    there = ~np.isnan(column)
    x, w = column[there], held[there]
    order = np.lexsort((w, x))
    return np.asarray(taken.times @ (w * x)[order] / (taken.times @ w[order]))


def _cut(pools: Floats, sizes: NDArray[np.int64], kind: Kind, coverage: float) -> tuple[Interval, ...]:
    tail = (1 - coverage) / 2
    method: Literal["inverted_cdf", "linear"] = "inverted_cdf" if kind == "ordinal" else "linear"
    low = np.quantile(pools[0], tail, axis=1, method=method)
    high = np.quantile(pools[1], 1 - tail, axis=1, method=method)
    return tuple(
        Interval(float(a), float(b), min(coverage, 1 - 2.0 ** (1 - n)), n)
        if n > 1
        else Interval(None, None, coverage, n, "an interval needs at least two estimates")
        for a, b, n in zip(low, high, sizes.tolist(), strict=True)
    )
