"""Where the level of violence changed: month, size and credibility of each change in a monthly series of deaths.

The cut is the cheapest one under the negative-binomial cost and a penalty chosen so that, in series made from real
months in which nothing changes, a change is found in no more than one of forty years of a violent country. What that
rests on, and how often the credibility is right, is in ``docs/methods/signals.md``.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass

import numpy as np

from tocsin.core.errors import SignalError
from tocsin.horizon.costs import Floats, Law, cost_of, counts
from tocsin.horizon.credibility import cuts
from tocsin.horizon.segments import optimal


@dataclass(frozen=True)
class ChangeRule:
    """How changes are found; the defaults are method ``changes-1.0``, frozen on months up to December 2010.

    law: that of a stretch. penalty: nats a change. shortest: months a stretch has at least. temper: see
    ``credibility``. either_side: months around a change within which its credibility counts. intercept, slope: of the
    log-odds of the posterior probability, so that credibility comes true in series made from real months: there the
    posterior alone is far too sure, because months of one level depend on one another.
    """

    law: Law = "negative-binomial"
    penalty: float = 12.0
    shortest: int = 6
    temper: float = 0.7
    either_side: int = 3
    intercept: float = -0.87
    slope: float = 0.33


CHANGES_1_0 = ChangeRule()
METHOD_VERSION = "changes-1.0"


@dataclass(frozen=True)
class Change:
    """A change of level.

    month: the first month of the new level, counted from 0. before, after: mean deaths a month of the stretch that
    ended and of the one that began, over covered months. ratio: after / before, None where before is 0. credibility:
    the probability that a change happened at most ``either_side`` months from it.
    """

    month: int
    before: float
    after: float
    ratio: float | None
    credibility: float
    either_side: int

    @property
    def rises(self) -> bool:
        """Whether the new level is the higher."""
        return self.after > self.before


def changes(deaths: object, rule: ChangeRule = CHANGES_1_0) -> tuple[Change, ...]:
    """The changes of level in a monthly series of deaths, oldest first.

    deaths: (n,) deaths a month, oldest first, one place and one type of violence; NaN where a month is not covered.
    None is found where fewer than two stretches fit. Only the series counts: give it up to the month of interest.

    Errors: SignalError if the series is not one of numbers from 0 up, or the rule cannot be used.

    >>> (turn,) = changes([0, 0, 3, 0, 1, 0, 2, 0, 0, 1, 0, 0] + [90, 140, 60, 120, 200, 80, 95, 130])
    >>> turn.month, round(turn.before, 1), round(turn.after), turn.credibility > 0.7
    (12, 0.6, 114, True)
    """
    x = counts(deaths)
    if x.size < 2 * rule.shortest:
        return ()
    cost = cost_of(x, rule.law)
    found = optimal(cost, x.size, rule.penalty, rule.shortest)
    if not found:
        return ()
    posterior = cuts(cost, x.size, rule.penalty, shortest=rule.shortest, temper=rule.temper)
    levels = [level(x[a:b]) for a, b in zip((0, *found), (*found, x.size), strict=True)]
    return tuple(
        Change(
            month,
            before,
            after,
            after / before if before > 0 else None,
            _recalibrated(posterior.within(month, rule.either_side), rule),
            rule.either_side,
        )
        for month, before, after in zip(found, levels, levels[1:], strict=False)
    )


def _recalibrated(posterior: float, rule: ChangeRule) -> float:
    p = min(max(posterior, 1e-9), 1 - 1e-9)
    return 1 / (1 + math.exp(-rule.intercept - rule.slope * (math.log(p) - math.log1p(-p))))


def level(x: Floats) -> float:
    """Mean deaths a month over the covered months of a stretch; NaN if none is covered."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a stretch without a covered month has no level
        return float(np.nanmean(x)) if x.size else float("nan")


def sentence(change: Change, month: str) -> str:
    """A change in a plain sentence. month: its name, as ``March 2013``.

    Errors: SignalError if a level is not known.

    >>> print(sentence(Change(12, 0.5, 114.0, 228.0, 0.87, 3), "March 2013"))
    From March 2013 the level rose from 0.5 to 110 deaths a month (230 times as many); that a change happened within 3
    months of it has a probability of 87 %.
    """
    if not (np.isfinite(change.before) and np.isfinite(change.after)):
        raise SignalError("a change next to months that are not covered has no size", remedy="Say only when it was")
    way = "rose" if change.rises else "fell"
    if change.ratio is None:
        times = "none before"
    elif change.rises:
        times = f"{two_figures(change.ratio)} times as many"
    else:
        times = f"{two_figures(100 * change.ratio)} % of what it was"
    share = min(99, max(1, round(100 * change.credibility)))
    sure = "over 99" if change.credibility > 0.995 else str(share)
    return (
        f"From {month} the level {way} from {two_figures(change.before)} to {two_figures(change.after)} deaths a month "
        f"({times}); that a change happened within {change.either_side} months of it has a probability of {sure} %."
    )


def two_figures(value: float) -> str:
    """At most two significant figures, without an exponent."""
    if value == 0:
        return "0"
    digits = 1 - int(np.floor(np.log10(abs(value))))
    rounded = round(value, digits)
    return f"{rounded:,.0f}" if digits <= 0 else f"{rounded:.{digits}f}".rstrip("0").rstrip(".")
