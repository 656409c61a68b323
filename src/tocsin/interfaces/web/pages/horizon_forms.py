"""The forms that put a moment on the calendar, move it, and say how long an instrument takes."""

from __future__ import annotations

from typing import Any

from tocsin.core.errors import StatementError, TocsinError
from tocsin.core.foreseeing import Certainty, Moment, Sort, Timing
from tocsin.core.instant import moment
from tocsin.core.register import Preview
from tocsin.core.statement import Subject
from tocsin.desk import drafts, fiction, views
from tocsin.desk.horizon import foreseen
from tocsin.desk.people import directory
from tocsin.desk.reading import facts, read
from tocsin.desk.visit import Visit
from tocsin.interfaces.web import asked, lost, words
from tocsin.interfaces.web.composing import Typed
from tocsin.interfaces.web.faults import faults
from tocsin.interfaces.web.items import called
from tocsin.interfaces.web.labels import Labels
from tocsin.interfaces.web.naming import named
from tocsin.interfaces.web.page import Page, Params, over
from tocsin.interfaces.web.pages import horizon_boxes, horizon_filled, horizon_typed
from tocsin.interfaces.web.pages.compose import seen
from tocsin.interfaces.web.pages.field_typed import handling, may_make, ticked
from tocsin.interfaces.web.pages.horizon_boxes import APPROVALS, REQUIRED
from tocsin.interfaces.web.pages.horizon_typed import PATHS, Kind, Sheet

TIMINGS = {
    "": "follows from the rest",
    Timing.FIXED.value: "fixed: one day",
    Timing.WINDOWED.value: "windowed: some day within",
    Timing.CONDITIONAL.value: "conditional: it comes if something happens first",
    Timing.UNDATED.value: "undated: it may come on any day",
    Timing.RECURRING.value: "recurring: it comes again by a rule",
}
"""What each timing means; empty for what follows from the rest."""

_TITLES = {
    ("moment", False): "Put a moment on the calendar",
    ("moment", True): "Move or correct a moment",
    ("instrument", False): "Say how long an instrument takes",
    ("instrument", True): "Correct how long an instrument takes",
}


def moment_page(visit: Visit, params: Params) -> Page:
    """``/horizon/moment?subject=&supersedes=``: the form as it was left, or as it opens; without a subject, where a
    country is chosen.

    Errors: AccessError if the visitor's roles make no statements; NotFound for a statement that they may not see.
    """
    return _page(visit, "moment", params)


def instrument_page(visit: Visit, params: Params) -> Page:
    """``/horizon/instrument?supersedes=``: the form as it was left, or as it opens.

    Errors: as ``moment_page``.
    """
    return _page(visit, "instrument", params)


def _page(visit: Visit, kind: Kind, params: Params) -> Page:
    sheet = opened(visit, kind, params.get("subject", ""), params.get("supersedes", ""))
    if sheet is None:
        return built(visit, kind, None, Labels.read(params))
    draft = drafts.load(visit, sheet.draft)
    if kept := lost.readable(draft):
        sheet = Sheet(kind, sheet.subject, sheet.corrects, Typed(kept.fields), words.day(moment(kept.saved)))
    return lost.told(built(visit, kind, sheet, Labels.read(params)), draft, kind)


def opened(visit: Visit, kind: Kind, subject: str, supersedes: str, typed: Typed | None = None) -> Sheet | None:
    """The form for a place, or for the correction of a statement of its kind; None for a moment nowhere.

    Errors: as ``moment_page``; StatementError for a correction of something else.
    """
    may_make(visit)
    if id := supersedes.strip().lower():
        old = views.statement(visit, id)
        if old.head.kind != kind:
            raise StatementError(
                f"only a statement of the kind {kind} is corrected with this form",
                field="supersedes",
                remedy="Open the page of the statement, and correct it from there",
            )
        about = Subject.read(old.head.subject) if kind == "moment" else None
        return Sheet(kind, about, old, typed or horizon_filled.from_view(old))
    if kind == "instrument":
        return Sheet(kind, None, None, typed or _blank(visit, kind, subject))
    if not subject.strip():
        return None
    place = asked.subject(visit, subject)
    if place.type != "place":
        raise StatementError("a moment is at a place", field="subject", remedy="Choose a country")
    return Sheet(kind, place, None, typed or _blank(visit, kind, ""))


def _blank(visit: Visit, kind: Kind, subject: str) -> Typed:
    fields = dict(horizon_filled.blank(visit, kind).fields)
    return Typed(fields | ({"where": [subject.strip()]} if subject.strip() else {}))


def built(
    visit: Visit,
    kind: Kind,
    sheet: Sheet | None,
    labels: Labels,
    *,
    preview: Preview | None = None,
    problem: TocsinError | None = None,
    told: str = "",
) -> Page:
    """The form with what was typed, who would see it, and everything that is wrong with it.

    told: a sentence above the form about what happened to what was sent.
    """
    header, people = facts(read(visit.settings)), directory(visit)
    names = named(people)
    title = _TITLES[kind, bool(sheet and sheet.corrects)]
    fictional = visit.store.world == "exercise"
    content: dict[str, Any] = {
        "labels": labels,
        "sheet": sheet,
        "title": title,
        "name": called(sheet.subject.key, labels) if sheet and sheet.subject else "",
        "states": tuple(fiction.states().values()) if fictional else (),
    }
    if sheet:
        rows = horizon_typed.approvals(sheet.typed)
        wrongs = faults(problem, lambda error: horizon_boxes.box(error, rows), horizon_boxes.label)
        body = sheet.corrects.body if sheet.corrects else None
        content |= {
            **handling(visit, sheet.typed, names, people),
            "path": PATHS[kind],
            "before": foreseen.when(body) if isinstance(body, Moment) else "",
            "timings": list(TIMINGS.items()),
            "sorts": [(one.value, one.value) for one in Sort],
            "certainties": [(one.value, one.value) for one in Certainty],
            "rows": min(max(2, max(rows, default=-1) + 2), APPROVALS),
            "required": REQUIRED[kind],
            "faults": wrongs,
            "wrongs": {one.box: one for one in wrongs},
            "problem": problem,
            "preview": seen(preview, names, people) if preview else None,
            "told": told,
        }
    old = [sheet.corrects.head.marking] if sheet and sheet.corrects else []
    own = [ticked(visit, sheet.typed)] if sheet else []
    return Page(
        stem=PATHS[kind],
        title=title,
        facts=header,
        content=content,
        twin=_twin(sheet),
        marking=over(header, *old, *own),
        query=sheet.query if sheet else {},
    )


def _twin(sheet: Sheet | None) -> dict[str, Any]:
    if sheet is None:
        return {"subject": None}
    return {
        "subject": sheet.subject.key if sheet.subject else None,
        "supersedes": sheet.supersedes or None,
        "typed": sheet.kept,
        "sorts": [one.value for one in Sort],
        "timings": [one.value for one in Timing],
        "certainties": [one.value for one in Certainty],
    }
