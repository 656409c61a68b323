"""When a form for field input is sent: previewed, stored, kept as a draft, discarded; and a reply.

Nothing is stored that was not previewed just as it is sent. Whatever goes wrong, what was typed is on the page again
and kept as a draft.
"""

from __future__ import annotations

from dataclasses import replace

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from tocsin.core.errors import NotFound, StatementError
from tocsin.core.instant import moment
from tocsin.core.register import Preview
from tocsin.desk import drafts, fielding, making, views
from tocsin.desk.people import directory
from tocsin.desk.views import View
from tocsin.desk.visit import Visit
from tocsin.interfaces.web import composing, words
from tocsin.interfaces.web.composing import Typed
from tocsin.interfaces.web.doors import typed
from tocsin.interfaces.web.labels import Labels
from tocsin.interfaces.web.naming import named
from tocsin.interfaces.web.page import Page
from tocsin.interfaces.web.pages import field, field_forms, field_typed
from tocsin.interfaces.web.pages.compose import seen
from tocsin.interfaces.web.pages.field_forms import contribution, opened, register
from tocsin.interfaces.web.pages.field_typed import Kind, Sheet
from tocsin.interfaces.web.posting import posted
from tocsin.interfaces.web.rendering import shown

_OTHERS = "Not stored yet: it would be seen by others than in the last preview. See below who, then store it."
_ASKED = "Not stored yet: others are asking the same community. See below who, and say why you ask all the same."


def contributed(request: Request, visit: Visit, templates: Environment) -> Response:
    """``POST /contribute``: action is preview, store or discard."""
    sheet, action = _sheet(request, visit, "contribution"), _action(request)
    if action == "discard":
        return _discarded(visit, sheet)
    sheet, answers, told = _kept(visit, sheet), sheet.typed.one("request").strip().lower(), ""
    preview: Preview | None = None
    problem: StatementError | NotFound | None = None
    try:
        given = field_typed.given(visit, sheet)
        preview = fielding.check_contribution(visit, given, answers)
        if action == "store":
            if _previewed(request, preview):
                return _stored(visit, sheet, f"/contribution/{fielding.contribute(visit, given, answers).id}")
            told = _OTHERS
    except (StatementError, NotFound) as error:
        problem, preview = error, _of_marking(visit, sheet.typed, answers)
    page = contribution(visit, sheet, Labels(), preview=preview, problem=problem, told=told)
    return _page(request, templates, "field_contribute.html", page, problem)


def requested(request: Request, visit: Visit, templates: Environment) -> Response:
    """``POST /requests``: action is preview, store or discard."""
    sheet, action = _sheet(request, visit, "request"), _action(request)
    if action == "discard":
        return _discarded(visit, sheet)
    sheet, told = _kept(visit, sheet), ""
    alike: tuple[View, ...] = ()
    preview: Preview | None = None
    problem: StatementError | None = None
    try:
        given = field_typed.given(visit, sheet)
        found = fielding.check_request(visit, given)
        preview, alike = found.preview, found.alike
        if action == "store":
            if alike and not sheet.typed.one("instead").strip():
                told = _ASKED
            elif _previewed(request, preview):
                made = fielding.request(visit, given)
                return _stored(visit, sheet, f"/requests?stored={made.id}#{field_forms.anchor(made.id)}")
            else:
                told = _OTHERS
    except StatementError as error:
        problem, preview = error, _of_marking(visit, sheet.typed, "")
    page = register(visit, sheet, Labels(), alike=alike, preview=preview, problem=problem, told=told)
    return _page(request, templates, "field_requests.html", page, problem)


def previewed(request: Request, visit: Visit, templates: Environment) -> Response:
    """``POST /contribute/preview``: who would see it, as a part of the page, with what the request asks for."""
    fields = Typed(typed(posted(request)))
    problem: StatementError | NotFound | None = None
    preview: Preview | None = None
    try:
        preview = _preview(visit, fields, fields.one("request").strip().lower())
    except (StatementError, NotFound) as error:
        problem = error
    people = directory(visit)
    text = templates.get_template("preview.html").render(
        preview=seen(preview, named(people), people) if preview else None, problem=problem
    )
    return HTMLResponse(text, headers={"cache-control": "no-store", "x-tocsin-part": "preview"})


