"""What the audit log answers: whether it is whole, who saw a statement, what a person did."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from tocsin.core.errors import StatementError
from tocsin.core.instant import written
from tocsin.desk import auditing
from tocsin.interfaces.api.answers import answer, inhouse
from tocsin.interfaces.api.asking import Identity, Limit, Line
from tocsin.interfaces.api.description import problems
from tocsin.interfaces.api.problems import Malformed
from tocsin.interfaces.api.served import Number, Served
from tocsin.interfaces.web.doors import visitor

router = APIRouter(prefix="/audit", tags=["audit"])

_Found = TypeVar("_Found")


class ServedBroken(BaseModel):
    """The first line that is not as it was written."""

    seq: int
    why: str


class ServedVerified(Served):
    """lines: how many are whole, from the first on. head: the hash of the last of them."""

    lines: Number
    head: str
    broken: ServedBroken | None


class ServedSeen(BaseModel):
    """A reading. person, name: null for somebody of whom the asker may not know."""

    line: str
    at: datetime
    person: str | None
    name: str | None
    organisation: str | None
    door: str
    act: str


class ServedDeed(BaseModel):
    """What a person did. objects: identities of what the asker may see."""

    line: str
    at: datetime
    door: str
    act: str
    objects: list[str]
    detail: dict[str, Any]


class ServedReadings(Served):
    """Who saw a statement, newest first."""

    items: list[ServedSeen]
    next: str | None


class ServedDeeds(Served):
    """What a person did, newest first."""

    items: list[ServedDeed]
    next: str | None


@router.get("/verify", response_model=ServedVerified, responses=problems())
def verify_log(request: Request) -> Response:
    """Whether the log is whole from its first line to its last; a steward asks."""
    visit = visitor(request)
    found = auditing.verify(visit)
    broken = vars(found.broken) if found.broken else None
    return answer(request, {"lines": found.lines, "head": found.head, "broken": broken}, inhouse(visit))


@router.get("/who-saw/{id}", response_model=ServedReadings, responses=problems("not-found"))
def who_saw(request: Request, id: Identity, cursor: Line = None, limit: Limit = 50) -> Response:
    """Who read or exported a statement; a steward asks, or a desk officer or convenor of its originator."""
    visit = visitor(request)
    found = _page(lambda: auditing.who_saw(visit, id, after=cursor, limit=limit))
    items = [{**vars(line), "at": written(line.at)} for line in found.lines]
    return answer(request, {"items": items, "next": found.more}, inhouse(visit))


@router.get("/by/{person}", response_model=ServedDeeds, responses=problems())
def by_person(request: Request, person: str, cursor: Line = None, limit: Limit = 50) -> Response:
    """What a person did; they ask themselves, or a steward does."""
    visit = visitor(request)
    found = _page(lambda: auditing.by_person(visit, person, after=cursor, limit=limit))
    items = [
        {**vars(line), "at": written(line.at), "objects": list(line.objects), "detail": dict(line.detail)}
        for line in found.lines
    ]
    return answer(request, {"items": items, "next": found.more}, inhouse(visit))


def _page(ask: Callable[[], _Found]) -> _Found:
    try:
        return ask()
    except StatementError as error:
        if error.field != "after":
            raise
        raise Malformed("this is no cursor that was given out here", remedy="Begin again without it") from None
