"""What a country's own past says: decayed means, decayed distributions, months since the last deaths.

A past month counts the less the longer ago it was: half as much every ``half_life`` months. Months that are not covered
count for nothing; they are not months without deaths.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LONGEST = 240
"""Months of own history that a distribution is made of at most."""


def decayed_mean(deaths: Floats, half_life: float) -> Floats:
    """Decayed mean up to and with each month, shape (n, T) as ``deaths``; NaN where the month itself is not covered.

    >>> decayed_mean(np.array([[0.0, 3.0, np.nan]]), 1).tolist()
    [[0.0, 2.0, nan]]
    """
    keep = 0.5 ** (1 / half_life)
    there = ~np.isnan(deaths)
    known = np.where(there, deaths, 0.0)
    total, weight = np.zeros(len(deaths)), np.zeros(len(deaths))
    found = np.full(deaths.shape, np.nan)
    for month in range(deaths.shape[1]):
        total = total * keep + known[:, month]
        weight = weight * keep + there[:, month]
        np.divide(total, weight, out=found[:, month], where=there[:, month])
    return found


def months_since(deaths: Floats, most: int = 120) -> Floats:
    """Months since the last one with deaths, up to and with each month, at most ``most``; a country that was never seen
    with deaths begins at half of that. NaN where the month itself is not covered.

    >>> months_since(np.array([[2.0, 0.0, 0.0, 1.0]])).tolist()
    [[0.0, 1.0, 2.0, 0.0]]
    """
    count = np.full(len(deaths), most / 2)
    found = np.full(deaths.shape, np.nan)
    for month in range(deaths.shape[1]):
        now = deaths[:, month]
        count = np.where(now > 0, 0.0, np.where(np.isnan(now), count, np.minimum(count + 1, most)))
        found[:, month] = np.where(np.isnan(now), np.nan, count)
    return found


def levels(count: int) -> Floats:
    """``count`` evenly spaced levels of a distribution, each standing for an equal share of it."""
    return (np.arange(count) + 0.5) / count


def decayed_quantiles(deaths: Floats, half_life: float, count: int) -> Floats:
    """Draws (n, count), sorted: the quantiles of each country's decayed distribution of covered months.

    deaths: (n, T), the last month last; at most the last ``LONGEST`` are used, and each row needs a covered one.
    """
    past = deaths[:, -LONGEST:]
    weight = np.where(np.isnan(past), 0.0, 0.5 ** (np.arange(past.shape[1])[::-1] / half_life))
    order = np.argsort(past, axis=1, kind="stable")
    ranked = np.take_along_axis(past, order, axis=1)
    share = np.cumsum(np.take_along_axis(weight, order, axis=1), axis=1)
    wanted = levels(count) * share[:, -1:]
    found = [np.searchsorted(have, want) for have, want in zip(share, wanted, strict=True)]
    return np.take_along_axis(ranked, np.minimum(found, past.shape[1] - 1), axis=1)
