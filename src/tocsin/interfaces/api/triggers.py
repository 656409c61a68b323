"""Triggers: agreed, tested, put in force, looked at, and what people say of their alarms."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from tocsin.core.errors import StatementError
from tocsin.core.instant import written
from tocsin.core.triggering import Duty
from tocsin.desk.triggers import acting, agreeing, backtesting, evaluating, standing
from tocsin.desk.triggers.backtesting import Wanted
from tocsin.desk.triggers.evaluating import Looked
from tocsin.desk.triggers.standing import Agreed, Alarm
from tocsin.desk.views import View
from tocsin.desk.visit import Visit
from tocsin.interfaces.api.answers import answer, inhouse, over
from tocsin.interfaces.api.asking import DryRun, Identity, SubjectKey, sent
from tocsin.interfaces.api.description import problems, taking
from tocsin.interfaces.api.given import SentActivation, SentBacktest, SentEvent, SentTrigger
from tocsin.interfaces.api.served import Served, ServedItem, ServedPreview, ServedStatement, item, previewed
from tocsin.interfaces.api.statements import created
from tocsin.interfaces.web.doors import visitor

router = APIRouter(tags=["triggers"])

_CREATED: dict[int | str, dict[str, Any]] = {201: {"description": "Stored.", "model": ServedStatement}}
_CHECKED: dict[int | str, dict[str, Any]] = {200: {"description": "Checked.", "model": ServedPreview}}

Day = Annotated[
    str | None,
    Query(description="As of the end of this day; today if none.", pattern=r"^\d{4}-\d\d-\d\d$"),
]


class ServedTask(BaseModel):
    """Something that somebody has to do by a moment. key: of an agreed step; null for the acknowledgement."""

    model_config = ConfigDict(extra="forbid")

    key: str | None
    what: str
    by: Duty
    until: datetime
    done: datetime | None
    late: bool
    escalated: Duty | None


class ServedAlarm(BaseModel):
    """An alarm: the month in which the rule was met, where it is, what is to be done, and what happened."""

    model_config = ConfigDict(extra="forbid")

    month: str
    where: Literal["waits", "acknowledged", "confirmed", "dismissed", "stood down"]
    raised: datetime
    tasks: list[ServedTask]
    happenings: list[ServedItem]


class ServedVacancy(BaseModel):
    """A duty for which nobody is named, with the field that gives it."""

    model_config = ConfigDict(extra="forbid")

    field: str
    duty: Duty


class ListedTrigger(BaseModel):
    """A trigger and where it stands, in words and by its parts."""

    model_config = ConfigDict(extra="forbid")

    trigger: ServedItem
    stands: str
    in_force: bool
    vacant: list[ServedVacancy]
    alarm: ServedAlarm | None


class ServedTriggers(Served):
    """Triggers, those with an open alarm first, then those in force."""

    items: list[ListedTrigger]


class ServedTrigger(Served, ListedTrigger):
    """A trigger with its back-tests, what put it in force, and every alarm, oldest first."""

    backtests: list[ServedItem]
    activation: ServedItem | None
    alarms: list[ServedAlarm]


class ServedLook(Served):
    """What the rule of a trigger said as of a day. since: the month in which it was met, if it is raised. reasons: one
    a condition. alarm: whether a new alarm was put on record just now.
    """

    trigger: str
    as_of: date
    state: Literal["quiet", "raised", "cannot tell"]
    since: str | None
    reasons: list[str]
    sources: list[str]
    alarm: bool


@router.get("/triggers", response_model=ServedTriggers, responses=problems())
def list_triggers(request: Request, subject: SubjectKey = None) -> Response:
    """The triggers that stand, of all that whoever asks may see."""
    visit = visitor(request)
    found = standing.listed(visit, subject)
    marking = over(visit, (view for one in found for view in one.views))
    return answer(request, {"items": [_listed(one) for one in found]}, marking)


@router.post(
    "/triggers", status_code=201, responses=problems() | _CREATED | _CHECKED, openapi_extra=taking(SentTrigger)
)
async def agree_trigger(request: Request, dry_run: DryRun = False) -> Response:
    """Agree a trigger; with `dry_run`, only check it and say who would see it."""
    visit = await run_in_threadpool(visitor, request)
    _, given = await sent(request, SentTrigger)
    if dry_run:
        preview = await run_in_threadpool(agreeing.check, visit, given)
        return answer(request, previewed(preview), inhouse(visit))
    return created(request, await run_in_threadpool(agreeing.add, visit, given))


@router.get("/triggers/{id}", response_model=ServedTrigger, responses=problems("not-found"))
def one_trigger(request: Request, id: Identity) -> Response:
    """One trigger: where it stands, its back-tests, its alarms."""
    visit = visitor(request)
    found = standing.agreed(visit, id)
    content = {
        **_listed(found),
        "backtests": [item(one) for one in found.backtests],
        "activation": item(found.activation) if found.activation else None,
        "alarms": [_alarm(one) for one in found.alarms],
    }
    return answer(request, content, over(visit, found.views))


@router.get("/triggers/{id}/look", response_model=ServedLook, responses=problems("not-found"))
def look_at_trigger(request: Request, id: Identity, as_of: Day = None) -> Response:
    """What its rule says as of a day, from what was known then; nothing is stored."""
    visit = visitor(request)
    return _looked(request, visit, evaluating.look(visit, id, _day(as_of)))


@router.post("/triggers/{id}/evaluations", response_model=ServedLook, responses=problems("not-found"))
def evaluate_trigger(request: Request, id: Identity) -> Response:
    """Look at its rule today, and put an alarm on record if it is met, the trigger is in force and none is open."""
    visit = visitor(request)
    return _looked(request, visit, evaluating.evaluate(visit, id))


@router.post(
    "/triggers/{id}/backtests",
    status_code=201,
    responses=problems("not-found") | _CREATED,
    openapi_extra=taking(SentBacktest),
)
async def test_trigger(request: Request, id: Identity) -> Response:
    """Try exactly this version of a trigger on the past."""
    visit = await run_in_threadpool(visitor, request)
    given, _ = await sent(request, SentBacktest)
    wanted = Wanted(given.outcome, given.at_least, given.within)
    return created(request, await run_in_threadpool(backtesting.backtest, visit, id, wanted))


@router.post(
    "/triggers/{id}/activation",
    status_code=201,
    responses=problems("not-found") | _CREATED,
    openapi_extra=taking(SentActivation),
)
async def activate_trigger(request: Request, id: Identity) -> Response:
    """Put a trigger in force, in one's own name, after a back-test of exactly this version was read."""
    visit = await run_in_threadpool(visitor, request)
    given, _ = await sent(request, SentActivation)
    return created(request, await run_in_threadpool(agreeing.activate, visit, id, given.backtest, given.reason))


