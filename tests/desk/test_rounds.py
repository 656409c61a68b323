from __future__ import annotations

import math

import pytest
from tests.account_team import Clock
from tests.round_team import ANALYSTS, CONVENOR, DAY, QUESTION, answer, begun, by, finished, given, opened, wanted

from tocsin.core.convening import Result, Stage
from tocsin.core.errors import AccessError, NotFound, StatementError
from tocsin.core.register import MemberLeft
from tocsin.core.seeing import Role
from tocsin.desk import making, views
from tocsin.desk.rounds import answering, recomputing, registering, showing

FOUR = dict(zip(ANALYSTS, (0.02, 0.05, 0.1, 0.3), strict=True))


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def node(tmp_path, clock, database):
    node = opened(tmp_path, clock, database)
    yield node
    node.store.close()


def test_a_round_goes_from_sealed_estimates_to_a_result_with_its_dissent(node, clock):
    id = begun(node, clock)
    answer(node, id, FOUR)
    registering.step(by(node, CONVENOR), id, "share")
    shared = showing.told(by(node, "bb-one"), id)
    assert shared.stage is Stage.SECOND
    assert [one.given.best for one in shared.put[0].first] == [0.02, 0.05, 0.1, 0.3]
    assert all(one.by == () for one in shared.put[0].first)
    answer(node, id, dict(zip(ANALYSTS, (0.04, 0.06, 0.1, 0.2), strict=True)))
    answering.wish(by(node, "bb-one"), id, {"recommendations": ["Send an envoy."]})
    answering.wish(by(node, "bb-two"), id, {"recommendations": []})
    answering.wish(by(node, "cc-one"), id, {"recommendations": ["Meet again."]})
    registering.step(by(node, CONVENOR), id, "pool")
    closing = showing.told(by(node, "cc-one"), id)
    assert closing.put[0].preliminary.value == pytest.approx(0.08)
    votes = {one.view.id: "support" for one in closing.advice}
    assert len(votes) == 2
    for person in ANALYSTS:
        dissents = {"onset": "It is far likelier."} if person == "cc-one" else {}
        answering.close(by(node, person), id, {"dissents": dissents, "support": votes})
    registering.step(by(node, CONVENOR), id, "finish")
    done = showing.told(by(node, "aa-one"), id)
    body = done.put[0].result.body
    assert isinstance(body, Result)
    assert (body.estimates, body.value) == (4, pytest.approx(0.08))
    assert math.isclose(body.methods["mean log-odds"], 0.0848, rel_tol=1e-2)
    assert [one.text for one in done.put[0].result.dissents] == ["It is far likelier."]
    # All four support both; who would not is a cell of nobody, which would tell what each of them said.
    assert all((one.support.support, one.support.at_least_three) == (None, False) for one in done.advice)


def test_what_one_has_sealed_only_they_can_read(node, clock):
    id = begun(node, clock)
    answer(node, id, FOUR)
    mine = showing.told(by(node, "bb-one"), id)
    assert mine.put[0].mine.best == 0.05
    for person in (CONVENOR, "bb-two", "cc-one"):
        other = showing.told(by(node, person), id)
        assert not any(put.first for put in other.put)
        assert not [one for one in views.every(by(node, person), kind="envelope") if one.person != person]
    # The convenor, an analyst too, has not answered: told one by one, the count would say when each answer came.
    assert showing.told(by(node, CONVENOR), id).answered == 3
    assert mine.answered is None


def test_an_estimate_can_be_changed_and_taken_back_until_its_stage_ends(node, clock):
    id = begun(node, clock)
    answer(node, id, FOUR)
    answering.estimate(by(node, "bb-one"), id, "onset", given(0.07))
    answering.take_back(by(node, "cc-one"), id, "onset")
    registering.step(by(node, CONVENOR), id, "share")
    shared = showing.told(by(node, CONVENOR), id)
    assert [one.given.best for one in shared.put[0].first] == [0.02, 0.07, 0.1]
    assert shared.put[0].flags["first"].withdrawn
    with pytest.raises(NotFound):
        answering.take_back(by(node, "aa-one"), id, "onset")


