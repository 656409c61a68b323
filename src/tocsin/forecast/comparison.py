"""Two methods' scores of the same forecasts, side by side: difference, ratio, and country-cluster intervals.

Months of one country, and windows that follow each other, are not independent. The bootstrap therefore draws whole
countries with all of their rows, as many as there are, and takes the same countries for both methods. Ends are
percentiles of the draws. With few countries, or one that carries most of the score, such an interval is too narrow; say
so beside it.

A ratio is of the mean scores, not a mean of ratios. Where its interval covers 1, or the difference's covers 0, no claim
that one method is better may be made.

Sources: Cameron, Gelbach and Miller (2008); Efron and Tibshirani (1993), chapter 13, for percentile intervals.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tocsin.core.errors import ScoreError
from tocsin.forecast.draws import Floats

DRAWS = 2000
COVERAGE = 0.9
SEED = 20211231


@dataclass(frozen=True)
class Interval:
    """A value with the ends of its interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Comparison:
    """Mean scores of ours and theirs on the same rows, ours - theirs and ours / theirs, and how much was compared."""

    ours: float
    theirs: float
    difference: Interval
    ratio: Interval
    rows: int
    countries: int


def compare(
    ours: ArrayLike,
    theirs: ArrayLike,
    countries: ArrayLike,
    *,
    draws: int = DRAWS,
    coverage: float = COVERAGE,
    seed: int = SEED,
) -> Comparison:
    """Compare scores of the same forecasts, each of shape (n,); ``countries`` (n,) are the clusters.

    The ratio is NaN where theirs are all zero, and the ends of both intervals are where there is one country only: its
    draws are all alike, which is no certainty. Errors: ScoreError if shapes differ, nothing is left or a score is not
    finite.

    >>> found = compare([1, 1, 4], [2, 2, 4], ["a", "a", "b"])
    >>> found.ours, found.ratio.value, found.countries
    (2.0, 0.75, 2)
    """
    a, b, of = _scores(ours, theirs, countries)
    names, which = np.unique(of, return_inverse=True)
    sums = np.stack([np.bincount(which, weights=values, minlength=names.size) for values in (a, b)], axis=1)
    rows = np.bincount(which, minlength=names.size).astype(np.float64)
    drawn = country_draws(names.size, draws, seed)
    means = (drawn @ sums) / (drawn @ rows)[:, None] if names.size > 1 else np.full((draws, 2), np.nan)
    return Comparison(
        float(a.mean()),
        float(b.mean()),
        _interval(a.mean() - b.mean(), means[:, 0] - means[:, 1], coverage),
        _interval(_ratio(a.mean(), b.mean()), _ratio(means[:, 0], means[:, 1]), coverage),
        a.size,
        int(names.size),
    )


def compare_by(
    ours: ArrayLike,
    theirs: ArrayLike,
    countries: ArrayLike,
    windows: ArrayLike,
    *,
    draws: int = DRAWS,
    coverage: float = COVERAGE,
    seed: int = SEED,
) -> dict[str, Comparison]:
    """``compare`` within each window (or phase, or any other label), in the order of the labels."""
    a, b, of = _scores(ours, theirs, countries)
    within = np.asarray(windows)
    if within.shape != a.shape:
        raise ScoreError("windows and scores do not match", remedy="Give the window of each score")
    return {
        str(one): compare(
            a[within == one], b[within == one], of[within == one], draws=draws, coverage=coverage, seed=seed
        )
        for one in np.unique(within)
    }


def means_by(scores: ArrayLike, labels: ArrayLike) -> dict[str, float]:
    """Mean score under each label, for example of each country, in the order of the labels.

    >>> means_by([1, 3, 5], ["ETH", "ETH", "UKR"])
    {'ETH': 2.0, 'UKR': 5.0}
    """
    a, _, of = _scores(scores, scores, labels)
    names, which = np.unique(of, return_inverse=True)
    means = np.bincount(which, weights=a) / np.bincount(which)
    return {str(name): float(mean) for name, mean in zip(names, means, strict=True)}


def country_draws(countries: int, draws: int, seed: int) -> Floats:
    """How often each country is in each bootstrap draw, shape (draws, countries), rows summing to ``countries``."""
    chances = np.full(countries, 1 / countries)
    return np.random.default_rng(seed).multinomial(countries, chances, size=draws).astype(np.float64)


def _scores(ours: ArrayLike, theirs: ArrayLike, labels: ArrayLike) -> tuple[Floats, Floats, NDArray[np.generic]]:
    a, b, of = np.asarray(ours, dtype=np.float64), np.asarray(theirs, dtype=np.float64), np.asarray(labels)
    if not (a.ndim == 1 and a.shape == b.shape == of.shape):
        raise ScoreError(
            f"{a.size} scores, {b.size} scores and {of.size} labels do not match",
            remedy="Score both methods on the same forecasts, in the same order",
        )
    if a.size == 0:
        raise ScoreError("there is nothing to compare", remedy="Give at least one scored forecast")
    if not (np.isfinite(a).all() and np.isfinite(b).all()):
        raise ScoreError("a score is not a finite number", remedy="Leave out forecasts that have no score, for both")
    return a, b, of


def _ratio(a: ArrayLike, b: ArrayLike) -> Floats:
    a_, b_ = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    return np.asarray(np.divide(a_, b_, out=np.full(np.shape(a_), np.nan), where=b_ != 0))


def _interval(value: ArrayLike, values: Floats, coverage: float) -> Interval:
    known = values[np.isfinite(values)]
    if not known.size:
        return Interval(float(value), float("nan"), float("nan"))  # type: ignore[arg-type]
    low, high = np.quantile(known, ((1 - coverage) / 2, (1 + coverage) / 2))
    return Interval(float(value), float(low), float(high))  # type: ignore[arg-type]
