"""Making statements: the preview of who will see one, storing it, and withdrawing it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from tocsin.core.body import Body, Derivable
from tocsin.core.errors import StatementError, TocsinError
from tocsin.core.instant import Instant, written
from tocsin.core.marking import Marking
from tocsin.core.register import Preview
from tocsin.core.seeing import Role, originates
from tocsin.core.statement import Attribution, Origin, Standing, Statement
from tocsin.desk import people, rules
from tocsin.desk.assessing.checking import pinned
from tocsin.desk.dissents import inherited
from tocsin.desk.shape import in_words
from tocsin.desk.views import View, statement
from tocsin.desk.visit import Sight, Visit
from tocsin.store.writing import leads, placed

_IDENTITY = re.compile(r"[0-9a-f]{64}")

AUTHORS_FIELDS = (
    "body",
    "subject",
    "attribution",
    "made_at",
    "about",
    "as_of",
    "standing",
    "evidence",
    "vocabulary",
    "method",
    "origin",
    "marking",
    "supersedes",
    "derived_from",
)
"""What an author sets; the rest follows from who they are."""

AUTHORS_KINDS = ("note", "assessment", "contribution", "request", "reply", "moment", "instrument")
"""Kinds that a person makes directly; recalls, releases and rounds have functions of their own."""

KEPT_KINDS = {
    "recall": ("a recall is not itself recalled", "Make the statement again instead"),
    "lineage": ("a lineage stays as long as what it is about", "Recall the released statement"),
    "round": ("a round is cancelled, not recalled", "Cancel it, with the reason"),
    "step": ("what happened in a round has happened", "Cancel the round, with the reason"),
    "result": ("a result stays, with its dissents", "Make a note that says why it should not be relied on"),
    "envelope": ("an answer is taken back in its round", "Take it back there, as long as the stage is open"),
}
"""Kinds that are not recalled: why, and what to do instead."""


def preview(visit: Visit, marking: Mapping[str, Any] | Marking) -> Preview:
    """Who would see something stored under this marking now.

    Errors: StatementError says what is wrong with the marking.
    """
    wanted = read_marking(marking)
    with visit.reading() as sight:
        rules.check_audience(wanted, sight)
        return _previewed(sight, wanted)


def _previewed(sight: Sight, marking: Marking, opened: Instant | None = None) -> Preview:
    """Everybody who will see it is counted; named are those whom the visitor may know."""
    counted = sight.reader.register.preview(marking, sight.visit.store.clock(), opened)
    return counted.naming(people.known_to(sight).persons)


def read_marking(marking: Mapping[str, Any] | Marking) -> Marking:
    """A marking from what somebody typed.

    Errors: StatementError names the field and the rule.
    """
    try:
        return Marking.model_validate(marking)
    except ValidationError as error:
        told = in_words(error)
        # What is wrong with the whole of it is that the audience does not fit the label.
        field = "audience" if told.field == "statement" else told.field
        raise StatementError(told.what, field=f"marking.{field}", remedy=told.remedy) from None


def make(visit: Visit, given: Mapping[str, Any], kinds: Collection[str] = AUTHORS_KINDS) -> View:
    """Store what this person states; what was stored.

    given: the fields of ``AUTHORS_FIELDS``; ``body``, ``subject`` and ``marking`` at least. kinds: those that may be
    made; kinds with an address of their own are made through their function, which names them.

    Errors: StatementError names the field, the rule and the remedy; AccessError if the role does not suffice.
    """
    read = _read(visit, pinned(dict(given)), kinds)
    _store(visit, read)
    return statement(visit, read.id)


def make_all(visit: Visit, many: Sequence[Mapping[str, Any]]) -> dict[int, str | TocsinError]:
    """Store many statements at once; for each, by its place, its identity or why it was left out.

    What breaks a rule is left out and the others are stored, all in one transaction and under one line of the log.

    Errors: AccessError if the role does not suffice for the first; StoreError if nothing could be stored.
    """
    done: dict[int, str | TocsinError] = {}
    read: dict[int, Statement] = {}
    for place, given in enumerate(many):
        try:
            read[place] = _read(visit, pinned(dict(given)), AUTHORS_KINDS)
        except StatementError as error:
            done[place] = error
    with visit.store.writing() as writer:
        sight = Sight(visit, writer)
        for place, made in read.items():
            try:
                rules.check(made, sight, visit.store.clock())
                done[place] = writer.add(made).id
            except TocsinError as error:
                done[place] = error
        stored = [one for one in done.values() if isinstance(one, str)]
        if stored:
            writer.note(visit.line("imported", stored, number=len(stored)))
    return done


def check(visit: Visit, given: Mapping[str, Any], kinds: Collection[str] = AUTHORS_KINDS) -> Preview:
    """All that ``make`` would check, and who would see it, with nothing stored.

    Errors: as ``make``.
    """
    read = _read(visit, pinned(dict(given)), kinds)
    with visit.reading() as sight:
        now = visit.store.clock()
        rules.check(read, sight, now)
        opened, _ = placed(read, now, sight.reader.find(leads(read)))
        return _previewed(sight, read.marking, opened)


def recall(visit: Visit, id: str, reason: str) -> View:
    """Withdraw a statement: whoever saw it sees that it is withdrawn, and only its originator still sees what it said.

    Errors: NotFound; StatementError if it is recalled already or is not theirs; AccessError.
    """
    role = visit.need(Role.DESK_OFFICER, Role.ANALYST, to="recall a statement")
    with visit.reading() as sight:
        head = sight.find(id)
    if not originates(visit.actor, head):
        visit.note("denied", [id], {"to": "recall"})
        raise StatementError(
            "only its originator recalls a statement; what is attributed to nobody, its author",
            field="subject",
            remedy="Ask whoever made it, or make a statement of your own",
        )
    if role is not Role.DESK_OFFICER and head.person != visit.actor.person:
        raise StatementError(
            "an analyst recalls only what they wrote", field="subject", remedy="Ask a desk officer to recall it"
        )
    if head.recalled:
        raise StatementError("it is recalled already", field="subject", remedy="Nothing needs to be done")
    if head.kind in KEPT_KINDS:
        what, remedy = KEPT_KINDS[head.kind]
        raise StatementError(what, field="subject", remedy=remedy)
    withdrawn = stated(
        visit,
        role,
        body={"kind": "recall", "reason": reason},
        about=id,
        # The recall must not tell more of its author than the statement did.
        attribution=Attribution.ORGANISATION if head.attributed else Attribution.NONE,
        marking=head.marking,
    )
    _store(visit, withdrawn)
    return statement(visit, withdrawn.id)


def stated(
    visit: Visit,
    role: Role,
    *,
    body: Mapping[str, Any] | Body,
    about: str,
    attribution: Attribution,
    marking: Marking,
    **more: Any,
) -> Statement:
    """A statement about another one (by identity), by this person for their organisation; not stored yet.

    Errors: StatementError names the field that breaks a rule.
    """
    try:
        return Statement.model_validate(
            {
                "body": body,
                "subject": {"type": "statement", "id": about},
                "author": {"organisation": visit.actor.organisation, "person": visit.actor.person, "role": role},
                "attribution": attribution,
                "made_at": written(visit.store.clock()),
                "standing": Standing.DESK if role is Role.DESK_OFFICER else Standing.NOTE,
                "marking": marking,
                **more,
            }
        )
    except ValidationError as error:
        raise in_words(error) from None


def _read(visit: Visit, given: dict[str, Any], kinds: Collection[str]) -> Statement:
    rules.fields_of(given, AUTHORS_FIELDS)
    marking = read_marking(given.get("marking") or _absent("marking"))
    try:
        standing = Standing(given.get("standing") or Standing.NOTE)
    except ValueError:
        raise StatementError(
            "there is no such standing", field="standing", remedy="Write one of " + ", ".join(Standing)
        ) from None
    role = visit.need(*rules.MAY_ISSUE[standing], to=f"make a statement of standing {standing.value!r}")
    body = given.get("body")
    if isinstance(body, Mapping) and body.get("kind", "note") not in kinds:
        raise StatementError(
            "a person does not make a statement of this kind directly",
            field="body.kind",
            remedy="Make a " + " or ".join(AUTHORS_KINDS) + "; recalls and releases have addresses of their own",
        )
    now = visit.store.clock()
    try:
        read = Statement.model_validate(
            {
                "made_at": written(now),
                **{name: value for name, value in given.items() if value is not None},
                "standing": standing,
                "marking": marking,
                "attribution": rules.attributed(marking, given.get("attribution")),
                "origin": _origin(given.get("origin")),
                "author": {"organisation": visit.actor.organisation, "person": visit.actor.person, "role": role},
            }
        )
    except ValidationError as error:
        raise in_words(error) from None
    except ValueError as error:
        raise StatementError(str(error), field="attribution", remedy="Write one of " + ", ".join(Attribution)) from None
    for number, item in enumerate(read.evidence):
        if item.type == "source" and _IDENTITY.fullmatch(item.reference.strip()):
            raise StatementError(
                "this is the identity of a statement or a file, not a source in words",
                field=f"evidence.{number}.reference",
                remedy="Give it the type statement or attachment, so that its marking and its dissents come along",
            )
    return _carrying(visit, read)


def _carrying(visit: Visit, read: Statement) -> Statement:
    """The statement with the dissents of everything that it is made from, and with no others."""
    if not isinstance(read.body, Derivable):
        return read
    dissents: tuple[str, ...] = ()
    # A correction without its sources still rests on them, and what is about a result speaks of it.
    about = (read.subject.id,) if read.subject.type == "statement" else ()
    if rests := (*read.inputs, *read.supersedes, *about):
        with visit.reading() as sight:
            dissents = inherited(sight, rests)
    if dissents == read.body.dissents:
        return read
    return read.model_copy(update={"body": read.body.model_copy(update={"dissents": dissents})})


def _origin(given: Any) -> Origin:
    """What made it. A model speaks through the node alone."""
    allowed = [one for one in Origin if one is not Origin.MODEL]
    if given is not None and given not in allowed:
        raise StatementError(
            "a person does not make a statement of this origin", field="origin", remedy=f"Write {', '.join(allowed)}"
        )
    return Origin(given or Origin.PERSON)


def _absent(field: str) -> Any:
    raise StatementError(f"{field} is missing", field=field, remedy=f"Give {field}")


def _store(visit: Visit, made: Statement) -> None:
    """Check and record in one transaction, so that what was checked still holds when it is written."""
    with visit.store.writing() as writer:
        sight = Sight(visit, writer)
        rules.check(made, sight, visit.store.clock())
        if made.recalls and writer.find([made.recalls])[made.recalls].recalled:
            raise StatementError("it is recalled already", field="subject", remedy="Nothing needs to be done")
        head = writer.add(made)
        act = "recalled" if made.recalls else "wrote"
        writer.note(visit.line(act, [head.id], marking=made.marking.label, recorded_at=written(head.recorded_at)))
