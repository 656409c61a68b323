"""What can happen in a world: statements that refer to each other in every way there is, people and groups that change.

A plan is numbers; what the rules refuse does not happen.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from tests.leak import foreseen, rounds, triggers
from tests.leak.oracle import Kept
from tests.leak.rounds import whoever_may
from tests.leak.worlds import GROUPS, ORGANISATIONS, PLACES, SECOND, START, Typed, World
from tocsin.core.errors import NotFound, TocsinError
from tocsin.core.kinds import Proposal
from tocsin.core.register import (
    BackFilled,
    GroupAdded,
    MemberJoined,
    MemberLeft,
    OrganisationAdded,
    PersonAdded,
    PersonChanged,
)
from tocsin.core.seeing import Affiliation, Role
from tocsin.core.statement import Statement
from tocsin.core.tlp import TLP
from tocsin.desk import drafts, files, making, proposing, releasing

Plan = dict[str, Any]

EVERYTHING = tuple(Role)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """What happens in a world, in small numbers that later steps take modulo what there is."""
    people = draw(
        st.lists(
            st.tuples(
                st.sampled_from(ORGANISATIONS),
                st.sampled_from(Affiliation),
                # A list, because the order of a set is another one in every process, and a plan is a seed.
                st.lists(st.sampled_from(Role), min_size=1, max_size=5, unique=True),
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
        "steps": draw(st.lists(step, min_size=3, max_size=14)),
        "asker": draw(st.integers(0, 7)),
    }


FULL: Plan = {
    "people": [
        ("aa", Affiliation.MEMBER, EVERYTHING),
        ("bb", Affiliation.MEMBER, EVERYTHING),
        ("cc", Affiliation.CLIENT, [Role.READER]),
    ],
    "steps": [
        ("join", 1, 0, 0, 1),
        ("note", 0, 2, 0, 0),
        ("note", 1, 1, 0, 0),
        ("note", 1, 4, 0, 0),
        ("attach", 0, 2, 0, 1),
        ("draft", 0, 0, 0, 0),
        ("propose", 0, 0, 0, 0),
        ("propose", 0, 1, 1, 0),
        ("approve", 0, 0, 0, 0),
        ("approve", 0, 0, 0, 0),
        ("release", 0, 0, 0, 0),
        ("supersede", 0, 2, 0, 0),
        *(("convene", 0, 2, 0, 3 * number) for number in range(4)),
        *((name, 0, 0, 0, 0) for _ in range(3) for name in ("answer", "step")),
        *((name, 0, 0, 1, 0) for _ in range(2) for name in ("answer", "step")),
        ("answer", 0, 0, 1, 0),
        *((name, 0, 0, 2, 0) for name in ("answer", "step", "answer")),
        ("answer", 0, 0, 3, 0),
        ("assess", 0, 2, 0, 0),
        ("assess", 1, 2, 0, 0),
        ("contribute", 1, 2, 0, 0),
        ("request", 0, 2, 0, 0),
        ("reply", 0, 2, 0, 0),
        ("agree", 0, 2, 0, 0),
        *(("go on", 0, 0, 0, 0) for _ in range(4)),
        ("foresee", 0, 2, 0, 0),
        ("equip", 0, 2, 0, 0),
        ("move", 0, 0, 0, 1),
        ("imagine", 0, 2, 0, 0),
        ("light", 0, 0, 0, 0),
    ],
    "asker": 0,
}
"""A world in which somebody with every role finds something at every address."""


def build(plan: Plan, world: World) -> World:
    """Let everything in the plan happen."""
    for organisation in ORGANISATIONS:
        world.enter(OrganisationAdded(id=organisation, name=f"Organisation {organisation}"))
    for number, (organisation, affiliation, roles) in enumerate(plan["people"]):
        world.enter(
            PersonAdded(
                id=f"p{number}",
                name=f"Person {number}",
                organisation=organisation,
                affiliation=affiliation,
                roles=frozenset(roles),
                email=f"{email(f'p{number}')}@example.org",
            )
        )
    for number, group in enumerate(GROUPS):
        keeper = ORGANISATIONS[number]
        world.enter(GroupAdded(id=group, name=f"Group {group}", purpose=f"For {purpose(group)}", keeper=keeper))
        world.enter(MemberJoined(group=group, organisation=keeper, since=world.clock()))
    for number, (name, *numbers) in enumerate(plan["steps"]):
        world.clock.at = START + (number + 10) * SECOND
        try:
            HAPPENINGS[name](world, number, *numbers)
        except TocsinError:
            world.refused += 1
    world.clock.at += SECOND
    return world


def canary(number: int) -> str:
    """A word that occurs in one statement, file or draft only, and in what is released from it."""
    return f"canary{number:03d}x"


def email(person: str) -> str:
    """A word that occurs in a person's email address only."""
    return f"mail{person}mail"


