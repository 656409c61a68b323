"""Proposing a release: a less restricted note is drafted from statements and put before their originators."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from tocsin.core.errors import StatementError
from tocsin.core.instant import written
from tocsin.core.kinds import Note, Proposal
from tocsin.core.marking import Marking, strictest
from tocsin.core.seeing import Affiliation, Role, may_see
from tocsin.core.statement import Attribution, Standing, Statement, Subject
from tocsin.desk import rules
from tocsin.desk.dissents import inherited
from tocsin.desk.making import read_marking
from tocsin.desk.proposals import Redaction, Source, case_of, note_of, redactions
from tocsin.desk.shape import in_words
from tocsin.desk.views import View, shown, statement
from tocsin.desk.visit import Sight, Visit
from tocsin.store.held import Held

FIELDS = ("title", "text", "subject", "marking", "attribution", "reason")
"""What whoever proposes a release sets."""

MOST = 30
"""Sources of one release."""

_ABOUT_OTHERS = ("recall", "proposal", "downgrade", "lineage", "step", "declaration", "envelope")


def outline(visit: Visit, sources: Sequence[str], given: Mapping[str, Any]) -> tuple[Proposal, tuple[Redaction, ...]]:
    """All that ``propose`` would check, with nothing stored: the proposal, and what it leaves out.

    Errors: as ``propose``.
    """
    made = _proposal(visit, sources, given)
    with visit.reading() as sight:
        _check(made, sight)
        views = shown(sight, list(sight.reader.find(made.derived_from).values()))
    assert isinstance(made.body, Proposal)
    return made.body, redactions({view.id: view.body for view in views}, made.body.note)


def propose(visit: Visit, sources: Sequence[str], given: Mapping[str, Any]) -> View:
    """Draft a less restricted note from statements, and put it before their originators.

    sources: identities. given: the fields of ``FIELDS``; subject as ``place:SDN``; attribution ``organisation`` (the
    default) or ``non-attributed``.

    Errors: NotFound for a source; StatementError names the field, the rule and the remedy; AccessError.
    """
    made = _proposal(visit, sources, given)
    with visit.store.writing() as writer:
        sight = Sight(visit, writer)
        _check(made, sight)
        head = writer.add(made)
        for source in case_of(sight, head, made).missing:
            _reaches(sight, head, source)
        writer.note(visit.line("proposed", [head.id], marking=made.marking.label))
    return statement(visit, made.id)


def _proposal(visit: Visit, sources: Sequence[str], given: Mapping[str, Any]) -> Statement:
    role = visit.need(Role.DESK_OFFICER, Role.ANALYST, to="propose a release")
    rules.fields_of(dict(given), FIELDS)
    ids = list(dict.fromkeys(sources))
    if not 0 < len(ids) <= MOST:
        raise StatementError(
            f"a release is drafted from one to {MOST} statements", field="sources", remedy="Name them by identity"
        )
    with visit.reading() as sight:
        heads = [sight.find(id) for id in ids]
        sight.reads(heads)
        dissents = inherited(sight, ids)
    to = read_marking(given.get("marking") or {})
    subject = _valid(Subject, dict(zip(("type", "id"), str(given.get("subject") or "").split(":", 1), strict=False)))
    wanted = given.get("attribution") or Attribution.ORGANISATION
    if wanted not in (Attribution.ORGANISATION, Attribution.NONE):
        raise StatementError(
            "a released text is attributed to the organisation that releases it, or to nobody",
            field="attribution",
            remedy=f"Write {Attribution.ORGANISATION} or {Attribution.NONE}",
        )
    body = {
        "note": _valid(
            Note, {"title": given.get("title") or "", "text": given.get("text") or "", "dissents": dissents}
        ),
        "about": subject.key,
        "to": to,
        "by": visit.actor.organisation if wanted == Attribution.ORGANISATION else None,
        "reason": given.get("reason") or "",
        "salt": secrets.token_hex(16),
    }
    marking = strictest(*(head.marking for head in heads))
    return Statement.model_validate(
        {
            "body": _valid(Proposal, body),
            "subject": subject,
            "author": {"organisation": visit.actor.organisation, "person": visit.actor.person, "role": role},
            "attribution": rules.attributed(marking, None),
            "made_at": written(visit.store.clock()),
            "standing": Standing.DESK if role is Role.DESK_OFFICER else Standing.ANALYST,
            "marking": marking,
            "derived_from": ids,
        }
    )


def _valid(kind: type[BaseModel], given: Mapping[str, Any]) -> Any:
    try:
        return kind.model_validate(given)
    except ValidationError as error:
        told = in_words(error)
        field = "subject" if kind is Subject else told.field
        remedy = "Write place:CODE or period:YEARS" if kind is Subject else "Correct the field"
        raise StatementError(told.what, field=field, remedy=remedy) from None


def _check(made: Statement, sight: Sight) -> None:
    rules.check(made, sight, sight.visit.store.clock())
    body = made.body
    assert isinstance(body, Proposal)
    if body.about.startswith("statement:"):
        raise StatementError("a released text is about a place or a period", field="subject", remedy="Name one")
    heads = sight.reader.find(made.derived_from).values()
    for head in heads:
        if head.kind in _ABOUT_OTHERS:
            raise StatementError(
                f"a {head.kind} is no source of a release", field="sources", remedy="Name the statement it is about"
            )
        if head.recalled:
            raise StatementError(
                f"a source has been recalled: {head.id}", field="sources", remedy="Draft the text without it"
            )
    _loosens(body.to, made.marking)
    if not any(body.to.looser_than(head.marking) for head in heads):
        raise StatementError(
            "the marking is not looser than any source's, so there is nothing to approve",
            field="marking",
            remedy="Make an ordinary note that is derived from them",
        )
    _known_to_originators(sight, body.to, heads)
    rules.check(note_of(sight.visit, body, Role.DESK_OFFICER), sight, sight.visit.store.clock())


def _known_to_originators(sight: Sight, to: Marking, sources: Iterable[Held]) -> None:
    """Whoever is to agree must be able to know to whom: every group is one that the originators are party to.

    Where a source comes from nobody is told, and whether a group may be named would tell: there it is one of those who
    see the source already.
    """
    register, now = sight.reader.register, sight.visit.store.clock()

    def knows(source: Held, token: str, name: str) -> bool:
        if not source.attributed:
            return token in source.marking.audience.tokens
        return source.organisation in register.groups[name].parties(now)

    for token in sorted(to.audience.tokens):
        kind, _, name = token.partition(":")
        if kind == "group" and not all(knows(one, token, name) for one in sources):
            raise StatementError(
                f"not every originator of a source knows of {token}, so they could not agree to it",
                field="marking.audience",
                remedy="Name organisations, or a group that all of them are in",
            )


def _loosens(to: Marking, joint: Marking) -> None:
    """Whoever may see all sources must be able to see what is released from them; else its lineage would tell them of
    something that is not for them.
    """
    if to.tlp.rank > joint.tlp.rank or not joint.audience.within(to.audience):
        names = " or ".join(joint.audience.root[0]) if joint.audience.root else "somebody"
        raise StatementError(
            "a release is for more people than its sources: whoever may see all of them may see it",
            field="marking",
            remedy=f"Mark it at most {joint.tlp.label}, and let its audience take in {names}",
        )


def _reaches(sight: Sight, head: Held, source: Source) -> None:
    """Whether anybody who may approve would see the proposal. Of an unattributed source only its author may."""
    if source.statement.attribution is Attribution.NONE:
        return
    register, now = sight.reader.register, sight.visit.store.clock()
    for person in register.persons.values():
        if (
            person.organisation == source.head.organisation
            and Role.DESK_OFFICER in person.roles
            and person.affiliation is Affiliation.MEMBER
            and may_see(register.actor(person.id, now, sight.visit.store.world), head).allow
        ):
            return
    raise StatementError(
        f"no desk officer of {source.head.organisation} could see the proposal, so nobody could approve it",
        field="sources",
        remedy="Propose a release from each originator's statements on its own",
    )
