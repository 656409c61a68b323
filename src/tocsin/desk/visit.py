"""Somebody at a door: who asks, through which door, and what of the store they may see."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from tocsin.core.errors import AccessError, NotFound
from tocsin.core.marking import TLP, Caveat, Marking
from tocsin.core.seeing import Actor, Role, may_see, reach
from tocsin.core.settings import Settings
from tocsin.store.chain import Line
from tocsin.store.held import Held
from tocsin.store.opening import Store
from tocsin.store.reading import Reader, Scope

ABOVE_GREEN = frozenset({TLP.AMBER, TLP.AMBER_STRICT, TLP.RED})
"""Labels of which every reading is written down."""


@dataclass(frozen=True)
class Visit:
    """One person's dealings through one door, for the length of one request or command.

    may: what this door lets the person do; an API token may carry less than its owner's roles.
    """

    settings: Settings
    store: Store
    actor: Actor
    door: str
    may: frozenset[Role] = field(default_factory=lambda: frozenset(Role))
    act: Literal["read", "exported"] = "read"
    """How the log calls it when statements are shown: a table that is taken away as a file is an export."""

    @property
    def roles(self) -> frozenset[Role]:
        """The roles in which the person acts here."""
        return self.actor.roles & self.may if self.actor.active else frozenset()

    def need(self, *roles: Role, to: str) -> Role:
        """The first of these roles that the person has here.

        Errors: AccessError names the roles that may; the refusal is written down.
        """
        for role in roles:
            if role in self.roles:
                return role
        self.note("denied", detail={"to": to})
        raise AccessError(
            f"only {'an' if roles[0][0] in 'aeiou' else 'a'} {' or '.join(roles)} may {to}",
            remedy="Ask a steward for the role, or somebody who has it",
        )

    @contextmanager
    def reading(self) -> Iterator[Sight]:
        """A consistent view of what this person may see; when it ends well, what was read above GREEN is on record."""
        with self.store.reading() as reader:
            sight = Sight(self, reader)
            yield sight
        if sight.read:
            self.note(self.act, sight.read)

    def line(self, act: str, objects: Iterable[str] = (), **detail: object) -> Line:
        """A line of the audit log about this person at this door."""
        return Line(self.actor.person, self.actor.organisation, self.door, act, tuple(objects), detail)

    def note(self, act: str, objects: Iterable[str] = (), detail: dict[str, object] | None = None) -> None:
        """Write a line of the audit log now."""
        self.store.journal.note(self.line(act, objects, **(detail or {})))


class Sight:
    """What one person may see of one consistent view of the store."""

    def __init__(self, visit: Visit, reader: Reader) -> None:
        self.visit, self.reader = visit, reader
        self.read: dict[str, None] = {}

    @cached_property
    def scope(self) -> Scope:
        """The markings within this person's reach, so that the database need not look at anything else."""
        actor, markings, known = self.visit.actor, self.reader.markings, self.visit.store.known.scopes
        groups = frozenset(actor.groups.items())
        # Everything that ``reach`` asks of an actor, and how many markings there were: they only grow.
        key = (actor.person, actor.organisation, actor.affiliation, actor.active, actor.world, groups, len(markings))
        found = known.get(key)
        return found if isinstance(found, Scope) else known.put(key, _scope(actor, markings))

    def sees(self, head: Held) -> bool:
        """Whether this person may see this statement."""
        return may_see(self.visit.actor, head).allow

    def only(self, heads: Iterable[Held]) -> list[Held]:
        """Those of the statements that this person may see."""
        return [head for head in heads if self.sees(head)]

    def reads(self, heads: Iterable[Held]) -> None:
        """Remember that these are about to be shown."""
        every = self.visit.act == "exported"
        self.read.update((head.id, None) for head in heads if every or head.marking.tlp in ABOVE_GREEN)

    def find(self, id: str) -> Held:
        """The statement of this identity.

        Errors: NotFound, in the same words and after the same work, whether there is none or it is not for them.
        """
        # What has not the form of an identity is in no column of either database, and must not be put into one.
        formed = len(id) == 64 and not set(id) - set("0123456789abcdef")
        head = self.reader.find([id]).get(id) if formed else None
        verdict = may_see(self.visit.actor, head) if head else None
        if head and verdict and verdict.allow:
            return head
        why = verdict.reason if verdict else "there is no such statement"
        self.visit.note("denied", [id] if formed else [], {"why": why})
        raise NotFound(
            "there is no such statement, or it is not for you",
            where=id,
            remedy="Check the identity with whoever gave it to you",
        )


def _scope(actor: Actor, markings: Mapping[int, Marking]) -> Scope:
    within = (
        (number, since)
        for number, marking in markings.items()
        if (since := reach(actor, marking)) is not None
        and (Caveat.EXERCISE in marking.caveats) == (actor.world == "exercise")
    )
    return Scope(tuple(within), actor.organisation, actor.person)
