"""Answering one question of a round: what is asked beside what is typed, and nothing that could sway it.

The model's forecast is on no such page, and what others said only where the protocol has them know it.
"""

from __future__ import annotations

from tocsin.core.convening import Answer, Question, Stage
from tocsin.core.errors import NotFound, TocsinError
from tocsin.core.instant import moment
from tocsin.desk import drafts, wording
from tocsin.desk.reading import facts, read
from tocsin.desk.rounds.showing import Put, Told, told
from tocsin.desk.visit import Visit
from tocsin.interfaces.web import lost, words
from tocsin.interfaces.web.charts.spread import spread_chart
from tocsin.interfaces.web.composing import Typed
from tocsin.interfaces.web.faults import faults
from tocsin.interfaces.web.items import item
from tocsin.interfaces.web.labels import Labels
from tocsin.interfaces.web.naming import names_of
from tocsin.interfaces.web.page import Elsewhere, Page, Params
from tocsin.interfaces.web.pages import rounds_fields as fields
from tocsin.interfaces.web.pages import rounds_rows as rows
from tocsin.interfaces.web.pages import rounds_telling as telling

ESTIMATED = (Stage.FIRST, Stage.SECOND)
"""Stages in which questions are answered."""


def answer_page(visit: Visit, params: Params) -> Page | Elsewhere:
    """``/round/{id}/answer/{question}?sealed=``; outside the stages of answering it is the round's page.

    sealed: the key of the question that the reader has just sealed an answer to.

    Errors: NotFound if there is no such round for the visitor, or no such question in it; SealError.
    """
    found = told(visit, params["id"].strip().lower())
    put = put_of(found, params["question"])
    if found.stage not in ESTIMATED or not found.invited:
        return Elsewhere(f"/round/{found.view.id}")
    just = next((one for one in found.put if one.mine and one.question.key == params.get("sealed", "")), None)
    page = built(visit, found, put, Labels.read(params), before=just)
    kept = drafts.load(visit, fields.draft_name(found.view.id, found.stage, put.question.key))
    return lost.told(page, kept, "answer")


def put_of(found: Told, key: str) -> Put:
    """A question of a round as it stands.

    Errors: NotFound if there is none of this key.
    """
    for put in found.put:
        if put.question.key == key:
            return put
    raise NotFound("this round has no such question", where=key[:80], remedy="Choose one on the round's page")


def built(
    visit: Visit,
    found: Told,
    put: Put,
    labels: Labels,
    *,
    sent: Typed | None = None,
    problem: TocsinError | None = None,
    before: Put | None = None,
) -> Page:
    """The page. sent: what was typed and refused, with the problem; before: the question that was just sealed."""
    question, name = put.question, fields.draft_name(found.view.id, found.stage, put.question.key)
    draft = None if sent else lost.readable(drafts.load(visit, name))
    first = next((one.given for one in put.first if one.mine), None)
    if sent is None:
        sent = _opened(put, Typed(draft.fields) if draft else None, question)
    names = names_of(visit)
    later = next((one.question for one in found.put if not one.mine and one.question.key != question.key), None)
    place = next(place for place, one in enumerate(found.put, 1) if one is put)
    wrongs = faults(problem, fields.box, fields.label)
    stem = f"/round/{found.view.id}/answer/{question.key}"
    return Page(
        stem=stem,
        title=f"{found.round.title}: {question.text}",
        facts=facts(read(visit.settings)),
        content={
            "labels": labels,
            "round": found,
            "told": item(found.view, names, labels),
            "put": put,
            "place": place,
            "stage": telling.STAGES[found.stage],
            "until": found.round.first_until if found.stage is Stage.FIRST else found.round.second_until,
            "left": telling.left(found.left),
            "answers": telling.ANSWERS,
            "typed": sent,
            "draft": name,
            "saved": words.day(moment(draft.saved)) if draft else "",
            "from_first": sent is not None and not draft and not put.mine and first is not None and problem is None,
            "first": first,
            "numbers": fields.NUMBERS,
            "hints": _hints(question),
            "later": later,
            "value": wording.value,
            "answered": wording.answered,
            "sense_of": telling.sense_of,
            "before": before,
            "by": {one.view.id: telling.by(one, names) for one in put.first},
            "chart": spread_chart("spread-first", question, [one.given for one in put.first]) if put.first else None,
            "problem": problem,
            "faults": wrongs,
            "wrongs": {one.box: one for one in wrongs},
        },
        twin={
            "round": found.view.id,
            "stage": str(found.stage),
            "question": question.model_dump(mode="json"),
            "sealed": put.mine.model_dump(mode="json") if put.mine else None,
            "typed": fields.kept(sent),
            "first": [rows.opinion_twin(one) for one in put.first],
        },
        tables={
            "questions": rows.questions([question], found.view.head.marking),
            "estimates": rows.estimates(visit, found, [put]),
        },
        marking=found.own_marking(visit),
    )


def _opened(put: Put, draft: Typed | None, question: Question) -> Typed:
    """The form as it opens: as it was left, as it was sealed, or in the second stage as it was sealed in the first."""
    if draft is not None:
        return draft
    given = put.mine or next((one.given for one in put.first if one.mine), None)
    return fields.from_given(question, given) if given else Typed({})


def _hints(question: Question) -> dict[str, str]:
    if question.answer is Answer.ORDINAL:
        return {
            "lowest": f"as far towards \u201c{question.scale[0]}\u201d as is plausible",
            "highest": f"as far towards \u201c{question.scale[-1]}\u201d as is plausible",
            "best": "your best guess",
        }
    return {
        "lowest": "the lowest that is plausible, realistically",
        "highest": "the highest that is plausible, realistically",
        "best": "your best guess",
    }
