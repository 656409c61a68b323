"""A round that is not attributed, played twice: in the second world two participants have said each other's words.

Whoever sees a difference between the two worlds can tell who said what. Chance is taken out of both: where the node
shuffles, here the order is that of the words, so that one order can be held against the other.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tests.leak.worlds import SECOND, START, World, empty
from tests.round_team import QUESTION
from tocsin.core.convening import Estimate
from tocsin.core.errors import StatementError, TocsinError
from tocsin.core.instant import moment
from tocsin.core.register import GroupAdded, MemberJoined, OrganisationAdded, PersonAdded
from tocsin.core.seeing import Role
from tocsin.core.statement import Statement
from tocsin.desk import making, views
from tocsin.desk.rounds import answering, registering, showing

EVERYTHING = frozenset(Role)
SPEAKS = frozenset({Role.READER, Role.ANALYST, Role.DESK_OFFICER})
# con convenes; sam could as well, and is steward; bst is the steward of another organisation; red only reads.
PEOPLE = {
    "con": ("aa", SPEAKS | {Role.CONVENOR}),
    "sam": ("aa", EVERYTHING),
    "aon": ("aa", SPEAKS),
    "bon": ("bb", SPEAKS),
    "btw": ("bb", SPEAKS),
    "bth": ("bb", SPEAKS),
    "bst": ("bb", EVERYTHING),
    "cin": ("cc", SPEAKS),
    "red": ("cc", frozenset({Role.READER})),
}
APART = ("btw", "cin")
"""Two of different organisations."""

TOGETHER = ("bon", "btw")
"""Two of one organisation: here it can change places too which questions they answered."""

INVITED = {
    (3, APART): ("aon", "btw", "cin"),
    (4, APART): ("aon", "bon", "btw", "cin"),
    (6, APART): ("aon", "bon", "bth", "btw", "cin", "bst"),
    (3, TOGETHER): ("aon", "bon", "btw"),
    (4, TOGETHER): ("aon", "bon", "btw", "cin"),
    (6, TOGETHER): ("aon", "bon", "bth", "btw", "cin", "bst"),
}
"""Who takes part, by how many they are and by whose words are exchanged."""

QUESTIONS = (QUESTION, QUESTION | {"key": "spread", "text": "Will it reach a neighbour?"})


@dataclass(frozen=True)
class Script:
    """What somebody says in a round, and which of their habits go with it."""

    number: int
    skips: bool = False
    changes: bool = False
    takes_back: bool = False
    late: bool = False
    recommends: str = ""
    dissents: str = ""
    votes: str = "support"
    recalls: bool = False

    def given(self, stage: int, place: int) -> dict[str, Any]:
        """An estimate; the confidence is a habit of whoever this is."""
        best = 0.01 + 0.02 * self.number + 0.003 * stage + 0.0005 * place
        reason = f"Reason {'abcdefgh'[self.number]} of {stage} for {place}."
        sure = 0.6 + 0.03 * self.number
        return {"lowest": best / 2, "best": best, "highest": best * 2, "confidence": sure, "reason": reason}


FIRST = Script(0, skips=True, changes=True, late=True, recommends="Send an envoy.", votes="oppose", recalls=True)
SECOND_SCRIPT = Script(1, takes_back=True, dissents="It is far likelier.", votes="support")


@dataclass
class Played:
    """A world in which a round was played, and what its identities stand for."""

    world: World
    id: str
    labels: dict[str, str] = field(default_factory=dict)

    def known_to(self, person: str) -> World:
        """The world with the statements alone that somebody may see: whoever asks names no others."""
        seen = self.world.seen_by(person)
        kept = [one for one in self.world.record if not isinstance(one[2], Statement) or one[2].id in seen]
        return replace(self.world, record=kept)

    @property
    def opened(self) -> list[str]:
        """Everything that was opened, and the round."""
        kinds = ("estimate", "dissent", "recommendation", "result", "step", "round")
        return [one.id for one in self.world.statements() if one.kind in kinds]


def play(folder: Path, template: Path, k: int, pair: tuple[str, str], *, exchanged: bool) -> Played:
    """A round from its registration to its end, and somewhat beyond."""
    world = empty(folder, template)
    _people(world)
    invited = INVITED[k, pair]
    one, other = reversed(pair) if exchanged else pair
    scripts = {person: Script(2 + number) for number, person in enumerate(invited)}
    first = FIRST if pair == TOGETHER else replace(FIRST, skips=False)
    scripts |= {one: first, other: SECOND_SCRIPT}
    id = _registered(world, invited)
    for number, person in enumerate(invited):
        _at(world, 10 + 10 * number)
        # An interest stays with the person, whatever they say: the convenor knows by name who has one.
        answering.declare(world.visit(person), id, person == pair[0], "I worked there." if person == pair[0] else "")
    for stage, until, step in ((1, 1000, "share"), (2, 2000, "pool")):
        _answers(world, id, scripts, stage, until - 900)
        _at(world, until + 1)
        for person, script in scripts.items():
            if script.late:
                _too_late(world, id, person, script.given(stage, 0))
        _at(world, until + 2)
        registering.step(world.visit("con"), id, step)
        _reads(world, id, until + 10)
    _closes(world, id, scripts)
    _reads(world, id, 3010)
    _recalls(world, scripts)
    world.caught_up()
    _at(world, 4000)
    return Played(world, id, _labels(world))


def _at(world: World, seconds: int) -> None:
    world.clock.at = START + seconds * SECOND


def _too_late(world: World, id: str, person: str, given: dict[str, Any]) -> None:
    try:
        answering.estimate(world.visit(person), id, "onset", given)
    except StatementError:
        return
    raise AssertionError("it was taken")


def _people(world: World) -> None:
    for id in ("aa", "bb", "cc"):
        world.enter(OrganisationAdded(id=id, name=f"Organisation {id}"))
    for id, (organisation, roles) in PEOPLE.items():
        world.enter(PersonAdded(id=id, name=f"Name {id}", organisation=organisation, roles=roles))
    for group in ("sahel", "lakes"):
        world.enter(GroupAdded(id=group, name=f"Group {group}", keeper="aa"))
    for group, id in (("sahel", "aa"), ("sahel", "bb"), ("sahel", "cc"), ("lakes", "aa"), ("lakes", "bb")):
        world.enter(MemberJoined(group=group, organisation=id, since=world.clock()))


def _registered(world: World, invited: tuple[str, ...]) -> str:
    visit = world.visit("con")
    ends = (("first_until", 1000), ("second_until", 2000), ("closing_until", 3000))
    whole = sorted({PEOPLE[person][0] for person in invited})
    body = {
        "title": "Outlook",
        "purpose": "A common picture.",
        "questions": QUESTIONS,
        "invitations": [
            {"organisation": one, "persons": [person for person in invited if PEOPLE[person][0] == one]}
            for one in whole
        ],
        "attributed": "non-attributed",
        **{name: moment(START + at * SECOND) for name, at in ends},
    }
    marking = {"tlp": "AMBER", "audience": [["group:sahel"]]}
    id = registering.register(visit, {"body": body, "subject": "place:SDN", "marking": marking}).id
    registering.step(visit, id, "open")
    return id


def _answers(world: World, id: str, scripts: dict[str, Script], stage: int, start: int) -> None:
    for number, (person, script) in enumerate(sorted(scripts.items())):
        visit = world.visit(person)
        _at(world, start + 60 * number)
        for place, question in enumerate(QUESTIONS):
            if not (script.skips and place):
                answering.estimate(visit, id, question["key"], script.given(stage, place))
        _at(world, start + 60 * number + 30)
        if script.changes:
            answering.estimate(visit, id, "onset", script.given(stage, 0))
        if script.takes_back:
            answering.take_back(visit, id, "onset")
            answering.estimate(visit, id, "onset", script.given(stage, 0))
        if stage == 2:
            wishes = [script.recommends] if script.recommends else []
            answering.wish(visit, id, {"recommendations": wishes})


def _closes(world: World, id: str, scripts: dict[str, Script]) -> None:
    for number, (person, script) in enumerate(sorted(scripts.items())):
        _at(world, 2100 + 60 * number)
        visit = world.visit(person)
        advice = [one.view.id for one in showing.told(visit, id).advice]
        dissents = {"onset": script.dissents} if script.dissents else {}
        answering.close(visit, id, {"dissents": dissents, "support": dict.fromkeys(advice, script.votes)})
    _at(world, 3002)
    registering.step(world.visit("con"), id, "finish")


def _reads(world: World, id: str, start: int) -> None:
    """Everybody looks when and at what they like; who it is decides, not what they said."""
    for number, person in enumerate(PEOPLE):
        visit = world.visit(person)
        _at(world, start + 7 * number)
        found = showing.told(visit, id)
        opened = sorted(
            (one for put in found.put for one in (*put.first, *put.second)), key=lambda one: one.given.reason
        )
        for one in opened[number % 3 :: 2]:
            world.clock.at += SECOND
            views.statement(visit, one.view.id)
        if number % 2:
            views.current(visit, limit=3)


def _recalls(world: World, scripts: dict[str, Script]) -> None:
    """Somebody withdraws an estimate, by an identity noted earlier: who reads just before that would tell."""
    _at(world, 3500)
    world.caught_up()
    given = {one.id: one.body.given for one in world.statements() if isinstance(one.body, Estimate)}
    for person, script in scripts.items():
        if script.recalls:
            best = script.given(1, 0)["best"]
            (mine,) = [id for id, one in given.items() if one.best == best]
            making.recall(world.visit(person), mine, "I was mistaken.")


def _labels(world: World) -> dict[str, str]:
    """What every identity stands for, in words that are the same in both worlds."""
    found: dict[str, str] = {}
    said: Counter[tuple[str, str | None]] = Counter()
    for one in world.statements():
        whose = one.kind, one.author.person
        found[one.id] = _label(one, said[whose], found)
        said[whose] += 1
    return found


def _label(one: Statement, number: int, known: dict[str, str]) -> str:
    """number: how many of this kind its author had made before."""
    body = json.loads(one.body.model_dump_json())
    match one.kind:
        case "estimate":
            return f"<estimate {body['stage']} {body['question']} {body['given']['reason']}>"
        case "dissent" | "recommendation":
            return f"<{one.kind} {body['text']}>"
        case "step":
            return f"<step {body['step']}>"
        case "result":
            return f"<result {body['question']['key']}>"
        case "recall":
            return f"<recall of {known.get(one.subject.id, 'something')}>"
        case "envelope" | "declaration":
            return f"<{one.kind} {number} of {one.author.person}>"
        case _:
            return f"<{one.kind}>"


INSTANT = len(str(START))
"""Digits of an instant, which is no digest."""


class Transcript:
    """Everything that somebody was told, with identities by what they stand for, and other digests by when they came.

    A digest that comes again keeps its number, so that what can be joined in one world can be joined here.
    """

    def __init__(self, played: Played) -> None:
        self._labels = {id[:11]: label for id, label in played.labels.items()}
        self._met: dict[str, str] = {}
        self.told: list[tuple[str, str]] = []

    def add(self, asked: str, answer: str) -> None:
        """One question with its answer."""
        self.told.append((self._plain(asked), self._plain(answer)))

    def _plain(self, text: str) -> str:
        text = re.sub(r"[A-Za-z0-9+/]{200,}={0,2}|'csrf': '[^']*'", "<drawn anew>", text)
        return re.sub(r"(?<![0-9a-z])[0-9a-f]{11,64}(?![0-9a-z])", self._named, text)

    def _named(self, found: re.Match[str]) -> str:
        token = found[0]
        if label := self._labels.get(token[:11]):
            return label
        if token.isdigit() and len(token) == INSTANT:
            return token
        return self._met.setdefault(token, f"<digest {len(self._met)}>")


def differing(one: Transcript, other: Transcript) -> Iterator[tuple[str, str, str]]:
    """Every question to which the answers differ, with both.

    Of an answer to what somebody sends, the order of the words does not count: the sources of what is derived come in
    the order of identities, which are drawn by chance.
    """
    assert len(one.told) == len(other.told)
    for (asked, here), (again, there) in zip(one.told, other.told, strict=True):
        same = here == there or (asked[:3] != "GET" and sorted(_words(here)) == sorted(_words(there)))
        if asked != again or not same:
            yield asked, here, there


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def attempt(act: Any) -> str:
    """What comes of something: that it was done, or why not."""
    try:
        return f"done {act()}"
    except TocsinError as error:
        return f"{type(error).__name__} {error}"
