"""A node: its store, who is at home there, and how somebody at a door becomes a visitor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import insert, select

from tocsin.core.errors import AccessError
from tocsin.core.instant import Instant, instant
from tocsin.core.register import Entry, OrganisationAdded, PersonAdded, PersonChanged
from tocsin.core.seeing import Actor, Role
from tocsin.core.settings import Settings
from tocsin.desk.visit import Visit
from tocsin.store import tables
from tocsin.store.chain import Line
from tocsin.store.opening import Store, open_store

THIS_NODE, LOCAL = "this-node", "local"
"""The organisation that a node's own models speak for, and the one person of a node without accounts."""

OPERATOR = Actor("operator", "", roles=frozenset({Role.STEWARD}))
"""Whoever holds the machine of a team node: may look after accounts and the store, and is in no audience."""


def clock() -> Instant:
    """This moment. Only ``desk`` asks for it."""
    return instant(datetime.now(UTC))


@dataclass(frozen=True)
class Node:
    """A store that is open, with its settings. team: people have accounts and sign in."""

    settings: Settings
    store: Store
    team: bool

    def visit(self, person: str, door: str, may: frozenset[Role] = frozenset(Role)) -> Visit:
        """A person with an account, at a door."""
        with self.store.reading() as reader:
            actor = reader.register.actor(person, self.store.clock(), self.store.world)
        return Visit(self.settings, self.store, actor, door, may)

    def local(self, door: str) -> Visit:
        """The one person of a node without accounts.

        Errors: AccessError on a node with accounts.
        """
        if self.team:
            raise AccessError(
                "people have accounts on this node",
                remedy="Sign in; on the command line set TOCSIN_TOKEN to a token of yours",
            )
        return self.visit(LOCAL, door)

    def operator(self, door: str) -> Visit:
        """Whoever holds the machine."""
        return Visit(
            self.settings, self.store, Actor("operator", "", roles=OPERATOR.roles, world=self.store.world), door
        )


def open_node(settings: Settings, *, team: bool | None = None, exercise: bool = False) -> Node:
    """The node of these settings, ready to be visited.

    team: True makes it a node with accounts, which it stays; False refuses one that has them; None takes it as it is.
    exercise: an exercise is always a file in its own folder, so that no setting can lead it to a real database.

    Errors: StoreError if the store cannot be opened; AccessError if accounts would be passed by.
    """
    folder = settings.home / ("exercise" if exercise else "store")
    store = open_store(
        "" if exercise else settings.database,
        folder,
        clock=clock,
        world="exercise" if exercise else "real",
        key=None if exercise else settings.key,
    )
    has_accounts = _team(store)
    if team is False and has_accounts:
        store.close()
        raise AccessError(
            "people have accounts on this node, so it is not opened without sign-in",
            where=str(folder),
            remedy="Start it with --team, or set TOCSIN_HOME to another folder for a node of your own",
        )
    if team and not has_accounts:
        with store.writing() as writer:
            writer.connection.execute(insert(tables.meta), {"name": "team", "value": "yes"})
            writer.note(Line("operator", None, "cli", "made a team node"))
    node = Node(settings, store, bool(team or has_accounts))
    _settle(node)
    return node


def _team(store: Store) -> bool:
    with store.reading() as reader:
        return bool(reader.connection.execute(select(tables.meta).where(tables.meta.c.name == "team")).first())


def _settle(node: Node) -> None:
    """The node's own organisation and, where nobody signs in, its one person."""
    with node.store.reading() as reader:
        known = reader.register
    entries: list[Entry] = []
    if THIS_NODE not in known.organisations:
        entries.append(OrganisationAdded(id=THIS_NODE, name="This node"))
    if not node.team and LOCAL not in known.persons:
        name = node.settings.who.strip()[:200] or "This node"
        entries.append(PersonAdded(id=LOCAL, name=name, organisation=THIS_NODE, roles=frozenset(Role)))
    if node.team and LOCAL in known.persons and known.persons[LOCAL].active:
        # Nobody signs in as the one person of a node without accounts; counted in a preview they would be a phantom.
        entries.append(PersonChanged(id=LOCAL, active=False))
    if entries:
        with node.store.writing() as writer:
            for entry in entries:
                writer.enter(entry, None)
                writer.note(Line(None, THIS_NODE, "node", "registered", detail=entry.model_dump(mode="json")))
