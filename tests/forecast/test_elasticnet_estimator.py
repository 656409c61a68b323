import pickle
import warnings

import numpy as np
import polars as pl
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_estimator

from tests.forecast.elasticnet_naive import invented
from tocsin.core.errors import FitError
from tocsin.forecast.elasticnet import ElasticNetLogistic, fit_at


@pytest.mark.parametrize("estimator", [ElasticNetLogistic(), ElasticNetLogistic(0.01)], ids=["chosen", "given"])
def test_passes_scikit_learns_own_checks(estimator):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        results = check_estimator(estimator, on_skip=None)
    skipped = {result["check_name"] for result in results if result["status"] == "skipped"}
    assert len(results) - len(skipped) > 40


def test_fits_at_the_lambda_given():
    X, y = invented()
    model = ElasticNetLogistic(0.02, alpha=0.7).fit(X, np.where(y == 1, "war", "peace"))
    fit = fit_at(X, y, 0.02, alpha=0.7)
    assert list(model.classes_) == ["peace", "war"]
    assert model.curve_ is None
    np.testing.assert_allclose(model.predict_proba(X)[:, 1], fit.probability(X))
    np.testing.assert_allclose(model.predict_proba(X).sum(axis=1), 1)
    assert set(model.predict(X)) == {"peace", "war"}


def test_chooses_lambda_by_either_rule():
    X, y = invented()
    lowest, cautious = ElasticNetLogistic().fit(X, y), ElasticNetLogistic(rule="1se").fit(X, y)
    assert lowest.chosen_lambda_ == lowest.curve_.lambda_min
    assert cautious.chosen_lambda_ == cautious.curve_.lambda_1se > lowest.chosen_lambda_
    with pytest.raises(FitError, match="rule is 'median'"):
        ElasticNetLogistic(rule="median").fit(X, y)


def test_works_in_scikit_learns_machinery():
    X, y = invented()
    scores = cross_val_score(make_pipeline(StandardScaler(), ElasticNetLogistic(0.01)), X, y, scoring="neg_log_loss")
    assert scores.mean() > -np.log(2)
    model = ElasticNetLogistic(0.3, folds=4)
    assert clone(model).get_params() == model.get_params()
    assert repr(model) == "ElasticNetLogistic(lambda_=0.3, alpha=0.5, folds=4, rule='min', random_state=0)"
    fitted = model.fit(X, y)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(fitted)).predict_proba(X), fitted.predict_proba(X))
    with pytest.raises(NotFittedError):
        clone(model).predict(X)
    with pytest.raises(FitError, match="no parameter 'lamda'"):
        model.set_params(lamda=1)


def test_columns_in_another_order_are_refused():
    X, y = invented(100, 3)
    frame = pl.DataFrame(X, schema=["a", "b", "c"])
    model = ElasticNetLogistic(0.01).fit(frame, y)
    assert list(model.feature_names_in_) == ["a", "b", "c"]
    with pytest.raises(FitError, match="feature names should match"):
        model.predict(frame.select("c", "b", "a"))
    np.testing.assert_array_equal(model.predict(frame), model.predict(X))
    assert not hasattr(model.fit(X, y), "feature_names_in_")


def test_one_distinct_row_of_a_class_uses_no_predictor_and_says_so():
    X, y = invented(30, 3)
    y[:] = 0
    y[4] = 1
    with pytest.warns(UserWarning, match="no lambda can be cross-validated"):
        model = ElasticNetLogistic().fit(X, y)
    assert not model.coef_.any()
    np.testing.assert_allclose(model.predict_proba(X)[:, 1], 1 / 30)
