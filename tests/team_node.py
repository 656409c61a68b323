"""A node with accounts and three organisations, one of which keeps a group that the others know nothing of."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tocsin.core.settings import Settings
from tocsin.desk import making, people
from tocsin.desk.node import Node, open_node
from tocsin.desk.views import View

ROLES = ("reader", "analyst", "desk officer", "convenor", "steward")


@contextmanager
def team_node(home: Path, database: str) -> Iterator[Node]:
    """Organisations aa, bb and cc with one person for each role (``aa-analyst``, ``aa-desk-officer``...).

    aa keeps the group "sahel", of which it is the only member; cc keeps "private" and is its only member.
    """
    node = open_node(Settings(home=home, offline=True, database=database), team=True)
    operator = node.operator("cli")
    for id in ("aa", "bb", "cc"):
        people.add_organisation(operator, id=id, name=f"Organisation {id}")
        for role in ROLES:
            person = f"{id}-{role.replace(' ', '-')}"
            people.add_person(operator, id=person, name=person.title(), organisation=id, roles=["reader", role])
    for group, keeper in (("sahel", "aa"), ("private", "cc")):
        people.add_group(operator, id=group, name=group.title(), keeper=keeper)
        people.join_group(node.visit(f"{keeper}-convenor", "web"), group, keeper)
    yield node
    node.store.close()


def note(node: Node, person: str, *audience: str, tlp: str = "AMBER", **given: Any) -> View:
    """A note by this person for this audience."""
    marking = {"tlp": tlp, "caveats": given.pop("caveats", []), "audience": [list(audience)]}
    body = {"kind": "note", "title": "Camp", "text": given.pop("text", "The camp was burnt")}
    subject = {"type": "place", "id": "SDN"}
    return making.make(node.visit(person, "web"), {"body": body, "subject": subject, "marking": marking} | given)
