"""What may be sent at all: refused before anything looks at it, by its announced length where there is one.

Nothing here depends on who asks. A body is never unpacked; JSON and forms are read whole up to their small limits and
checked, everything else is counted while it streams.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal
from urllib.parse import unquote_to_bytes

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tocsin.desk.files import LARGEST as LARGEST_FILE
from tocsin.interfaces.api.problems import KINDS, PREFIX, problem_response

FILES = f"{PREFIX}/attachments"
"""The address whose body is a file as it is."""

LARGEST_JSON, LARGEST_FORM = 2**20, 2 * 2**20
"""Bytes of a JSON body, and of a form."""

LONGEST_TARGET, LARGEST_HEADERS, MOST_HEADERS = 8 * 1024, 32 * 1024, 100
"""Bytes of an address with its query, bytes of all headers together, and how many there may be."""

LONGEST_TOLD = 200
"""Letters of an address that a refusal repeats."""

DEEPEST = 32
"""Arrays and objects of JSON within one another."""

# Possessive: it never goes back, so that a text without an end is not looked at again from each of its quotes.
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)', re.DOTALL)
_UNFIT = re.compile("[\x00-\x1f\x7f\x85\u2028\u2029]")
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_STEP = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}

_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


@dataclass(frozen=True)
class _Refusal:
    slug: str
    what: str
    remedy: str


@dataclass(frozen=True)
class _Body:
    """What a body is taken for, and how many bytes it may have."""

    form: Literal["json", "form", "other"]
    largest: int


class Limits:
    """Refuses what is too large, packed, or not UTF-8, as problem+json where the API is asked."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        body = _expected(scope["path"], headers)
        refusal = _head(scope, headers) or _length(headers, body)
        if refusal is None and body.form != "other":
            content = await _whole(receive, body.largest)
            if content is None:
                return
            refusal = _checked(content, body)
            receive = _again(content, receive)
        if refusal is not None:
            await _answer(refusal, scope)(scope, receive, send)
            return
        await self._counted(body.largest, scope, receive, send)

    async def _counted(self, largest: int, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what comes until it is too much; whatever the application then answers, the refusal goes out."""
        taken, over, begun = 0, False, False

        async def counted() -> Message:
            nonlocal taken, over
            message = await receive()
            taken += len(message.get("body", b""))
            over = over or taken > largest
            return {"type": "http.disconnect"} if over else message

        async def answered(message: Message) -> None:
            nonlocal begun
            if over and not begun:
                return
            begun = True
            await send(message)

        try:
            await self._app(scope, counted, answered)
        except Exception:
            if not over or begun:
                raise
        if over and not begun:
            await _answer(_too_large(largest), scope)(scope, receive, send)


def _expected(path: str, headers: Headers) -> _Body:
    if path == FILES:
        return _Body("other", LARGEST_FILE)
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json" or kind.endswith("+json"):
        return _Body("json", LARGEST_JSON)
    if kind in _FORMS:
        return _Body("form" if kind == _FORMS[0] else "other", LARGEST_FORM)
    return _Body("other", LARGEST_JSON)


def _head(scope: Scope, headers: Headers) -> _Refusal | None:
    target = [scope.get("raw_path") or scope["path"].encode(), scope.get("query_string", b"")]
    if sum(map(len, target)) > LONGEST_TARGET:
        return _Refusal(
            "address-too-long", f"the address is longer than {LONGEST_TARGET} bytes", "Ask in a shorter address"
        )
    size = sum(len(name) + len(value) for name, value in scope["headers"])
    if size > LARGEST_HEADERS or len(scope["headers"]) > MOST_HEADERS:
        return _Refusal(
            "headers-too-large",
            f"the headers are more than {MOST_HEADERS} or larger than {LARGEST_HEADERS} bytes",
            "Send fewer and shorter headers",
        )
    if not all(_readable(unquote_to_bytes(part)) for part in target) or _UNFIT.search(scope["path"]):
        # No route takes a line end for a letter, so that such an address would be found by none.
        return _Refusal(
            "malformed",
            "the address is not UTF-8 text, or holds control characters",
            "Write other letters as %-encoded UTF-8",
        )
    if headers.get("content-encoding", "identity").strip().lower() != "identity":
        return _Refusal(
            "unsupported-media-type", "what is sent is not unpacked here", "Send it as it is, without Content-Encoding"
        )
    return None


def _length(headers: Headers, body: _Body) -> _Refusal | None:
    length = headers.get("content-length")
    if length is None:
        return None
    if not (length.isascii() and length.isdecimal()):
        return _Refusal("malformed", "the length that is announced is no number", "Send the body's length in bytes")
    # Longer numbers than any body are not even read.
    return _too_large(body.largest) if len(length) > 20 or int(length) > body.largest else None


def _too_large(largest: int) -> _Refusal:
    return _Refusal(
        "too-large",
        f"what is sent is larger than {largest // 2**20} MiB",
        "Send less at once; long texts and tables are attachments",
    )


async def _whole(receive: Receive, largest: int) -> bytes | None:
    """The body, of which no more is read than just too much; None if whoever sent it has gone."""
    parts: list[bytes] = []
    taken, more = 0, True
    while more and taken <= largest:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        part = message.get("body", b"")
        taken += len(part)
        parts.append(part)
        more = message.get("more_body", False)
    return b"".join(parts)


def _checked(content: bytes, body: _Body) -> _Refusal | None:
    if len(content) > body.largest:
        return _too_large(body.largest)
    if body.form == "form":
        if _readable(unquote_to_bytes(content)):
            return None
        return _Refusal("malformed", "the form is not UTF-8 text, or holds a NUL", "Send it as UTF-8")
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return _Refusal("malformed", "the JSON is not UTF-8", "Send JSON as UTF-8, as RFC 8259 asks")
    if _depth(content) > DEEPEST:
        return _Refusal("malformed", f"the JSON is nested more than {DEEPEST} deep", "Send it flatter")
    return None


def _readable(content: bytes) -> bool:
    try:
        return "\x00" not in content.decode("utf-8")
    except UnicodeDecodeError:
        return False


def _depth(content: bytes) -> int:
    """How deep the brackets of JSON go, those in strings aside.

    >>> _depth(b'{"a": [1, "[[["]}')
    2
    """
    brackets = _STRING.sub(b"", content).translate(None, delete=_NOT_BRACKETS)
    return max(accumulate(_STEP[one] for one in brackets), default=0)


def _again(content: bytes, receive: Receive) -> Receive:
    """A body that has been read, to be read by the application; then what else comes."""
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": content, "more_body": False}

    return again


def _answer(refusal: _Refusal, scope: Scope) -> Response:
    # What is left of the body is not read, so the connection cannot be used again.
    closing = {"connection": "close"}
    if scope["path"].startswith("/api/"):
        return problem_response(
            refusal.slug, refusal.what, instance=scope["path"][:LONGEST_TOLD], remedy=refusal.remedy, headers=closing
        )
    text, status = f"{refusal.what[0].upper()}{refusal.what[1:]}. {refusal.remedy}.\n", KINDS[refusal.slug].status
    return PlainTextResponse(text, status, headers=closing | {"cache-control": "no-store"})
