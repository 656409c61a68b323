from __future__ import annotations

import pytest
from tests import trigger_cases as cases
from tests.api_node import api_node
from tests.desk.test_scenarios import BRANCHES

from tocsin.core.instant import moment

SAHEL = {"tlp": "AMBER", "audience": [["group:sahel"]]}
DUTY = {"role": "duty officer", "organisation": "aa", "persons": ["ana"]}


@pytest.fixture
def node(tmp_path, monkeypatch):
    node = api_node(tmp_path)
    today = moment(node.node.store.clock()).date()
    last = (today.year, today.month - 1) if today.month > 1 else (today.year - 1, 12)
    cases.made_up(monkeypatch, cases.months([*[0.0] * 60, 30.0, 60.0, *[0.0] * 60, 40.0], last))
    return node


def given(**changes):
    steps = [{"key": "call", "what": "Call.", "by": DUTY, "within_days": 2}]
    body = cases.BODY | {"duty": DUTY, "escalate_to": {"role": "head", "organisation": "bb"}, "steps": steps}
    return {"body": body | changes, "subject": {"type": "place", "id": "SDN"}, "marking": SAHEL}


def test_a_trigger_is_agreed_tested_put_in_force_and_acted_on(node):
    ana, bo = node.client("ana"), node.client("bo")
    checked = ana.post("/triggers?dry_run=true", json=given())
    assert (checked.status_code, ana.get("/triggers").json()["items"]) == (200, [])
    id = ana.post("/triggers", json=given()).json()["id"]
    test = ana.post(f"/triggers/{id}/backtests", json={"at_least": 25, "within": 3})
    assert test.status_code == 201
    assert len(test.json()["statement"]["body"]["alarms"]) == 2
    sent = {"backtest": test.json()["id"], "reason": "Worth it."}
    assert bo.post(f"/triggers/{id}/activation", json=sent).status_code == 422
    assert ana.post(f"/triggers/{id}/activation", json=sent).status_code == 201
    looked = ana.post(f"/triggers/{id}/evaluations", json={}).json()
    assert (looked["state"], looked["alarm"]) == ("raised", True)
    assert bo.post(f"/triggers/{id}/events", json={"event": "acknowledged"}).status_code == 201
    bare = bo.post(f"/triggers/{id}/events", json={"event": "confirmed", "reason": "Seen."})
    assert (bare.status_code, bare.json()["field"]) == (422, "evidence")
    confirmed = {"event": "confirmed", "reason": "Seen.", "evidence": [cases.WITNESS]}
    assert bo.post(f"/triggers/{id}/events", json=confirmed).status_code == 201
    assert bo.post(f"/triggers/{id}/events", json={"event": "step done", "step": "call"}).status_code == 201
    assert bo.post(f"/triggers/{id}/events", json={"event": "stood down"}).status_code == 422
    whole = bo.get(f"/triggers/{id}").json()
    assert (whole["in_force"], whole["alarm"]["where"], whole["vacant"][0]["field"]) == (
        True,
        "confirmed",
        "body.escalate_to",
    )
    assert [one["key"] for one in whole["alarm"]["tasks"] if one["done"]] == [None, "call"]


def test_who_is_not_in_the_audience_gets_the_same_answer_as_for_nothing(node):
    id = node.client("ana").post("/triggers", json=given()).json()["id"]
    cy = node.client("cy")
    for address in (f"/triggers/{id}", f"/triggers/{id}/look"):
        hidden, missing = cy.get(address), cy.get(address.replace(id, "0" * 64))
        assert (hidden.status_code, missing.status_code) == (404, 404)
        assert hidden.json()["detail"] == missing.json()["detail"]
    assert cy.get("/triggers").json()["items"] == []


def test_a_look_as_of_a_day_is_asked_for_with_a_day(node):
    id = node.client("ana").post("/triggers", json=given()).json()["id"]
    assert node.client("bo").get(f"/triggers/{id}/look?as_of=2000-01-31").json()["state"] == "cannot tell"
    assert node.client("bo").get(f"/triggers/{id}/look?as_of=2000-02-31").status_code == 422


def test_a_rule_that_refers_to_nothing_is_refused_at_its_field(node):
    rule = {"conditions": [{"type": "series", "series": "rain", "enter": 1, "leave": 1}]}
    answer = node.client("ana").post("/triggers", json=given(rule=rule))
    assert (answer.status_code, answer.json()["field"]) == (422, "body.rule.conditions.0.series")


def test_a_scenario_is_served_with_its_paths_and_signs(node):
    ana = node.client("ana")
    branches = [BRANCHES[0] | {"moments": []}, *BRANCHES[1:]]
    body = {"title": "Spring", "text": "What may come.", "until": "2099-12-31", "branches": branches}
    whole = {"body": body, "subject": {"type": "place", "id": "SDN"}, "marking": SAHEL}
    made = ana.post("/scenarios", json=whole)
    assert made.status_code == 201, made.json()
    id = made.json()["id"]
    sign = {"branch": "talks", "signpost": "envoy", "seen": "2026-01-05", "source": "Radio"}
    assert node.client("bo").post(f"/scenarios/{id}/signs", json=sign).status_code == 201
    found = node.client("bo").get(f"/scenarios/{id}").json()
    assert found["paths"][0]["lit"] == [["talks", "envoy"]]
    assert len(node.client("bo").get("/scenarios?subject=place:SDN").json()["items"]) == 1
    assert node.client("cy").get(f"/scenarios/{id}").status_code == 404
    uneven = whole | {"body": body | {"branches": [BRANCHES[1] | {"key": "a"}, BRANCHES[1]]}}
    assert "sum to 0.8" in ana.post("/scenarios", json=uneven).json()["detail"]
