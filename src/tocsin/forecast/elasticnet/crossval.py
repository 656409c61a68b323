"""Cross-validation of the elastic net: all folds and the fit to all rows go down the path together.

For each lambda the curve is the mean over folds, weighted by their size, of the mean binomial deviance of the rows a
fold holds out; its standard error is the weighted standard deviation over folds / sqrt(folds - 1). Probabilities are
kept within [1e-5, 1 - 1e-5], as in glmnet, so that one confident miss does not decide the curve.

Source: R package glmnet 4.1, functions cv.glmnet, cv.lognet, cvstats and getOptcv.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from tocsin.forecast.elasticnet.checks import (
    Array,
    InputError,
    checked_alpha,
    checked_groups,
    checked_lambdas,
    checked_matrix,
    checked_outcome,
    checked_weights,
)
from tocsin.forecast.elasticnet.newton import Newton
from tocsin.forecast.elasticnet.path import Path, lambda_grid, mean_deviance, null_start, onward
from tocsin.forecast.elasticnet.problem import Design, Fits, Scale

_LARGEST_ETA = float(np.log((1 - 1e-5) / 1e-5))
PATIENCE = 10
"""The curve has turned once its minimum lies this many values of lambda back."""


@dataclass(frozen=True)
class CrossValidation:
    """The cross-validated curve over the lambdas that were visited, and the path of the fit to all rows.

    lambdas, cvm, cvsd: (m,) lambda, mean deviance held out and its standard error. index_min, index_1se: positions
    of lambda_min, the lowest point, and of lambda_1se, the largest lambda within one standard error of it. fold_kkt:
    (m,) largest KKT residual of the fold fits.
    """

    lambdas: Array
    cvm: Array
    cvsd: Array
    index_min: int
    index_1se: int
    path: Path
    fold_kkt: Array

    @property
    def lambda_min(self) -> float:
        """The lambda with the lowest deviance held out."""
        return float(self.lambdas[self.index_min])

    @property
    def lambda_1se(self) -> float:
        """The largest lambda whose deviance is within one standard error of the lowest."""
        return float(self.lambdas[self.index_1se])


def fold_fits(design: Design) -> Fits:
    """One fit to the rows outside each fold, and one, the last, to all rows.

    Errors: InputError if a fold holds every row of one class.
    """
    for value in (0, 1):
        size = design.per_group((design.weight * (design.outcome == value)).sum(axis=(1, 2)))
        if np.count_nonzero(size) == 1:
            raise InputError(
                f"fold {int(size.argmax())} (counted from 0) holds every row with outcome {value}",
                where="folds",
                remedy="Use folds that spread the rarer class",
            )
    return Fits.of(design, np.vstack([1 - np.eye(design.groups), np.ones(design.groups)]))


def held_out(design: Design, eta: Array) -> tuple[float, float]:
    """Mean deviance of the rows each fold holds out, and its standard error. eta: (blocks, folds + 1, rows a block)."""
    own = eta[np.arange(len(eta)), design.group][:, None, :].astype(np.float64)
    own = np.clip(own, -_LARGEST_ETA, _LARGEST_ETA)
    loss = 2 * (np.log1p(np.exp(own)) - design.outcome * own) * design.weight
    size = design.per_group(design.weight.sum(axis=(1, 2), dtype=np.float64))
    deviance = design.per_group(loss.sum(axis=(1, 2))) / size
    mean = float(np.average(deviance, weights=size))
    return mean, float(np.sqrt(np.average((deviance - mean) ** 2, weights=size) / (design.groups - 1)))


@dataclass(frozen=True)
class Point:
    """The curve at one lambda: mean deviance held out, its standard error; coefs (k, q), residual (k,) of the fits."""

    mean: float
    error: float
    coefs: Array
    residual: Array


def follow_curve(
    visit: Callable[[int, Array], Point], start: Array, first: int, last: int, margin: int
) -> dict[int, Point]:
    """Walk along the grid from position ``first`` until the lowest point has ``margin`` higher ones on either side.

    visit(position, start): the curve there, its fits begun at ``start`` (k, q). last: the last position of the grid.
    Returns the points visited by position; positions have no gap.
    """
    points = {first: visit(first, start)}
    low = high = first
    while True:
        best = lowest(points)
        if best - low < margin and low > 0:
            low, step = low - 1, -1
            position = low
        elif high - best < margin and high < last:
            high, step = high + 1, 1
            position = high
        else:
            return dict(sorted(points.items()))
        near, far = points[position - step], points.get(position - 2 * step)
        points[position] = visit(position, onward(near.coefs, None if far is None else far.coefs))


def lowest(points: dict[int, Point]) -> int:
    """The position of the lowest point; of several, the one with the largest lambda."""
    return min(points, key=lambda position: (points[position].mean, position))


def cross_validate(
    X: Any,
    y: Any,
    folds: Any,
    *,
    weights: Any = None,
    alpha: float = 0.5,
    lambdas: Any = None,
    n_lambda: int = 100,
    patience: int | None = PATIENCE,
) -> CrossValidation:
    """Choose lambda by cross-validation.

    X: (n, p); y: (n,) of 0 and 1; folds: (n,) fold labels; weights: (n,). patience: stop once the lowest point lies
    so many lambdas back; None = visit every lambda.
    Errors: InputError for data that cannot be fitted, also if a fold holds every case of one class; FitError if a
    fit does not converge.
    """
    table, _ = checked_matrix(X)
    outcome = checked_outcome(y, len(table))
    given = checked_weights(weights, len(table))
    fold, count = checked_groups(folds, len(table), "folds")
    scale = Scale.of(table, given)
    design = Design.of(scale.apply(table), outcome, given, fold, count)
    newton = Newton(design, fold_fits(design), checked_alpha(alpha))
    grid = lambda_grid(newton, n_lambda) if lambdas is None else checked_lambdas(lambdas)
    deviance: list[float] = []

    def visit(position: int, start: Array) -> Point:
        solution = newton.solve_surely(float(grid[position]), start)
        deviance.append(mean_deviance(design, newton.fits.share[-1], solution.eta[:, -1]))
        return Point(*held_out(design, solution.eta), solution.coefs, solution.residual)

    margin = len(grid) if patience is None else patience
    points = list(follow_curve(visit, null_start(newton), 0, len(grid) - 1, margin).values())
    cvm, cvsd = np.array([(point.mean, point.error) for point in points]).T
    best = int(cvm.argmin())
    visited = grid[: len(points)]
    intercepts, slopes = scale.original(np.array([point.coefs[-1] for point in points]))
    kkt = np.array([point.residual for point in points])
    return CrossValidation(
        visited,
        cvm,
        cvsd,
        best,
        int(np.flatnonzero(cvm <= cvm[best] + cvsd[best])[0]),
        Path(visited, intercepts, slopes, np.array(deviance), kkt[:, -1]),
        kkt[:, :-1].max(axis=1),
    )