def purpose(group: str) -> str:
    """A word that occurs in what a group is for only."""
    return f"purpose{group}purpose"


def _person(world: World, number: int) -> str:
    persons = world.persons
    return persons[number % len(persons)]


def marking_of(label: int, number: int, persons: list[str]) -> dict[str, Any]:
    """One of the markings that occur."""
    caveats = [[], ["ORIGINATOR CONTROL"], ["CHATHAM HOUSE RULE"], []][number % 4]
    choices = (
        ("CLEAR", [["everyone"]]),
        ("GREEN", [["community"]]),
        ("AMBER", [["group:sahel"]]),
        ("AMBER", [["group:lakes", "org:aa"]]),
        ("AMBER+STRICT", [["org:bb"]]),
        ("AMBER+STRICT", [["group:sahel"], ["org:aa", "org:cc"]]),
        ("RED", [[f"person:{persons[number % len(persons)]}"]]),
        ("RED", []),
    )
    tlp, audience = choices[label % len(choices)]
    return {"tlp": tlp, "caveats": caveats, "audience": audience}


def _note(world: World, number: int, who: int, label: int, other: int, bits: int, **more: Any) -> None:
    marking = more.pop("marking", None) or marking_of(label, bits, world.persons)
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
    world.made(making.make(world.visit(_person(world, who)), given).id)


def _target(world: World, number: int) -> Statement:
    statements = world.statements()
    if not statements:
        raise NotFound("nothing there yet", where="", remedy="")
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


def _attach(world: World, number: int, who: int, label: int, other: int, bits: int) -> None:
    """Somebody brings a file and, mostly, cites it."""
    author, content = _person(world, who), f"File {canary(number)}".encode()
    id = files.put(world.visit(author), "", "text/plain", content)
    with world.node.store.reading() as reader:
        kept = reader.file(id)
    world.note(kept.recorded_at, Kept(id, content, kept.organisation, kept.person))
    if bits % 4:
        cited = {"type": "attachment", "reference": id, "reliability": "B", "credibility": "2"}
        _note(world, number, who, label, other, bits, evidence=[cited])


def _draft(world: World, number: int, who: int, label: int, other: int, bits: int) -> None:
    person, form = _person(world, who), f"compose:place:{PLACES[bits % 2]}"
    drafts.save(world.visit(person), form, {"text": [f"Draft {canary(number)}"]})
    world.note(world.clock.at, Typed(person, form, f"Draft {canary(number)}"))


def _recall(world: World, number: int, who: int, label: int, other: int, bits: int) -> None:
    old = _target(world, other)
    world.made(whoever_may(world, lambda visit: making.recall(visit, old.id, f"Reason {canary(number)}")).id)


def _propose(world: World, number: int, who: int, label: int, other: int, bits: int) -> None:
    """A less restricted text is drafted from one or two restricted notes."""
    restricted = [one for one in world.statements() if one.kind == "note" and one.marking.tlp.rank > TLP.GREEN.rank]
    if not restricted:
        raise NotFound("nothing restricted yet", where="", remedy="")
    sources = list({restricted[index % len(restricted)].id for index in ((other, other + 1) if bits % 3 else (other,))})
    given = {
        "title": f"Released {canary(number)}",
        "text": f"Released words {canary(number)} common",
        "subject": f"place:{PLACES[bits % 2]}",
        "marking": marking_of(label % 2, 0, world.persons),
        "attribution": ["organisation", "non-attributed"][bits % 2],
        "reason": f"Reason {canary(number)}r",
    }
    world.made(whoever_may(world, lambda visit: proposing.propose(visit, sources, given)).id)


def _proposals(world: World) -> list[Statement]:
    return [one for one in world.statements() if isinstance(one.body, Proposal)]


def _approve(world: World, number: int, who: int, label: int, other: int, bits: int) -> None:
    """Whoever may approve some source of some proposal does."""
    for proposal in _proposals(world)[::-1]:
        for source in proposal.derived_from:
            try:
                made = whoever_may(
                    world,
                    lambda visit, p=proposal, s=source: releasing.approve(visit, p.id, s, f"Yes {canary(number)}"),
                )
            except TocsinError:
                continue
            return world.made(made.id)
    raise NotFound("nothing to approve", where="", remedy="")