def test_an_estimate_after_the_end_is_refused_and_flagged(node, clock):
    id = begun(node, clock)
    answer(node, id, dict.fromkeys(ANALYSTS[:3], 0.1))
    clock.turn(DAY + 1)
    with pytest.raises(StatementError, match="came late") as refused:
        answering.estimate(by(node, "cc-one"), id, "onset", given(0.2))
    assert refused.value.field == "stage"
    registering.step(by(node, CONVENOR), id, "share")
    assert showing.told(by(node, CONVENOR), id).put[0].flags["first"].late
    assert len(showing.told(by(node, CONVENOR), id).put[0].first) == 3


@pytest.mark.parametrize(
    ("change", "field", "said"),
    [
        ({"best": 1.2, "highest": 1.3}, "highest", "between 0 and 1"),
        ({"lowest": -0.1}, "lowest", "between 0 and 1"),
        ({"lowest": 0.5, "best": 0.1}, "statement", "not in order"),
        ({"confidence": 0.3}, "confidence", "50 %"),
        ({"reason": " "}, "reason", "empty"),
    ],
)
def test_an_impossible_estimate_is_refused_with_its_place(node, clock, change, field, said):
    id = begun(node, clock)
    with pytest.raises(StatementError, match=said) as refused:
        answering.estimate(by(node, "bb-one"), id, "onset", given(0.2) | change)
    assert refused.value.field == field
    assert showing.told(by(node, "bb-one"), id).put[0].mine is None


def test_fewer_than_three_estimates_stay_sealed_where_nothing_is_attributed(node, clock):
    id = begun(node, clock)
    answer(node, id, {"aa-one": 0.1, "bb-one": 0.2})
    registering.step(by(node, CONVENOR), id, "share")
    shared = showing.told(by(node, "cc-one"), id)
    assert shared.put[0].first == ()
    assert shared.put[0].flags["first"].estimates is None


def test_in_a_named_round_everybody_is_named_and_counted(node, clock):
    id = begun(node, clock, attributed="named")
    answer(node, id, {"aa-one": 0.1, "bb-one": 0.2})
    registering.step(by(node, CONVENOR), id, "share")
    shared = showing.told(by(node, "cc-one"), id)
    assert [one.by for one in shared.put[0].first] == [("aa", "aa-one"), ("bb", "bb-one")]
    assert shared.put[0].flags["first"].estimates == 2


def test_a_majority_from_one_organisation_and_an_interest_are_flagged(node, clock):
    id = begun(node, clock)
    answering.declare(by(node, "bb-two"), id, True, "My sister works for the ministry there.")
    answer(node, id, {"bb-one": 0.1, "bb-two": 0.2, "cc-one": 0.3})
    registering.step(by(node, CONVENOR), id, "share")
    flags = showing.told(by(node, "aa-one"), id).put[0].flags["first"]
    assert (flags.majority, flags.interest, flags.late, flags.withdrawn) == (True, True, False, False)


def test_a_declaration_is_for_the_convenor_alone(node, clock):
    id = begun(node, clock)
    answering.declare(by(node, "bb-two"), id, True, "My sister works there.")
    seen = {
        person: [one.body.text for one in views.every(by(node, person), kind="declaration") if one.body.interest]
        for person in (CONVENOR, "bb-one", "bb-two", "cc-one")
    }
    assert seen == {
        CONVENOR: ["My sister works there."],
        "bb-one": [],
        "bb-two": ["My sister works there."],
        "cc-one": [],
    }


def test_nobody_answers_without_a_declaration_or_an_invitation(node, clock):
    id = registering.register(by(node, CONVENOR), wanted(clock)).id
    registering.step(by(node, CONVENOR), id, "open")
    with pytest.raises(StatementError, match="interest"):
        answering.estimate(by(node, "bb-one"), id, "onset", given(0.2))
    other = registering.register(
        by(node, CONVENOR), wanted(clock, invitations=[{"organisation": "cc", "role": "analyst"}])
    ).id
    registering.step(by(node, CONVENOR), other, "open")
    with pytest.raises(StatementError, match="not invited"):
        answering.declare(by(node, "bb-one"), other, False)


