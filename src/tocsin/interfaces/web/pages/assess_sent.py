"""When the form for an assessment is sent: previewed, stored, kept as a draft; and an assessment signed off.

Nothing is stored that was not previewed just as it is sent. Whatever goes wrong, what was typed is on the page again
and kept as a draft.
"""

from __future__ import annotations

from dataclasses import replace

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from tocsin.core.errors import StatementError, TocsinError
from tocsin.core.instant import moment
from tocsin.core.register import Preview
from tocsin.desk import drafts, making
from tocsin.desk.assessing import signing
from tocsin.desk.visit import Visit
from tocsin.interfaces.web import composing, words
from tocsin.interfaces.web.composing import Typed
from tocsin.interfaces.web.doors import typed
from tocsin.interfaces.web.labels import Labels
from tocsin.interfaces.web.pages import assess_typed
from tocsin.interfaces.web.pages.assess import Sheet, built, opened
from tocsin.interfaces.web.pages.assess_shown import built as built_assessment
from tocsin.interfaces.web.pages.assess_typed import Boxes
from tocsin.interfaces.web.posting import posted
from tocsin.interfaces.web.rendering import shown

ADD = "add-"
"""What an action begins with that asks for a further row of a list."""


def sent(request: Request, visit: Visit, templates: Environment) -> Response:
    """``POST /assess/{place}``: action is preview, store, discard, frame, or ``add-`` and the name of a list."""
    sheet, action = _sheet(request, visit), str(posted(request).get("action", "preview"))
    if action == "discard":
        drafts.clear(visit, sheet.draft)
        return RedirectResponse(sheet.address, 303)
    if action.startswith(ADD):
        sheet = replace(sheet, typed=assess_typed.with_row(sheet.typed, action.removeprefix(ADD)))
    sheet = _kept(visit, sheet)
    if action == "frame" or action.startswith(ADD):
        return shown(templates, "assess.html", request, built(visit, sheet, Labels()))
    return _checked(request, visit, templates, sheet, store=action == "store")


def _checked(request: Request, visit: Visit, templates: Environment, sheet: Sheet, *, store: bool) -> Response:
    problem: TocsinError | None = None
    preview: Preview | None = None
    boxes, told = Boxes(), ""
    try:
        given, boxes = assess_typed.given(visit, sheet.typed, sheet.place, sheet.frame, sheet.supersedes)
        preview = making.check(visit, given)
        if store:
            if posted(request).get("previewed") == composing.seal(preview):
                stored = making.make(visit, given)
                drafts.clear(visit, sheet.draft)
                return RedirectResponse(f"/assessment/{stored.id}", 303)
            told = "Not stored yet: it would be seen by others than in the last preview. See below who, then store it."
    except StatementError as error:
        problem, preview = error, _of_marking(visit, sheet.typed)
    page = built(visit, sheet, Labels(), preview=preview, problem=problem, boxes=boxes, told=told)
    return shown(templates, "assess.html", request, page, status=422 if problem else 200)


def kept(request: Request, visit: Visit, templates: Environment) -> Response:
    """``POST /assess/{place}/draft``: what is typed, as it is typed."""
    sheet = _sheet(request, visit)
    draft = drafts.save(visit, sheet.draft, assess_typed.kept(sheet.typed))
    return JSONResponse({"saved": moment(draft.saved).isoformat()}, headers={"cache-control": "no-store"})


def signed(request: Request, visit: Visit, templates: Environment) -> Response:
    """``POST /assessment/{id}/sign-off``: take an assessment over with a higher standing."""
    id = request.path_params["id"].strip().lower()
    try:
        made = signing.sign_off(visit, id, str(posted(request).get("standing", "")) or None)
    except StatementError as error:
        page = built_assessment(visit, id, Labels(), problem=error)
        return shown(templates, "assessment.html", request, page, status=422)
    return RedirectResponse(f"/assessment/{made.id}", 303)


def _sheet(request: Request, visit: Visit) -> Sheet:
    fields = Typed(typed(posted(request)))
    return opened(visit, request.path_params["place"], fields.one("supersedes"), fields.one("frame"), fields)


def _kept(visit: Visit, sheet: Sheet) -> Sheet:
    """The form with what is typed kept as a draft; what is too long to be kept is at least on the page."""
    try:
        draft = drafts.save(visit, sheet.draft, assess_typed.kept(sheet.typed))
    except StatementError:
        return sheet
    return replace(sheet, saved=words.day(moment(draft.saved)))


def _of_marking(visit: Visit, fields: Typed) -> Preview | None:
    """Who would see it, as far as the marking is right, while something else is not."""
    try:
        return making.preview(visit, composing.marking(visit, fields))
    except StatementError:
        return None
