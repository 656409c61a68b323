"""Rounds in tests: a convenor and four analysts of three organisations, a question, and a clock to turn."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from unittest import mock

from tests.account_team import Clock
from tocsin.core.instant import moment
from tocsin.core.register import GroupAdded, MemberJoined, OrganisationAdded, PersonAdded
from tocsin.core.seeing import Role
from tocsin.core.settings import Settings
from tocsin.desk import node as nodes
from tocsin.desk.node import Node
from tocsin.desk.rounds import answering, registering
from tocsin.desk.visit import Visit

CONVENOR = "aa-convenor"
ANALYSTS = ("aa-one", "bb-one", "bb-two", "cc-one")
DAY = 86_400

QUESTION = {
    "key": "onset",
    "answer": "probability",
    "text": "Will a mass killing begin by the end of next year?",
    "outcome": "onset of a mass killing",
    "horizon": "2027",
    "criteria": "Listed by the Early Warning Project as a new episode.",
    "examples": ["An episode that began before counts as no onset."],
    "base_rate": 0.013,
    "base_rate_source": "share of country-years 1994-2024",
}


def opened(home: Path, clock: Clock, database: str = "") -> Node:
    """A node with organisations aa, bb, cc in the group "basin", a convenor in aa, and analysts in all three."""
    with mock.patch("tocsin.desk.node.clock", clock):
        node = nodes.open_node(Settings(home=home, database=database))
    with node.store.writing() as writer:
        for id in ("aa", "bb", "cc"):
            writer.enter(OrganisationAdded(id=id, name=f"Organisation {id}"), None)
        roles = frozenset({Role.READER, Role.ANALYST})
        convenor = frozenset({Role.READER, Role.ANALYST, Role.DESK_OFFICER, Role.CONVENOR})
        writer.enter(PersonAdded(id=CONVENOR, name="Convenor", organisation="aa", roles=convenor), None)
        for id in ANALYSTS:
            writer.enter(PersonAdded(id=id, name=id.title(), organisation=id[:2], roles=roles), None)
        writer.enter(GroupAdded(id="basin", name="Basin", keeper="aa"), None)
        for id in ("aa", "bb", "cc"):
            writer.enter(MemberJoined(group="basin", organisation=id, since=clock()), None)
    return node


def wanted(clock: Clock, **changes: Any) -> dict[str, Any]:
    """A round as a convenor registers it: three days, not attributed."""
    ends = {
        name: moment(clock() + days * DAY * 1_000_000).isoformat()
        for name, days in (("first_until", 1), ("second_until", 2), ("closing_until", 3))
    }
    body = {
        "title": "Outlook",
        "purpose": "A common picture before the quarterly meeting.",
        "questions": [QUESTION],
        "invitations": [{"organisation": id, "role": "analyst"} for id in ("aa", "bb", "cc")],
        "attributed": "non-attributed",
        **ends,
    }
    return {
        "body": body | changes,
        "subject": "place:SDN",
        "marking": {"tlp": "AMBER", "audience": [["group:basin"]]},
    }


def by(node: Node, person: str) -> Visit:
    """This person at a door."""
    return node.visit(person, "cli")


def given(best: float, reason: str = "Because.", **changes: Any) -> dict[str, Any]:
    """An estimate around a best guess."""
    whole = {"lowest": best / 2, "best": best, "highest": min(1.0, best * 2), "confidence": 0.8, "reason": reason}
    return whole | changes


def begun(node: Node, clock: Clock, **changes: Any) -> str:
    """A round that is open and in which every analyst has declared that they have no interest; its identity."""
    id = registering.register(by(node, CONVENOR), wanted(clock, **changes)).id
    registering.step(by(node, CONVENOR), id, "open")
    for person in ANALYSTS:
        answering.declare(by(node, person), id, False)
    return id


def answer(node: Node, id: str, values: Mapping[str, float], question: str = "onset") -> None:
    """Each of these people seals an estimate."""
    for person, best in values.items():
        answering.estimate(by(node, person), id, question, given(best, f"Reason of {person}."))


def finished(node: Node, clock: Clock, dissents: Mapping[str, str] | None = None, **changes: Any) -> str:
    """A round from beginning to end; its identity."""
    id = begun(node, clock, **changes)
    answer(node, id, dict(zip(ANALYSTS, (0.02, 0.05, 0.1, 0.3), strict=True)))
    registering.step(by(node, CONVENOR), id, "share")
    answer(node, id, dict(zip(ANALYSTS, (0.04, 0.06, 0.1, 0.2), strict=True)))
    registering.step(by(node, CONVENOR), id, "pool")
    for person, text in (dissents or {}).items():
        answering.close(by(node, person), id, {"dissents": {"onset": text}})
    registering.step(by(node, CONVENOR), id, "finish")
    return id
