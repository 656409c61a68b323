"""The walk-forward: fit on all years up to each origin, choose lambda by cross-validation, forecast a later year.

One origin is much like the next, and that is what makes this fast:

* All fits share one standardised table; each fit's own standard deviations enter as penalty factors.
* The curve is followed from the last origin's choice, not from lambda_max, until its lowest point has higher ones on
  both sides. A chain of origins begins with the whole curve.
* The folds are fitted in single precision to a loose tolerance, which moves the curve by some 1e-5 of its height.

What is approximate is checked in double precision at the lambda chosen: the fit to all rows is finished there to the
tolerance of ``newton``, and if the fold fits stray from their Karush-Kuhn-Tucker conditions, or any fit on the way did
not settle, the origin is done again by ``cross_validate`` from lambda_max.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from tocsin.core.work import Map, Progress, counted, silent
from tocsin.forecast.elasticnet.checks import (
    Array,
    InputError,
    checked_alpha,
    checked_groups,
    checked_matrix,
    checked_outcome,
)
from tocsin.forecast.elasticnet.crossval import (
    PATIENCE,
    Point,
    cross_validate,
    fold_fits,
    follow_curve,
    held_out,
    lowest,
)
from tocsin.forecast.elasticnet.newton import Newton
from tocsin.forecast.elasticnet.path import Fit, lambda_grid, mean_deviance, null_start
from tocsin.forecast.elasticnet.problem import Design, Scale

LOOSE = 1e-5
"""KKT residual to which the folds are fitted on the way."""

_MARGIN = 4
_CHAIN = 16
_N_LAMBDA = 100


@dataclass(frozen=True, kw_only=True)
class Choice:
    """The lambda chosen and what led to it.

    lambdas: the grid; index: position of the lambda chosen; visited, cvm: the positions looked at and the curve there.
    fit: to all rows; fold_kkt: largest KKT residual of the fold fits at the lambda chosen.
    """

    lambdas: Array
    index: int
    visited: Array
    cvm: Array
    fit: Fit
    fold_kkt: float


@dataclass(frozen=True, kw_only=True)
class Origin(Choice):
    """One origin of the walk-forward.

    year: last year fitted on. rows: the rows forecast, as positions in the table; probability: their forecasts.
    exact: whether the origin had to be done the slow way.
    """

    year: int
    rows: Array
    probability: Array
    exact: bool


@dataclass(frozen=True)
class _Task:
    year: int
    folds: Array


def walk_forward(
    X: Any,
    y: Any,
    years: Any,
    origins: Sequence[int],
    folds: Sequence[Any],
    *,
    lead: int = 2,
    alpha: float = 0.5,
    map: Map = map,
    progress: Progress = silent,
) -> list[Origin]:
    """Fit on the rows of each origin and the years before it, and forecast the rows of ``lead`` years after it.

    X: (n, p); y: (n,) of 0 and 1 in the rows fitted on, anything after them; years: (n,); origins: rising years;
    folds: for each origin the fold labels of the rows up to it, in the order of the table.
    Chains of 16 origins are independent of one another and go through ``map``.
    Errors: InputError for data that cannot be fitted; FitError if a fit does not converge.
    """
    table, _ = checked_matrix(X)
    calendar = np.asarray(years)
    if calendar.shape != (len(table),):
        raise InputError("years and rows differ in number", where="years", remedy="Give one year a row")
    if len(origins) != len(folds) or not len(origins) or list(origins) != sorted(set(origins)):
        raise InputError(
            "origins must rise, with folds for each", where="origins", remedy="Give rising years, and folds for each"
        )
    fitted = calendar <= origins[-1]
    outcome = np.zeros(len(table))
    outcome[fitted] = checked_outcome(np.asarray(y, dtype=np.float64)[fitted], int(fitted.sum()))
    tasks = [_Task(int(year), np.asarray(fold)) for year, fold in zip(origins, folds, strict=True)]
    chains = [tasks[start : start + _CHAIN] for start in range(0, len(tasks), _CHAIN)]
    scale = Scale.of(table, fitted.astype(float))
    work = partial(_chain, table, outcome, calendar, scale, lead, checked_alpha(alpha))
    return [
        origin for chain in counted(map(work, chains), len(chains), "chains of origins", progress) for origin in chain
    ]


def _chain(
    table: Array, outcome: Array, calendar: Array, scale: Scale, lead: int, alpha: float, tasks: list[_Task]
) -> list[Origin]:
    """The origins of one chain, each begun where the last ended."""
    standardised = scale.apply(table)
    origins: list[Origin] = []
    last: tuple[int, Array] | None = None
    for task in tasks:
        fitted = np.flatnonzero(calendar <= task.year)
        fold, count = checked_groups(task.folds, len(fitted), "folds")
        design = Design.of(standardised[fitted], outcome[fitted], np.ones(len(fitted)), fold, count)
        found = _follow(design, scale, alpha, last)
        exact = found is None
        if found is None:
            found = _search(table[fitted], outcome[fitted], fold, alpha)
        rows = np.flatnonzero(calendar == task.year + lead)
        probability = found.fit.probability(table[rows])
        origins.append(Origin(**vars(found), year=task.year, exact=exact, rows=rows, probability=probability))
        last = (found.index, scale.standard(found.fit.intercept, found.fit.coefs))
    return origins


def _follow(design: Design, scale: Scale, alpha: float, last: tuple[int, Array] | None) -> Choice | None:
    """Follow the curve from the last origin's choice in single precision; None if that cannot be trusted.

    last: the position chosen at the origin before and its coefficients (q,); None = begin at lambda_max.
    """
    double = Newton(design, fold_fits(design), alpha)
    bulk = Newton(design.single(), double.fits, alpha)
    grid = lambda_grid(double, _N_LAMBDA)

    def visit(position: int, start: Array) -> Point:
        solution = bulk.solve(float(grid[position]), start, LOOSE)
        if not (solution.residual <= LOOSE).all():
            raise _UnsettledError
        return Point(*held_out(design, solution.eta), solution.coefs, solution.residual)

    first, start = (0, null_start(double)) if last is None else (last[0], np.tile(last[1], (design.groups + 1, 1)))
    try:
        points = follow_curve(visit, start, first, len(grid) - 1, PATIENCE if last is None else _MARGIN)
    except _UnsettledError:
        return None
    index = lowest(points)
    lambda_ = float(grid[index])
    coefs = points[index].coefs.astype(np.float64)
    fold_kkt = float(double.residual(lambda_, coefs)[:-1].max())
    if not fold_kkt <= 2 * LOOSE:
        return None
    final = Newton(design, double.fits.only(-1), alpha).solve_surely(lambda_, coefs[-1:])
    intercepts, slopes = scale.original(final.coefs)
    deviance = mean_deviance(design, double.fits.share[-1], final.eta[:, 0])
    fit = Fit(lambda_, float(intercepts[0]), slopes[0], deviance, float(final.residual[0]))
    cvm = np.array([point.mean for point in points.values()])
    return Choice(lambdas=grid, index=index, visited=np.array(list(points)), cvm=cvm, fit=fit, fold_kkt=fold_kkt)


class _UnsettledError(Exception):
    """A fit in single precision did not reach its tolerance."""


def _search(X: Array, y: Array, folds: Array, alpha: float) -> Choice:
    """The slow way: the whole curve from lambda_max in double precision."""
    curve = cross_validate(X, y, folds, alpha=alpha, n_lambda=_N_LAMBDA)
    best = curve.index_min
    return Choice(
        lambdas=curve.lambdas,
        index=best,
        visited=np.arange(len(curve.cvm)),
        cvm=curve.cvm,
        fit=curve.path.fit(best),
        fold_kkt=float(curve.fold_kkt[best]),
    )
