from __future__ import annotations

import html
import re

import pytest
from tests import trigger_cases as cases
from tests.signed_in import browser, send
from tests.team_node import team_node

from tocsin.core.instant import moment
from tocsin.desk import people
from tocsin.desk.triggers import agreeing, standing

DUTY = {"role": "duty officer", "organisation": "aa", "persons": ["aa-analyst"]}
VACANT = {"role": "head of desk", "organisation": "bb"}


@pytest.fixture
def node(tmp_path, monkeypatch):
    with team_node(tmp_path, "") as node:
        people.join_group(node.visit("aa-convenor", "web"), "sahel", "bb")
        today = moment(node.store.clock()).date()
        last = (today.year, today.month - 1) if today.month > 1 else (today.year - 1, 12)
        cases.made_up(monkeypatch, cases.months([*[0.0] * 60, 30.0, 60.0, *[0.0] * 60, 40.0], last))
        yield node


def agreed(node, **changes):
    steps = [{"key": "call", "what": "Call the <envoy>.", "by": DUTY, "within_days": 2}]
    marking = {"tlp": "AMBER", "audience": [["group:sahel"]]}
    whole = cases.wanted(duty=DUTY, escalate_to=VACANT, steps=steps, marking=marking, **changes)
    return agreeing.add(node.visit("aa-analyst", "web"), whole).id


def words(page):
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page)).split())


def act(node, person, id, action, **typed):
    return send(browser(node, person), f"/trigger/{id}", f"/trigger/{id}", {"action": action} | typed)


def test_a_duty_officer_reads_the_back_test_and_puts_the_trigger_in_force(node):
    id = agreed(node)
    page = browser(node, "aa-desk-officer").get(f"/trigger/{id}")
    assert "not tried yet" in words(page.text)
    assert "Put it in force" not in words(page.text)
    assert act(node, "aa-desk-officer", id, "backtest", at_least="25", within="3").status_code == 303
    page = browser(node, "aa-desk-officer").get(f"/trigger/{id}").text
    assert "it would have alarmed twice" in words(page)
    assert "Vacant: nobody is named for head of desk, bb" in words(page)
    assert "Call the &lt;envoy&gt;." in page
    test = re.search(r'name="backtest" value="([0-9a-f]{64})"', page)[1]
    unread = act(node, "aa-desk-officer", id, "activate", backtest=test, reason="Worth it, we think.")
    assert unread.status_code == 422
    assert "Worth it, we think." in unread.text
    assert (
        act(node, "aa-desk-officer", id, "activate", backtest=test, reason="Worth it.", read="yes").status_code == 303
    )
    assert "In force since" in words(browser(node, "bb-analyst").get(f"/trigger/{id}").text)


def in_force(node):
    id = agreed(node)
    act(node, "aa-desk-officer", id, "backtest")
    test = standing.agreed(node.visit("aa-analyst", "web"), id).backtests[0].id
    act(node, "aa-desk-officer", id, "activate", backtest=test, reason="Worth it.", read="yes")
    return id


def test_an_alarm_goes_from_the_board_to_its_end(node):
    id = in_force(node)
    act(node, "aa-analyst", id, "evaluate")
    board = words(browser(node, "aa-analyst").get("/triggers").text)
    assert "Alarms that are open" in board
    assert "Killing jumps" in words(browser(node, "aa-analyst").get("/").text)
    assert act(node, "aa-analyst", id, "acknowledge").status_code == 303
    bare = act(node, "aa-analyst", id, "confirm", reason="Seen by two.")
    assert bare.status_code == 422
    assert "a second source on the ground" in words(bare.text)
    assert "Seen by two." in bare.text
    item = {"reference": ["A nurse", ""], "provenance": ["witness", "other"], "reliability": ["B", "F"]}
    confirmed = act(node, "aa-analyst", id, "confirm", reason="Seen.", credibility=["2", "6"], **item)
    assert confirmed.status_code == 303
    assert act(node, "aa-analyst", id, "step", step="call").status_code == 303
    assert act(node, "aa-analyst", id, "stand-down", reason=" ").status_code == 422
    assert act(node, "aa-analyst", id, "stand-down", reason="Over.").status_code == 303
    page = words(browser(node, "aa-analyst").get(f"/trigger/{id}").text)
    assert "An alarm was stood down" in page
    assert "no alarm is open" in page


def test_the_twin_and_the_tables_say_the_same(node):
    id = in_force(node)
    act(node, "aa-analyst", id, "evaluate")
    client = browser(node, "aa-analyst")
    twin = client.get(f"/trigger/{id}.json").json()
    assert (twin["in_force"], twin["now"]["state"], twin["vacant"]) == (True, "raised", ["body.escalate_to"])
    assert [row["followed"] for row in twin["tables"]["alarms"]["rows"]] == [False, None]
    assert "raised,left,followed,lead_months" in client.get(f"/trigger/{id}/alarms.csv").text
    board = client.get("/triggers.json").json()
    assert [one["id"] for one in board["triggers"]] == [id]
    assert board["tables"]["triggers"]["rows"][0]["vacant"] == 1


def test_who_may_not_see_it_finds_neither_the_page_nor_a_line_of_the_board(node):
    id = in_force(node)
    assert browser(node, "cc-analyst").get(f"/trigger/{id}").status_code == 404
    assert "There is no trigger that you may see" in words(browser(node, "cc-analyst").get("/triggers").text)
    assert act(node, "bb-reader", id, "evaluate").status_code == 403


def test_something_else_is_shown_as_the_statement_that_it_is(node):
    id = in_force(node)
    test = standing.agreed(node.visit("aa-analyst", "web"), id).backtests[0].id
    assert browser(node, "aa-analyst").get(f"/trigger/{test}").headers["location"].startswith(f"/statement/{test}")
    assert "it would have alarmed twice" in words(browser(node, "aa-analyst").get(f"/statement/{test}").text)


def test_a_trigger_whose_data_stopped_does_not_look_quiet_on_the_board_and_activation_warns(node, monkeypatch):
    stopped = cases.months([0.0] * 60, (2021, 12))
    cases.made_up(monkeypatch, stopped)
    id = agreed(node)
    act(node, "aa-desk-officer", id, "backtest")
    page = words(browser(node, "aa-desk-officer").get(f"/trigger/{id}").text)
    assert "Warning: today the rule cannot tell" in page
    assert "It cannot tell now, so it raises no alarm before there are numbers: deaths.state-based: no number" in page
    assert "An alarm's month is the one in which it would have been raised" in page
    assert "at the rule's own threshold" in page
    test = standing.agreed(node.visit("aa-analyst", "web"), id).backtests[0].id
    act(node, "aa-desk-officer", id, "activate", backtest=test, reason="Worth it.", read="yes")
    told = (
        "In force, no alarm is open; the rule now says cannot tell; deaths.state-based: no number after that of 2021-12"
    )
    client = browser(node, "aa-analyst")
    assert told in words(client.get("/triggers").text)
    assert client.get("/triggers.json").json()["tables"]["triggers"]["rows"][0]["stands"].endswith("2021-12")
    assert told[1:] in words(client.get("/horizon").text)
