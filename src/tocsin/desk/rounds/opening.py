"""Ending a stage: what was sealed in it becomes statements of its authors, attributed as agreed.

All carry one instant and are recorded in an order that chance decides, so that neither tells who answered when.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tocsin.core.convening import FEWEST, Closing, Dissent, Estimate, Flags, Given, Support, Wishes
from tocsin.core.instant import written
from tocsin.core.seeing import Role
from tocsin.core.statement import Attribution, Standing, Statement
from tocsin.desk.rounds import case as cases
from tocsin.desk.rounds.answering import recommendations
from tocsin.desk.rounds.case import Case, Sent, counting, sent, unsealed
from tocsin.desk.rounds.results import result
from tocsin.desk.visit import Sight
from tocsin.store.reading import Reader

ENDS = {"share": "first", "pool": "second", "finish": "closing"}
"""The stage that each step ends."""


@dataclass(frozen=True)
class Opened:
    """What a step opens: statements in the order in which they are to be recorded, and what the step itself tells."""

    statements: tuple[Statement, ...] = ()
    flags: tuple[Flags, ...] = ()
    support: tuple[Support, ...] = ()


def opened(sight: Sight, case: Case, role: Role, step: str) -> Opened:
    """What this step opens.

    Errors: SealError if what was sealed cannot be opened; then nothing is.
    """
    found = sent(sight.reader, case, ENDS[step])
    if step == "finish":
        return _finished(sight, case, role, counting(found))
    flags = _flags(sight.reader, case, ENDS[step], found)
    told = {one.question for one in flags if one.estimates}
    now = written(sight.visit.store.clock())
    statements = [_of(case, one, _estimate(sight, one), now) for one in counting(found) if one.body.question in told]
    if step == "pool":
        wishes = [one for one in counting(found) if one.body.question is None]
        statements += _wished(sight, case, wishes, now)
    return Opened(_shuffled(statements), flags)


def estimates(sight: Sight, case: Case, stage: str) -> dict[str, list[tuple[str, Given]]]:
    """The opened estimates of a stage by question: identity and content, those that were recalled left out."""
    # Not only those that the visitor may see: what a round comes to must not depend on who takes it on.
    heads = [link.source for link in sight.reader.links_to([case.head.id], "about", kind="estimate")]
    words = sight.reader.statements(head for head in heads if not head.recalled)
    found: dict[str, list[tuple[str, Given]]] = {question.key: [] for question in case.body.questions}
    for id, (_, one) in words.items():
        if isinstance(one.body, Estimate) and one.body.stage == stage:
            found[one.body.question].append((id, one.body.given))
    return found


def tellable(case: Case, found: list[tuple[str, Given]]) -> list[tuple[str, Given]]:
    """The estimates, or none where so many were recalled that too few are left to tell anything."""
    return [] if case.unattributed and len(found) < FEWEST else found


def flags_of(case: Case, step: str) -> dict[str, Flags]:
    """What the last step of this name told of each question."""
    told = [body.flags for _, body in case.steps if body.step == step]
    return {one.question: one for one in (told[-1] if told else ())}


def _finished(sight: Sight, case: Case, role: Role, found: Iterable[Sent]) -> Opened:
    now = written(sight.visit.store.clock())
    closings = [(one, Closing.model_validate(unsealed(sight, one))) for one in found]
    dissents = _shuffled(
        _of(case, one, {"kind": "dissent", "question": key, "text": text}, now)
        for one, closing in closings
        for key, text in closing.dissents.items()
    )
    against: dict[str, list[str]] = {question.key: [] for question in case.body.questions}
    for one in dissents:
        assert isinstance(one.body, Dissent)
        against[one.body.question].append(one.id)
    second = estimates(sight, case, "second")
    came_late = {key for stage in ("first", "second") for key in cases.late(sight.reader, case, stage)}
    flags = {
        key: flag.model_copy(update={"late": flag.late or key in came_late})
        for key, flag in flags_of(case, "pool").items()
    }
    results = [
        _by_convenor(
            sight,
            case,
            role,
            result(question, tellable(case, second[key]), case.body.method, flags[key], against[key]),
            now,
        )
        for key, question in ((one.key, one) for one in case.body.questions)
    ]
    votes = [closing.support for _, closing in closings]
    support = tuple(_support(case, head.id, votes) for head in recommendations(sight.reader, case))
    return Opened((*dissents, *results), tuple(flags.values()), support)


def _support(case: Case, id: str, votes: list[dict[str, Any]]) -> Support:
    """Counts of support, told only as far as no cell has fewer than three in it.

    Of fewer than five votes not even "at least three" is told: all who voted would have said the same, or whoever said
    otherwise would know what each of the others did.
    """
    counts = Counter(one.get(id, "no view") for one in votes)
    support, others = counts["support"], counts.total() - counts["support"]
    if case.unattributed and (support < FEWEST or others < FEWEST):
        most = support >= FEWEST and counts.total() >= FEWEST + 2
        return Support(recommendation=id, support=None, others=None, at_least_three=most)
    return Support(recommendation=id, support=support, others=others, at_least_three=support >= FEWEST)


def _wished(sight: Sight, case: Case, wishes: list[Sent], now: str) -> list[Statement]:
    """Recommendations that participants proposed; of fewer than three participants they stay sealed."""
    if case.unattributed and len(wishes) < FEWEST:
        return []
    return [
        _of(case, one, {"kind": "recommendation", "text": text}, now)
        for one in wishes
        for text in Wishes.model_validate(unsealed(sight, one)).recommendations
    ]


def _flags(reader: Reader, case: Case, stage: str, found: Iterable[Sent]) -> tuple[Flags, ...]:
    """What must be known of the answers to each question.

    The convenor knows by name who declared an interest: if a flag told to which questions they contributed, it would
    tell who answered. So where nothing is attributed it says that somebody who takes part declared one.
    """
    from tocsin.assess.spread import majority

    interests = {author for author, (_, body) in cases.declarations(reader, case).items() if body.interest}
    came_late = cases.late(reader, case, stage)
    sent_to: dict[str | None, list[Sent]] = {}
    for one in found:
        sent_to.setdefault(one.body.question, []).append(one)

    def flags(question: str) -> Flags:
        mine = sent_to.get(question, [])
        counted = counting(mine)
        few = case.unattributed and len(counted) < FEWEST
        return Flags(
            question=question,
            estimates=None if few else len(counted),
            late=question in came_late,
            withdrawn=any(one.head.recalled for one in mine),
            majority=not few and majority([one.head.organisation for one in counted]),
            interest=bool(interests) if case.unattributed else any(one.author in interests for one in counted),
        )

    return tuple(flags(question.key) for question in case.body.questions)


def _estimate(sight: Sight, one: Sent) -> dict[str, Any]:
    given = unsealed(sight, one)
    return {"kind": "estimate", "stage": one.body.stage, "question": one.body.question, "given": given}


def _of(case: Case, one: Sent, body: dict[str, Any], now: str) -> Statement:
    """A statement of whoever sent an envelope, under the terms of the round."""
    return _stated(case, one.statement.author, body, now)


def _by_convenor(sight: Sight, case: Case, role: Role, body: Any, now: str) -> Statement:
    actor = sight.visit.actor
    attribution = Attribution.NONE if case.unattributed else Attribution.ORGANISATION
    author = {"organisation": actor.organisation, "person": actor.person, "role": role}
    return _stated(case, author, body, now, attribution=attribution)


def _stated(case: Case, author: Any, body: Any, now: str, attribution: Attribution | None = None) -> Statement:
    return Statement.model_validate(
        {
            "body": body,
            "subject": {"type": "statement", "id": case.head.id},
            "author": author,
            "attribution": attribution or case.attribution,
            "made_at": now,
            "standing": Standing.NOTE,
            "vocabulary": case.statement.vocabulary,
            "marking": case.opened,
        }
    )


def _shuffled(found: Iterable[Statement]) -> tuple[Statement, ...]:
    mixed = list(found)
    secrets.SystemRandom().shuffle(mixed)
    return tuple(mixed)
