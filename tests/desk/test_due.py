from __future__ import annotations

import pytest
from tests.account_team import Clock
from tests.round_team import ANALYSTS, CONVENOR, DAY, answer, begun, by, opened, wanted

from tocsin.desk.due import due
from tocsin.desk.rounds import registering


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def node(tmp_path, clock):
    node = opened(tmp_path, clock)
    yield node
    node.store.close()


def test_a_question_waits_until_it_is_answered_or_its_stage_is_over(node, clock):
    id = begun(node, clock)
    (waiting,) = due(by(node, "bb-one"))
    assert (waiting.id, waiting.what) == (id, "1 question awaits your estimate")
    answer(node, id, {"bb-one": 0.1})
    assert due(by(node, "bb-one")) == ()
    clock.turn(DAY + 1)
    assert due(by(node, "cc-one")) == ()
    (over,) = due(by(node, CONVENOR))
    assert over.what == "the stage is over; take the round a step on"


def test_what_closes_first_is_first_and_what_is_not_open_waits_for_its_convenor_alone(node, clock):
    shut = registering.register(by(node, CONVENOR), wanted(clock)).id
    clock.turn(60)
    begun_ = begun(node, clock)
    # Who convenes is an analyst too, and invited.
    assert [one.id for one in due(by(node, CONVENOR))] == [begun_, shut]
    assert all([one.id for one in due(by(node, person))] == [begun_] for person in ANALYSTS)
