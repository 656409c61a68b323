"""As ``benchmarks.kill``, in rounds: no sealed estimate that was acknowledged is lost, no stage is opened by halves.

    python -m benchmarks.kill_rounds [--kills 200] [--database sqlite|postgresql|both] [--seed 1]

A convenor takes round after round from its registration to its end while three participants seal estimates in it; all
four are killed at random moments. A participant writes down what it sealed when ``estimate`` has returned, and the
convenor each step. After every kill what was acknowledged must be in the store, and each envelope must open to exactly
what was sent. After every 25, and at the end, every round must be whole: a stage that was closed has opened precisely
the last that each participant sealed in it, and one that was not has opened nothing.
"""

from __future__ import annotations

import json
import os
import random
import secrets
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import select
from tests.postgresql import Server

from benchmarks.kill import WRITERS, Lost, Trial, again, main
from tocsin.core.convening import Envelope, Estimate, Result, Stage
from tocsin.core.errors import NotFound, StatementError
from tocsin.core.instant import moment
from tocsin.core.register import GroupAdded, MemberJoined, OrganisationAdded, PersonAdded
from tocsin.core.seeing import Role
from tocsin.core.settings import Settings
from tocsin.desk.node import Node, clock, open_node
from tocsin.desk.rounds import answering, case, registering, showing
from tocsin.store import tables
from tocsin.store.reading import Reader

CONVENOR, PARTICIPANTS = "con", tuple(f"p{number}" for number in range(1, WRITERS))
QUESTIONS = ("onset", "spread", "end")
ONWARD = {Stage.REGISTERED: "open", Stage.FIRST: "share", Stage.SECOND: "pool", Stage.CLOSING: "finish"}
OPENS = {"share": "first", "pool": "second"}
LONGEST_STAGE = 0.4
"""Seconds that a stage lasts at most."""


class RoundTrial(Trial):
    """One run in rounds on one kind of database."""

    def __init__(self, settings: Settings, dice: random.Random, server: Server | None = None) -> None:
        super().__init__(settings, dice, server)
        node = open_node(settings)
        people = {CONVENOR: Role.CONVENOR} | dict.fromkeys(PARTICIPANTS, Role.ANALYST)
        with node.store.writing() as writer:
            writer.enter(OrganisationAdded(id="aa", name="Organisation aa"), None)
            for id, role in people.items():
                writer.enter(PersonAdded(id=id, name=id, organisation="aa", roles=frozenset({role})), None)
            writer.enter(GroupAdded(id="basin", name="Basin", keeper="aa"), None)
            writer.enter(MemberJoined(group="basin", organisation="aa", since=clock()), None)
        node.store.close()
        self.works = work

    def _find(self, ids: list[str]) -> None:
        """Whether everything that these lines acknowledge is there, and opens to what was sent."""
        lines = [json.loads(one) for one in ids]
        with self._opened() as store, store.reading() as reader:
            heads = reader.find(line["id"] for line in lines)
            if missing := [line for line in lines if line["id"] not in heads]:
                raise Lost(f"{len(missing)} acknowledged answers and steps are gone: {missing[:3]}")
            words = reader.statements(heads.values())
            for line in lines:
                body = words[line["id"]][1].body
                if isinstance(body, Envelope) and (found := opened(reader, line["id"])) != line["given"]:
                    raise Lost(f"an envelope opens to {found}, and {line['given']} was sent")

    def _examine(self) -> None:
        super()._examine()
        with self._opened() as store, store.reading() as reader:
            rounds = select(tables.statement.c.id).where(tables.statement.c.kind == "round")
            for id in reader.connection.execute(rounds).scalars().all():
                whole(reader, id)


def opened(reader: Reader, id: str) -> dict[str, Any]:
    """What is in an envelope."""
    head = reader.find([id])[id]
    stated = reader.statements([head])[id][1]
    assert isinstance(stated.body, Envelope)
    bound = case.context(
        stated.subject.id, stated.body.stage, stated.body.question, head.organisation, head.person or ""
    )
    found: dict[str, Any] = json.loads(reader.store.seal.open(bound, stated.body.sealed))
    return found


