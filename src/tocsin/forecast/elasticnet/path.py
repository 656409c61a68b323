"""The path of fits over lambda, and the fit at one lambda.

Objective, as R's glmnet has it, with weights w scaled to sum to n and predictors standardised by their weighted
population standard deviation::

    -(1/n) sum_i w_i [y_i eta_i - log(1 + exp(eta_i))] + lambda [(1 - alpha)/2 ||b||^2 + alpha ||b||_1]

The intercept is not penalised. Coefficients are given on the predictors' own scale.

Source: Friedman, Hastie & Tibshirani (2010), Journal of Statistical Software 33(1), equations 2 and 13, section 2.5.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from tocsin.forecast.elasticnet.checks import (
    Array,
    InputError,
    checked_alpha,
    checked_lambdas,
    checked_matrix,
    checked_outcome,
    checked_weights,
)
from tocsin.forecast.elasticnet.newton import Newton
from tocsin.forecast.elasticnet.problem import Design, Fits, Scale


@dataclass(frozen=True)
class Fit:
    """A fitted elastic net.

    intercept, coefs: on the predictors' own scale, coefs (p,). deviance: mean binomial deviance of the rows fitted.
    kkt: largest Karush-Kuhn-Tucker residual per standard deviation of the predictor.
    """

    lambda_: float
    intercept: float
    coefs: Array
    deviance: float
    kkt: float

    def log_odds(self, X: Array) -> Array:
        """Log-odds (n,) of the rows of X (n, p)."""
        return np.asarray(self.intercept + X @ self.coefs)

    def probability(self, X: Array) -> Array:
        """Probabilities (n,) of the rows of X (n, p)."""
        return np.asarray(np.exp(-np.logaddexp(0, -self.log_odds(X))))


@dataclass(frozen=True)
class Path:
    """Fits along falling lambda: lambdas, intercepts, deviance, kkt (m,); coefs (m, p); as in ``Fit``."""

    lambdas: Array
    intercepts: Array
    coefs: Array
    deviance: Array
    kkt: Array

    def fit(self, index: int) -> Fit:
        """The fit at one position of the path."""
        return Fit(
            float(self.lambdas[index]),
            float(self.intercepts[index]),
            self.coefs[index],
            float(self.deviance[index]),
            float(self.kkt[index]),
        )


def largest_lambda(newton: Newton) -> float:
    """The smallest lambda that keeps every coefficient of the last fit at zero; 0 if no predictor varies.

    lambda_max = max_j |sum_i v_i x_ij (y_i - ybar)| / (sd_j alpha), weights v summing to one.
    """
    design, fit = newton.design, newton.fits.only(-1)
    share = fit.share[0][design.group][:, None, None] * design.weight
    rest = share * ((share * design.outcome).sum() - design.outcome)
    slope = np.abs((rest @ design.blocks.transpose(0, 2, 1)).sum(axis=0)[0])
    varies = fit.sd[0] > 0
    return float((slope[varies] / fit.sd[0][varies]).max(initial=0.0)) / newton.alpha


def lambda_grid(newton: Newton, n_lambda: int) -> Array:
    """Log-spaced lambdas of the last fit, from the largest to 1e-4 of it; 1e-2 with fewer rows than predictors.

    Errors: InputError if no predictor varies.
    """
    largest = largest_lambda(newton)
    if largest <= 1e-14:
        raise InputError("no predictor varies with the outcome", where="X", remedy="Give a predictor that varies")
    design = newton.design
    enough = np.count_nonzero(design.weight) >= design.blocks.shape[1] - 1
    depth = 1e-4 if enough else 1e-2
    return np.asarray(largest * depth ** (np.arange(n_lambda) / max(n_lambda - 1, 1)))


def null_start(newton: Newton) -> Array:
    """Coefficients (k, q) of the fits with an intercept only."""
    design, fits = newton.design, newton.fits
    cases = design.per_group((design.weight * design.outcome).sum(axis=(1, 2)))
    rate = fits.share @ cases
    start = np.zeros(fits.sd.shape)
    start[:, 0] = np.log(rate / (1 - rate))
    return start


def onward(near: Array, far: Array | None) -> Array:
    """Where the next solution along the path is expected: on the line through the last two, signs kept."""
    if far is None:
        return near
    ahead = 2 * near - far
    return np.where((far != 0) & (ahead * near > 0), ahead, near)


def mean_deviance(design: Design, share: Array, eta: Array) -> float:
    """Mean binomial deviance of one fit: share (groups,), eta (blocks, rows a block)."""
    eta = eta[:, None, :].astype(np.float64)
    loss = (np.logaddexp(0, eta) - design.outcome * eta) * design.weight
    return 2 * float((loss.sum(axis=(1, 2)) * share[design.group]).sum())


def fit_path(
    X: Any, y: Any, *, weights: Any = None, alpha: float = 0.5, lambdas: Any = None, n_lambda: int = 100
) -> Path:
    """Fit the elastic net at every lambda, each from the solutions before it.

    X: (n, p) numbers without gaps; y: (n,) of 0 and 1; weights: (n,) zero or more, equal if None; lambdas: values to
    use instead of the ``n_lambda`` log-spaced ones from ``lambda_grid``.
    Errors: InputError for data that cannot be fitted, FitError if a fit does not converge.

    >>> X = np.array([[0.0, 1], [1, 0], [2, 1], [3, 1], [4, 0], [5, 0]])
    >>> path = fit_path(X, [0, 0, 1, 0, 1, 1], n_lambda=5)
    >>> bool(path.coefs[0].any()), bool(path.kkt.max() < 1e-8)
    (False, True)
    """
    newton, scale = prepared(X, y, weights, alpha)
    return _down(newton, scale, lambda_grid(newton, n_lambda) if lambdas is None else checked_lambdas(lambdas))


def fit_at(X: Any, y: Any, lambda_: float, *, weights: Any = None, alpha: float = 0.5) -> Fit:
    """Fit the elastic net at one lambda, by way of a few larger ones. Parameters and errors as ``fit_path``."""
    newton, scale = prepared(X, y, weights, alpha)
    (target,) = checked_lambdas([lambda_])
    above = max(largest_lambda(newton) / target, 1.0)
    halves = int(np.ceil(2 * np.log10(above))) + 1
    return _down(newton, scale, target * above ** (np.arange(halves)[::-1] / halves)).fit(-1)


def _down(newton: Newton, scale: Scale, lambdas: Array) -> Path:
    """One fit at falling values of lambda."""
    near, far = null_start(newton), None
    coefs: list[Array] = []
    kkt: list[float] = []
    deviance: list[float] = []
    for lambda_ in lambdas:
        solution = newton.solve_surely(float(lambda_), onward(near, far))
        far = near if coefs else None
        near = solution.coefs
        coefs.append(solution.coefs[0])
        kkt.append(float(solution.residual[0]))
        deviance.append(mean_deviance(newton.design, newton.fits.share[0], solution.eta[:, 0]))
    intercepts, slopes = scale.original(np.array(coefs))
    return Path(lambdas, intercepts, slopes, np.array(deviance), np.array(kkt))


def prepared(X: Any, y: Any, weights: Any, alpha: float) -> tuple[Newton, Scale]:
    """Check the data of a single fit and lay them out."""
    table, _ = checked_matrix(X)
    outcome = checked_outcome(y, len(table))
    given = checked_weights(weights, len(table))
    scale = Scale.of(table, given)
    design = Design.of(scale.apply(table), outcome, given, np.zeros(len(table), int), 1)
    return Newton(design, Fits.of(design, np.ones((1, 1))), checked_alpha(alpha)), scale
