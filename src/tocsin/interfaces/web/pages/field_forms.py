"""The forms for a contribution and for a request, with the register of requests that stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tocsin.core.errors import StatementError, TocsinError
from tocsin.core.instant import moment
from tocsin.core.marking import Marking, strictest
from tocsin.core.register import Preview
from tocsin.desk import drafts, exporting, fiction, fielding, views
from tocsin.desk.fielding import Asked
from tocsin.desk.people import directory
from tocsin.desk.reading import facts, read
from tocsin.desk.views import View
from tocsin.desk.visit import Visit
from tocsin.interfaces.web import asked, lost, words
from tocsin.interfaces.web.composing import Typed
from tocsin.interfaces.web.items import called, item, markings, may_say, twin
from tocsin.interfaces.web.labels import Labels
from tocsin.interfaces.web.naming import Names, named
from tocsin.interfaces.web.page import Page, Params, Table, over, table
from tocsin.interfaces.web.pages import field_typed
from tocsin.interfaces.web.pages.compose import seen
from tocsin.interfaces.web.pages.field_typed import Kind, Sheet

_COLUMNS = (
    "id",
    "subject",
    "community",
    "asks",
    "purpose",
    "until",
    "instead",
    "organisation",
    "alike",
    "answers",
    "tlp",
)


def contribute_page(visit: Visit, params: Params) -> Page:
    """``/contribute?subject=&supersedes=&request=``: the form as it was left or as it opens; without a subject, where
    one is chosen.

    Errors: AccessError if the visitor's roles make no statements; NotFound for a statement that they may not see.
    """
    sheet = _asked(visit, "contribution", params)
    return _with_lost(visit, contribution(visit, sheet, Labels.read(params)), sheet, "contribute")


def requests_page(visit: Visit, params: Params) -> Page:
    """``/requests?subject=&supersedes=&stored=``: the register; for one place, with the form to add a request.

    stored: the identity of the request that was just stored, which is marked.

    Errors: as ``contribute_page``, but a reader sees the register.
    """
    if not may_say(visit) and not params.get("supersedes", "").strip():
        subject = params.get("subject", "").strip()
        return register(visit, None, Labels.read(params), place=asked.subject(visit, subject).key if subject else None)
    stored = params.get("stored", "").strip().lower()
    sheet = _asked(visit, "request", params)
    return _with_lost(visit, register(visit, sheet, Labels.read(params), stored=stored), sheet, "request")


def anchor(id: str) -> str:
    """Where a request stands on the page of the register."""
    return f"request-{id[:12]}"


def opened(visit: Visit, kind: Kind, subject: str, supersedes: str, typed: Typed | None = None) -> Sheet | None:
    """The form for a subject, or for the correction of a statement of its kind; None where neither is named.

    Errors: as ``contribute_page``; StatementError for a correction of something else.
    """
    if id := supersedes.strip().lower():
        field_typed.may_make(visit)
        old = views.statement(visit, id)
        if old.head.kind != kind:
            raise StatementError(
                f"only a {kind} is corrected with this form", field="supersedes", remedy="Make a statement of your own"
            )
        about = asked.subject(visit, old.head.subject)
        return Sheet(kind, about, old, typed or field_typed.from_view(old, kind))
    if not subject.strip():
        return None
    field_typed.may_make(visit)
    return Sheet(kind, asked.subject(visit, subject), None, typed or field_typed.blank(visit, kind))


def contribution(
    visit: Visit,
    sheet: Sheet | None,
    labels: Labels,
    *,
    preview: Preview | None = None,
    problem: TocsinError | None = None,
    told: str = "",
) -> Page:
    """The form with what was typed, who would see it, and what is wrong with it; without a sheet, choosing a place."""
    header, names = facts(read(visit.settings)), named(directory(visit))
    standing = fielding.register(visit, sheet.subject.key) if sheet else ()
    name = called(sheet.subject.key, labels) if sheet else ""
    return Page(
        stem="/contribute",
        title=f"{'Correct a contribution on' if sheet and sheet.corrects else 'Pass something on about'} {name}"
        if sheet
        else "Pass something on",
        facts=header,
        content={
            "labels": labels,
            "sheet": sheet,
            "name": name,
            "states": _fictional(visit),
            "provenances": list(field_typed.PROVENANCE.items()),
            "consents": list(field_typed.CONSENT.items()),
            "precisions": list(field_typed.PRECISION.items()),
            "reliabilities": [(grade, f"{grade} {told}") for grade, told in words.RELIABILITY.items()],
            "credibilities": [(grade, f"{grade} {told}") for grade, told in words.CREDIBILITY.items()],
            "requests": [(one.view.id, f"{one.body.community}: {one.body.asks}") for one in standing],
            **(_form(visit, sheet, names, preview, problem, told) if sheet else {}),
        },
        twin=_twin(sheet),
        tables={"requests": _table(visit, standing)},
        marking=over(header, *_markings(visit, sheet, (one.view for one in standing))),
        query=sheet.query if sheet else {},
    )


def register(
    visit: Visit,
    sheet: Sheet | None,
    labels: Labels,
    *,
    place: str | None = None,
    alike: Sequence[View] = (),
    stored: str = "",
    preview: Preview | None = None,
    problem: TocsinError | None = None,
    told: str = "",
) -> Page:
    """The requests that stand, by place, those alike marked; with a form if there is a sheet.

    alike: the requests to a community like the one that is typed, which are shown before it can be stored. stored:
    the identity of one that is marked as new.
    """
    header, names = facts(read(visit.settings)), named(directory(visit))
    place = sheet.subject.key if sheet else place
    standing = fielding.register(visit, place)
    name = called(place, labels) if place else ""
    return Page(
        stem="/requests",
        title=f"Who is being asked what{' in ' + name if name else ''}",
        facts=header,
        content={
            "labels": labels,
            "sheet": sheet,
            "name": name,
            "states": _fictional(visit),
            "may_say": may_say(visit),
            "places": _by_place(standing, names, labels),
            "stored": stored,
            "anchor": anchor,
            "alike": [item(view, names, labels) for view in alike],
            **(_form(visit, sheet, names, preview, problem, told) if sheet else {}),
        },
        twin={
            **_twin(sheet),
            "requests": [twin(one.view) | {"alike": list(one.alike), "answers": one.answers} for one in standing],
            "asked_already": [view.id for view in alike],
        },
        tables={"requests": _table(visit, standing)},
        marking=over(header, *_markings(visit, sheet, (*(one.view for one in standing), *alike))),
        query=sheet.query if sheet else {"subject": place} if place else {},
    )


def _asked(visit: Visit, kind: Kind, params: Params) -> Sheet | None:
    """The form that an address asks for, with what is kept of it."""
    sheet = opened(visit, kind, params.get("subject", ""), params.get("supersedes", ""))
    if sheet is None:
        return None
    answers = params.get("request", "").strip().lower()
    if draft := lost.readable(drafts.load(visit, sheet.draft)):
        typed, saved = Typed(draft.fields), words.day(moment(draft.saved))
        sheet = Sheet(kind, sheet.subject, sheet.corrects, typed, saved)
    if answers:
        sheet = Sheet(kind, sheet.subject, sheet.corrects, _answering(sheet.typed, answers), sheet.saved)
    return sheet


def _with_lost(visit: Visit, page: Page, sheet: Sheet | None, form: str) -> Page:
    return lost.told(page, drafts.load(visit, sheet.draft), form) if sheet else page


def _answering(typed: Typed, request: str) -> Typed:
    return Typed({**typed.fields, "request": [request]})


def _form(
    visit: Visit,
    sheet: Sheet,
    names: Names,
    preview: Preview | None,
    problem: TocsinError | None,
    told: str,
) -> dict[str, Any]:
    people = directory(visit)
    return {
        **field_typed.handling(visit, sheet.typed, names, people),
        "preview": seen(preview, names, people) if preview else None,
        "problem": problem,
        "field": field_typed.box(problem) if problem else "",
        "told": told,
    }


def _by_place(standing: Sequence[Asked], names: Names, labels: Labels) -> list[tuple[str, str, list[Any]]]:
    """The register in parts: the key of a place, its name, and its requests with the words that a page puts to them."""
    places: dict[str, list[Any]] = {}
    for one in standing:
        places.setdefault(one.view.head.subject, []).append((one, item(one.view, names, labels)))
    return sorted(((key, called(key, labels), rows) for key, rows in places.items()), key=lambda part: part[1])


def _fictional(visit: Visit) -> tuple[fiction.FictionalState, ...]:
    return tuple(fiction.states().values()) if visit.store.world == "exercise" else ()


def _markings(visit: Visit, sheet: Sheet | None, shown: Any) -> list[Marking]:
    """The markings of a page: of what is on it, of what is corrected, and of what is being typed."""
    found = markings(shown)
    own = [field_typed.ticked(visit, sheet.typed)] if sheet else []
    old = [sheet.corrects.head.marking] if sheet and sheet.corrects else []
    return [strictest(*some) for some in ([*([found] if found else []), *own, *old],) if some]


def _twin(sheet: Sheet | None) -> dict[str, Any]:
    if sheet is None:
        return {"subject": None}
    return {
        "subject": sheet.subject.key,
        "supersedes": sheet.supersedes or None,
        "typed": sheet.kept,
        "draft_saved": sheet.saved or None,
    }


def _table(visit: Visit, standing: Sequence[Asked]) -> Table:
    rows = []
    for one in standing:
        told = {name: str(getattr(one.body, name)) for name in ("community", "asks", "purpose", "until", "instead")}
        if visit.act == "exported" and (kept := exporting.stays(visit, one.view.head)):
            told = dict.fromkeys(told, f"(kept back: {kept[0]})")
        rows.append(
            {
                "id": one.view.id,
                "subject": one.view.head.subject,
                **told,
                "organisation": one.view.shown["author"].get("organisation"),
                "alike": " ".join(one.alike),
                "answers": one.answers,
                "tlp": one.view.head.marking.tlp.label,
            }
        )
    return table("Requests that stand", _COLUMNS, rows, markings(one.view for one in standing))
