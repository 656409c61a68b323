"""Quantiles by their two definitions, the interval score and coverage."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.errors import ScoreError
from tocsin.forecast import intervals

LEVELS = (0.0, 0.05, 0.25, 0.5, 0.8, 0.95, 1.0)


def drawn(seed, n=50, m=37):
    rng = np.random.default_rng(seed)
    return rng.negative_binomial(0.3, 0.01, (n, m)).astype(float), rng.negative_binomial(0.3, 0.01, n).astype(float)


@pytest.mark.parametrize("m", [1, 2, 12, 20, 200])
@pytest.mark.parametrize(("definition", "theirs"), [("linear", "linear"), ("step", "inverted_cdf")])
def test_quantiles_are_numpys(m, definition, theirs):
    x, _ = drawn(m, m=m)
    expected = np.quantile(x, LEVELS, axis=1, method=theirs).T
    np.testing.assert_allclose(intervals.quantiles(x, LEVELS, definition=definition), expected, rtol=1e-12)
    even = np.full(m, 1 / 3)
    np.testing.assert_allclose(
        intervals.quantiles(x, LEVELS, even, definition=definition), expected, rtol=1e-9, atol=1e-9
    )


def test_step_quantiles_of_weighted_draws_are_numpys():
    x, _ = drawn(1)
    w = np.random.default_rng(4).integers(0, 5, x.shape).astype(float)
    mine = intervals.quantiles(x, (0.05, 0.3, 0.5, 0.95), w, definition="step")
    for i in range(len(x)):
        theirs = np.quantile(x[i], (0.05, 0.3, 0.5, 0.95), weights=w[i], method="inverted_cdf")
        np.testing.assert_allclose(mine[i], theirs)


@given(st.lists(st.integers(0, 100), min_size=1, max_size=12), st.sampled_from((0.05, 0.1, 0.5, 0.95)))
def test_linear_tends_to_step_when_draws_are_repeated_and_step_does_not_change(values, level):
    x = np.array([values], dtype=float)
    step = intervals.quantiles(x, [level], definition="step")
    many = np.repeat(x, 1999, axis=1)  # not a multiple that puts a level on a jump
    assert intervals.quantiles(np.repeat(x, 7, axis=1), [level], definition="step") == step
    at = level * x.shape[1]
    if abs(at - round(at)) > 1e-6:
        assert intervals.quantiles(many, [level]) == pytest.approx(step)


def test_a_draw_without_weight_is_not_there():
    x, _ = drawn(2)
    padded = np.column_stack([np.full(len(x), np.nan), x, np.zeros(len(x))])
    w = np.array([0.0, *np.ones(x.shape[1]), 0.0])
    for definition in ("linear", "step"):
        np.testing.assert_allclose(
            intervals.quantiles(padded, LEVELS, w, definition=definition),
            intervals.quantiles(x, LEVELS, definition=definition),
            rtol=1e-9,
            atol=1e-9,
        )


def test_the_interval_score_is_scoringrules_and_the_sum_of_two_pinball_losses():
    scoringrules = pytest.importorskip("scoringrules")
    x, y = drawn(3, n=300)
    low, high = np.quantile(x, (0.05, 0.95), axis=1)
    mine = intervals.mis(x, y)
    np.testing.assert_allclose(mine, scoringrules.interval_score(y, low, high, 0.1), rtol=1e-9)
    pinball = sum(np.maximum(p * (y - q), (p - 1) * (y - q)) for p, q in ((0.05, low), (0.95, high)))
    np.testing.assert_allclose(mine, pinball * 2 / 0.1, rtol=1e-9)


def test_the_true_interval_scores_best_and_covers_what_it_says():
    rng = np.random.default_rng(5)
    y = rng.gamma(2, 10, 50_000)
    true = rng.gamma(2, 10, 20_000)
    ends = {scale: np.quantile(true * scale, (0.05, 0.95)) for scale in (0.7, 1.0, 1.4)}
    means = {
        s: intervals.interval_score(np.full(y.size, a), np.full(y.size, b), y).mean() for s, (a, b) in ends.items()
    }
    assert min(means, key=means.get) == 1.0
    low, high = (np.full(y.size, end) for end in ends[1.0])
    assert intervals.covered(low, high, y).mean() == pytest.approx(0.9, abs=0.01)


def test_both_ends_are_inside():
    assert intervals.covered([1, 1, 1], [2, 2, 2], [1, 2, 2.1]).tolist() == [True, True, False]
    assert intervals.interval_score([1, 1], [2, 2], [1, 2]).tolist() == [1, 1]


@pytest.mark.parametrize(
    "attempt",
    [
        lambda: intervals.quantiles([[1.0, np.nan]], [0.5]),
        lambda: intervals.quantiles([[-np.inf, 1.0]], [0.9]),
        lambda: intervals.quantiles([[1.0, np.nan]], [0.5], [1, 1]),
        lambda: intervals.quantiles([[1.0]], [1.5]),
        lambda: intervals.quantiles([[1.0]], [0.5], definition="other"),
        lambda: intervals.interval_score([2.0], [1.0], [0.0]),
        lambda: intervals.interval_score([0.0], [1.0], [np.nan]),
        lambda: intervals.interval_score([0.0], [1.0, 2.0], [1.0]),
        lambda: intervals.interval_score([0.0], [1.0], [1.0], alpha=0),
        lambda: intervals.covered([np.nan], [1.0], [1.0]),
    ],
)
def test_what_cannot_be_scored_is_refused(attempt):
    with pytest.raises(ScoreError):
        attempt()
