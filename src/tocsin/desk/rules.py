"""What must hold before a statement is stored: each rule says which field breaks it and what to do."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import Any

from tocsin.core.errors import StatementError, TocsinError
from tocsin.core.instant import Instant, moment
from tocsin.core.marking import Caveat, Marking, strictest
from tocsin.core.place import place
from tocsin.core.seeing import Role, originates
from tocsin.core.statement import LARGEST, Attribution, Standing, Statement
from tocsin.desk import fiction, field_rules, people
from tocsin.desk.assessing import checking
from tocsin.desk.horizon import foreseen_rules
from tocsin.desk.triggers import agreed
from tocsin.desk.visit import Sight
from tocsin.store import auditing
from tocsin.store.held import Held

AHEAD = timedelta(minutes=5)
"""How far the clock of whoever made a statement may be ahead of ours."""

_PERIOD = re.compile(r"\d{4}(-\d{2}){0,2}|\d{4}-\d{4}", re.ASCII)

_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")

_HIDES = (Attribution.NAMED, Attribution.ORGANISATION, Attribution.NONE)
"""Attributions, each of which tells less than the one before."""

MAY_ISSUE = {
    Standing.NOTE: (Role.ANALYST, Role.DESK_OFFICER, Role.CONVENOR),
    Standing.ANALYST: (Role.ANALYST, Role.DESK_OFFICER),
    Standing.DESK: (Role.DESK_OFFICER,),
    Standing.INSTITUTION: (Role.DESK_OFFICER,),
}
"""The roles in which a statement of each standing may be made."""

INHERITING = (
    "activation",
    "backtest",
    "declaration",
    "dissent",
    "envelope",
    "estimate",
    "happening",
    "lineage",
    "recall",
    "recommendation",
    "result",
    "step",
)
"""Kinds whose audience follows from other statements: it must hold even where the author has left a group since."""

_MISSING = "there is no such statement, or it is not for you"


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
    _letters(statement)
    _times(statement, now)
    _world(statement, sight)
    if statement.kind not in INHERITING:
        check_audience(statement.marking, sight)
    subject = _subject(statement, sight)
    inputs = _seen(statement.inputs, "derived_from", sight)
    _files(statement, sight)
    checking.check(statement)
    foreseen_rules.check(statement)
    check_strictness(statement.marking, [*inputs, *([subject] if subject else [])], sight)
    field_rules.check(statement, inputs, subject, sight, now)
    agreed.check(statement, subject, sight, now)
    for old in _seen(statement.supersedes, "supersedes", sight):
        _may_supersede(statement, old, subject.subject if subject else statement.subject.key, sight)


def check_audience(marking: Marking, sight: Sight) -> None:
    """Whether everybody whom the audience names is known to the visitor.

    Errors: StatementError names those who are not, in the same words whether there is nobody of that name or they are
    not for the visitor to know of.
    """
    if unknown := people.known_to(sight).unknown(marking):
        raise StatementError(
            f"nobody here is called {', '.join(unknown)}",
            field="marking.audience",
            remedy="Choose organisations, groups and persons from the list, or have a steward add them",
        )


def check_strictness(marking: Marking, inputs: Collection[Held], sight: Sight) -> None:
    """Whether a marking is at least as strict as every input's.

    Errors: StatementError says in what it is looser; the refusal is written down.
    """
    if not inputs:
        return
    least = strictest(*(head.marking for head in inputs))
    if looser := marking.looser_than(least):
        sight.visit.note("denied", [head.id for head in inputs], {"to": "use it under a looser marking"})
        audience = " and ".join(" or ".join(clause) for clause in least.audience.root) or "nobody"
        raise StatementError(
            f"the marking is looser than what it is made from: {'; '.join(looser)}",
            field="marking",
            remedy=f"Mark it at least {least.label} for {audience}, or have the originator approve a downgrade",
        )


def _letters(statement: Statement) -> None:
    """No field holds what cannot be seen, and what no document can take: controls but line ends and tabs."""
    edge: list[tuple[str, Any]] = [("", statement.model_dump(mode="json"))]
    while edge:
        field, value = edge.pop()
        if isinstance(value, str) and _UNSEEN.search(value):
            raise StatementError(
                "it holds control characters", field=field, remedy="Take them out; line ends and tabs may stay"
            )
        if isinstance(value, (dict, list)):
            pairs = value.items() if isinstance(value, dict) else enumerate(value)
            edge += [(f"{field}.{name}".lstrip("."), one) for name, one in pairs]


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
            (fiction.state if sight.visit.store.world == "exercise" else place)(subject.id)
        except TocsinError as error:
            raise StatementError(error.what, field="subject.id", remedy=error.remedy) from None
    elif not _is_period(subject.id):
        raise StatementError(
            f"{subject.id!r} is no period", field="subject.id", remedy="Write 2026, 2026-11, 2026-11-23 or 2025-2026"
        )
    return None


def _is_period(text: str) -> bool:
    """Whether it is a year, a month, a day, or years from one to another, as they stand in a calendar."""
    if not _PERIOD.fullmatch(text):
        return False
    first, *others = text.split("-")
    if others and len(others[0]) == 4:
        return first < others[0]
    try:
        date(int(first), *(int(one) for one in [*others, "01", "01"][:2]))
    except ValueError:
        return False
    return True


def _seen(ids: Iterable[str], field: str, sight: Sight) -> list[Held]:
    """The statements of these identities, all of which the author must be able to see."""
    wanted = list(ids)
    found = {head.id: head for head in sight.only(sight.reader.find(wanted).values())} if wanted else {}
    for id in wanted:
        if id not in found:
            # The same line whether there is none or it is not for them.
            sight.visit.note("denied", [id], {"to": f"name it in {field}"})
            raise StatementError(f"{_MISSING}: {id}", field=field, remedy="Check the identity, or leave it out")
    return [found[id] for id in wanted]


def _files(statement: Statement, sight: Sight) -> None:
    """Attachments must be here, brought by the author or in something that the author may see.

    Whoever has a file only from others' statements cites it under a marking at least as strict as one of theirs.
    """
    for item in statement.evidence:
        if item.type != "attachment" or brought(sight, item.reference):
            continue
        through = citing(sight, item.reference)
        if not through:
            raise StatementError(
                f"there is no such attachment, or it is not for you: {item.reference}",
                field="evidence",
                remedy="Upload the file first",
            )
        if all(statement.marking.looser_than(head.marking) for head in through):
            check_strictness(statement.marking, through[:1], sight)


def may_use(sight: Sight, id: str) -> bool:
    """Whether a file is this visitor's to see: they brought it, or it is in a statement that they may see."""
    return bool(brought(sight, id) or citing(sight, id))


