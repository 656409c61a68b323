"""The elastic net as a classifier with scikit-learn's interface, without scikit-learn.

scikit-learn asks a classifier for a few methods and attributes, not for a base class. The few objects of its own that
it insists on, its tags and its "not fitted" error, are looked up among the modules already loaded: whoever asks for
them has loaded scikit-learn.
"""

from __future__ import annotations

import inspect
import sys
import warnings
from typing import Any, Self

import numpy as np

from tocsin.forecast.elasticnet.checks import Array, InputError, checked_matrix, checked_weights
from tocsin.forecast.elasticnet.crossval import cross_validate
from tocsin.forecast.elasticnet.path import fit_at, fit_path


class NotFittedError(InputError, AttributeError):
    """A method was called that needs ``fit`` first."""


class ElasticNetLogistic:
    """Logistic elastic net for two classes.

    Parameters
    ----------
    lambda_: strength of the penalty; None = chosen by cross-validation.
    alpha: share of the absolute-value penalty, above 0 and at most 1.
    folds: folds of the cross-validation; copies of one row share a fold, and both classes are spread over the folds.
    rule: ``"min"`` for the lowest deviance held out, ``"1se"`` for the largest lambda within one standard error.
    random_state: seed of the folds.

    Attributes
    ----------
    classes_: (2,) the labels; the second is the case. n_features_in_: predictors. feature_names_in_: their names, if
    X had any. coef_: (1, p); intercept_: (1,), on the predictors' own scale. chosen_lambda_: the lambda used.
    curve_: the ``CrossValidation`` behind it, or None.
    """

    def __init__(
        self,
        lambda_: float | None = None,
        *,
        alpha: float = 0.5,
        folds: int = 10,
        rule: str = "min",
        random_state: int = 0,
    ) -> None:
        self.lambda_ = lambda_
        self.alpha = alpha
        self.folds = folds
        self.rule = rule
        self.random_state = random_state

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Fit to X (n, p) and labels y (n,), with observation weights (n,) if given.

        Errors: InputError, which is a FitError and a ValueError, for data or parameters that cannot be used.
        """
        table, names = self._table(X)
        outcome, classes = _two_classes(y, len(table))
        weights = checked_weights(sample_weight, len(table))
        if self.rule not in ("min", "1se"):
            raise InputError(f"the rule is {self.rule!r}", where="rule", remedy='Give "min" or "1se"')
        counted = weights > 0
        table, outcome, weights = table[counted], outcome[counted], weights[counted]
        self.curve_ = None
        if self.lambda_ is not None:
            fit = fit_at(table, outcome, self.lambda_, weights=weights, alpha=self.alpha)
        elif (folds := _spread_folds(table, outcome, self.folds, self.random_state)) is None:
            warnings.warn(
                "a class has a single distinct row, so no lambda can be cross-validated: no predictor is used",
                stacklevel=2,
            )
            fit = fit_path(table, outcome, weights=weights, alpha=self.alpha, n_lambda=1).fit(0)
        else:
            self.curve_ = cross_validate(table, outcome, folds, weights=weights, alpha=self.alpha)
            fit = self.curve_.path.fit(self.curve_.index_min if self.rule == "min" else self.curve_.index_1se)
        self.classes_ = classes
        self.n_features_in_ = table.shape[1]
        if names is not None:
            self.feature_names_in_ = np.array(names, dtype=object)
        elif hasattr(self, "feature_names_in_"):
            del self.feature_names_in_
        self.coef_, self.intercept_ = fit.coefs[None], np.array([fit.intercept])
        self.chosen_lambda_ = fit.lambda_
        return self

    def decision_function(self, X: Any) -> Array:
        """Log-odds of the second class, (n,)."""
        if not self.__sklearn_is_fitted__():
            raise _theirs("NotFittedError", NotFittedError)("This classifier is not fitted yet. Call fit first.")
        table, names = self._table(X)
        if names is not None and list(getattr(self, "feature_names_in_", names)) != names:
            raise InputError(
                "The feature names should match those that were passed during fit",
                where="X",
                remedy=f"Give the columns {', '.join(self.feature_names_in_)}, in this order",
            )
        if table.shape[1] != self.n_features_in_:
            raise InputError(
                f"X has {table.shape[1]} features, but ElasticNetLogistic is expecting "
                f"{self.n_features_in_} features as input",
                remedy="Give the predictors the model was fitted to",
            )
        return np.asarray(self.intercept_[0] + table @ self.coef_[0])

    def predict_proba(self, X: Any) -> Array:
        """Probabilities of both classes, (n, 2)."""
        log_odds = self.decision_function(X)
        return np.asarray(np.exp(-np.logaddexp(0, np.column_stack([log_odds, -log_odds]))))

    def predict(self, X: Any) -> Array:
        """The more probable class of each row, (n,)."""
        second = self.decision_function(X) > 0
        return np.asarray(self.classes_[second.astype(int)])

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The parameters given at construction."""
        return {name: getattr(self, name) for name in inspect.signature(type(self)).parameters}

    def set_params(self, **params: Any) -> Self:
        """Change parameters. Errors: InputError names a parameter that does not exist."""
        known = self.get_params()
        for name, value in params.items():
            if name not in known:
                raise InputError(f"there is no parameter {name!r}", remedy=f"Use one of {', '.join(known)}")
            setattr(self, name, value)
        return self

    def __repr__(self) -> str:
        return f"ElasticNetLogistic({', '.join(f'{name}={value!r}' for name, value in self.get_params().items())})"

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "coef_")

    def __sklearn_tags__(self) -> Any:
        known = sys.modules["sklearn.utils"]
        return known.Tags(
            estimator_type="classifier",
            target_tags=known.TargetTags(required=True),
            classifier_tags=known.ClassifierTags(multi_class=False),
            input_tags=known.InputTags(),
        )

    @staticmethod
    def _table(X: Any) -> tuple[Array, list[str] | None]:
        table, names = checked_matrix(X)
        return table, names if hasattr(X, "columns") else None