def test_steps_are_taken_in_order_and_by_the_convenor(node, clock):
    id = registering.register(by(node, CONVENOR), wanted(clock)).id
    with pytest.raises(StatementError, match="registered"):
        registering.step(by(node, CONVENOR), id, "share")
    with pytest.raises(AccessError):
        registering.step(by(node, "bb-one"), id, "open")
    with pytest.raises(StatementError, match="reason"):
        registering.step(by(node, CONVENOR), id, "cancel")
    registering.step(by(node, CONVENOR), id, "cancel", "Overtaken by events.")
    assert showing.told(by(node, "bb-one"), id).stage is Stage.CANCELLED


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"method": "performance-weighted"}, "body.method"),
        ({"questions": [QUESTION, QUESTION]}, "body"),
        ({"questions": [QUESTION | {"examples": []}]}, "body.questions.0.examples"),
        ({"questions": [QUESTION | {"answer": "ordinal"}]}, "body.questions.0"),
        ({"invitations": [{"organisation": "zz"}]}, "body.invitations.0"),
        ({"invitations": [{"organisation": "bb", "role": "steward"}]}, "body.invitations.0"),
        ({"second_until": "2026-11-23T09:00:01+00:00"}, "body"),
        ({"first_until": "2026-11-22T09:00:00+00:00"}, "body.first_until"),
    ],
)
def test_a_round_that_cannot_be_held_is_refused_with_its_place(node, clock, change, field):
    with pytest.raises(StatementError) as refused:
        registering.register(by(node, CONVENOR), wanted(clock, **change))
    assert refused.value.field == field


def test_dissents_travel_to_what_rests_on_a_result_and_go_when_they_are_withdrawn(node, clock):
    id = finished(node, clock, {"cc-one": "It is far likelier."})
    result = showing.told(by(node, "bb-one"), id).put[0].result
    marking = result.head.marking.model_dump(mode="json")
    note = {
        "body": {"kind": "note", "title": "What the round said", "text": "One in twelve."},
        "subject": {"type": "place", "id": "SDN"},
        "marking": marking,
        "derived_from": [result.id],
    }
    made = making.make(by(node, "bb-one"), note)
    assert [one.text for one in made.dissents] == ["It is far likelier."]
    again = making.make(by(node, "bb-one"), note | {"derived_from": [made.id]})
    assert [one.text for one in again.dissents] == ["It is far likelier."]
    sneaky = making.make(
        by(node, "bb-one"), note | {"derived_from": [], "body": note["body"] | {"dissents": ["0" * 64]}}
    )
    assert sneaky.dissents == ()
    (dissent,) = views.every(by(node, "cc-one"), kind="dissent")
    making.recall(by(node, "cc-one"), dissent.id, "I was mistaken.")
    (gone,) = views.statement(by(node, "bb-one"), again.id).dissents
    assert (gone.text, gone.withdrawn) == (None, True)


def test_everything_opened_at_once_carries_one_instant(node, clock):
    id = begun(node, clock)
    for person, best in FOUR.items():
        clock.turn(600)
        answer(node, id, {person: best})
    registering.step(by(node, CONVENOR), id, "share")
    opened_ = [one.view.shown["made_at"] for one in showing.told(by(node, "aa-one"), id).put[0].first]
    assert len(set(opened_)) == 1


def test_an_estimate_that_is_withdrawn_leaves_too_few_to_tell_a_preliminary_result(node, clock):
    id = begun(node, clock)
    registering.step(by(node, CONVENOR), id, "share")
    answer(node, id, {"aa-one": 0.1, "bb-one": 0.2, "cc-one": 0.3})
    registering.step(by(node, CONVENOR), id, "pool")
    assert showing.told(by(node, "cc-one"), id).put[0].preliminary.value == pytest.approx(0.2)
    (mine,) = [one.view.id for one in showing.told(by(node, "cc-one"), id).put[0].second if one.mine]
    making.recall(by(node, "cc-one"), mine, "I was mistaken.")
    assert showing.told(by(node, "bb-one"), id).put[0].preliminary.value is None


