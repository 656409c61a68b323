"""Registering a round, and taking it from one stage to the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from tocsin.assess.aggregators import AGGREGATORS
from tocsin.core.convening import STEPS, Invitation, Round, Stage
from tocsin.core.errors import LexiconError, StatementError
from tocsin.core.instant import instant, written
from tocsin.core.marking import Caveat
from tocsin.core.seeing import Role
from tocsin.core.statement import Attribution, Statement, Subject
from tocsin.desk import rules
from tocsin.desk.assessing.frames import outcome
from tocsin.desk.lexicon import vocabulary_version
from tocsin.desk.making import read_marking, stated
from tocsin.desk.rounds import opening
from tocsin.desk.rounds.case import Case, case_of, invites
from tocsin.desk.shape import in_words
from tocsin.desk.views import View, statement
from tocsin.desk.visit import Sight, Visit

FIELDS = ("body", "subject", "marking", "evidence", "vocabulary", "about", "as_of")
"""What whoever registers a round sets; the evidence is its background pack."""


def register(visit: Visit, given: Mapping[str, Any]) -> View:
    """Register a round: its questions, whom it invites, its stages. It takes no answer before it is opened.

    given: the fields of ``FIELDS``; subject as ``place:SDN`` or its two parts.

    Errors: StatementError names the field, the rule and the remedy; AccessError unless by a convenor.
    """
    made = _read(visit, dict(given))
    with visit.store.writing() as writer:
        _check(made, Sight(visit, writer))
        head = writer.add(made)
        writer.note(visit.line("registered a round", [head.id], marking=made.marking.label))
    return statement(visit, made.id)


def check(visit: Visit, given: Mapping[str, Any]) -> Round:
    """All that ``register`` would check, with nothing stored.

    Errors: as ``register``.
    """
    made = _read(visit, dict(given))
    with visit.reading() as sight:
        _check(made, sight)
    assert isinstance(made.body, Round)
    return made.body


def could_answer(visit: Visit, invitations: Sequence[Mapping[str, Any]], marking: Mapping[str, Any]) -> int:
    """How many people with an account these invitations would ask who could see a round under this marking.

    Errors: StatementError if the marking or an invitation is not as it must be.
    """
    seen_by = read_marking(marking)
    try:
        asked = [Invitation.model_validate(one) for one in invitations]
    except ValidationError as error:
        raise in_words(error) from None
    with visit.reading() as sight:
        register = sight.reader.register
        sees = frozenset(register.preview(seen_by, visit.store.clock()).persons)
    people = register.persons.values()
    return sum(person.id in sees and any(invites(one, person) for one in asked) for person in people)


def step(visit: Visit, id: str, name: str, reason: str = "") -> View:
    """Take a round a step on: ``open``, ``share``, ``pool``, ``finish`` or ``cancel``; the statement that says so.

    share, pool and finish open what was sealed in the stage that they end.

    Errors: NotFound; StatementError if the round is not where this step begins; AccessError unless by a convenor of the
    organisation that convenes it; SealError if what was sealed cannot be opened.
    """
    role = visit.need(Role.CONVENOR, to="take a round a step on")
    if name not in STEPS:
        raise StatementError("there is no such step", field="step", remedy=f"Choose {', '.join(STEPS)}")
    with visit.reading() as sight:
        case_of(sight, id)
    with visit.store.writing() as writer:
        sight = Sight(visit, writer)
        case = case_of(sight, id)
        _may_step(visit, case, name)
        taken = opening.opened(sight, case, role, name) if name in opening.ENDS else opening.Opened()
        body = {
            "kind": "step",
            "step": name,
            "reason": reason,
            "flags": taken.flags,
            "support": taken.support,
        }
        for one in taken.statements:
            writer.add(one)
        made = stated(
            visit,
            role,
            body=body,
            about=id,
            attribution=Attribution.ORGANISATION,
            marking=case.head.marking,
        )
        rules.check(made, sight, visit.store.clock())
        head = writer.add(made)
        writer.note(visit.line("took a round a step on", [id, head.id], step=name, opened=len(taken.statements)))
    if visit.store.world == "exercise":
        # Here, because whoever steps, through whatever door, finds the others' answers.
        from tocsin.desk.playing import play

        play(visit, id)
    return statement(visit, made.id)


def recommend(visit: Visit, id: str, text: str) -> View:
    """Put a recommendation of the convenor's own beside those of the participants, before support is counted.

    It is attributed to the organisation that convenes whatever the round says: only a convenor recommends at a moment
    of their choosing, so that its date would tell whose it is.

    Errors: NotFound; StatementError if the round is not in its second stage; AccessError unless by its convenor.
    """
    role = visit.need(Role.CONVENOR, to="put a recommendation to a round")
    with visit.store.writing() as writer:
        sight = Sight(visit, writer)
        case = case_of(sight, id)
        _own(visit, case)
        if case.stage not in (Stage.FIRST, Stage.SECOND, Stage.CLOSING):
            raise StatementError(
                f"the round is {case.stage.value}", field="stage", remedy="Recommend while the round is under way"
            )
        made = stated(
            visit,
            role,
            body={"kind": "recommendation", "text": text},
            about=id,
            attribution=Attribution.ORGANISATION,
            marking=case.head.marking,
        )
        rules.check(made, sight, visit.store.clock())
        head = writer.add(made)
        writer.note(visit.line("wrote", [head.id], marking=made.marking.label, recorded_at=written(head.recorded_at)))
    return statement(visit, made.id)


def _read(visit: Visit, given: dict[str, Any]) -> Statement:
    role = visit.need(Role.CONVENOR, to="register a round")
    rules.fields_of(given, FIELDS)
    marking = read_marking(given.get("marking") or {})
    if Caveat.CHATHAM_HOUSE in marking.caveats:
        raise StatementError(
            "a round itself is attributed: those whom it invites must know who convenes it",
            field="marking.caveats",
            remedy="Take it out and set attributed to non-attributed; what is opened in the round then carries it",
        )
    subject = given.get("subject")
    if isinstance(subject, str):
        subject = dict(zip(("type", "id"), subject.split(":", 1), strict=False))
    body = given.get("body")
    try:
        return Statement.model_validate(
            {
                "vocabulary": vocabulary_version(),
                **{name: value for name, value in given.items() if value is not None},
                "body": {**body, "kind": "round"} if isinstance(body, Mapping) else body,
                "subject": Subject.model_validate(subject or {}),
                "marking": marking,
                "attribution": Attribution.ORGANISATION,
                "made_at": written(visit.store.clock()),
                "author": {"organisation": visit.actor.organisation, "person": visit.actor.person, "role": role},
            }
        )
    except ValidationError as error:
        raise in_words(error) from None


def _check(made: Statement, sight: Sight) -> None:
    body = made.body
    assert isinstance(body, Round)
    now = sight.visit.store.clock()
    rules.check(made, sight, now)
    if instant(body.first_until) <= now:
        raise StatementError(
            "the first stage would be over before it begins", field="body.first_until", remedy="Give a later moment"
        )
    if body.method == "performance-weighted":
        raise StatementError(
            "no question has been scored yet, so nobody has a weight",
            field="body.method",
            remedy="Choose " + ", ".join(name for name in AGGREGATORS if name != body.method),
        )
    for number, one in enumerate(body.questions):
        try:
            if one.term is not None:
                outcome(one.term)
        except LexiconError as error:
            raise StatementError(error.what, field=f"body.questions.{number}.term", remedy=error.remedy) from None
    if made.subject.type == "statement":
        raise StatementError("a round is about a place or a period", field="subject", remedy="Write place:SDN")
    _invitations(made, body, sight)


def _invitations(made: Statement, body: Round, sight: Sight) -> None:
    """Everybody invited is known to the convenor, and somebody of each organisation could answer."""
    register, now = sight.reader.register, sight.visit.store.clock()
    sees = frozenset(register.preview(made.marking, now).persons)
    if sight.visit.actor.person not in sees:
        raise StatementError(
            "you would not see what is opened in it",
            field="marking.audience",
            remedy="Let the audience take in the organisation that convenes it",
        )
    for number, one in enumerate(body.invitations):
        field = f"body.invitations.{number}"
        if one.organisation not in register.organisations:
            raise StatementError(
                f"nobody here is called org:{one.organisation}", field=field, remedy="Choose one from the list"
            )
        if not any(person.id in sees and invites(one, person) for person in register.persons.values()):
            raise StatementError(
                f"nobody of {one.organisation} whom this invites could see the round",
                field=field,
                remedy="Widen the audience to them, or invite another role",
            )


def _may_step(visit: Visit, case: Case, name: str) -> None:
    _own(visit, case)
    before, _ = STEPS[name]
    if case.stage not in before:
        raise StatementError(
            f"the round is {case.stage.value}; this step is taken from {' or '.join(before)}",
            field="step",
            remedy="See what has happened on the round's page",
        )
    if name == "open" and case.until is None and instant(case.body.first_until) <= visit.store.clock():
        raise StatementError(
            "its first stage has ended before it was opened", field="step", remedy="Cancel it and register another"
        )


def _own(visit: Visit, case: Case) -> None:
    if not case.convenes(visit.actor):
        visit.note("denied", [case.head.id], {"to": "take a round a step on"})
        raise StatementError(
            "a convenor of the organisation that convenes it does this",
            field="round",
            remedy="Ask them",
        )
