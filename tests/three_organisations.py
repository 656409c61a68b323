"""A node with three organisations whose people share some statements and not others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tocsin.core.register import GroupAdded, MemberJoined, OrganisationAdded, PersonAdded
from tocsin.core.seeing import Role
from tocsin.core.settings import Settings
from tocsin.desk import making
from tocsin.desk.node import Node, open_node
from tocsin.desk.views import View
from tocsin.desk.visit import Visit

ANALYST = frozenset({Role.READER, Role.ANALYST})
DESK = frozenset({Role.READER, Role.ANALYST, Role.DESK_OFFICER})

PEOPLE = (
    ("aa-desk", "Ada Quillfeather", "aa", DESK),
    ("aa-analyst", "Abel Quillfeather", "aa", ANALYST),
    ("bb-desk", "Bea Tarnbrook", "bb", DESK),
    ("bb-analyst", "Ben Tarnbrook", "bb", ANALYST),
    ("cc-desk", "Cleo Ostermoor", "cc", DESK),
)


def furnished(home: Path, database: str = "") -> Node:
    """Organisations aa, bb and cc; aa and bb in the group "sahel"; a desk officer and an analyst in aa and bb."""
    node = open_node(Settings(home=home, database=database))
    with node.store.writing() as writer:
        for id in ("aa", "bb", "cc"):
            writer.enter(OrganisationAdded(id=id, name=f"Organisation {id}"), None)
        for id, name, organisation, roles in PEOPLE:
            writer.enter(PersonAdded(id=id, name=name, organisation=organisation, roles=roles), None)
        writer.enter(GroupAdded(id="sahel", name="Sahel Group", keeper="aa"), None)
        for id in ("aa", "bb"):
            writer.enter(MemberJoined(group="sahel", organisation=id, since=node.store.clock()), None)
    return node


def visit(node: Node, person: str) -> Visit:
    """This person at the command line."""
    return node.visit(person, "cli")


def note(node: Node, person: str, text: str, *, title: str = "Camp", tlp: str = "AMBER", **given: Any) -> View:
    """A note by this person, for the group "sahel" unless ``audience`` says otherwise."""
    marking = {"tlp": tlp, "audience": [given.pop("audience", ["group:sahel"])], "caveats": given.pop("caveats", [])}
    whole = {"body": {"kind": "note", "title": title, "text": text}, "subject": {"type": "place", "id": "SDN"}}
    return making.make(visit(node, person), whole | {"marking": marking} | given)


def wanted(**changes: Any) -> dict[str, Any]:
    """A release as somebody proposes it: for everyone."""
    return {
        "title": "Attack on a camp",
        "text": "A camp was attacked.",
        "subject": "place:SDN",
        "marking": {"tlp": "CLEAR", "audience": [["everyone"]]},
        "reason": "For the press.",
    } | changes
