"""When the form for a moment or an instrument is sent: previewed, stored, kept as a draft, discarded.

Nothing is stored that was not previewed just as it is sent. Whatever goes wrong, what was typed is on the page again
and kept as a draft.
"""

from __future__ import annotations

from dataclasses import replace

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from tocsin.core.errors import StatementError
from tocsin.core.instant import moment
from tocsin.core.register import Preview
from tocsin.desk import drafts, making
from tocsin.desk.visit import Visit
from tocsin.interfaces.web import composing, words
from tocsin.interfaces.web.composing import Typed
from tocsin.interfaces.web.doors import typed
from tocsin.interfaces.web.labels import Labels
from tocsin.interfaces.web.pages import horizon_typed
from tocsin.interfaces.web.pages.horizon_forms import built, opened
from tocsin.interfaces.web.pages.horizon_typed import Kind, Sheet
from tocsin.interfaces.web.posting import posted
from tocsin.interfaces.web.rendering import shown

TEMPLATES: dict[Kind, str] = {"moment": "moment_form.html", "instrument": "instrument_form.html"}

_OTHERS = "Not stored yet: it would be seen by others than in the last preview. See below who, then store it."


def moment_sent(request: Request, visit: Visit, templates: Environment) -> Response:
    """``POST /horizon/moment``: action is preview, store or discard."""
    return _sent(request, visit, templates, "moment")


def instrument_sent(request: Request, visit: Visit, templates: Environment) -> Response:
    """``POST /horizon/instrument``: action is preview, store, row (one more for who must agree) or discard."""
    return _sent(request, visit, templates, "instrument")


def moment_kept(request: Request, visit: Visit, templates: Environment) -> Response:
    """``POST /horizon/moment/draft``: what is typed, as it is typed."""
    return _draft(request, visit, "moment")


def instrument_kept(request: Request, visit: Visit, templates: Environment) -> Response:
    """``POST /horizon/instrument/draft``: what is typed, as it is typed."""
    return _draft(request, visit, "instrument")


def _sent(request: Request, visit: Visit, templates: Environment, kind: Kind) -> Response:
    sheet, action = _sheet(request, visit, kind), str(posted(request).get("action", "preview"))
    if action == "discard":
        drafts.clear(visit, sheet.draft)
        return RedirectResponse(sheet.address, 303)
    sheet = _kept(visit, sheet)
    if action == "row":
        return shown(templates, TEMPLATES[kind], request, built(visit, kind, sheet, Labels()))
    problem: StatementError | None = None
    preview: Preview | None = None
    told = ""
    try:
        given, preview = horizon_typed.check(visit, sheet)
        if action == "store":
            if posted(request).get("previewed") == composing.seal(preview):
                stored = making.make(visit, given)
                drafts.clear(visit, sheet.draft)
                return RedirectResponse(f"/statement/{stored.id}", 303)
            told = _OTHERS
    except StatementError as error:
        problem, preview = error, _of_marking(visit, sheet.typed)
    page = built(visit, kind, sheet, Labels(), preview=preview, problem=problem, told=told)
    return shown(templates, TEMPLATES[kind], request, page, status=422 if problem else 200)


def _sheet(request: Request, visit: Visit, kind: Kind) -> Sheet:
    fields = Typed(typed(posted(request)))
    sheet = opened(visit, kind, fields.one("subject"), fields.one("supersedes"), fields)
    if sheet is None:
        raise StatementError("no place is named", field="subject", remedy="Choose a country first")
    return sheet


def _kept(visit: Visit, sheet: Sheet) -> Sheet:
    """The form with what is typed kept as a draft; what is too long to be kept is at least on the page."""
    try:
        draft = drafts.save(visit, sheet.draft, sheet.kept)
    except StatementError:
        return sheet
    return replace(sheet, saved=words.day(moment(draft.saved)))


def _draft(request: Request, visit: Visit, kind: Kind) -> Response:
    sheet = _sheet(request, visit, kind)
    draft = drafts.save(visit, sheet.draft, sheet.kept)
    return JSONResponse({"saved": moment(draft.saved).isoformat()}, headers={"cache-control": "no-store"})


def _of_marking(visit: Visit, fields: Typed) -> Preview | None:
    """Who would see it, as far as the marking is right, while something else is not."""
    try:
        return making.preview(visit, composing.marking(visit, fields))
    except StatementError:
        return None
