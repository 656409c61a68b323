"""The releasable layer: from restricted statements to a less restricted note that its sources' originators agreed to.

Three acts, each a statement. Somebody who may see the sources **proposes** the note; a desk officer of each stricter
source's originator **approves** exactly that text under that marking; the proposing organisation **releases** it. The
released note holds no link to where it came from, open or sealed; a lineage under the join of the sources' markings
does.
"""

from __future__ import annotations

from tocsin.core.errors import NotFound, StatementError
from tocsin.core.instant import written
from tocsin.core.marking import Marking, strictest
from tocsin.core.seeing import Role, originates
from tocsin.core.statement import Attribution, Statement
from tocsin.desk import rules
from tocsin.desk.making import stated
from tocsin.desk.proposals import Case, Source, case_of, may_approve, note_of
from tocsin.desk.views import View, statement
from tocsin.desk.visit import Sight, Visit
from tocsin.store.held import Held


def approve(visit: Visit, id: str, source: str, reason: str) -> View:
    """Agree, for the originator of a source, that exactly the text of a proposal goes out under its marking.

    Withdrawn like any statement, by recalling it, as long as the text has not gone out.

    Errors: NotFound; StatementError if it is not this person's to approve, or nothing is left to approve; AccessError.
    """
    role = visit.need(Role.DESK_OFFICER, Role.ANALYST, to="approve a release")
    _find(visit, id)
    with visit.store.writing() as writer:
        sight = Sight(visit, writer)
        case = _open(sight, id)
        asked = next((one for one in case.sources if one.head.id == source), None)
        if asked is None:
            raise StatementError(
                "this is no source of the proposal, or it is not for you",
                field="source",
                remedy="Choose one of the sources that the proposal shows you",
            )
        _may_approve(visit, asked)
        made = stated(
            visit,
            role,
            body={"kind": "downgrade", "derived": case.pin, "to": case.body.to, "reason": reason},
            about=source,
            # The approval must not tell more of where the source came from than the source does.
            attribution=Attribution.ORGANISATION if asked.head.attributed else Attribution.NONE,
            marking=asked.head.marking,
        )
        rules.check(made, sight, visit.store.clock())
        head = writer.add(made)
        writer.note(visit.line("approved", [head.id, source], proposal=id))
    return statement(visit, made.id)


def release(visit: Visit, id: str) -> View:
    """Let a proposed text out, once everybody has agreed who must; the released note.

    Errors: NotFound; StatementError says whose approval is missing or what has changed since; AccessError.
    """
    role = visit.need(Role.DESK_OFFICER, to="release a text")
    _find(visit, id)
    with visit.store.writing() as writer:
        sight = Sight(visit, writer)
        case = _open(sight, id)
        _may_release(visit, case)
        note = note_of(visit, case.body, role)
        rules.check(note, sight, visit.store.clock())
        out = writer.add(note)
        lineage = _lineage(visit, case, out, role)
        rules.check(lineage, sight, visit.store.clock())
        kept = writer.add(lineage)
        # Two lines: whoever may ask who saw the note learns nothing of its sources from the line about it.
        writer.note(visit.line("wrote", [out.id], marking=out.marking.label, recorded_at=written(out.recorded_at)))
        writer.note(visit.line("released", [kept.id, *lineage.derived_from], marking=kept.marking.label))
    return statement(visit, note.id)


def _find(visit: Visit, id: str) -> None:
    """Errors: NotFound, on record, unless this is a proposal that the person may see."""
    with visit.reading() as sight:
        if sight.find(id).kind != "proposal":
            raise NotFound("this is no proposal", where=id, remedy="Give the identity of a proposed release")


def _open(sight: Sight, id: str) -> Case:
    """A proposal on which something can still be done."""
    heads = sight.only(sight.reader.find([id]).values())
    case = case_of(sight, heads[0]) if heads else None
    if case is None or case.head.recalled:
        raise StatementError(
            "the proposal has been withdrawn", field="proposal", remedy="Ask whoever made it for a new one"
        )
    if case.released:
        raise StatementError(
            "the text has been released", field="proposal", remedy="Nothing needs to be done; propose a further one"
        )
    return case


def _may_approve(visit: Visit, asked: Source) -> None:
    if not asked.needs:
        raise StatementError(
            "the release is as strict as this source, so it needs no approval",
            field="source",
            remedy="Nothing needs to be done",
        )
    if not may_approve(visit, asked):
        visit.note("denied", [asked.head.id], {"to": "approve a release"})
        raise StatementError(
            "a desk officer of its originator approves, or its author if it is attributed to nobody",
            field="source",
            remedy="Ask them",
        )
    if asked.head.recalled:
        raise StatementError("the source has been recalled", field="source", remedy="Propose a text without it")
    if asked.owed:
        raise StatementError(
            "the source rests on something stricter, to whose release its originator has not agreed",
            field="source",
            remedy="Ask its author what it was made from; that must be a source of the proposal and be approved first",
        )
    if asked.approval:
        raise StatementError("it is approved already", field="source", remedy="Nothing needs to be done")


def _may_release(visit: Visit, case: Case) -> None:
    if not originates(visit.actor, case.head):
        visit.note("denied", [case.head.id], {"to": "release a text"})
        raise StatementError(
            "the organisation that proposed a text releases it; if the proposal is attributed to nobody, its author",
            field="proposal",
            remedy="Ask a desk officer of theirs",
        )
    if not case.whole or any(one.head.recalled for one in case.sources):
        raise StatementError(
            "a source has been recalled, or is no longer for you",
            field="proposal",
            remedy="Propose a text without it",
        )
    if case.missing:
        raise StatementError(
            "the originators of these sources have not agreed: " + ", ".join(one.head.id for one in case.missing),
            field="proposal",
            remedy="Ask a desk officer of each to approve it; an approval that was withdrawn counts no more",
        )


def _lineage(visit: Visit, case: Case, out: Held, role: Role) -> Statement:
    approvals = [one.approval for one in case.sources if one.approval]
    heads = [case.head, *(one.head for one in case.sources), *approvals]
    marking = strictest(out.marking, *(head.marking for head in heads))
    return stated(
        visit,
        role,
        body={"kind": "lineage", "derived": case.pin},
        about=out.id,
        attribution=_attribution(marking),
        marking=marking,
        derived_from=tuple(dict.fromkeys(head.id for head in heads)),
    )


def _attribution(marking: Marking) -> Attribution:
    unattributed = rules.attributed(marking, None) is Attribution.NONE
    return Attribution.NONE if unattributed else Attribution.ORGANISATION
