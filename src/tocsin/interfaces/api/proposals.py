"""Releases: a less restricted note is proposed, its sources' originators approve it, and it goes out."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from tocsin.core.kinds import Digest, Proposal
from tocsin.desk import proposals as standing
from tocsin.desk import proposing, releasing, views
from tocsin.desk.proposals import Proposed, Redaction
from tocsin.desk.views import View
from tocsin.desk.visit import Visit
from tocsin.interfaces.api.answers import answer, over
from tocsin.interfaces.api.asking import DryRun, Identity, sent
from tocsin.interfaces.api.description import problems, taking
from tocsin.interfaces.api.given import SentApproval, SentProposal
from tocsin.interfaces.api.served import Audience, Served, ServedItem, ServedStatement, item, previewed
from tocsin.interfaces.api.statements import created
from tocsin.interfaces.web.doors import visitor

router = APIRouter(tags=["releases"])

_CREATED: dict[int | str, dict[str, Any]] = {201: {"description": "Stored.", "model": ServedStatement}}


class ServedSource(BaseModel):
    """A source. needs: its originator must agree. approval: by which they did. yours: the asker may approve it."""

    item: ServedItem
    needs: bool
    approval: Digest | None
    yours: bool


class RedactedLine(BaseModel):
    """A sentence: taken out, kept, or new."""

    sign: Literal["-", " ", "+"]
    text: str


class ServedRedaction(BaseModel):
    """A source against the release; without a source, what the release adds to all of them."""

    source: Digest | None
    lines: list[RedactedLine]


class ProposedItem(BaseModel):
    """A proposal and how it stands, as far as the asker sees its sources."""

    proposal: ServedItem
    sources: list[ServedSource]
    redactions: list[ServedRedaction]
    audience: Audience
    ready: bool
    released: bool


class ServedProposed(Served, ProposedItem):
    """One proposal."""


class ServedProposals(Served):
    """The newest proposals that stand."""

    items: list[ProposedItem]


class ServedOutline(Served):
    """A proposal that was checked and not stored."""

    proposal: Proposal
    redactions: list[ServedRedaction]


_OUTLINED: dict[int | str, dict[str, Any]] = {200: {"description": "Checked.", "model": ServedOutline}}


@router.get("/proposals", response_model=ServedProposals, responses=problems())
def list_proposals(
    request: Request, waiting: Annotated[bool, Query(description="Only those that wait for whoever asks.")] = False
) -> Response:
    """The newest fifty proposals that stand."""
    visit = visitor(request)
    found = standing.proposals(visit, waiting=waiting)
    marking = over(visit, (view for one in found for view in _views(one)))
    return answer(request, {"items": [_proposed(one) for one in found]}, marking)


@router.post(
    "/proposals",
    status_code=201,
    responses=problems("not-found") | _CREATED | _OUTLINED,
    openapi_extra=taking(SentProposal),
)
async def propose_release(request: Request, dry_run: DryRun = False) -> Response:
    """Put a less restricted note before the originators of its sources; with `dry_run`, only check it."""
    visit = await run_in_threadpool(visitor, request)
    _, given = await sent(request, SentProposal)
    sources = given.pop("sources")
    if dry_run:
        return await run_in_threadpool(_outlined, request, visit, sources, given)
    return created(request, await run_in_threadpool(proposing.propose, visit, sources, given))


@router.get("/proposals/{id}", response_model=ServedProposed, responses=problems("not-found"))
def one_proposal(request: Request, id: Identity) -> Response:
    """How one proposal stands."""
    visit = visitor(request)
    found = standing.proposed(visit, id)
    return answer(request, _proposed(found), over(visit, _views(found)))


@router.post(
    "/proposals/{id}/approvals",
    status_code=201,
    responses=problems("not-found") | _CREATED,
    openapi_extra=taking(SentApproval),
)
async def approve_release(request: Request, id: Identity) -> Response:
    """Agree, for the originator of a source, that exactly this text goes out; withdrawn by recalling the approval."""
    visit = await run_in_threadpool(visitor, request)
    given, _ = await sent(request, SentApproval)
    return created(request, await run_in_threadpool(releasing.approve, visit, id, given.source, given.reason))


@router.post("/proposals/{id}/release", status_code=201, responses=problems("not-found") | _CREATED)
def release_text(request: Request, id: Identity) -> Response:
    """Let a proposed text out, once everybody has agreed who must."""
    return created(request, releasing.release(visitor(request), id))


def _outlined(request: Request, visit: Visit, sources: list[str], given: dict[str, Any]) -> Response:
    body, redactions = proposing.outline(visit, sources, given)
    content = {"proposal": body.model_dump(mode="json"), "redactions": _redacted(redactions)}
    return answer(request, content, over(visit, [views.statement(visit, id) for id in sources]))


def _views(found: Proposed) -> list[View]:
    return [found.view, *(one.view for one in found.sources)]


def _proposed(found: Proposed) -> dict[str, Any]:
    return {
        "proposal": item(found.view),
        "sources": [
            {"item": item(one.view), "needs": one.needs, "approval": one.approval, "yours": one.yours}
            for one in found.sources
        ],
        "redactions": _redacted(found.redactions),
        "audience": previewed(found.audience),
        "ready": found.ready,
        "released": found.released,
    }


def _redacted(redactions: tuple[Redaction, ...]) -> list[dict[str, Any]]:
    return [
        {"source": one.source, "lines": [{"sign": sign, "text": text} for sign, text in one.lines]}
        for one in redactions
    ]
