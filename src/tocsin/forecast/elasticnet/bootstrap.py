"""The cluster bootstrap of one fit at a fixed lambda: how much its coefficients owe to which countries were seen.

A bootstrap sample draws as many clusters as there are, with replacement; a cluster drawn twice counts twice. All
samples share the rows and begin at the fit to all rows, with its curvature by cluster weighed by the counts; standard
deviations for the penalty are those of the sample, as in any fit.

Source: Field & Welsh (2007), Bootstrapping clustered data, Journal of the Royal Statistical Society B 69(3).
"""

from __future__ import annotations

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
    checked_lambdas,
    checked_matrix,
    checked_outcome,
    checked_weights,
)
from tocsin.forecast.elasticnet.newton import Newton
from tocsin.forecast.elasticnet.path import fit_at
from tocsin.forecast.elasticnet.problem import Design, Fits, Scale

_TOGETHER = 25
_DRAWS = 1000


@dataclass(frozen=True)
class Bootstrap:
    """Refits: intercepts (n,), coefs (n, p) on the predictors' own scale; kkt (n,).

    redrawn: how many samples were drawn again because they held only one class.
    """

    intercepts: Array
    coefs: Array
    kkt: Array
    redrawn: int


def bootstrap_at(
    X: Any,
    y: Any,
    clusters: Any,
    lambda_: float,
    n: int = 500,
    seed: int = 0,
    *,
    weights: Any = None,
    alpha: float = 0.5,
    map: Map = map,
    progress: Progress = silent,
) -> Bootstrap:
    """Refit at one lambda to ``n`` samples of clusters drawn with replacement.

    X: (n_rows, p); y: (n_rows,) of 0 and 1; clusters: (n_rows,) labels; weights: (n_rows,). Batches of 25 samples go
    through ``map``; the samples depend on ``seed`` only.
    Errors: InputError for data that cannot be fitted; FitError if a fit does not converge.
    """
    table, _ = checked_matrix(X)
    outcome = checked_outcome(y, len(table))
    given = checked_weights(weights, len(table))
    cluster, count = checked_groups(clusters, len(table), "clusters")
    checked_lambdas([lambda_])
    full = fit_at(table, outcome, lambda_, weights=given, alpha=alpha)
    scale = Scale.of(table, given)
    design = Design.of(scale.apply(table), outcome, given, cluster, count)
    counts, redrawn = _draw(design, n, seed)
    start = scale.standard(full.intercept, full.coefs)
    work = partial(_refit, design, start, checked_alpha(alpha), float(lambda_))
    batches = [counts[at : at + _TOGETHER] for at in range(0, n, _TOGETHER)]
    done = list(counted(map(work, batches), len(batches), "bootstrap refits", progress))
    intercepts, slopes = scale.original(np.concatenate([coefs for coefs, _ in done]))
    return Bootstrap(intercepts, slopes, np.concatenate([kkt for _, kkt in done]), redrawn)


def _draw(design: Design, n: int, seed: int) -> tuple[Array, int]:
    """How often each sample holds each cluster, (n, clusters), and how many samples were drawn again."""
    rng = np.random.default_rng(seed)
    cases = design.per_group((design.weight * design.outcome).sum(axis=(1, 2))) > 0
    others = design.per_group((design.weight * (1 - design.outcome)).sum(axis=(1, 2))) > 0
    counts = np.zeros((n, design.groups))
    redrawn = 0
    for sample in range(n):
        for _ in range(_DRAWS):
            counts[sample] = np.bincount(rng.integers(design.groups, size=design.groups), minlength=design.groups)
            drawn = counts[sample] > 0
            if (drawn & cases).any() and (drawn & others).any():
                break
            redrawn += 1
        else:
            raise InputError(
                "samples of clusters never hold both classes", where="clusters", remedy="Use more or smaller clusters"
            )
    return counts, redrawn


def _refit(design: Design, start: Array, alpha: float, lambda_: float, counts: Array) -> tuple[Array, Array]:
    newton = Newton(design, Fits.of(design, counts), alpha)
    solution = newton.solve_surely(lambda_, np.tile(start, (len(counts), 1)))
    return solution.coefs, solution.residual
