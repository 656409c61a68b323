"""The calendar: what is coming, by when it must be decided, what was moved; and moving a moment.

A moment and an instrument are made as every statement is, at ``/statements``.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import AfterValidator, BaseModel, StringConstraints, WithJsonSchema
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from tocsin.core.foreseeing import Sort
from tocsin.desk.horizon import calendar
from tocsin.desk.horizon.board import Window, board
from tocsin.desk.horizon.calendar import Coming
from tocsin.interfaces.api.answers import answer, over
from tocsin.interfaces.api.asking import AsOf, Identity, SubjectKey, instant_of, sent
from tocsin.interfaces.api.description import problems, taking
from tocsin.interfaces.api.given import SentMove
from tocsin.interfaces.api.served import Number, Served, ServedItem, ServedStatement, item
from tocsin.interfaces.api.statements import created
from tocsin.interfaces.web.doors import visitor

router = APIRouter(tags=["the calendar"])


def _is_day(text: str) -> str:
    date.fromisoformat(text)
    return text


# A number would otherwise be read as seconds since 1970.
DayText = Annotated[
    str,
    StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$"),
    AfterValidator(_is_day),
    WithJsonSchema({"type": "string", "format": "date"}),
]
First = Annotated[DayText | None, Query(description="The first day; today if not given.")]
Last = Annotated[DayText | None, Query(description="The last day; 548 days on if not given.")]

_CREATED: dict[int | str, dict[str, Any]] = {201: {"description": "Stored.", "model": ServedStatement}}


class ServedComing(BaseModel):
    """A moment, or one time of a recurring one.

    first, last: the days that it may fall on, both counted; null where that end is open or nothing is known. any_day:
    it may come on any day, so that there is no date to count from.
    """

    item: ServedItem
    first: date | None
    last: date | None
    any_day: bool


class ServedCalendar(Served):
    """What is coming: dated first, in order; then what may be any day."""

    items: list[ServedComing]


class ServedMove(BaseModel):
    """A moment that was moved: as it stands, and as it stood before."""

    now: ServedItem
    before: ServedItem


class ServedMoves(Served):
    """What was moved in the last seven days, newest first, each moment once however often."""

    items: list[ServedMove]


class ServedDecideBy(BaseModel):
    """The last days on which whoever begins is in time with nine chances in ten, and with one in two; and the
    probability that there is still time for whoever begins today.
    """

    nine_in_ten: date
    one_in_two: date
    in_time_today: float


class ServedNeeds(BaseModel):
    """Days that are enough in one case of two, and in nine of ten."""

    one_in_two: Number
    nine_in_ten: Number


class ServedWindow(BaseModel):
    """An instrument for a moment, both by identity. decide_by: null if the moment may come on any day."""

    moment: str
    first: date | None
    last: date | None
    instrument: str
    decide_by: ServedDecideBy | None
    needs_days: ServedNeeds


class ServedBoard(Served):
    """The board. windows: still open and dated, what closes first at the top. any_day: may be needed on any day.
    closed: there is hardly time any more. unmatched: moments to which no instrument in use applies.
    """

    first: date
    last: date
    windows: list[ServedWindow]
    any_day: list[ServedWindow]
    closed: list[ServedWindow]
    unmatched: list[str]
    coming: list[ServedComing]
    instruments: list[ServedItem]


@router.get("/calendar", response_model=ServedCalendar, responses=problems())
def list_coming(
    request: Request,
    subject: SubjectKey = None,
    sort: Annotated[Sort | None, Query(description="Only moments of this kind.")] = None,
    first: First = None,
    last: Last = None,
    as_of: AsOf = None,
) -> Response:
    """What is coming, of all that whoever asks may see."""
    visit = visitor(request)
    found = calendar.coming(
        visit, _read(first), _read(last), subject=subject, sort=sort.value if sort else None, as_of=instant_of(as_of)
    )
    return answer(request, {"items": [_coming(one) for one in found]}, over(visit, (one.view for one in found)))


@router.get("/calendar/moves", response_model=ServedMoves, responses=problems())
def list_moves(request: Request) -> Response:
    """What was moved in the last seven days, told to whoever may see both versions."""
    visit = visitor(request)
    found = calendar.moves(visit)
    items = [{"now": item(one.now), "before": item(one.before)} for one in found]
    return answer(request, {"items": items}, over(visit, (view for one in found for view in (one.now, one.before))))


@router.get("/horizon", response_model=ServedBoard, responses=problems())
def show_board(
    request: Request, subject: SubjectKey = None, first: First = None, last: Last = None, as_of: AsOf = None
) -> Response:
    """By when each instrument in use must be decided for each moment ahead."""
    visit = visitor(request)
    found = board(visit, subject=subject, first=_read(first), last=_read(last), as_of=instant_of(as_of))
    content = {
        "first": found.first.isoformat(),
        "last": found.last.isoformat(),
        "windows": [_window(one) for one in found.windows],
        "any_day": [_window(one) for one in found.any_day],
        "closed": [_window(one) for one in found.closed],
        "unmatched": [one.view.id for one in found.unmatched],
        "coming": [_coming(one) for one in found.coming],
        "instruments": [item(view) for view in found.instruments],
    }
    return answer(request, content, over(visit, found.views))


@router.post(
    "/moments/{id}/move",
    status_code=201,
    responses=problems("not-found") | _CREATED,
    openapi_extra=taking(SentMove),
)
async def move_moment(request: Request, id: Identity) -> Response:
    """Move a moment, or call it off: a version that supersedes it, under the same marking."""
    visit = await run_in_threadpool(visitor, request)
    _, given = await sent(request, SentMove)
    made = await run_in_threadpool(lambda: calendar.move(visit, id, given))
    return created(request, made)


def _coming(one: Coming) -> dict[str, Any]:
    return {"item": item(one.view), "first": _day(one.first), "last": _day(one.last), "any_day": one.any_day}


def _window(one: Window) -> dict[str, Any]:
    by = one.by
    return {
        "moment": one.coming.view.id,
        "first": _day(one.coming.first),
        "last": _day(one.coming.last),
        "instrument": one.view.id,
        "decide_by": by
        and {"nine_in_ten": _day(by.sure), "one_in_two": _day(by.even), "in_time_today": round(by.today, 6)},
        "needs_days": {"one_in_two": one.needs[0], "nine_in_ten": one.needs[1]},
    }


def _read(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
