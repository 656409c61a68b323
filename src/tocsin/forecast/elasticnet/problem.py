"""The data of an elastic-net fit, checked once at the door and laid out so that many fits share every pass.

Rows are kept in blocks of up to 128 that belong to one group (a fold, a country), each block predictors x rows. A
block and what is computed from it stay in the processor's cache, and its matrix products stay below the size from
which OpenBLAS starts threads, which on a busy machine wait for one another for longer than the product takes.

A *fit* is a choice of groups: how often each group counts. All rows but one fold, all rows, or a bootstrap sample of
countries are such choices, so that one solver serves the path, the cross-validation and the bootstrap.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np

from tocsin.forecast.elasticnet.checks import Array, InputError

_BLOCK = 128
HELD = 1e30
"""The penalty that stands for "this coefficient stays at zero" (a predictor that is constant in the fit)."""


@dataclass(frozen=True)
class Scale:
    """The centre and spread by which predictors are standardised for the computation, (p,) each.

    Any centre and spread give the same fit, because each fit's own standard deviations enter as penalty factors; the
    overall ones keep the numbers well scaled. spread is 0 for a predictor that never varies.
    """

    centre: Array
    spread: Array

    @classmethod
    def of(cls, X: Array, weights: Array) -> Scale:
        """The weighted mean and population standard deviation of each column."""
        centre = np.average(X, axis=0, weights=weights)
        spread = np.sqrt(np.average((X - centre) ** 2, axis=0, weights=weights))
        used = X[weights > 0]
        spread[(used == used[0]).all(axis=0)] = 0.0
        return cls(centre, spread)

    def apply(self, X: Array) -> Array:
        """A column of ones beside the standardised predictors, (n, p + 1)."""
        design = np.ones((len(X), X.shape[1] + 1))
        usable = self.spread > 0
        design[:, 1:] = np.where(usable, (X - self.centre) / np.where(usable, self.spread, 1.0), 0.0)
        return design

    def original(self, coefs: Array) -> tuple[Array, Array]:
        """Intercepts (k,) and coefficients (k, p) on the predictors' own scale, from (k, p + 1)."""
        slopes = coefs[:, 1:] / np.where(self.spread > 0, self.spread, 1.0)
        return coefs[:, 0] - slopes @ self.centre, slopes

    def standard(self, intercept: float, slopes: Array) -> Array:
        """The inverse of ``original`` for one fit, (p + 1,)."""
        return np.concatenate([[intercept + slopes @ self.centre], slopes * self.spread])


@dataclass(frozen=True)
class Design:
    """Rows in blocks.

    blocks: (blocks, q, rows a block), first predictor = 1; outcome, weight: (blocks, 1, rows a block); padding rows are
    zero throughout. group: (blocks,) the group of each block, in rising order. groups: how many groups there are.
    """

    blocks: Array
    outcome: Array
    weight: Array
    group: Array
    groups: int

    @classmethod
    def of(cls, table: Array, outcome: Array, weights: Array, group: Array, groups: int) -> Design:
        """Lay out rows. table: (n, q); outcome, weights: (n,); group: (n,) numbers from 0 to groups - 1."""
        count = np.bincount(group, minlength=groups)
        largest = int(count.max())
        size = -(-largest // -(-largest // _BLOCK))
        per_group = -(-count // size)
        first = np.concatenate([[0], np.cumsum(per_group)]) * size
        order = np.argsort(group, kind="stable")
        within = np.arange(len(group)) - np.repeat(np.cumsum(count) - count, count)
        slot = first[group[order]] + within
        padded = np.zeros((int(first[-1]), table.shape[1]))
        padded[slot] = table[order]
        rows = np.zeros((2, int(first[-1])))
        rows[:, slot] = outcome[order], weights[order]
        shape = (-1, 1, size)
        return cls(
            np.ascontiguousarray(padded.reshape(-1, size, table.shape[1]).transpose(0, 2, 1)),
            rows[0].reshape(shape),
            rows[1].reshape(shape),
            np.repeat(np.arange(groups), per_group),
            groups,
        )

    @cached_property
    def extent(self) -> list[slice]:
        """The blocks of each group."""
        edge = np.searchsorted(self.group, np.arange(self.groups + 1))
        return [slice(int(start), int(stop)) for start, stop in pairwise(edge)]

    def single(self) -> Design:
        """The same rows in single precision."""
        f = np.float32
        return Design(self.blocks.astype(f), self.outcome.astype(f), self.weight.astype(f), self.group, self.groups)

    def per_group(self, values: Array) -> Array:
        """Sums over the blocks of each group. values: (blocks, ...) -> (groups, ...)."""
        total = np.zeros((self.groups, *values.shape[1:]))
        np.add.at(total, self.group, values)
        return total


@dataclass(frozen=True)
class Fits:
    """Which rows each of k fits uses, and the standard deviations that scale its penalty.

    share: (k, groups) the weight a unit of row weight has in the fit; row weights times share sum to one.
    mean, sd: (k, q) weighted means and population standard deviations within the fit; sd is 0 for the intercept and
    for what does not vary.
    """

    share: Array
    mean: Array
    sd: Array

    @classmethod
    def of(cls, design: Design, counts: Array) -> Fits:
        """Fits that count each group so often. counts: (k, groups), zero or more.

        Errors: InputError if a fit has only one class.
        """
        weighed = design.blocks * design.weight
        total = design.per_group(design.weight.sum(axis=(1, 2)))
        cases = design.per_group((design.weight * design.outcome).sum(axis=(1, 2)))
        size = counts @ total
        rate = np.divide(counts @ cases, size, out=np.zeros(len(counts)), where=size > 0)
        if (rate <= 0).any() or (rate >= 1 - 1e-15).any():
            raise InputError("the rows to be fitted hold only one class", where="y", remedy="Give rows of both classes")
        share = counts / size[:, None]
        mean = share @ design.per_group(weighed.sum(axis=2))
        second = share @ design.per_group(np.einsum("bqr,bqr->bq", weighed, design.blocks))
        variance = second - mean**2
        variance[variance <= 1e-13 * second] = 0.0
        variance[:, 0] = 0.0
        return cls(share, mean, np.sqrt(variance))

    def only(self, index: int) -> Fits:
        """One of the fits."""
        return Fits(self.share[[index]], self.mean[[index]], self.sd[[index]])

    def restandardised(self, design: Design) -> tuple[Design, Fits, Scale]:
        """A single fit's own standardisation of the design: best conditioned, at the price of a copy of the data."""
        scale = Scale(self.mean[0, 1:], self.sd[0, 1:])
        usable = scale.spread > 0
        there = design.blocks[:, :1]  # 1 in rows, 0 in padding
        blocks = design.blocks.copy()
        blocks[:, 1:] -= scale.centre[:, None] * there
        blocks[:, 1:] *= np.divide(usable, scale.spread, out=np.zeros(len(usable)), where=usable)[:, None]
        own = replace(design, blocks=blocks)
        return own, Fits.of(own, self.share), scale

    def penalties(self, alpha: float, lambda_: float) -> tuple[Array, Array]:
        """Factors of |b| and of b^2 / 2, each (k, q)."""
        absolute = lambda_ * alpha * self.sd
        absolute[:, 1:][self.sd[:, 1:] == 0] = HELD
        return absolute, lambda_ * (1 - alpha) * self.sd**2


def random_folds(rows: int, folds: int, seed: int | Sequence[int]) -> Array:
    """Fold numbers 0 .. folds - 1, equally often but for one, in random order: (rows,)."""
    return np.random.default_rng(seed).permutation(np.arange(rows) % folds)
