"""Scenarios: a small tree of what may come about, and the signposts that were seen since."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from tocsin.core.body import Key, Probability
from tocsin.desk import scenarios
from tocsin.desk.scenarios import Seen
from tocsin.interfaces.api.answers import answer, inhouse, over
from tocsin.interfaces.api.asking import DryRun, Identity, SubjectKey, sent
from tocsin.interfaces.api.description import problems, taking
from tocsin.interfaces.api.given import SentScenario, SentSign
from tocsin.interfaces.api.served import Number, Served, ServedItem, ServedPreview, ServedStatement, item, previewed
from tocsin.interfaces.api.statements import created
from tocsin.interfaces.web.doors import visitor

router = APIRouter(tags=["scenarios"])

_CREATED: dict[int | str, dict[str, Any]] = {201: {"description": "Stored.", "model": ServedStatement}}
_CHECKED: dict[int | str, dict[str, Any]] = {200: {"description": "Checked.", "model": ServedPreview}}


class ServedPath(BaseModel):
    """A branch in its place. probability: of the whole way to it. lit: signposts along it that were seen, each as
    branch and signpost. signposts: how many there are along it.
    """

    model_config = ConfigDict(extra="forbid")

    branch: Key
    depth: Number
    probability: Probability
    leaf: bool
    lit: list[list[Key]]
    signposts: Number


class ServedTree(BaseModel):
    """A scenario, its paths, and the signposts that were seen, newest last. moments: by the key that branches name."""

    model_config = ConfigDict(extra="forbid")

    scenario: ServedItem
    paths: list[ServedPath]
    signs: list[ServedItem]
    moments: dict[str, ServedItem]


class ServedScenarios(Served):
    """Scenarios that stand, newest first."""

    items: list[ServedTree]


class ServedScenario(Served, ServedTree):
    """One scenario."""


@router.get("/scenarios", response_model=ServedScenarios, responses=problems())
def list_scenarios(request: Request, subject: SubjectKey = None) -> Response:
    """The scenarios that stand, of all that whoever asks may see."""
    visit = visitor(request)
    found = scenarios.listed(visit, subject)
    return answer(
        request, {"items": [_tree(one) for one in found]}, over(visit, (view for one in found for view in one.views))
    )


@router.post(
    "/scenarios", status_code=201, responses=problems() | _CREATED | _CHECKED, openapi_extra=taking(SentScenario)
)
async def add_scenario(request: Request, dry_run: DryRun = False) -> Response:
    """Put a scenario on record; with `dry_run`, only check it and say who would see it."""
    visit = await run_in_threadpool(visitor, request)
    _, given = await sent(request, SentScenario)
    if dry_run:
        preview = await run_in_threadpool(scenarios.check, visit, given)
        return answer(request, previewed(preview), inhouse(visit))
    return created(request, await run_in_threadpool(scenarios.add, visit, given))


@router.get("/scenarios/{id}", response_model=ServedScenario, responses=problems("not-found"))
def one_scenario(request: Request, id: Identity) -> Response:
    """One scenario with its paths and what was seen since."""
    visit = visitor(request)
    found = scenarios.seen(visit, id)
    return answer(request, _tree(found), over(visit, found.views))


@router.post(
    "/scenarios/{id}/signs",
    status_code=201,
    responses=problems("not-found") | _CREATED,
    openapi_extra=taking(SentSign),
)
async def light_signpost(request: Request, id: Identity) -> Response:
    """Say that a signpost was seen, under the scenario's marking."""
    visit = await run_in_threadpool(visitor, request)
    _, given = await sent(request, SentSign)
    return created(request, await run_in_threadpool(scenarios.light, visit, id, given))


def _tree(found: Seen) -> dict[str, Any]:
    return {
        "scenario": item(found.view),
        "paths": [
            {
                "branch": one.branch.key,
                "depth": one.depth,
                "probability": one.probability,
                "leaf": one.leaf,
                "lit": [list(pair) for pair in one.lit],
                "signposts": one.signposts,
            }
            for one in found.paths
        ],
        "signs": [item(one) for one in found.signs],
        "moments": {key: item(one) for key, one in found.moments.items()},
    }
