"""A placebo test: would as many events have been followed had their dates been others?

Each country's events are shifted together around its own series of periods by a random offset, so that their number,
their spacing and the clustering of outcomes stay as they are. The statistic is

    sum over events of (y - rate of all countries in the same calendar year),

so that what changes in all the world alike does not count. The p-value is two-sided with one added, as in Phipson and
Smyth (2010): 2 min((1 + #{T* >= T}) / (B + 1), (1 + #{T* <= T}) / (B + 1)), at most 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl


@dataclass(frozen=True)
class Placebo:
    """What the shifted dates gave.

    excess: events followed beyond the rate of their calendar years. shifted: its mean over the shifts. low, high: the
    middle 90 % of the shifts. p: two-sided. shifts: how many.
    """

    excess: float
    shifted: float
    low: float
    high: float
    p: float
    shifts: int

    @property
    def more(self) -> bool:
        """Whether more events were followed than at the shifted dates."""
        return self.excess > self.shifted


def placebo(periods: pl.DataFrame, shifts: int, seed: int) -> Placebo:
    """Shift the dates of the events of the periods of ``aftermath_periods``, country by country."""
    y = pl.col("outcome").cast(pl.Float64)
    table = periods.sort("place", "time").with_columns((y - y.mean().over("calendar")).alias("beyond"))
    rng = np.random.default_rng(seed)
    observed, totals = 0.0, np.zeros(shifts)
    for series in table.partition_by("place", maintain_order=True):
        event = series["event"].to_numpy().astype(float)
        if not event.any():
            continue
        beyond = series["beyond"].to_numpy()
        at = np.flatnonzero(event)
        every = np.array([beyond[(at + offset) % beyond.size].sum() for offset in range(beyond.size)])
        observed += float(every[0])
        totals += every[rng.integers(0, beyond.size, shifts)]
    slack = 1e-9  # sums of the same numbers in another order are equal
    above = (1 + np.count_nonzero(totals >= observed - slack)) / (shifts + 1)
    below = (1 + np.count_nonzero(totals <= observed + slack)) / (shifts + 1)
    low, high = np.quantile(totals, [0.05, 0.95])
    return Placebo(observed, float(totals.mean()), float(low), float(high), min(1.0, 2 * min(above, below)), shifts)
