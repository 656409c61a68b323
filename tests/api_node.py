"""A node whose people use the API: two organisations that share a group, and a token for each person."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from tocsin.core.register import GroupAdded, MemberJoined, OrganisationAdded, PersonAdded
from tocsin.core.seeing import Role
from tocsin.core.settings import Settings
from tocsin.desk import accounts
from tocsin.desk.node import Node, open_node
from tocsin.desk.sessions import Scope
from tocsin.interfaces.web import create_app

HOME = "http://127.0.0.1:8420"
API = "/api/v1"

ANALYST = frozenset({Role.READER, Role.ANALYST})

PEOPLE = (
    ("ana", "Ana Alvarez", "aa", frozenset(Role), Scope.ADMIN),
    ("ali", "Ali Adler", "aa", ANALYST, Scope.WRITE),
    ("bo", "Bo Berg", "bb", ANALYST | {Role.DESK_OFFICER}, Scope.WRITE),
    ("cy", "Cy Castell", "cc", ANALYST, Scope.WRITE),
)


@dataclass
class ApiNode:
    """The node, its application, and what each person presents."""

    node: Node
    tokens: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.app = create_app(self.node)

    def bearer(self, person: str) -> dict[str, str]:
        """The header by which a program of this person proves itself."""
        return {"Authorization": f"Bearer {self.tokens[person]}"}

    def client(self, person: str = "") -> TestClient:
        """A program of this person's; of nobody's if none is named."""
        client = TestClient(self.app, base_url=HOME + API, raise_server_exceptions=False, follow_redirects=False)
        client.headers.update(self.bearer(person) if person else {})
        return client

    def acts(self) -> list[str]:
        """The acts of the audit log that people did, in order."""
        with self.node.store.reading() as reader:
            rows = reader.connection.exec_driver_sql("SELECT act FROM audit WHERE person IS NOT NULL ORDER BY seq")
            return [row[0] for row in rows]


def api_node(home: Path) -> ApiNode:
    """Organisations aa, bb and cc; aa and bb in the group "sahel"; a token for everybody."""
    node = open_node(Settings(home=home, offline=True), team=True)
    with node.store.writing() as writer:
        for id in ("aa", "bb", "cc"):
            writer.enter(OrganisationAdded(id=id, name=f"Organisation {id}"), None)
        for id, name, organisation, roles, _ in PEOPLE:
            writer.enter(PersonAdded(id=id, name=name, organisation=organisation, roles=roles), None)
        writer.enter(GroupAdded(id="sahel", name="Sahel Group", keeper="aa"), None)
        for id in ("aa", "bb"):
            writer.enter(MemberJoined(group="sahel", organisation=id, since=node.store.clock()), None)
    made = ApiNode(node)
    for id, _, _, _, scope in PEOPLE:
        made.tokens[id], _ = accounts.make_token(node.visit(id, "web"), "a program", scope, 30)
    return made


def a_note(
    text: str = "The river camp was burnt.", *, tlp: str = "AMBER", to: str = "group:sahel", **more: Any
) -> dict:
    """A note as it is sent."""
    return {
        "body": {"kind": "note", "title": "Camp", "text": text},
        "subject": {"type": "place", "id": "SDN"},
        "marking": {"tlp": f"TLP:{tlp}", "audience": [[to]]},
    } | more
