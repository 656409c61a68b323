from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from tests.forecast.elasticnet_naive import invented, kkt
from tocsin.core.errors import FitError
from tocsin.forecast.elasticnet import bootstrap_at, fit_at

LAMBDA = 0.01


@pytest.fixture(scope="module")
def data():
    X, y = invented(400, 6, rate=-1.0)
    return X, y, np.random.default_rng(0).integers(100, 130, 400)


def counts(clusters, seed, samples):
    """How often each row counts in each sample, drawn as the method card says."""
    rng = np.random.default_rng(seed)
    labels, number = np.unique(clusters, return_inverse=True)
    drawn = [np.bincount(rng.integers(len(labels), size=len(labels)), minlength=len(labels)) for _ in range(samples)]
    return np.array(drawn)[:, number]


def test_each_refit_is_the_fit_to_its_sample(data):
    X, y, clusters = data
    found = bootstrap_at(X, y, clusters, LAMBDA, 60, seed=5)
    assert found.coefs.shape == (60, 6)
    for sample, times in enumerate(counts(clusters, 5, 60)):
        assert kkt(X, y, LAMBDA, found.intercepts[sample], found.coefs[sample], w=times) < 1e-9
    times = counts(clusters, 5, 60)[59]
    alone = fit_at(X.repeat(times, 0), y.repeat(times), LAMBDA)
    np.testing.assert_allclose(found.intercepts[59] + X @ found.coefs[59], alone.log_odds(X), atol=1e-7)
    assert found.coefs.std(axis=0).min() > 0


def test_weights_multiply_the_counts(data):
    X, y, clusters = data
    w = np.random.default_rng(1).exponential(size=400)
    found = bootstrap_at(X, y, clusters, LAMBDA, 3, weights=w)
    times = counts(clusters, 0, 3)[1]
    assert kkt(X, y, LAMBDA, found.intercepts[1], found.coefs[1], w=w * times) < 1e-9


def test_a_map_changes_nothing(data):
    X, y, clusters = data
    serial = bootstrap_at(X, y, clusters, LAMBDA, 60)
    calls = []
    with ThreadPoolExecutor(2) as pool:
        spread = bootstrap_at(X, y, clusters, LAMBDA, 60, map=pool.map, progress=lambda *call: calls.append(call[:2]))
    np.testing.assert_array_equal(serial.coefs, spread.coefs)
    assert calls[-1] == (3, 3)


def test_samples_with_one_class_are_drawn_again_and_counted():
    X, y = invented(80, 3)
    clusters = np.arange(80) // 20
    y[:] = 0
    y[:8] = 1
    found = bootstrap_at(X, y, clusters, 0.05, 40)
    assert found.redrawn > 0
    assert np.isfinite(found.coefs).all()


def test_a_predictor_that_some_samples_do_not_see_vary():
    X, y = invented(120, 3)
    clusters = np.arange(120) // 12
    X[:, 2] = clusters == 4
    found = bootstrap_at(X, y, clusters, 0.001, 40)
    times = counts(clusters, 0, 40)
    unseen = ~times[:, clusters == 4].any(axis=1)
    assert unseen.any()
    assert (found.coefs[unseen, 2] == 0).all()
    assert (found.coefs[~unseen, 2] != 0).any()
    assert found.kkt.max() < 1e-9


def test_clusters_that_cannot_be_used_are_named(data):
    X, y, clusters = data
    with pytest.raises(FitError, match="clusters: all rows have the same label"):
        bootstrap_at(X, y, np.ones(400), LAMBDA)
    with pytest.raises(FitError, match="clusters: the labels have shape"):
        bootstrap_at(X, y, clusters[:-1], LAMBDA)
