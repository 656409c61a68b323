"""What followed in the country-months that a forest of random trees finds most like this one.

Each tree splits past country-months by seventeen numbers of their history and by the months ahead, at random
thresholds, so that deaths relative to the recent level are alike within a leaf. A past month's weight for a new one is
the share of trees in which both fall into one leaf, each counted less the larger its leaf. What followed is moved, on
the scale log(1 + deaths), by the difference in recent level; a month without deaths stays one.

Sources: Meinshausen (2006), "Quantile regression forests"; Geurts, Ernst and Wehenkel (2006), "Extremely randomized
trees"; grown by LightGBM (Ke and others 2017).
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tocsin.core.errors import FitError
from tocsin.forecast.fatalities.history import Floats, decayed_mean, levels, months_since

FIRST = 24
"""Months of a panel that are only history; fewer where the panel is so short that half of it would be."""

GROUPS = (1, 3, 7, 11, 15, 21, 29, 37)
"""First months ahead of the groups that are forecast alike; the last number ends the last group."""


def features(deaths: Floats) -> tuple[Floats, Floats]:
    """Seventeen numbers of each country-month's history (n, T, 17), and the recent level log(1 + deaths) (n, T).

    NaN where the month is not covered.
    """
    m2, m4, m12, m48, m120 = (np.log1p(decayed_mean(deaths, half_life)) for half_life in (2, 4, 12, 48, 120))
    some = np.where(np.isnan(deaths), np.nan, deaths > 0)
    logs = np.log1p(deaths)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of windows without a covered month, which stay NaN
        everywhere = np.broadcast_to(np.nanmean(logs, axis=0), logs.shape)
        found = np.stack(
            [
                *(m2, m4, m12, m48, m120, m2 - m12, m4 - m48),
                np.log1p(months_since(deaths)),
                *(_rolling(some, 12, np.nanmean), _rolling(some, 36, np.nanmean)),
                *(np.log1p(_rolling(deaths, 12, np.nanmax)), np.log1p(_rolling(deaths, 60, np.nanmax))),
                *(_rolling(logs, 12, np.nanstd), _rolling(logs, 36, np.nanstd)),
                np.log1p(_rolling(deaths, 12, np.nanmedian)),
                logs,
                everywhere,
            ],
            axis=-1,
        )
    return found, m4


@dataclass(frozen=True)
class Grown:
    """How a forest is grown. trees: how many; leaf: rows that a leaf holds at least; step: every how many months past
    country-months are taken; share: of the numbers that are offered at each split.
    """

    trees: int
    leaf: int
    step: int
    share: float


def forest_draws(
    deaths: Floats, rows: np.ndarray, horizons: Sequence[int], grown: Grown, count: int, seed: int
) -> Floats:
    """Draws (n, horizons, count), sorted: quantiles of the weighted outcomes.

    deaths: (N, T), the last month the last known. rows: the n countries asked for, covered in that month. Each group of
    months ahead has a forest of its own, so that a forecast does not depend on which others are asked for.

    Errors: FitError if LightGBM cannot be loaded or there is nothing to learn from.
    """
    numbers, recent = features(deaths)
    drawn = np.empty((len(rows), len(horizons), count))
    for start, end in pairwise(GROUPS):
        wanted = [place for place, ahead in enumerate(horizons) if start <= ahead < end]
        if not wanted:
            continue
        past, months, ahead = _past(deaths, start, end, grown.step, seed)
        followed = deaths[past, months + ahead]
        ratio = np.log1p(followed) - recent[past, months]
        known = np.column_stack([numbers[past, months], ahead])
        asked = np.column_stack([numbers[rows, -1], np.full(len(rows), (start + end - 1) / 2)])
        order = np.argsort(np.where(followed > 0, ratio, -np.inf), kind="stable")
        up_to = np.cumsum(_weights(known, ratio, asked, grown, seed)[:, order], axis=1)
        at = np.stack([np.searchsorted(one, levels(count) * one[-1]) for one in up_to])
        chosen = order[np.minimum(at, len(order) - 1)]
        counts = np.maximum(np.rint(np.expm1(ratio[chosen] + recent[rows, -1:])), 1.0)
        drawn[:, wanted] = np.where(followed[chosen] > 0, counts, 0.0)[:, None, :]
    return drawn


def _past(deaths: Floats, start: int, end: int, step: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Country-months to learn from: row, column, and one of the group's months ahead, all of which are covered."""
    there = ~np.isnan(deaths)
    last = deaths.shape[1] - end  # the latest column whose whole group has followed
    columns = np.arange(last, min(FIRST, last // 2) - 1, -step)[::-1]
    if last < 1:
        raise FitError(
            f"{deaths.shape[1]} months are too few to learn what follows {end - 1} months ahead",
            remedy="Give a longer panel",
        )
    whole = there[:, columns] & np.all([there[:, columns + ahead] for ahead in range(start, end)], axis=0)
    rows, at = np.nonzero(whole)
    ahead = np.random.default_rng([seed, start]).integers(start, end, len(rows))
    return rows, columns[at], ahead


def _weights(known: Floats, target: Floats, asked: Floats, grown: Grown, seed: int) -> Floats:
    """Weight (asked, known) of each past row for each new one."""
    from scipy import sparse

    from tocsin.forecast.additive import boosting_library

    library = boosting_library()
    settings = {
        "objective": "l2",
        "boosting": "rf",
        "extra_trees": True,
        "num_leaves": 512,
        "min_data_in_leaf": grown.leaf,
        "feature_fraction_bynode": grown.share,
        "bagging_fraction": 0.5,
        "bagging_freq": 1,
        "max_bin": 127,
        "seed": seed,
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": 1,  # rows are few: threads would wait for each other longer than they work
        "verbosity": -1,
    }
    forest = library.train(settings, library.Dataset(known, target), grown.trees)
    leaves = [np.asarray(forest.predict(x, pred_leaf=True)) for x in (known, asked)]
    width = int(max(one.max() for one in leaves)) + 1

    def member(of: np.ndarray) -> Any:
        """Which leaf of which tree each row falls into: (rows, trees x width)."""
        at = (of + width * np.arange(grown.trees)).ravel()
        places = (np.repeat(np.arange(len(of)), grown.trees), at)
        return sparse.csr_matrix((np.ones(at.size), places), shape=(len(of), width * grown.trees))

    past, new = member(leaves[0]), member(leaves[1])
    size = np.maximum(np.asarray(past.sum(axis=0)).ravel(), 1.0)
    found: Floats = (new.multiply(1 / size).tocsr() @ past.T.tocsr()).toarray() / grown.trees
    return found


def _rolling(values: Floats, width: int, of: Callable[..., Any]) -> Floats:
    padded = np.concatenate([np.full((len(values), width - 1), np.nan), values], axis=1)
    found: Floats = of(sliding_window_view(padded, width, axis=1), axis=-1)
    return found
