"""What a rule would have done: its alarms in the past, on what was known at the time, and what followed them.

Alarms a year are a Poisson count over the years in which the rule could tell; the interval is the exact one of Garwood
(1936, *Biometrika* 28:437-442). Shares have the exact interval of Clopper and Pearson (1934, *Biometrika* 26:404-413).
Alarms of one place are few and not independent of each other, so the intervals are at best as narrow as they look.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from tocsin.core.errors import PanelError
from tocsin.horizon.rules import Series, State, Threshold, Verdict, spells, verdicts

COVERAGE = 0.9
"""Of the intervals here."""

Known = Callable[[int], Sequence[Series]]
"""The series of each condition, in their order, as they were known in a month. The same object means the same data."""


@dataclass(frozen=True)
class Outcome:
    """What is looked for. followed: by month, whether it came in the ``within`` months after that month; no entry or
    None where that is not known. begins: the first months of its episodes. months: those in which it was there.
    """

    followed: Mapping[int, bool | None]
    begins: tuple[int, ...]
    within: int
    months: frozenset[int]


@dataclass(frozen=True)
class Interval:
    """A share, or a rate, with its exact interval. of: cases, or years."""

    value: float
    low: float
    high: float
    of: float
    coverage: float = COVERAGE


@dataclass(frozen=True)
class Alarm:
    """One alarm: when it was raised, when it was over, whether the outcome followed, after how many months."""

    raised: int
    left: int | None
    followed: bool | None
    lead: int | None


@dataclass(frozen=True)
class Replay:
    """What came out. verdicts: one a month, each made on what was known in it; fields else as in
    ``core.triggering.Backtest``.
    """

    verdicts: tuple[Verdict, ...]
    alarms: tuple[Alarm, ...]
    vintages: int
    unknown: int
    per_year: Interval | None
    followed: Interval | None
    base: Interval | None
    base_quiet: Interval | None
    met: int
    missed: int
    not_told: int
    leads: tuple[int, ...]


def as_known(vintages: Mapping[int, Sequence[Series]]) -> Known:
    """What was known in each month, from the states of the data by the month in which each was there (a triangle).

    In a month before the first of them nothing was known.

    Errors: PanelError if there is none.
    """
    if not vintages:
        raise PanelError(
            "there is no state of the data to test on", remedy="Give the data as known in at least a month"
        )
    order = sorted(vintages)
    nothing: tuple[Series, ...] = tuple({} for _ in vintages[order[0]])

    def known(month: int) -> Sequence[Series]:
        latest = [one for one in order if one <= month]
        return vintages[latest[-1]] if latest else nothing

    return known


def one_vintage(series: Sequence[Series]) -> Known:
    """The same data whatever the month: later revisions are in it, so a test on it flatters or slanders a little."""
    return lambda month: series


def replay(
    thresholds: Sequence[Threshold],
    needed: int,
    known: Known,
    outcome: Outcome,
    first: int,
    last: int,
    *,
    lag: int,
) -> Replay:
    """Ask the rule in every month from ``first`` to ``last`` what it would have said.

    known: the series in a month. lag: in month t the newest value that is used is that of month t - lag, because
    numbers come late; a series that is known in advance is given shifted.

    Errors: PanelError if no month is left.
    """
    if last < first:
        raise PanelError("there is no month to test on", remedy="Choose a series with more months")
    said: list[Verdict] = []
    seen: dict[int, tuple[Sequence[Series], tuple[Verdict, ...], int]] = {}
    for month in range(first, last + 1):
        data = known(month)
        if id(data) not in seen:
            start = _beginning(data, first - lag)
            # Verdicts of a month depend on no later one, so those of one state of the data are made at once.
            seen[id(data)] = (data, verdicts(thresholds, needed, data, start, last - lag), start)
        _, made, start = seen[id(data)]
        one = made[month - lag - start]
        said.append(Verdict(month, one.state, one.conditions))
    return _summed(tuple(said), sum(any(data) for data, _, _ in seen.values()), outcome)


def deaths_outcome(values: Series, at_least: float, within: int) -> Outcome:
    """At least so many deaths in one month, within the months after the one in question.

    An episode begins with such a month after ``within`` months without one. A window with a month that is not covered
    counts as followed if one of its other months is such, and as not known if none is.
    """
    covered = {month: value for month, value in values.items() if value is not None}
    there = frozenset(month for month, value in covered.items() if value >= at_least)
    followed: dict[int, bool | None] = {}
    for month in range(min(covered, default=0) - within, max(covered, default=-1) + 1):
        window = range(month + 1, month + within + 1)
        met = any(one in there for one in window)
        followed[month] = True if met else False if all(one in covered for one in window) else None
    begins = tuple(
        month
        for month in sorted(there)
        if all(one in covered and one not in there for one in range(month - within, month))
    )
    return Outcome(followed, begins, within, there)


def rate(count: int, years: float) -> Interval | None:
    """A Poisson rate a year with Garwood's interval; None without any time.

    >>> rate(0, 10.0).high
    0.29957...
    """
    if years <= 0:
        return None
    from scipy.special import gammaincinv

    tail = (1 - COVERAGE) / 2
    low = float(gammaincinv(count, tail)) if count else 0.0
    return Interval(count / years, low / years, float(gammaincinv(count + 1, 1 - tail)) / years, years)


def share(hits: int, cases: int) -> Interval | None:
    """A share with the interval of Clopper and Pearson; None without a case.

    >>> share(1, 2).value
    0.5
    """
    if not cases:
        return None
    from scipy.special import betaincinv

    tail = (1 - COVERAGE) / 2
    low = float(betaincinv(hits, cases - hits + 1, tail)) if hits else 0.0
    high = float(betaincinv(hits + 1, cases - hits, 1 - tail)) if hits < cases else 1.0
    return Interval(hits / cases, low, high, cases)


def _beginning(data: Sequence[Series], first: int) -> int:
    """The first month from which a state of the data is read, so that the history before the test counts."""
    return min([first, *(min(one) for one in data if one)])


def _summed(said: tuple[Verdict, ...], vintages: int, outcome: Outcome) -> Replay:
    first = said[0].month
    # An alarm that was in force before the test began is not one of the test's.
    alarms = tuple(
        Alarm(one.entered, one.left, outcome.followed.get(one.entered), _lead(one.entered, outcome))
        for one in spells(said)
        if one.entered > first
    )
    state = {one.month: one.state for one in said}
    told = [one for one in said if one.state is not State.CANNOT_TELL]
    met, missed, not_told, leads = _begun(state, outcome)
    after = [one.followed for one in alarms if one.followed is not None]
    return Replay(
        verdicts=said,
        alarms=alarms,
        vintages=vintages,
        unknown=len(said) - len(told),
        per_year=rate(len(alarms), len(told) / 12),
        followed=share(sum(after), len(after)),
        base=_base(outcome, (one.month for one in said)),
        base_quiet=_base(outcome, (one.month for one in said if one.state is State.QUIET)),
        met=met,
        missed=missed,
        not_told=not_told,
        leads=leads,
    )


def _lead(raised: int, outcome: Outcome) -> int | None:
    """Months from an alarm to the first month with the outcome after it, within the window."""
    window = range(raised + 1, raised + outcome.within + 1)
    return next((month - raised for month in window if month in outcome.months), None)


def _base(outcome: Outcome, months: Iterable[int]) -> Interval | None:
    known = [found for month in months if (found := outcome.followed.get(month)) is not None]
    return share(sum(known), len(known))


def _begun(state: Mapping[int, State], outcome: Outcome) -> tuple[int, int, int, tuple[int, ...]]:
    """Beginnings of the outcome with an alarm before them, without one, and where that cannot be told; lead times.

    The lead is counted from the month since which the rule was raised without a break, within the window.
    """
    met, missed, unknown, leads = 0, 0, 0, []
    for begin in outcome.begins:
        before = [state[month] for month in range(begin - outcome.within, begin) if month in state]
        if len(before) < outcome.within:
            continue
        if State.RAISED in before:
            met += 1
            leads.append(outcome.within - before.index(State.RAISED))
        elif State.CANNOT_TELL in before:
            unknown += 1
        else:
            missed += 1
    return met, missed, unknown, tuple(leads)
