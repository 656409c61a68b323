"""Assessments in tests: one that can be stored, with changes, and a node whose organisations make them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tocsin.desk import making
from tocsin.desk.node import Node
from tocsin.desk.views import View

UN, US, EU = "un-framework-2014", "us-araf", "eu-checklist"
OUTCOME = "terms:mass-killing.ewp"


def item(key: str, reference: str, **changes: Any) -> dict[str, Any]:
    """An item of evidence."""
    whole = {
        "type": "source",
        "reference": reference,
        "reliability": "B",
        "credibility": "2",
        "key": key,
        "provenance": "media",
        "consent": "not needed",
        "tlp": "TLP:CLEAR",
    }
    return whole | changes


def present(factor: str, level: str, importance: str = "major", *cited: str, **changes: Any) -> dict[str, Any]:
    """A factor that is present, on these items or, if there is none, on judgement alone."""
    whole: dict[str, Any] = {
        "factor": factor,
        "status": "present",
        "level": level,
        "direction": "worsening",
        "confidence": "moderate",
        "importance": importance,
        "evidence": [{"item": key} for key in cited],
    }
    if not cited:
        whole |= {"judged": True, "reason": "Long acquaintance with the place."}
    return whole | changes


def overall(probability: float, horizon: int = 24, **changes: Any) -> dict[str, Any]:
    """The judgement as a number."""
    ends = {"low": probability / 2, "high": min(1.0, 2 * probability)}
    return {
        "outcome": OUTCOME,
        "horizon": horizon,
        "probability": probability,
        **ends,
        "confidence": "moderate",
    } | changes


def body(**changes: Any) -> dict[str, Any]:
    """The body of a small assessment in the UN's frame."""
    whole = {
        "kind": "assessment",
        "title": "Outlook for the season",
        "frame": UN,
        "ratings": [
            present("1", "medium", "major", "radio"),
            present("7.8", "low", "minor", "radio", "field"),
            {"factor": "9", "status": "no information", "confidence": "low"},
            {"factor": "6.2", "status": "not applicable", "confidence": "low"},
        ],
        "resilience": [
            {
                "what": "Market committees",
                "status": "present",
                "level": "medium",
                "confidence": "moderate",
                "importance": "minor",
                "evidence": [{"item": "field"}],
            }
        ],
        "protectors": [
            {"group": "Elders of the river towns", "protects": "They take people in.", "evidence": ["field"]}
        ],
        "perpetrators": [{"group": "Militia of the north", "motive": "Land.", "means": "Trucks and rifles."}],
        "targets": [{"group": "Herders", "why": "Seen as allied with rebels."}],
        "assumptions": ["The truce ends in March."],
        "would_change": ["Payment of the arrears."],
        "overall": overall(0.08),
        "summary": "Tension grows.",
    }
    return whole | changes


def given(tlp: str = "AMBER", to: str = "org:aa org:bb org:cc", place: str = "SDN", **changes: Any) -> dict[str, Any]:
    """What ``making.make`` takes. changes: of the body, or of the statement where the statement has such a field."""
    outer = {name: changes.pop(name) for name in list(changes) if name in making.AUTHORS_FIELDS}
    return {
        "body": body(**changes),
        "subject": {"type": "place", "id": place},
        "marking": {"tlp": tlp, "audience": [to.split()]},
        "standing": "analyst",
        "evidence": [
            item("radio", "Evening news"),
            item("field", "Field office", provenance="witness", consent="given"),
        ],
    } | outer


def assessed(node: Node, person: str, **changes: Any) -> View:
    """An assessment by this person."""
    return making.make(node.visit(person, "cli"), given(**changes))


def without(whole: Mapping[str, Any], name: str) -> dict[str, Any]:
    """A mapping without one of its names."""
    return {key: value for key, value in whole.items() if key != name}
