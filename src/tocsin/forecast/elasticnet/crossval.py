"""Cross-validation of the elastic net: all folds and the fit to all rows go down the path together.

For each lambda the curve is the mean over folds, weighted by their size, of the mean binomial deviance of the rows a
fold holds out; its standard error is the weighted standard deviation over folds / sqrt(folds - 1). Probabilities are kept
within [1e-5, 1 - 1e-5], as in glmnet, so that one confident miss does not decide the curve.

Source: R package glmnet 4.1, functions cv.glmnet, cv.lognet, cvstats and getOptcv.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from tocsin.forecast.elasticnet.newton import Newton, Solution
from tocsin.forecast.elasticnet.path import (
    Path,
    checked_alpha,
    checked_lambdas,
    lambda_grid,
    mean_deviance,
    null_start,
    onward,
)
from tocsin.forecast.elasticnet.problem import (
    Array,
    Design,
    Fits,
    Scale,
    checked_matrix,
    checked_outcome,
    checked_weights,
    group_numbers,
)

_LARGEST_ETA = float(np.log((1 - 1e-5) / 1e-5))
PATIENCE = 10
"""The curve has turned once its minimum lies this many values of lambda back."""


@dataclass(frozen=True)
class CrossValidation:
    """The cross-validated curve over the lambdas that were visited, and the path of the fit to all rows.

    lambdas, cvm, cvsd: (m,) lambda, mean deviance held out and its standard error. index_min, index_1se: positions
    of lambda_min, the lowest point, and of lambda_1se, the largest lambda within one standard error of it.
    """

    lambdas: Array
    cvm: Array
    cvsd: Array
    index_min: int
    index_1se: int
    path: Path

    @property
    def lambda_min(self) -> float:
        """The lambda with the lowest deviance held out."""
        return float(self.lambdas[self.index_min])

    @property
    def lambda_1se(self) -> float:
        """The largest lambda whose deviance is within one standard error of the lowest."""
        return float(self.lambdas[self.index_1se])


def fold_fits(design: Design) -> Fits:
    """One fit to the rows outside each fold, and one, the last, to all rows."""
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


def follow_curve(
    solve: Callable[[int, Array], Solution], curve: Callable[[Solution], float], start: Array, first: int, last: int, margin: int
) -> tuple[dict[int, Solution], dict[int, float]]:
    """Walk along the grid from position ``first`` until the lowest point has ``margin`` higher ones on either side.

    solve(position, start): the fits there. curve(solution): the value to be lowest. last: last position of the grid.
    Returns solutions and values by position, without a gap.
    """
    solutions = {first: solve(first, start)}
    values = {first: curve(solutions[first])}
    low = high = first
    while True:
        best = min(values, key=lambda position: (values[position], position))
        if best - low < margin and low > 0:
            position = low = low - 1
            step = 1
        elif high - best < margin and high < last:
            position = high = high + 1
            step = -1
        else:
            return solutions, values
        beyond = solutions.get(position + 2 * step)
        expected = onward(solutions[position + step].coefs, None if beyond is None else beyond.coefs)
        solutions[position] = solve(position, expected)
        values[position] = curve(solutions[position])


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
    fold, count = group_numbers(folds, len(table), "folds")
    scale = Scale.of(table, given)
    design = Design.of(scale.apply(table), outcome, given, fold, count)
    newton = Newton(design, fold_fits(design), checked_alpha(alpha))
    grid = lambda_grid(newton, n_lambda, table.shape[1]) if lambdas is None else checked_lambdas(lambdas)
    errors: list[float] = []
    deviance: list[float] = []

    def curve(solution: Solution) -> float:
        mean, error = held_out(design, solution.eta)
        errors.append(error)
        deviance.append(mean_deviance(design, newton.fits.share[-1], solution.eta[:, -1]))
        return mean

    solutions, values = follow_curve(
        lambda position, start: newton.solve_surely(float(grid[position]), start),
        curve,
        null_start(newton),
        0,
        len(grid) - 1,
        len(grid) if patience is None else patience,
    )
    cvm, cvsd = np.array(list(values.values())), np.array(errors)
    best = int(cvm.argmin())
    intercepts, slopes = scale.original(np.array([solution.coefs[-1] for solution in solutions.values()]))
    kkt = np.array([solution.residual[-1] for solution in solutions.values()])
    return CrossValidation(
        grid[: len(cvm)],
        cvm,
        cvsd,
        best,
        int(np.flatnonzero(cvm <= cvm[best] + cvsd[best])[0]),
        Path(grid[: len(cvm)], intercepts, slopes, np.array(deviance), kkt),
    )
