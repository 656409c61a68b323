"""Whether a trigger's rule is met, today or as of a day; and putting an alarm on record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import repeat

from tocsin.core.errors import StatementError
from tocsin.core.instant import Instant, moment
from tocsin.core.seeing import Role
from tocsin.core.triggering import Event, Trigger
from tocsin.desk.triggers.agreeing import record
from tocsin.desk.triggers.conditions import Read, conditions, end_of, month_of
from tocsin.desk.triggers.standing import Agreed, Alarm, standing_of
from tocsin.desk.visit import Sight, Visit
from tocsin.horizon.rules import Said, State, Verdict, month_name, verdicts
from tocsin.store.held import Held

BACK = 240
"""Months before the day that is asked for which are gone through, so that it is known what a threshold has left."""


@dataclass(frozen=True)
class Looked:
    """What a trigger's rule said as of a day.

    state: quiet, raised or cannot tell. since: if it is raised, the month in which its present cause began: from then
    on the conditions that raise it now did so without a break, and a month that cannot be told is one. verdicts: of the
    months gone through, oldest first. sources: what it rests on. blind: conditions that cannot tell now, each with the
    last month that it has a number of. alarm: whether that was put on record as a new alarm just now.
    """

    agreed: Agreed
    as_of: date
    state: State
    since: str | None
    verdicts: tuple[Verdict, ...]
    sources: tuple[str, ...]
    blind: tuple[str, ...] = ()
    alarm: bool = False

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why, one sentence a condition."""
        return self.verdicts[-1].reasons

    @property
    def cannot_tell(self) -> bool:
        """Whether the rule is neither met nor quiet, because numbers are missing."""
        return self.state is State.CANNOT_TELL

    @property
    def words(self) -> str:
        """What the rule says, in half a sentence, with what it is blind to."""
        since = f" since {self.since}" if self.since else ""
        return "; ".join((f"the rule now says {self.state.value}{since}", *self.blind))


def look(visit: Visit, id: str, as_of: date | None = None) -> Looked:
    """What the rule says as of the end of a day, from what was known then; nothing is stored.

    as_of: None for today.

    Errors: NotFound; StatementError for a day that is still to come, or something that is no trigger.
    """
    with visit.reading() as sight:
        return _look(sight, standing_of(sight, id), as_of)


def looks(visit: Visit, found: Iterable[Agreed]) -> Mapping[str, Looked]:
    """What the rule of each trigger in force says today, by its identity; nothing is stored."""
    with visit.reading() as sight:
        return {one.view.id: _look(sight, one, None) for one in found if one.in_force}


def evaluate(visit: Visit, id: str) -> Looked:
    """Look at the rule today, and put an alarm on record if it is met, the trigger is in force and none is open.

    A cause makes one alarm. What was dismissed or stood down is raised again only for a new cause: a condition that
    raises the rule now, and that did not when the last alarm went on record, or was quiet in a month since then, or
    could not tell in one since that alarm was closed. Nothing leaves the node by itself.

    Errors: as ``look``; AccessError if the role does not suffice.
    """
    role = visit.need(Role.ANALYST, Role.DESK_OFFICER, to="evaluate a trigger")
    look(visit, id)  # reads the data, and keeps them, before anybody else's writing has to wait for it
    with visit.store.writing() as writer:
        sight = Sight(visit, writer)
        found = standing_of(sight, id)
        looked = _look(sight, found, None)
        month = _new(found, looked)
        if month is None:
            return looked
        seen = [reason[:2000] for reason in looked.reasons][:12]
        body = {
            "kind": "happening",
            "event": Event.RAISED,
            "month": month_name(month),
            "as_of": looked.as_of.isoformat(),
            "seen": seen,
        }
        record(writer, visit, found, role, body)
    with visit.reading() as sight:
        return replace(looked, agreed=standing_of(sight, id), alarm=True)


