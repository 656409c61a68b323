"""The forecasts that ours is always shown beside.

Each takes ``deaths`` (n, T), NaN where not covered, the last month being the last that is known, and the months ahead;
each gives draws (n, horizons, m) of equal weight.

Source: the benchmarks of the VIEWS prediction challenge 2023/24 (Hegre and others 2025), on which
``history12`` agrees with the published scores of the windows 2018-2021 to the printed digits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from tocsin.forecast.fatalities.history import Floats, levels

Forecaster = Callable[[Floats, Sequence[int]], Floats]

POISSON_DRAWS = 200


def zero(deaths: Floats, horizons: Sequence[int]) -> Floats:
    """No deaths, for certain."""
    return np.zeros((len(deaths), len(horizons), 1))


def last_poisson(deaths: Floats, horizons: Sequence[int]) -> Floats:
    """A Poisson distribution around the last known month, as quantiles."""
    from scipy.stats import poisson

    draws = poisson.ppf(levels(POISSON_DRAWS), np.nan_to_num(deaths[:, -1:]))
    return _each(draws, horizons)


def history12(deaths: Floats, horizons: Sequence[int]) -> Floats:
    """Each of the last twelve months is as likely as the others ("conflictology")."""
    return _own(deaths, 12, horizons)


def bootstrap240(deaths: Floats, horizons: Sequence[int]) -> Floats:
    """Each of the last 240 months is as likely as the others: what drawing them with replacement comes to."""
    return _own(deaths, 240, horizons)


def _own(deaths: Floats, months: int, horizons: Sequence[int]) -> Floats:
    past = deaths[:, -months:]
    if not np.isnan(past).any():
        return _each(past, horizons)
    # A country that has not been there for so long: its covered months, repeated as evenly as can be.
    rows = [row[~np.isnan(row)] for row in past]
    at = levels(past.shape[1])
    return _each(np.array([np.sort(row)[(at * len(row)).astype(int)] for row in rows]), horizons)


def _each(draws: Floats, horizons: Sequence[int]) -> Floats:
    return np.repeat(draws[:, None, :], len(horizons), axis=1)


BASELINES: dict[str, Forecaster] = {
    "zero": zero,
    "last_poisson": last_poisson,
    "history12": history12,
    "bootstrap240": bootstrap240,
}
