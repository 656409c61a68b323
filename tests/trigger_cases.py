"""Triggers in tests: one as an analyst agrees it, and series that are made up instead of read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tocsin.core.period import month_id
from tocsin.desk.triggers import loading
from tocsin.desk.triggers.loading import Loaded, Named

MARKING = {"tlp": "AMBER", "audience": [["group:basin"]]}

RULE: dict[str, Any] = {
    "combine": "all",
    "conditions": [{"type": "series", "series": "deaths.state-based", "enter": 25, "leave": 10}],
}

DUTY = {"role": "duty officer", "organisation": "aa", "persons": ["aa-one"]}
VACANT = {"role": "head of desk", "organisation": "bb"}

BODY: dict[str, Any] = {
    "title": "Killing jumps",
    "text": "Early talks before a siege.",
    "rule": RULE,
    "evidence_wanted": [{"what": "a second source on the ground", "kinds": ["witness", "media"]}],
    "duty": DUTY,
    "acknowledge_hours": 24,
    "escalate_to": VACANT,
    "steps": [
        {"key": "call", "what": "Call the envoy.", "by": DUTY, "within_days": 2},
        {"key": "meet", "what": "Convene the group.", "by": VACANT, "within_days": 5},
    ],
}

WITNESS = {
    "type": "source",
    "reference": "A nurse in the town",
    "reliability": "B",
    "credibility": "2",
    "provenance": "witness",
}


def wanted(**changes: Any) -> dict[str, Any]:
    """A trigger as an analyst agrees it."""
    more = {name: changes.pop(name) for name in ("evidence", "supersedes", "marking", "subject") if name in changes}
    return {"body": BODY | changes, "subject": "place:SDN", "marking": MARKING} | more


def months(values: list[float | None], last: tuple[int, int] = (2026, 10)) -> dict[int, float]:
    """Values by month number, the last of them for the month ``last``; None is a month that is not covered."""
    first = month_id(*last) - len(values) + 1
    return {first + place: value for place, value in enumerate(values) if value is not None}


def made_up(patch: Any, deaths: Mapping[int, float], onset: Mapping[int, bool] | None = None) -> None:
    """From now on the series are these, for Sudan alone."""

    def load(values: Mapping[int, float], begins: Mapping[int, bool] | None = None, revised: bool = True) -> Any:
        return lambda settings, place: Loaded(values if place == "SDN" else {}, "Made up; of a test.", revised, begins)

    yearly = {month_id(year, month): 0.1 for year in range(2000, 2027) for month in range(1, 13)}
    series = (
        Named("deaths.state-based", "deaths", "Deaths.", "deaths", 1, False, load(deaths)),
        Named("forecast.mass-killing-onset", "chance", "A chance.", "", 0, True, load(yearly, onset or {}, False)),
    )
    patch.setattr(loading, "_SERIES", series)
