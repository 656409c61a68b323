"""What was noticed month by month: alarms, changes of level, departures; and how often such alarms are false."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from tocsin.core.errors import ReleaseError
from tocsin.core.place import resolve
from tocsin.desk.reading import facts, read
from tocsin.desk.signals import SORTS, SignalsView, absent, signals_view
from tocsin.desk.visit import Visit
from tocsin.interfaces.web.labels import Labels
from tocsin.interfaces.web.page import Page, Params, table

TITLES = {"alarm": "Alarms", "change": "Changes of level", "departure": "Departures from our forecast"}
"""What each sort is called, in the order in which they are shown."""

COLUMNS = (
    "sort",
    "place",
    "name",
    "month",
    "direction",
    "credibility",
    "chance",
    "before",
    "after",
    "sentence",
    "outcome",
    "horizon",
    "vintage",
    "method_version",
    "forecast_version",
    "licence",
)
"""Of a signal as a machine reads it, with what it is of."""


def signals_page(visit: Visit, params: Params) -> Page:
    """``/signals``, or ``?place=`` for one state with all its changes of level."""
    labels, asked = Labels.read(params), params.get("place", "").strip()
    place = resolve(asked) if asked else None
    view: SignalsView | None = None
    try:
        view, absence = signals_view(visit.settings, place.id if place else ""), ""
    except ReleaseError as error:
        absence = absent(error)
    found = view.signals if view else ()
    return Page(
        stem="/signals",
        title="Signals" + (f": {labels.of(place)}" if place else ""),
        facts=facts(read(visit.settings)),
        content={
            "labels": labels,
            "view": view,
            "absence": absence or (view.absence if view else ""),
            "place": place,
            "name": labels.of(place) if place else "",
            "groups": [(TITLES[sort], SORTS[sort], [one for one in found if one.sort == sort]) for sort in SORTS],
            "named": {one.place: labels.of(resolve(one.place)) for one in found},
        },
        twin=signals_twin(view, absence),
        tables={"signals": table("Signals", COLUMNS, rows(view), of_model=False)},
        query={"place": place.id} if place else {},
    )


def signals_twin(view: SignalsView | None, absence: str) -> dict[str, Any]:
    """What the JSON says beside the signals themselves."""
    if view is None:
        return {"absence": absence}
    told = asdict(view)
    del told["signals"]
    return told | {"absence": view.absence or None, "sorts": dict(SORTS)}


def rows(view: SignalsView | None) -> list[dict[str, Any]]:
    """Every signal with what it is of."""
    if view is None:
        return []
    meant = {
        "outcome": view.outcome,
        "horizon": f"as of the end of {view.as_of}",
        "vintage": view.vintage,
        "method_version": view.method_version,
        "forecast_version": view.forecast_version,
        "licence": view.licence,
    }
    return [asdict(one) | meant for one in view.signals]
