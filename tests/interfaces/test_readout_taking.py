"""A readout is taken from the page or with the command, and refused in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import typer
from starlette.testclient import TestClient
from tests.round_team import by
from tests.signed_in import HOME
from typer.testing import CliRunner

from tocsin.desk.node import Node
from tocsin.desk.rounds.readout import readout
from tocsin.interfaces.briefs import RecordFormat, file_name, render_record
from tocsin.interfaces.cli.readout import readout as command
from tocsin.interfaces.web import create_app


class Seat(Node):
    """A node at which an analyst sits."""

    def local(self, door: str) -> Any:
        return self.visit("bb-one", door)


@pytest.mark.parametrize("form", RecordFormat)
def test_the_page_hands_out_the_same_file(round_: tuple[Node, str], form: RecordFormat) -> None:
    node, id = round_
    client = TestClient(create_app(Seat(node.settings, node.store, False)), base_url=HOME)
    answer = client.get(f"/round/{id}/readout.{form.value}", params={"lang": "ar", "yardstick": "phia"})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == form.media_type
    assert answer.headers["cache-control"] == "no-store"
    document = readout(by(node, "bb-one"), id, form.value, language="ar", scale="phia")
    assert file_name(document, form) in answer.headers["content-disposition"]
    assert answer.content == render_record(document, form)


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("readout.odt", 400, "readouts come in"),
        ("readout.pdf?lang=xx", 400, "en, fr, ar"),
        ("readout.pdf?yardstick=none", 400, "icd203"),
    ],
)
def test_a_page_says_what_readouts_there_are(round_: tuple[Node, str], address: str, status: int, words: str) -> None:
    node, id = round_
    client = TestClient(create_app(Seat(node.settings, node.store, False)), base_url=HOME)
    answer = client.get(f"/round/{id}/{address}", headers={"accept": "application/json"})
    assert answer.status_code == status
    assert words in answer.text


def test_there_is_no_readout_of_what_one_may_not_see(round_: tuple[Node, str]) -> None:
    node, _ = round_
    client = TestClient(create_app(Seat(node.settings, node.store, False)), base_url=HOME)
    assert client.get(f"/round/{'0' * 64}/readout.pdf").status_code == 404


def test_the_command_writes_the_file(round_: tuple[Node, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    node, id = round_

    class Kept:
        """The node, which stays open when the command ends."""

        team = False
        store = type("Store", (), {"close": staticmethod(lambda: None)})

        def local(self, door: str) -> Any:
            return node.visit("bb-one", door)

    monkeypatch.setattr("tocsin.desk.node.open_node", lambda *_, **__: Kept())
    app = typer.Typer()
    app.command()(command)
    file = tmp_path / "readout.md"
    ended = CliRunner().invoke(app, [id, "--format", "md", "--language", "fr", "--out", str(file)])
    assert ended.exit_code == 0, ended.output
    assert ended.output.strip() == str(file)
    assert "Avis divergents sur ce résultat : 2" in file.read_text(encoding="utf-8")
