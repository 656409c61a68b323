"""When the form for a note is sent: previewed, stored, kept as a draft, discarded; and a statement withdrawn.

Nothing is stored that was not previewed just as it is sent. Whatever goes wrong, what was typed is on the page again
and kept as a draft.
"""

from __future__ import annotations

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from tocsin.core.errors import StatementError, TocsinError
from tocsin.core.instant import moment
from tocsin.core.register import Preview
from tocsin.desk import drafts, making
from tocsin.desk.people import directory
from tocsin.desk.visit import Visit
from tocsin.interfaces.web import composing, words
from tocsin.interfaces.web.composing import Typed
from tocsin.interfaces.web.doors import typed
from tocsin.interfaces.web.labels import Labels
from tocsin.interfaces.web.naming import named
from tocsin.interfaces.web.pages.compose import Sheet, built, opened, seen
from tocsin.interfaces.web.pages.statement import built as built_statement
from tocsin.interfaces.web.posting import posted
from tocsin.interfaces.web.rendering import shown


def sent(request: Request, visit: Visit, templates: Environment) -> Response:
    """``POST /compose``: action is preview, store or discard."""
    sheet, action = _sheet(request, visit), str(posted(request).get("action", "preview"))
    if action == "discard":
        drafts.clear(visit, sheet.draft)
        return RedirectResponse(sheet.address, 303)
    problem: TocsinError | None = None
    preview: Preview | None = None
    told = ""
    sheet = _kept(visit, sheet)
    given = composing.given(visit, sheet.typed, sheet.subject, sheet.supersedes)
    try:
        preview = making.check(visit, given)
        if action == "store":
            if posted(request).get("previewed") == composing.seal(preview):
                stored = making.make(visit, given)
                drafts.clear(visit, sheet.draft)
                return RedirectResponse(f"/statement/{stored.id}", 303)
            told = "Not stored yet: it would be seen by others than in the last preview. See below who, then store it."
    except StatementError as error:
        problem, preview = error, _of_marking(visit, sheet.typed)
    page = built(visit, sheet, Labels(), preview=preview, problem=problem, told=told)
    return shown(templates, "compose.html", request, page, status=422 if problem else 200)


def previewed(request: Request, visit: Visit, templates: Environment) -> Response:
    """``POST /compose/preview``: who would see it, as a part of the page."""
    problem: StatementError | None = None
    preview: Preview | None = None
    fields = Typed(typed(posted(request)))
    try:
        preview = making.preview(visit, composing.marking(visit, fields))
    except StatementError as error:
        problem = error
    register = directory(visit)
    text = templates.get_template("preview.html").render(
        preview=seen(preview, named(register), register) if preview else None, problem=problem
    )
    # The script puts into the page only what says that it is this part, not a page for signing in.
    return HTMLResponse(text, headers={"cache-control": "no-store", "x-tocsin-part": "preview"})


def kept(request: Request, visit: Visit, templates: Environment) -> Response:
    """``POST /compose/draft``: what is typed, as it is typed."""
    sheet = _sheet(request, visit)
    draft = drafts.save(visit, sheet.draft, sheet.typed.kept)
    return JSONResponse({"saved": moment(draft.saved).isoformat()}, headers={"cache-control": "no-store"})


def recalled(request: Request, visit: Visit, templates: Environment) -> Response:
    """``POST /statement/{id}/recall``: withdraw a statement for a reason."""
    id, reason = request.path_params["id"].strip().lower(), str(posted(request).get("reason", ""))
    try:
        making.recall(visit, id, reason.replace("\r\n", "\n"))
    except StatementError as error:
        page = built_statement(visit, id, Labels(), reason=reason, problem=str(error))
        return shown(templates, "statement.html", request, page, status=422)
    return RedirectResponse(f"/statement/{id}", 303)


def _sheet(request: Request, visit: Visit) -> Sheet:
    fields = Typed(typed(posted(request)))
    return opened(visit, fields.one("subject"), fields.one("supersedes"), fields)


def _kept(visit: Visit, sheet: Sheet) -> Sheet:
    """The form with what is typed kept as a draft; what is too long to be kept is at least on the page."""
    try:
        draft = drafts.save(visit, sheet.draft, sheet.typed.kept)
    except StatementError:
        return sheet
    return Sheet(sheet.subject, sheet.corrects, sheet.typed, words.day(moment(draft.saved)))


def _of_marking(visit: Visit, fields: Typed) -> Preview | None:
    """Who would see it, as far as the marking is right, while something else is not."""
    try:
        return making.preview(visit, composing.marking(visit, fields))
    except StatementError:
        return None