def _release(world: World, number: int, who: int, label: int, other: int, bits: int) -> None:
    """What is ready goes out."""
    for proposal in _proposals(world):
        try:
            out = whoever_may(world, lambda visit, p=proposal: releasing.release(visit, p.id))
        except TocsinError:
            continue
        with world.node.store.reading() as reader:
            (link,) = reader.links_to([out.id], "about")
        return world.made(out.id, link.source.id)
    raise NotFound("nothing to release", where="", remedy="")


def _join(world: World, number: int, who: int, label: int, other: int, bits: int) -> None:
    later = world.clock() + (bits % 3 == 0) * 100 * SECOND
    group, organisation = GROUPS[who % 2], ORGANISATIONS[label % 3]
    with world.node.store.reading() as reader:
        known = reader.register.groups[group]
    if organisation in known.members(later) or organisation in known.expected(world.clock()):
        raise NotFound("a member already", where="", remedy="")
    world.enter(MemberJoined(group=group, organisation=organisation, since=later))


def _member(world: World, who: int, label: int) -> tuple[str, str]:
    group, organisation = GROUPS[who % 2], ORGANISATIONS[label % 3]
    with world.node.store.reading() as reader:
        if organisation not in reader.register.groups[group].members(world.clock()):
            raise NotFound("no member", where="", remedy="")
    return group, organisation


def _leave(world: World, number: int, who: int, label: int, other: int, bits: int) -> None:
    group, organisation = _member(world, who, label)
    world.enter(MemberLeft(group=group, organisation=organisation, until=world.clock()))


def _back_fill(world: World, number: int, who: int, label: int, other: int, bits: int) -> None:
    group, organisation = _member(world, who, label)
    world.enter(BackFilled(group=group, organisation=organisation, opened=world.clock() - (bits % 8) * SECOND))


def _close(world: World, number: int, who: int, label: int, other: int, bits: int) -> None:
    change = {"active": False} if bits % 4 == 0 else {"affiliation": Affiliation.CLIENT}
    world.enter(PersonChanged(id=_person(world, who), **change))


def _convene(world: World, number: int, who: int, label: int, other: int, bits: int) -> None:
    # A round itself is attributed; what is opened in it carries the caveat of the Chatham House Rule where it must.
    marking = marking_of(label, bits, world.persons)
    rounds.convene(world, number, marking | {"caveats": marking["caveats"] if bits % 4 == 1 else []}, bits)


def _answer(world: World, number: int, who: int, label: int, other: int, bits: int) -> None:
    rounds.answer(world, number, other, bits)


def _step(world: World, number: int, who: int, label: int, other: int, bits: int) -> None:
    rounds.step(world, number, other, bits)


def _by(act: Callable[..., None]) -> Callable[..., None]:
    """Something that a person states under one of the markings."""

    def happens(world: World, number: int, who: int, label: int, other: int, bits: int) -> None:
        marking = marking_of(label, bits, world.persons)
        act(world, number, _person(world, who), marking | {"caveats": []}, bits)

    return happens


def _reply(world: World, number: int, who: int, label: int, other: int, bits: int) -> None:
    rounds.reply(world, number, _person(world, who), other, bits)


def _go_on(world: World, number: int, who: int, label: int, other: int, bits: int) -> None:
    triggers.go_on(world, number, other, bits)


def _light(world: World, number: int, who: int, label: int, other: int, bits: int) -> None:
    triggers.light(world, number, other, bits)


def _move(world: World, number: int, who: int, label: int, other: int, bits: int) -> None:
    foreseen.move(world, number, other, bits)


HAPPENINGS = {
    "note": _note,
    "supersede": _supersede,
    "derive": _derive,
    "comment": _comment,
    "attach": _attach,
    "draft": _draft,
    "recall": _recall,
    "propose": _propose,
    "approve": _approve,
    "release": _release,
    "join": _join,
    "leave": _leave,
    "back-fill": _back_fill,
    "close": _close,
    "convene": _convene,
    "answer": _answer,
    "step": _step,
    "assess": _by(rounds.assess),
    "contribute": _by(rounds.contribute),
    "request": _by(rounds.request),
    "reply": _reply,
    "foresee": _by(foreseen.foresee),
    "equip": _by(foreseen.equip),
    "move": _move,
    "agree": _by(triggers.agree),
    "go on": _go_on,
    "imagine": _by(triggers.imagine),
    "light": _light,
}
STEPS = (
    "note",
    "note",
    "note",
    *HAPPENINGS,
    "propose",
    "approve",
    "release",
    "convene",
    "answer",
    "step",
    "step",
    "go on",
    "go on",
)
