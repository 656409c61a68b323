"""Field input: the register of requests, what became of a contribution, and replies to its contributor."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from tocsin.core.kinds import Digest
from tocsin.desk import field_fates, fielding
from tocsin.desk.field_fates import Became
from tocsin.interfaces.api.answers import answer, over
from tocsin.interfaces.api.asking import Identity, SubjectKey, sent
from tocsin.interfaces.api.description import problems, taking
from tocsin.interfaces.api.given import SentReply
from tocsin.interfaces.api.served import Number, Served, ServedItem, ServedStatement, item
from tocsin.interfaces.api.statements import created
from tocsin.interfaces.web.doors import visitor

router = APIRouter(tags=["field input"])

_CREATED: dict[int | str, dict[str, Any]] = {201: {"description": "Stored.", "model": ServedStatement}}


class ServedAsked(BaseModel):
    """A request that stands. alike: others to a community alike at the same place. answers: contributions to it."""

    item: ServedItem
    alike: list[Digest]
    answers: Number


class ServedRequests(Served):
    """The requests that stand and are not over, by place, those alike together."""

    items: list[ServedAsked]


class ServedBecame(Served):
    """What became of a contribution, as far as the asker may see.

    uses: statements made from it. released: less restricted texts. answers: the requests that it answers. days: since
    it was first recorded. nothing_yet: no reply, use or release that the asker may see.
    """

    contribution: ServedItem
    replies: list[ServedItem]
    uses: list[ServedItem]
    released: list[ServedItem]
    answers: list[ServedItem]
    days: Number
    nothing_yet: bool


@router.get("/requests", response_model=ServedRequests, responses=problems())
def list_requests(request: Request, subject: SubjectKey = None) -> Response:
    """Who is being asked what at present, of all that whoever asks may see."""
    visit = visitor(request)
    found = fielding.register(visit, subject)
    items = [{"item": item(one.view), "alike": list(one.alike), "answers": one.answers} for one in found]
    return answer(request, {"items": items}, over(visit, (one.view for one in found)))


@router.get("/contributions/{id}/became", response_model=ServedBecame, responses=problems("not-found"))
def contribution_became(request: Request, id: Identity) -> Response:
    """What became of a contribution."""
    visit = visitor(request)
    found = field_fates.became(visit, id)
    return answer(request, _became(found), over(visit, found.views))


@router.post(
    "/contributions/{id}/replies",
    status_code=201,
    responses=problems("not-found") | _CREATED,
    openapi_extra=taking(SentReply),
)
async def reply_to_contribution(request: Request, id: Identity) -> Response:
    """Tell the contributor what became of a contribution, under the contribution's own marking."""
    visit = await run_in_threadpool(visitor, request)
    given, _ = await sent(request, SentReply)
    attribution = given.attribution.value if given.attribution else None
    made = await run_in_threadpool(
        lambda: fielding.reply(visit, id, given.fate.value, given.text, attribution=attribution)
    )
    return created(request, made)


def _became(found: Became) -> dict[str, Any]:
    return {
        "contribution": item(found.contribution),
        **{name: [item(view) for view in getattr(found, name)] for name in ("replies", "uses", "released", "answers")},
        "days": found.days,
        "nothing_yet": found.nothing_yet,
    }
