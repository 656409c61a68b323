"""Does it matter? How often an outcome followed an event, against the base rate, the same country and periods alike.

``aftermath(periods)`` gives every number of one comparison. How the periods are made is in ``aftermath_periods``, the
matching in ``aftermath_matching``, the placebo dates in ``aftermath_placebo``, and what may be said of the numbers in
``aftermath_verdict``. Nothing here says that an event caused what followed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from tocsin.core.errors import PanelError
from tocsin.horizon.aftermath_matching import Floats, Matched, cells, drawn, interval, matched
from tocsin.horizon.aftermath_periods import COLUMNS
from tocsin.horizon.aftermath_placebo import Placebo, placebo
from tocsin.horizon.aftermath_verdict import LEVEL, Verdict, verdict

Ends = tuple[float, float]


@dataclass(frozen=True)
class Aftermath:
    """One kind of event and one outcome.

    periods, outcomes, base_rate: all country-periods, those with the outcome, their ratio. countries: among them.
    events, followed, rate: the periods with the event; rate_interval: exact, 90 %, as if events were independent.
    same_country, matched: against periods of the same country, and periods alike; unmatched: events without one.
    difference_interval, ratio_interval, same_country_interval: 90 %, over draws of whole countries.
    wide_interval: of the matched difference, at 1 - 0.10 / tried, widened by what chance in the draws may hide.
    placebo: the same with shifted dates.
    """

    periods: int
    outcomes: int
    base_rate: float
    countries: int
    events: int
    followed: int
    rate: float
    rate_interval: Ends
    same_country: Matched
    same_country_interval: Ends
    matched: Matched
    unmatched: int
    difference_interval: Ends
    ratio_interval: Ends
    wide_interval: Ends
    placebo: Placebo
    tried: int
    verdict: Verdict


def aftermath(periods: pl.DataFrame, *, tried: int, draws: int = 4000, shifts: int = 1999, seed: int = 1) -> Aftermath:
    """Every number of one comparison.

    Parameters
    ----------
    periods: the columns of ``aftermath_periods.COLUMNS``, one row a place and time.
    tried: how many comparisons were made in all; the more, the stronger what it takes to say something.
    draws, shifts: of the bootstrap and of the placebo test.

    Errors: PanelError where columns are lacking or no period has an event.
    """
    if lacking := [name for name in COLUMNS if name not in periods.columns]:
        raise PanelError(f"the periods lack {', '.join(lacking)}", remedy="Make them with aftermath_periods")
    events = periods.filter(pl.col("event"))
    if events.is_empty():
        raise PanelError("no period has an event", remedy="Check the places and the dates of the events")
    n, followed, outcomes = events.height, int(events["outcome"].sum()), int(periods["outcome"].sum())
    alike, home = cells(periods), cells(periods, by="place")
    found, own = matched(alike), matched(home)
    rate, expected = drawn(alike, draws, seed)
    own_rate, own_expected = drawn(home, draws, seed)
    difference = interval(rate - expected, LEVEL)
    wide = interval(rate - expected, 1 - (1 - LEVEL) / tried, against=2)
    dates = placebo(periods, shifts, seed)
    return Aftermath(
        periods.height,
        outcomes,
        outcomes / periods.height,
        periods["place"].n_unique(),
        n,
        followed,
        followed / n,
        exact_interval(followed, n),
        own,
        interval(own_rate - own_expected, LEVEL),
        found,
        n - found.events,
        difference,
        interval(_ratio(rate, expected), LEVEL),
        wide,
        dates,
        tried,
        verdict(found, difference, wide, dates, tried),
    )


def exact_interval(followed: int, n: int, level: float = LEVEL) -> Ends:
    """The exact interval of a proportion (Clopper and Pearson 1934), from quantiles of the beta distribution.

    >>> [round(end, 4) for end in exact_interval(0, 10)], [round(end, 4) for end in exact_interval(3, 100)]
    ([0.0, 0.2589], [0.0082, 0.0757])
    """
    from scipy.special import betaincinv

    tail = (1 - level) / 2
    low = 0.0 if followed == 0 else float(betaincinv(followed, n - followed + 1, tail))
    high = 1.0 if followed == n else float(betaincinv(followed + 1, n - followed, 1 - tail))
    return low, high


def _ratio(rate: Floats, expected: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.divide(rate, expected)
