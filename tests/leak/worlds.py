"""A small world: a node on a clock of its own, with everything that was recorded in it, in order.

``tests.leak.happenings`` says what can happen in one.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select

from tests.leak.oracle import Kept, Stored, files_for, visible
from tocsin.core.kinds import Lineage, Proposal
from tocsin.core.register import Entry
from tocsin.core.settings import Settings
from tocsin.core.statement import Statement
from tocsin.desk import drafts
from tocsin.desk.node import Node
from tocsin.desk.visit import Visit
from tocsin.store.chain import Line
from tocsin.store.opening import Store, open_store
from tocsin.store.tables import audit, statement

ORGANISATIONS = ("aa", "bb", "cc")
GROUPS = ("lakes", "sahel")
PLACES = ("SDN", "TCD")
START = 1_800_000_000_000_000
SECOND = 1_000_000


@dataclass
class Clock:
    """A clock that stands until it is set."""

    at: int = START

    def __call__(self) -> int:
        return self.at


@dataclass(frozen=True)
class Typed:
    """A draft that somebody keeps."""

    person: str
    form: str
    text: str


@dataclass(frozen=True)
class Sent(Typed):
    """Words that somebody sealed or declared to a round: theirs, until a statement opens them to others."""


Recorded = Entry | Statement | Kept | Typed


@dataclass
class World:
    """A node with what was recorded in it, in order: as of which instant, by which clock, and what."""

    node: Node
    clock: Clock
    record: list[tuple[int, int, Recorded]] = field(default_factory=list)
    refused: int = 0

    @property
    def entries(self) -> list[dict[str, Any]]:
        """The register's entries as JSON."""
        return [json.loads(one.model_dump_json()) for _, _, one in self.record if isinstance(one, Entry)]

    @property
    def stored(self) -> list[Stored]:
        """The statements as the oracle takes them."""
        return [
            Stored(
                id=one.id,
                recorded_at=at,
                open=json.loads(one.open_bytes),
                organisation=one.author.organisation,
                person=one.author.person,
                about=one.subject.id if one.subject.type == "statement" else None,
                recalls=one.recalls,
                tells_of=one.derived_from if isinstance(one.body, (Proposal, Lineage)) else (),
            )
            for at, _, one in self.record
            if isinstance(one, Statement)
        ]

    @property
    def persons(self) -> list[str]:
        """Everybody who has an account."""
        return [entry["id"] for entry in self.entries if entry["entry"] == "person added"]

    def statements(self) -> list[Statement]:
        """Every statement."""
        return [one for _, _, one in self.record if isinstance(one, Statement)]

    def files(self) -> list[Kept]:
        """Every file."""
        return [one for _, _, one in self.record if isinstance(one, Kept)]

    def drafts(self) -> list[Typed]:
        """Every draft."""
        return [one for _, _, one in self.record if isinstance(one, Typed)]

    def seen_by(self, person: str) -> set[str]:
        """What the oracle lets a person see now."""
        return visible(self.entries, self.stored, person, self.clock())

    def files_of(self, person: str) -> set[str]:
        """The files that the oracle lets a person have now."""
        return files_for(self.entries, self.stored, self.files(), person, self.clock())

    def visit(self, person: str, door: str = "web") -> Visit:
        """A person at a door, now."""
        with self.node.store.reading() as reader:
            actor = reader.register.actor(person, self.clock())
        return Visit(self.node.settings, self.node.store, actor, door)

    def note(self, at: int, what: Recorded) -> None:
        """Remember what was recorded."""
        self.record.append((at, self.clock.at, what))

    def enter(self, entry: Entry) -> None:
        """Let an entry be recorded."""
        with self.node.store.writing() as writer:
            at = writer.enter(entry, None)
        self.note(at, entry)

    def made(self, *ids: str) -> None:
        """Remember statements that ``desk`` has recorded."""
        for id in ids:
            with self.node.store.reading() as reader:
                head = reader.find([id])[id]
                ((shown, sealed),) = reader.parts([head]).values()
            self.note(head.recorded_at, Statement.from_parts(shown, sealed))

    def caught_up(self) -> None:
        """Remember every statement that was recorded after those that are remembered."""
        last = max((at for at, _, one in self.record if isinstance(one, Statement)), default=0)
        with self.node.store.reading() as reader:
            later = select(statement.c.id).where(statement.c.recorded_at > last).order_by(statement.c.recorded_at)
            ids = reader.connection.execute(later).scalars().all()
        self.made(*ids)


