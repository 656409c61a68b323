"""The tables of the horizon, as files and for machines; words of what makes no file are kept back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from tocsin.desk import exporting
from tocsin.desk.horizon import foreseen
from tocsin.desk.horizon.board import Board, Window
from tocsin.desk.horizon.calendar import Coming
from tocsin.desk.triggers import worded
from tocsin.desk.triggers.standing import Agreed
from tocsin.desk.views import View
from tocsin.desk.visit import Visit
from tocsin.interfaces.web.items import markings, twin
from tocsin.interfaces.web.page import Table, table

_WINDOW = (
    "moment",
    "place",
    "title",
    "sort",
    "certainty",
    "first",
    "last",
    "instrument",
    "name",
    "owner",
    "decide_by_nine_in_ten",
    "decide_by_one_in_two",
    "in_time_today",
    "needs_days_nine_in_ten",
    "needs_days_one_in_two",
    "source",
    "tlp",
)
_MOMENT = (
    "moment",
    "place",
    "title",
    "sort",
    "timing",
    "when",
    "first",
    "last",
    "any_day",
    "condition",
    "certainty",
    "instruments",
    "source",
    "tlp",
)
_INSTRUMENT = ("instrument", "subject", "name", "owner", "deciding", "approvals", "effect", "source", "tlp")
_TRIGGER = ("trigger", "title", "subject", "stands", "in_force", "alarm", "duty", "vacant", "tlp")


def tables(visit: Visit, found: Board, triggers: Sequence[Agreed]) -> dict[str, Table]:
    """Every table of the page, each under the join of the markings of what is in it."""
    times = times_of(found)
    return {
        "windows": _windows(visit, "What closes first", found.windows),
        "any_day": _windows(visit, "Instruments for what could be any day", found.any_day),
        "closed": _windows(visit, "Hardly time any more", found.closed),
        "moments": table(
            "Moments that are coming",
            _MOMENT,
            [_moment(visit, one, times) for one in found.coming],
            markings(one.view for one in found.coming),
            of_model=False,
        ),
        "instruments": table(
            "Instruments in use",
            _INSTRUMENT,
            [_instrument(visit, view) for view in found.instruments],
            markings(found.instruments),
            of_model=False,
        ),
        "triggers": table(
            "Triggers in force or raised",
            _TRIGGER,
            [_trigger(visit, one) for one in triggers],
            markings(view for one in triggers for view in one.views),
            of_model=False,
        ),
    }


def times_of(found: Board) -> Counter[tuple[str, Any]]:
    """How many instruments in use there are for each time of a moment, by its identity and first day."""
    windows = (*found.windows, *found.any_day, *found.closed)
    return Counter((one.coming.view.id, one.coming.first) for one in windows)


def as_twin(one: Coming) -> dict[str, Any]:
    """A moment as JSON, with its days here."""
    return twin(one.view) | {"first": _day(one.first), "last": _day(one.last), "any_day": one.any_day}


def _windows(visit: Visit, title: str, windows: Iterable[Window]) -> Table:
    listed = list(windows)
    views = [view for one in listed for view in (one.coming.view, one.view)]
    return table(title, _WINDOW, [_window(visit, one) for one in listed], markings(views), of_model=False)


def _window(visit: Visit, one: Window) -> dict[str, Any]:
    moment, body, by = one.coming, one.coming.body, one.by
    return {
        "moment": moment.view.id,
        "place": moment.view.head.subject,
        **_kept(visit, moment.view, title=body.title, source=body.source),
        "sort": body.sort.value,
        "certainty": body.certainty.value,
        "first": _day(moment.first),
        "last": _day(moment.last),
        "instrument": one.view.id,
        **_kept(visit, one.view, name=one.instrument.name, owner=one.instrument.owner),
        "decide_by_nine_in_ten": by and _day(by.sure),
        "decide_by_one_in_two": by and _day(by.even),
        "in_time_today": by and round(by.today, 6),
        "needs_days_one_in_two": one.needs[0],
        "needs_days_nine_in_ten": one.needs[1],
        "tlp": moment.view.head.marking.join(one.view.head.marking).tlp.label,
    }


def _moment(visit: Visit, one: Coming, times: Counter[tuple[str, Any]]) -> dict[str, Any]:
    body = one.body
    return {
        "moment": one.view.id,
        "place": one.view.head.subject,
        **_kept(visit, one.view, title=body.title, source=body.source, condition=body.condition),
        "sort": body.sort.value,
        "timing": body.timing.value,
        "when": foreseen.when(body),
        "first": _day(one.first),
        "last": _day(one.last),
        "any_day": one.any_day,
        "certainty": body.certainty.value,
        "instruments": times[one.view.id, one.first],
        "tlp": one.view.head.marking.tlp.label,
    }


def _instrument(visit: Visit, view: View) -> dict[str, Any]:
    body: Any = view.body
    times = {
        "deciding": foreseen.days(body.deciding),
        "approvals": "; ".join(f"{one.who}: {foreseen.days(one.days)}" for one in body.approvals),
        "effect": foreseen.days(body.effect),
    }
    return {
        "instrument": view.id,
        "subject": view.head.subject,
        **_kept(visit, view, name=body.name, owner=body.owner, source=body.source, **times),
        "tlp": view.head.marking.tlp.label,
    }


def _trigger(visit: Visit, one: Agreed) -> dict[str, Any]:
    return {
        "trigger": one.view.id,
        "subject": one.view.head.subject,
        **_kept(visit, one.view, title=one.body.title, duty=worded.duty(one.body.duty)),
        "stands": one.words,
        "in_force": one.in_force,
        "alarm": None if one.alarm is None else one.alarm.month,
        "vacant": len(one.vacant),
        "tlp": one.view.head.marking.tlp.label,
    }


def _kept(visit: Visit, view: View, **told: str) -> dict[str, str]:
    """The words of a statement; in a file, why they are kept back if they are."""
    if visit.act == "exported" and (kept := exporting.stays(visit, view.head)):
        return dict.fromkeys(told, f"(kept back: {kept[0]})")
    return told


def _day(day: Any) -> str | None:
    return day.isoformat() if day else None
