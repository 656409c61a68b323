"""What followed in the country-months most like this one, anywhere and at any time before.

Likeness is distance in four numbers: the recent level of deaths, how it compares with the past year, the level of past
years, and the time since the last deaths. What followed each of the nearest is moved, on the scale log(1 + deaths), by
the difference between its recent level and this one's; a month without deaths stays one.

Sources: Chadefaux (2022) and Schincariol, Frank and Chadefaux (2025) forecast deaths from the most similar past
sequences; the method of analogues is Lorenz's (1969).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from tocsin.forecast.fatalities.history import Floats, decayed_mean, levels, months_since

FIRST = 24
"""Months of a panel that are only history: nothing is compared with them."""

GROUPS = (1, 3, 7, 11, 15, 21, 29, 37)
"""First months ahead of the groups whose outcomes are taken together; the last number ends the last group."""

SCALES = (1.5, 1.0, 0.5, 0.3)
"""What a unit of each of the four numbers counts for in the distance."""


def likeness(deaths: Floats) -> tuple[Floats, Floats]:
    """The four numbers (n, T, 4), scaled, and the recent level log(1 + deaths) (n, T); NaN where not covered."""
    recent, year, past = (np.log1p(decayed_mean(deaths, half_life)) for half_life in (2, 12, 48))
    numbers = np.stack([recent, year - recent, past, np.log1p(months_since(deaths))], axis=-1)
    return numbers * SCALES, np.log1p(decayed_mean(deaths, 4))


def analogues(
    deaths: Floats, rows: np.ndarray, horizons: Sequence[int], neighbours: int, count: int, seed: int
) -> Floats:
    """Draws (n, horizons, count), sorted: quantiles of what followed the nearest country-months.

    deaths: (N, T), the last month the last known. rows: the n countries asked for, covered in that month. Only what had
    followed by then is used.
    seed: of the tiny jitter that decides between equals.
    """
    from scipy.spatial import cKDTree

    numbers, recent = likeness(deaths)
    jitter = np.random.default_rng(seed)
    drawn = np.empty((len(rows), len(horizons), count))
    for first, end in pairwise(GROUPS):
        wanted = [place for place, ahead in enumerate(horizons) if first <= ahead < end]
        if not wanted:
            continue
        ahead = np.arange(first, end)
        past, months = _comparable(deaths, int(ahead[-1]))
        points = numbers[past, months]
        tree = cKDTree(points + 1e-3 * jitter.standard_normal(points.shape))
        near = tree.query(numbers[rows, -1], k=min(neighbours, len(past)))[1].reshape(len(rows), -1)
        followed = deaths[past[near][:, :, None], months[near][:, :, None] + ahead]
        moved = np.log1p(followed) + (recent[rows, -1:] - recent[past[near], months[near]])[:, :, None]
        counts = np.where(followed > 0, np.maximum(np.rint(np.expm1(moved)), 0.0), 0.0).reshape(len(rows), -1)
        quantiles = np.quantile(counts, levels(count), axis=1, method="inverted_cdf").T
        drawn[:, wanted] = quantiles[:, None, :]
    return drawn


def _comparable(deaths: Floats, longest: int) -> tuple[np.ndarray, ...]:
    """Country-months that are covered and so are all months up to ``longest`` after them: their rows and columns."""
    there = ~np.isnan(deaths)
    seen = np.cumsum(there, axis=1)
    last = deaths.shape[1] - longest
    whole = (seen[:, longest:] - seen[:, :last] == longest) & there[:, :last]
    whole[:, :FIRST] = False
    return np.nonzero(whole)
