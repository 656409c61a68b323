import numpy as np
import pytest

from tests.forecast.elasticnet_naive import invented
from tocsin.core.errors import FitError
from tocsin.forecast.elasticnet import cross_validate, fit_at, fit_path, newton, random_folds


def naive_curve(X, y, folds, lambdas, w):
    """One fit a fold and lambda, one after the other: mean deviance held out and its standard error."""
    by_fold, size = [], []
    for fold in np.unique(folds):
        out = folds == fold
        fits = [fit_at(X[~out], y[~out], lambda_, weights=w[~out]) for lambda_ in lambdas]
        p = np.clip([fit.probability(X[out]) for fit in fits], 1e-5, 1 - 1e-5)
        loss = -2 * np.where(y[out] == 1, np.log(p), np.log(1 - p))
        by_fold.append(np.average(loss, axis=1, weights=w[out]))
        size.append(w[out].sum())
    mean = np.average(by_fold, axis=0, weights=size)
    return mean, np.sqrt(np.average((np.array(by_fold) - mean) ** 2, axis=0, weights=size) / (len(size) - 1))


def test_all_folds_together_give_what_each_gives_alone():
    X, y = invented(150, 6)
    w = np.random.default_rng(2).exponential(size=150)
    folds = random_folds(150, 5, 0)
    found = cross_validate(X, y, folds, weights=w, n_lambda=12, patience=None)
    mean, error = naive_curve(X, y, folds, found.lambdas, w)
    np.testing.assert_allclose(found.cvm, mean, rtol=1e-7)
    np.testing.assert_allclose(found.cvsd, error, rtol=1e-6)
    assert found.index_min == mean.argmin()
    assert found.lambda_min == found.lambdas[mean.argmin()]
    assert found.lambda_1se == found.lambdas[mean <= mean.min() + error[mean.argmin()]].max()
    assert found.fold_kkt.max() < 1e-9
    path = fit_path(X, y, weights=w, n_lambda=12)
    np.testing.assert_allclose(found.path.coefs, path.coefs, atol=1e-7)
    np.testing.assert_allclose(found.path.deviance, path.deviance, rtol=1e-8)


def test_stops_once_the_curve_has_turned():
    X, y = invented(200, 12)
    folds = random_folds(200, 10, 0)
    whole, early = (cross_validate(X, y, folds, patience=patience) for patience in (None, 10))
    assert len(whole.cvm) == 100
    assert early.index_min == whole.index_min
    assert len(early.cvm) == early.index_min + 11
    np.testing.assert_allclose(early.cvm, whole.cvm[: len(early.cvm)])


def test_a_column_that_is_constant_outside_one_fold():
    X, y = invented(100, 4)
    folds = random_folds(100, 5, 0)
    X[:, 3] = (folds == 2) * np.arange(100)
    found = cross_validate(X, y, folds, n_lambda=10, patience=None)
    mean, _ = naive_curve(X, y, folds, found.lambdas, np.ones(100))
    np.testing.assert_allclose(found.cvm, mean, rtol=1e-7)


def test_folds_without_a_single_case_are_scored_too():
    X, y = invented(60, 3, rate=-3.5)
    assert 2 <= y.sum() < 10
    folds = np.arange(60) % 20
    found = cross_validate(X, y, folds, n_lambda=10, patience=None)
    mean, _ = naive_curve(X, y, folds, found.lambdas, np.ones(60))
    np.testing.assert_allclose(found.cvm, mean, rtol=1e-6)


def test_an_outlier_that_one_fold_alone_holds():
    X, y = invented(120, 4)
    X[0, 2] = 1e9
    folds = random_folds(120, 5, 0)
    found = cross_validate(X, y, folds, n_lambda=6, patience=None)
    assert found.fold_kkt.max() <= newton.TOLERANCE
    mean, _ = naive_curve(X, y, folds, found.lambdas, np.ones(120))
    np.testing.assert_allclose(found.cvm, mean, rtol=1e-6)


@pytest.mark.parametrize(
    ("folds", "message"),
    [
        (np.zeros(60), "same label"),
        (np.arange(59) % 5, "the labels have shape"),
        (None, "fold 2 .* holds every row with outcome 1"),
    ],
)
def test_folds_that_cannot_be_used_are_named(folds, message):
    X, y = invented(60, 3)
    if folds is None:
        folds = np.where(y == 1, 2, np.arange(60) % 2)
    with pytest.raises(FitError, match=message) as raised:
        cross_validate(X, y, folds)
    assert raised.value.remedy


def test_random_folds_are_of_equal_size_and_repeatable():
    folds = random_folds(103, 10, [7, 1991])
    assert sorted(np.bincount(folds)) == [10] * 7 + [11] * 3
    assert (folds == random_folds(103, 10, [7, 1991])).all()
    assert (folds != random_folds(103, 10, [7, 1992])).any()
