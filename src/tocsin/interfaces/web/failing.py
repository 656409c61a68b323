"""What is answered when something cannot be: a page for people, JSON for machines, the way in for strangers."""

from __future__ import annotations

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from tocsin.core.errors import SignInNeeded, TocsinError, TooManyAttempts
from tocsin.desk.reading import facts, read
from tocsin.interfaces.api.problems import problem
from tocsin.interfaces.web.doors import caller, door, machine, sign_in_address
from tocsin.interfaces.web.errors import described, status_of, suggestions
from tocsin.interfaces.web.page import Page
from tocsin.interfaces.web.rendering import shown, shown_outside
from tocsin.interfaces.web.security import HEADERS


def failed(templates: Environment, request: Request, error: Exception) -> Response:
    """The error as its reader can use it. Whoever is not signed in learns nothing but that they are not."""
    # The outermost handler answers outside the middleware, so the headers are set here as well.
    headers = {**(getattr(error, "headers", None) or {}), **HEADERS, "cache-control": "no-store"}
    if door(request) == "api":
        answer: Response = problem(request, error)
        answer.headers.update(headers)
        return answer
    node = request.app.state.node
    status, told = status_of(error), described(error, request.url.path)
    if isinstance(error, SignInNeeded):
        if not machine(request):
            return RedirectResponse(sign_in_address(request), 303, headers=headers)
        headers["www-authenticate"] = 'Bearer realm="tocsin"'
        return JSONResponse(told, status, headers=headers)
    if isinstance(error, TooManyAttempts):
        headers["retry-after"] = str(error.seconds)
    if node.team and caller(request).visit is None:
        if machine(request):
            return JSONResponse(told, status, headers=headers)
        answer = shown_outside(templates, "outside_error.html", request, "Something is wrong", status=status, told=told)
        answer.headers.update(headers)
        return answer
    try:
        header, likely = facts(read(node.settings)), suggestions(error, request, node.settings)
    except TocsinError:
        # Not even the embedded release can be read: the error goes out without the house around it.
        return JSONResponse({**told, "suggestions": []}, status_code=status, headers=headers)
    if machine(request):
        return JSONResponse({**told, "suggestions": likely}, status_code=status, headers=headers)
    page = Page(stem="", title="Not found" if status == 404 else "Something is wrong", facts=header, content={})
    return shown(templates, "error.html", request, page, status=status, headers=headers, told=told, suggestions=likely)
