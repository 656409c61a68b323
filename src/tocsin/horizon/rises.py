"""Watching month by month: the probability, at the end of a month, that the level rose within the last few months.

At the end of month t the posterior over when the present stretch began (``credibility.run_lengths``, from months up to
t alone) is summed over beginnings in the last ``recent`` months from which the mean is above that of the ``before``
months that precede them. A fall raises nothing.

Source: Adams and MacKay (2007), arXiv:0710.3742; the cut-off on the posterior in the place of its mode is ours.
"""

from __future__ import annotations

import numpy as np

from tocsin.horizon.changes import CHANGES_1_0, ChangeRule
from tocsin.horizon.costs import Floats, cost_of, counts
from tocsin.horizon.credibility import run_lengths

RECENT = 3
BEFORE = 12


def rises(deaths: object, rule: ChangeRule = CHANGES_1_0, *, recent: int = RECENT, before: int = BEFORE) -> Floats:
    """For each month, as of its end, the probability that the level rose within the last ``recent`` months.

    deaths: (n,) deaths a month, NaN where a month is not covered. Returns (n,): NaN where the month itself is not
    covered, 0 in the first month that is. What comes after a month does not change its value.

    Errors: SignalError if the series is not one of numbers from 0 up.

    >>> found = rises([0, 1, 0, 0, 2, 0, 0, 1, 0, 0, 0, 1, 60, 80, 70])
    >>> bool(found[11] < 0.05), bool(found[14] > 0.2)
    (True, True)
    """
    x = counts(deaths)
    covered = ~np.isnan(x)
    found = np.where(covered, 0.0, np.nan)
    if not np.any(x[covered] > 0):
        return found
    first = int(np.argmax(covered))
    y = x[first:]
    began = run_lengths(cost_of(y, rule.law), y.size, rule.penalty, shortest=rule.shortest, temper=rule.temper)
    total, number = (np.concatenate([[0.0], np.cumsum(v)]) for v in (np.nan_to_num(y), covered[first:] * 1.0))

    def mean(start: int, end: int) -> float:
        months = number[end] - number[start]
        return float((total[end] - total[start]) / months) if months else np.nan

    for t in range(1, y.size):
        if not covered[first + t]:
            continue
        found[first + t] = sum(
            began[t, s] for s in range(max(1, t - recent + 1), t + 1) if mean(s, t + 1) > mean(max(0, s - before), s)
        )
    return np.asarray(np.clip(found, 0.0, 1.0))


def log_odds(probability: Floats) -> Floats:
    """log(p / (1 - p)) between some -21 and 21, the scale on which alarms are set; NaN stays."""
    p = np.clip(probability, 1e-9, 1 - 1e-9)
    return np.asarray(np.log(p) - np.log1p(-p))
