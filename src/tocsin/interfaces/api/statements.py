"""Statements: listed, searched, made, read with what they superseded, withdrawn; and who would see one."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from tocsin.core.marking import Marking
from tocsin.desk import making, views
from tocsin.desk.views import View
from tocsin.interfaces.api.answers import answer, inhouse, openly, over
from tocsin.interfaces.api.asking import (
    AsOf,
    Cursor,
    DryRun,
    Identity,
    KindName,
    Limit,
    SubjectKey,
    before,
    cursor_of,
    instant_of,
    sent,
)
from tocsin.interfaces.api.description import problems, taking
from tocsin.interfaces.api.given import SentRecall, SentStatement
from tocsin.interfaces.api.problems import PREFIX
from tocsin.interfaces.api.served import (
    ServedCount,
    ServedPage,
    ServedPreview,
    ServedStatement,
    ServedStatements,
    item,
    one,
    previewed,
)
from tocsin.interfaces.web.doors import visitor

router = APIRouter(tags=["statements"])

_CREATED = {"description": "Stored.", "model": ServedStatement}


def created(request: Request, view: View) -> Response:
    """A statement that was stored, with its address."""
    location = {"location": f"{PREFIX}/statements/{view.id}"}
    return answer(request, one(view), view.head.marking, status=201, headers=location)


@router.get("/statements", response_model=ServedPage, responses=problems())
def list_statements(
    request: Request,
    subject: SubjectKey = None,
    kind: KindName = None,
    as_of: AsOf = None,
    q: Annotated[str | None, Query(max_length=500, description="Words that all of them hold.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    """The statements that stand, or stood, newest first."""
    visit = visitor(request)
    asked: dict[str, Any] = {"subject": subject, "kind": kind, "as_of": instant_of(as_of), "before": before(cursor)}
    found = views.current(visit, limit=limit, **asked) if q is None else views.search(visit, q, limit=limit, **asked)
    items = [item(view) for view in found.views]
    return answer(request, {"items": items, "next": cursor_of(found.more)}, over(visit, found.views))


@router.post(
    "/statements",
    status_code=201,
    responses=problems() | {200: {"description": "Who would see it.", "model": ServedPreview}, 201: _CREATED},
    openapi_extra=taking(SentStatement),
)
async def make_statement(request: Request, dry_run: DryRun = False) -> Response:
    """Make a statement; with `dry_run`, only check it and say who would see it."""
    visit = await run_in_threadpool(visitor, request)
    _, given = await sent(request, SentStatement)
    if dry_run:
        preview = await run_in_threadpool(making.check, visit, given)
        return answer(request, previewed(preview), inhouse(visit))
    return created(request, await run_in_threadpool(making.make, visit, given))


@router.get("/statements/{id}", response_model=ServedStatement, responses=problems("not-found"))
def one_statement(request: Request, id: Identity, as_of: AsOf = None) -> Response:
    """One statement, as it stands or stood."""
    view = views.statement(visitor(request), id, as_of=instant_of(as_of))
    return answer(request, one(view), view.head.marking)


@router.get("/statements/{id}/chain", response_model=ServedStatements, responses=problems("not-found"))
def chain_of_statement(request: Request, id: Identity) -> Response:
    """A statement with all that it superseded and that superseded it, oldest first."""
    visit = visitor(request)
    found = views.chain_of(visit, id)
    return answer(request, {"items": [item(view) for view in found]}, over(visit, found))


@router.post(
    "/statements/{id}/recall",
    status_code=201,
    responses=problems("not-found") | {201: _CREATED},
    openapi_extra=taking(SentRecall),
)
async def recall_statement(request: Request, id: Identity) -> Response:
    """Withdraw a statement; the answer is the statement that says so."""
    visit = await run_in_threadpool(visitor, request)
    given, _ = await sent(request, SentRecall)
    return created(request, await run_in_threadpool(making.recall, visit, id, given.reason))


@router.get("/count", response_model=ServedCount, responses=problems())
def count_statements(
    request: Request, subject: SubjectKey = None, kind: KindName = None, as_of: AsOf = None
) -> Response:
    """How many statements stand, or stood, of those that whoever asks may see."""
    visit = visitor(request)
    found = views.count(visit, subject=subject, kind=kind, as_of=instant_of(as_of))
    return answer(request, {"number": found.number, "more": found.more}, found.marking or openly(visit))


@router.post("/preview", response_model=ServedPreview, responses=problems(), openapi_extra=taking(Marking))
async def preview_marking(request: Request) -> Response:
    """Who would see something stored under this marking now."""
    visit = await run_in_threadpool(visitor, request)
    wanted, _ = await sent(request, Marking)
    preview = await run_in_threadpool(making.preview, visit, wanted)
    return answer(request, previewed(preview), inhouse(visit))
