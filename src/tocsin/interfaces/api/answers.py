"""An answer of the API: JSON under the marking of what it holds, with a strong ETag over what is actually served."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from tocsin.core.marking import EVERYONE, TLP, Audience, Caveat, Marking, strictest
from tocsin.core.statement import digest
from tocsin.desk.views import View
from tocsin.desk.visit import ABOVE_GREEN, Visit

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def answer(
    request: Request,
    content: Mapping[str, Any],
    marking: Marking,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    media_type: str = "application/json",
    mark_body: bool = True,
) -> Response:
    """Content as JSON, or 304 if the asker has it; ``marking`` stands in it and in the header.

    mark_body: False for a document with a form of its own, in which nothing else may stand.
    """
    if mark_body:
        content = {"marking": _dumped(marking), **content}
    body = written(content)
    return tagged(request, body, f'"{digest(body)[:32]}"', marking, status, media_type, headers)


def written(value: Any) -> bytes:
    """A value as JSON; bytes in it are JSON already, as what was stored is, and are not read and written again.

    >>> written({"id": 1, "statement": b'{"a":2}'})
    b'{"id":1,"statement":{"a":2}}'
    """
    if isinstance(value, bytes):
        return value
    try:
        return _ENCODER.encode(value).encode()
    except TypeError:
        # There are bytes in it somewhere.
        if isinstance(value, Mapping):
            return b"{" + b",".join(written(name) + b":" + written(one) for name, one in value.items()) + b"}"
        if isinstance(value, (list, tuple)):
            return b"[" + b",".join(map(written, value)) + b"]"
        raise


def tagged(
    request: Request,
    body: bytes,
    tag: str,
    marking: Marking,
    status: int,
    media_type: str,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Bytes with their ETag and marking, or 304."""
    # The separator on pages is no ASCII, which a header must be.
    label = "; ".join([marking.tlp.label, *sorted(marking.caveats)])
    # A browser leaves nothing of what is above GREEN on the disk.
    keep = "private, no-store" if marking.tlp in ABOVE_GREEN else "private, no-cache"
    common = {"cache-control": keep, "etag": tag, "tocsin-marking": label, **(headers or {})}
    wanted = request.headers.get("if-none-match")
    if wanted is not None and status == 200 and request.method == "GET" and _matches(wanted, tag):
        return Response(status_code=304, headers=common)
    return Response(body, status, headers=common, media_type=media_type)


def _matches(wanted: str, tag: str) -> bool:
    """RFC 9110, 13.1.2: compared weakly, because only the same bytes have the same tag."""
    return wanted.strip() == "*" or tag in (one.strip().removeprefix("W/") for one in wanted.split(","))


def over(visit: Visit, views: Iterable[View]) -> Marking:
    """The join of the markings of these statements; CLEAR for none."""
    # One store gives the same object for the same marking, so there are few to join.
    distinct = {id(view.head.marking): view.head.marking for view in views}
    return strictest(*distinct.values()) if distinct else openly(visit)


def openly(visit: Visit) -> Marking:
    """The marking of what is nobody's secret."""
    return _own(TLP.CLEAR, EVERYONE, visit.store.world == "exercise")


def inhouse(visit: Visit) -> Marking:
    """The marking of what a node tells somebody about people: for the members of their organisation."""
    return _own(TLP.AMBER_STRICT, f"org:{visit.actor.organisation}", visit.store.world == "exercise")


@lru_cache(maxsize=1024)
def _own(tlp: TLP, token: str, exercise: bool) -> Marking:
    caveats = frozenset({Caveat.EXERCISE}) if exercise else frozenset[Caveat]()
    return Marking(tlp=tlp, caveats=caveats, audience=Audience.of(token))


@lru_cache(maxsize=1024)
def _dumped(marking: Marking) -> bytes:
    return _ENCODER.encode(marking.model_dump(mode="json")).encode()