def empty(folder: Path, template: Path) -> World:
    """A world in which nothing has happened, from a store that was made once."""
    shutil.copytree(template, folder / "store", dirs_exist_ok=True)
    # The key too, so that what was sealed in one world opens in the same world without what is hidden.
    shutil.copy(template.with_name(f"{template.name}.key"), folder / "store.key")
    clock = Clock()
    store = open_store("", folder / "store", clock=clock)
    return World(Node(Settings(home=folder, offline=True), store, team=True), clock)


def make_template(folder: Path) -> Path:
    """A store with nothing in it but which key is its own."""
    store: Store = open_store("", folder, clock=Clock())
    store.seal.seal({}, b"")
    store.close()
    return folder


def without_hidden(world: World, person: str, fresh: World) -> World:
    """The same world without a trace of what the person may not see: everything else recorded at the same instants.

    What a recall that they see withdrew stays: that it was there, and about what, is what a recall tells. And so does
    the recall of what they wrote themselves and still see: an author may know that their statement was withdrawn, and
    in the same way that the text they proposed has gone out. To whoever convenes a round it is told how many have
    answered, so the envelopes stay there for them, and nothing that they hold may be told all the same.
    """
    seen = _told(world, person)
    shown = seen | world.files_of(person)
    happened = [(clock, 0, number, (at, one)) for number, (at, clock, one) in enumerate(world.record)]
    happened += [(at, 1, number, line) for number, (at, line) in enumerate(_lines(world, shown))]
    for clock, _, _, what in sorted(happened, key=lambda event: event[:3]):
        fresh.clock.at = clock
        if isinstance(what, Line):
            with fresh.node.store.writing() as writer:
                writer.note(what)
            continue
        at, one = what
        if isinstance(one, Sent):
            continue
        if isinstance(one, Typed):
            if one.person != person:
                continue
            drafts.save(fresh.visit(person), one.form, {"text": [one.text]})
        elif isinstance(one, Entry) or one.id in shown:
            _again(fresh, at, one)
        else:
            continue
        fresh.record.append((at, clock, one))
    fresh.clock.at = world.clock.at
    return fresh


def _again(fresh: World, at: int, one: Entry | Statement | Kept) -> None:
    """Record something at the very instant at which it was recorded first."""
    with fresh.node.store.writing() as writer:
        writer._last = at - 1  # what was recorded in between, and is not here, took instants of its own
        if isinstance(one, Entry):
            writer.enter(one, None)
        elif isinstance(one, Statement):
            writer.add(one)
        else:
            writer.keep(one.content, "text/plain", one.organisation, one.person)


def _told(world: World, person: str) -> set[str]:
    """What a person sees, and what they are told of by it."""
    seen = world.seen_by(person)
    seen |= {one.id for one in world.stored if one.recalls in seen}
    proposed = {one.id for one in world.stored if one.person == person and one.open["body"]["kind"] == "proposal"}
    lineages = [one for one in world.stored if one.open["body"]["kind"] == "lineage"]
    seen |= {one.id for one in lineages if proposed & seen & set(one.tells_of)}
    me = next(one for one in world.entries[::-1] if one["entry"] == "person added" and one["id"] == person)
    convened = {
        one.id
        for one in world.stored
        if one.open["body"]["kind"] == "round" and one.organisation == me["organisation"] and one.id in seen
    }
    seen |= {one.id for one in world.stored if one.open["body"]["kind"] == "envelope" and one.about in convened}
    about = {one.id: one.about for one in world.stored}
    told = [one.recalls for one in world.stored if one.recalls and one.id in seen]
    while told:
        seen |= set(told)
        told = [about[id] for id in told if about.get(id)]
    return seen


def _lines(world: World, shown: set[str]) -> list[tuple[int, Line]]:
    """The lines of the log, without those about what is not seen; what the store vouches for it writes by itself."""
    hidden = {one.id for one in (*world.statements(), *world.files())} - shown
    with world.node.store.reading() as reader:
        rows = reader.connection.execute(select(audit).order_by(audit.c.seq)).all()
    found = []
    for row in rows:
        objects = json.loads(row.objects)
        kept = tuple(id for id in objects if id not in hidden or row.act == "denied")
        if row.act != "recorded" and (kept or not objects):
            line = Line(row.person, row.organisation, row.door, row.act, kept, json.loads(row.detail))
            found.append((row.at, line))
    return found
