"""``tocsin up --team`` and ``tocsin account``: from an empty folder to somebody who is signed in."""

import json

import pytest
from tests.account_team import PASSWORD, light_passwords
from typer.testing import CliRunner

from tocsin.core.settings import Settings
from tocsin.desk import accounts, sessions, signing_in
from tocsin.desk.node import open_node
from tocsin.interfaces.cli import app

HERE = "192.0.2.1"


@pytest.fixture
def run(tmp_path, monkeypatch):
    light_passwords(monkeypatch)
    monkeypatch.setenv("TOCSIN_HOME", str(tmp_path))
    monkeypatch.setenv("TOCSIN_OFFLINE", "1")
    for name in ("TOCSIN_DATABASE", "TOCSIN_TOKEN", "TOCSIN_ORIGIN"):
        monkeypatch.delenv(name, raising=False)
    runner = CliRunner()
    return lambda *words: runner.invoke(app, list(words))


@pytest.fixture
def node(tmp_path, run):
    """A node with accounts and a person who has none of their own yet."""
    made = open_node(Settings(home=tmp_path, offline=True), team=True)
    run("people", "organisation", "add", "aa", "--name", "Alpha Office")
    run("people", "person", "add", "ana", "--name", "Ana Alvarez", "--organisation", "aa", "--role", "analyst")
    return made


@pytest.fixture
def served(monkeypatch):
    """What would have been served."""
    found = []
    monkeypatch.setattr("tocsin.interfaces.web.server.serve", lambda node, ready: found.append(node))
    return found


def test_a_node_for_others_needs_accounts_and_tls(run, monkeypatch, served):
    alone = run("up", "--host", "0.0.0.0", "--no-browser", "--no-pull")
    assert alone.exit_code == 1
    assert "Start it with --team" in alone.stderr

    clear = run("up", "--team", "--host", "0.0.0.0", "--no-browser", "--no-pull")
    assert clear.exit_code == 1
    assert "TOCSIN_ORIGIN" in clear.stderr
    assert served == []

    monkeypatch.setenv("TOCSIN_ORIGIN", "https://tocsin.example")
    assert run("up", "--team", "--host", "0.0.0.0", "--no-browser", "--no-pull").exit_code == 0
    assert served[0].team


def test_what_is_refused_makes_no_node_with_accounts(run, served):
    run("up", "--team", "--host", "0.0.0.0", "--no-browser", "--no-pull")
    assert run("up", "--no-browser", "--no-pull").exit_code == 0
    assert not served[0].team


def test_a_node_with_accounts_stays_one(run, served):
    run("up", "--team", "--no-browser", "--no-pull")
    run("up", "--no-browser", "--no-pull")
    assert [one.team for one in served] == [True, True]


def test_the_exercise_is_a_store_of_its_own(run, served, tmp_path):
    run("up", "--exercise", "--no-browser", "--no-pull")
    assert served[0].store.world == "exercise"
    assert not (tmp_path / "store").exists()


def test_the_exercise_opens_where_its_round_waits(run, monkeypatch):
    pages = []
    monkeypatch.setattr("tocsin.interfaces.web.server.serve", lambda node, ready: ready("http://127.0.0.1:1/"))
    monkeypatch.setattr("tocsin.interfaces.cli.workbench._open", pages.append)
    assert run("exercise", "start").exit_code == 0
    assert run("up", "--no-pull").exit_code == 0
    assert pages == ["http://127.0.0.1:1/rounds", "http://127.0.0.1:1/"]


def test_an_invitation_is_alone_on_standard_output_and_lets_its_person_in(run, node):
    made = run("account", "invite", "ana")
    assert made.exit_code == 0
    code = made.stdout.strip()
    assert code not in made.stderr
    assert "/sign-in/invitation" in made.stderr

    assert signing_in.with_invitation(node, code, PASSWORD, HERE)
    told = json.loads(run("account", "invite", "ana", "--json").stdout)
    assert set(told) == {"person", "code", "until", "address"}
    assert "nobody here has an open account" in run("account", "invite", "nobody").stderr


def set_up(node, code):
    import pyotp

    cookie = signing_in.with_invitation(node, code, PASSWORD, HERE)
    key = signing_in.enrolment(node, cookie).key
    return signing_in.enrol(node, cookie, pyotp.TOTP(key).now(), HERE)


def test_a_reset_is_asked_for_by_name(run, node):
    cookie = set_up(node, run("account", "invite", "ana").stdout.strip())

    again = run("account", "invite", "ana")
    assert again.exit_code == 1
    assert "Reset the account" in again.stderr
    assert sessions.by_session(node, cookie, "web")
    assert set_up(node, run("account", "reset", "ana").stdout.strip()) != cookie


def test_a_token_s_owner_lists_and_revokes_their_tokens(run, node, monkeypatch):
    assert "TOCSIN_TOKEN" in run("account", "tokens").stderr
    me = sessions.by_session(node, set_up(node, run("account", "invite", "ana").stdout.strip()), "web").visit
    text, made = accounts.make_token(me, "notebook", "read", 30)
    monkeypatch.setenv("TOCSIN_TOKEN", text)

    (listed,) = json.loads(run("account", "tokens", "--json").stdout)
    assert (listed["id"], listed["scope"], listed["state"]) == (made.id, "read", "valid")
    assert "only a steward" in run("account", "invite", "ana").stderr
    assert run("account", "revoke", made.id).exit_code == 0
    ended = run("account", "tokens")
    assert ended.exit_code == 1
    assert "not valid" in ended.stderr
