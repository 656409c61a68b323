"""What must hold before a statement is stored: each rule says which field breaks it and what to do."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from pydantic import ValidationError

from tocsin.core.errors import StatementError, TocsinError
from tocsin.core.instant import Instant, moment
from tocsin.core.marking import Caveat, Marking, strictest
from tocsin.core.place import place
from tocsin.core.seeing import Role
from tocsin.core.statement import LARGEST, Attribution, Standing, Statement
from tocsin.desk.visit import Sight
from tocsin.store.held import Held

AHEAD = timedelta(minutes=5)
"""How far the clock of whoever made a statement may be ahead of ours."""

_PERIOD = re.compile(r"\d{4}(-\d{2}){0,2}|\d{4}-\d{4}", re.ASCII)

MAY_ISSUE = {
    Standing.NOTE: (Role.ANALYST, Role.DESK_OFFICER, Role.CONVENOR),
    Standing.ANALYST: (Role.ANALYST, Role.DESK_OFFICER),
    Standing.DESK: (Role.DESK_OFFICER,),
    Standing.INSTITUTION: (Role.DESK_OFFICER,),
}
"""The roles in which a statement of each standing may be made."""

_MISSING = "there is no such statement, or it is not for you"


def in_words(error: ValidationError) -> StatementError:
    """The first thing that a schema finds wrong, with how many more there are."""
    first, *others = error.errors()
    # A choice between kinds puts the kind's name into the path; a person looks for the field.
    path = [str(part) for part in first["loc"] if part not in ("function-after", "function-before")]
    more = f" ({len(others)} more fields are wrong)" if others else ""
    return StatementError(
        first["msg"].removeprefix("Value error, ") + more,
        field=".".join(path) or "statement",
        remedy="Correct the field; the schema of each kind is under /api/v1/kinds",
    )


def check(statement: Statement, sight: Sight, now: Instant) -> None:
    """Whether a statement may be stored by this visitor.

    Errors: StatementError names the field, the rule and the remedy.
    """
    if len(statement.open_bytes) + len(statement.sealed_bytes) > LARGEST:
        raise StatementError(
            f"the statement is larger than {LARGEST // 1024} KiB",
            field="body",
            remedy="Shorten it, or attach the long part as a file",
        )
    _times(statement, now)
    _world(statement, sight)
    check_audience(statement.marking, sight)
    subject = _subject(statement, sight)
    inputs = _seen(statement.inputs, "derived_from", sight)
    _files(statement, sight)
    check_strictness(statement.marking, [*inputs, *([subject] if subject else [])])
    for old in _seen(statement.supersedes, "supersedes", sight):
        _may_supersede(statement, old, subject.subject if subject else statement.subject.key)


def check_audience(marking: Marking, sight: Sight) -> None:
    """Whether everybody whom the audience names is known.

    Errors: StatementError names those who are not.
    """
    if unknown := sight.reader.register.unknown(marking):
        raise StatementError(
            f"nobody here is called {', '.join(unknown)}",
            field="marking.audience",
            remedy="Choose organisations, groups and persons from the list, or have a steward add them",
        )


def check_strictness(marking: Marking, inputs: Iterable[Held], field: str = "marking") -> None:
    """Whether a marking is at least as strict as every input's.

    Errors: StatementError says in what it is looser.
    """
    markings = [head.marking for head in inputs]
    if not markings:
        return
    least = strictest(*markings)
    if looser := marking.looser_than(least):
        audience = " and ".join(" or ".join(clause) for clause in least.audience.root) or "nobody"
        raise StatementError(
            f"the marking is looser than what it is made from: {'; '.join(looser)}",
            field=field,
            remedy=f"Mark it at least {least.label} for {audience}, or have the originator approve a downgrade",
        )


def _times(statement: Statement, now: Instant) -> None:
    here = moment(now)
    if statement.made_at > here + AHEAD:
        raise StatementError(
            f"it is made at {statement.made_at:%Y-%m-%d %H:%M} UTC; on this node it is {here:%Y-%m-%d %H:%M}",
            field="made_at",
            remedy="Set the clock of the machine it was made on, or leave the field out",
        )
    if statement.as_of and statement.as_of > here.date() + timedelta(days=1):
        raise StatementError(
            f"nobody can know of events up to {statement.as_of} yet",
            field="as_of",
            remedy="Give the last day whose events were known",
        )


def _world(statement: Statement, sight: Sight) -> None:
    exercise = sight.visit.store.world == "exercise"
    if (Caveat.EXERCISE in statement.marking.caveats) != exercise:
        raise StatementError(
            "this store holds an exercise: every marking carries the caveat EXERCISE"
            if exercise
            else "this store holds real statements: none carries the caveat EXERCISE",
            field="marking.caveats",
            remedy="Add the caveat" if exercise else "Take the caveat out, or use a node opened with --exercise",
        )


def _subject(statement: Statement, sight: Sight) -> Held | None:
    """The statement that this one is about, if it is about one; a place and a period must make sense."""
    subject = statement.subject
    if subject.type == "statement":
        (found,) = _seen((subject.id,), "subject", sight)
        return found
    if subject.type == "place":
        try:
            place(subject.id)
        except TocsinError as error:
            raise StatementError(error.what, field="subject.id", remedy=error.remedy) from None
    elif not _PERIOD.fullmatch(subject.id):
        raise StatementError(
            f"{subject.id!r} is no period", field="subject.id", remedy="Write 2026, 2026-11, 2026-11-23 or 2025-2026"
        )
    return None


def _seen(ids: Iterable[str], field: str, sight: Sight) -> list[Held]:
    """The statements of these identities, all of which the author must be able to see."""
    wanted = list(ids)
    found = {head.id: head for head in sight.only(sight.reader.find(wanted).values())} if wanted else {}
    for id in wanted:
        if id not in found:
            raise StatementError(f"{_MISSING}: {id}", field=field, remedy="Check the identity, or leave it out")
    return [found[id] for id in wanted]


def _files(statement: Statement, sight: Sight) -> None:
    """Attachments must be here, brought by the author's organisation or in something that the author may see."""
    for item in statement.evidence:
        if item.type == "attachment" and not may_use(sight, item.reference):
            raise StatementError(
                f"there is no such attachment, or it is not for you: {item.reference}",
                field="evidence",
                remedy="Upload the file first",
            )


