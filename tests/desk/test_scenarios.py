from __future__ import annotations

import pytest
from tests.account_team import Clock
from tests.round_team import by, opened

from tocsin.core.errors import NotFound, StatementError
from tocsin.desk import making, scenarios

MARKING = {"tlp": "AMBER", "audience": [["group:basin"]]}

BRANCHES = [
    {
        "key": "talks",
        "title": "Talks go on",
        "probability": 0.6,
        "signposts": [{"key": "envoy", "text": "The envoy is let in"}],
        "moments": ["vote"],
    },
    {"key": "war", "title": "The truce ends", "probability": 0.4},
    {"key": "deal", "parent": "talks", "title": "A deal", "probability": 0.25},
    {"key": "stall", "parent": "talks", "title": "No deal", "probability": 0.75},
]


@pytest.fixture
def node(tmp_path, database):
    node = opened(tmp_path, Clock(), database)
    yield node
    node.store.close()


def moment(node, **changes):
    body = {
        "kind": "moment",
        "title": "Vote",
        "sort": "election",
        "timing": "fixed",
        "when": "2027-03-01",
        "certainty": "expected",
        "source": "The commission",
    }
    given = {"body": body, "subject": {"type": "place", "id": "SDN"}, "marking": MARKING} | changes
    return making.make(by(node, "aa-one"), given).id


def cited(id, key="vote"):
    return {"type": "statement", "reference": id, "key": key, "reliability": "B", "credibility": "2"}


def wanted(node, branches=BRANCHES, id=None, **changes):
    body = {"title": "The spring", "text": "What may come.", "until": "2027-12-31", "branches": branches}
    return {
        "body": body,
        "subject": "place:SDN",
        "marking": MARKING,
        "evidence": [cited(id or moment(node))],
    } | changes


def seen(signpost="envoy", branch="talks", **changes):
    return {"branch": branch, "signpost": signpost, "seen": "2026-11-20", "source": "Radio", "text": ""} | changes


def refused(call, field):
    with pytest.raises(StatementError) as caught:
        call()
    assert caught.value.field == field, caught.value
    return caught.value


def test_a_scenario_shows_its_paths_its_moments_and_what_was_seen_since(node):
    id = scenarios.add(by(node, "aa-one"), wanted(node)).id
    assert scenarios.seen(by(node, "bb-one"), id).paths[0].lit == ()
    scenarios.light(by(node, "bb-one"), id, seen())
    found = scenarios.seen(by(node, "cc-one"), id)
    assert {one.branch.key: round(one.probability, 3) for one in found.paths} == {
        "talks": 0.6,
        "deal": 0.15,
        "stall": 0.45,
        "war": 0.4,
    }
    assert found.paths[1].lit == (("talks", "envoy"),)
    assert list(found.moments) == ["vote"]
    assert [one.view.id for one in scenarios.listed(by(node, "cc-one"), "place:SDN")] == [id]


def test_a_fork_that_does_not_sum_to_one_is_refused_with_the_sum(node):
    branches = [*BRANCHES[:3], BRANCHES[3] | {"probability": 0.7}]
    error = refused(lambda: scenarios.add(by(node, "aa-one"), wanted(node, branches)), "body.branches.2")
    assert "sum to 0.95, not to 1" in error.what


def test_a_tree_refers_to_nothing_that_is_not_there(node):
    other = moment(node, subject={"type": "place", "id": "TCD"})
    note = making.make(
        by(node, "aa-one"),
        {
            "body": {"kind": "note", "title": "A", "text": "B"},
            "subject": {"type": "place", "id": "SDN"},
            "marking": MARKING,
        },
    ).id
    for id in (other, note):
        refused(lambda id=id: scenarios.add(by(node, "aa-one"), wanted(node, id=id)), "body.branches.0.moments")
    refused(lambda: scenarios.add(by(node, "aa-one"), wanted(node, evidence=[])), "body.branches.0.moments")
    over = wanted(node)
    over["body"]["until"] = "2020-01-01"
    refused(lambda: scenarios.add(by(node, "aa-one"), over), "body.until")


def test_a_sign_names_a_signpost_of_the_tree_on_a_day_that_has_come(node):
    id = scenarios.add(by(node, "aa-one"), wanted(node)).id
    light = scenarios.light
    refused(lambda: light(by(node, "bb-one"), id, seen(branch="peace")), "body.branch")
    refused(lambda: light(by(node, "bb-one"), id, seen("smoke")), "body.signpost")
    refused(lambda: light(by(node, "bb-one"), id, seen(seen="2099-01-01")), "body.seen")
    refused(lambda: light(by(node, "bb-one"), moment(node), seen()), "scenario")


def test_a_sign_that_was_withdrawn_lights_nothing(node):
    id = scenarios.add(by(node, "aa-one"), wanted(node)).id
    sign = scenarios.light(by(node, "bb-one"), id, seen())
    making.recall(by(node, "bb-one"), sign.id, "It was another envoy.")
    found = scenarios.seen(by(node, "cc-one"), id)
    assert (found.signs, found.paths[0].lit) == ((), ())


def test_a_scenario_is_at_least_as_strict_as_the_moments_it_names(node):
    secret = moment(node, marking={"tlp": "AMBER", "audience": [["org:aa"]]})
    refused(lambda: scenarios.add(by(node, "aa-one"), wanted(node, id=secret)), "marking")
    id = scenarios.add(
        by(node, "aa-one"), wanted(node, id=secret, marking={"tlp": "AMBER", "audience": [["org:aa"]]})
    ).id
    with pytest.raises(NotFound):
        scenarios.seen(by(node, "bb-one"), id)
    assert scenarios.listed(by(node, "bb-one")) == ()
