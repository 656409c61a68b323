"""A place's signals as of a month, from its months up to then: changes of level, a rise just now, a departure, alarms.

Everything is computed from the months up to the one asked for, so a verdict can be had again later as it was, and later
months do not change it. Corrections of earlier months do: give the vintage that was known.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from tocsin.core.errors import SignalError
from tocsin.horizon.alarm_rate import AlarmRule, raised
from tocsin.horizon.changes import CHANGES_1_0, Change, ChangeRule, changes
from tocsin.horizon.costs import Floats, counts
from tocsin.horizon.departures import Departures, Side, surprise
from tocsin.horizon.rises import log_odds, rises


@dataclass(frozen=True)
class Watch:
    """What is watched, and the thresholds of alarms, as ``alarm_rate`` found them on months known at the time.

    rise: log-odds that the level rose in the last months. surprise: -log10 of P(X >= x). Each one number, or (months,)
    in step with the series. Infinite: no alarm is raised.
    """

    rise: float | Floats
    surprise: float | Floats = float("inf")
    changes: ChangeRule = CHANGES_1_0
    alarms: AlarmRule = field(default_factory=AlarmRule)


@dataclass(frozen=True)
class Signals:
    """A place's signals as of the end of a month.

    month: counted from 0. covered: whether it is; if not, nothing is said of a rise, a departure or an alarm. changes:
    all up to then. rise: probability that the level rose within the last three months, None if not covered. side,
    surprise: of the month against its forecast, ``unknown`` and None without one. rise_alarm, surprise_alarm: whether
    each is raised at the end of this month.
    """

    month: int
    covered: bool
    changes: tuple[Change, ...]
    rise: float | None
    side: Side
    surprise: float | None
    rise_alarm: bool
    surprise_alarm: bool


def signals_as_of(deaths: object, month: int, watch: Watch, departures: Departures | None = None) -> Signals:
    """The signals of a place as of the end of a month. Later months may be given and are not looked at.

    deaths: (n,) deaths a month, NaN where not covered. departures: of the same n months, each against a forecast made
    before it.

    Errors: SignalError if the month is not in the series, thresholds or departures are out of step with it, or
    departures are of other deaths.

    >>> found = signals_as_of([0, 1, 0, 0, 2, 0, 0, 1, 0, 0, 0, 1, 60, 80, 70], 14, Watch(rise=-2.0))
    >>> found.changes, found.rise_alarm, found.side
    ((), True, 'unknown')
    """
    given = np.asarray(deaths, dtype=np.float64)
    if given.ndim != 1 or not 0 <= month < given.size:
        raise SignalError(f"month {month} is not in the series", remedy="Give a month from 0 up to the last")
    x = counts(given[: month + 1])
    covered = bool(~np.isnan(x[-1]))
    probability = rises(x, watch.changes)
    rise_alarm = _alarm(log_odds(probability), watch.rise, watch.alarms, given.size)
    side: Side = "unknown"
    surprised, surprise_alarm = None, False
    if departures is not None:
        if departures.observed.shape != given.shape or not np.array_equal(
            departures.observed[: month + 1], x, equal_nan=True
        ):
            raise SignalError(
                "the departures are not those of this series",
                remedy="Compute them from the same deaths, month by month",
            )
        scores = surprise(departures)[: month + 1]
        side = departures.side(month)
        surprised = None if np.isnan(scores[-1]) else float(scores[-1])
        surprise_alarm = _alarm(scores, watch.surprise, watch.alarms, given.size)
    return Signals(
        month,
        covered,
        changes(x, watch.changes),
        float(probability[-1]) if covered else None,
        side,
        surprised,
        rise_alarm,
        surprise_alarm,
    )


def _alarm(scores: Floats, threshold: float | Floats, rule: AlarmRule, months: int) -> bool:
    """Whether an alarm is raised in the last month, given those raised before it."""
    limit = np.asarray(threshold, dtype=np.float64)
    if limit.ndim and limit.shape != (months,):
        raise SignalError(f"{limit.size} thresholds for {months} months", remedy="Give one threshold, or one a month")
    limit = np.broadcast_to(limit, (months,))[: scores.size]
    return bool(raised(scores[None, :], limit, rule)[0, -1])
