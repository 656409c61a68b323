"""Showing a page: every template gets what the house around it needs, from one place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import HTMLResponse

from tocsin.core.tlp import TLP
from tocsin.desk.visit import ABOVE_GREEN
from tocsin.interfaces.web import csrf
from tocsin.interfaces.web.doors import caller
from tocsin.interfaces.web.labels import Labels
from tocsin.interfaces.web.page import Page


def kept(page: Page) -> str:
    """What a browser may keep of a page: nothing of what is above GREEN."""
    return "no-store" if page.handling.tlp in ABOVE_GREEN else "no-cache"


def shown(
    templates: Environment,
    template: str,
    request: Request,
    page: Page,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **content: Any,
) -> HTMLResponse:
    """A page as HTML. content: what the template reads beside the page's own content."""
    text = templates.get_template(template).render(
        house(request) | {"page": page, "facts": page.facts, "status": status} | dict(page.content) | content
    )
    return HTMLResponse(text, status, headers={"cache-control": kept(page), **(headers or {})})


def shown_outside(
    templates: Environment, template: str, request: Request, title: str, *, status: int = 200, **content: Any
) -> HTMLResponse:
    """A page for whoever is not signed in: nothing of what the node holds is on it."""
    text = templates.get_template(template).render(
        house(request) | {"title": title, "clear": TLP.CLEAR, "status": status} | content
    )
    return HTMLResponse(text, status, headers={"cache-control": "no-store"})


def house(request: Request) -> dict[str, Any]:
    """What every template may read: where we are, who is signed in, the word for forms, whether it is an exercise."""
    by = caller(request)
    return {
        "here": request.url.path,
        "asked": {name: value for name, value in request.query_params.items() if name != "lang"},
        "labels": Labels(),
        "who": by.who,
        "csrf": csrf.masked(by.secret),
        "exercise": request.app.state.node.store.world == "exercise",
    }
