"""Where feeds are: addresses that nobody can guess, outside sign-in. Whatever is wrong there reads alike."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from tocsin.core.errors import NotFound, TocsinError
from tocsin.core.statement import digest
from tocsin.desk.horizon import feeds
from tocsin.desk.horizon.feeds import Feed
from tocsin.interfaces.feeds import atom, ics

PATH = "/feeds/{secret}"
PREFIX = "/feeds"

FORMS: dict[str, tuple[str, Callable[[Feed], bytes]]] = {
    "ics": (ics.MEDIA_TYPE, ics.ics),
    "atom": (atom.MEDIA_TYPE, atom.atom),
}
"""Each form by the ending of its address: its media type, and how it is written."""


def address(secret: str, form: str) -> str:
    """The path of a feed in a form."""
    return f"{PREFIX}/{secret}.{form}"


def serve(request: Request) -> Response:
    """A feed in the form that its address ends in, under the marking of what is in it.

    The answer to what is not there does not repeat the address, which may be a secret written wrongly.
    """
    secret, _, form = str(request.path_params["secret"]).rpartition(".")
    try:
        if form not in FORMS:
            raise NotFound("there is no such feed, or no longer")
        media_type, written = FORMS[form]
        found = feeds.fetch(request.app.state.node, secret, form)
        body = written(found)
    except NotFound:
        text = "There is no such feed, or no longer. Ask whoever gave you its address for a new one.\n"
        return PlainTextResponse(text, 404, headers={"cache-control": "no-store"})
    except TocsinError:
        text = "The feed cannot be made at present. Try again later.\n"
        return PlainTextResponse(text, 503, headers={"cache-control": "no-store"})
    label = "; ".join([found.marking.tlp.label, *sorted(found.marking.caveats)])
    headers = {
        "cache-control": "private, no-store",
        "tocsin-marking": label,
        "etag": f'"{digest(body)[:32]}"',
        # A secret address must not be sent on to wherever a link in it leads, nor be found by a search engine.
        "referrer-policy": "no-referrer",
        "x-robots-tag": "noindex",
    }
    if _known(request.headers.get("if-none-match", ""), headers["etag"]):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=media_type)


def _known(told: str, etag: str) -> bool:
    """Whether a program has it already. What stands between may have made its mark a weak one (RFC 9110, 13.1.2)."""
    return told.strip() == "*" or etag in {one.strip().removeprefix("W/") for one in told.split(",")}