def may_use(sight: Sight, id: str) -> bool:
    """Whether a file is this visitor's to see: they brought it, or it is in a statement that they may see."""
    file = sight.reader.file(id)
    if file is None:
        return False
    actor = sight.visit.actor
    if (file.organisation, file.person) == (actor.organisation, actor.person):
        return True
    return bool(sight.only(link.source for link in sight.reader.links_to([id], "file")))


def _may_supersede(statement: Statement, old: Held, subject: str) -> None:
    if old.organisation != statement.author.organisation:
        raise StatementError(
            "only the organisation that made a statement supersedes it",
            field="supersedes",
            remedy="Make a statement of your own; both will stand side by side",
        )
    if (old.kind, old.subject) != (statement.kind, subject):
        raise StatementError(
            f"what it supersedes is a {old.kind} about {old.subject}",
            field="supersedes",
            remedy="Supersede only a statement of the same kind about the same subject",
        )
    if old.recalled:
        raise StatementError(
            "what it supersedes has been recalled", field="supersedes", remedy="Make it as a new statement"
        )


def attributed(marking: Marking, wanted: str | None) -> Attribution:
    """How a statement is attributed when its author leaves it open."""
    if wanted is None:
        return Attribution.NONE if Caveat.CHATHAM_HOUSE in marking.caveats else Attribution.NAMED
    return Attribution(wanted)


def fields_of(given: dict[str, Any], allowed: Iterable[str]) -> None:
    """Whether only fields that an author may set are given.

    Errors: StatementError names the first that is not.
    """
    known = sorted(allowed)
    for name in given:
        if name not in known:
            raise StatementError(
                "there is no such field to set", field=name[:80], remedy=f"An author sets {', '.join(known)}"
            )
