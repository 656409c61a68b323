from __future__ import annotations

import pytest

from tocsin.core.convening import Stage
from tocsin.core.settings import Settings
from tocsin.desk import views
from tocsin.desk.exercise import furnish
from tocsin.desk.node import open_node
from tocsin.desk.playing import reason, scripts
from tocsin.desk.rounds import answering, registering, showing


@pytest.fixture
def node(tmp_path):
    node = open_node(Settings(home=tmp_path), exercise=True)
    furnish(node)
    yield node
    node.store.close()


def test_one_person_runs_the_round_of_the_exercise_from_end_to_end(node):
    me = node.local("cli")
    (waiting,) = showing.listed(me)
    assert waiting.stage is Stage.REGISTERED
    id = waiting.view.id
    registering.step(me, id, "open")
    # Five of six: the count goes up by threes.
    assert showing.told(me, id).answered == 3
    answering.declare(me, id, False)
    estimates = {"killing": (0.01, 0.04, 0.1), "displaced": (100, 150, 300), "access": (1, 2, 3)}
    for key, (low, best, high) in estimates.items():
        given = {"lowest": low, "best": best, "highest": high, "confidence": 0.8, "reason": "My own reading."}
        answering.estimate(me, id, key, given)
    registering.step(me, id, "share")
    shared = showing.told(me, id)
    assert [len(put.first) for put in shared.put] == [6, 6, 6]
    registering.step(me, id, "pool")
    closing = showing.told(me, id)
    assert len(closing.advice) == 4
    registering.step(me, id, "finish")
    done = showing.told(me, id)
    assert done.stage is Stage.FINISHED
    assert all(put.result is not None for put in done.put)
    assert [one.text[:21] for one in done.put[0].result.dissents] == ["The result is too low"]
    assert all("EXERCISE" in view.head.marking.caveats for view in views.every(me))


def test_a_script_answers_only_in_an_exercise_and_only_for_its_own_people(node):
    with node.store.reading() as reader:
        known = reader.register.persons
    assert set(scripts()) <= set(known)
    assert all("(fictional)" in known[person].name for person in scripts())


def test_every_script_has_a_reason_of_its_own_for_every_question(node):
    (waiting,) = showing.listed(node.local("cli"))
    asked = waiting.round.questions
    for stage in ("first", "second"):
        said = [reason(question, script[stage]) for script in scripts().values() for question in asked]
        assert len(set(said)) == len(said) == 15
        for script in scripts().values():
            other = asked[0].model_copy(update={"key": "of-another-round"})
            assert reason(other, script[stage]) == script[stage]["other"]
