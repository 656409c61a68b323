"""How often an alarm may be false, and the threshold that keeps to it.

An alarm is raised for a place at the end of a month when its score reaches the threshold and none was raised for it in
the ``quiet`` months before. It was false when the mean of the ``ahead`` months that follow is not above ``factor``
times that of the ``before`` months up to and including its own (and not above ``factor`` times ``floor`` deaths a
month, so that from one death to three is no escalation). Whether it was is known ``ahead`` months later.

Two ways to set the threshold so that false alarms stay at ``per_year`` over all places:

    fixed      the lowest one that kept to it on past months, used ever after;
    rolling    at the end of each month, the lowest one that, used throughout the last ``memory`` months whose outcome
               is known by then, would have kept to it; none, so no alarm, until ``least`` such months are known.

One false alarm is added to those counted, as in conformal calibration, so that a threshold just under the luckiest
stretch is not taken for one that keeps to the rate.

A fixed threshold keeps its word only while the world stays as it was. The rolling one follows the world with a delay,
and uses at each month only what was known by then.

Source: the idea is that of conformal calibration under drift, Gibbs and Candes (2021), NeurIPS 34:1660-1672, and Barber
et al. (2023), Annals of Statistics 51:816-845; interval of a rate: Garwood (1936), Biometrika 28:437-442.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tocsin.core.errors import SignalError
from tocsin.horizon.costs import Floats

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class AlarmRule:
    """What a false alarm is, and how many a year may be raised over all places; months unless said otherwise.

    aim: the share of ``per_year`` that a threshold is chosen for, since a rate kept to in the past is overrun about
    half of the time in the future.
    """

    per_year: float = 6.0
    quiet: int = 6
    ahead: int = 6
    before: int = 12
    factor: float = 2.0
    floor: float = 1.0
    memory: int = 120
    least: int = 36
    aim: float = 5 / 6


@dataclass(frozen=True)
class Rate:
    """A rate a year: events in years, with the 90 % interval for independent events."""

    events: int
    years: float
    low: float
    high: float

    @property
    def value(self) -> float:
        """Events a year."""
        return self.events / self.years


def worsened(deaths: Floats, rule: AlarmRule) -> Floats:
    """Whether violence rose after each month: 1 if it did, 0 if not, NaN where that is not known.

    deaths: (places, months), NaN where not covered. A mean is taken over covered months; it is unknown if all ``ahead``
    months are not there yet, or none of them or of those before is covered.
    """
    x = _matrix(deaths)
    places, n = x.shape
    total = np.concatenate([np.zeros((places, 1)), np.cumsum(np.nan_to_num(x), axis=1)], axis=1)
    number = np.concatenate([np.zeros((places, 1)), np.cumsum(~np.isnan(x), axis=1)], axis=1)
    at = np.arange(n)
    start, end = np.maximum(at + 1 - rule.before, 0), np.minimum(at + 1 + rule.ahead, n)

    def mean(a: NDArray[np.int64], b: NDArray[np.int64]) -> Floats:
        months = number[:, b] - number[:, a]
        return np.where(months > 0, (total[:, b] - total[:, a]) / np.maximum(months, 1), np.nan)

    past, coming = mean(start, at + 1), mean(at + 1, end)
    known = (at + rule.ahead < n)[None, :] & ~np.isnan(past) & ~np.isnan(coming) & ~np.isnan(x)
    return np.where(known, (coming > rule.factor * np.maximum(past, rule.floor)) * 1.0, np.nan)


def raised(scores: Floats, threshold: Floats | float, rule: AlarmRule) -> Flags:
    """The alarms that a threshold raises: (places, months). scores: the same shape, NaN where there is none.

    threshold: one for all months, or (months,).
    """
    s = _matrix(scores)
    with np.errstate(invalid="ignore"):
        over = s >= np.broadcast_to(np.asarray(threshold, dtype=np.float64), s.shape[1:])
    found = np.zeros(s.shape, dtype=np.bool_)
    last = np.full(s.shape[0], -rule.quiet - 1)
    for t in range(s.shape[1]):
        found[:, t] = over[:, t] & (t - last > rule.quiet)
        last[found[:, t]] = t
    return found


def candidates(scores: Floats, number: int = 200) -> Floats:
    """Thresholds to choose from, rising: the highest scores, picked evenly over the logarithm of their rank."""
    values = np.sort(scores[np.isfinite(scores)])[::-1]
    if not values.size:
        return np.array([np.inf])
    ranks = np.unique(np.geomspace(1, values.size, number).astype(int)) - 1
    return np.append(np.unique(values[ranks]), np.inf)


def fixed(scores: Floats, deaths: Floats, rule: AlarmRule, thresholds: Floats | None = None) -> float:
    """The lowest threshold that raises at most ``per_year`` false alarms a year in these months.

    scores, deaths: (places, months). Months whose outcome is not known do not count. Infinite, that is no alarm at all,
    if no threshold keeps to it.

    Errors: SignalError if no month has a known outcome.
    """
    grid, false, counted = _false(scores, deaths, rule, thresholds)
    if not counted.any():
        raise SignalError("no alarm has a known outcome yet", remedy=f"Give more than {rule.ahead} months with scores")
    return _lowest(grid, false.sum(axis=1), counted.sum(), rule.per_year * rule.aim)


def rolling(scores: Floats, deaths: Floats, rule: AlarmRule, thresholds: Floats) -> Floats:
    """The threshold in force at each month, (months,), from what was known at its end.

    thresholds: those to choose from, rising and set beforehand, so that no later score moves an earlier threshold.
    """
    grid, false, counted = _false(scores, deaths, rule, thresholds)
    total = np.concatenate([np.zeros((grid.size, 1)), np.cumsum(false, axis=1)], axis=1)
    months = np.concatenate([[0], np.cumsum(counted)])
    found = np.full(counted.size, np.inf)
    for t in range(counted.size):
        end = t - rule.ahead + 1  # the outcome of an alarm of month end - 1 is known at the end of month t
        start = max(0, end - rule.memory)
        if end > 0 and (known := months[end] - months[start]) >= rule.least:
            found[t] = _lowest(grid, total[:, end] - total[:, start], known, rule.per_year * rule.aim)
    return found


def rate(events: int, months: int, coverage: float = 0.9) -> Rate:
    """A rate a year with its exact interval for a Poisson number of events.

    Errors: SignalError if there are no months.

    >>> found = rate(12, 24)
    >>> found.value, round(found.low, 2), round(found.high, 2)
    (6.0, 3.46, 9.72)
    """
    from scipy.stats import chi2

    if months < 1 or events < 0:
        raise SignalError(f"{events} events in {months} months give no rate", remedy="Give at least one month")
    years, tail = months / 12, (1 - coverage) / 2
    low = float(chi2.ppf(tail, 2 * events)) / 2 if events else 0.0
    high = float(chi2.ppf(1 - tail, 2 * events + 2)) / 2
    return Rate(events, years, low / years, high / years)


def _false(scores: Floats, deaths: Floats, rule: AlarmRule, grid: Floats | None) -> tuple[Floats, Floats, Flags]:
    """The thresholds; how many alarms that each raises in each month are false; which months have both parts known."""
    s, outcome = _matrix(scores), worsened(deaths, rule)
    if s.shape != outcome.shape:
        raise SignalError(
            f"scores have the shape {s.shape} and deaths {outcome.shape}",
            remedy="Give the same places and months for both",
        )
    grid = candidates(s) if grid is None else np.unique(np.asarray(grid, dtype=np.float64))
    false = np.stack([(raised(s, one, rule) & (outcome == 0)).sum(axis=0).astype(np.float64) for one in grid])
    return grid, false, np.asarray((~np.isnan(s) & ~np.isnan(outcome)).any(axis=0))


def _lowest(grid: Floats, false: Floats, months: int, allowed: float) -> float:
    """The lowest threshold such that it and all higher ones keep to the rate; one false alarm is added."""
    broken = np.flatnonzero((false + 1) * 12 / months > allowed)
    place = int(broken[-1]) + 1 if broken.size else 0
    return float(grid[place]) if place < grid.size else float("inf")


def _matrix(values: Floats) -> Floats:
    x = np.asarray(values, dtype=np.float64)
    if x.ndim != 2:
        raise SignalError(f"a table has {x.ndim} dimensions", remedy="Give places in rows and months in columns")
    return x