def test_the_list_names_the_questions_that_await_an_answer(node, clock):
    id = begun(node, clock)
    (listed,) = showing.listed(by(node, "bb-one"))
    assert [one.key for one in listed.waiting] == ["onset"]
    assert (listed.open, listed.left) == (1, DAY * 1_000_000)
    answer(node, id, {"bb-one": 0.2})
    (listed,) = showing.listed(by(node, "bb-one"))
    assert (listed.waiting, listed.open) == ((), 0)


def test_nothing_that_could_sway_an_estimate_is_shown_while_one_can_still_be_changed(node, clock):
    id = begun(node, clock)
    assert not showing.told(by(node, "bb-one"), id).answered_all
    answer(node, id, FOUR)
    assert not showing.told(by(node, "bb-one"), id).answered_all
    registering.step(by(node, CONVENOR), id, "share")
    assert not showing.told(by(node, "bb-one"), id).answered_all
    registering.step(by(node, CONVENOR), id, "pool")
    assert showing.told(by(node, "bb-one"), id).answered_all


def test_a_result_is_computed_again_from_its_estimates(node, clock):
    id = finished(node, clock, {"cc-one": "It is far likelier."})
    _, (again,) = recomputing.recomputed(by(node, "bb-one"), id)
    assert again.agrees
    assert (again.method, again.value, again.apart) == ("median", pytest.approx(0.08), 0.0)
    assert [one.text for one in again.dissents] == ["It is far likelier."]
    _, (other,) = recomputing.recomputed(by(node, "bb-one"), id, "mean")
    assert other.value == pytest.approx(0.1)
    with pytest.raises(StatementError, match="past scores"):
        recomputing.recomputed(by(node, "bb-one"), id, "performance-weighted")


def test_a_result_whose_estimates_are_no_longer_all_there_is_not_computed_again(node, clock):
    id = finished(node, clock)
    (mine,) = [one.view.id for one in showing.told(by(node, "cc-one"), id).put[0].second if one.mine]
    making.recall(by(node, "cc-one"), mine, "I was mistaken.")
    _, (again,) = recomputing.recomputed(by(node, "bb-one"), id)
    assert not again.complete
    assert not again.agrees
    assert again.value is None


def test_a_round_that_is_not_finished_has_nothing_to_be_computed_again(node, clock):
    id = begun(node, clock)
    with pytest.raises(StatementError, match="no result"):
        recomputing.recomputed(by(node, "bb-one"), id)


def test_a_number_that_nobody_can_mean_is_refused_before_it_is_sealed(node, clock):
    numeric = QUESTION | {
        "key": "dead",
        "answer": "numeric",
        "unit": "people",
        "base_rate": None,
        "base_rate_source": "",
    }
    id = begun(node, clock, questions=[numeric])
    for best, highest in ((1.7e308, 1.7e308), (1e-320, 1e-320), (1e-320, 5)):
        with pytest.raises(StatementError):
            answering.estimate(
                by(node, "bb-one"), id, "dead", given(0.1) | {"lowest": 0, "best": best, "highest": highest}
            )


@pytest.mark.parametrize("moment", ["9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59"])
def test_a_moment_at_the_end_of_the_calendar_is_refused(node, clock, moment):
    with pytest.raises(StatementError):
        registering.register(by(node, CONVENOR), wanted(clock, closing_until=moment))


def test_what_a_round_comes_to_does_not_depend_on_who_finishes_it(node, clock):
    id = begun(node, clock)
    answer(node, id, FOUR)
    registering.step(by(node, CONVENOR), id, "share")
    answer(node, id, FOUR)
    registering.step(by(node, CONVENOR), id, "pool")
    with node.store.writing() as writer:
        writer.enter(MemberLeft(group="basin", organisation="aa", until=clock()), None)
    registering.step(by(node, CONVENOR), id, "finish")
    assert showing.told(by(node, "bb-one"), id).put[0].result.body.estimates == 4


