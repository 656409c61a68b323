"""Whether a rule is met, month by month: thresholds to enter and to leave, and three answers instead of two.

A condition is *quiet*, *raised*, or *cannot tell*. Once raised it stays so until its series has been beyond the
threshold to leave for as many months in a row as the condition says; inside the band between both thresholds it stays
what it was. A month without a value is no zero: the condition then cannot tell, and all that might have happened in
that month is kept in mind afterwards, until a value settles it (the exact set of states that a missing value allows).

Conditions are combined in Kleene's strong logic (Kleene 1952, *Introduction to Metamathematics*, section 64): with
``needed`` of them to hold, the rule is raised if so many are, quiet if so many cannot be however the unknown ones turn
out, and cannot tell otherwise.

A verdict on a month depends on that month and earlier ones alone.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tocsin.core.period import year_and_month

Series = Mapping[int, float | None]
"""Values by month number (January 1980 = 1). None, or no entry: not covered, which is not zero."""


class State(StrEnum):
    """What a condition or a rule says of a month."""

    QUIET = "quiet"
    RAISED = "raised"
    CANNOT_TELL = "cannot tell"


@dataclass(frozen=True)
class Threshold:
    """One condition over a series, with hysteresis; fields as in ``core.triggering.SeriesCondition``.

    name: how the reasons call it. unit: of the numbers in them. lag: months from the month that a number is of to the
    one in which it is known, which is the one asked about; the reasons say both.
    """

    name: str
    enter: float
    leave: float
    over: bool = True
    months: int = 1
    leave_months: int = 1
    unit: str = ""
    lag: int = 0


@dataclass(frozen=True)
class Said:
    """What one condition says of a month. value: None where there is none. reason: in words."""

    state: State
    value: float | None
    reason: str


@dataclass(frozen=True)
class Verdict:
    """What a rule says of a month, and each of its conditions, in their order."""

    month: int
    state: State
    conditions: tuple[Said, ...]

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why, one sentence a condition."""
        return tuple(one.reason for one in self.conditions)


@dataclass(frozen=True)
class Spell:
    """An alarm: the month in which the rule was met, and the one in which it was quiet again, None if it is not yet."""

    entered: int
    left: int | None


_Inside = tuple[bool, int]
"""Whether it is raised, and for how many months in a row the threshold that would change that has been met."""


def verdicts(
    thresholds: Sequence[Threshold], needed: int, series: Sequence[Series], first: int, last: int
) -> tuple[Verdict, ...]:
    """What a rule says of each month from ``first`` to ``last``.

    thresholds, series: one series each. needed: how many of the conditions must hold.
    """
    each = [list(_said(one, values, first, last)) for one, values in zip(thresholds, series, strict=True)]
    return tuple(
        Verdict(first + place, combined([said.state for said in row], needed), tuple(row))
        for place, row in enumerate(zip(*each, strict=True))
    )


def combined(states: Sequence[State], needed: int) -> State:
    """Whether at least ``needed`` of these hold, in strong three-valued logic.

    >>> combined([State.RAISED, State.CANNOT_TELL], 1), combined([State.QUIET, State.CANNOT_TELL], 2)
    (<State.RAISED: 'raised'>, <State.QUIET: 'quiet'>)
    """
    raised, unknown = states.count(State.RAISED), states.count(State.CANNOT_TELL)
    if raised >= needed:
        return State.RAISED
    return State.QUIET if raised + unknown < needed else State.CANNOT_TELL


def spells(found: Sequence[Verdict]) -> tuple[Spell, ...]:
    """The alarms in a run of verdicts: each begins where the rule is raised after it was last known to be quiet, or at
    the first month that it can tell of. A month that cannot be told neither begins nor ends one.
    """
    alarms: list[Spell] = []
    entered: int | None = None
    for one in found:
        if one.state is State.RAISED and entered is None:
            entered = one.month
        elif one.state is State.QUIET and entered is not None:
            alarms.append(Spell(entered, one.month))
            entered = None
    return (*alarms, Spell(entered, None)) if entered is not None else tuple(alarms)


def month_name(number: int) -> str:
    """A month as it is written.

    >>> month_name(504)
    '2021-12'
    """
    year, month = year_and_month(number)
    return f"{year}-{month:02d}"


def _said(one: Threshold, values: Series, first: int, last: int) -> Iterator[Said]:
    # Nothing is known of what was before, so every state is possible; the first telling value settles it.
    possible: set[_Inside] = {(False, run) for run in range(one.months)} | {(True, r) for r in range(one.leave_months)}
    for month in range(first, last + 1):
        value = values.get(month)
        if value is not None and math.isnan(value):
            value = None
        ways = _ways(one, value)
        possible = {_next(one, inside, enters, leaves) for inside in possible for enters, leaves in ways}
        yield Said(_state(value, possible), value, _reason(one, month, value, _state(value, possible)))


def _ways(one: Threshold, value: float | None) -> tuple[tuple[bool, bool], ...]:
    """Whether the value meets the threshold to enter, and is beyond the one to leave; for no value, all that it may."""
    if value is None:
        return (True, False), (False, True), (False, False)
    reaches, beyond = (operator.ge, operator.lt) if one.over else (operator.le, operator.gt)
    return ((reaches(value, one.enter), beyond(value, one.leave)),)


def _next(one: Threshold, inside: _Inside, enters: bool, leaves: bool) -> _Inside:
    raised, run = inside
    moves, needed = (leaves, one.leave_months) if raised else (enters, one.months)
    if not moves:
        return raised, 0
    return (not raised, 0) if run + 1 >= needed else (raised, run + 1)


def _state(value: float | None, possible: set[_Inside]) -> State:
    raised = {inside[0] for inside in possible}
    if value is None or len(raised) > 1:
        return State.CANNOT_TELL
    return State.RAISED if True in raised else State.QUIET


def _reason(one: Threshold, month: int, value: float | None, state: State) -> str:
    when = month_name(month - one.lag) if month > one.lag else "a month before 1980-01"
    known = f" (known in {month_name(month)})" if one.lag else ""
    if value is None:
        return f"{one.name}: no value for {when}, which is not zero; it cannot tell"
    unit = f" {one.unit}" if one.unit else ""
    side, other = ("at or over", "under") if one.over else ("at or under", "over")
    reaches, beyond = (operator.ge, operator.lt) if one.over else (operator.le, operator.gt)
    if reaches(value, one.enter):
        place = f"{side} {one.enter:g}"
    elif beyond(value, one.leave):
        place = f"{other} {one.leave:g}"
    else:
        place = f"between {one.leave:g} and {one.enter:g}, where it stays as it was"
    row = f"; {one.months} months in a row are needed" if one.months > 1 and state is not State.RAISED else ""
    told = f"{value:.2g}" if abs(value) < 1 else f"{value:g}"
    return f"{one.name} was {told}{unit} in {when}{known}, {place}{row}: {state.value}"
