"""The PIT of counts is an interval, and its histogram is flat for calibrated forecasts without drawing lots."""

import numpy as np
import pytest

from tocsin.core.errors import ScoreError
from tocsin.forecast.pit import pit, pit_histogram


def test_ends_are_the_shares_below_and_up_to_the_outcome():
    x = np.array([[0.0, 0, 3, 9]] * 4)
    low, high = pit(x, [0, 1, 9, 10])
    assert low.tolist() == [0, 0.5, 0.75, 1]
    assert high.tolist() == [0.5, 0.5, 1, 1]
    low, high = pit(x, [0, 1, 9, 10], [1, 1, 1, 5])
    np.testing.assert_allclose(low, [0, 0.25, 0.375, 1])
    np.testing.assert_allclose(high, [0.25, 0.25, 1, 1])


def laws(seed, scale=1.0, n=4000):
    """Outcomes of a count with many zeros and draws of the same law, or of one with ``scale`` times its mean."""
    rng = np.random.default_rng(seed)
    mean = rng.lognormal(0, 1.5, n)
    y = rng.poisson(rng.gamma(0.5, mean / 0.5)).astype(float)
    return rng.poisson(rng.gamma(0.5, scale * mean[:, None] / 0.5, (n, 300))).astype(float), y


def test_the_histogram_of_calibrated_counts_is_flat_in_spite_of_zeros():
    x, y = laws(1)
    assert (y == 0).mean() > 0.3
    heights = pit_histogram(*pit(x, y))
    assert heights.mean() == pytest.approx(1)
    assert np.abs(heights - 1).max() < 0.15


def test_forecasts_that_are_too_high_fall_too_low_rise_and_too_narrow_make_a_bowl():
    x, y = laws(2)
    high = pit_histogram(*pit(x * 3, y))
    low = pit_histogram(*pit(x / 3, y))
    assert high[0] > high[-1]
    assert low[0] < low[-1]
    rng = np.random.default_rng(3)
    outcome = rng.normal(0, 1, 4000)
    narrow = pit_histogram(*pit(rng.normal(0, 0.5, (4000, 200)), outcome))
    wide = pit_histogram(*pit(rng.normal(0, 2, (4000, 200)), outcome))
    assert narrow[[0, -1]].min() > 1 > narrow[4:6].max()
    assert wide[[0, -1]].max() < 1 < wide[4:6].min()


def test_the_histogram_is_what_randomised_values_tend_to():
    x, y = laws(4, scale=2.0, n=300)
    low, high = pit(x, y)
    rng = np.random.default_rng(5)
    values = low + (high - low) * rng.random((2000, low.size))
    expected = np.histogram(values, bins=10, range=(0, 1))[0] * 10 / values.size
    np.testing.assert_allclose(pit_histogram(low, high), expected, atol=0.02)


def test_outcomes_beyond_all_draws_are_counted_at_the_ends():
    assert pit_histogram([0, 1, 0.5], [0, 1, 0.5], bins=2).tolist() == pytest.approx([2 / 3, 4 / 3])
    assert pit_histogram([0.0], [0.0], bins=4).tolist() == [4, 0, 0, 0]
    assert pit_histogram([1.0], [1.0], bins=4).tolist() == [0, 0, 0, 4]


def test_weights_count_forecasts():
    low, high = np.array([0.0, 0.4]), np.array([0.3, 0.9])
    expected = pit_histogram(np.repeat(low, [2, 3]), np.repeat(high, [2, 3]))
    np.testing.assert_allclose(pit_histogram(low, high, weights=[2, 3]), expected)


@pytest.mark.parametrize(
    "attempt",
    [
        lambda: pit([[1.0, np.nan]], [1]),
        lambda: pit_histogram([], []),
        lambda: pit_histogram([0.5], [0.4]),
        lambda: pit_histogram([0.5], [1.4]),
        lambda: pit_histogram([np.nan], [0.5]),
        lambda: pit_histogram([0.1], [0.5], bins=0),
        lambda: pit_histogram([0.1], [0.5], weights=[0.0]),
        lambda: pit_histogram([0.1], [0.5, 0.6]),
    ],
)
def test_what_is_no_pit_is_refused(attempt):
    with pytest.raises(ScoreError):
        attempt()