def _theirs(name: str, ours: Any) -> Any:
    """scikit-learn's exception or warning of this name if scikit-learn is in use, otherwise ours."""
    return getattr(sys.modules.get("sklearn.exceptions"), name, ours)


def _two_classes(y: Any, rows: int) -> tuple[Array, Array]:
    """The outcome as 0.0 and 1.0 (n,), and the two labels."""
    if y is None:
        raise InputError(
            "requires y to be passed, but the target y is None", where="y", remedy="Give one outcome a row"
        )
    labels = np.asarray(y)
    if labels.shape == (rows, 1):
        warnings.warn(
            "A column-vector y was passed when a 1d array was expected",
            _theirs("DataConversionWarning", UserWarning),
            stacklevel=3,
        )
        labels = labels[:, 0]
    if labels.shape != (rows,):
        raise InputError(
            f"the outcome has shape {labels.shape}, the predictors {rows} rows",
            where="y",
            remedy="Give one outcome a row",
        )
    if labels.dtype.kind == "f" and not np.isfinite(labels).all():
        raise InputError("y contains NaN or infinity", where="y", remedy="Leave out rows whose outcome is not known")
    if labels.dtype.kind == "f" and (labels != np.rint(labels)).any():
        raise InputError("Unknown label type: continuous", where="y", remedy="Give the two classes as labels")
    classes, outcome = np.unique(labels, return_inverse=True)
    if len(classes) != 2:
        raise InputError(
            f"Only binary classification is supported, y has {len(classes)} class(es)",
            where="y",
            remedy="Give two classes",
        )
    return outcome.astype(np.float64), classes


def _spread_folds(table: Array, outcome: Array, folds: int, seed: int) -> Array | None:
    """Random folds (n,) that keep copies of a row together and spread both classes; None if a class has only one."""
    rows, copy = np.unique(np.column_stack([table, outcome]), axis=0, return_inverse=True)
    cases = int(rows[:, -1].sum())
    if min(cases, len(rows) - cases) < 2:
        return None
    order = np.random.default_rng(seed).permutation(len(rows))
    order = order[np.argsort(rows[order, -1], kind="stable")]
    number = np.empty(len(rows), int)
    number[order] = np.arange(len(rows)) % min(folds, len(rows))
    return number[copy]
