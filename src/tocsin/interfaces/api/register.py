"""Organisations, persons and sharing groups, as whoever asks may know them, and their changes."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from tocsin.core.instant import parse, written
from tocsin.desk import people
from tocsin.interfaces.api import served
from tocsin.interfaces.api.answers import answer, inhouse
from tocsin.interfaces.api.asking import DryRun, Moment, sent
from tocsin.interfaces.api.description import problems, taking
from tocsin.interfaces.api.given import SentBackFill, SentChange, SentGroup, SentMember, SentOrganisation, SentPerson
from tocsin.interfaces.web.doors import visitor

router = APIRouter(tags=["people"])


@router.get("/organisations", response_model=served.ServedOrganisations, responses=problems())
def list_organisations(request: Request) -> Response:
    """Every organisation."""
    visit = visitor(request)
    found = people.directory(visit).organisations
    return answer(request, {"items": [served.organisation(found[id]) for id in sorted(found)]}, inhouse(visit))


@router.post(
    "/organisations",
    status_code=201,
    response_model=served.OneOrganisation,
    responses=problems(),
    openapi_extra=taking(SentOrganisation),
)
async def add_organisation(request: Request) -> Response:
    """Let an organisation take part; a steward does."""
    visit = await run_in_threadpool(visitor, request)
    _, given = await sent(request, SentOrganisation)
    made = await run_in_threadpool(lambda: people.add_organisation(visit, **given))
    return answer(request, served.organisation(made), inhouse(visit), status=201)


@router.get("/persons", response_model=served.ServedPersons, responses=problems())
def list_persons(request: Request) -> Response:
    """The persons whom whoever asks may know of."""
    visit = visitor(request)
    found = people.directory(visit).persons
    return answer(request, {"items": [served.person(found[id]) for id in sorted(found)]}, inhouse(visit))


@router.post(
    "/persons",
    status_code=201,
    response_model=served.OnePerson,
    responses=problems(),
    openapi_extra=taking(SentPerson),
)
async def add_person(request: Request) -> Response:
    """Open an account for a person; a steward does."""
    visit = await run_in_threadpool(visitor, request)
    _, given = await sent(request, SentPerson)
    made = await run_in_threadpool(lambda: people.add_person(visit, **given))
    return answer(request, served.person(made), inhouse(visit), status=201)


@router.patch(
    "/persons/{person}", response_model=served.OnePerson, responses=problems(), openapi_extra=taking(SentChange)
)
async def change_person(request: Request, person: str) -> Response:
    """Change a person's account, or close it; a steward does."""
    visit = await run_in_threadpool(visitor, request)
    _, given = await sent(request, SentChange)
    made = await run_in_threadpool(lambda: people.change_person(visit, person, **given))
    return answer(request, served.person(made), inhouse(visit))


@router.get("/groups", response_model=served.ServedGroups, responses=problems())
def list_groups(request: Request) -> Response:
    """The sharing groups that whoever asks may know of."""
    visit = visitor(request)
    found = people.directory(visit).groups
    return answer(request, {"items": [served.group(found[id]) for id in sorted(found)]}, inhouse(visit))


@router.post(
    "/groups", status_code=201, response_model=served.OneGroup, responses=problems(), openapi_extra=taking(SentGroup)
)
async def add_group(request: Request) -> Response:
    """Add a sharing group; a steward does."""
    visit = await run_in_threadpool(visitor, request)
    _, given = await sent(request, SentGroup)
    made = await run_in_threadpool(lambda: people.add_group(visit, **given))
    return answer(request, served.group(made), inhouse(visit), status=201)


@router.post(
    "/groups/{group}/members",
    status_code=201,
    response_model=served.OneGroup,
    responses=problems(),
    openapi_extra=taking(SentMember),
)
async def join_group(request: Request, group: str) -> Response:
    """Make an organisation a member, now or later; a convenor or steward of the keeper does."""
    visit = await run_in_threadpool(visitor, request)
    given, _ = await sent(request, SentMember)
    since = None if given.since is None else parse(given.since)
    made = await run_in_threadpool(lambda: people.join_group(visit, group, given.organisation, since=since))
    return answer(request, served.group(made), inhouse(visit), status=201)


@router.delete("/groups/{group}/members/{organisation}", response_model=served.OneGroup, responses=problems())
def leave_group(
    request: Request,
    group: str,
    organisation: str,
    until: Annotated[Moment | None, Query(description="When it leaves; now if it is not given.")] = None,
) -> Response:
    """End an organisation's stay in a group; a convenor or steward of the keeper does."""
    visit = visitor(request)
    made = people.leave_group(visit, group, organisation, until=None if until is None else parse(until))
    return answer(request, served.group(made), inhouse(visit))


@router.post(
    "/groups/{group}/back-fills",
    response_model=served.ServedBackFill,
    responses=problems(),
    openapi_extra=taking(SentBackFill),
)
async def back_fill(request: Request, group: str, dry_run: DryRun = False) -> Response:
    """Open older statements of a group to a member; with `dry_run`, only say what that would open."""
    visit = await run_in_threadpool(visitor, request)
    given, _ = await sent(request, SentBackFill)
    opened = parse(given.opened)
    made = await run_in_threadpool(
        lambda: people.back_fill(visit, group, given.organisation, opened=opened, dry_run=dry_run)
    )
    content = {**vars(made), "opened": written(made.opened)}
    return answer(request, content, inhouse(visit))
