import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tocsin.core.settings import Settings
from tocsin.desk import drafts
from tocsin.desk.node import open_node
from tocsin.interfaces.cli import app


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for name in ("TOCSIN_DATABASE", "TOCSIN_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TOCSIN_OFFLINE", "1")

    def tocsin(home: str, *words: str):
        monkeypatch.setenv("TOCSIN_HOME", str(tmp_path / home))
        return CliRunner().invoke(app, words)

    return tocsin


def test_a_backup_can_be_made_and_restored_and_its_last_line_is_told(run, tmp_path: Path) -> None:
    open_node(Settings(home=tmp_path / "home")).store.close()
    file = str(tmp_path / "b.tar.gz")
    made = run("home", "backup", file)
    assert made.exit_code == 0, made.output
    assert "can read every statement" in made.stderr
    restored = run("other", "restore", file, "--json")
    assert restored.exit_code == 0, restored.output
    told = json.loads(restored.stdout)
    assert f"line {told['lines']}, {told['head']}" in made.stdout
    again = run("other", "restore", file)
    assert again.exit_code == 1
    assert "not empty" in again.stderr


def test_doctor_tells_of_the_store_and_fails_when_it_is_damaged(run, tmp_path: Path) -> None:
    assert ("store", "ok") in checks(run("home", "doctor", "--json"))
    node = open_node(Settings(home=tmp_path / "home"))
    with node.store.writing() as writer:
        id = writer.keep(b"a picture", "image/png", "this-node", None)
    found = checks(run("home", "doctor", "--json"))
    for area in ("database", "audit log", "statements", "files", "search"):
        assert (f"store: {area}", "ok") in found
    node.store.blobs.path(id).write_bytes(b"another")
    node.store.close()
    damaged = run("home", "doctor", "--json")
    assert damaged.exit_code == 1
    assert ("store: files", "fail") in checks(damaged)
    (one,) = (check for check in json.loads(damaged.stdout) if check["name"] == "store: files")
    assert id in one["found"]
    assert "Restore a backup" in one["remedy"]


def test_a_lost_key_is_renewed_once_it_is_told_what_is_lost(run, tmp_path: Path) -> None:
    node = open_node(Settings(home=tmp_path / "home"))
    drafts.save(node.local("web"), "compose:place:SDN", {"text": ["mine"]})
    node.store.close()
    refused = run("home", "key", "renew", "--yes")
    assert refused.exit_code == 1
    assert "is there and is its own" in refused.stderr
    node.store.seal.path.unlink()
    asked = run("home", "key", "renew")
    assert (asked.exit_code, node.store.seal.path.exists()) == (1, False)
    assert "1 drafts; 0 sealed answers of 0 rounds" in asked.stdout
    done = run("home", "key", "renew", "--yes", "--json")
    assert json.loads(done.stdout) == {"renewed": True, "lost": {"drafts": 1, "answers": 0, "rounds": 0}}
    assert ("key", "ok") in checks(run("home", "doctor", "--json"))
    assert run("home", "audit", "verify").exit_code == 0


def test_doctor_tells_of_a_store_that_cannot_be_opened(run, tmp_path: Path) -> None:
    (tmp_path / "home" / "store").mkdir(parents=True)
    (tmp_path / "home" / "store" / "node.db").write_bytes(b"nothing of the kind " * 100)
    assert ("store", "fail") in checks(run("home", "doctor", "--json"))


def checks(result) -> set[tuple[str, str]]:
    return {(one["name"], one["state"]) for one in json.loads(result.stdout)}
