"""The workbench as an ASGI application: every page of ``pages.ROUTES`` as HTML, JSON and CSV, and briefs as files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from fastapi import FastAPI
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles

from tocsin.core.errors import TocsinError
from tocsin.desk.node import Node
from tocsin.desk.reading import facts, read
from tocsin.interfaces.web.doors import visitor
from tocsin.interfaces.web.errors import described, status_of, suggestions
from tocsin.interfaces.web.labels import LANGUAGES, Labels
from tocsin.interfaces.web.page import Elsewhere, Page, Route, as_csv, as_json
from tocsin.interfaces.web.pages import ROUTES, SECTIONS
from tocsin.interfaces.web.pages.brief import PATH, brief_file
from tocsin.interfaces.web.security import HEADERS, Guard
from tocsin.interfaces.web.words import FILTERS

_HERE = Path(__file__).parent

Show = Callable[[Page, Request], Response]


def create_app(node: Node) -> FastAPI:
    """The application for one node."""
    # FastAPI's own documentation pages load scripts from elsewhere, so they are off.
    app = FastAPI(title="Tocsin", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.node = node
    # Pages hold no secret that compressing them next to what somebody typed could give away.
    app.add_middleware(GZipMiddleware, minimum_size=1000)
    app.add_middleware(Guard, listening_on=node.settings.host)
    app.mount("/static", StaticFiles(directory=_HERE / "static"), name="static")
    templates = _templates()

    # Before the pages, whose country takes every address below it as a name.
    app.add_route(PATH, lambda request: brief_file(visitor(request), request))
    for route in ROUTES:
        show = _as_html(templates, route)
        app.add_route(f"{route.stem}.json", _endpoint(route, ".json", _as_json))
        app.add_route(f"{route.stem}/{{table}}.csv", _endpoint(route, "/{table}.csv", _as_csv))
        app.add_route(route.path, _endpoint(route, "", show))

    async def failed(request: Request, error: Exception) -> Response:
        return _failed(templates, node, request, error)

    for kind in (TocsinError, HTTPException, Exception):
        app.add_exception_handler(kind, failed)
    return app


def _endpoint(route: Route, ending: str, show: Show) -> Callable[[Request], Response]:
    """Build the page, follow it where it is elsewhere (keeping the ending), or show it."""

    def answer(request: Request) -> Response:
        params = {**request.query_params, **request.path_params}
        built = route.build(visitor(request), params)
        if isinstance(built, Elsewhere):
            address = quote(built.stem + ending.format(**request.path_params))
            query = f"?lang={quote(params['lang'])}" if "lang" in params else ""
            return RedirectResponse(address + query, status_code=307)
        return show(built, request)

    return answer


def _as_html(templates: Environment, route: Route) -> Show:
    template = templates.get_template(route.template)

    def show(page: Page, request: Request) -> Response:
        text = template.render(page=page, facts=page.facts, here=request.url.path, **page.content)
        return HTMLResponse(text, headers={"cache-control": "no-cache"})

    return show


def _as_json(page: Page, request: Request) -> Response:
    return JSONResponse(as_json(page), headers={"cache-control": "no-cache"})


def _as_csv(page: Page, request: Request) -> Response:
    name = request.path_params["table"]
    if name not in page.tables:
        raise HTTPException(404)
    # A byte order mark, because spreadsheets otherwise take UTF-8 for an old code page and break names.
    body = "\ufeff" + as_csv(page.tables[name], page.facts)
    stem = page.stem.strip("/").replace("/", "-")
    return Response(
        body.encode(),
        media_type="text/csv; charset=utf-8; header=present",
        headers={"cache-control": "no-cache", "content-disposition": f'inline; filename="tocsin-{stem}-{name}.csv"'},
    )


def _templates() -> Environment:
    templates = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters.update(FILTERS)
    templates.globals.update(sections=SECTIONS, languages=LANGUAGES)
    return templates


def _failed(templates: Environment, node: Node, request: Request, error: Exception) -> Response:
    """The error as its reader can use it; a machine gets JSON."""
    status, told = status_of(error), described(error, request.url.path)
    machine = request.url.path.endswith((".json", ".csv"))
    try:
        header, likely = facts(read(node.settings)), suggestions(error, request, node.settings)
    except TocsinError:
        # Not even the embedded release can be read: the error goes out without the house around it.
        header, likely, machine = None, [], True
    # The outermost handler answers outside the middleware, so the headers are set here as well.
    headers = {**(getattr(error, "headers", None) or {}), **HEADERS, "cache-control": "no-store"}
    if machine or header is None:
        return JSONResponse({**told, "suggestions": likely}, status_code=status, headers=headers)
    page = Page(stem="", title="Not found" if status == 404 else "Something is wrong", facts=header, content={})
    text = templates.get_template("error.html").render(
        page=page,
        facts=header,
        here=request.url.path,
        labels=Labels(),
        told=told,
        status=status,
        suggestions=likely,
    )
    return HTMLResponse(text, status_code=status, headers=headers)
