"""Proximal Newton steps for many logistic elastic nets at once, and the slower search with a guarantee behind them.

Each fit minimises::

    sum_i v_i [log(1 + exp(eta_i)) - y_i eta_i] + sum_j (absolute_j |b_j| + square_j b_j^2 / 2),   sum_i v_i = 1

A step replaces the likelihood by its quadratic expansion and minimises that exactly (``quadratic.minimise``). The
gradient is exact at every step; the curvature is not: one set of curvatures by group, weighed for each fit, serves all
fits and several values of lambda, until progress slows. The curvature only sets the pace; where the steps end is
decided by the Karush-Kuhn-Tucker residual of the exact gradient.

Source: Friedman, Hastie & Tibshirani (2010), Regularization paths for generalized linear models via coordinate
descent; Lee, Sun & Saunders (2014), Proximal Newton-type methods for minimizing composite functions (line search).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tocsin.core.errors import FitError
from tocsin.forecast.elasticnet.checks import Array
from tocsin.forecast.elasticnet.problem import HELD, Design, Fits
from tocsin.forecast.elasticnet.quadratic import minimise

TOLERANCE = 1e-10
"""Largest KKT residual of a fit in double precision, per standard deviation of the predictor."""

_STEPS = 25
_SURE_STEPS = 500
_SLOW = 0.3  # a step that leaves more of the residual than this calls for a new curvature
_FLOOR = 1e-9  # of p (1 - p), so that rows fitted with certainty do not make the curvature singular
_RUN = 64  # blocks multiplied at once, so that memory does not grow with the number of rows


@dataclass(frozen=True)
class Solution:
    """coefs: (k, q); residual: (k,) largest KKT residual of each fit; eta: (blocks, k, rows a block) log-odds."""

    coefs: Array
    residual: Array
    eta: Array


class Newton:
    """Steps for one batch of fits; keeps the curvature from one lambda to the next."""

    def __init__(self, design: Design, fits: Fits, alpha: float) -> None:
        self.design, self.fits, self.alpha = design, fits, alpha
        self.dtype = design.blocks.dtype
        self._share = fits.share.astype(self.dtype)
        self._block_share = np.ascontiguousarray(self._share[:, design.group].T)
        self._spread = np.where(fits.sd > 0, fits.sd, 1.0)
        self._inside = np.ones(design.blocks.shape[1], bool)
        self._columns = np.flatnonzero(self._inside)
        self._blocks = design.blocks
        self._curvature: Array | None = None

    def solve(self, lambda_: float, start: Array, tolerance: float = TOLERANCE) -> Solution:
        """Step from ``start`` (k, q) until every fit's KKT residual is within the tolerance, or steps run out."""
        absolute, square = (part.astype(self.dtype) for part in self.fits.penalties(self.alpha, lambda_))
        coefs = np.where(absolute < HELD, start, 0).astype(self.dtype)
        before, refreshed = np.inf, False
        for step in range(_STEPS + 1):
            eta = self.log_odds(coefs)
            chance = _logistic(eta)
            gradient = self.gradient(chance)
            excess = _excess(coefs, gradient, absolute, square)
            residual = (excess / self._spread).max(axis=1)
            worst = residual.max()
            if worst <= tolerance or step == _STEPS or not np.isfinite(worst):
                break
            needed = ((coefs != 0) | (excess > 0)).any(axis=0)
            slow = worst > _SLOW * before
            if slow or self._curvature is None or (needed & ~self._inside).any():
                self._expand(chance, needed, own=slow and refreshed)
                refreshed = True
            before = worst
            try:
                coefs = self._step(coefs, gradient, absolute, square)
            except np.linalg.LinAlgError:
                break
        return Solution(coefs, residual, eta)

    def solve_surely(self, lambda_: float, start: Array) -> Solution:
        """As ``solve``, and each fit that it leaves unsolved by ``search``, in the fit's own standardisation.

        Errors: FitError if even that does not reach the tolerance.
        """
        solution = self.solve(lambda_, start)
        for k in np.flatnonzero(~(solution.residual <= TOLERANCE)):
            design, fit, scale = self.fits.only(int(k)).restandardised(self.design)
            found = Newton(design, fit, self.alpha).search(lambda_, scale.standard(start[k, 0], start[k, 1:])[None])
            solution.coefs[k] = np.concatenate(scale.original(found.coefs), axis=None)
            solution.residual[k] = found.residual[0]
            solution.eta[:, k] = found.eta[:, 0]
        return solution

    def search(self, lambda_: float, start: Array) -> Solution:
        """One fit by damped steps, each with its own curvature and a lower objective than the one before.

        Errors: FitError if the tolerance is not reached.
        """
        absolute, square = self.fits.penalties(self.alpha, lambda_)
        coefs = np.where((absolute < HELD) & np.isfinite(start), start, 0.0)
        for _ in range(_SURE_STEPS):
            eta = self.log_odds(coefs)
            chance = _logistic(eta)
            gradient = self.gradient(chance)
            excess = _excess(coefs, gradient, absolute, square)
            residual = (excess / self._spread).max(axis=1)
            if residual.max() <= TOLERANCE:
                return Solution(coefs, residual, eta)
            self._expand(chance, ((coefs != 0) | (excess > 0))[0], own=True)
            move = self._step(coefs, gradient, absolute, square) - coefs
            value = self._objective(coefs, eta, absolute, square)
            promise = (gradient + square * coefs) * move + absolute * (np.abs(coefs + move) - np.abs(coefs))
            for halvings in range(40):
                length = 0.5**halvings
                trial = coefs + length * move
                reached = self._objective(trial, self.log_odds(trial), absolute, square)
                # The last term is the rounding error of the objective, below which no decrease can be seen.
                if reached <= value + 1e-4 * length * promise.sum() + 1e-14 * abs(value):
                    break
            coefs = trial
        raise FitError(
            f"the elastic net did not converge at lambda {lambda_:g} (KKT residual {residual.max():.1e})",
            remedy="Use a larger lambda, or look for predictors that separate the classes",
        )

    def log_odds(self, coefs: Array) -> Array:
        """(blocks, k, rows a block)."""
        inside = coefs[:, self._columns]
        covered = np.count_nonzero(inside) == np.count_nonzero(coefs)
        eta: Array = inside @ self._blocks if covered else coefs @ self.design.blocks
        return eta

    def gradient(self, chance: Array) -> Array:
        """The exact gradient of the likelihood part, (k, q)."""
        rest = chance - self.design.outcome
        rest *= self.design.weight
        # einsum, here and below, because it never starts threads
        gradient: Array = np.einsum("bk,bkq->kq", self._block_share, rest @ self.design.blocks.transpose(0, 2, 1))
        return gradient

    def residual(self, lambda_: float, coefs: Array) -> Array:
        """The KKT residual of each fit at the coefficients given, (k,)."""
        gradient = self.gradient(_logistic(self.log_odds(coefs)))
        excess = _excess(coefs, gradient, *self.fits.penalties(self.alpha, lambda_))
        residual: Array = (excess / self._spread).max(axis=1)
        return residual

    def _expand(self, chance: Array, needed: Array, *, own: bool) -> None:
        """Renew the curvature of the columns needed, (k, m, m): of the last fit, weighed by group, or of each fit."""
        needed[0] = True
        self._inside, self._columns = needed, np.flatnonzero(needed)
        self._blocks = self.design.blocks if needed.all() else self.design.blocks[:, self._columns]
        if own:
            weight = self._weight(chance) * self._block_share[..., None]
            self._curvature = np.stack([self._second_moments(weight[:, [k]]) for k in range(len(self._share))])
        else:
            weight = self._weight(chance[:, -1:])
            by_group = np.stack([self._second_moments(weight, part) for part in self.design.extent])
            self._curvature = np.einsum("kg,gij->kij", self._share, by_group)

    def _weight(self, chance: Array) -> Array:
        weight: Array = np.maximum(chance * (1 - chance), _FLOOR) * self.design.weight
        return weight

    def _second_moments(self, weight: Array, extent: slice = slice(None)) -> Array:
        """Weighted sums of products of the columns in play, (m, m), over some blocks; weight: (blocks, 1, rows)."""
        blocks, weight = self._blocks[extent], weight[extent]
        total = np.zeros((blocks.shape[1], blocks.shape[1]), self.dtype)
        for at in range(0, len(blocks), _RUN):
            part = blocks[at : at + _RUN]
            total += ((part * weight[at : at + _RUN]) @ part.transpose(0, 2, 1)).sum(axis=0)
        return total

    def _step(self, coefs: Array, gradient: Array, absolute: Array, square: Array) -> Array:
        """Minimise the quadratic expansion over the columns in play, (k, q)."""
        assert self._curvature is not None
        inside = self._columns
        here = coefs[:, inside]
        linear = gradient[:, inside] - (self._curvature @ here[..., None])[..., 0]
        quadratic = self._curvature.copy()
        diagonal = np.arange(len(inside))
        size = quadratic[:, diagonal, diagonal].mean(axis=1, keepdims=True)
        # A trace of damping keeps the system solvable with copies of a column; it moves the step, not where steps end.
        damping = size * np.finfo(self.dtype).eps ** 0.75
        quadratic[:, diagonal, diagonal] += square[:, inside] + damping
        linear -= damping * here
        moved = np.zeros_like(coefs)
        moved[:, inside] = minimise(quadratic, linear, absolute[:, inside], here)
        return moved

    def _objective(self, coefs: Array, eta: Array, absolute: Array, square: Array) -> float:
        """The penalised objective of a single fit."""
        loss = (np.logaddexp(0, eta) - self.design.outcome * eta) * self.design.weight
        penalty = absolute * np.abs(coefs) + square * coefs**2 / 2
        return float((loss.sum(axis=2) * self._block_share).sum() + penalty.sum())


def _excess(coefs: Array, gradient: Array, absolute: Array, square: Array) -> Array:
    """How far each coefficient is from the Karush-Kuhn-Tucker conditions, (k, q), zero or more."""
    slope = gradient + square * coefs
    at_zero = np.maximum(np.abs(slope) - absolute, 0)
    excess: Array = np.where(coefs != 0, np.abs(slope + absolute * np.sign(coefs)), at_zero)
    return excess


def _logistic(eta: Array) -> Array:
    chance: Array = np.negative(eta)
    with np.errstate(over="ignore"):
        np.exp(chance, out=chance)
    chance += 1
    np.reciprocal(chance, out=chance)
    return chance
