"""Rounds through the API: the whole way of one, and what it must not tell."""

from __future__ import annotations

from dataclasses import replace

import pytest
from starlette.testclient import TestClient
from tests.account_team import Clock
from tests.round_team import ANALYSTS, CONVENOR, QUESTION, answer, begun, by, finished, given, opened, wanted

from tocsin.desk import accounts
from tocsin.desk.rounds import registering, showing
from tocsin.desk.sessions import Scope
from tocsin.interfaces.api.rounds import ServedCheck, ServedRound, ServedRounds
from tocsin.interfaces.api.served import ServedStatement
from tocsin.interfaces.web import create_app

DISSENT = "It is far likelier than this."


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def node(tmp_path, clock):
    node = replace(opened(tmp_path, clock), team=True)
    yield node
    node.store.close()


@pytest.fixture
def client(node):
    app = create_app(node)

    def of(person):
        token, _ = accounts.make_token(node.visit(person, "web"), "a program", Scope.WRITE, 30)
        found = TestClient(app, base_url="http://127.0.0.1:8420/api/v1", raise_server_exceptions=False)
        found.headers["Authorization"] = f"Bearer {token}"
        return found

    return of


def round_(clock, **changes):
    whole = wanted(clock, **changes)
    return whole | {"subject": {"type": "place", "id": "SDN"}}


def stored(found, status=201):
    assert found.status_code == status, found.text
    ServedStatement.model_validate(found.json())
    return found.json()


def test_a_round_goes_all_the_way(node, clock, client):
    convenor, people = client(CONVENOR), {person: client(person) for person in ANALYSTS}
    made = convenor.post("/rounds", json=round_(clock))
    id = stored(made)["id"]
    assert made.headers["location"] == f"/api/v1/rounds/{id}"
    stored(convenor.post(f"/rounds/{id}/steps", json={"step": "open"}))
    for stage in ("first", "second"):
        for person, best in zip(ANALYSTS, (0.02, 0.05, 0.1, 0.3), strict=True):
            if stage == "first":
                stored(people[person].post(f"/rounds/{id}/declaration", json={"interest": False}))
            sent = {"question": "onset", "given": given(best), "stage": stage}
            stored(people[person].post(f"/rounds/{id}/estimates", json=sent))
            if stage == "second":
                stored(people[person].post(f"/rounds/{id}/wishes", json={"recommendations": ["Meet again."]}))
        stored(convenor.post(f"/rounds/{id}/steps", json={"step": "share" if stage == "first" else "pool"}))
    closing = people["cc-one"].get(f"/rounds/{id}").json()
    assert (closing["questions"][0]["result"], closing["questions"][0]["dissents_open"]) == (None, True)
    support = {one["recommendation"]["id"]: "support" for one in closing["recommendations"]}
    stored(people["cc-one"].post(f"/rounds/{id}/closing", json={"dissents": {"onset": DISSENT}, "support": support}))
    stored(convenor.post(f"/rounds/{id}/steps", json={"step": "finish"}))
    found = people["bb-one"].get(f"/rounds/{id}").json()
    ServedRound.model_validate(found)
    assert closing["model"] is None
    assert found["model"]["licence"]
    assert found["sources"] == []
    result = found["questions"][0]["result"]
    assert result["statement"]["body"]["value"] == pytest.approx(0.075)
    assert [one["text"] for one in result["dissents"]] == [DISSENT]


def test_what_is_served_of_a_list_fits_its_description(node, clock, client):
    id = begun(node, clock)
    found = client("bb-one").get("/rounds")
    ServedRounds.model_validate(found.json())
    (listed,) = found.json()["items"]
    assert (listed["round"]["id"], listed["waiting"], listed["open"], listed["stage"]) == (id, ["onset"], 1, "first")
    assert found.headers["tocsin-marking"] == "TLP:AMBER"


def test_a_dry_run_registers_nothing_and_says_who_would_see_it(node, clock, client):
    found = client(CONVENOR).post("/rounds?dry_run=true", json=round_(clock))
    assert found.status_code == 200, found.text
    ServedCheck.model_validate(found.json())
    assert found.json()["audience"]["organisations"] == {"aa": 2, "bb": 2, "cc": 1}
    assert showing.listed(by(node, CONVENOR)) == ()
    refused = client(CONVENOR).post("/rounds?dry_run=true", json=round_(clock, questions=[QUESTION, QUESTION]))
    assert (refused.status_code, refused.json()["field"]) == (422, "body")


