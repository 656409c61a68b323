"""When a feed is made or revoked; the addresses of a new one are shown this one time."""

from __future__ import annotations

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tocsin.core.errors import TocsinError
from tocsin.desk.horizon import feeds
from tocsin.desk.visit import Visit
from tocsin.interfaces.feeds import served
from tocsin.interfaces.web import asked
from tocsin.interfaces.web.errors import status_of_form
from tocsin.interfaces.web.labels import Labels
from tocsin.interfaces.web.pages.horizon_feeds import built
from tocsin.interfaces.web.posting import posted
from tocsin.interfaces.web.rendering import shown

_TYPED = ("name", "ceiling", "place", "days")


def made(request: Request, visit: Visit, templates: Environment) -> Response:
    """``POST /horizon/feeds``: a new feed; its addresses are on this answer and nowhere else."""
    sent = _sent(request)
    try:
        place = sent.get("place", "").strip()
        subject = asked.subject(visit, place).key if place else None
        days = sent.get("days", "").strip()
        number = int(days) if days.isascii() and days.isdecimal() and len(days) < 6 else 0
        secret, _ = feeds.new(visit, sent.get("name", ""), sent.get("ceiling", ""), subject=subject, days=number)
    except TocsinError as error:
        page = built(visit, Labels(), {name: sent.get(name, "") for name in _TYPED}, error)
        return shown(templates, "horizon_feeds.html", request, page, status=status_of_form(error))
    home = request.app.state.site.origin or str(request.base_url).rstrip("/")
    addresses = [(form, f"{home}{served.address(secret, form)}") for form in served.FORMS]
    page = built(visit, Labels(), addresses=addresses)
    return shown(templates, "horizon_feeds.html", request, page, headers={"cache-control": "no-store"})


def revoked(request: Request, visit: Visit, templates: Environment) -> Response:
    """``POST /horizon/feeds/revoke``: end one of them."""
    try:
        feeds.revoke(visit, _sent(request).get("id", ""))
    except TocsinError as error:
        page = built(visit, Labels(), problem=error)
        return shown(templates, "horizon_feeds.html", request, page, status=status_of_form(error))
    return RedirectResponse("/horizon/feeds", 303)


def _sent(request: Request) -> dict[str, str]:
    return {name: value for name, value in posted(request).items() if isinstance(value, str)}
