"""Rounds: registered, answered under seal, taken from stage to stage, and read with every dissent."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from tocsin.core.body import Key
from tocsin.core.convening import Flags, Round, Stage, Support
from tocsin.core.instant import Instant, written
from tocsin.core.statement import Evidence
from tocsin.desk import making
from tocsin.desk.rounds import answering, registering, showing
from tocsin.desk.rounds.readout_model import Modelled, beside, figures
from tocsin.desk.rounds.showing import Listed, Put, Told
from tocsin.desk.views import View
from tocsin.desk.visit import Visit
from tocsin.interfaces.api.answers import answer, inhouse, over
from tocsin.interfaces.api.asking import DryRun, Identity, sent
from tocsin.interfaces.api.description import problems, taking
from tocsin.interfaces.api.given import (
    SentClosing,
    SentDeclaration,
    SentEstimate,
    SentRecommendation,
    SentRound,
    SentStep,
    SentWishes,
)
from tocsin.interfaces.api.problems import PREFIX
from tocsin.interfaces.api.served import Audience, Number, Served, ServedItem, ServedStatement, item, one, previewed
from tocsin.interfaces.web.doors import visitor

router = APIRouter(tags=["rounds"])

_CREATED: dict[int | str, dict[str, Any]] = {201: {"description": "Stored.", "model": ServedStatement}}

QuestionKey = Annotated[str, Path(description="The key of a question of the round.")]


class ListedRound(BaseModel):
    """A round in a list.

    waiting: the questions that await an answer of the asker. open: how many answers await them.
    """

    model_config = ConfigDict(extra="forbid")

    round: ServedItem
    stage: Stage
    until: datetime | None
    convenes: bool
    invited: bool
    waiting: list[Key]
    open: Number


class ServedRounds(Served):
    """Rounds, those that await the asker's answer first."""

    items: list[ListedRound]


class RoundQuestion(BaseModel):
    """One question as it stands.

    sealed: the asker has sealed an answer in this stage; unreadable: it cannot be read, because the node's key is not
    there. first, second: estimates that were opened, in the order of
    their numbers. flags: by the stage that was closed. result: with its dissents; null until the round is finished.
    dissents_open: dissents are still being taken, so there is no result.
    """

    model_config = ConfigDict(extra="forbid")

    key: Key
    sealed: bool
    unreadable: bool
    first: list[ServedItem]
    second: list[ServedItem]
    flags: dict[str, Flags]
    result: ServedItem | None
    dissents_open: bool


class RoundAdvice(BaseModel):
    """A recommendation with its support, once that is counted."""

    model_config = ConfigDict(extra="forbid")

    recommendation: ServedItem
    support: Support | None


class BesideRound(BaseModel):
    """The model's forecast of the state that a finished round is about: beside the results, not merged with them.

    low, high: an interval with this coverage. ratio: to the base rate.
    """

    model_config = ConfigDict(extra="forbid")

    outcome: str
    title: str
    horizon: str
    vintage: str
    method_version: str
    probability: float
    low: float
    high: float
    coverage: float
    base_rate: float | None
    ratio: float | None
    licence: str


class ServedRound(Served):
    """A round as the asker sees it.

    declared, wishes, closing: whether the asker has said so. answered: how many participants have sent something in
    this stage, for its convenor alone; null too where too few have to tell. asked: how many are invited and can see it.
    pack, sources: its background pack, statements and all else. model: null until the round is finished.
    """

    round: ServedItem
    stage: Stage
    until: datetime | None
    convenes: bool
    invited: bool
    declared: bool
    wishes: bool
    closing: bool
    answered: Annotated[int, Field(ge=0)] | None
    asked: Number
    questions: list[RoundQuestion]
    recommendations: list[RoundAdvice]
    steps: list[ServedItem]
    pack: list[ServedItem]
    sources: list[Evidence]
    model: BesideRound | None


class ServedCheck(Served):
    """A round that was checked and not registered, and who would see it."""

    round: Round
    audience: Audience


_CHECKED: dict[int | str, dict[str, Any]] = {200: {"description": "Checked.", "model": ServedCheck}}


@router.get("/rounds", response_model=ServedRounds, responses=problems())
def list_rounds(request: Request) -> Response:
    """The newest hundred rounds, those that await the asker's answer first."""
    visit = visitor(request)
    found = showing.listed(visit)
    return answer(request, {"items": [_listed(one) for one in found]}, over(visit, [one.view for one in found]))


@router.post("/rounds", status_code=201, responses=problems() | _CREATED | _CHECKED, openapi_extra=taking(SentRound))
async def register_round(request: Request, dry_run: DryRun = False) -> Response:
    """Register a round; with `dry_run`, only check it and say who would see it."""
    visit = await run_in_threadpool(visitor, request)
    _, given = await sent(request, SentRound)
    if dry_run:
        return await run_in_threadpool(_checked, request, visit, given)
    made = await run_in_threadpool(registering.register, visit, given)
    headers = {"location": f"{PREFIX}/rounds/{made.id}"}
    return answer(request, one(made), made.head.marking, status=201, headers=headers)


@router.get("/rounds/{id}", response_model=ServedRound, responses=problems("not-found"))
def one_round(request: Request, id: Identity) -> Response:
    """One round: what is asked, what was opened, what came out with every dissent."""
    visit = visitor(request)
    found = showing.told(visit, id)
    return answer(request, _told(found, beside(visit, found)), found.marking)


@router.post(
    "/rounds/{id}/steps",
    status_code=201,
    responses=problems("not-found") | _CREATED,
    openapi_extra=taking(SentStep),
)
async def take_step(request: Request, id: Identity) -> Response:
    """Take a round a step on; share, pool and finish open what was sealed in the stage that they end."""
    visit = await run_in_threadpool(visitor, request)
    given, _ = await sent(request, SentStep)
    return _created(request, await run_in_threadpool(registering.step, visit, id, given.step, given.reason))


