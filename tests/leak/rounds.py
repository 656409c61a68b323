"""What can happen around rounds, assessments and field input in a leak world."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import Any

from tests import assessments
from tests.leak.worlds import ORGANISATIONS, PLACES, SECOND, START, Sent, World
from tests.round_team import QUESTION
from tocsin.core.convening import Round, Stage
from tocsin.core.errors import NotFound, TocsinError
from tocsin.core.fielding import Contribution
from tocsin.core.instant import moment
from tocsin.core.statement import Statement
from tocsin.desk import making
from tocsin.desk.rounds import answering, registering, showing

QUESTIONS = (QUESTION, QUESTION | {"key": "spread", "text": "Will it reach a neighbour?"})
ONWARD = {Stage.REGISTERED: "open", Stage.FIRST: "share", Stage.SECOND: "pool", Stage.CLOSING: "finish"}

Act = Callable[[Any], Any]


def canary(number: int, index: int = 0) -> str:
    """A word that occurs in what one person says in one step of a plan, and nowhere else."""
    return f"canary{1000 + 10 * number + index}x"


def convene(world: World, number: int, marking: dict[str, Any], bits: int) -> None:
    """A round is registered by whoever may, for all organisations of which somebody could answer, and opened."""
    soon = world.clock() + 2 * SECOND if bits % 8 == 7 else START + 1000 * SECOND
    ends = {name: START + at * SECOND for name, at in (("second_until", 2000), ("closing_until", 3000))}
    body = {
        "title": f"Round {canary(number)}",
        "purpose": f"Words {canary(number)} common",
        "questions": QUESTIONS[: 1 + bits % 2],
        "attributed": ["named", "organisation", "non-attributed"][bits % 3],
        **{name: moment(at) for name, at in {"first_until": soon, **ends}.items()},
    }
    for size in (3, 2, 1):
        for invited in combinations(ORGANISATIONS, size):
            body["invitations"] = [{"organisation": one} for one in invited]
            given = {"body": body, "subject": f"place:{PLACES[bits % 2]}", "marking": marking}
            try:
                id = whoever_may(world, lambda visit, given=given: registering.register(visit, given)).id
            except TocsinError:
                continue
            whoever_may(world, lambda visit, id=id: registering.step(visit, id, "open"))
            return world.caught_up()
    raise NotFound("nobody could answer", where="", remedy="")


def answer(world: World, number: int, other: int, bits: int) -> None:
    """Everybody who is invited answers what the stage of a round asks, some of them not everything."""
    id, done = _round(world, other).id, 0
    for index, person in enumerate(world.persons):
        try:
            _answer(world, id, person, number, index, bits)
        except TocsinError:
            continue
        done += 1
    world.caught_up()
    if not done:
        raise NotFound("nobody could answer", where="", remedy="")


def _answer(world: World, id: str, person: str, number: int, index: int, bits: int) -> None:
    visit, said = world.visit(person), canary(number, index)
    told = showing.told(visit, id)
    if told.declared is None:
        interest = (index + bits) % 4 == 0
        world.note(world.clock.at, Sent(person, "", f"{said} declared"))
        answering.declare(visit, id, interest, f"An interest {said}" if interest else "")
    world.note(world.clock.at, Sent(person, "", said))
    if told.stage is Stage.CLOSING:
        support = {one.view.id: ("support", "oppose", "no view")[(index + bits) % 3] for one in told.advice}
        dissents = {told.put[0].question.key: f"I do not share it {said}"} if (index + bits) % 2 else {}
        answering.close(visit, id, {"dissents": dissents, "support": support})
        return
    for place, put in enumerate(told.put):
        if (index + place + bits) % 5:
            best = 0.01 + 0.013 * index + 0.0007 * number
            given = {"lowest": best / 2, "best": best, "highest": 2 * best, "confidence": 0.8, "reason": f"As {said}"}
            answering.estimate(visit, id, put.question.key, given)
    if told.stage is Stage.SECOND:
        answering.wish(visit, id, {"recommendations": [f"Do {said}"] if (index + bits) % 2 else []})
    if (index + bits) % 7 == 6:
        answering.take_back(visit, id, told.put[0].question.key)


def step(world: World, number: int, other: int, bits: int) -> None:
    """A round goes a step on, or is cancelled; before that the convenor may recommend something."""
    id = _round(world, other).id

    def on(visit: Any) -> None:
        stage = showing.told(visit, id).stage
        if stage not in ONWARD:
            raise NotFound("it is over", where="", remedy="")
        if bits % 4 == 3 and stage in (Stage.FIRST, Stage.SECOND):
            registering.recommend(visit, id, f"The convenor says {canary(number)}")
        if bits % 16 == 15:
            registering.step(visit, id, "cancel", f"Overtaken {canary(number)}")
        else:
            registering.step(visit, id, ONWARD[stage])

    whoever_may(world, on)
    world.caught_up()


def assess(world: World, number: int, person: str, marking: dict[str, Any], bits: int) -> None:
    """Somebody assesses a place."""
    given = assessments.given(
        place=PLACES[bits % 2],
        title=f"Outlook {canary(number)}",
        summary=f"Words {canary(number)} common",
        marking=marking,
        evidence=[
            assessments.item("radio", f"Radio {canary(number)}"),
            assessments.item("field", "Field office", provenance="witness", consent="given"),
        ],
        attribution="non-attributed" if marking["caveats"] else None,
    )
    world.made(making.make(world.visit(person), given).id)


def contribute(world: World, number: int, person: str, marking: dict[str, Any], bits: int) -> None:
    """Somebody passes something on from the field."""
    body = {
        "kind": "contribution",
        "title": f"Seen {canary(number)}",
        "text": f"Words {canary(number)} common",
        "provenance": "witness",
        "consent": ["given", "given for this use only", "not asked"][bits % 3],
        "consent_note": f"For this {canary(number)}",
        "reliability": "B",
        "credibility": "2",
    }
    _make(world, person, body, {"type": "place", "id": PLACES[bits % 2]}, marking)


def request(world: World, number: int, person: str, marking: dict[str, Any], bits: int) -> None:
    """Somebody is going to ask a community."""
    body = {
        "kind": "request",
        "community": f"Herders of the river {canary(number)}",
        "asks": f"Words {canary(number)} common",
        "purpose": "A common picture.",
        "until": f"{moment(START).year + 1}-01-01",
        "instead": "They asked for it." if bits % 2 else "",
    }
    _make(world, person, body, {"type": "place", "id": PLACES[bits % 2]}, marking)


def reply(world: World, number: int, person: str, other: int, bits: int) -> None:
    """A contributor is told what became of what they passed on."""
    found = [one for one in world.statements() if isinstance(one.body, Contribution)]
    if not found:
        raise NotFound("nothing to reply to", where="", remedy="")
    about = found[other % len(found)]
    body = {"kind": "reply", "fate": ["received", "used", "not used"][bits % 3], "text": f"Became {canary(number)}"}
    subject = {"type": "statement", "id": about.id}
    _make(world, person, body, subject, about.marking.model_dump(mode="json"))


def _make(world: World, person: str, body: dict, subject: dict, marking: dict) -> None:
    given = {"body": body, "subject": subject, "marking": marking}
    world.made(making.make(world.visit(person), given).id)


def _round(world: World, other: int) -> Statement:
    rounds = [one for one in world.statements() if isinstance(one.body, Round)]
    if not rounds:
        raise NotFound("no round yet", where="", remedy="")
    return rounds[other % len(rounds)]


def whoever_may(world: World, act: Act) -> Any:
    """The act of the first person who may do it."""
    for person in world.persons:
        try:
            return act(world.visit(person))
        except TocsinError:
            continue
    raise NotFound("nobody may", where="", remedy="")
