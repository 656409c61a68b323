import json

import pytest
from benchmarks.kill import Lost, acknowledgements, trial
from benchmarks.kill_rounds import CONVENOR, PARTICIPANTS, RoundTrial, _answer, _convene, opened, whole

from tocsin.core.statement import Attribution
from tocsin.desk.node import open_node
from tocsin.desk.rounds import registering


class Steady:
    """Dice that always fall alike."""

    def uniform(self, low, high):
        return 0.0

    def random(self):
        return 0.25

    def choice(self, among):
        return among[0]


@pytest.fixture
def one():
    with trial("sqlite", 5, RoundTrial) as one:
        yield one


@pytest.fixture
def node(one):
    node = open_node(one.settings)
    yield node
    node.store.close()


def answered(node):
    """A round in its first stage in which two have answered: what was acknowledged."""
    _convene(node, Steady())
    _convene(node, Steady())
    return [_answer(node, person, Steady()) for person in PARTICIPANTS[:2]]


def test_participants_that_are_killed_lose_no_estimate_that_was_acknowledged_to_them(one):
    one.run(3)
    # On a machine so busy that nobody came to answer, a few more.
    for _ in range(30):
        if not any("given" in line for line in one.acknowledged):
            one.run(1)
    assert any("given" in line for line in one.acknowledged)


def test_an_estimate_that_was_acknowledged_and_is_gone_would_be_noticed(one, node):
    _, told = answered(node)
    acknowledgements(one.settings, 1).write_text(json.dumps({**told, "id": "0" * 64}) + "\n")
    with pytest.raises(Lost, match="gone"):
        one._check()


def test_an_estimate_that_opens_to_something_else_would_be_noticed(one, node):
    _, told = answered(node)
    acknowledgements(one.settings, 1).write_text(json.dumps(told) + "\n")
    one._check()
    other = told["given"] | {"best": 0.26}
    acknowledgements(one.settings, 2).write_text(json.dumps({**told, "given": other}) + "\n")
    with pytest.raises(Lost, match="opens to"):
        one._check()


def test_a_stage_that_was_opened_by_halves_would_be_noticed(one, node):
    answered(node)
    visit = node.visit(CONVENOR, "kill")
    id = (one.settings.home / "round").read_text()
    with node.store.reading() as reader:
        whole(reader, id)
    step = {"kind": "step", "step": "share"}
    with node.store.writing() as writer:
        head = writer.find([id])[id]
        writer.add(
            registering.stated(
                visit,
                "convenor",
                body=step,
                about=id,
                attribution=Attribution.ORGANISATION,
                marking=head.marking,
            )
        )
    with node.store.reading() as reader, pytest.raises(Lost, match="opened"):
        whole(reader, id)


def test_an_envelope_opens_to_what_was_sent(node):
    first, _ = answered(node)
    with node.store.reading() as reader:
        assert opened(reader, first["id"]) == first["given"]
