"""What a month was, seen from the forecast's origin: quiet, onset, continuation, escalation or end of violence.

Let h be the deaths in the last 12 months before the origin, and y those in the month forecast:

| | y = 0 | y > 0 |
|---|---|---|
| h all zero | quiet | onset |
| h not all zero | end | escalation if y > 2 x mean(h), else continuation |

mean(h) is the sum over 12: months without deaths count. If any of the 12 months or y is not covered, the phase is
``unknown``: a month that nobody looked at is not a month without deaths.

The factor 2 knows no size: 3 deaths after a year of 12 are an escalation. What counts is the year before the origin,
not the year before the month forecast: that is what the forecaster knew.

**Use it to see where two methods differ, not to choose one.** Which phase it was depends on what came. Among onsets
alone whoever always cries wolf wins (the forecaster's dilemma): a score is proper only over all months together.

Source: Lerch, Thorarinsdottir, Ravazzolo and Gneiting (2017), "Forecaster's dilemma", Statistical Science 32.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tocsin.core.errors import ScoreError

PHASES = ("quiet", "onset", "continuation", "escalation", "end", "unknown")
FACTOR = 2.0
"""Escalation is more than this many times the yearly mean."""
MONTHS = 12


def phases(history: ArrayLike, observed: ArrayLike) -> NDArray[np.str_]:
    """The phase of each forecast, shape (n,). history: (n, 12) deaths, NaN where not covered; observed: (n,) deaths.

    Errors: ScoreError if shapes differ or deaths are negative.

    >>> phases([[0] * 12, [0] * 12, [1] * 12, [1] * 12, [1] * 12], [0, 7, 2, 3, 0]).tolist()
    ['quiet', 'onset', 'continuation', 'escalation', 'end']
    """
    h, y = np.asarray(history, dtype=np.float64), np.asarray(observed, dtype=np.float64)
    if h.ndim != 2 or h.shape[1] != MONTHS or y.shape != h.shape[:1]:
        raise ScoreError(
            f"a history of shape {h.shape} and outcomes of shape {y.shape} do not match",
            remedy="Give the 12 months before the origin, shape (n, 12), and n outcomes",
        )
    if np.any(h < 0) or np.any(y < 0):
        raise ScoreError("deaths are negative", remedy="Give counts from 0, NaN where a month is not covered")
    total = h.sum(axis=1)
    unknown = np.isnan(total) | np.isnan(y)
    return np.select(
        [unknown, (total == 0) & (y == 0), total == 0, y == 0, y > FACTOR * total / MONTHS],
        ["unknown", "quiet", "onset", "end", "escalation"],
        "continuation",
    )
