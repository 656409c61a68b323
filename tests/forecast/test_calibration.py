import numpy as np
import pytest
from scipy import optimize

from tocsin.forecast.calibration import fit_shift, sigmoid
from tocsin.forecast.method import Calibration

RULE = Calibration(half_life=2.0, prior_sd=0.5, overlap=0.5, first_year=1974)


def test_the_shift_is_the_posterior_mode():
    rng = np.random.default_rng(0)
    z = rng.normal(-3, 1, 500)
    y = (rng.random(500) < sigmoid(z - 0.6)).astype(float)
    age = rng.integers(0, 10, 500).astype(float)

    def loss(d):
        weight = 0.5 * 0.5 ** (age / 2)
        return -(weight @ (y * (z + d) - np.logaddexp(0, z + d))) + d * d / (2 * 0.25)

    expected = optimize.minimize_scalar(loss, bracket=(-1, 1), tol=1e-12).x
    assert fit_shift(z, y, age, RULE).value == pytest.approx(expected, abs=1e-6)


def test_without_earlier_forecasts_nothing_is_shifted():
    nothing = np.zeros(0)
    shift = fit_shift(nothing, nothing, nothing, RULE)
    assert (shift.value, shift.sd) == (0.0, pytest.approx(0.5))


def test_recent_forecasts_weigh_more():
    z, age = np.full(200, -2.0), np.repeat([0.0, 20.0], 100)
    recent_high = fit_shift(z, np.repeat([1.0, 0.0], 100), age, RULE)
    recent_low = fit_shift(z, np.repeat([0.0, 1.0], 100), age, RULE)
    assert recent_high.value > 0.5 > -0.5 > recent_low.value


def test_the_sigmoid_does_not_overflow():
    with np.errstate(over="raise"):
        assert sigmoid(np.array([-1000.0, 0.0, 1000.0])).tolist() == [0.0, 0.5, 1.0]