@router.post(
    "/triggers/{id}/events",
    status_code=201,
    responses=problems("not-found") | _CREATED,
    openapi_extra=taking(SentEvent),
)
async def say_of_alarm(request: Request, id: Identity) -> Response:
    """Acknowledge, confirm or dismiss the open alarm, say that a step was done, stand down; or retire the trigger."""
    visit = await run_in_threadpool(visitor, request)
    given, plain = await sent(request, SentEvent)
    return created(request, await run_in_threadpool(_happened, visit, id, given, plain.get("evidence", [])))


def _happened(visit: Visit, id: str, given: SentEvent, evidence: list[dict[str, Any]]) -> View:
    match given.event:
        case "acknowledged":
            return acting.acknowledge(visit, id)
        case "confirmed":
            return acting.confirm(visit, id, given.reason, evidence)
        case "dismissed":
            return acting.dismiss(visit, id, given.reason)
        case "step done":
            return acting.done(visit, id, given.step or "", given.reason)
        case "stood down":
            return acting.stand_down(visit, id, given.reason)
        case _:
            return agreeing.retire(visit, id, given.reason)


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise StatementError(
            f"{text!r} is no day", field="as_of", remedy="Write year, month and day, as in 2026-11-23"
        ) from None


def _listed(found: Agreed) -> dict[str, Any]:
    return {
        "trigger": item(found.view),
        "stands": found.words,
        "in_force": found.in_force,
        "vacant": [{"field": field, "duty": duty.model_dump(mode="json")} for field, duty in found.vacant],
        "alarm": _alarm(found.alarm) if found.alarm else None,
    }


def _alarm(found: Alarm) -> dict[str, Any]:
    tasks = [
        {
            "key": one.key,
            "what": one.what,
            "by": one.by.model_dump(mode="json"),
            "until": written(one.until),
            "done": None if one.done is None else written(one.done),
            "late": one.late,
            "escalated": None if one.escalated is None else one.escalated.model_dump(mode="json"),
        }
        for one in found.tasks
    ]
    return {
        "month": found.month,
        "where": found.where,
        "raised": written(found.raised),
        "tasks": tasks,
        "happenings": [item(one) for one in found.happenings],
    }


def _looked(request: Request, visit: Visit, found: Looked) -> Response:
    content = {
        "trigger": found.agreed.view.id,
        "as_of": found.as_of.isoformat(),
        "state": found.state.value,
        "since": found.since,
        "reasons": list(found.reasons),
        "sources": list(found.sources),
        "alarm": found.alarm,
    }
    return answer(request, content, over(visit, found.agreed.views))
