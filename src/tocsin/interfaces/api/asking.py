"""What the addresses of the API ask with: cursors, days, subjects, kinds, and bodies of JSON."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Annotated, Any, TypeVar

from fastapi import Path, Query
from pydantic import AfterValidator, BaseModel, ValidationError, WithJsonSchema
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request

from tocsin.core.errors import StatementError
from tocsin.core.instant import NEVER, Instant, parse
from tocsin.core.kinds import KINDS
from tocsin.desk.shape import in_words
from tocsin.desk.views import MOST
from tocsin.interfaces.api.problems import Malformed

_Sent = TypeVar("_Sent", bound=BaseModel)

_SUBJECT = r"^(place|period|statement):[A-Za-z0-9][A-Za-z0-9:-]{0,79}$"
_IDENTITY = r"^[0-9a-f]{64}$"

# Ten letters of six bits and one of four make the 64 of an instant.
_CURSOR = r"^[A-Za-z0-9_-]{10}[AEIMQUYcgkosw048]$"


def _moment(text: str) -> str:
    try:
        parse(text)
    except OverflowError:
        raise ValueError("there is no such time") from None
    return text


Moment = Annotated[
    str,
    AfterValidator(_moment),
    WithJsonSchema({"anyOf": [{"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}]}),
]
"""A day, whose last moment is meant, or a moment with its zone."""

Cursor = Annotated[
    str | None,
    Query(description="Where to go on: `next` of the page before.", json_schema_extra={"pattern": _CURSOR}),
]
Line = Annotated[
    str | None,
    Query(description="Where to go on: `next` of the page before.", json_schema_extra={"pattern": _IDENTITY}),
]
Limit = Annotated[int, Query(ge=1, le=MOST, description="How many at most.")]
AsOf = Annotated[
    Moment | None, Query(description="As known at this moment, or at the end of this day in UTC (2026-11-23).")
]
SubjectKey = Annotated[
    str | None, Query(pattern=_SUBJECT, description="Only about this, as `place:SDN`, `period:2026`.")
]
KindName = Annotated[str | None, Query(pattern=f"^({'|'.join(KINDS)})$", description="Only of this kind.")]
DryRun = Annotated[bool, Query(description="Check everything and store nothing.")]

SubjectPath = Annotated[str, Path(pattern=_SUBJECT, description="As `place:SDN`, `period:2026`.")]
Identity = Annotated[str, Path(description="64 hexadecimal digits.", json_schema_extra={"pattern": _IDENTITY})]
"""Not checked: what cannot be an identity is not found, in the same words as what is not there."""


def instant_of(text: str | None) -> Instant:
    """The instant asked for; never-ending where none is."""
    return NEVER if text is None else parse(text)


def cursor_of(at: Instant | None) -> str | None:
    """An instant as a cursor; it tells no more than ``recorded_at`` of the last item.

    >>> before(cursor_of(1000000)), cursor_of(None)
    (1000000, None)
    """
    return None if at is None else base64.urlsafe_b64encode(at.to_bytes(8, "big")).decode().rstrip("=")


def before(cursor: str | None) -> Instant:
    """The instant of a cursor; never-ending where there is none.

    Errors: Malformed if it cannot have been given out.
    """
    if cursor is None:
        return NEVER
    try:
        at = int.from_bytes(base64.b64decode(f"{cursor}=".encode("ascii"), altchars=b"-_", validate=True), "big")
    except (binascii.Error, UnicodeEncodeError):
        at = NEVER
    if at >= NEVER or cursor_of(at) != cursor:
        raise Malformed("this is no cursor that was given out here", remedy="Begin again without it")
    return at


async def sent(request: Request, form: type[_Sent]) -> tuple[_Sent, dict[str, Any]]:
    """The JSON of a body: read into its form, and the fields that were given as they are handed to ``desk``.

    Errors: HTTPException 415 if it is no JSON; Malformed; StatementError names the field that breaks the form.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise HTTPException(415)
    body = await request.body()
    try:
        read = await run_in_threadpool(form.model_validate_json, body)
    except ValidationError as error:
        if error.errors()[0]["type"] == "json_invalid":
            _halves(body)
            raise Malformed(error.errors()[0]["msg"], remedy="Send one JSON object, as RFC 8259 has it") from None
        raise in_words(error) from None
    _twice(body)
    return read, read.model_dump(mode="json", exclude_unset=True)


def _twice(body: bytes) -> None:
    """Whether a name stands twice in an object: who reads the first and who reads the last would read another marking.

    Errors: Malformed names it.
    """

    def once(pairs: list[tuple[str, Any]]) -> None:
        names = [name for name, _ in pairs]
        if len(set(names)) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise Malformed(f"the name {twice[:80]!r} stands twice in an object", remedy="Give each name once")

    json.loads(body, object_pairs_hook=once)


def _halves(body: bytes) -> None:
    """Whether JSON cannot be read because a text holds half of a pair of code units, which no UTF-8 can write.

    Errors: StatementError names the field.
    """
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return
    edge: list[tuple[tuple[str, ...], Any]] = [((), found)]
    while edge:
        path, value = edge.pop()
        if isinstance(value, str) and any("\ud800" <= letter <= "\udfff" for letter in value):
            raise StatementError(
                "it holds half of a surrogate pair, which stands for no letter",
                field=".".join(path) or "statement",
                remedy="Write the letter itself, or both halves of its pair",
            )
        if isinstance(value, dict):
            edge += [((*path, name.encode("utf-8", "replace").decode()), one) for name, one in value.items()]
        if isinstance(value, list):
            edge += [((*path, str(place)), one) for place, one in enumerate(value)]
