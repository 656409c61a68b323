import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.forecast.elasticnet_naive import invented, kkt, objective, spread
from tocsin.core.errors import FitError
from tocsin.forecast.elasticnet import fit_at, fit_path, newton


def assert_optimal(X, y, path, alpha=0.5, w=None, tolerance=1e-9):
    for i, lambda_ in enumerate(path.lambdas):
        assert kkt(X, y, lambda_, path.intercepts[i], path.coefs[i], alpha, w) < tolerance


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 1000), st.integers(20, 200), st.integers(1, 12), st.sampled_from([0.05, 0.5, 1.0]))
def test_every_fit_of_the_path_is_optimal(seed, n, p, alpha):
    X, y = invented(n, max(p, 3), seed)
    y[:2] = 0, 1
    w = np.random.default_rng(seed).exponential(size=n)
    path = fit_path(X, y, weights=w, alpha=alpha, n_lambda=20)
    assert_optimal(X, y, path, alpha, w)
    assert path.kkt.max() < 1e-9


def test_the_path_begins_where_the_first_coefficient_enters():
    X, y = invented()
    path = fit_path(X, y)
    mean, sd = spread(X, np.ones(len(y)))
    largest = np.abs((X - mean).T @ (y - y.mean()) / sd).max() / len(y) / 0.5
    assert len(path.lambdas) == 100
    np.testing.assert_allclose(path.lambdas[[0, -1]], [largest, 1e-4 * largest], rtol=1e-12)
    np.testing.assert_allclose(np.diff(np.log(path.lambdas)), np.log(1e-4) / 99, rtol=1e-9)
    assert not path.coefs[0].any()
    assert np.count_nonzero(path.coefs[1]) == 1
    assert path.intercepts[0] == pytest.approx(np.log(y.mean() / (1 - y.mean())))


def test_deviance_is_that_of_the_rows_fitted_and_falls():
    X, y = invented()
    path = fit_path(X, y, n_lambda=10)
    eta = path.intercepts[-1] + X @ path.coefs[-1]
    assert path.deviance[-1] == pytest.approx(2 * np.mean(np.logaddexp(0, eta) - y * eta))
    assert (np.diff(path.deviance) < 0).all()


def test_fewer_rows_than_predictors():
    X, y = invented(40, 120)
    path = fit_path(X, y, n_lambda=30)
    assert path.lambdas[-1] / path.lambdas[0] == pytest.approx(1e-2)
    assert_optimal(X, y, path)


@pytest.mark.parametrize("alpha", [0.5, 1.0])
def test_copies_of_a_column(alpha):
    X, y = invented()
    twice = np.hstack([X, X[:, :3]])
    path = fit_path(twice, y, alpha=alpha, n_lambda=30)
    assert_optimal(twice, y, path, alpha)
    if alpha < 1:
        np.testing.assert_allclose(path.coefs[:, :3], path.coefs[:, 8:], atol=1e-6)


@pytest.mark.parametrize("alpha", [0.5, 1.0])
def test_separated_classes_have_a_finite_optimum(alpha):
    X, _ = invented(100, 5)
    y = (X[:, 0] > X[:, 0].mean()).astype(float)
    path = fit_path(X, y, alpha=alpha)
    assert np.isfinite(path.coefs).all()
    assert_optimal(X, y, path, alpha)


def test_a_constant_column_keeps_a_coefficient_of_zero():
    X, y = invented()
    padded = np.column_stack([X, np.full(len(y), 1 / 3), np.zeros(len(y))])
    path = fit_path(padded, y, n_lambda=20)
    assert not path.coefs[:, 8:].any()
    np.testing.assert_allclose(path.coefs[:, :8], fit_path(X, y, n_lambda=20).coefs, atol=1e-7)


def test_units_and_offsets_do_not_matter():
    X, y = invented()
    plain = fit_path(X, y, n_lambda=20)
    moved = fit_path(X * 10.0 ** np.arange(-8, 8, 2) + 1e5 * 10.0 ** np.arange(-8, 8, 2), y, n_lambda=20)
    np.testing.assert_allclose(moved.coefs * 10.0 ** np.arange(-8, 8, 2), plain.coefs, atol=1e-6)


def test_weights_count_as_repetitions_and_zero_as_absence():
    X, y = invented(120, 5)
    w = np.random.default_rng(1).integers(0, 4, 120)
    weighed, repeated = fit_path(X, y, weights=w, n_lambda=20), fit_path(X.repeat(w, 0), y.repeat(w), n_lambda=20)
    np.testing.assert_allclose(weighed.lambdas, repeated.lambdas)
    np.testing.assert_allclose(weighed.coefs, repeated.coefs, atol=1e-7)
    np.testing.assert_allclose(weighed.deviance, repeated.deviance, rtol=1e-9)


