from __future__ import annotations

import html
import re

import pytest
from tests.desk.test_scenarios import BRANCHES, seen
from tests.signed_in import browser
from tests.team_node import team_node

from tocsin.desk import people, scenarios


@pytest.fixture
def node(tmp_path):
    with team_node(tmp_path, "") as node:
        people.join_group(node.visit("aa-convenor", "web"), "sahel", "bb")
        yield node


def words(page):
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page)).split())


def test_a_scenario_lights_up_and_shows_every_path_to_those_who_may_see_it(node):
    branches = [BRANCHES[0] | {"moments": []}, *BRANCHES[1:]]
    body = {"title": "The spring", "text": "What <may> come.", "until": "2099-12-31", "branches": branches}
    marking = {"tlp": "AMBER", "audience": [["group:sahel"]]}
    given = {"body": body, "subject": "place:SDN", "marking": marking}
    id = scenarios.add(node.visit("aa-analyst", "web"), given).id
    page = browser(node, "bb-analyst").get(f"/scenario/{id}").text
    assert "not seen: The envoy is let in" in words(page)
    assert "What &lt;may&gt; come." in page
    scenarios.light(node.visit("bb-analyst", "web"), id, seen())
    assert "Seen : The envoy is let in" in words(browser(node, "aa-reader").get(f"/scenario/{id}").text)
    rows = browser(node, "aa-reader").get(f"/scenario/{id}.json").json()["tables"]["paths"]["rows"]
    assert [(row["branch"], round(row["path_probability"], 3), row["seen"]) for row in rows] == [
        ("talks", 0.6, 1),
        ("deal", 0.15, 1),
        ("stall", 0.45, 1),
        ("war", 0.4, 0),
    ]
    assert "The spring" in browser(node, "bb-reader").get("/scenarios").text
    assert browser(node, "cc-analyst").get(f"/scenario/{id}").status_code == 404
    assert "There is no scenario that you may see" in words(browser(node, "cc-analyst").get("/scenarios").text)
