"""Watching all places at the end of a month: where an alarm is raised, and the threshold then in force.

The thresholds are ``alarm_rate.rolling``, chosen from a grid that is set once for all, so nothing that comes later
moves what was said. Scores take some tenths of a second for a country with thirty years; they depend on the months up
to their own alone, so a caller may keep them and give them again.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tocsin.core.errors import SignalError
from tocsin.horizon.alarm_rate import AlarmRule, Flags, raised, rolling
from tocsin.horizon.changes import CHANGES_1_0, ChangeRule
from tocsin.horizon.costs import Floats, counts
from tocsin.horizon.rises import log_odds, rises

RISE_GRID: Floats = np.round(np.arange(-12.0, 12.01, 0.1), 1)
"""Thresholds of the log-odds of a recent rise that are chosen from."""
SURPRISE_GRID: Floats = np.round(np.arange(0.5, 6.01, 0.05), 2)
"""Thresholds of -log10 P(X >= x) that are chosen from."""


@dataclass(frozen=True)
class Watched:
    """One signal of all places at the end of one month.

    month: counted from 0. threshold: in force then, infinite while too few outcomes are known. scores: (places,), NaN
    where not covered. alarms: (places,) raised at the end of this month. since: (places,) the month of the last alarm
    up to now, -1 if there was none.
    """

    month: int
    threshold: float
    scores: Floats
    alarms: Flags
    since: np.ndarray[tuple[int], np.dtype[np.int64]]


def rise_scores(deaths: Floats, rule: ChangeRule = CHANGES_1_0) -> Floats:
    """The log-odds of a recent rise for all places and months: (places, months) from deaths of the same shape.

    Errors: SignalError if a row is not a series of numbers from 0 up.
    """
    return np.stack([log_odds(rises(row, rule)) for row in _rows(deaths)])


def watch(scores: Floats, deaths: Floats, month: int, grid: Floats, rule: AlarmRule | None = None) -> Watched:
    """The alarms of a signal at the end of a month. Later months may be given and are not looked at.

    scores, deaths: (places, months), NaN where there is none. grid: thresholds to choose from, ``RISE_GRID`` or
    ``SURPRISE_GRID``.

    Errors: SignalError if shapes differ or the month is not there.
    """
    s, x = np.asarray(scores, dtype=np.float64), _rows(deaths)
    if s.shape != x.shape or not 0 <= month < x.shape[1]:
        raise SignalError(
            f"scores of shape {s.shape} and deaths of shape {x.shape} have no common month {month}",
            remedy="Give the same places and months for both",
        )
    s, x = s[:, : month + 1], x[:, : month + 1]
    rule = rule or AlarmRule()
    limits = rolling(s, x, rule, grid)
    alarms = raised(s, limits, rule)
    last = np.where(alarms.any(axis=1), month - np.argmax(alarms[:, ::-1], axis=1), -1)
    return Watched(month, float(limits[-1]), s[:, -1], alarms[:, -1], last.astype(np.int64))


def _rows(deaths: Floats) -> Floats:
    x = np.asarray(deaths, dtype=np.float64)
    if x.ndim != 2:
        raise SignalError(f"a table has {x.ndim} dimensions", remedy="Give places in rows and months in columns")
    return np.stack([counts(row) for row in x]) if len(x) else x
