"""What ends a round: recommendations that participants propose, dissents from results, support."""

from __future__ import annotations

from tocsin.core.convening import Stage
from tocsin.core.errors import StatementError, TocsinError
from tocsin.core.instant import moment
from tocsin.desk import drafts
from tocsin.desk.reading import facts, read
from tocsin.desk.rounds.showing import Told, told
from tocsin.desk.visit import Visit
from tocsin.desk.yardsticks import Reader
from tocsin.interfaces.web import lost, words
from tocsin.interfaces.web.composing import Typed
from tocsin.interfaces.web.items import item
from tocsin.interfaces.web.labels import Labels
from tocsin.interfaces.web.naming import names_of
from tocsin.interfaces.web.page import Elsewhere, Page, Params
from tocsin.interfaces.web.pages import rounds_fields as fields
from tocsin.interfaces.web.pages import rounds_rows as rows
from tocsin.interfaces.web.pages import rounds_telling as telling

CHOICES = {"support": "I support it", "oppose": "I do not support it", "no view": "I have no view"}
"""What can be said of a recommendation."""


def close_page(visit: Visit, params: Params) -> Page | Elsewhere:
    """``/round/{id}/close``; outside the closing stage it is the round's page.

    Errors: NotFound if there is no such round for the visitor; SealError.
    """
    found = told(visit, params["id"].strip().lower())
    if found.stage is not Stage.CLOSING or not found.invited:
        return Elsewhere(f"/round/{found.view.id}")
    kept = drafts.load(visit, fields.draft_name(found.view.id, found.stage, ""))
    return lost.told(close_built(visit, found, Labels.read(params)), kept, "answer")


def close_built(
    visit: Visit, found: Told, labels: Labels, *, sent: Typed | None = None, problem: TocsinError | None = None
) -> Page:
    """The page for dissents and support. sent: what was typed and refused, with the problem."""
    name = fields.draft_name(found.view.id, found.stage, "")
    draft = None if sent else lost.readable(drafts.load(visit, name))
    if sent is None:
        places = [one.view.id for one in found.advice]
        sent = Typed(draft.fields) if draft else fields.from_closing(found.closing, places)
    reader = Reader()
    return Page(
        stem=f"/round/{found.view.id}/close",
        title=f"{found.round.title}: dissents and support",
        facts=facts(read(visit.settings)),
        content=_common(visit, found, labels, name, sent, problem)
        | {
            "questions": [telling.asked(found, put, reader) for put in found.put],
            "dissents_open": telling.OPEN_DISSENTS,
            "choices": CHOICES,
            "saved": words.day(moment(draft.saved)) if draft else "",
        },
        twin={
            "round": found.view.id,
            "stage": str(found.stage),
            "sealed": found.closing.model_dump(mode="json") if found.closing else None,
            "typed": fields.kept(sent),
            "recommendations": [{"id": one.view.id, "text": one.text} for one in found.advice],
            "dissents_open": True,
        },
        tables={
            "questions": rows.questions(found.round.questions, found.view.head.marking),
            "recommendations": rows.tables(visit, found)["recommendations"],
        },
        marking=found.own_marking(visit),
    )


def wishes_page(visit: Visit, params: Params) -> Page | Elsewhere:
    """``/round/{id}/wishes``; outside the second stage it is the round's page.

    Errors: NotFound if there is no such round for the visitor; SealError.
    """
    found = told(visit, params["id"].strip().lower())
    if found.stage is not Stage.SECOND or not found.invited:
        return Elsewhere(f"/round/{found.view.id}")
    kept = drafts.load(visit, fields.draft_name(found.view.id, found.stage, ""))
    return lost.told(wishes_built(visit, found, Labels.read(params)), kept, "answer")


def wishes_built(
    visit: Visit, found: Told, labels: Labels, *, sent: Typed | None = None, problem: TocsinError | None = None
) -> Page:
    """The page for recommendations. sent: what was typed and refused, with the problem."""
    name = fields.draft_name(found.view.id, found.stage, "")
    draft = None if sent else lost.readable(drafts.load(visit, name))
    if sent is None:
        sent = Typed(draft.fields) if draft else fields.from_wishes(found.wishes)
    return Page(
        stem=f"/round/{found.view.id}/wishes",
        title=f"{found.round.title}: recommendations",
        facts=facts(read(visit.settings)),
        content=_common(visit, found, labels, name, sent, problem)
        | {"boxes": fields.boxes(sent), "saved": words.day(moment(draft.saved)) if draft else ""},
        twin={
            "round": found.view.id,
            "stage": str(found.stage),
            "sealed": found.wishes.model_dump(mode="json") if found.wishes else None,
            "typed": fields.kept(sent),
        },
        tables={"questions": rows.questions(found.round.questions, found.view.head.marking)},
        marking=found.own_marking(visit),
    )


def _common(
    visit: Visit, found: Told, labels: Labels, draft: str, sent: Typed, problem: TocsinError | None
) -> dict[str, object]:
    closing = found.stage is Stage.CLOSING
    return {
        "labels": labels,
        "round": found,
        "told": item(found.view, names_of(visit), labels),
        "stage": telling.STAGES[found.stage],
        "until": found.round.closing_until if closing else found.round.second_until,
        "left": telling.left(found.left),
        "typed": sent,
        "draft": draft,
        "problem": problem,
        "field": fields.box(problem) if isinstance(problem, StatementError) else "",
    }
