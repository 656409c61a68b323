"""Moments and instruments for tests, by people of three organisations."""

from __future__ import annotations

from datetime import date
from typing import Any

from tocsin.core.instant import moment

BASIN = {"tlp": "AMBER", "audience": [["group:basin"]]}
OWN = {"tlp": "AMBER", "audience": [["org:aa"]]}
GREEN = {"tlp": "GREEN", "audience": [["community"]]}
CLEAR = {"tlp": "CLEAR", "audience": [["everyone"]]}
YEARS = {"type": "period", "id": "2000-2100"}


def a_moment(place: str = "SDN", marking: dict[str, Any] = BASIN, **body: Any) -> dict[str, Any]:
    """A moment as it is put on the calendar: fixed, unless the body says otherwise."""
    whole = {
        "title": "Mandate of the mission ends",
        "sort": "peace-operation renewal",
        "timing": "fixed",
        "certainty": "confirmed",
        "source": "The resolution",
    }
    return {"body": whole | body, "subject": {"type": "place", "id": place}, "marking": marking}


def an_instrument(subject: dict[str, str] = YEARS, marking: dict[str, Any] = BASIN, **body: Any) -> dict[str, Any]:
    """An instrument that needs from ten to forty days."""
    whole = {
        "kind": "instrument",
        "name": "Mediation team",
        "deciding": {"low": 3, "typical": 5, "high": 10},
        "effect": {"low": 7, "typical": 14, "high": 30},
        "owner": "head of the mediation unit",
        "source": "Past deployments",
    }
    return {"body": whole | body, "subject": subject, "marking": marking}


def day(clock: Any, ahead: int) -> date:
    """So many days after the clock's."""
    return date.fromordinal(moment(clock()).date().toordinal() + ahead)
