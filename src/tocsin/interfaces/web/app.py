"""The workbench as an ASGI application: pages as HTML, JSON and CSV, briefs, forms, the way in, the API."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote, urlencode

from fastapi import FastAPI
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from tocsin.core.errors import StatementError, TocsinError
from tocsin.desk.node import Node
from tocsin.interfaces.api import mount
from tocsin.interfaces.feeds import served
from tocsin.interfaces.web import csrf
from tocsin.interfaces.web.doors import Doorkeeper, prove, visitor
from tocsin.interfaces.web.failing import failed
from tocsin.interfaces.web.forms import FORMS
from tocsin.interfaces.web.labels import LANGUAGES
from tocsin.interfaces.web.limits import Limits
from tocsin.interfaces.web.page import Elsewhere, Page, Route, as_csv, as_json
from tocsin.interfaces.web.pages import FICTIONAL_SECTIONS, ROUTES, SECTIONS
from tocsin.interfaces.web.pages.account import ACCOUNT
from tocsin.interfaces.web.pages.brief import PATH, brief_file
from tocsin.interfaces.web.pages.sign_in import SIGN_IN, Outside
from tocsin.interfaces.web.posting import Form
from tocsin.interfaces.web.rendering import kept, shown
from tocsin.interfaces.web.security import SAFE, Guard, Site
from tocsin.interfaces.web.words import FILTERS

_HERE = Path(__file__).parent

MOST_FIELDS = 2000
"""Fields that a form may have."""

Show = Callable[[Page, Request], Response]


def create_app(node: Node) -> FastAPI:
    """The application for one node.

    Errors: SettingsError if it would be open to people who do not sign in, or passwords could be read on the way.
    """
    # FastAPI's own documentation pages load scripts from elsewhere, so they are off.
    app = FastAPI(title="Tocsin", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.node, app.state.site = node, Site.of(node.settings, node.team)
    templates = _templates(FICTIONAL_SECTIONS if node.store.world == "exercise" else SECTIONS)

    async def refused(request: Request, error: Exception) -> Response:
        return await run_in_threadpool(failed, templates, request, error)

    def turned_away(request: Request, error: Exception) -> Response:
        return failed(templates, request, error)

    # From the inside out: who asks, how small the answer becomes, how much may be sent, from where anything may come.
    app.add_middleware(Doorkeeper, node=node, own=secrets.token_bytes(32), refuse=turned_away)
    app.add_middleware(_Compressing, minimum_size=1000)
    app.add_middleware(Limits)
    app.add_middleware(Guard, site=app.state.site)
    app.mount("/static", StaticFiles(directory=_HERE / "static"), name="static")

    if node.team:
        app.add_route("/healthz", lambda request: PlainTextResponse("ok\n"))
        for outside in SIGN_IN:
            app.add_route(outside.path, _outside(outside, templates), methods=list(outside.methods))
    mount(app, node)
    app.add_route(served.PATH, served.serve)
    # Before the pages, whose country takes every address below it as a name.
    for form in (*FORMS, *(ACCOUNT if node.team else ())):
        app.add_route(form.path, _form(form, templates), methods=list(form.methods))
    app.add_route(PATH, lambda request: brief_file(visitor(request), request))
    for route in ROUTES:
        show = _as_html(templates, route)
        app.add_route(f"{route.stem}.json", _endpoint(route, ".json", _as_json))
        app.add_route(f"{route.stem}/{{table}}.csv", _endpoint(route, "/{table}.csv", _as_csv))
        app.add_route(route.path, _endpoint(route, "", show))

    for kind in (TocsinError, HTTPException, Exception):
        app.add_exception_handler(kind, refused)
    return app


def _endpoint(route: Route, ending: str, show: Show) -> Callable[[Request], Response]:
    """Build the page, follow it where it is elsewhere (keeping the ending), or show it."""

    def answer(request: Request) -> Response:
        params = {**request.query_params, **request.path_params}
        # A table that is taken away as a file is an export, also on record.
        visit = replace(visitor(request), act="exported") if ending.endswith(".csv") else visitor(request)
        if params.get("as_of") and not route.as_of:
            raise StatementError(
                "this page shows what is known today",
                field="as_of",
                remedy="Ask /statements or /history/place:CODE for an earlier day",
            )
        built = route.build(visit, params)
        if isinstance(built, Elsewhere):
            address = quote(built.stem + ending.format(**request.path_params))
            asked = {**built.query, **({"lang": params["lang"]} if "lang" in params else {})}
            return RedirectResponse(address + (f"?{urlencode(asked)}" if asked else ""), status_code=307)
        return show(built, request)

    return answer


def _form(form: Form, templates: Environment) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        await _read(request)
        return await run_in_threadpool(lambda: form.handler(request, visitor(request), templates))

    return answer


def _outside(outside: Outside, templates: Environment) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        await _read(request)
        return await run_in_threadpool(outside.handler, request, request.app.state.node, templates)

    return answer


async def _read(request: Request) -> None:
    """What was sent to a form, once it has shown that it comes from one of our pages."""
    if request.method in SAFE:
        request.state.posted = FormData()
        return
    sent = await request.form(max_fields=MOST_FIELDS)
    prove(request, str(sent.get(csrf.FIELD, "")))
    request.state.posted = FormData([(name, value) for name, value in sent.multi_items() if name != csrf.FIELD])


def _as_html(templates: Environment, route: Route) -> Show:
    return lambda page, request: shown(templates, route.template, request, page)


def _as_json(page: Page, request: Request) -> Response:
    return JSONResponse(as_json(page), headers={"cache-control": kept(page)})


def _as_csv(page: Page, request: Request) -> Response:
    name = request.path_params["table"]
    if name not in page.tables:
        raise HTTPException(404)
    # A byte order mark, because spreadsheets otherwise take UTF-8 for an old code page and break names.
    body = "\ufeff" + as_csv(page, name)
    stem = page.stem.strip("/").replace("/", "-")
    return Response(
        body.encode(),
        media_type="text/csv; charset=utf-8; header=present",
        headers={"cache-control": kept(page), "content-disposition": f'inline; filename="tocsin-{stem}-{name}.csv"'},
    )


def _templates(sections: Sequence[tuple[str, str]]) -> Environment:
    templates = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters.update(FILTERS)
    templates.globals.update(sections=sections, languages=LANGUAGES)
    return templates


class _Compressing(GZipMiddleware):
    """Makes answers small, but not those to which another site led somebody who is signed in.

    Such a site chooses words of the address, which stand on the page beside what is confidential; from the lengths of
    compressed answers on the line, the confidential could then be guessed (BREACH, 2013).
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Compress, or only pass on."""
        headers = {name: value for name, value in scope.get("headers", ()) if name in (b"cookie", b"sec-fetch-site")}
        if b"cookie" in headers and headers.get(b"sec-fetch-site") not in (b"same-origin", b"none"):
            await self.app(scope, receive, send)
            return
        await super().__call__(scope, receive, send)
