"""The simple forecasts that every gain must be set beside: climatology and small logits."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from tocsin.core.errors import FitError
from tocsin.forecast.table import Table

Floats = NDArray[np.float64]


def climatology(table: Table, last: int, years: int) -> float:
    """Share of country-years in the ``years`` years up to ``last`` that were followed by an onset within two years."""
    rows = (table.year <= last) & (table.year > last - years) & ~np.isnan(table.outcome)
    return float(table.outcome[rows].mean())


def small_logit(table: Table, last: int, features: tuple[str, ...], X_new: Floats) -> Floats:
    """Probabilities (m,) from an unpenalised logit on a few predictors, fitted on years up to ``last``.

    X_new: (m, p) rows of all the table's predictors.
    Errors: FitError if the likelihood has no maximum (the predictors separate the outcomes).
    """
    rows, columns = table.training(last), table.columns(features)
    X = table.X[rows][:, columns]
    centre, spread = X.mean(axis=0), X.std(axis=0)
    Z = np.column_stack([np.ones(len(X)), (X - centre) / spread])
    y = table.outcome[rows]

    def loss(b: Floats) -> tuple[float, Floats]:
        eta = Z @ b
        return float(np.logaddexp(0, eta).sum() - y @ eta), Z.T @ (1 / (1 + np.exp(-eta)) - y)

    fit = optimize.minimize(loss, np.zeros(Z.shape[1]), jac=True, method="BFGS", options={"gtol": 1e-5})
    if np.abs(fit.x).max() > 50:
        raise FitError("the logit has no finite maximum", remedy="Use fewer predictors or a penalty")
    Z_new = np.column_stack([np.ones(len(X_new)), (X_new[:, columns] - centre) / spread])
    return np.asarray(1 / (1 + np.exp(-Z_new @ fit.x)))
