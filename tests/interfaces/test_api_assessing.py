"""Assessments over the API: made like every statement, signed off, read in another frame, compared."""

import pytest
from tests.api_node import api_node
from tests.assessments import OUTCOME, UN, US, given, item, overall, present

from tocsin.interfaces.api import assessments

MARKED = {"tlp": "TLP:AMBER", "audience": [["group:sahel"]]}


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    return api_node(tmp_path_factory.mktemp("api"))


@pytest.fixture(scope="module")
def bo(node):
    return node.client("bo")


@pytest.fixture(scope="module")
def ana(node):
    return node.client("ana")


@pytest.fixture(scope="module")
def cy(node):
    return node.client("cy")


def made(client, **changes):
    answer = client.post("/statements", json=given(marking=MARKED, **changes))
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_an_assessment_is_made_and_served_as_it_was_sent(ana):
    told = made(ana)
    body = told["statement"]["body"]
    assert body["kind"] == "assessment"
    assert body["overall"]["outcome"] == OUTCOME
    assert ana.get(f"/statements/{told['id']}").json()["statement"] == told["statement"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"overall": overall(0.1, horizon="24")}, "body.overall.horizon"),
        ({"overall": overall(0.1) | {"probability": "0.1"}}, "body.overall.probability"),
        ({"overall": overall(0.1, low=0.2)}, "body.overall"),
        ({"overall": overall(1.5)}, "body.overall.probability"),
        ({"ratings": [present("99", "low")]}, "body.ratings.0.factor"),
        ({"ratings": [present("1", "low", judged=False)]}, "body.ratings.0"),
        ({"saw_model": "yes"}, "body.saw_model"),
        ({"evidence": [item("radio", "News", tlp="TLP:RED"), item("field", "Office")]}, "marking.tlp"),
    ],
)
def test_a_rule_that_is_broken_is_told_with_its_field(ana, changes, field):
    answer = ana.post("/statements", json=given(marking=MARKED, **changes))
    assert answer.status_code == 422
    assert answer.json()["field"] == field


@pytest.mark.parametrize(
    "body",
    [
        {
            "kind": "contribution",
            "title": "Roadblocks",
            "text": "Two more.",
            "observed": "2026-01-05",
            "provenance": "witness",
            "consent": "given",
            "reliability": "B",
            "credibility": "2",
        },
        {"kind": "request", "community": "River towns", "asks": "What?", "purpose": "To know.", "until": "2030-01-01"},
    ],
)
def test_every_kind_that_a_person_makes_can_be_sent_and_days_are_days(ana, body):
    sent = {"body": body, "subject": {"type": "place", "id": "SDN"}, "marking": MARKED}
    assert ana.post("/statements", json=sent).status_code == 201
    day = "observed" if body["kind"] == "contribution" else "until"
    assert ana.post("/statements", json=sent | {"body": body | {day: 0}}).status_code == 422


def test_other_kinds_are_refused(ana):
    sent = {"body": {"kind": "recall", "reason": "No."}, "subject": {"type": "place", "id": "SDN"}, "marking": MARKED}
    assert ana.post("/statements", json=sent).status_code == 422


def test_a_sign_off_over_the_api(bo):
    told = made(bo)
    answer = bo.post(f"/assessments/{told['id']}/sign-off", json={})
    assert answer.status_code == 201
    assert answer.json()["statement"]["standing"] == "desk"
    assert answer.json()["supersedes"] == [told["id"]]
    assert bo.post(f"/assessments/{told['id']}/sign-off", json={"standing": "analyst"}).status_code == 422
    assert bo.post(f"/assessments/{told['id']}/sign-off", json={"standing": "royal"}).status_code == 422


def test_a_rendering_a_comparison_and_agreement_fit_their_description(ana, bo, cy):
    one = made(ana)["id"]
    two = made(bo, frame=US, ratings=[present("3.1", "high", "decisive", "radio")], overall=overall(0.3, 12))["id"]
    rendered = ana.get(f"/assessments/{one}/rendered", params={"frame": US})
    differences = ana.get("/differences", params={"a": one, "b": two})
    agreement = ana.get("/places/SDN/agreement", params={"frame": UN})
    for answer, form in (
        (rendered, assessments.ServedRendering),
        (differences, assessments.ServedDiffering),
        (agreement, assessments.ServedAgreement),
    ):
        assert answer.status_code == 200, answer.text
        form.model_validate_json(answer.text)
    told = differences.json()
    assert sum(told["shares"].values()) == pytest.approx(told["gap"], abs=1e-12)
    assert rendered.headers["tocsin-marking"] == "TLP:AMBER"
    assert cy.get(f"/assessments/{one}/rendered", params={"frame": US}).status_code == 404
    assert cy.get("/differences", params={"a": one, "b": two}).status_code == 404
    assert cy.get("/places/SDN/agreement", params={"frame": UN}).json()["assessments"] == []
    assert ana.get(f"/assessments/{one}/rendered", params={"frame": "terms"}).status_code == 422
    assert ana.get("/differences", params={"a": one, "b": one}).status_code == 422
