"""Agreeing a trigger, putting it in force, and taking it out of force."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tocsin.core.body import Body
from tocsin.core.errors import StatementError
from tocsin.core.instant import written
from tocsin.core.register import Preview
from tocsin.core.seeing import Role, originates
from tocsin.core.statement import Attribution
from tocsin.core.triggering import Backtest, Event
from tocsin.desk import making, rules
from tocsin.desk.triggers.standing import Agreed, pin, rule_digest, standing_of
from tocsin.desk.views import View, statement
from tocsin.desk.visit import Sight, Visit
from tocsin.store.writing import Writer

KINDS = ("trigger",)


def add(visit: Visit, given: Mapping[str, Any]) -> View:
    """Put a trigger on record; it is not in force before it was tested and a person has activated it.

    given: as for ``making.make``, the body without its kind. A new version names the old one in ``supersedes``.

    Errors: as ``making.make``.
    """
    check(visit, given)  # reads the data, and keeps them, before anybody else's writing has to wait for it
    return making.make(visit, _given(given), KINDS)


def check(visit: Visit, given: Mapping[str, Any]) -> Preview:
    """All that ``add`` would check, and who would see it, with nothing stored.

    Errors: as ``add``.
    """
    return making.check(visit, _given(given), KINDS)


def activate(visit: Visit, id: str, backtest: str, reason: str) -> View:
    """Put a trigger in force, for its organisation and in one's own name.

    backtest: the identity of the back-test of exactly this version that the person has read.

    Errors: NotFound; StatementError if the back-test is of another version, or the trigger does not stand or is in
    force; AccessError unless by a desk officer.
    """
    role = visit.need(Role.DESK_OFFICER, to="put a trigger in force")
    with visit.store.writing() as writer:
        found = standing_of(Sight(visit, writer), id)
        _own(visit, found)
        if found.view.state != "current":
            raise StatementError(
                f"this version was {found.view.state}", field="trigger", remedy="Put the version in force that stands"
            )
        if found.in_force:
            raise StatementError("it is in force already", field="trigger", remedy="Nothing needs to be done")
        test = next((one for one in found.backtests if one.id == backtest), None)
        if test is None:
            raise StatementError(
                "no back-test of exactly this version has this identity",
                field="backtest",
                remedy="Make one with `tocsin trigger backtest`, read it, and name it",
            )
        assert isinstance(test.body, Backtest)
        if test.body.rule != rule_digest(found.body.rule):
            raise StatementError("it tried another rule", field="backtest", remedy="Make a back-test of this version")
        body = {"kind": "activation", "backtest": pin(test.body), "reason": reason}
        made = record(writer, visit, found, role, body, derived_from=[test.id])
    return statement(visit, made)


def retire(visit: Visit, id: str, reason: str) -> View:
    """Take a trigger out of force, with the reason.

    Errors: NotFound; StatementError if it is not in force or an alarm is open; AccessError unless by a desk officer.
    """
    role = visit.need(Role.DESK_OFFICER, to="take a trigger out of force")
    with visit.store.writing() as writer:
        found = standing_of(Sight(visit, writer), id)
        _own(visit, found)
        if not found.in_force:
            raise StatementError("it is not in force", field="trigger", remedy="Nothing needs to be done")
        if found.alarm:
            raise StatementError(
                "an alarm is open", field="trigger", remedy="Dismiss it or stand it down first, with the reason"
            )
        made = record(writer, visit, found, role, {"kind": "happening", "event": Event.RETIRED, "reason": reason})
    return statement(visit, made)


def record(
    writer: Writer,
    visit: Visit,
    found: Agreed,
    role: Role,
    body: Mapping[str, Any] | Body,
    *,
    derived_from: Sequence[str] = (),
    evidence: Sequence[Mapping[str, Any]] = (),
) -> str:
    """Store something about a trigger under its marking, in the person's own name; its identity.

    Errors: StatementError names the field that breaks a rule.
    """
    made = making.stated(
        visit,
        role,
        body=body,
        about=found.view.id,
        attribution=Attribution.NAMED,
        marking=found.view.head.marking,
        derived_from=derived_from,
        evidence=evidence,
    )
    rules.check(made, Sight(visit, writer), visit.store.clock())
    head = writer.add(made)
    writer.note(visit.line("wrote", [head.id], marking=made.marking.label, recorded_at=written(head.recorded_at)))
    return made.id


def _own(visit: Visit, found: Agreed) -> None:
    if not originates(visit.actor, found.view.head):
        visit.note("denied", [found.view.id], {"to": "put a trigger in or out of force"})
        raise StatementError(
            "the organisation that agreed a trigger puts it in and out of force",
            field="trigger",
            remedy="Ask them, or agree one of your own",
        )


def _given(given: Mapping[str, Any]) -> dict[str, Any]:
    subject = given.get("subject")
    if isinstance(subject, str):
        subject = dict(zip(("type", "id"), subject.split(":", 1), strict=False))
    return {
        **given,
        "subject": subject,
        "body": {**(given.get("body") or {}), "kind": "trigger"},
        "attribution": given.get("attribution") or Attribution.ORGANISATION,
    }
