"""With the node's key gone: every form opens, says so, keeps what is typed, and tells nobody where the key would be."""

from dataclasses import replace

import pytest
from tests.account_team import Clock
from tests.round_team import CONVENOR, begun, by, given, opened
from tests.signed_in import browser, send

from tocsin.desk import drafts
from tocsin.desk.rounds import answering
from tocsin.interfaces.web.pages.rounds_fields import draft_name

GONE = "cannot be read, because the node&#39;s key is not there"


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def node(tmp_path, clock):
    node = replace(opened(tmp_path, clock), team=True)
    yield node
    node.store.close()


def plain(text):
    return text.replace("&#39;", "'")


def lose(node):
    node.store.seal.path.unlink()


def kept_nowhere(node, text):
    assert node.store.seal.path.name not in text
    assert str(node.store.seal.path.parent) not in text


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("compose:place:SDN", "/compose?subject=place:SDN"),
        ("assess:place:SDN", "/assess/SDN"),
        ("contribution:place:SDN", "/contribute?subject=place:SDN"),
        ("request:place:SDN", "/requests?subject=place:SDN"),
    ],
)
def test_a_form_with_a_draft_that_cannot_be_read_opens_empty_and_says_so(node, name, address):
    client = browser(node, "aa-one")
    assert "Your draft of" not in client.get(address).text
    drafts.save(
        by(node, "aa-one"),
        name,
        {"title": ["Barkensteg"], "text": ["x"], "asks": ["Barkensteg"], "summary": ["Barkensteg"]},
    )
    assert "Barkensteg" in client.get(address).text
    lose(node)
    found = client.get(address)
    assert found.status_code == 200
    assert GONE in found.text or plain(GONE) in found.text
    assert "Barkensteg" not in found.text
    assert "Discard it</button>" in found.text
    kept_nowhere(node, found.text)


def test_pages_of_a_round_stay_and_what_is_typed_into_them_stays(node, clock):
    id = begun(node, clock)
    answering.estimate(by(node, "bb-one"), id, "onset", given(0.05))
    drafts.save(by(node, "bb-one"), draft_name(id, "first", "onset"), {"reason": ["Barkensteg"]})
    lose(node)
    client = browser(node, "bb-one")
    for address in (f"/round/{id}", f"/round/{id}/answer/onset", "/rounds"):
        found = client.get(address)
        assert found.status_code == 200, address
        kept_nowhere(node, found.text)
        if address != "/rounds":
            assert "What you have sealed in this stage cannot be read" in found.text
    typed = {"stage": "first", "lowest": "2 %", "highest": "10 %", "best": "5 %", "confidence": "80 %"}
    fields = typed | {"reason": "Querholm neunzehn", "action": "seal"}
    sent = send(client, f"/round/{id}/answer/onset", f"/round/{id}/answer/onset", fields)
    assert sent.status_code == 503
    assert "Querholm neunzehn" in sent.text
    kept_nowhere(node, sent.text)


def test_a_step_that_needs_the_key_is_refused_without_its_path(node, clock):
    id = begun(node, clock)
    answering.estimate(by(node, "bb-one"), id, "onset", given(0.05))
    lose(node)
    sent = send(browser(node, CONVENOR), f"/round/{id}", f"/round/{id}/step", {"step": "share", "confirmed": "yes"})
    kept_nowhere(node, sent.text)
    machine = browser(node, "bb-one").get(f"/round/{id}.json")
    kept_nowhere(node, machine.text)
