"""Random worlds: organisations, people, groups and statements that refer to each other in every way there is."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from sqlalchemy import select

from tests.leak.oracle import Stored, visible
from tocsin.core.errors import TocsinError
from tocsin.core.register import (
    BackFilled,
    Entry,
    GroupAdded,
    MemberJoined,
    MemberLeft,
    OrganisationAdded,
    PersonAdded,
    PersonChanged,
)
from tocsin.core.seeing import Affiliation, Role
from tocsin.core.settings import Settings
from tocsin.core.statement import Statement
from tocsin.desk import making
from tocsin.desk.node import Node
from tocsin.desk.visit import Visit
from tocsin.store.chain import Line
from tocsin.store.opening import Store, open_store
from tocsin.store.tables import audit

ORGANISATIONS = ("aa", "bb", "cc")
GROUPS = ("lakes", "sahel")
PLACES = ("SDN", "TCD")
START = 1_800_000_000_000_000
SECOND = 1_000_000

Plan = dict[str, Any]


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """What happens in a world, in small numbers that later steps take modulo what there is."""
    people = draw(
        st.lists(
            st.tuples(
                st.sampled_from(ORGANISATIONS),
                st.sampled_from(Affiliation),
                st.frozensets(st.sampled_from(Role), min_size=1),
            ),
            min_size=3,
            max_size=5,
        )
    )
    step = st.tuples(
        st.sampled_from(STEPS), st.integers(0, 7), st.integers(0, 7), st.integers(0, 7), st.integers(0, 63)
    )
    return {
        "people": people,
        "steps": draw(st.lists(step, min_size=3, max_size=12)),
        "asker": draw(st.integers(0, 7)),
    }


@dataclass
class Clock:
    """A clock that stands until it is set."""

    at: int = START

    def __call__(self) -> int:
        return self.at


@dataclass
class World:
    """A node with what was recorded in it, in order: as of which instant, by which clock, and what."""

    node: Node
    clock: Clock
    record: list[tuple[int, int, Entry | Statement]] = field(default_factory=list)
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

    def seen_by(self, person: str) -> set[str]:
        """What the oracle lets a person see now."""
        return visible(self.entries, self.stored, person, self.clock())

    def visit(self, person: str, door: str = "web") -> Visit:
        """A person at a door, now."""
        with self.node.store.reading() as reader:
            actor = reader.register.actor(person, self.clock())
        return Visit(self.node.settings, self.node.store, actor, door)


def empty(folder: Path, template: Path) -> World:
    """A world in which nothing has happened, from a store that was made once."""
    shutil.copytree(template, folder / "store", dirs_exist_ok=True)
    clock = Clock()
    store = open_store("", folder / "store", clock=clock)
    return World(Node(Settings(home=folder, offline=True), store, team=False), clock)


def make_template(folder: Path) -> Path:
    """A store with nothing in it."""
    store: Store = open_store("", folder, clock=Clock())
    store.close()
    return folder


def build(plan: Plan, world: World) -> World:
    """Let everything in the plan happen; what the rules refuse does not."""
    for organisation in ORGANISATIONS:
        _enter(world, OrganisationAdded(id=organisation, name=f"Organisation {organisation}"))
    for number, (organisation, affiliation, roles) in enumerate(plan["people"]):
        name = f"Person {number}"
        _enter(
            world,
            PersonAdded(id=f"p{number}", name=name, organisation=organisation, affiliation=affiliation, roles=roles),
        )
    for number, group in enumerate(GROUPS):
        _enter(world, GroupAdded(id=group, name=f"Group {group}", keeper=ORGANISATIONS[number]))
        _enter(world, MemberJoined(group=group, organisation=ORGANISATIONS[number], since=world.clock()))
    for number, (name, *numbers) in enumerate(plan["steps"]):
        world.clock.at = START + (number + 10) * SECOND
        try:
            _HAPPENINGS[name](world, number, *numbers)
        except TocsinError:
            world.refused += 1
    world.clock.at += SECOND
    return world


def without_hidden(world: World, person: str, fresh: World) -> World:
    """The same world without a trace of what the person may not see: everything else recorded at the same instants.

    What a recall that they see withdrew stays: that it was there, and about what, is what a recall tells. And so does
    the recall of what they wrote themselves and still see: an author may know that their statement was withdrawn.
    """
    seen = world.seen_by(person)
    seen |= {one.id for one in world.stored if one.recalls in seen}
    about = {one.id: one.about for one in world.stored}
    told = [one.recalls for one in world.stored if one.recalls and one.id in seen]
    while told:
        seen |= set(told)
        told = [about[id] for id in told if about.get(id)]
    happened = [(clock, 0, number, (at, one)) for number, (at, clock, one) in enumerate(world.record)]
    happened += [(at, 1, number, line) for number, (at, line) in enumerate(_lines(world, seen))]
    for clock, _, _, what in sorted(happened, key=lambda event: event[:3]):
        fresh.clock.at = clock
        with fresh.node.store.writing() as writer:
            if isinstance(what, Line):
                writer.note(what)
                continue
            at, one = what
            writer._last = at - 1  # what was recorded in between, and is not here, took instants of its own
            if isinstance(one, Entry):
                writer.enter(one, None)
            elif one.id in seen:
                writer.add(one)
            else:
                continue
        fresh.record.append((at, clock, one))
    fresh.clock.at = world.clock.at
    return fresh


def _lines(world: World, seen: set[str]) -> list[tuple[int, Line]]:
    """The lines of the log, without those about what is not seen; what the store vouches for it writes by itself."""
    hidden = {one.id for one in world.statements()} - seen
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


def _enter(world: World, entry: Entry) -> None:
    with world.node.store.writing() as writer:
        at = writer.enter(entry, None)
    world.record.append((at, world.clock.at, entry))


def _person(world: World, number: int) -> str:
    persons = world.persons
    return persons[number % len(persons)]


def _made(world: World, id: str) -> None:
    with world.node.store.reading() as reader:
        head = reader.find([id])[id]
        ((shown, sealed),) = reader.parts([head]).values()
    world.record.append((head.recorded_at, world.clock.at, Statement.from_parts(shown, sealed)))


def _marking(who: int, label: int, persons: list[str]) -> dict[str, Any]:
    caveats = [[], ["ORIGINATOR CONTROL"], ["CHATHAM HOUSE RULE"], []][label % 4]
    choices = (
        ("CLEAR", [["everyone"]]),
        ("GREEN", [["community"]]),
        ("AMBER", [["group:sahel"]]),
        ("AMBER", [["group:lakes", "org:aa"]]),
        ("AMBER+STRICT", [["org:bb"]]),
        ("AMBER+STRICT", [["group:sahel"], ["org:aa", "org:cc"]]),
        ("RED", [[f"person:{persons[label % len(persons)]}"]]),
        ("RED", []),
    )
    tlp, audience = choices[who]
    return {"tlp": tlp, "caveats": caveats, "audience": audience}


def canary(number: int) -> str:
    """A word that occurs in one statement only."""
    return f"canary{number:03d}x"


def _note(world: World, number: int, who: int, label: int, other: int, bits: int, **more: Any) -> None:
    author = _person(world, who)
    marking = more.pop("marking", None) or _marking(label, bits, world.persons)
    subject = more.pop("subject", None) or {"type": "place", "id": PLACES[bits % 2]}
    given = {
        "body": {"kind": "note", "title": f"Title {canary(number)}", "text": f"Words {canary(number)} common"},
        "subject": subject,
        "marking": marking,
        "attribution": ["named", "organisation", "non-attributed"][bits % 3]
        if "CHATHAM HOUSE RULE" not in marking["caveats"]
        else "non-attributed",
        **more,
    }
    view = making.make(world.visit(author), given)
    _made(world, view.id)


def _target(world: World, number: int) -> Statement:
    statements = world.statements()
    if not statements:
        raise TocsinError("nothing there yet")
    return statements[number % len(statements)]


def _supersede(world: World, number: int, who: int, label: int, other: int, bits: int) -> None:
    old = _target(world, other)
    _note(world, number, who, label, other, bits, supersedes=[old.id], subject=old.subject.model_dump(mode="json"))


def _derive(world: World, number: int, who: int, label: int, other: int, bits: int) -> None:
    source = _target(world, other)
    marking = source.marking if bits % 2 else source.marking.join(_target(world, bits).marking)
    _note(world, number, who, label, other, bits, derived_from=[source.id], marking=marking.model_dump(mode="json"))


def _comment(world: World, number: int, who: int, label: int, other: int, bits: int) -> None:
    about = _target(world, other)
    subject = {"type": "statement", "id": about.id}
    _note(world, number, who, label, other, bits, subject=subject, marking=about.marking.model_dump(mode="json"))


def _recall(world: World, number: int, who: int, label: int, other: int, bits: int) -> None:
    old = _target(world, other)
    for person in world.persons:
        try:
            view = making.recall(world.visit(person), old.id, f"Reason {canary(number)}")
        except TocsinError:
            continue
        return _made(world, view.id)
    raise TocsinError("nobody may recall it")


def _join(world: World, number: int, who: int, label: int, other: int, bits: int) -> None:
    later = world.clock() + (bits % 3 == 0) * 100 * SECOND
    group, organisation = GROUPS[who % 2], ORGANISATIONS[label % 3]
    with world.node.store.reading() as reader:
        known = reader.register.groups[group]
    if organisation in known.members(later) or organisation in known.expected(world.clock()):
        raise TocsinError("a member already")
    _enter(world, MemberJoined(group=group, organisation=organisation, since=later))


def _leave(world: World, number: int, who: int, label: int, other: int, bits: int) -> None:
    group, organisation = GROUPS[who % 2], ORGANISATIONS[label % 3]
    with world.node.store.reading() as reader:
        if organisation not in reader.register.groups[group].members(world.clock()):
            raise TocsinError("no member")
    _enter(world, MemberLeft(group=group, organisation=organisation, until=world.clock()))


def _back_fill(world: World, number: int, who: int, label: int, other: int, bits: int) -> None:
    group, organisation = GROUPS[who % 2], ORGANISATIONS[label % 3]
    with world.node.store.reading() as reader:
        if organisation not in reader.register.groups[group].members(world.clock()):
            raise TocsinError("no member")
    opened = world.clock() - (bits % 8) * SECOND
    _enter(world, BackFilled(group=group, organisation=organisation, opened=opened))


def _close(world: World, number: int, who: int, label: int, other: int, bits: int) -> None:
    change = {"active": False} if bits % 4 == 0 else {"affiliation": Affiliation.CLIENT}
    _enter(world, PersonChanged(id=_person(world, who), **change))


_HAPPENINGS = {
    "note": _note,
    "supersede": _supersede,
    "derive": _derive,
    "comment": _comment,
    "recall": _recall,
    "join": _join,
    "leave": _leave,
    "back-fill": _back_fill,
    "close": _close,
}
STEPS = ("note", "note", "note", *_HAPPENINGS)
