"""Additive models of log-odds: one function a predictor, so that every forecast is exactly explained.

A fitted model is a base and, for each predictor, either a slope or a step function; its log-odds are the base plus
the functions' values. The exact contributions are these values; for trees with a single split they equal TreeSHAP's up
to a constant a predictor (Lundberg et al. 2020), which the test suite checks against LightGBM's own.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tocsin.core.errors import FitError
from tocsin.forecast import elasticnet

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Linear:
    """x -> slope * x."""

    slope: float

    def __call__(self, x: Floats) -> Floats:
        """The value at each x."""
        return self.slope * x


@dataclass(frozen=True)
class Steps:
    """A step function: values[i] where thresholds[i - 1] < x <= thresholds[i]; one more value than thresholds."""

    thresholds: tuple[float, ...]
    values: tuple[float, ...]

    def __call__(self, x: Floats) -> Floats:
        """The value at each x."""
        return np.asarray(self.values)[np.searchsorted(self.thresholds, x, side="left")]


@dataclass(frozen=True)
class Additive:
    """base + sum over predictors of terms[feature](x)."""

    base: float
    terms: dict[str, Linear | Steps]

    def contributions(self, X: Floats, features: tuple[str, ...]) -> Floats:
        """Each predictor's share of the log-odds, (n, p), columns in the order of ``features``; absent ones are 0."""
        out = np.zeros(X.shape)
        for j, feature in enumerate(features):
            if feature in self.terms:
                out[:, j] = self.terms[feature](X[:, j])
        return out

    def log_odds(self, X: Floats, features: tuple[str, ...]) -> Floats:
        """The log-odds, (n,)."""
        return np.asarray(self.base + self.contributions(X, features).sum(axis=1))


def fit_elastic_net(
    X: Floats, y: Floats, features: tuple[str, ...], *, penalty: float, alpha: float, weights: Floats
) -> Additive:
    """A logistic elastic net at one penalty, as an additive model. X: (n, p) of these features; y, weights: (n,)."""
    fit = elasticnet.fit_at(X, y, penalty, alpha=alpha, weights=weights)
    return Additive(fit.intercept, {f: Linear(float(b)) for f, b in zip(features, fit.coefs, strict=True) if b != 0})


def boosting_library() -> ModuleType:
    """LightGBM, loaded when it is first asked for: two seconds that a page must not wait for.

    Errors: FitError where the system lacks what it needs.
    """
    try:
        import lightgbm
    except OSError as error:
        raise FitError(
            f"LightGBM cannot be loaded ({error})",
            remedy="Install the OpenMP runtime (Debian: libgomp1); the embedded release works without it",
        ) from None
    return lightgbm


@dataclass(frozen=True)
class Boosting:
    """Settings of monotone additive boosting; see ``data/methods/onset.toml`` for what each one means."""

    trees: int
    learning_rate: float
    min_rows_in_leaf: int
    ridge: float
    predictor_share: float
    row_share: float
    seeds: tuple[int, ...]
    directions: dict[str, int]

    def fit(self, X: Floats, y: Floats, features: tuple[str, ...]) -> Additive:
        """Boosted single-split trees, one model a seed, averaged. X: (n, p) of these features; y: (n,) 0 or 1.

        Errors: FitError if LightGBM cannot fit.
        """
        lightgbm = boosting_library()
        runs = []
        for seed in self.seeds:
            settings = {
                "objective": "binary",
                "num_leaves": 2,
                "learning_rate": self.learning_rate,
                "min_data_in_leaf": self.min_rows_in_leaf,
                "lambda_l2": self.ridge,
                "feature_fraction": self.predictor_share,
                "bagging_fraction": self.row_share,
                "bagging_freq": 1,
                "monotone_constraints": [self.directions[feature] for feature in features],
                "seed": seed,
                "num_threads": 1,
                "deterministic": True,
                "force_row_wise": True,
                "verbose": -1,
            }
            try:
                booster = lightgbm.train(settings, lightgbm.Dataset(X, y), self.trees)
            except lightgbm.basic.LightGBMError as error:
                raise FitError(f"the boosting could not be fitted ({error})", remedy="Check the predictors") from None
            runs.append(steps_of(booster.dump_model(), features))
        return average(runs, np.full(len(runs), 1 / len(runs)))


def steps_of(dump: dict[str, Any], features: tuple[str, ...]) -> Additive:
    """Turn a dumped LightGBM model of single-split trees into step functions.

    Errors: FitError if a tree has more than one split, and so is not additive.
    """
    base = 0.0
    splits: dict[str, list[tuple[float, float]]] = {}
    for tree in dump["tree_info"]:
        root = tree["tree_structure"]
        if "leaf_value" in root:
            base += root["leaf_value"]
            continue
        left, right = root["left_child"], root["right_child"]
        if "leaf_value" not in left or "leaf_value" not in right or root["decision_type"] != "<=":
            raise FitError("a tree has more than one split", remedy="Boost with two leaves a tree")
        base += left["leaf_value"]
        feature = features[root["split_feature"]]
        splits.setdefault(feature, []).append((root["threshold"], right["leaf_value"] - left["leaf_value"]))
    terms: dict[str, Linear | Steps] = {}
    for feature, jumps in splits.items():
        thresholds = sorted({threshold for threshold, _ in jumps})
        rise = np.zeros(len(thresholds) + 1)
        np.add.at(rise, 1 + np.searchsorted(thresholds, [t for t, _ in jumps]), [jump for _, jump in jumps])
        terms[feature] = Steps(tuple(thresholds), tuple(np.cumsum(rise).tolist()))
    return Additive(base, terms)


def average(models: list[Additive], shares: Floats) -> Additive:
    """The model whose log-odds are the weighted mean of several stepped models' log-odds."""
    terms: dict[str, Linear | Steps] = {}
    for feature in sorted({feature for model in models for feature in model.terms}):
        parts = [(m.terms[feature], s) for m, s in zip(models, shares, strict=True) if feature in m.terms]
        edges = sorted({t for part, _ in parts if isinstance(part, Steps) for t in part.thresholds})
        values = np.zeros(len(edges) + 1)
        for part, share in parts:
            values += share * part(np.array([*edges, np.inf]))
        terms[feature] = Steps(tuple(edges), tuple(values.tolist()))
    return Additive(float(shares @ [model.base for model in models]), terms)
