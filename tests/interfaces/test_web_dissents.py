"""No page of what rests on a result is without the dissents from it."""

import html
import re
from dataclasses import replace

import pytest
from tests.account_team import Clock
from tests.round_team import CONVENOR, by, finished, opened
from tests.signed_in import browser

from tocsin.desk import making, proposing, views
from tocsin.desk.rounds import showing

DISSENT = "It is far likelier than <this>."


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def node(tmp_path, clock):
    node = replace(opened(tmp_path, clock), team=True)
    yield node
    node.store.close()


@pytest.fixture
def rested(node, clock):
    """The result of a round with a dissent, and a note that was made from it."""
    id = finished(node, clock, {"cc-one": DISSENT})
    result = showing.told(by(node, "bb-one"), id).put[0].result
    marking = result.head.marking.model_dump(mode="json")
    body = {"kind": "note", "title": "Our reading", "text": "It stays low."}
    about = {"type": "place", "id": "SDN"}
    given = {"body": body, "subject": about, "marking": marking, "derived_from": [result.id]}
    return result, making.make(by(node, CONVENOR), given)


def words(client, address):
    found = client.get(address)
    assert found.status_code == 200, found.text
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", found.text)).split())


def test_pages_of_a_statement_carry_count_and_words_right_below_the_claim(node, rested):
    result, note = rested
    client = browser(node, "bb-one")
    for id, of in ((result.id, "from this result"), (note.id, "from a result that this rests on")):
        text = words(client, f"/statement/{id}")
        assert f"One dissent {of} {DISSENT}" in text.replace("1 dissent", "One dissent")
        assert text.index(DISSENT) < text.index("Who, when, how far")


def test_lists_carry_the_count(node, rested):
    client = browser(node, "bb-one")
    for address in ("/country/SDN", "/statements", "/history/place:SDN", f"/statement/{rested[1].id}/lineage"):
        address = address.replace(f"/statement/{rested[1].id}/lineage", f"/lineage/{rested[1].id}")
        assert re.search(r"(1|One) dissent from a result that this rests on", words(client, address)), address


def test_a_proposal_that_rests_on_a_result_carries_the_words(node, rested):
    _, note = rested
    wanted = {
        "title": "Outlook",
        "text": "It stays low.",
        "subject": "place:SDN",
        "marking": {"tlp": "GREEN", "caveats": ["CHATHAM HOUSE RULE"], "audience": [["community"]]},
        "attribution": "non-attributed",
        "reason": "For the bulletin.",
    }
    proposal = proposing.propose(by(node, CONVENOR), [note.id], wanted)
    assert DISSENT in words(browser(node, CONVENOR), f"/proposal/{proposal.id}")


def test_a_dissent_that_was_withdrawn_is_counted_without_its_words(node, rested):
    (dissent,) = views.every(by(node, "cc-one"), kind="dissent")
    making.recall(by(node, "cc-one"), dissent.id, "I was mistaken.")
    text = words(browser(node, "bb-one"), f"/statement/{rested[1].id}")
    assert DISSENT not in text
    assert re.search(r"(1|One) dissent from a result that this rests on withdrawn by its author", text)
