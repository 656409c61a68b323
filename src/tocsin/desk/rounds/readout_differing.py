"""Where understandings differ, in a readout: the spread of each question, and assessments of the place compared.

Compared are assessments that whoever may see the round may see as well, the newest of each organisation.
"""

from __future__ import annotations

from itertools import combinations
from typing import Any

from tocsin.core.convening import Question
from tocsin.core.errors import TocsinError
from tocsin.core.seeing import may_see
from tocsin.desk.differing import CAUSES, Differing, differing
from tocsin.desk.document import Block, Bullets, Facts, Heading, Paragraph, Table
from tocsin.desk.exporting import stays
from tocsin.desk.rounds.readout_question import flagged
from tocsin.desk.rounds.showing import Put
from tocsin.desk.rounds.telling import Telling, result_of
from tocsin.desk.views import View, every
from tocsin.desk.visit import Visit
from tocsin.store.held import Held

PAIRS, REASONS = 3, 3
"""Pairs of assessments that are told, those furthest apart first; and reasons of each."""

COMPARED = 6
"""Assessments that are compared at most, the newest."""


def compared(visit: Visit, telling: Telling) -> tuple[Differing, ...]:
    """The pairs of assessments that lie furthest apart."""
    head = telling.found.view.head
    newest: dict[str, View] = {}
    for view in every(visit, subject=head.subject, kind="assessment"):
        by = view.shown["author"].get("organisation") or view.id
        if by not in newest and not stays(visit, view.head) and _open_to_all(visit, head, view.head):
            newest[by] = view
    found = []
    for a, b in combinations(list(newest.values())[:COMPARED], 2):
        try:
            found.append(differing(visit, a.id, b.id))
        except TocsinError:
            # One of them gives certainty, or was recalled meanwhile: there is nothing to take apart.
            continue
    return tuple(sorted(found, key=lambda one: (-abs(one.found.gap), one.a.id, one.b.id))[:PAIRS])


def section(telling: Telling, pairs: tuple[Differing, ...]) -> list[Block]:
    """The section of a readout."""
    words = telling.words
    rows = tuple(_spread(telling, number, put) for number, put in enumerate(telling.found.put, start=1))
    columns = (*words.several("differ_columns"), words("known"))
    blocks: list[Block] = [Heading(words("differ")), Table(columns, rows, even=True)]
    if not pairs:
        return [*blocks, Paragraph(words("compared_none"))]
    return [*blocks, *(block for pair in pairs for block in _pair(telling, pair))]


def figures(pairs: tuple[Differing, ...]) -> list[dict[str, Any]]:
    """The same for a machine, in log-odds."""
    return [
        {"a": one.a.id, "b": one.b.id, "gap": one.found.gap, "shares": dict(one.found.shares), "unseen": one.unseen}
        for one in pairs
    ]


def _open_to_all(visit: Visit, round_: Held, other: Held) -> bool:
    """Whether whoever may see the round may see this as well, and nothing stricter comes into the file with it."""
    if other.marking.tlp.rank > round_.marking.tlp.rank or other.marking.caveats - round_.marking.caveats:
        return False
    with visit.reading() as sight:
        register, now, world = sight.reader.register, visit.store.clock(), visit.store.world
        actors = [register.actor(person, now, world) for person in register.persons]
    return all(may_see(actor, other).allow for actor in actors if may_see(actor, round_).allow)


def _pair(telling: Telling, pair: Differing) -> list[Block]:
    words, found = telling.words, pair.found
    names = found.a, found.b
    if telling.unattributed:
        # Who has assessed the place is no secret of the round, but a file under the Chatham House Rule names nobody.
        names = words("compared_unnamed", letter="A"), words("compared_unnamed", letter="B")
    first, second = words.percent(found.probability_a), words.percent(found.probability_b)
    gap = words.number(found.gap)
    entries = [
        (words.cause(cause), words("compared_share", share=words.number(found.shares[cause]), gap=gap))
        for cause in CAUSES
    ]
    blocks: list[Block] = [Heading(words("compared", a=names[0], first=first, b=names[1], second=second), 2)]
    if telling.unattributed:
        return [*blocks, Facts(tuple(entries))]
    if found.exchange:
        entries.append((words("compared_closes"), found.exchange.words))
    reasons = tuple(reason.words for reason in found.reasons[:REASONS])
    return [*blocks, Facts(tuple(entries)), *([Bullets(reasons)] if reasons else [])]


def _spread(telling: Telling, number: int, put: Put) -> tuple[str, ...]:
    words, body = telling.words, result_of(put)
    half = words("not_told")
    if body and body.spread:
        half = _range(telling, put.question, body.spread.lower, body.spread.upper)
    stages = [telling.best(stage) for stage in (put.first, put.second)]
    ranges = [
        _range(telling, put.question, one[0], one[-1], typed=True) if one else words("not_told") for one in stages
    ]
    flags = flagged(telling, body.flags) if body else ""
    return words("question_number", number=number), *ranges, half, flags or "-"


def _range(telling: Telling, question: Question, low: float, high: float, *, typed: bool = False) -> str:
    return telling.words("range", **telling.words.ends(question, low, high, typed=typed))
