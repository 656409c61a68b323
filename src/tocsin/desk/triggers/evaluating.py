"""Whether a trigger's rule is met, today or as of a day; and putting an alarm on record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tocsin.core.errors import StatementError
from tocsin.core.instant import Instant, moment
from tocsin.core.seeing import Role
from tocsin.core.triggering import Event, Trigger
from tocsin.desk.triggers.agreeing import record
from tocsin.desk.triggers.conditions import conditions, end_of, month_of
from tocsin.desk.triggers.standing import Agreed, standing_of
from tocsin.desk.visit import Sight, Visit
from tocsin.horizon.rules import Spell, State, Verdict, month_name, spells, verdicts
from tocsin.store.held import Held

BACK = 240
"""Months before the day that is asked for which are gone through, so that it is known what a threshold has left."""


@dataclass(frozen=True)
class Looked:
    """What a trigger's rule said as of a day.

    state: quiet, raised or cannot tell. since: the month in which it was met, if it is raised. verdicts: of the last
    months, oldest first. sources: what it rests on. alarm: whether that was put on record as a new alarm just now.
    """

    agreed: Agreed
    as_of: date
    state: State
    since: str | None
    verdicts: tuple[Verdict, ...]
    sources: tuple[str, ...]
    alarm: bool = False

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why, one sentence a condition."""
        return self.verdicts[-1].reasons


def look(visit: Visit, id: str, as_of: date | None = None) -> Looked:
    """What the rule says as of the end of a day, from what was known then; nothing is stored.

    as_of: None for today.

    Errors: NotFound; StatementError for a day that is still to come, or something that is no trigger.
    """
    with visit.reading() as sight:
        return _look(sight, standing_of(sight, id), as_of)


def evaluate(visit: Visit, id: str) -> Looked:
    """Look at the rule today, and put an alarm on record if it is met, the trigger is in force and none is open.

    A spell in which the rule is met makes one alarm: what was dismissed or stood down is not raised again before the
    rule was quiet. Nothing leaves the node by itself.

    Errors: as ``look``; AccessError if the role does not suffice.
    """
    role = visit.need(Role.ANALYST, Role.DESK_OFFICER, to="evaluate a trigger")
    look(visit, id)  # reads the data, and keeps them, before anybody else's writing has to wait for it
    with visit.store.writing() as writer:
        sight = Sight(visit, writer)
        found = standing_of(sight, id)
        looked = _look(sight, found, None)
        if not _new(found, looked):
            return looked
        seen = [reason[:2000] for reason in looked.reasons][:12]
        body = {
            "kind": "happening",
            "event": Event.RAISED,
            "month": looked.since,
            "as_of": looked.as_of.isoformat(),
            "seen": seen,
        }
        record(writer, visit, found, role, body)
        return Looked(
            standing_of(sight, id), looked.as_of, looked.state, looked.since, looked.verdicts, looked.sources, True
        )


def _new(found: Agreed, looked: Looked) -> bool:
    if looked.state is not State.RAISED or not found.in_force or found.alarm or looked.since is None:
        return False
    return not found.alarms or looked.since > found.alarms[-1].month


def _look(sight: Sight, found: Agreed, as_of: date | None) -> Looked:
    today = moment(sight.visit.store.clock()).date()
    day = as_of or today
    if day > today:
        raise StatementError(f"{day} is still to come", field="as_of", remedy="Give today or an earlier day")
    made, sources = _said(sight, found.view.head, end_of(day), month_of(day))
    spell = _spell(made)
    return Looked(found, day, made[-1].state, month_name(spell.entered) if spell else None, made[-13:], sources)


def _said(sight: Sight, head: Held, at: Instant, month: int) -> tuple[tuple[Verdict, ...], tuple[str, ...]]:
    statement = sight.reader.statements([head])[head.id][1]
    assert isinstance(statement.body, Trigger)
    read = conditions(sight, head, statement, at)
    thresholds, series = [one.threshold for one in read], [one.series for one in read]
    found = verdicts(thresholds, statement.body.rule.needed, series, max(1, month - BACK), month)
    return found, tuple(dict.fromkeys(one.source for one in read))


def _spell(found: tuple[Verdict, ...]) -> Spell | None:
    """The spell in which the last month is, if the rule is raised in it."""
    last = spells(found)[-1:] if found[-1].state is State.RAISED else ()
    return last[0] if last else None
