"""Decide-by dates: by when something must be decided if it is to have an effect before a moment comes.

The day of a moment and the time that an instrument needs are both uncertain. Each is a distribution over whole days,
and so is what is left when the one is taken from the other:

    P(s) = P(L <= T - s) = sum over t of P(T = t) P(L <= t - s)

is the probability that there is still time for somebody who begins on day ``s``, where ``T`` is the day of the moment
and ``L`` the lead time. The decide-by date at nine in ten is the last ``s`` with P(s) >= 0.9; at one in two, with 0.5.
All of it is a sum over days; nothing is drawn.

``T`` is uniform over the days that the written date may mean. An approximate date (``~``) is widened first, see
``widened``. ``L`` is the sum of its parts, taken as independent; each part is triangular from its least over its usual
to its most, rounded to whole days.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tocsin.core.edtf import When
from tocsin.core.foreseeing import Days

SURE, EVEN = 0.9, 0.5
"""The chances that there is still time for which a date is given."""

NEAREST = 7
"""Days by which an approximate date is widened at least, at each end."""

LONGEST_SPAN = 36_600
"""Days of a span beyond which no date is given: a century says nothing of when to decide."""

_CLOSE = 1e-12
"""What rounding may take from a probability before it is compared with a limit."""


@dataclass(frozen=True)
class LeadTime:
    """The days that an instrument needs. first: the fewest; chances: of that many, one more, and so on; sum to one."""

    first: int
    chances: tuple[float, ...]

    def within(self, share: float) -> int:
        """The fewest days that are enough with this probability."""
        reached = np.cumsum(np.asarray(self.chances))
        return self.first + int(np.searchsorted(reached, share - _CLOSE))

    @property
    def mean(self) -> float:
        """The days that it takes on average."""
        return self.first + float(np.arange(len(self.chances)) @ np.asarray(self.chances))


@dataclass(frozen=True)
class DecideBy:
    """By when something must be decided.

    sure, even: the last day on which whoever begins is in time with nine chances in ten, and with one in two. today:
    the probability that there is still time for whoever begins today.
    """

    sure: date
    even: date
    today: float


@lru_cache(maxsize=512)
def lead_time(parts: tuple[Days, ...]) -> LeadTime:
    """The days that all of these parts take together, one after the other.

    >>> lead_time((Days(low=2, typical=2, high=2), Days(low=0, typical=0, high=0)))
    LeadTime(first=2, chances=(1.0,))
    """
    chances: NDArray[np.float64] = np.ones(1)
    for one in parts:
        chances = np.convolve(chances, _part(one))
    chances /= chances.sum()
    return LeadTime(sum(one.low for one in parts), tuple(float(chance) for chance in chances))


def widened(when: When) -> tuple[date, date] | None:
    """The first and the last day between which a moment is taken to fall; None if an end is open or it is too long.

    An approximate date is widened at each end by half its own length, rounded down, and by seven days at least: *about
    14 May* is 7 to 21 May, *about May 2027* is 16 April to 15 June. An uncertain one (``?``) is not widened: whether it
    comes is told apart from when.
    """
    if when.earliest is None or when.latest is None or when.days is None or when.days > LONGEST_SPAN:
        return None
    if not when.approximate:
        return when.earliest, when.latest
    more = max(NEAREST, when.days // 2)
    return _moved(when.earliest, -more), _moved(when.latest, more)


def decide_by(span: tuple[date, date], lead: LeadTime, today: date) -> DecideBy:
    """By when something with this lead time must be decided, for a moment somewhere in a span of days (both counted).

    >>> decide_by((date(2027, 5, 14), date(2027, 5, 14)), LeadTime(10, (0.5, 0.5)), date(2027, 5, 4))
    DecideBy(sure=datetime.date(2027, 5, 3), even=datetime.date(2027, 5, 4), today=0.5)
    """
    first, last = span[0].toordinal(), span[1].toordinal()
    chances = np.asarray(lead.chances)
    # left[k]: the chance that exactly k days more than the worst case are left, counted from the worst case on.
    days = last - first + 1
    left = np.convolve(np.full(days, 1 / days), chances[::-1])
    worst = first - lead.first - (len(chances) - 1)
    # Being in time when beginning on worst + k: all of left from k on.
    still = np.cumsum(left[::-1])[::-1]
    still = np.minimum(still / still[0], 1.0)

    def last_day(share: float) -> date:
        return _day(worst + int(np.nonzero(still >= share - _CLOSE)[0][-1]))

    place = today.toordinal() - worst
    now = 1.0 if place <= 0 else 0.0 if place >= len(still) else float(still[place])
    return DecideBy(last_day(SURE), last_day(EVEN), now)


def _part(days: Days) -> NDArray[np.float64]:
    """The chances that a part takes its least, one day more, and so on: a triangle, rounded to whole days."""
    if days.low == days.high:
        return np.ones(1)
    edges: NDArray[np.float64] = np.arange(days.low, days.high + 2, dtype=np.float64) - 0.5
    return np.diff(_triangle(edges, days.low, days.typical, days.high))


def _triangle(x: NDArray[np.float64], low: float, mode: float, high: float) -> NDArray[np.float64]:
    """The distribution function of the triangular distribution, at ``x``."""
    x = np.clip(x, low, high)
    whole = high - low
    rising = (x - low) ** 2 / (whole * (mode - low)) if mode > low else np.zeros_like(x)
    falling = 1 - (high - x) ** 2 / (whole * (high - mode)) if high > mode else np.ones_like(x)
    return np.where(x < mode, rising, falling)


def _moved(day: date, by: int) -> date:
    return _day(day.toordinal() + by)


def _day(ordinal: int) -> date:
    """The day of this number; the calendar's ends stand for what lies beyond them."""
    return date.fromordinal(min(max(ordinal, 1), date.max.toordinal()))
