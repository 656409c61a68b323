"""Closed forms of counts agree with finite sums, with Bessel functions, with scoringrules and with draws."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats

from tocsin.core.errors import ScoreError
from tocsin.forecast import closed_forms, draws
from tocsin.forecast.counts import crps_of_counts

OUTCOMES = np.array([0.0, 1, 2, 7, 40, 300, 2.5])


def listed(mean, size, active=1.0, hurdle=False, tail=1e-11):
    """Probabilities of 0..K, K so large that cutting there changes no CRPS by more than ``tail``."""
    top = 64
    while 2 * closed_forms.mean_beyond(top, mean, size) > tail:
        top *= 2
    k = np.arange(top + 1)
    law = stats.poisson(mean) if np.isinf(size) else stats.nbinom(size, size / (size + mean))
    p = law.pmf(k)
    p[-1] = law.sf(top - 1)
    if hurdle:
        p[1:] *= active / (1 - p[0])
        p[0] = 1 - active
    else:
        p = active * p
        p[0] += 1 - active
    return p


LAWS = [
    (0.01, np.inf),
    (3.0, np.inf),
    (300.0, np.inf),
    (0.01, 0.05),
    (2.0, 0.3),
    (50.0, 0.3),
    (50.0, 1.0),
    (80.0, 500.0),
]


@pytest.mark.parametrize(("mean", "size"), LAWS)
@pytest.mark.parametrize("active", [1.0, 0.4, 0.01])
def test_zero_inflated_laws_are_their_finite_sums(mean, size, active):
    p = np.tile(listed(mean, size, active), (OUTCOMES.size, 1))
    mine = closed_forms.crps_zero_inflated(active, mean, size, OUTCOMES)
    np.testing.assert_allclose(mine, crps_of_counts(p, OUTCOMES), rtol=1e-9, atol=1e-10)


@pytest.mark.parametrize(("mean", "size"), LAWS)
@pytest.mark.parametrize("active", [1.0, 0.4, 0.01, 0.0])
def test_hurdle_laws_are_their_finite_sums(mean, size, active):
    p = np.tile(listed(mean, size, active, hurdle=True), (OUTCOMES.size, 1))
    mine = closed_forms.crps_hurdle(active, mean, size, OUTCOMES)
    np.testing.assert_allclose(mine, crps_of_counts(p, OUTCOMES), rtol=1e-8, atol=1e-8)


def test_the_poisson_spread_is_that_of_bessel_functions():
    mean = np.array([1e-6, 0.01, 0.5, 3, 40, 1e3, 1e6])
    bessel = mean * (special.ive(0, 2 * mean) + special.ive(1, 2 * mean))
    np.testing.assert_allclose(closed_forms.half_mean_difference(mean, np.inf), bessel, rtol=1e-10)


def test_the_negative_binomial_spread_is_that_of_the_hypergeometric_function():
    mean, size = (v.ravel() for v in np.meshgrid([1e-3, 0.1, 1, 30, 1e3, 1e5], [1e-3, 0.05, 0.5, 1, 1.5, 7]))
    s = mean * (size + mean) / size**2
    gauss = size * s * special.hyp2f1(size + 1, 0.5, 2, -4 * s)
    np.testing.assert_allclose(closed_forms.half_mean_difference(mean, size), gauss, rtol=1e-9)


def test_a_large_size_tends_to_poisson():
    mine = closed_forms.crps_negative_binomial(30.0, 1e9, OUTCOMES)
    np.testing.assert_allclose(mine, closed_forms.crps_poisson(30.0, OUTCOMES), rtol=1e-6)


def test_scoringrules_agrees_where_it_has_the_law():
    scoringrules = pytest.importorskip("scoringrules")
    y = np.array([0.0, 1, 3, 20])
    np.testing.assert_allclose(closed_forms.crps_poisson(3.0, y), scoringrules.crps_poisson(y, 3.0), rtol=1e-9)
    theirs = scoringrules.crps_negbinom(y, 0.7, 0.7 / 4.7)
    np.testing.assert_allclose(closed_forms.crps_negative_binomial(4.0, 0.7, y), theirs, rtol=1e-9)


def test_draws_of_the_law_score_alike():
    rng = np.random.default_rng(1)
    y = np.array([0.0, 5, 60])
    z = rng.poisson(rng.gamma(0.5, 20 / 0.5, 400_000)) * (rng.random(400_000) < 0.3)
    mine = closed_forms.crps_zero_inflated(0.3, 20.0, 0.5, y)
    np.testing.assert_allclose(mine, draws.crps(np.broadcast_to(z, (3, z.size)), y), rtol=0.01)


@given(st.floats(0, 1), st.floats(1e-3, 1e5), st.sampled_from((0.01, 0.5, 3.0, np.inf)), st.integers(0, 10**5))
def test_scores_lie_between_zero_and_the_mean_distance(active, mean, size, y):
    score = float(closed_forms.crps_zero_inflated(active, mean, size, y))
    assert 0 <= score <= y + active * mean + 1e-9
    assert float(closed_forms.crps_zero_inflated(0, mean, size, y)) == pytest.approx(y)


def test_points_and_lists_of_one_count_score_the_absolute_error():
    assert closed_forms.crps_point(3.0, [0, 3, 5]).tolist() == [3, 0, 2]
    assert closed_forms.crps_poisson(0.0, [0, 4]).tolist() == pytest.approx([0, 4], abs=1e-12)
    assert crps_of_counts([[0, 0, 0, 1.0]] * 3, [0, 3, 5]).tolist() == [3, 0, 2]


def test_lists_of_counts_are_weighted_draws_for_both_scores():
    rng = np.random.default_rng(2)
    p = rng.dirichlet(np.full(30, 0.2), 40)
    y = rng.integers(0, 40, 40).astype(float)
    x = np.broadcast_to(np.arange(30.0), p.shape)
    np.testing.assert_allclose(crps_of_counts(p, y), draws.crps(x, y, p), rtol=1e-9)
    np.testing.assert_allclose(crps_of_counts(p, y, logs=True), draws.log_crps(x, y, p), rtol=1e-9)


def test_cutting_a_law_changes_no_score_by_more_than_the_stated_bound():
    whole = listed(50.0, 0.3)
    for top in (10, 100, 1000):
        cut = np.append(whole[:top], whole[top:].sum())
        change = np.abs(
            crps_of_counts(np.tile(cut, (7, 1)), OUTCOMES) - crps_of_counts(np.tile(whole, (7, 1)), OUTCOMES)
        )
        assert (change <= 2 * closed_forms.mean_beyond(top, 50.0, 0.3) + 1e-12).all()
        assert change.max() > 0


def test_the_mean_beyond_is_the_sum_of_what_lies_there():
    k = np.arange(100_000)
    for mean, size in ((5.0, np.inf), (20.0, 0.4)):
        law = stats.poisson(mean) if np.isinf(size) else stats.nbinom(size, size / (size + mean))
        for y in (0.0, 3.0, 17.5):
            expected = (law.pmf(k) * np.maximum(k - y, 0)).sum()
            assert float(closed_forms.mean_beyond(y, mean, size)) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    "attempt",
    [
        lambda: closed_forms.crps_poisson(-1.0, 0),
        lambda: closed_forms.crps_poisson(np.nan, 0),
        lambda: closed_forms.crps_poisson(1.0, -1),
        lambda: closed_forms.crps_poisson(1.0, np.nan),
        lambda: closed_forms.crps_negative_binomial(1.0, 0.0, 0),
        lambda: closed_forms.crps_zero_inflated(1.2, 1.0, 1.0, 0),
        lambda: closed_forms.crps_hurdle(0.5, 1e-9, 1.0, 0),
        lambda: closed_forms.crps_point(np.nan, 0),
        lambda: crps_of_counts([[0.5, 0.4]], [0]),
        lambda: crps_of_counts([[1.5, -0.5]], [0]),
        lambda: crps_of_counts([[1.0]], [-1]),
        lambda: crps_of_counts([[1.0]], [0, 1]),
    ],
)
def test_what_is_no_law_is_refused(attempt):
    with pytest.raises(ScoreError):
        attempt()
