"""Answering a round: an interest declared, estimates sealed, changed and taken back, and what ends a stage."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from tocsin.core.convening import Closing, Declaration, Given, Question, Stage, Wishes
from tocsin.core.errors import AccessError, NotFound, StatementError
from tocsin.core.marking import TLP, Audience, Marking
from tocsin.core.seeing import Role
from tocsin.core.statement import Attribution, canonical
from tocsin.desk import rules
from tocsin.desk.making import stated
from tocsin.desk.rounds import case as cases
from tocsin.desk.rounds.case import DECLARED, LATE, SEALED, Case, case_of, context, ends_in_time, invited, private
from tocsin.desk.shape import in_words
from tocsin.desk.views import View, statement
from tocsin.desk.visit import Sight, Visit
from tocsin.store.held import Held
from tocsin.store.reading import Reader

ANSWERED = (Stage.FIRST, Stage.SECOND)
"""Stages in which questions are answered."""

LONGEST = 65_000
"""Bytes that can be sealed together: an envelope that is filled up to the next power of two would be too large."""


def declare(visit: Visit, id: str, interest: bool, text: str = "") -> View:
    """Say whether one has an interest in the outcome. An interest is seen by whoever declares it and by those who are
    convenors of the organisation that convenes the round; that there is none, by whoever says so alone.

    Errors: NotFound; StatementError if this person is not invited, or an interest is declared without words.
    """
    with visit.store.writing() as writer:
        sight = Sight(visit, writer)
        case = case_of(sight, id)
        _invited(sight, case)
        before = declared(sight, case)
        # Who has no interest tells nobody: with a name and a time it would tell the convenor who is answering.
        them = [f"person:{visit.actor.person}", *(_convenors(sight, case) if interest else ())]
        made = stated(
            visit,
            _role(visit),
            body={"kind": "declaration", "interest": interest, "text": text},
            about=id,
            attribution=Attribution.NAMED,
            marking=case.head.marking.join(Marking(tlp=TLP.AMBER_STRICT, audience=Audience.of(*them))),
            supersedes=[before[0].id] if before else [],
        )
        rules.check(made, sight, visit.store.clock())
        head = writer.add(made)
        writer.note(visit.line(DECLARED, [id, head.id]))
    return statement(visit, made.id)


def estimate(visit: Visit, id: str, question: str, given: Mapping[str, Any], stage: Stage | None = None) -> View:
    """Seal an estimate; it stands in place of an earlier one of this stage, until the stage is closed.

    given: ``lowest``, ``best``, ``highest``, ``confidence``, ``reason``. stage: for which it was typed, so that one
    that comes after its stage is late and not of the next; the present one if None.

    Errors: NotFound; StatementError names the field, the rule and the remedy, also when it comes late; SealError.
    """
    with visit.reading() as sight:
        case = case_of(sight, id)
        asked = case.body.question(question)
    if asked is None:
        raise NotFound("this round has no such question", where=question[:80], remedy="See its page for the keys")
    found = _valid(Given, given)
    assert isinstance(found, Given)
    if trouble := found.misfit(asked):
        field = "lowest" if found.lowest < asked.ends[0] else "highest" if found.highest > asked.ends[1] else "best"
        raise StatementError(trouble, field=field, remedy="Correct it; nothing was sealed yet")
    present = case.stage if case.stage in ANSWERED else Stage.FIRST
    return _send(visit, case, stage if stage in ANSWERED else present, asked, found)


def wish(visit: Visit, id: str, given: Mapping[str, Any]) -> View:
    """Seal the recommendations that one proposes, in the second stage.

    given: ``recommendations``, a list of texts.

    Errors: as ``estimate``.
    """
    with visit.reading() as sight:
        case = case_of(sight, id)
    return _send(visit, case, Stage.SECOND, None, _valid(Wishes, given))


def close(visit: Visit, id: str, given: Mapping[str, Any]) -> View:
    """Seal what one says of the result: dissents by question, and support for the recommendations.

    given: ``dissents`` (texts by the keys of questions), ``support`` (by recommendation: support, oppose, no view).

    Errors: as ``estimate``; StatementError for a question or recommendation that is not the round's.
    """
    with visit.reading() as sight:
        case = case_of(sight, id)
        known = {head.id for head in recommendations(sight.reader, case)}
    found = _valid(Closing, given)
    assert isinstance(found, Closing)
    for key in found.dissents:
        if case.body.question(key) is None:
            raise StatementError("this round has no such question", field=f"dissents.{key}", remedy="See its page")
    for one in found.support:
        if one not in known:
            raise StatementError(
                "this is no recommendation of the round", field=f"support.{one[:12]}", remedy="See its page"
            )
    return _send(visit, case, Stage.CLOSING, None, found)


def take_back(visit: Visit, id: str, question: str | None) -> View:
    """Take back what one sent in this stage; the statement that says so.

    Errors: NotFound if nothing was sent; StatementError if the stage is over.
    """
    with visit.store.writing() as writer:
        sight = Sight(visit, writer)
        case = case_of(sight, id)
        _invited(sight, case)
        ends_in_time(case, visit.store.clock(), case.stage if case.until is not None else Stage.FIRST)
        mine = cases.own(sight, case, case.stage.value).get(question)
        if mine is None:
            raise NotFound("you have sent nothing that could be taken back", where=id, remedy="See the round's page")
        made = stated(
            visit,
            _role(visit),
            body={"kind": "recall", "reason": "taken back before the stage was closed"},
            about=mine.head.id,
            attribution=Attribution.NONE,
            marking=mine.head.marking,
        )
        rules.check(made, sight, visit.store.clock())
        head = writer.add(made)
        writer.note(visit.line("recalled", [head.id]))
    return statement(visit, made.id)


def recommendations(reader: Reader, case: Case) -> list[Held]:
    """The heads of a round's recommendations that stand, oldest first, whoever may see them."""
    heads = (link.source for link in reader.links_to([case.head.id], "about", kind="recommendation"))
    return [head for head in heads if not head.recalled]


