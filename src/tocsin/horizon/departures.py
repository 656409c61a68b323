"""Months that depart from what was forecast for them: beyond its 95th percentile, and how improbable that was.

With F the forecast for a month and x the deaths that came, the probability of as many or more is P(X >= x) and of as
few or fewer P(X <= x). Deaths are counts with a spike at zero, so the two overlap in P(X = x): at x = 0 the first is 1,
and no quiet month is ever "beyond". The mid-P value P(X > x) + P(X = x) / 2 shares the spike out and is what a
histogram of many months should be drawn from. A month departs when it lies beyond the percentile asked for, strictly,
so that a spike at the percentile itself is no departure.

From n draws the tail is known to 1 / n at best; it is never said to be 0 but "fewer than 1 in n". From quantiles only
bounds are known, and the cautious one is given: the larger tail.

Source: Lancaster (1961), JASA 56:223-234 (mid-P); Davison and Hinkley (1997), section 4.2.5 (tails of n draws).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tocsin.core.errors import SignalError
from tocsin.horizon.changes import two_figures
from tocsin.horizon.costs import Floats, counts

Side = Literal["above", "below", "within", "unknown"]


@dataclass(frozen=True)
class Departures:
    """How n months compare to what was forecast for them; NaN where a month is not covered or was not forecast.

    upper, lower: (n,) P(X >= x) and P(X <= x), cautious where only bounds are known. mid: (n,) the upper mid-P.
    edge_low, edge_high: (n,) the percentiles at ``1 - percentile`` and ``percentile``. observed: (n,). resolution: the
    smallest tail that the forecast can tell. exact: whether tails are those of the forecast, or bounds from above.
    """

    observed: Floats
    upper: Floats
    lower: Floats
    mid: Floats
    edge_low: Floats
    edge_high: Floats
    percentile: float
    resolution: float
    exact: bool

    def side(self, month: int) -> Side:
        """Above, below or within the percentiles; unknown where a month is not covered or was not forecast."""
        x, low, high = self.observed[month], self.edge_low[month], self.edge_high[month]
        if np.isnan([x, low, high]).any():
            return "unknown"
        return "above" if x > high else "below" if x < low else "within"

    def sentence(self, month: int, name: str) -> str:
        """A month in a plain sentence. name: the month's, as ``March 2013``."""
        side = self.side(month)
        if side == "unknown":
            what = "is not covered" if np.isnan(self.observed[month]) else "was not forecast"
            return f"{name} {what}, so nothing can be said of a departure."
        tail = self.upper[month] if side == "above" else self.lower[month]
        x, q = self.observed[month], self.percentile
        if side == "within":
            low, high = two_figures(self.edge_low[month]), two_figures(self.edge_high[month])
            return f"{name}: {x:,.0f} deaths, within what was forecast ({low} to {high})."
        many = "as many or more" if side == "above" else "as few or fewer"
        edge = f"{'over' if side == 'above' else 'under'} the {_ordinal(q if side == 'above' else 1 - q)} percentile"
        value = two_figures(self.edge_high[month] if side == "above" else self.edge_low[month])
        chance = (
            f"less than 1 in {two_figures(1 / self.resolution)}"
            if tail < self.resolution
            else f"{'about' if self.exact else 'at most'} 1 in {two_figures(1 / tail)}"
        )
        return f"{name}: {x:,.0f} deaths, {edge} of what was forecast ({value}). It gave {many} a chance of {chance}."


def from_draws(
    observed: object, draws: NDArray[np.float64], *, weights: Floats | None = None, percentile: float = 0.95
) -> Departures:
    """Compare months to draws of what was forecast for them.

    observed: (n,) deaths, NaN if not covered. draws: (n, d), a row of NaN where there was no forecast. weights: (d,) of
    the draws, alike if not given. percentile: above 0.5 and below 1; the p percentile is the smallest draw that has a
    share of at least p at or below it.

    Errors: SignalError if shapes differ, a draw is negative or missing in part, a weight is not positive, or percentile
    is out of range.

    >>> found = from_draws([0, 30, 4], np.tile(np.arange(20.0), (3, 1)))
    >>> [found.side(i) for i in range(3)], found.upper.round(2).tolist()
    (['within', 'above', 'within'], [1.0, 0.0, 0.8])
    """
    x, q = counts(observed), np.asarray(draws, dtype=np.float64)
    _check(x, q, percentile)
    w = np.full(q.shape[1], 1 / q.shape[1]) if weights is None else np.asarray(weights, dtype=np.float64)
    if w.shape != (q.shape[1],) or not (w > 0).all() or np.isinf(w).any():
        raise SignalError("the weights do not fit the draws", remedy="Give one positive weight for each draw")
    w = w / w.sum()
    unknown = np.isnan(x) | np.isnan(q[:, 0])
    above, from_x, to_x = (_share(part, w) for part in (q > x[:, None], q >= x[:, None], q <= x[:, None]))
    order = np.argsort(q, axis=1)
    heights = np.cumsum(w[order], axis=1)
    sorted_draws = np.take_along_axis(q, order, axis=1)

    def edge(p: float) -> Floats:
        place = np.minimum((heights < p - 1e-12).sum(axis=1), q.shape[1] - 1)
        return np.asarray(sorted_draws[np.arange(len(q)), place])

    upper, mid, lower = (np.where(unknown, np.nan, part) for part in (from_x, (above + from_x) / 2, to_x))
    return Departures(x, upper, lower, mid, edge(1 - percentile), edge(percentile), percentile, float(w.min()), True)


