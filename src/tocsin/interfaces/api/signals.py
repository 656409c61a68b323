"""Signals and deaths by month: our results, and what others published; reference, open to everybody who gets in."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict
from starlette.requests import Request
from starlette.responses import Response

from tocsin.core.errors import NotFound, PlaceError, ReleaseError, StatementError
from tocsin.core.place import resolve
from tocsin.desk.country_months import country_months
from tocsin.desk.signals import absent, signals_view
from tocsin.desk.visit import Visit
from tocsin.interfaces.api.answers import answer, openly
from tocsin.interfaces.api.description import problems
from tocsin.interfaces.api.served import Number, Served
from tocsin.interfaces.web.doors import visitor

router = APIRouter(tags=["deaths by month"])


class Part(BaseModel):
    """A part of an answer."""

    model_config = ConfigDict(extra="forbid")


class ServedSignal(Part):
    """One thing that was noticed. month: as `2021-11`.

    credibility: of a change of level, the probability that one happened near that month. chance: of a departure, what
    our forecast gave to it, 0 where less than it can tell. before, after: of a change, mean deaths a month.
    """

    sort: Literal["alarm", "change", "departure"]
    place: str
    name: str
    month: str
    direction: Literal["up", "down"]
    credibility: float | None
    chance: float | None
    before: float | None
    after: float | None
    sentence: str


class ServedKept(Part):
    """How a sort of alarm kept to the stated rate: alarms and false ones a year over all places, 90 % interval."""

    signal: str
    first: str
    last: str
    years: float
    alarms: float
    false: float
    false_low: float
    false_high: float
    sentence: str


class ServedSignals(Served):
    """Signals as of a month, with what must be known of them. stated: false alarms a year that each sort may raise.

    absence: why there are none to show, or null; where none were ever made, what would describe them is null too. rise:
    with `place`, the probability that deaths had just risen.
    """

    outcome: str | None
    method_version: str | None
    forecast_version: str | None
    as_of: str | None
    age_months: int | None
    recent_months: Number | None
    vintage: str | None
    licence: str | None
    citation: str | None
    stated: float | None
    false_means: str | None
    kept: list[ServedKept]
    notices: list[str]
    watched: Number | None
    quiet: Number | None
    rise: float | None
    absence: str | None
    signals: list[ServedSignal]


class ServedRecorded(Part):
    """A month of the record. deaths: null where the source does not cover it, which is not zero."""

    month: str
    deaths: float | None


class ServedFan(Part):
    """Our forecast for a month: mean, median, ends of the 50 % and 90 % intervals, probabilities of so many deaths."""

    month: str
    ahead: int
    mean: float
    low90: float
    low50: float
    median: float
    high50: float
    high90: float
    at_least_1: float
    at_least_25: float
    at_least_100: float


class ServedOtherMonth(Part):
    """A publisher's number. range: their bounds in words, empty where they give none."""

    month: str
    mean: float
    range: str


class ServedOther(Part):
    """A publisher's forecast, never averaged with ours; every third month of its first year."""

    title: str
    definition: str
    horizon: str
    vintage: str
    licence: str
    overlap: str
    rows: list[ServedOtherMonth]


class ServedSource(Part):
    """Where the recorded deaths come from; all null where they are not on this machine."""

    title: str | None
    vintage: str | None
    licence: str | None
    citation: str | None


class ServedMonths(Served):
    """A place's violence by month. known_to: the last month known; null without any. *_absence: why there is none."""

    place: str
    outcome: str
    known_to: str | None
    age_months: int | None
    method_version: str | None
    vintage: str | None
    licence: str | None
    source: ServedSource
    recorded: list[ServedRecorded]
    recorded_absence: str | None
    forecast: list[ServedFan]
    forecast_absence: str | None
    signals: list[ServedSignal]
    signals_absence: str | None
    others: list[ServedOther]
    others_absence: str | None
    notices: list[str]


@router.get("/signals", response_model=ServedSignals, responses=problems("not-found"))
def signals(
    request: Request,
    place: Annotated[str, Query(description="One state, by code or name: all its changes of level too.")] = "",
) -> Response:
    """What was noticed in deaths by month: alarms, changes of level, departures from our forecast."""
    visit = visitor(request)
    _real(visit)
    try:
        view = signals_view(visit.settings, place.strip())
    except PlaceError as error:
        raise StatementError(error.what, field="place", remedy=error.remedy) from None
    except ReleaseError as error:
        lists: dict[str, Any] = {"kept": [], "notices": [], "signals": []}
        nothing = dict.fromkeys(set(ServedSignals.model_fields) - {"marking"}) | lists | {"absence": absent(error)}
        return answer(request, nothing, openly(visit))
    told: dict[str, Any] = asdict(view)
    told["age_months"], told["recent_months"] = told.pop("age"), told.pop("recent")
    told["absence"] = view.absence or None
    del told["as_of_name"]
    return answer(request, told, openly(visit))


@router.get("/places/{code}/months", response_model=ServedMonths, responses=problems("not-found"))
def months(request: Request, code: str) -> Response:
    """Deaths by month in one place: recorded where they are at hand, forecast, and what others forecast."""
    visit = visitor(request)
    _real(visit)
    try:
        view = country_months(visit.settings, resolve(code).id)
    except PlaceError as error:
        raise NotFound(error.what, remedy=error.remedy) from None
    content = {
        "place": view.place,
        "outcome": view.outcome,
        "known_to": view.last or None,
        "age_months": view.age if view.last else None,
        "method_version": view.method_version or None,
        "vintage": view.vintage or None,
        "licence": view.licence or None,
        "source": {
            "title": view.source or None,
            "vintage": view.source_vintage or None,
            "licence": view.source_licence or None,
            "citation": view.source_citation or None,
        },
        "recorded": [asdict(one) for one in view.recorded],
        "recorded_absence": view.recorded_absence or None,
        "forecast": [asdict(one) for one in view.fan],
        "forecast_absence": view.fan_absence or None,
        "signals": [asdict(one) for one in view.signals],
        "signals_absence": view.signals_absence or None,
        "others": [asdict(one) for one in view.others],
        "others_absence": view.others_absence or None,
        "notices": list(view.notices),
    }
    return answer(request, content, openly(visit))


def _real(visit: Visit) -> None:
    if visit.store.world == "exercise":
        raise NotFound("an exercise has no signals: they are about real states", remedy="Ask a node that is none")
