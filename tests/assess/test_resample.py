"""Bootstrap intervals against draws written out one by one, and the laws they must keep."""

import statistics

import numpy as np
import pytest

from tocsin.assess.aggregators import AGGREGATORS
from tocsin.assess.pooling import pool
from tocsin.assess.resample import draw, intervals, intervals_by_method
from tocsin.core.errors import AssessmentError

UNWEIGHTED = [name for name, one in AGGREGATORS.items() if not one.weighted]


def answers(seed: int, participants: int = 23, questions: int = 7, missing: float = 0.3) -> np.ndarray:
    rng = np.random.default_rng(seed)
    matrix = rng.beta(1, 4, (participants, questions)).round(2)
    matrix[rng.random(matrix.shape) < missing] = np.nan
    return matrix


@pytest.mark.parametrize("method", UNWEIGHTED)
def test_intervals_are_those_of_draws_written_out(method):
    matrix = answers(1)
    for column, found in zip(matrix.T, intervals(matrix, method, draws=200, seed=4), strict=True):
        ordered = np.sort(column[~np.isnan(column)])
        pools = [pool(ordered[taken], method).value for taken in draw(ordered.size, 200, 4)]
        assert (found.low, found.high) == pytest.approx(tuple(np.quantile(pools, [0.05, 0.95])), abs=1e-12)
        assert found.n == ordered.size


def test_weighted_intervals_are_those_of_draws_written_out():
    matrix, held = answers(2), np.random.default_rng(0).uniform(0.5, 2, 23)
    found = intervals(matrix, "performance-weighted", draws=200, seed=4, weights=held)
    for column, interval in zip(matrix.T, found, strict=True):
        pairs = sorted((x, w) for x, w in zip(column, held, strict=True) if x == x)
        pools = []
        for taken in draw(len(pairs), 200, 4):
            drawn = [pairs[i] for i in taken]
            pools.append(pool([x for x, _ in drawn], "performance-weighted", weights=[w for _, w in drawn]).value)
        assert (interval.low, interval.high) == pytest.approx(tuple(np.quantile(pools, [0.05, 0.95])), abs=1e-12)


def test_intervals_of_places_have_places_for_ends():
    matrix = np.random.default_rng(3).integers(1, 6, (12, 4)).astype(float)
    for column, found in zip(matrix.T, intervals(matrix, "median", "ordinal", draws=300, seed=9), strict=True):
        drawn = [np.sort(column)[taken].tolist() for taken in draw(12, 300, 9)]
        lower, upper = (sorted(map(middle, drawn)) for middle in (statistics.median_low, statistics.median_high))
        assert (found.low, found.high) == (lower[14], upper[284])  # the 15th and 285th of 300


def test_ends_of_places_are_told_from_both_middles():
    """Of two and two the lower middle is the lower place in eleven draws of sixteen, the upper in five."""
    (told,) = intervals([[1], [1], [5], [5]], "median", "ordinal", coverage=0.2)
    assert (told.low, told.high) == (1, 5)


@pytest.mark.parametrize("method", [name for name, one in AGGREGATORS.items() if not one.extremised])
def test_intervals_lie_within_the_estimates(method):
    held = [1.0, 2.0, 1.5, 0.3, 1, 1, 1] if AGGREGATORS[method].weighted else None
    (same,) = intervals([[0.1]] * 7, method, weights=held)
    assert (same.low, same.high) == (0.1, 0.1)
    (spread,) = intervals([[x / 10] for x in range(1, 8)], method, weights=held, coverage=0.999999)
    assert 0.1 <= spread.low < spread.high <= 0.7


@pytest.mark.parametrize("method", UNWEIGHTED)
def test_an_interval_depends_neither_on_the_order_of_participants_nor_on_other_questions(method):
    matrix = answers(5)
    whole = intervals(matrix, method, seed=2)
    assert intervals(np.random.default_rng(0).permutation(matrix), method, seed=2) == whole
    alone = [intervals(matrix[:, [q]], method, seed=2)[0] for q in range(matrix.shape[1])]
    for one, other in zip(alone, whole, strict=True):
        assert (one.low, one.high) == pytest.approx((other.low, other.high), abs=1e-12)


def test_weights_go_with_their_participants():
    matrix, held = answers(6), np.arange(1.0, 24.0)
    order = np.random.default_rng(1).permutation(23)
    there = intervals(matrix, "performance-weighted", weights=held)
    assert intervals(matrix[order], "performance-weighted", weights=held[order]) == there
    assert intervals(matrix, "performance-weighted", weights=held[order]) != there


def test_the_same_seed_gives_the_same_interval_and_another_does_not():
    matrix = answers(7)
    assert intervals(matrix, "mean", seed=1) == intervals(matrix, "mean", seed=1)
    assert intervals(matrix, "mean", seed=1) != intervals(matrix, "mean", seed=2)


def test_all_methods_at_once_give_what_each_gives_alone():
    matrix, held = answers(8), np.arange(1.0, 24.0)
    together = intervals_by_method(matrix, AGGREGATORS, seed=3, weights=held)
    for name, one in AGGREGATORS.items():
        assert together[name] == intervals(matrix, name, seed=3, weights=held if one.weighted else None)
    with pytest.raises(AssessmentError, match="takes no weights"):
        intervals(matrix, "median", weights=held)
    with pytest.raises(AssessmentError, match="no weights"):
        intervals_by_method(matrix, AGGREGATORS)


def test_each_estimate_is_drawn_as_often_as_any_other():
    taken = draw(17, 2000, 0)
    assert taken.shape == (2000, 17)
    times = np.bincount(taken.ravel(), minlength=17)
    assert times.size == 17
    assert abs(times / 2000 - 1).max() < 0.1  # more than four standard errors


def test_an_interval_claims_no_more_than_so_few_estimates_can_bear():
    matrix = np.full((6, 6), np.nan)
    for n in range(6):
        matrix[: n + 1, n] = np.linspace(0.1, 0.6, n + 1)
    found = intervals(matrix, "median")
    assert (found[0].low, found[0].high) == (None, None)
    assert "at least two" in found[0].reason
    assert [one.coverage for one in found[1:]] == [0.5, 0.75, 0.875, 0.9, 0.9]
    assert intervals([[None]], "median")[0].n == 0
    one = intervals([[1, None], [None, None]], "median", "ordinal")
    assert [(part.low, part.n) for part in one] == [(None, 1), (None, 0)]


def test_intervals_cover_the_mean_about_as_often_as_they_say():
    rng = np.random.default_rng(12)
    matrix = rng.beta(2, 5, (40, 600))
    covered = [one.low <= 2 / 7 <= one.high for one in intervals(matrix, "mean", draws=400)]
    assert 0.85 < np.mean(covered) < 0.94


@pytest.mark.parametrize("wrong", [{"draws": 0}, {"coverage": 1.0}, {"coverage": 0.0}, {"seed": -1}])
def test_what_cannot_be_drawn_is_refused(wrong):
    with pytest.raises(AssessmentError, match="cannot be used together"):
        intervals([[0.1], [0.2]], **wrong)
