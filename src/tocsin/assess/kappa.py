"""Cohen's kappa of two raters who place the same cases on one scale, unweighted or with graver disagreements.

    kappa = 1 - sum v_ij o_ij / sum v_ij e_ij

o_ij is the share of cases that the first rater put into category i and the second into j, e_ij the product of their
shares, v_ij how grave it is that they differ: 1 for any difference, |i - j| (linear), (i - j)^2 (quadratic).

Sources: Cohen (1960), Educational and Psychological Measurement 20(1):37-46; Cohen (1968), Psychological Bulletin
70(4):213-220.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from tocsin.assess.estimates import Floats, numbers
from tocsin.core.errors import AssessmentError

Weights = Literal["none", "linear", "quadratic"]


@dataclass(frozen=True)
class Kappa:
    """Kappa of two raters; None where it is not defined, with the ``reason``.

    n: cases that both rated; missing: cases that only one or neither did.
    """

    value: float | None
    n: int
    missing: int
    reason: str = ""


@dataclass(frozen=True)
class MeanKappa:
    """The mean of kappa over pairs of raters, each pair counting once.

    value: None if it is defined for no pair. pairs: those it is the mean of; undefined: those left out.
    """

    value: float | None
    pairs: int
    undefined: int


def kappa(
    first: Sequence[Any],
    second: Sequence[Any],
    categories: Sequence[Any],
    weights: Weights | ArrayLike = "quadratic",
) -> Kappa:
    """Kappa of two raters.

    first, second: (cases,), None or NaN where a rater did not rate. categories: the whole scale, lowest first; what
    nobody used still keeps its neighbours apart. weights: a name, or (k, k) how grave it is to put into j what the
    first rater put into i, zero on the diagonal.

    Errors: AssessmentError if the raters differ in length, a rating is not on the scale, or weights cannot be used.

    >>> round(kappa([1, 2, 3, 3, None], [1, 2, 2, 3, 1], categories=[1, 2, 3]).value, 4)
    0.8
    >>> kappa([1, 1], [1, 1], categories=[1, 2]).reason
    'both used one and the same category throughout'
    """
    grave = _grave(weights, len(categories))
    return _kappa(_places(first, categories), _places(second, categories), grave)


def mean_pairwise_kappa(
    ratings: Sequence[Sequence[Any]], categories: Sequence[Any], weights: Weights | ArrayLike = "quadratic"
) -> MeanKappa:
    """The mean of kappa over all pairs of raters (Light 1971, Psychological Bulletin 76(5):365-377).

    It is a mean of two-rater numbers, not a kappa of many raters: pairs that share few cases count as much as others,
    and pairs for which kappa is not defined are left out and counted. For missing data alpha is the better measure.

    ratings: (raters, cases); the rest as in ``kappa``.

    >>> round(mean_pairwise_kappa([[1, 2, 3], [1, 2, 3], [1, 3, 3]], [1, 2, 3]).value, 3)
    0.867
    """
    grave = _grave(weights, len(categories))
    placed = [_places(row, categories) for row in ratings]
    found = [_kappa(one, other, grave).value for one, other in combinations(placed, 2)]
    defined = [value for value in found if value is not None]
    mean = math.fsum(defined) / len(defined) if defined else None
    return MeanKappa(mean, len(defined), len(found) - len(defined))


def _grave(weights: Weights | ArrayLike, k: int) -> Floats:
    if isinstance(weights, str):
        steps = np.abs(np.subtract.outer(np.arange(k), np.arange(k))).astype(float)
        named = {"none": (steps > 0).astype(float), "linear": steps, "quadratic": steps**2}
        if weights not in named:
            raise AssessmentError(f"no weights are called {weights!r}", remedy=f"Choose one of: {', '.join(named)}")
        return named[weights]
    grave = numbers(weights, "a weight")
    off = ~np.eye(k, dtype=bool)
    if grave.shape != (k, k) or not (np.all(np.isfinite(grave)) and np.all(grave[off] > 0) and not np.trace(grave)):
        raise AssessmentError(
            "the weights do not fit the scale",
            remedy=f"Give {k} x {k} numbers, zero on the diagonal and above zero elsewhere",
        )
    return grave


def _places(ratings: Sequence[Any], categories: Sequence[Any]) -> Floats:
    place = {category: float(i) for i, category in enumerate(categories)}
    if len(place) < len(categories):
        raise AssessmentError("a category stands twice on the scale", remedy="Name each category once")
    found = []
    for i, one in enumerate(ratings):
        if one is not None and one == one and one not in place:
            raise AssessmentError(
                f"{one!r} is not on the scale", where=f"case {i + 1}", remedy=f"Use one of: {list(categories)}"
            )
        found.append(math.nan if one is None or one != one else place[one])
    return np.array(found)


def _kappa(first: Floats, second: Floats, grave: Floats) -> Kappa:
    if first.shape != second.shape:
        raise AssessmentError(
            f"one rater has {first.size} cases and the other {second.size}", remedy="Give None for a case not rated"
        )
    both = ~np.isnan(first + second)
    n, missing = int(both.sum()), int((~both).sum())
    if n == 0:
        return Kappa(None, 0, missing, "no case was rated by both")
    k = len(grave)
    cells = (first[both] * k + second[both]).astype(np.int64)
    table = np.bincount(cells, minlength=k * k).reshape(k, k).astype(float)
    by_chance = float(np.sum(grave * np.outer(table.sum(axis=1), table.sum(axis=0)))) / n
    if by_chance == 0:
        return Kappa(None, n, missing, "both used one and the same category throughout")
    return Kappa(1 - float(np.sum(grave * table)) / by_chance, n, missing)
