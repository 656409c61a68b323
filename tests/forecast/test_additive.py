import numpy as np
import pytest

from tocsin.core.errors import FitError
from tocsin.forecast.additive import (
    Additive,
    Boosting,
    Linear,
    Steps,
    average,
    boosting_library,
    fit_elastic_net,
    steps_of,
)

NAMES = ("a", "b", "c")


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(600, 3)).round(2)
    y = (rng.random(600) < 1 / (1 + np.exp(2 - X[:, 0] + X[:, 1]))).astype(float)
    return X, y


def boosting(**changes):
    given = {
        "trees": 60,
        "learning_rate": 0.1,
        "min_rows_in_leaf": 10,
        "ridge": 1.0,
        "predictor_share": 0.7,
        "row_share": 0.5,
        "seeds": (0, 1),
        "directions": {"a": 1, "b": -1, "c": 1},
    }
    return Boosting(**(given | changes))


def trained(X, y, seed=0, leaves=2):
    settings = {"objective": "binary", "num_leaves": leaves, "verbose": -1, "num_threads": 1, "seed": seed}
    lightgbm = boosting_library()
    return lightgbm.train(settings, lightgbm.Dataset(X, y), 50)


def test_step_functions_are_the_trees(data):
    X, y = data
    booster = trained(X, y)
    model = steps_of(booster.dump_model(), NAMES)
    assert model.log_odds(X, NAMES) == pytest.approx(booster.predict(X, raw_score=True), abs=1e-12)


def test_contributions_equal_treeshap_up_to_a_constant_a_predictor(data):
    X, y = data
    booster = trained(X, y)
    ours = steps_of(booster.dump_model(), NAMES).contributions(X, NAMES)
    shap = booster.predict(X, pred_contrib=True)[:, :3]
    apart = ours - shap
    assert np.ptp(apart, axis=0) == pytest.approx(np.zeros(3), abs=1e-9)


def test_trees_with_more_than_one_split_are_refused(data):
    X, y = data
    dump = trained(X, y, leaves=4).dump_model()
    with pytest.raises(FitError, match="more than one split"):
        steps_of(dump, NAMES)


def test_each_boosted_predictor_pushes_one_way_only(data):
    X, y = data
    model = boosting().fit(X, y, NAMES)
    for name, sign in boosting().directions.items():
        if name in model.terms:
            assert (sign * np.diff(model.terms[name].values) >= -1e-12).all()
    assert {"a", "b"} <= set(model.terms)


def test_boosting_is_the_same_every_time(data):
    X, y = data
    assert boosting().fit(X, y, NAMES) == boosting().fit(X, y, NAMES)


def test_the_average_of_models_averages_their_log_odds(data):
    X, y = data
    one, two = (steps_of(trained(X, y, seed).dump_model(), NAMES) for seed in (0, 1))
    mixed = average([one, two], np.array([0.25, 0.75]))
    expected = 0.25 * one.log_odds(X, NAMES) + 0.75 * two.log_odds(X, NAMES)
    assert mixed.log_odds(X, NAMES) == pytest.approx(expected, abs=1e-12)


def test_a_value_on_a_threshold_falls_below_it():
    step = Steps((1.0, 2.0), (10.0, 20.0, 30.0))
    assert step(np.array([0.5, 1.0, 1.5, 2.0, 2.5])).tolist() == [10, 10, 20, 20, 30]


def test_an_elastic_net_is_additive(data):
    X, y = data
    model = fit_elastic_net(X, y, NAMES, penalty=0.01, alpha=0.5, weights=np.ones(len(y)))
    assert all(isinstance(term, Linear) for term in model.terms.values())
    parts = model.contributions(X, NAMES)
    assert model.base + parts.sum(axis=1) == pytest.approx(model.log_odds(X, NAMES), abs=1e-12)


def test_a_predictor_without_a_term_contributes_nothing():
    model = Additive(1.0, {"a": Linear(2.0)})
    assert model.contributions(np.ones((1, 3)), NAMES).tolist() == [[2.0, 0.0, 0.0]]
