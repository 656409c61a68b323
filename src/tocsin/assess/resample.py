"""How much a pool depends on who happened to take part: bootstrap intervals over participants.

A draw takes as many of a question's estimates as there are, with replacement, and pools them again; the interval is
cut from the pools of many draws (percentile bootstrap: Efron and Tibshirani 1993, ch. 13). Estimates are put in order
before they are drawn and the draws depend only on the seed and on how many there are, so the interval does not depend
on the order of participants, nor on what else was asked.

It says how the pool would move with other participants of the same kind. It does not say how likely the event is to be
within it, and it does not cover what all participants get wrong together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tocsin.assess.aggregators import DEFAULT, Aggregator, Parameters, aggregator
from tocsin.assess.estimates import Floats, Kind, checked
from tocsin.assess.pooling import log_odds, probability, weighted
from tocsin.core.errors import AssessmentError

_CELLS = 16384  # draws by estimates held at a time: few enough to stay in the cache and to start no threads


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
    sizes = np.sum(~np.isnan(given), axis=0)
    pools = {way.name: np.full((2, given.shape[1], draws), np.nan) for way in ways}
    for n in map(int, np.unique(sizes[sizes > 1])):
        questions = np.flatnonzero(sizes == n)
        work = {way.name: _sums(given[:, questions], n, held[way.name], way, kind, parameters) for way in ways}
        done = iter(_drawn([one for part in work.values() for one in part], n, draws, seed))
        for way in ways:
            sums = [next(done) for _ in work[way.name]]
            pools[way.name][:, questions] = _pools(sums, given[:, questions], way, kind, parameters)
    return {name: _cut(found, sizes, kind, coverage) for name, found in pools.items()}


@dataclass(frozen=True)
class _Sum:
    """Values, (n, questions), to be summed over the places first + 1 to last of each draw in order."""

    values: Floats
    first: int
    last: int


def _sums(given: Floats, n: int, held: Floats, way: Aggregator, kind: Kind, parameters: Parameters) -> tuple[_Sum, ...]:
    """What an aggregator sums in each draw; given: (participants, questions) with n estimates in each."""
    if way.weighted:
        order = np.array([np.lexsort((held, column))[:n] for column in given.T]).T  # NaN sorts last
        w = held[order]
        return _Sum(w * np.take_along_axis(given, order, axis=0), 0, n), _Sum(w, 0, n)
    ordered = np.sort(given, axis=0)[:n]
    if kind == "ordinal":
        return tuple(_Sum(ordered, middle, middle + 1) for middle in ((n - 1) // 2, n // 2))
    cut = way.cut(n, parameters)
    if way.log_odds:
        ordered = log_odds(np.clip(ordered, parameters.clip, 1 - parameters.clip))
    return (_Sum(np.ascontiguousarray(ordered) / (n - 2 * cut), cut, n - cut),)


def _pools(sums: list[Floats], given: Floats, way: Aggregator, kind: Kind, parameters: Parameters) -> Floats:
    """The pool of each draw, from which the lower and the upper end are cut: (2, questions, draws)."""
    if kind == "ordinal":
        return np.stack(sums)
    pools = sums[0] / sums[1] if way.weighted else sums[0]
    if way.log_odds:
        pools = probability(pools * (parameters.factor if way.extremised else 1.0))
    if not way.extremised:  # the last rounding of a mean may step over its largest part
        ends = np.array([np.nanmin(given, axis=0), np.nanmax(given, axis=0)])[..., None]
        pools = np.clip(pools, *(np.clip(ends, parameters.clip, 1 - parameters.clip) if way.log_odds else ends))
    return np.stack([pools, pools])


def _drawn(sums: Sequence[_Sum], n: int, draws: int, seed: int) -> list[Floats]:
    """Each sum in each draw: (questions, draws).

    A draw in order holds estimate i at the places after those that lower ones take up, so how often i counts is what of
    them lies between first and last. No draw is written out or sorted.
    """
    taken = draw(n, draws, seed)
    found = [np.empty((draws, one.values.shape[1])) for one in sums]
    step = max(1, _CELLS // n)
    for start in range(0, draws, step):
        some = taken[start : start + step]
        rows = len(some)
        cells = (some + n * np.arange(rows)[:, None]).ravel()
        times = np.bincount(cells, minlength=rows * n).reshape(rows, n).astype(float)
        upto = np.cumsum(times, axis=1)
        kept = {(0, n): times}
        for one, into in zip(sums, found, strict=True):
            if (one.first, one.last) not in kept:
                kept[one.first, one.last] = _between(upto, one.first, one.last)
            np.matmul(kept[one.first, one.last], one.values, out=into[start : start + step])
    return [one.T for one in found]


def _between(upto: Floats, first: int, last: int) -> Floats:
    """How many of each estimate lie at the places first + 1 to last; upto: of it and those below, (draws, n)."""
    inside = np.clip(upto, first, last)
    kept = np.empty_like(inside)
    kept[:, 0] = inside[:, 0] - first
    np.subtract(inside[:, 1:], inside[:, :-1], out=kept[:, 1:])
    return kept


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