def _convenors(sight: Sight, case: Case) -> tuple[str, ...]:
    persons = sight.reader.register.persons.values()
    return tuple(
        f"person:{one.id}"
        for one in persons
        if one.active and one.organisation == case.head.organisation and Role.CONVENOR in one.roles
    )


def declared(sight: Sight, case: Case) -> tuple[Held, Declaration] | None:
    """What the visitor has declared last; None if nothing."""
    me = (sight.visit.actor.organisation, sight.visit.actor.person)
    return cases.declarations(sight.reader, case, me).get(me)


def _send(visit: Visit, case: Case, stage: Stage, question: Question | None, content: BaseModel) -> View:
    id, key = case.head.id, question.key if question else None
    actor = visit.actor
    bound = context(id, stage.value, key, actor.organisation, actor.person)
    whole = canonical(content.model_dump(mode="json"))
    if len(whole) > LONGEST:
        raise StatementError(
            f"it is {len(whole):,} bytes long, and {LONGEST:,} can be sealed together",
            field=next((field for field, _ in _opening(stage, key, content)), "reason").partition(".")[0],
            remedy="Shorten it; nothing was sealed yet",
        )
    # Sealed before the transaction: the first sealing of a node writes down which key is its own.
    sealed = visit.store.seal.seal(bound, whole)
    late: StatementError | None = None
    made = None
    with visit.store.writing() as writer:
        sight = Sight(visit, writer)
        case = case_of(sight, id)
        _invited(sight, case)
        try:
            ends_in_time(case, visit.store.clock(), stage)
        except StatementError as error:
            late = error
            if case.stage is not Stage.REGISTERED:
                writer.note(visit.line(LATE, [id], stage=stage.value, question=key))
        else:
            if declared(sight, case) is None:
                raise StatementError(
                    "you have not said whether you have an interest in the outcome",
                    field="declaration",
                    remedy="Say so on the round's page first; convenors alone read an interest",
                )
            _can_be_opened(sight, case, _opening(stage, key, content))
            before = cases.own(sight, case, stage.value).get(key)
            made = stated(
                visit,
                _role(visit),
                body={
                    "kind": "envelope",
                    "stage": stage.value,
                    "question": key,
                    "sealed": sealed.partition(":")[2],
                },
                about=id,
                attribution=Attribution.NONE,
                marking=private(case, actor.person),
                supersedes=[before.head.id] if before else [],
            )
            rules.check(made, sight, visit.store.clock())
            head = writer.add(made)
            writer.note(visit.line(SEALED, [id, head.id]))
    if late or made is None:
        raise late or StatementError("nothing was sealed", field="stage")
    return statement(visit, made.id)


def _opening(stage: Stage, question: str | None, content: BaseModel) -> Iterator[tuple[str, dict[str, Any]]]:
    """What will be opened of something that is sealed: the field that holds its words, and the body."""
    match content:
        case Given():
            yield "reason", {"kind": "estimate", "stage": stage.value, "question": question, "given": content}
        case Wishes():
            for number, text in enumerate(content.recommendations):
                yield f"recommendations.{number}", {"kind": "recommendation", "text": text}
        case Closing():
            for key, text in content.dissents.items():
                yield f"dissents.{key}", {"kind": "dissent", "question": key, "text": text}


def _can_be_opened(sight: Sight, case: Case, found: Iterable[tuple[str, dict[str, Any]]]) -> None:
    """Whether what is sealed keeps the rules of a statement: when it is opened, its author can no longer mend it."""
    visit, about = sight.visit, case.head.id
    for field, body in found:
        try:
            made = stated(
                visit, _role(visit), body=body, about=about, attribution=case.attribution, marking=case.opened
            )
            rules.check(made, sight, visit.store.clock())
        except StatementError as error:
            raise StatementError(error.what, field=field, remedy=error.remedy) from None


def _invited(sight: Sight, case: Case) -> None:
    if sight.visit.may <= {Role.READER}:
        raise AccessError("this token only reads", remedy="Use one whose scopes let it write")
    if not invited(sight, case):
        sight.visit.note("denied", [case.head.id], {"to": "answer a round"})
        raise StatementError(
            "you are not invited to answer this round",
            field="round",
            remedy="Ask its convenor; the invitations stand in the round",
        )


def _role(visit: Visit) -> Role:
    """The role in which somebody answers: the first they have; being invited is what counts."""
    return next((role for role in Role if role in visit.roles), Role.READER)


def _valid(kind: type[BaseModel], given: Mapping[str, Any]) -> BaseModel:
    try:
        return kind.model_validate(dict(given))
    except ValidationError as error:
        raise in_words(error) from None