def test_opened_estimates_tell_neither_who_nor_when(node, clock, client):
    id = begun(node, clock)
    for person, best in zip(ANALYSTS, (0.3, 0.02, 0.1, 0.05), strict=True):
        clock.turn(600)
        answer(node, id, {person: best})
    registering.step(by(node, CONVENOR), id, "share")
    first = client("bb-one").get(f"/rounds/{id}").json()["questions"][0]["first"]
    assert [one["statement"]["body"]["given"]["best"] for one in first] == [0.02, 0.05, 0.1, 0.3]
    assert all(one["statement"]["author"] == {} for one in first)
    assert len({one["statement"]["made_at"] for one in first}) == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"best": 1.2, "highest": 1.3}, "highest"),
        ({"lowest": 0.5}, "given"),
        ({"confidence": 0.3}, "given.confidence"),
    ],
)
def test_an_impossible_estimate_is_a_problem_with_its_field(node, clock, client, change, field):
    id = begun(node, clock)
    sent = {"question": "onset", "given": given(0.2) | change}
    refused = client("bb-one").post(f"/rounds/{id}/estimates", json=sent)
    assert (refused.status_code, refused.json()["field"]) == (422, field)
    assert refused.json()["remedy"]


def test_an_estimate_for_a_stage_that_is_over_is_refused(node, clock, client):
    id = begun(node, clock)
    answer(node, id, dict.fromkeys(ANALYSTS, 0.1))
    registering.step(by(node, CONVENOR), id, "share")
    sent = {"question": "onset", "given": given(0.2), "stage": "first"}
    refused = client("bb-one").post(f"/rounds/{id}/estimates", json=sent)
    assert (refused.status_code, refused.json()["field"]) == (422, "stage")
    assert showing.told(by(node, "bb-one"), id).put[0].mine is None


def test_what_was_sealed_can_be_taken_back(node, clock, client):
    id = begun(node, clock)
    answer(node, id, {"bb-one": 0.2})
    program = client("bb-one")
    stored(program.delete(f"/rounds/{id}/estimates/onset"), 200)
    assert program.get(f"/rounds/{id}").json()["questions"][0]["sealed"] is False
    assert program.delete(f"/rounds/{id}/estimates/onset").status_code == 404
    assert program.delete(f"/rounds/{id}/sealed").status_code == 404


def test_steps_and_recommendations_are_the_convenors(node, clock, client):
    id = begun(node, clock)
    assert client("bb-one").post(f"/rounds/{id}/steps", json={"step": "share"}).status_code == 403
    assert client("bb-one").post(f"/rounds/{id}/recommendations", json={"text": "Go."}).status_code == 403
    stored(client(CONVENOR).post(f"/rounds/{id}/recommendations", json={"text": "Go."}))
    refused = client(CONVENOR).post(f"/rounds/{id}/steps", json={"step": "cancel"})
    assert refused.status_code == 422


def test_a_round_that_is_not_for_whoever_asks_is_not_there(node, clock, client):
    marking = {"tlp": "AMBER", "audience": [["org:aa"]]}
    whole = round_(clock, invitations=[{"organisation": "aa"}]) | {"marking": marking}
    id = stored(client(CONVENOR).post("/rounds", json=whole))["id"]
    assert client("bb-one").get(f"/rounds/{id}").status_code == 404
    assert client("bb-one").get("/rounds").json()["items"] == []
    assert client("bb-one").post(f"/rounds/{id}/declaration", json={"interest": False}).status_code == 404


def test_a_missing_key_is_a_problem_of_its_own(node, clock, client):
    id = begun(node, clock)
    answer(node, id, {"bb-one": 0.2})
    node.store.seal.path.rename(node.store.seal.path.with_suffix(".away"))
    node.store.seal._key = None
    shown = client("bb-one").get(f"/rounds/{id}")
    assert (shown.status_code, shown.json()["questions"][0]["unreadable"]) == (200, True)
    sent = {"question": "onset", "given": given(0.2)}
    found = client("bb-one").post(f"/rounds/{id}/estimates", json=sent)
    assert (found.status_code, found.json()["type"]) == (503, "/api/v1/problems/sealed")
    assert str(node.store.seal.path) not in found.text
    assert client("bb-one").get("/problems/sealed").json()["status"] == 503


def test_a_recalled_dissent_stays_counted_without_its_words(node, clock, client):
    id = finished(node, clock, {"cc-one": DISSENT})
    result = client("cc-one").get(f"/rounds/{id}").json()["questions"][0]["result"]
    (dissent,) = result["dissents"]
    stored(client("cc-one").post(f"/statements/{dissent['id']}/recall", json={"reason": "I was mistaken."}))
    result = client("bb-one").get(f"/rounds/{id}").json()["questions"][0]["result"]
    assert result["dissents"] == [{"id": dissent["id"], "text": None, "withdrawn": True}]
