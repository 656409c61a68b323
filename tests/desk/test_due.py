from __future__ import annotations

import pytest
from tests.account_team import Clock
from tests.foreseen_team import a_moment
from tests.round_team import ANALYSTS, CONVENOR, DAY, answer, begun, by, opened, wanted

from tocsin.desk.due import due
from tocsin.desk.horizon import calendar
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


def test_a_moment_that_was_moved_is_told_once_to_whoever_sees_it_and_not_for_ever(node, clock):
    made = calendar.put(by(node, "aa-one"), a_moment(when="2027-02-03"))
    clock.turn(DAY)
    first = calendar.move(by(node, "aa-one"), made.id, {"when": "2027-03-03"})
    second = calendar.move(by(node, "aa-one"), first.id, {"when": "2027-04-03"})
    (told,) = due(by(node, "bb-one"))
    assert (told.kind, told.id, told.what) == ("statement", second.id, "moved from 3 February 2027 to 3 April 2027")
    clock.turn(8 * DAY)
    assert due(by(node, "bb-one")) == ()
