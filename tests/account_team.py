"""A node whose people sign in: two organisations, a steward, an analyst, a closed account, a clock to turn."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

import pyotp
from argon2 import PasswordHasher
from starlette.testclient import TestClient

from tocsin.core.instant import parse
from tocsin.core.register import OrganisationAdded, PersonAdded, PersonChanged
from tocsin.core.settings import Settings
from tocsin.desk import accounts, passwords, signing_in
from tocsin.desk.node import Node, open_node
from tocsin.interfaces.web import create_app

SECOND = 1_000_000
HOUR = 3600 * SECOND
HOME = "http://127.0.0.1:8420"
PASSWORD = "seven grey herons sleep"


@dataclass
class Clock:
    """A clock that stands until it is turned."""

    now: int = parse("2026-11-23T09:00:00Z")

    def __call__(self) -> int:
        return self.now

    def turn(self, seconds: float) -> None:
        self.now += int(seconds * SECOND)


@dataclass
class Team:
    """The node, its clock, and the keys of those who have set up their accounts."""

    node: Node
    clock: Clock
    keys: dict[str, str] = field(default_factory=dict)

    def code(self, person: str) -> str:
        """The code that this person's application shows now."""
        return pyotp.TOTP(self.keys[person]).at(self.clock.now // SECOND)

    def next_code(self, person: str) -> str:
        """A code that has not been used: half a minute later."""
        self.clock.turn(30)
        return self.code(person)

    def set_up(self, person: str, password: str = PASSWORD) -> str:
        """Invite a person and let them set up their account; the cookie of their session."""
        made = accounts.invite(self.node.operator("cli"), person)
        cookie = signing_in.with_invitation(self.node, made.code, password, "192.0.2.1")
        self.keys[person] = signing_in.enrolment(self.node, cookie).key
        return signing_in.enrol(self.node, cookie, self.code(person), "192.0.2.1")

    def sign_in(self, person: str, password: str = PASSWORD) -> str:
        """The cookie of a new session."""
        cookie = signing_in.with_password(self.node, person, password, "192.0.2.1")
        return signing_in.with_code(self.node, cookie, self.next_code(person), "192.0.2.1")

    def close(self, person: str) -> None:
        """Close an account."""
        with self.node.store.writing() as writer:
            writer.enter(PersonChanged(id=person, active=False), None)

    def acts(self) -> list[str]:
        """The acts of the audit log, in order."""
        with self.node.store.reading() as reader:
            return [row[0] for row in reader.connection.exec_driver_sql("SELECT act FROM audit ORDER BY seq")]

    def browser(self) -> TestClient:
        """A browser that has opened nothing yet."""
        return TestClient(create_app(self.node), base_url=HOME, follow_redirects=False)


def account_team(settings: Settings | Path) -> Team:
    """A node with accounts, none of which has been set up."""
    if isinstance(settings, Path):
        settings = Settings(home=settings, offline=True)
    clock = Clock()
    # What is recorded when the node is opened is recorded by this clock too.
    with mock.patch("tocsin.desk.node.clock", clock):
        node = open_node(settings, team=True)
    entries = [OrganisationAdded(id="aa", name="Alpha Office"), OrganisationAdded(id="bb", name="Beta Watch")]
    for id, name, organisation, roles in (
        ("ana", "Ana Alvarez", "aa", {"analyst"}),
        ("sam", "Sam Steward", "aa", {"steward"}),
        ("bo", "Bo Berg", "bb", {"reader"}),
        ("gone", "Gone Green", "bb", {"reader"}),
    ):
        entries.append(
            PersonAdded(id=id, name=name, organisation=organisation, roles=roles, email=f"{id}@{organisation}.example")
        )
    entries.append(PersonChanged(id="gone", active=False))
    with node.store.writing() as writer:
        for entry in entries:
            writer.enter(entry, None)
    return Team(node, clock)


def light_passwords(monkeypatch) -> None:
    """Passwords that are kept with little work, so that many tests can sign in."""
    light = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", light)
    monkeypatch.setattr(passwords, "NOBODYS", light.hash("nobody's"))


def word(page: str) -> str:
    """The hidden word of the last form of a page."""
    return re.findall(r'name="csrf" value="([^"]+)"', page)[-1]