BROUGHT = "brought a file"
"""The act of whoever brings a file; the log tells of each, where the record of a file names only the first."""


def brought(sight: Sight, id: str) -> str | None:
    """The media type as which this visitor brought a file, also if others had brought the same bytes before; None if
    they did not. What others called it would tell them that it was there.
    """
    actor = sight.visit.actor
    if not actor.active:
        return None
    said = auditing.did(sight.reader.connection, id, BROUGHT, actor.organisation, actor.person)
    return str(said["media_type"]) if said else None


def citing(sight: Sight, id: str) -> list[Held]:
    """The statements, of those that this visitor may see, that a file is in; oldest first."""
    return sight.only(link.source for link in sight.reader.links_to([id], "file"))


def _may_supersede(statement: Statement, old: Held, subject: str, sight: Sight) -> None:
    if not originates(sight.visit.actor, old):
        sight.visit.note("denied", [old.id], {"to": "supersede"})
        raise StatementError(
            "only the organisation that made a statement supersedes it; what is attributed to nobody, its author",
            field="supersedes",
            remedy="Make a statement of your own; both will stand side by side",
        )
    _, before = sight.reader.statements([old])[old.id]
    if _HIDES.index(statement.attribution) < _HIDES.index(before.attribution):
        raise StatementError(
            f"what it supersedes is attributed as {before.attribution.value}; this would tell who said that too",
            field="attribution",
            remedy=f"Attribute it as {before.attribution.value}, or as less",
        )
    own = old.person == sight.visit.actor.person
    ranks = list(Standing)
    if (
        not own
        and Role.DESK_OFFICER not in sight.visit.roles
        and ranks.index(statement.standing) < ranks.index(before.standing)
    ):
        sight.visit.note("denied", [old.id], {"to": "supersede a higher standing"})
        raise StatementError(
            f"what it supersedes has the standing {before.standing.value}",
            field="supersedes",
            remedy="Ask a desk officer or its author to correct it, or make a statement beside it",
        )
    if _rests_on_others(old, sight) and (looser := statement.marking.looser_than(old.marking)):
        # Otherwise a correction without its sources would wash their marking off their words.
        sight.visit.note("denied", [old.id], {"to": "supersede under a looser marking"})
        raise StatementError(
            "what it supersedes was made from statements of other organisations, and the marking is looser: "
            + "; ".join(looser),
            field="marking",
            remedy=f"Mark it at least {old.marking.label} for the same audience, or propose a release",
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


def _rests_on_others(old: Held, sight: Sight) -> bool:
    """Whether a statement, or one that it superseded, was made from what another organisation said.

    What is attributed to nobody counts as another's for all but its author: a colleague who is let pass would know that
    it comes from their own organisation.
    """
    made_from = sight.reader.find(sources(sight, [old])).values()
    actor = sight.visit.actor
    return any(
        head.organisation != old.organisation or not (head.attributed or originates(actor, head)) for head in made_from
    )


def sources(sight: Sight, heads: Iterable[Held]) -> set[str]:
    """What these statements were made from, and what all those were made from that they superseded.

    A correction without its sources still rests on them.
    """
    edge, found = list(heads), set[str]()
    met = {head.id for head in edge}
    while edge:
        made = [stated for _, stated in sight.reader.statements(edge).values()]
        found |= {id for one in made for id in one.inputs}
        edge = list(sight.reader.find({id for one in made for id in one.supersedes} - met).values())
        met |= {head.id for head in edge}
    return found


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