def contribution_kept(request: Request, visit: Visit, templates: Environment) -> Response:
    """``POST /contribute/draft``: what is typed, as it is typed."""
    return _draft(visit, _sheet(request, visit, "contribution"))


def request_kept(request: Request, visit: Visit, templates: Environment) -> Response:
    """``POST /requests/draft``: what is typed, as it is typed."""
    return _draft(visit, _sheet(request, visit, "request"))


def replied(request: Request, visit: Visit, templates: Environment) -> Response:
    """``POST /contribution/{id}/reply``: tell the contributor what became of it; or discard what was typed."""
    id, fields = _id(request), _reply(request)
    name = field.draft_name(id)
    if _action(request) == "discard":
        drafts.clear(visit, name)
        return RedirectResponse(f"/contribution/{id}", 303)
    views.statement(visit, id)
    try:
        drafts.save(visit, name, fields.fields)
        fate = fielding.fate(fields.one("fate"))
        text = fields.one("text").replace("\r\n", "\n")
        fielding.reply(visit, id, fate, text, attribution=fields.one("attribution") or None)
    except StatementError as error:
        page = field.built(visit, id, Labels(), fields, problem=error)
        return shown(templates, "field_contribution.html", request, page, status=422)
    drafts.clear(visit, name)
    return RedirectResponse(f"/contribution/{id}", 303)


def reply_kept(request: Request, visit: Visit, templates: Environment) -> Response:
    """``POST /contribution/{id}/draft``: what is typed of a reply, as it is typed."""
    views.statement(visit, _id(request))
    draft = drafts.save(visit, field.draft_name(_id(request)), _reply(request).fields)
    return JSONResponse({"saved": moment(draft.saved).isoformat()}, headers={"cache-control": "no-store"})


def _id(request: Request) -> str:
    return str(request.path_params["id"]).strip().lower()


def _action(request: Request) -> str:
    return str(posted(request).get("action", "preview"))


def _sheet(request: Request, visit: Visit, kind: Kind) -> Sheet:
    fields = Typed(typed(posted(request)))
    sheet = opened(visit, kind, fields.one("subject"), fields.one("supersedes"), fields)
    if sheet is None:
        raise StatementError("no place is named", field="subject", remedy="Choose a country first")
    return sheet


def _reply(request: Request) -> Typed:
    sent = posted(request)
    return Typed({name: [str(value) for value in sent.getlist(name)] for name in field.REPLY})


def _kept(visit: Visit, sheet: Sheet) -> Sheet:
    """The form with what is typed kept as a draft; what is too long to be kept is at least on the page."""
    try:
        draft = drafts.save(visit, sheet.draft, sheet.kept)
    except StatementError:
        return sheet
    return replace(sheet, saved=words.day(moment(draft.saved)))


def _draft(visit: Visit, sheet: Sheet) -> Response:
    draft = drafts.save(visit, sheet.draft, sheet.kept)
    return JSONResponse({"saved": moment(draft.saved).isoformat()}, headers={"cache-control": "no-store"})


def _discarded(visit: Visit, sheet: Sheet) -> Response:
    drafts.clear(visit, sheet.draft)
    return RedirectResponse(sheet.address, 303)


def _previewed(request: Request, preview: Preview) -> bool:
    return posted(request).get("previewed") == composing.seal(preview)


def _stored(visit: Visit, sheet: Sheet, address: str) -> Response:
    drafts.clear(visit, sheet.draft)
    return RedirectResponse(address, 303)


def _preview(visit: Visit, fields: Typed, answers: str) -> Preview:
    marking = composing.marking(visit, fields)
    return fielding.preview_contribution(visit, marking, answers) if answers else making.preview(visit, marking)


def _of_marking(visit: Visit, fields: Typed, answers: str) -> Preview | None:
    """Who would see it, as far as the marking is right, while something else is not."""
    try:
        return _preview(visit, fields, answers)
    except (StatementError, NotFound):
        return None


def _page(request: Request, templates: Environment, template: str, page: Page, problem: object) -> Response:
    return shown(templates, template, request, page, status=422 if problem else 200)
