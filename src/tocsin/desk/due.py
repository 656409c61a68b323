"""What waits for somebody: questions of rounds, stages that are over, releases to agree to, alarms, moments of the
calendar that were moved, and decide-by dates that are near; what closes first stands first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal

from tocsin.core.belief import percent
from tocsin.core.convening import Stage
from tocsin.core.foreseeing import Certainty, Moment
from tocsin.core.instant import NEVER, Instant, instant
from tocsin.core.marking import Marking
from tocsin.desk.horizon import foreseen
from tocsin.desk.horizon.calendar import Move, moves
from tocsin.desk.horizon.closing import Closing, closing
from tocsin.desk.proposals import proposals
from tocsin.desk.rounds.showing import Listed, listed
from tocsin.desk.triggers import alarms
from tocsin.desk.visit import Visit

MOST = 10
"""More than this is not read before a meeting."""


@dataclass(frozen=True)
class Due:
    """One thing that waits. kind and id: where it is done. until: when it closes; None if it does not by itself."""

    kind: Literal["round", "proposal", "trigger", "statement"]
    id: str
    title: str
    what: str
    until: Instant | None
    marking: Marking


def due(visit: Visit) -> tuple[Due, ...]:
    """What waits for this person, what closes first at the top; at most ``MOST``.

    Decide-by dates that are near wait for nobody in particular: they take the places that are left, the next first.
    A few that have passed while there is still some chance keep a place, before all else.
    """
    found = [one for round in listed(visit) if (one := _of_round(visit, round))]
    for waiting in proposals(visit, waiting=True):
        head = waiting.view.head
        what = "a release waits for your agreement"
        found.append(Due("proposal", head.id, waiting.body.note.title, what, None, head.marking))
    found += [Due("trigger", *one) for one in alarms.waiting(visit)]
    found += [_of_move(one) for one in moves(visit)]
    found = sorted(found, key=_until)[:MOST]
    near = closing(visit, MOST - len(found))
    overdue = [_of_closing(one) for one in near if one.overdue]
    others = [*found[: MOST - len(near)], *(_of_closing(one) for one in near if not one.overdue)]
    return (*overdue, *sorted(others, key=_until))


def _until(one: Due) -> Instant:
    return NEVER if one.until is None else one.until


def _of_closing(one: Closing) -> Due:
    by = one.by
    if one.overdue:
        gone = f"the decide-by date, {_day(by.even)} for one chance in two, has passed"
        told = f"{gone}; {percent(by.today)} still in time if begun today"
    elif one.passed:
        told = f"decide by {_day(by.even)} to have one chance in two; it was {_day(by.sure)} for nine in ten"
    else:
        told = f"decide by {_day(by.sure)} to be in time in nine cases of ten; by {_day(by.even)} in one of two"
    ends = instant(datetime(one.day.year, one.day.month, one.day.day, 23, 59, 59, tzinfo=UTC))
    until = None if one.overdue else ends
    marking = one.moment.head.marking.join(one.instrument.head.marking)
    return Due("statement", one.moment.id, one.title, told, until, marking)


def _day(day: date) -> str:
    return f"{day.day} {day:%B} {day.year}"


def _of_round(visit: Visit, one: Listed) -> Due | None:
    over = one.until is not None and visit.store.clock() > one.until
    if one.open and one.stage is not Stage.CLOSING:
        what = f"{one.open} question{'s' if one.open > 1 else ''} await{'' if one.open > 1 else 's'} your estimate"
    elif one.open:
        what = "say whether you dissent, and what you support"
    elif one.convenes and over:
        what = "the stage is over; take the round a step on"
    elif one.convenes and one.stage is Stage.REGISTERED:
        what = "the round is registered and waits for you to open it"
    else:
        return None
    return Due("round", one.view.id, one.round.title, what, one.until, one.view.head.marking)


def _of_move(one: Move) -> Due:
    """A moment that was moved in the last seven days, told once however often it was."""
    now, before = one.now.body, one.before.body
    assert isinstance(now, Moment)
    assert isinstance(before, Moment)
    off = now.certainty is Certainty.CALLED_OFF
    what = "called off" if off else f"moved from {foreseen.when(before)} to {foreseen.when(now)}"
    return Due("statement", one.now.id, now.title, what, None, one.now.head.marking.join(one.before.head.marking))
