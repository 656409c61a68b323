"""Errors of the API as RFC 9457 problem details: each kind has an address that says what it means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from tocsin.core.errors import (
    AccessError,
    NotFound,
    PlaceError,
    RegisterError,
    ReleaseError,
    SealError,
    ShapeError,
    SignInNeeded,
    StatementError,
    StoreError,
    TocsinError,
    TooManyAttempts,
)

PREFIX = "/api/v1"

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True)
class Kind:
    """A kind of problem: its HTTP status, what it is called, and what it means."""

    status: int
    title: str
    meaning: str


KINDS: dict[str, Kind] = {
    "malformed": Kind(400, "The request cannot be read", "Its address, JSON or cursor is not well formed."),
    "sign-in-needed": Kind(401, "Nobody is signed in", "Send an API token as `Authorization: Bearer tocsin_...`."),
    "refused": Kind(403, "You may not do this", "Your roles, or those of your token, do not suffice."),
    "not-found": Kind(404, "There is no such thing, or it is not for you", "The two read alike, and on purpose."),
    "method-not-allowed": Kind(405, "This address does not take this method", "The header Allow lists those it takes."),
    "too-large": Kind(
        413, "What was sent is too large", "Statements are small; long texts and tables are attachments."
    ),
    "address-too-long": Kind(414, "The address is too long", "Addresses with their query are bounded."),
    "unsupported-media-type": Kind(
        415, "This kind of content is not taken here", "Send JSON as `application/json`, unpacked."
    ),
    "rule-broken": Kind(
        422,
        "A field breaks a rule",
        "`field` names it, `rule` says what is wrong, `remedy` what to do. Nothing is stored.",
    ),
    "too-many-attempts": Kind(429, "Tried too often", "Wait as many seconds as the header Retry-After says."),
    "headers-too-large": Kind(431, "The headers are too large", "Send fewer and shorter headers."),
    "unforeseen": Kind(500, "Something went wrong here", "It is on record on the node; nothing of it is told."),
    "sealed": Kind(
        503, "What is sealed cannot be opened", "The node's key is not at hand; whoever runs the node finds more there."
    ),
    "unavailable": Kind(503, "The store does not answer", "Try again later; whoever runs the node finds more there."),
}
"""Every kind of problem by the last part of its address."""

_BY_ERROR: tuple[tuple[type[Exception], str], ...] = (
    (SignInNeeded, "sign-in-needed"),
    (TooManyAttempts, "too-many-attempts"),
    (AccessError, "refused"),
    (NotFound, "not-found"),
    (StatementError, "rule-broken"),
    (RegisterError, "rule-broken"),
    (PlaceError, "rule-broken"),
    (RequestValidationError, "rule-broken"),
    (ReleaseError, "unavailable"),
    (StoreError, "unavailable"),
    (SealError, "sealed"),
    (TocsinError, "malformed"),
)

_BY_STATUS = {kind.status: slug for slug, kind in KINDS.items()}


class Problem(BaseModel):
    """An error as RFC 9457 tells it. field, rule, remedy: of what was sent, where something is wrong with it."""

    model_config = ConfigDict(extra="forbid")

    type: str
    title: str
    status: int
    detail: str
    instance: str
    field: str | None = None
    rule: str | None = None
    remedy: str | None = None


class Malformed(TocsinError):
    """What was sent cannot be read: it is no JSON, or no cursor that was given out."""


def problem(request: Request, error: Exception) -> JSONResponse:
    """The answer to an error. Of one that was not foreseen nothing leaves the node."""
    path = request.url.path
    headers = dict(getattr(error, "headers", None) or {})
    slug = next((slug for kind, slug in _BY_ERROR if isinstance(error, kind)), "unforeseen")
    if isinstance(error, HTTPException):
        slug = _BY_STATUS.get(error.status_code, "malformed" if error.status_code < 500 else "unforeseen")
        return problem_response(slug, KINDS[slug].meaning, instance=path, headers=headers)
    if isinstance(error, RequestValidationError):
        first = error.errors()[0]
        where, *names = (str(part) for part in first["loc"])
        field = ".".join(names) or where
        return _of_field(
            slug,
            first["msg"].removeprefix("Value error, "),
            field,
            "Correct it; /api/v1/openapi.json says what is taken",
            path,
        )
    if not isinstance(error, TocsinError):
        return problem_response(slug, KINDS[slug].meaning, instance=path)
    if isinstance(error, SignInNeeded):
        headers["www-authenticate"] = 'Bearer realm="tocsin"'
    if isinstance(error, TooManyAttempts):
        headers["retry-after"] = str(error.seconds)
    if isinstance(error, ShapeError):
        remedy = f"{error.remedy}; the schema of each kind is under {PREFIX}/kinds"
        return _of_field(slug, error.what, error.field, remedy, path)
    if isinstance(error, (StatementError, RegisterError)):
        return _of_field(slug, error.what, error.field, error.remedy, path)
    # ``where`` is a path of this machine in some of the others, and what was asked for in the rest.
    return problem_response(slug, error.what, instance=path, remedy=error.remedy, headers=headers)


def _of_field(slug: str, rule: str, field: str, remedy: str, instance: str) -> JSONResponse:
    detail = str(TocsinError(rule, where=field, remedy=remedy))
    return problem_response(slug, detail, instance=instance, field=field, rule=rule, remedy=remedy)


def problem_response(
    slug: str, detail: str, *, instance: str, headers: Mapping[str, str] | None = None, **more: str
) -> JSONResponse:
    """A problem as it is sent. more: members beside those that RFC 9457 names."""
    return JSONResponse(
        told(slug, detail, instance, **more),
        KINDS[slug].status,
        headers={"cache-control": "private, no-cache", "tocsin-marking": "TLP:CLEAR", **(headers or {})},
        media_type=MEDIA_TYPE,
    )


def told(slug: str, detail: str, instance: str, **more: str) -> dict[str, Any]:
    """The members of a problem."""
    kind = KINDS[slug]
    return {
        "type": f"{PREFIX}/problems/{slug}",
        "title": kind.title,
        "status": kind.status,
        "detail": detail,
        "instance": instance,
        **{name: value for name, value in more.items() if value},
    }