def test_fit_at_agrees_with_the_path():
    X, y = invented()
    path = fit_path(X, y)
    for index in (0, 30, 99):
        fit = fit_at(X, y, path.lambdas[index])
        np.testing.assert_allclose(fit.probability(X), path.fit(index).probability(X), atol=1e-8)
    assert not fit_at(X, y, 10 * path.lambdas[0]).coefs.any()
    assert not fit_at(np.ones((4, 1)), [0, 1, 1, 1], 0.1).coefs.any()


def test_the_search_with_a_guarantee_arrives_where_the_fast_steps_do(monkeypatch):
    X, y = invented(200, 6)
    X = np.column_stack([X, X[:, 0], np.ones(200)])
    fast = fit_path(X, y, n_lambda=20)
    monkeypatch.setattr(newton, "_STEPS", 0)
    slow = fit_path(X, y, n_lambda=20)
    assert_optimal(X, y, slow)
    for i, lambda_ in enumerate(fast.lambdas):
        values = [objective(X, y, lambda_, path.intercepts[i], path.coefs[i]) for path in (fast, slow)]
        assert values[0] == pytest.approx(values[1], rel=1e-12)


def test_the_search_saves_a_start_from_which_plain_steps_diverge():
    X, y = invented(200, 6)
    solver, scale = newton_of(X, y)
    far = np.full((1, 7), 40.0)
    found = solver.solve_surely(1e-3, far)
    intercept, coefs = (part[0] for part in scale.original(found.coefs))
    assert not (solver.solve(1e-3, far).residual <= newton.TOLERANCE).all()
    assert kkt(X, y, 1e-3, intercept, coefs) < 1e-9


def newton_of(X, y):
    from tocsin.forecast.elasticnet.path import prepared

    return prepared(X, y, None, 0.5)


def test_giving_up_says_so(monkeypatch):
    X, y = invented(100, 4)
    monkeypatch.setattr(newton, "_STEPS", 0)
    monkeypatch.setattr(newton, "_SURE_STEPS", 1)
    with pytest.raises(FitError, match="did not converge at lambda"):
        fit_at(X, y, 1e-3)


def bad(X, row, column, value):
    X = X.copy()
    X[row, column] = value
    return X


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda X, y: ((bad(X, 3, 2, np.nan), y), {}), "column 2 is NaN in row 3"),
        (lambda X, y: ((bad(X, 5, 1, -np.inf), y), {}), "column 1 is inf in row 5"),
        (lambda X, y: ((X, np.zeros(len(y))), {}), "only one class"),
        (lambda X, y: ((X, np.ones(len(y))), {}), "only one class"),
        (lambda X, y: ((X, np.where(np.arange(len(y)) == 7, np.nan, y)), {}), "row 7 is nan, neither 0 nor 1"),
        (lambda X, y: ((X, y[:-1]), {}), "the shape is"),
        (lambda X, y: ((X[0], y), {}), "Reshape your data"),
        (lambda X, y: ((X[:0], y[:0]), {}), "0 sample"),
        (lambda X, y: ((X.astype(str).astype(object) + "x", y), {}), "not numbers"),
        (lambda X, y: ((np.ones_like(X), y), {}), "no predictor varies"),
        (lambda X, y: ((X, y), {"weights": np.full(len(y), -1.0)}), "weight of row 0 is -1"),
        (lambda X, y: ((X, y), {"weights": np.zeros(len(y))}), "every weight is zero"),
        (lambda X, y: ((X, y), {"weights": y}), "only one class"),
        (lambda X, y: ((X, y), {"alpha": 0.0}), "alpha is 0"),
        (lambda X, y: ((X, y), {"lambdas": [0.1, 0.0]}), "above zero"),
    ],
)
def test_bad_input_is_named_with_a_remedy(change, message):
    (X, y), options = change(*invented(50, 4))
    with pytest.raises(FitError, match=message) as raised:
        fit_path(X, y, **options)
    assert raised.value.remedy


def test_a_table_with_names_names_the_column():
    import polars as pl

    X, y = invented(50, 3)
    frame = pl.DataFrame(bad(X, 0, 1, np.nan), schema=["population", "growth", "deaths"])
    with pytest.raises(FitError, match="growth is NaN"):
        fit_path(frame, y)


def test_importing_it_loads_neither_scipy_nor_scikit_learn():
    code = "import sys, tocsin.forecast.elasticnet; print({'scipy', 'sklearn', 'polars'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"