def whole(reader: Reader, id: str) -> None:
    """Whether a round has opened exactly what its steps say.

    Errors: Lost says what is missing, or there too early.
    """
    found = case.read(reader, reader.find([id])[id])
    taken = [body.step for _, body in found.steps]
    if len(set(taken)) < len(taken):
        raise Lost(f"the round {id} took a step twice: {taken}")
    about = [link.source for link in reader.links_to([id], "about")]
    stated = {head.id: (head, words[1]) for head, words in zip(about, reader.statements(about).values(), strict=True)}
    for step, stage in OPENS.items():
        wanted = {}
        for one in case.counting(case.sent(reader, found, stage)) if step in taken else ():
            wanted[one.head.person, one.body.question] = opened(reader, one.head.id)
        there = {
            (head.person, made.body.question): json.loads(made.body.given.model_dump_json())
            for head, made in stated.values()
            if isinstance(made.body, Estimate) and made.body.stage == stage
        }
        if there != wanted:
            raise Lost(f"the stage {stage!r} of the round {id} opened {there}, and {wanted} was sealed in it")
    results = sum(isinstance(made.body, Result) for _, made in stated.values())
    if results != (len(QUESTIONS) if "finish" in taken else 0):
        raise Lost(f"the round {id} took the steps {taken} and has {results} results")


def work(settings: Settings, number: int) -> None:
    """Convene, or answer, for ever."""
    dice = random.Random(secrets.randbits(64))
    node: Node | None = None

    def once(out: int) -> None:
        nonlocal node
        node = node or open_node(settings)
        try:
            told = _convene(node, dice) if number == 0 else _answer(node, PARTICIPANTS[number - 1], dice)
        except (NotFound, StatementError):
            time.sleep(0.002)  # no round yet, or its stage is just over
        else:
            os.write(out, json.dumps(told).encode() + b"\n")

    again(settings, number, once)


def _current(settings: Settings) -> Path:
    """Where the convenor writes down which round is on."""
    return settings.home / "round"


def _convene(node: Node, dice: random.Random) -> Mapping[str, Any]:
    visit, file = node.visit(CONVENOR, "kill"), _current(node.settings)
    stage = showing.told(visit, file.read_text()).stage if file.exists() else Stage.FINISHED
    if stage in ONWARD:
        time.sleep(dice.uniform(0, LONGEST_STAGE))
        return {"id": registering.step(visit, file.read_text(), ONWARD[stage]).id}
    ends = {
        f"{name}_until": moment(clock() + days * 86_400_000_000)
        for days, name in enumerate(("first", "second", "closing"), 1)
    }
    question = {
        "answer": "probability",
        "text": "Will it?",
        "outcome": "an onset",
        "horizon": "2027",
        "criteria": "Listed.",
        "examples": ["An older one does not count."],
    }
    body = {
        "title": "Outlook",
        "purpose": "A common picture.",
        "questions": [question | {"key": key} for key in QUESTIONS],
        "invitations": [{"organisation": "aa", "role": "analyst"}],
        "attributed": "named",
        **ends,
    }
    marking = {"tlp": "AMBER", "audience": [["group:basin"]]}
    made = registering.register(visit, {"body": body, "subject": "place:SDN", "marking": marking})
    new = file.with_name("round.new")
    new.write_text(made.id)
    new.replace(file)
    return {"id": made.id}


def _answer(node: Node, person: str, dice: random.Random) -> Mapping[str, Any]:
    visit, file = node.visit(person, "kill"), _current(node.settings)
    if not file.exists():
        raise NotFound("no round yet", where=str(file), remedy="Wait")
    id = file.read_text()
    if showing.told(visit, id).declared is None:
        answering.declare(visit, id, False)
    best = dice.random()
    given = {"lowest": best / 2, "best": best, "highest": (1 + best) / 2, "confidence": 0.8}
    given["reason"] = secrets.token_hex(dice.choice((4, 200, 2000)))
    return {"id": answering.estimate(visit, id, dice.choice(QUESTIONS), given).id, "given": given}


if __name__ == "__main__":
    main(RoundTrial, "a convenor and three participants", __doc__)
