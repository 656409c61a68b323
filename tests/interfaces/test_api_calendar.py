from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from tests.api_node import api_node
from tests.foreseen_team import GREEN, a_moment, an_instrument


def ahead(days: int) -> str:
    return str((datetime.now(UTC) + timedelta(days)).date())


@pytest.fixture
def api(tmp_path):
    made = api_node(tmp_path)
    yield made
    made.node.store.close()


def put(api, person="ali", marking=GREEN, **body):
    given = a_moment(marking=marking, **body)
    answer = api.client(person).post("/statements", json=given | {"body": given["body"] | {"kind": "moment"}})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def test_a_moment_is_made_listed_moved_and_told_as_moved_once(api):
    id = put(api, when=ahead(30))
    (one,) = api.client("bo").get("/calendar").json()["items"]
    assert (one["item"]["id"], one["first"], one["any_day"]) == (id, ahead(30), False)
    moved = api.client("ali").post(f"/moments/{id}/move", json={"when": ahead(40)})
    assert moved.status_code == 201
    (told,) = api.client("cy").get("/calendar/moves").json()["items"]
    assert (told["before"]["id"], told["now"]["id"]) == (id, moved.json()["id"])


def test_the_board_is_served_with_its_marking(api):
    put(api, when=ahead(90))
    assert api.client("ali").post("/statements", json=an_instrument(marking=GREEN)).status_code == 201
    answer = api.client("bo").get("/horizon", params={"subject": "place:SDN"})
    assert answer.headers["tocsin-marking"] == "TLP:GREEN"
    (window,) = answer.json()["windows"]
    assert window["decide_by"]["nine_in_ten"] <= window["decide_by"]["one_in_two"] < ahead(90)
    assert window["decide_by"]["in_time_today"] == 1.0


def test_what_is_not_for_somebody_is_not_moved_and_not_told(api):
    own = {"tlp": "AMBER", "audience": [["org:aa"]]}
    id = put(api, marking=own, when=ahead(30))
    hidden = api.client("cy").post(f"/moments/{id}/move", json={"when": ahead(40)})
    nothing = api.client("cy").post(f"/moments/{'0' * 64}/move", json={"when": ahead(40)})
    told = [{**one.json(), "instance": ""} for one in (hidden, nothing)]
    assert [one.status_code for one in (hidden, nothing)] == [404, 404]
    assert told[0]["title"] == told[1]["title"]
    assert api.client("cy").get("/calendar").json()["items"] == []


@pytest.mark.parametrize(
    ("body", "field"),
    [({"when": "2027-02-30"}, "body.when"), ({"when": "2027", "timing": "fixed"}, "body"), ({"day": "2027"}, "day")],
)
def test_a_move_that_cannot_be_is_refused_by_field(api, body, field):
    id = put(api, when=ahead(30))
    answer = api.client("ali").post(f"/moments/{id}/move", json=body)
    assert (answer.status_code, answer.json()["field"]) == (422, field)


def test_days_that_are_none_are_refused(api):
    assert api.client("bo").get("/calendar", params={"first": "2027-02-30"}).status_code == 422