@router.post(
    "/rounds/{id}/declaration",
    status_code=201,
    responses=problems("not-found") | _CREATED,
    openapi_extra=taking(SentDeclaration),
)
async def declare_interest(request: Request, id: Identity) -> Response:
    """Say whether one has an interest in the outcome; convenors alone read an interest, and nobody its absence."""
    visit = await run_in_threadpool(visitor, request)
    given, _ = await sent(request, SentDeclaration)
    return _created(request, await run_in_threadpool(answering.declare, visit, id, given.interest, given.text))


@router.post(
    "/rounds/{id}/estimates",
    status_code=201,
    responses=problems("not-found") | _CREATED,
    openapi_extra=taking(SentEstimate),
)
async def seal_estimate(request: Request, id: Identity) -> Response:
    """Seal an estimate of one question, in place of an earlier one of this stage."""
    visit = await run_in_threadpool(visitor, request)
    read, given = await sent(request, SentEstimate)
    stage = Stage(read.stage) if read.stage else None
    made = await run_in_threadpool(answering.estimate, visit, id, read.question, given["given"], stage)
    return _created(request, made)


@router.delete("/rounds/{id}/estimates/{question}", response_model=ServedStatement, responses=problems("not-found"))
def take_estimate_back(request: Request, id: Identity, question: QuestionKey) -> Response:
    """Take back the estimate that one has sealed in this stage."""
    made = answering.take_back(visitor(request), id, question)
    return answer(request, one(made), made.head.marking)


@router.post(
    "/rounds/{id}/wishes",
    status_code=201,
    responses=problems("not-found") | _CREATED,
    openapi_extra=taking(SentWishes),
)
async def seal_wishes(request: Request, id: Identity) -> Response:
    """Seal the recommendations that one proposes, in the second stage."""
    visit = await run_in_threadpool(visitor, request)
    _, given = await sent(request, SentWishes)
    return _created(request, await run_in_threadpool(answering.wish, visit, id, given))


@router.post(
    "/rounds/{id}/closing",
    status_code=201,
    responses=problems("not-found") | _CREATED,
    openapi_extra=taking(SentClosing),
)
async def seal_closing(request: Request, id: Identity) -> Response:
    """Seal one's dissents and what one says of the recommendations, in the closing stage."""
    visit = await run_in_threadpool(visitor, request)
    _, given = await sent(request, SentClosing)
    return _created(request, await run_in_threadpool(answering.close, visit, id, given))


@router.delete("/rounds/{id}/sealed", response_model=ServedStatement, responses=problems("not-found"))
def take_sealed_back(request: Request, id: Identity) -> Response:
    """Take back the recommendations, or the dissents and support, that one has sealed in this stage."""
    made = answering.take_back(visitor(request), id, None)
    return answer(request, one(made), made.head.marking)


@router.post(
    "/rounds/{id}/recommendations",
    status_code=201,
    responses=problems("not-found") | _CREATED,
    openapi_extra=taking(SentRecommendation),
)
async def recommend(request: Request, id: Identity) -> Response:
    """Put a recommendation of the convenor's own beside those of the participants."""
    visit = await run_in_threadpool(visitor, request)
    given, _ = await sent(request, SentRecommendation)
    return _created(request, await run_in_threadpool(registering.recommend, visit, id, given.text))


def _created(request: Request, view: View) -> Response:
    location = {"location": f"{PREFIX}/statements/{view.id}"}
    return answer(request, one(view), view.head.marking, status=201, headers=location)


def _checked(request: Request, visit: Visit, given: dict[str, Any]) -> Response:
    body = registering.check(visit, given)
    preview = making.preview(visit, given["marking"])
    content = {"round": body.model_dump(mode="json"), "audience": previewed(preview)}
    return answer(request, content, inhouse(visit))


def _listed(found: Listed) -> dict[str, Any]:
    return {
        "round": item(found.view),
        "stage": found.stage.value,
        "until": _until(found.until),
        "convenes": found.convenes,
        "invited": found.invited,
        "waiting": [question.key for question in found.waiting],
        "open": found.open,
    }


def _told(found: Told, model: Modelled | None) -> dict[str, Any]:
    return {
        "round": item(found.view),
        "stage": found.stage.value,
        "until": _until(found.until),
        "convenes": found.convenes,
        "invited": found.invited,
        "declared": found.declared is not None,
        "wishes": found.wishes is not None,
        "closing": found.closing is not None,
        "answered": found.answered,
        "asked": found.asked,
        "questions": [_question(found, put) for put in found.put],
        "recommendations": [
            {
                "recommendation": item(advice.view),
                "support": advice.support.model_dump(mode="json") if advice.support else None,
            }
            for advice in found.advice
        ],
        "steps": [item(view) for view, _ in found.steps],
        "pack": [item(view) for view in found.pack],
        "sources": found.view.shown["evidence"],
        "model": figures(model),
    }


def _question(found: Told, put: Put) -> dict[str, Any]:
    answered = found.stage in answering.ANSWERED and put.mine is not None
    return {
        "key": put.question.key,
        "sealed": answered,
        "unreadable": put.question.key in found.unreadable,
        "first": [item(opinion.view) for opinion in put.first],
        "second": [item(opinion.view) for opinion in put.second],
        "flags": {stage: flags.model_dump(mode="json") for stage, flags in put.flags.items()},
        # Nothing that is pooled goes out without its dissents, so nothing does while they are being taken.
        "result": item(put.result) if put.result else None,
        "dissents_open": found.stage is Stage.CLOSING,
    }


def _until(at: Instant | None) -> str | None:
    return None if at is None else written(at)