def test_dissents_cannot_be_lost_by_correcting_by_resting_on_estimates_or_by_recalling_the_result(node, clock):
    id = finished(node, clock, {"cc-one": "It is far likelier."})
    put = showing.told(by(node, "bb-one"), id).put[0]
    marking = put.result.head.marking.model_dump(mode="json")
    note = {
        "body": {"kind": "note", "title": "What the round said", "text": "One in twelve."},
        "subject": {"type": "place", "id": "SDN"},
        "marking": marking,
    }
    first = making.make(by(node, "bb-one"), note | {"derived_from": [put.result.id]})
    again = making.make(by(node, "bb-one"), note | {"supersedes": [first.id]})
    assert len(again.dissents) == 1
    for source in (put.second[0].view.id, id):
        assert len(making.make(by(node, "bb-one"), note | {"derived_from": [source]}).dissents) == 1
    beside = {"subject": {"type": "statement", "id": put.result.id}}
    assert len(making.make(by(node, "bb-one"), note | beside).dissents) == 1
    with pytest.raises(StatementError, match="with its dissents"):
        making.recall(by(node, CONVENOR), put.result.id, "It is inconvenient.")


def test_the_identity_of_a_result_is_not_taken_for_a_source_in_words(node, clock):
    id = finished(node, clock, {"cc-one": "It is far likelier."})
    result = showing.told(by(node, "bb-one"), id).put[0].result
    cited = {"type": "source", "reference": result.id, "reliability": "B", "credibility": "2"}
    note = {
        "body": {"kind": "note", "title": "What the round said", "text": "One in twelve."},
        "subject": {"type": "place", "id": "SDN"},
        "marking": result.head.marking.model_dump(mode="json"),
        "evidence": [cited],
    }
    with pytest.raises(StatementError) as refused:
        making.make(by(node, "bb-one"), note)
    assert refused.value.field == "evidence.0.reference"
    assert len(making.make(by(node, "bb-one"), note | {"evidence": [cited | {"type": "statement"}]}).dissents) == 1


def test_a_token_that_only_reads_answers_nothing(node, clock):
    id = begun(node, clock)
    reading = node.visit("bb-one", "api", frozenset({Role.READER}))
    with pytest.raises(AccessError):
        answering.estimate(reading, id, "onset", given(0.2))
    with pytest.raises(AccessError):
        answering.declare(reading, id, False)


def test_who_has_no_interest_tells_the_convenor_nothing_and_an_interest_reaches_convenors_alone(node, clock):
    id = begun(node, clock)
    answering.declare(by(node, "bb-two"), id, True, "My sister works there.")

    def told_to(person: str) -> list[str]:
        return [one.person for one in views.every(by(node, person), kind="declaration") if one.person != person]

    assert {person: told_to(person) for person in (CONVENOR, "aa-one", "cc-one")} == {
        CONVENOR: ["bb-two"],
        "aa-one": [],
        "cc-one": [],
    }


def test_when_too_few_estimates_are_left_those_are_not_shown_any_more(node, clock):
    id = begun(node, clock)
    answer(node, id, FOUR)
    registering.step(by(node, CONVENOR), id, "share")
    for person in ("bb-one", "bb-two"):
        (mine,) = [one for one in showing.told(by(node, person), id).put[0].first if one.mine]
        making.recall(by(node, person), mine.view.id, "I was mistaken.")
    assert showing.told(by(node, "cc-one"), id).put[0].first == ()


def test_a_sense_that_the_lexicon_does_not_know_is_refused_with_its_question(node, clock):
    with pytest.raises(StatementError) as refused:
        registering.register(by(node, CONVENOR), wanted(clock, questions=[QUESTION | {"term": "terms:nope.nowhere"}]))
    assert refused.value.field == "body.questions.0.term"