def _new(found: Agreed, looked: Looked) -> int | None:
    """The month of the alarm that is to be raised, in which its cause began; None if there is none."""
    since = _since(looked.verdicts, found.body.rule.needed)
    if since is None or not found.in_force or found.alarm:
        return None
    raising = _raising(looked.verdicts[-1])
    fresh = [one for one in raising if _fresh(found.alarms[-1], looked.verdicts, one)] if found.alarms else raising
    if not fresh:
        return None
    return max(since, min(_run(looked.verdicts, (one,), 1) for one in fresh))


def _fresh(last: Alarm, found: Sequence[Verdict], condition: int) -> bool:
    """Whether a condition that raises now is another cause than that of the last alarm, which is closed.

    What raised then is read from what was put on record then: numbers may have come since that were not known.
    """
    if not last.seen[condition : condition + 1] or not last.seen[condition].endswith(f": {State.RAISED.value}"):
        return True
    raised = month_of(moment(last.raised).date())
    closed = month_of(moment(last.happenings[-1].head.recorded_at).date())
    said = [(one.month, one.conditions[condition].state) for one in found[:-1] if one.month >= raised]
    return any(state is State.QUIET or (state is State.CANNOT_TELL and month >= closed) for month, state in said)


def _raising(one: Verdict) -> tuple[int, ...]:
    return tuple(number for number, said in enumerate(one.conditions) if said.state is State.RAISED)


def _since(found: Sequence[Verdict], needed: int) -> int | None:
    """The month from which those conditions that raise the rule now were enough, without a break."""
    return _run(found, _raising(found[-1]), needed) if found[-1].state is State.RAISED else None


def _run(found: Sequence[Verdict], conditions: Sequence[int], needed: int) -> int:
    """The first of the last months in a row in which so many of these conditions are raised."""
    first = found[-1].month
    for one in reversed(found):
        if len(set(conditions) & set(_raising(one))) < needed:
            break
        first = one.month
    return first


def _look(sight: Sight, found: Agreed, as_of: date | None) -> Looked:
    today = moment(sight.visit.store.clock()).date()
    day = as_of or today
    if day > today:
        raise StatementError(f"{day} is still to come", field="as_of", remedy="Give today or an earlier day")
    made, read = _said(sight, found.view.head, end_of(day), month_of(day))
    since = _since(made, found.body.rule.needed)
    sources = tuple(dict.fromkeys(one.source for one in read))
    month = month_name(since) if since is not None else None
    return Looked(found, day, made[-1].state, month, made, sources, _blind(made, read))


def _blind(made: Sequence[Verdict], read: Sequence[Read]) -> tuple[str, ...]:
    """Of each condition that cannot tell in the last month, since when it has no numbers."""
    told: list[str] = []
    for number, one in enumerate(read):
        if made[-1].conditions[number].state is not State.CANNOT_TELL:
            continue
        name = one.threshold.name
        has = [month for month, value in one.series.items() if value is not None and month <= made[-1].month]
        if not has:
            told.append(f"{name}: there is no number")
        elif max(has) < made[-1].month:
            told.append(f"{name}: no number after that of {month_name(max(has) - one.threshold.lag)}")
        else:
            told.append(f"{name}: the number settles nothing, because of what is not known before it")
    return tuple(told)


def _said(sight: Sight, head: Held, at: Instant, month: int) -> tuple[tuple[Verdict, ...], tuple[Read, ...]]:
    statement = sight.reader.statements([head])[head.id][1]
    assert isinstance(statement.body, Trigger)
    read = conditions(sight, head, statement, at)
    thresholds, series = [one.threshold for one in read], [one.series for one in read]
    found = verdicts(thresholds, statement.body.rule.needed, series, max(1, month - BACK), month)
    told = tuple(replace(one, conditions=tuple(map(_told, read, one.conditions, repeat(one.month)))) for one in found)
    return told, read


def _told(read: Read, said: Said, month: int) -> Said:
    """What a condition says, without the number where that is of a statement that the reader may not see any more."""
    if month not in read.untold:
        return said
    reason = f"{read.threshold.name}: it rests on a statement that was withdrawn since, so its number is not told"
    return Said(said.state, None, f"{reason}: {said.state.value}")
