"""A plain forecast that stands in for the fatalities model, one month ahead, so that departures can be measured alone.

Each draw repeats one of the last 36 covered months, a month half as likely for every six that it is older, as a Poisson
number about that month's deaths times a gamma factor of mean 1 and shape 1.5; one draw in fifty is instead a violent
month of any country so far. It is no forecast to publish.
"""

from __future__ import annotations

import numpy as np

from benchmarks.signals.months import Floats

MEMORY, HALF_LIFE, SHAPE, ELSEWHERE = 36, 6.0, 1.5, 0.02


def draws(deaths: Floats, month: int, number: int, generator: np.random.Generator) -> Floats:
    """(countries, number) draws for a month from the months before it; NaN rows where fewer than 12 are covered."""
    past = deaths[:, max(0, month - MEMORY) : month]
    weight = 0.5 ** (np.arange(past.shape[1])[::-1] / HALF_LIFE)
    found = np.full((len(deaths), number), np.nan)
    violent = deaths[:, :month]
    violent = violent[violent > 0]
    for i, row in enumerate(past):
        there = ~np.isnan(row)
        if there.sum() < 12:
            continue
        taken = generator.choice(row[there], number, p=weight[there] / weight[there].sum())
        drawn = generator.poisson(taken * generator.gamma(SHAPE, 1 / SHAPE, number)).astype(float)
        other = generator.random(number) < ELSEWHERE
        drawn[other] = generator.choice(violent, int(other.sum()))
        found[i] = drawn
    return found
