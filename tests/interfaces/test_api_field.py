"""Field input at the API: the register of requests, what became of a contribution, replies."""

import pytest
from tests.api_node import api_node

from tocsin.desk import fielding

SAHEL = {"tlp": "AMBER", "audience": [["group:sahel"]]}


@pytest.fixture
def node(tmp_path):
    return api_node(tmp_path)


def passed_on(node, person="bo", **body):
    whole = {
        "title": "Water point closed",
        "text": "Armed men guard it.",
        "provenance": "witness",
        "consent": "given",
        "reliability": "B",
        "credibility": "3",
    }
    given = {"body": whole | body, "subject": {"type": "place", "id": "SDN"}, "marking": SAHEL}
    return fielding.contribute(node.node.visit(person, "web"), given)


def asked(node, person, marking=SAHEL, **body):
    whole = {"community": "Market women of Bintana", "asks": "Who left?", "purpose": "Outlook.", "until": "2099-12-31"}
    given = {"body": whole | body, "subject": {"type": "place", "id": "SDN"}, "marking": marking}
    return fielding.request(node.node.visit(person, "web"), given)


def test_a_reply_is_stored_and_the_contributor_is_told(node):
    made, bo = passed_on(node), node.client("bo")
    before = bo.get(f"/contributions/{made.id}/became").json()
    assert (before["nothing_yet"], before["days"], before["replies"]) == (True, 0, [])
    answer = node.client("ana").post(
        f"/contributions/{made.id}/replies", json={"fate": "used", "text": "In our outlook."}
    )
    assert answer.status_code == 201
    assert answer.json()["statement"]["author"] == {"organisation": "aa"}
    told = bo.get(f"/contributions/{made.id}/became")
    assert told.headers["tocsin-marking"] == "TLP:AMBER"
    assert [one["statement"]["body"]["fate"] for one in told.json()["replies"]] == ["used"]
    assert told.json()["nothing_yet"] is False


@pytest.mark.parametrize("way", ["get", "post"])
def test_what_is_not_for_somebody_reads_like_what_is_not_there(node, way):
    made, cy = passed_on(node), node.client("cy")

    def answer(id):
        if way == "get":
            return cy.get(f"/contributions/{id}/became")
        return cy.post(f"/contributions/{id}/replies", json={"fate": "used", "text": "So."})

    hidden, nothing = answer(made.id), answer("0" * 64)
    assert (hidden.status_code, nothing.status_code) == (404, 404)
    assert hidden.text.replace(made.id, "") == nothing.text.replace("0" * 64, "")


@pytest.mark.parametrize(
    ("sent", "status", "field"),
    [
        ({"fate": "lost", "text": "So."}, 422, "fate"),
        ({"fate": "used"}, 422, "text"),
        ({"fate": "used", "text": "So.", "attribution": "non-attributed"}, 422, "attribution"),
    ],
)
def test_a_reply_that_breaks_a_rule_is_refused_with_its_field(node, sent, status, field):
    made = passed_on(node)
    answer = node.client("ana").post(f"/contributions/{made.id}/replies", json=sent)
    assert answer.status_code == status, answer.text
    assert answer.json()["field"] == field
    assert node.client("bo").get(f"/contributions/{made.id}/became").json()["nothing_yet"]


def test_the_register_marks_those_alike_and_shows_only_what_is_for_the_asker(node):
    first = asked(node, "ana")
    second = asked(node, "bo", community="women, Bintana", instead="Ours is about roads.")
    asked(node, "ana", marking={"tlp": "AMBER", "audience": [["org:aa"]]}, instead="Only for us.")
    rows = node.client("bo").get("/requests", params={"subject": "place:SDN"}).json()["items"]
    assert {row["item"]["id"]: row["alike"] for row in rows} == {first.id: [second.id], second.id: [first.id]}
    assert node.client("cy").get("/requests").json()["items"] == []
    assert node.client("bo").get("/requests", params={"subject": "place:TCD"}).json()["items"] == []
