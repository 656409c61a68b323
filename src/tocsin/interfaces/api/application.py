"""The API as an application of its own under ``/api/v1``: its addresses, its errors, its description."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tocsin.core.errors import TocsinError
from tocsin.desk.node import Node
from tocsin.interfaces.api import (
    assessments,
    attachments,
    audits,
    calendar,
    fielding,
    kinds,
    lexicon,
    proposals,
    register,
    rounds,
    scenarios,
    signals,
    statements,
    subjects,
    triggers,
    yardsticks,
)
from tocsin.interfaces.api.answers import answer, openly
from tocsin.interfaces.api.description import described
from tocsin.interfaces.api.problems import problem
from tocsin.interfaces.web.doors import visitor

ROUTERS = (
    statements.router,
    subjects.router,
    attachments.router,
    proposals.router,
    assessments.router,
    fielding.router,
    rounds.router,
    calendar.router,
    triggers.router,
    scenarios.router,
    signals.router,
    lexicon.router,
    yardsticks.router,
    kinds.router,
    register.router,
    audits.router,
)


def api(app: FastAPI, node: Node) -> FastAPI:
    """The API of a node, to be mounted in its application, whose site it shares."""
    made = FastAPI(title="Tocsin", version="1", docs_url=None, redoc_url=None, openapi_url=None)
    made.state.node, made.state.site = node, app.state.site
    for router in ROUTERS:
        made.include_router(router)
    document: dict[str, Any] = {}

    @made.get("/openapi.json", include_in_schema=False)
    def description(request: Request) -> Response:
        visit = visitor(request)
        if not document:
            document.update(described(made, team=node.team))
        return answer(request, document, openly(visit), mark_body=False)

    async def refused(request: Request, error: Exception) -> Response:
        if isinstance(error, HTTPException) and error.status_code == 405:
            error = HTTPException(405, headers={"allow": _allowed(made, request)})
        return problem(request, error)

    for kind in (TocsinError, HTTPException, RequestValidationError, Exception):
        made.add_exception_handler(kind, refused)
    made.add_middleware(_Heads)
    return made


def _allowed(made: FastAPI, request: Request) -> str:
    """Every method that some route takes at this address."""
    found: set[str] = set()
    for method in ("GET", "POST", "PATCH", "DELETE"):
        scope = {**request.scope, "method": method}
        if any(route.matches(scope)[0] is Match.FULL for route in made.router.routes):
            found |= {method, "HEAD"} if method == "GET" else {method}
    return ", ".join(sorted(found))


class _Heads:
    """Answers HEAD as GET, without the body."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def bare(message: Message) -> None:
            await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

        await self._app({**scope, "method": "GET"}, receive, bare)
