"""When a form about a release is sent: proposed, approved, let out; and a statement taken away as a file."""

from __future__ import annotations

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tocsin.core.errors import BriefError, StatementError
from tocsin.desk import drafts, making, views
from tocsin.desk.exporting import export
from tocsin.desk.proposals import proposed
from tocsin.desk.proposing import outline, propose
from tocsin.desk.releasing import approve, release
from tocsin.desk.visit import Visit
from tocsin.interfaces.briefs import RecordFormat, file_name, render_record
from tocsin.interfaces.web import composing
from tocsin.interfaces.web.composing import Typed
from tocsin.interfaces.web.labels import Labels
from tocsin.interfaces.web.pages import releasing
from tocsin.interfaces.web.pages.releasing import Tried
from tocsin.interfaces.web.posting import posted
from tocsin.interfaces.web.rendering import shown


def derived(request: Request, visit: Visit, templates: Environment) -> Response:
    """``POST /derive/{id}``: action is preview, propose or discard."""
    view, name = views.statement(visit, _id(request)), releasing.draft_name(_id(request))
    typed = Typed({one: [str(value) for value in posted(request).getlist(one)] for one in releasing.KEPT})
    action = str(posted(request).get("action", "preview"))
    if action == "discard":
        drafts.clear(visit, name)
        return RedirectResponse(f"/statement/{view.id}", 303)
    drafts.save(visit, name, typed.fields)
    sources, given = releasing.given(visit, typed, view)
    try:
        body, left_out = outline(visit, sources, given)
        if action == "propose":
            made = propose(visit, sources, given)
            drafts.clear(visit, name)
            return RedirectResponse(f"/proposal/{made.id}", 303)
    except StatementError as error:
        page = releasing.derive(visit, view, typed, Labels(), Tried(problem=error))
        return shown(templates, "derive.html", request, page, status=422)
    tried = Tried(left_out=left_out, preview=making.preview(visit, body.to))
    return shown(templates, "derive.html", request, releasing.derive(visit, view, typed, Labels(), tried))


def approved(request: Request, visit: Visit, templates: Environment) -> Response:
    """``POST /proposal/{id}/approve``: agree for the originator of ``source``, for a ``reason``."""
    id, reason = _id(request), str(posted(request).get("reason", "")).replace("\r\n", "\n")
    try:
        approve(visit, id, str(posted(request).get("source", "")), reason)
    except StatementError as error:
        page = releasing.proposal(visit, id, Labels(), problem=error, reason=reason)
        return shown(templates, "proposal.html", request, page, status=422)
    return RedirectResponse(f"/proposal/{id}", 303)


def released(request: Request, visit: Visit, templates: Environment) -> Response:
    """``POST /proposal/{id}/release``: let the text out, to exactly those of whom the page told."""
    id = _id(request)
    try:
        if posted(request).get("previewed") != composing.seal(proposed(visit, id).audience):
            told = "Not released yet: it would be seen by others than this page said. See below who, then release it."
            return shown(templates, "proposal.html", request, releasing.proposal(visit, id, Labels(), told=told))
        made = release(visit, id)
    except StatementError as error:
        page = releasing.proposal(visit, id, Labels(), problem=error)
        return shown(templates, "proposal.html", request, page, status=422)
    return RedirectResponse(f"/statement/{made.id}", 303)


def taken(request: Request, visit: Visit, templates: Environment) -> Response:
    """``/statement/{id}/file.{form}``: the same file that `tocsin export` writes.

    Errors: NotFound; AccessError if it may not be taken away; BriefError for a form that there is not.
    """
    try:
        form = RecordFormat(request.path_params["form"])
    except ValueError:
        raise BriefError(
            "this is not one of what statements come in",
            where="the ending of the address",
            remedy=f"Choose one of: {', '.join(RecordFormat)}",
        ) from None
    record = export(visit, _id(request), form.value)
    return Response(
        render_record(record, form),
        media_type=form.media_type,
        headers={
            "cache-control": "no-store",
            "content-disposition": f'attachment; filename="{file_name(record, form)}"',
        },
    )


def _id(request: Request) -> str:
    return str(request.path_params["id"]).strip().lower()
