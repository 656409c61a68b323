"""Releasing a text from the pages: drafted, agreed to, let out, traced, taken away."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.three_organisations import furnished, note, visit

from tocsin.core.errors import NotFound
from tocsin.desk import views
from tocsin.desk.node import Node
from tocsin.desk.proposals import proposals
from tocsin.interfaces.web import create_app


class Seat(Node):
    """A node at which different people sit down."""

    def sit(self, person: str) -> None:
        object.__setattr__(self, "person", person)

    def local(self, door: str):
        return self.visit(self.person, door)


@pytest.fixture
def seat(tmp_path: Path) -> Iterator[Seat]:
    node = furnished(tmp_path)
    seat = Seat(node.settings, node.store, False)
    yield seat
    node.store.close()


@pytest.fixture
def client(seat: Seat) -> TestClient:
    return TestClient(create_app(seat), base_url="http://127.0.0.1:8420", follow_redirects=False)


def sent(client: TestClient, page: str, address: str, **fields: object):
    """Fill in the form of a page and send it."""
    opened = client.get(page)
    assert opened.status_code == 200, opened.text
    word = re.search(r'name="csrf" value="([^"]*)"', opened.text)
    seal = re.search(rf'action="{address}".*?name="previewed" value="([^"]*)"', opened.text, re.DOTALL)
    shared = {"csrf": word[1] if word else "", **({"previewed": seal[1]} if seal else {})}
    return client.post(address, data=shared | fields, headers={"origin": "http://127.0.0.1:8420"})


FIELDS = {
    "title": "Attack on a camp",
    "text": "A camp was attacked.",
    "reason": "For the press.",
    "tlp": "TLP:CLEAR",
    "audience": "everyone",
    "attribution": "organisation",
}


def test_a_text_is_drafted_agreed_to_and_let_out(seat: Seat, client: TestClient) -> None:
    source = note(seat, "bb-analyst", "A camp was attacked. The witness lives by the mill.").id
    seat.sit("aa-desk")
    form = f"/derive/{source}"
    assert "The witness lives by the mill." in client.get(form).text
    previewed = sent(client, form, form, **FIELDS, action="preview")
    assert "<del>The witness lives by the mill.</del>" in previewed.text
    assert 'value="propose"' in previewed.text
    there = sent(client, form, form, **FIELDS, action="propose").headers["location"]
    assert "Not approved" in client.get(there).text
    assert f'action="{there}/release"' not in client.get(there).text

    seat.sit("bb-desk")
    assert "waits for your approval" in client.get("/proposals").text
    assert sent(client, there, f"{there}/approve", source=source, reason="Agreed.").status_code == 303

    seat.sit("aa-desk")
    out = sent(client, there, f"{there}/release").headers["location"]
    assert "A camp was attacked." in client.get(out).text
    assert source in client.get(out.replace("statement", "lineage")).text
    told = client.get(out.replace("statement", "lineage") + ".json").json()
    assert told["sources"] == [source]

    seat.sit("cc-desk")
    for address in (out, f"{out}.json", out.replace("statement", "lineage"), f"{out}/file.json"):
        answer = client.get(address)
        assert answer.status_code == 200
        assert source not in answer.text
        assert "mill" not in answer.text
    assert client.get(there).status_code == client.get("/proposal/" + "0" * 64).status_code == 404


def test_what_was_typed_is_kept_when_a_rule_is_broken(seat: Seat, client: TestClient) -> None:
    source = note(seat, "bb-analyst", "A camp was attacked.").id
    seat.sit("aa-desk")
    form = f"/derive/{source}"
    answer = sent(client, form, form, **(FIELDS | {"reason": "", "text": "Typed by hand."}), action="propose")
    assert answer.status_code == 422
    assert "Typed by hand." in answer.text
    assert "Typed by hand." in client.get(form).text
    assert proposals(visit(seat, "aa-desk")) == ()


def test_a_release_whose_audience_has_grown_since_is_shown_again(seat: Seat, client: TestClient) -> None:
    source = note(seat, "aa-analyst", "A camp was attacked.").id
    seat.sit("aa-desk")
    form = f"/derive/{source}"
    there = sent(client, form, form, **FIELDS, action="propose").headers["location"]
    sent(client, there, f"{there}/approve", source=source, reason="Agreed.")
    answer = sent(client, there, f"{there}/release", previewed="0" * 64)
    assert "Not released yet" in answer.text
    assert list(views.current(visit(seat, "aa-desk"), kind="lineage").views) == []


@pytest.mark.parametrize("form", ["pdf", "docx", "md", "json"])
def test_a_statement_is_taken_away_as_a_file(seat: Seat, client: TestClient, form: str) -> None:
    made = note(seat, "aa-desk", "A camp was attacked.")
    seat.sit("bb-desk")
    answer = client.get(f"/statement/{made.id}/file.{form}")
    assert answer.status_code == 200
    assert f"tocsin-statement-{made.id[:12]}.{form}" in answer.headers["content-disposition"]
    seat.sit("cc-desk")
    hidden, absent = (client.get(f"/statement/{id}/file.{form}") for id in (made.id, "0" * 64))
    assert hidden.status_code == absent.status_code == 404
    assert hidden.text.replace(made.id, "") == absent.text.replace("0" * 64, "")
    with pytest.raises(NotFound):
        views.statement(visit(seat, "cc-desk"), made.id)


def test_what_may_not_be_taken_away_is_refused_with_the_reason(seat: Seat, client: TestClient) -> None:
    made = note(seat, "aa-desk", "A camp was attacked.", caveats=["ORIGINATOR CONTROL"])
    seat.sit("bb-desk")
    answer = client.get(f"/statement/{made.id}/file.pdf")
    assert answer.status_code == 403
    assert "control" in answer.text
