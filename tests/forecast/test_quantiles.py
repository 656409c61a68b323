"""Quantile forecasts are scored exactly for the distribution they are read as."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.errors import ScoreError
from tocsin.forecast import draws, quantiles

LEVELS = np.array([0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95])


def some(seed, n=40):
    rng = np.random.default_rng(seed)
    q = np.sort(np.maximum(rng.normal(2, 10, (n, LEVELS.size)), 0).round(1), axis=1)
    return q, np.maximum(rng.normal(2, 15, n), 0).round(1)


def integrated(q, y):
    """CRPS of the linear reading by quadrature between all points where it bends or jumps."""
    from scipy import integrate

    def squared(t):
        i = np.searchsorted(q, t, side="right") - 1
        if i < 0 or i == q.size - 1:
            f = 0.0 if i < 0 else 1.0
        else:
            f = LEVELS[i] + (LEVELS[i + 1] - LEVELS[i]) * (t - q[i]) / (q[i + 1] - q[i])
        return (f - (t >= y)) ** 2

    points = np.unique([*q, y])
    return sum(integrate.quad(squared, a, b)[0] for a, b in itertools.pairwise(points))


def test_the_linear_reading_is_integrated_exactly_with_a_spike_at_zero():
    q, y = some(1)
    assert (np.diff(q, axis=1) == 0).any()
    np.testing.assert_allclose(
        quantiles.crps(LEVELS, q, y), [integrated(*one) for one in zip(q, y, strict=True)], rtol=1e-9
    )


def test_the_step_reading_is_that_of_weighted_draws():
    q, y = some(2)
    weights = quantiles.step_weights(LEVELS)
    assert weights.sum() == pytest.approx(1)
    np.testing.assert_allclose(quantiles.crps(LEVELS, q, y, between="step"), draws.crps(q, y, weights), rtol=1e-12)


def test_pinball_is_scoringrules_and_exact_at_the_middles_of_even_steps():
    scoringrules = pytest.importorskip("scoringrules")
    q, y = some(3)
    theirs = scoringrules.crps_quantile(y, q, LEVELS)
    np.testing.assert_allclose(quantiles.twice_mean_pinball(LEVELS, q, y), theirs, rtol=1e-9, atol=1e-12)
    middles = (np.arange(LEVELS.size) + 0.5) / LEVELS.size
    np.testing.assert_allclose(
        quantiles.twice_mean_pinball(middles, q, y), quantiles.crps(middles, q, y, between="step"), rtol=1e-9
    )
    np.testing.assert_allclose(quantiles.twice_mean_pinball(middles, q, y), draws.crps(q, y), rtol=1e-9)


def test_many_quantiles_of_a_law_score_as_the_law():
    from scipy import stats

    scoringrules = pytest.importorskip("scoringrules")
    p = (np.arange(20_000) + 0.5) / 20_000
    q = stats.norm.ppf(p)
    for y in (-1.0, 0.2, 3.0):
        exact = float(scoringrules.crps_normal(y, 0, 1))
        assert quantiles.crps(p, q[None], [y])[0] == pytest.approx(exact, rel=1e-4)
        assert quantiles.crps(p, q[None], [y], between="step")[0] == pytest.approx(exact, rel=1e-4)


@given(st.floats(0, 1e6), st.floats(0, 1e6), st.sampled_from(("linear", "step")))
def test_equal_quantiles_score_the_absolute_error(value, outcome, between):
    score = quantiles.crps(LEVELS, np.full((1, LEVELS.size), value), [outcome], between=between)
    assert score[0] == pytest.approx(abs(value - outcome))


@given(st.lists(st.integers(0, 50), min_size=7, max_size=7), st.integers(0, 80))
def test_scores_are_never_negative(values, outcome):
    q = np.sort(np.array([values], dtype=float))
    for between in ("linear", "step"):
        assert quantiles.crps(LEVELS, q, [outcome], between=between)[0] >= 0
    assert (quantiles.pinball(LEVELS, q, [outcome]) >= 0).all()


def test_one_quantile_is_a_point():
    assert quantiles.crps([0.5], [[3.0]], [1]).tolist() == [2]


@pytest.mark.parametrize(
    ("levels", "values", "observed", "says"),
    [
        ([0.5, 0.1], [[1, 2]], [1], "rise"),
        ([0.0, 0.5], [[1, 2]], [1], "rise"),
        ([0.5, 1.0], [[1, 2]], [1], "rise"),
        ([0.1, 0.5], [[1, 2], [2, 1]], [1, 1], "forecast 1"),
        ([0.1, 0.5], [[1, np.nan]], [1], "forecast 0"),
        ([0.1, 0.5], [[1, 2]], [np.nan], "not known"),
        ([0.1, 0.5], [[1, 2, 3]], [1], "do not match"),
        ([0.1, 0.5], [[1, 2]], [1, 2], "do not match"),
        ([], np.empty((1, 0)), [1], "do not match"),
    ],
)
def test_what_are_no_quantiles_is_refused(levels, values, observed, says):
    for score in (quantiles.crps, quantiles.pinball, quantiles.twice_mean_pinball):
        with pytest.raises(ScoreError, match=says):
            score(levels, values, observed)


def test_another_reading_is_refused():
    with pytest.raises(ScoreError, match="reading"):
        quantiles.crps([0.1, 0.5], [[1, 2]], [1], between="spline")
