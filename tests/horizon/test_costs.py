import numpy as np
import pytest
from scipy import integrate, stats

from tocsin.core.errors import SignalError
from tocsin.horizon.costs import SHAPES, cost_of, counts

X = np.array([0.0, 3.0, 1.0, 0.0, 12.0])


def test_the_negative_binomial_cost_is_the_integral_it_is_said_to_be():
    def density(p, r):
        return np.prod(stats.nbinom.pmf(X, r, p)) * stats.beta.pdf(p, 0.5, 0.5)

    parts = [integrate.quad(density, 0, 1, args=(r,), epsabs=1e-14, limit=400)[0] for r in SHAPES]
    assert cost_of(X)(np.array([0]), 5)[0] == pytest.approx(-np.log(np.mean(parts)), rel=1e-6)


def test_the_poisson_cost_is_the_integral_it_is_said_to_be():
    def density(rate):
        return np.prod(stats.poisson.pmf(X, rate)) * stats.gamma.pdf(rate, 0.5, scale=100)

    whole = sum(integrate.quad(density, a, b, epsabs=0, limit=400)[0] for a, b in ((0, 1), (1, 6), (6, 60)))
    assert cost_of(X, "poisson")(np.array([0]), 5)[0] == pytest.approx(-np.log(whole), rel=1e-6)


def test_the_normal_cost_is_a_multivariate_t():
    y = np.log1p(X)
    shape = 0.5 * (np.eye(5) + np.ones((5, 5)) / 0.1)  # b / a (I + 11' / k)
    oracle = -stats.multivariate_t.logpdf(y, np.ones(5), shape, df=2)
    assert cost_of(X, "normal")(np.array([0]), 5)[0] == pytest.approx(oracle)


def test_the_gaussian_cost_is_the_sum_of_squares_over_twice_the_variance():
    y = np.log1p(X)
    variance = np.mean(np.diff(y) ** 2) / 2
    assert cost_of(X, "gaussian")(np.array([1]), 4)[0] == pytest.approx(y[1:4].var() * 3 / (2 * variance))


@pytest.mark.parametrize("law", ["gaussian", "normal", "poisson", "negative-binomial"])
def test_a_month_that_is_not_covered_adds_nothing(law):
    gaps = np.array([0.0, 3.0, np.nan, 1.0, 0.0, np.nan, np.nan, 12.0])
    assert cost_of(gaps, law)(np.array([0]), 8)[0] == pytest.approx(cost_of(X, law)(np.array([0]), 5)[0])
    assert cost_of(gaps, law)(np.array([5]), 7)[0] == pytest.approx(0.0, abs=1e-12)


def test_a_month_not_covered_is_not_a_quiet_month():
    quiet, gone = np.array([5.0, 4, 0, 6]), np.array([5.0, 4, np.nan, 6])
    assert cost_of(quiet)(np.array([0]), 4)[0] != pytest.approx(cost_of(gone)(np.array([0]), 4)[0])


@pytest.mark.parametrize(
    ("given", "said"),
    [([[1, 2]], "2 dimensions"), ([1, -1], "-1 deaths"), ([1, np.inf], "inf deaths"), (["many"], "not a number")],
)
def test_a_series_that_cannot_be_one_of_deaths_is_refused(given, said):
    with pytest.raises(SignalError, match=said):
        counts(given)


def test_an_unknown_law_names_those_there_are():
    with pytest.raises(SignalError, match="negative-binomial"):
        cost_of(X, "cauchy")
