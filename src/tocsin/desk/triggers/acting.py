"""What people do once a rule was met: have it in hand, confirm or dismiss it, do the agreed steps, stand down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tocsin.core.errors import StatementError
from tocsin.core.seeing import Role
from tocsin.core.triggering import Event, Trigger, Wanted
from tocsin.desk.triggers.agreeing import record
from tocsin.desk.triggers.standing import WORDS, Agreed, Alarm, Where, concerns, standing_of
from tocsin.desk.views import View, statement
from tocsin.desk.visit import Sight, Visit

_FROM: Mapping[Event, tuple[Where, ...]] = {
    Event.ACKNOWLEDGED: ("waits",),
    Event.CONFIRMED: ("waits", "acknowledged"),
    Event.DISMISSED: ("waits", "acknowledged"),
    Event.STEP_DONE: ("confirmed",),
    Event.STOOD_DOWN: ("confirmed",),
}
"""Where an alarm must be for each event."""


def acknowledge(visit: Visit, id: str) -> View:
    """Say that one has the open alarm of a trigger; what was stored.

    Errors: NotFound; StatementError if no alarm waits for it, or the visitor is not of an organisation on duty;
    AccessError if the role does not suffice. The same for what follows here.
    """
    return _happened(visit, id, {"event": Event.ACKNOWLEDGED})


def confirm(visit: Visit, id: str, reason: str, evidence: Sequence[Mapping[str, Any]]) -> View:
    """A person confirms an alarm, with the evidence that was agreed to be needed; the agreed steps are then due.

    evidence: as of any statement; each kind that the trigger asks for is among the provenances.

    Errors: as ``acknowledge``; StatementError at ``evidence`` names what is missing.
    """
    return _happened(visit, id, {"event": Event.CONFIRMED, "reason": reason}, evidence)


def dismiss(visit: Visit, id: str, reason: str) -> View:
    """A person dismisses an alarm, with the reason."""
    return _happened(visit, id, {"event": Event.DISMISSED, "reason": reason})


def done(visit: Visit, id: str, step: str, note: str = "") -> View:
    """An agreed step was done. step: its key."""
    return _happened(visit, id, {"event": Event.STEP_DONE, "step": step, "reason": note})


def stand_down(visit: Visit, id: str, reason: str) -> View:
    """The confirmed alarm is over; steps that were not done are not due any more. It needs a reason."""
    return _happened(visit, id, {"event": Event.STOOD_DOWN, "reason": reason})


def _happened(visit: Visit, id: str, body: Mapping[str, Any], evidence: Sequence[Mapping[str, Any]] = ()) -> View:
    role = visit.need(Role.ANALYST, Role.DESK_OFFICER, to="act on an alarm")
    with visit.store.writing() as writer:
        found = standing_of(Sight(visit, writer), id)
        _concerned(visit, found)
        alarm = _open(found, body["event"])
        if body["event"] is Event.STEP_DONE:
            _agreed_step(found.body, alarm, body["step"])
        if body["event"] is Event.CONFIRMED:
            _enough(found.body.evidence_wanted, evidence)
        made = record(writer, visit, found, role, {"kind": "happening", **body}, evidence=evidence)
    return statement(visit, made)


def _concerned(visit: Visit, found: Agreed) -> None:
    if concerns(visit, found):
        return
    visit.note("denied", [found.view.id], {"to": "act on an alarm"})
    raise StatementError(
        "only the organisations that have something to do under a trigger act on its alarms",
        field="trigger",
        remedy="Tell whoever is on duty; the trigger names them",
    )


def _open(found: Agreed, event: Event) -> Alarm:
    alarm = found.alarm
    if alarm is None:
        raise StatementError("no alarm is open", field="trigger", remedy="Evaluate the trigger first")
    if alarm.where not in _FROM[event]:
        raise StatementError(
            f"the alarm of {alarm.month}: {WORDS[alarm.where]}",
            field="event",
            remedy=f"This is done while it is {' or '.join(_FROM[event])}",
        )
    return alarm


def _agreed_step(body: Trigger, alarm: Alarm, key: str) -> None:
    tasks = {task.key: task for task in alarm.tasks if task.key}
    if key not in tasks:
        keys = ", ".join(one.key for one in body.steps)
        raise StatementError(f"no agreed step is called {key[:40]!r}", field="step", remedy=f"Choose one of {keys}")
    if tasks[key].done is not None:
        raise StatementError(f"the step {key} is done already", field="step", remedy="Nothing needs to be done")


def _enough(wanted: Sequence[Wanted], evidence: Sequence[Mapping[str, Any]]) -> None:
    """Whether there is an item for everything that was agreed to be needed; one item may serve for several."""
    given = {str(item.get("provenance") or "") for item in evidence}
    for one in wanted:
        if not evidence or (one.kinds and given.isdisjoint(kind.value for kind in one.kinds)):
            kinds = f", of provenance {' or '.join(one.kinds)}" if one.kinds else ""
            raise StatementError(
                f"it was agreed that this is at hand before an alarm is confirmed: {one.what}{kinds}",
                field="evidence",
                remedy="Add an item of evidence with its provenance, or dismiss the alarm",
            )