def from_quantiles(observed: object, levels: Floats, values: Floats, *, percentile: float = 0.95) -> Departures:
    """Compare months to quantiles of what was forecast for them.

    observed: (n,). levels: (m,) increasing, between 0 and 1, with ``percentile`` and its complement among them. values:
    (n, m) deaths that do not fall along a row; NaN rows where there was no forecast. A tail is bounded by the nearest
    quantile: 0.05 for a month beyond the 0.95 quantile, the last one given.

    Errors: SignalError if shapes differ, levels or values do not increase, or a level needed is missing.

    >>> found = from_quantiles([70], np.array([0.05, 0.5, 0.95, 0.99]), np.array([[0, 4, 50, 100]]))
    >>> found.side(0), round(float(found.upper[0]), 2)
    ('above', 0.05)
    """
    x, p, q = counts(observed), np.asarray(levels, dtype=np.float64), np.asarray(values, dtype=np.float64)
    _check(x, q, percentile)
    if p.shape != (q.shape[1],) or not ((p > 0) & (p < 1)).all() or (np.diff(p) <= 0).any():
        raise SignalError(
            "the levels do not fit the quantiles", remedy="Give increasing levels between 0 and 1, one each"
        )
    if (np.diff(q, axis=1) < 0).any():
        row = int(np.flatnonzero((np.diff(q, axis=1) < 0).any(axis=1))[0])
        raise SignalError("the quantiles of a month fall", where=f"month {row}", remedy="Sort them or leave them out")
    places = []
    for wanted in (1 - percentile, percentile):
        if not (near := np.flatnonzero(np.isclose(p, wanted))).size:
            raise SignalError(f"there is no {wanted:.3g} quantile", remedy="Ask for a percentile that was forecast")
        places.append(int(near[0]))
    unknown = np.isnan(x) | np.isnan(q[:, 0])
    # P(X <= q_p) >= p, so a quantile below x leaves at most 1 - p from x up; P(X < q_p) <= p bounds the other tail.
    from_zero, to_one = np.concatenate([[0.0], p]), np.concatenate([p, [1.0]])
    upper = 1 - from_zero[(q < x[:, None]).sum(axis=1)]
    lower = to_one[(q <= x[:, None]).sum(axis=1)]
    least = float(min(1 - p[-1], p[0]))
    upper, lower = np.where(unknown, np.nan, upper), np.where(unknown, np.nan, lower)
    mid = (upper + 1 - lower) / 2  # half way between its bounds
    return Departures(x, upper, lower, mid, q[:, places[0]], q[:, places[1]], percentile, least, False)


def surprise(found: Departures) -> Floats:
    """How surprisingly many deaths each month had, (n,): -log10 of P(X >= x), no larger than the forecast can tell.

    NaN where unknown. 0 for a month without deaths, 1.3 at one in twenty, 3 at one in a thousand.
    """
    return np.asarray(-np.log10(np.maximum(found.upper, found.resolution)) + 0.0)


def _share(there: NDArray[np.bool_], weights: Floats) -> Floats:
    """The weight of draws in each row; exactly 1 where all are there. Row by row, so that no row depends on others."""
    return np.asarray(np.where(there.all(axis=1), 1.0, np.minimum((there * weights).sum(axis=1), 1.0)))


def _check(x: Floats, q: Floats, percentile: float) -> None:
    if q.ndim != 2 or len(q) != len(x) or q.shape[1] < 1:
        raise SignalError(
            f"{len(x)} months were observed and the forecast has the shape {q.shape}",
            remedy="Give a row of draws or quantiles for each month",
        )
    gaps = np.isnan(q)
    if (gaps.any(axis=1) & ~gaps.all(axis=1)).any() or (q < 0).any() or np.isinf(q).any():
        raise SignalError("a forecast has a draw that is missing, negative or infinite", remedy="Leave the month out")
    if not 0.5 < percentile < 1:
        raise SignalError(f"a percentile of {percentile:g} cannot be used", remedy="Give one above 0.5 and below 1")


def _ordinal(share: float) -> str:
    number = f"{100 * share:.3g}"
    last = "th" if number[-2:] in ("11", "12", "13") else {"1": "st", "2": "nd", "3": "rd"}.get(number[-1], "th")
    return number + last
