"""The horizon: what is coming, one line a country; by when each instrument must be decided; what may be any day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from tocsin.core.errors import StatementError
from tocsin.core.foreseeing import Sort
from tocsin.core.instant import NEVER
from tocsin.desk import fiction
from tocsin.desk.horizon import calendar, foreseen
from tocsin.desk.horizon.board import Board, Window, applies, board
from tocsin.desk.horizon.calendar import Coming
from tocsin.desk.reading import facts, read
from tocsin.desk.triggers import standing, worded
from tocsin.desk.triggers.standing import Agreed
from tocsin.desk.views import View
from tocsin.desk.visit import Visit
from tocsin.interfaces.web import asked
from tocsin.interfaces.web.charts.horizon import horizon_chart, legend
from tocsin.interfaces.web.items import called, markings, may_say, twin
from tocsin.interfaces.web.labels import Labels
from tocsin.interfaces.web.page import Page, Params
from tocsin.interfaces.web.pages.horizon_lines import first_times, lines
from tocsin.interfaces.web.pages.horizon_rows import as_twin, tables, times_of

MONTHS = {"18": calendar.AHEAD, "12": 365, "6": 183}
"""How far one may look, in months, and the days that this is."""

SHOWN = 40
"""Rows of a table on the page; the CSV has all."""

BACK = 31
"""Days before the first that the picture begins, so that today is not its edge."""

EARLIEST = date(1900, 1, 1)


@dataclass(frozen=True)
class Wanted:
    """What the address asks for. first: None for today. days: how far on."""

    subject: str | None
    sort: Sort | None
    months: str
    first: date | None
    as_of: int
    query: dict[str, str]

    @property
    def days(self) -> int:
        """How many days are looked at."""
        return MONTHS[self.months]


def horizon_page(visit: Visit, params: Params) -> Page:
    """``/horizon?subject=&months=&sort=&first=&as_of=``: the next eighteen months, or twelve or six, of all places or
    one, also as known on an earlier day or from another day on.

    Errors: StatementError names what cannot be read; PlaceError if no state is meant.
    """
    labels, wanted = Labels.read(params), asked_for(visit, params)
    today = calendar.today(visit, wanted.as_of)
    first = wanted.first or today
    found = board(
        visit,
        subject=wanted.subject,
        first=first,
        last=first + timedelta(days=wanted.days),
        sort=wanted.sort,
        as_of=wanted.as_of,
    )
    # Where a trigger stands is told as of now alone.
    triggers = _triggers(visit, wanted.subject) if wanted.as_of == NEVER else ()
    marking = markings((*found.views, *(view for one in triggers for view in one.views)))

    def name(key: str) -> str:
        return called(key, labels)

    drawn, left = lines(found, name)
    place = name(wanted.subject) if wanted.subject else ""
    begins = first - timedelta(days=BACK)
    title = f"What is coming{f' in {place}' if place else ''}, and by when to decide, {found.first} to {found.last}"
    return Page(
        stem="/horizon",
        title=f"Horizon{f': {place}' if place else ''}",
        facts=facts(read(visit.settings)),
        content={
            "labels": labels,
            "wanted": wanted,
            "name": place,
            "called": name,
            "found": found,
            "today": today,
            "chart": horizon_chart("horizon", title, drawn, begins, found.last, today),
            "legend": legend(),
            "left": left,
            "instruments": _for(found, wanted.subject),
            "windows": first_times(found.windows),
            "closed": first_times(found.closed),
            "loose": _loose(found),
            "dated": _once(one for one in found.coming if not one.any_day),
            "times": times_of(found),
            "when": foreseen.when,
            "days": worded.days,
            "triggers": triggers,
            "duty": worded.duty,
            "shown": SHOWN,
            "months": tuple(MONTHS),
            "sorts": tuple(Sort),
            "states": tuple(fiction.states().values()) if visit.store.world == "exercise" else (),
            "fictional": visit.store.world == "exercise",
            "may_say": may_say(visit),
        },
        twin={
            "subject": wanted.subject,
            "sort": wanted.sort,
            "first": found.first.isoformat(),
            "last": found.last.isoformat(),
            "as_of": params.get("as_of", "").strip() or None,
            "moments": [as_twin(one) for one in found.coming],
            "instruments": [twin(view) for view in found.instruments],
        },
        tables=tables(visit, found, triggers),
        marking=marking,
        query=wanted.query,
    )


def asked_for(visit: Visit, params: Params) -> Wanted:
    """What an address asks for.

    Errors: as ``horizon_page``.
    """
    subject = None
    if text := params.get("subject", "").strip():
        found = asked.subject(visit, text)
        if found.type != "place":
            raise StatementError("a moment is at a place", field="subject", remedy="Write a country's name or code")
        subject = found.key
    months = params.get("months", "").strip() or next(iter(MONTHS))
    if months not in MONTHS:
        raise StatementError(
            f"{months[:20]!r} is not a number of months to look ahead", field="months", remedy="Choose 6, 12 or 18"
        )
    query = {
        name: params[name].strip() for name in ("months", "sort", "first", "as_of") if params.get(name, "").strip()
    }
    if subject:
        query = {"subject": subject, **query}
    return Wanted(subject, _sort(params), months, _first(params), asked.until_day(params, "as_of"), query)


def _sort(params: Params) -> Sort | None:
    text = params.get("sort", "").strip()
    try:
        return Sort(text) if text else None
    except ValueError:
        raise StatementError(
            "there is no such kind of moment", field="sort", remedy="Choose one of: " + ", ".join(Sort)
        ) from None


def _first(params: Params) -> date | None:
    text = params.get("first", "").strip()
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    if not EARLIEST <= day <= date(2200, 1, 1):
        raise StatementError(
            f"{text[:40]!r} is no day to look from",
            field="first",
            remedy="Write year, month and day, as in 2026-11-23, between 1900 and 2200",
        )
    return day


def _loose(found: Board) -> list[tuple[Coming, Sequence[Window]]]:
    """What may come on any day, each with the instruments for it, the slowest first."""
    return [
        (one, [window for window in found.any_day if window.coming.view.id == one.view.id])
        for one in found.coming
        if one.any_day
    ]


def _for(found: Board, subject: str | None) -> list[View]:
    """The instruments in use; of one place, those that apply there in the days looked at."""
    if subject is None:
        return list(found.instruments)
    return [view for view in found.instruments if applies(view.head.subject, subject, found.first, found.last)]


def _once(found: Iterable[Coming]) -> list[tuple[Coming, int]]:
    """Each moment once, at its first time, with how many more times of it follow."""
    times: dict[str, list[Coming]] = {}
    for one in found:
        times.setdefault(one.view.id, []).append(one)
    return [(some[0], len(some) - 1) for some in times.values()]


def _triggers(visit: Visit, subject: str | None) -> tuple[Agreed, ...]:
    """The triggers that are in force or raised."""
    return tuple(one for one in standing.listed(visit, subject) if one.in_force or one.alarm)
