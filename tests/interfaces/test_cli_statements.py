import json
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from tocsin.core.settings import Settings
from tocsin.desk import making, people
from tocsin.desk.node import open_node
from tocsin.interfaces.cli import app

Run = Callable[..., Result]
NOTE = ("note", "Sudan", "--title", "Camp", "--tlp", "AMBER", "--to", "org:this-node")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def run(home: Path, database: str) -> Run:
    """Run a command on a machine that holds nothing yet."""
    environment = {
        "TOCSIN_HOME": str(home),
        "TOCSIN_OFFLINE": "1",
        "TOCSIN_MIRROR": "",
        "TOCSIN_DATABASE": database,
        "TOCSIN_TOKEN": "",
    }

    def invoke(*words: str, input: str | None = None, **more: str) -> Result:
        return CliRunner().invoke(app, words, input=input, env=environment | more)

    return invoke


def noted(run: Run, *words: str, **given: Any) -> dict[str, Any]:
    result = run(*NOTE, "--yes", "--json", *words, **given)
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)["statement"]


def first_and_last(text: str) -> tuple[str, str]:
    lines = text.strip().splitlines()
    return lines[0], lines[-1]


def kept(home: Path) -> list[str]:
    return [path.read_text(encoding="utf-8") for path in sorted((home / "kept").glob("*"))]


# Writing -------------------------------------------------------------------------------------------------------------


def test_a_note_tells_who_will_see_it_and_is_shown_under_its_marking(run: Run) -> None:
    result = run(*NOTE, "--text", "The camp was burnt", "--evidence", "B2 radio", "--as-of", "2026-11-01", "--yes")

    assert result.exit_code == 0
    assert "In its audience: 1 person" in result.stderr
    assert first_and_last(result.stdout) == ("TLP:AMBER", "TLP:AMBER")
    for said in ("The camp was burnt", "evidence radio (B2)", "as of: 2026-11-01", "for org:this-node"):
        assert said in result.stdout


def test_a_note_is_read_from_standard_input(run: Run) -> None:
    assert noted(run, input="First line\nعربي\n")["body"]["text"] == "First line\nعربي"


def test_nothing_is_stored_where_nobody_can_be_asked_and_the_text_is_kept(run: Run, home: Path) -> None:
    result = run(*NOTE, input="A long text")

    assert result.exit_code == 1
    assert "--yes" in result.stderr
    assert "In its audience: 1 person" in result.stderr
    assert json.loads(run("statements", "--json").stdout)["statements"] == []
    assert kept(home) == ["A long text"]
    (path,) = (home / "kept").iterdir()
    assert str(path) in result.stderr
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("note", "Sudn", "--title", "A", "--tlp", "GREEN"), "Sudan (SDN)"),
        (("note", "SDN", "--title", "A", "--tlp", "PINK"), "marking.tlp"),
        (("note", "SDN", "--title", "A", "--tlp", "AMBER", "--to", "org:nobody"), "nobody here is called org:nobody"),
        (("note", "SDN", "--title", "A", "--tlp", "AMBER", "--to", "everyone"), "TLP:AMBER"),
        (("note", "SDN", "--title", "A", "--tlp", "CLEAR", "--caveat", "secret"), "marking.caveats"),
        (("note", "SDN", "--title", "", "--tlp", "CLEAR", "--to", "everyone"), "title"),
        (("note", "SDN", "--title", "A", "--tlp", "CLEAR", "--evidence", "radio"), "--evidence"),
        (("note", "SDN", "--title", "A", "--tlp", "CLEAR", "--standing", "law"), "standing"),
        (("note", "SDN", "--title", "A", "--tlp", "CLEAR", "--supersedes", "0" * 64), "supersedes"),
    ],
)
def test_what_is_refused_names_the_field_and_keeps_the_text(
    run: Run, home: Path, words: tuple[str, ...], told: str
) -> None:
    result = run(*words, "--text", "A long text", "--yes")

    assert result.exit_code == 1
    assert told in result.stderr
    assert kept(home) == ["A long text"]


def test_input_that_is_no_text_is_refused(tmp_path: Path) -> None:
    words = [sys.executable, "-c", "from tocsin.interfaces.cli import main; main()", *NOTE, "--yes"]
    env = {"TOCSIN_HOME": str(tmp_path), "PYTHONUTF8": "1"}
    result = subprocess.run(words, input=b"\xff\xfe\xfa", env=env, capture_output=True)

    assert result.returncode == 1
    assert b"UTF-8" in result.stderr
    assert b"Traceback" not in result.stderr


def test_a_preview_stores_nothing(run: Run) -> None:
    told = run(*NOTE, "--text", "A", "--preview")
    machine = json.loads(run(*NOTE, "--text", "A", "--preview", "--json").stdout)

    assert "In its audience: 1 person" in told.stdout
    assert machine["organisations"] == {"this-node": 1}
    assert json.loads(run("statements", "--json").stdout)["statements"] == []


def test_a_marking_is_previewed_without_a_note(run: Run) -> None:
    assert "Nobody is in its audience" in run("preview", "--tlp", "RED").stdout
    assert json.loads(run("preview", "--tlp", "RED", "--to", "person:local", "--json").stdout)["persons"] == ["local"]
    assert "nobody here is called group:x" in run("preview", "--tlp", "AMBER", "--to", "group:x").stderr


# Reading -------------------------------------------------------------------------------------------------------------


def test_statements_are_listed_by_place_kind_and_words_under_the_strictest_marking(run: Run) -> None:
    one = noted(run, "--text", "The river camp")
    run("note", "Mali", "--title", "Road", "--text", "A road", "--tlp", "GREEN", "--to", "community", "--yes")

    whole = run("statements")
    assert first_and_last(whole.stdout) == ("TLP:AMBER", "TLP:AMBER")
    assert whole.stdout.index("Road") < whole.stdout.index("Camp")
    assert first_and_last(run("statements", "Mali").stdout) == ("TLP:GREEN", "TLP:GREEN")
    assert first_and_last(run("statements", "Chad").stdout) == ("TLP:CLEAR", "TLP:CLEAR")
    found = json.loads(run("statements", "--search", "river", "--kind", "note", "--json").stdout)
    assert (found["marking"], [entry["id"] for entry in found["statements"]]) == ("TLP:AMBER", [one["id"]])
    assert json.loads(run("statements", "--limit", "1", "--json").stdout)["more"] is True
    assert "--limit" in run("statements", "--limit", "1").stdout
    assert json.loads(run("statements", "--as-of", "2020-01-01", "--json").stdout)["statements"] == []


def test_a_statement_its_successor_and_its_recall_are_in_the_history(run: Run) -> None:
    old = noted(run, "--text", "Burnt")
    new = noted(run, "--text", "Not burnt", "--supersedes", old["id"])
    recalled = run("recall", new["id"], "--reason", "The source was wrong", "--json")

    assert json.loads(recalled.stdout)["statement"]["body"]["reason"] == "The source was wrong"
    history = json.loads(run("history", "Sudan", "--json").stdout)
    assert [entry["body"]["kind"] for entry in history["statements"]] == ["recall", "note", "note"]
    shown = run("show", new["id"]).stdout
    assert "note about place:SDN, recalled" in shown
    assert f"supersedes: {old['id']}" in shown
    assert first_and_last(run("history", "Sudan").stdout) == ("TLP:AMBER", "TLP:AMBER")


def test_differences_are_shown_between_two_days(run: Run) -> None:
    noted(run, "--text", "Burnt")

    told = run("history", "Sudan", "--since", "2020-01-01")
    assert "\n+ " in told.stdout
    machine = json.loads(run("history", "Sudan", "--since", "2020-01-01", "--json").stdout)
    assert (machine["marking"], len(machine["added"]), machine["gone"]) == ("TLP:AMBER", 1, [])
    assert "Nothing changed" in run("history", "Sudan", "--since", "2020-01-01", "--until", "2020-02-01").stdout
    assert "--since" in run("history", "Sudan", "--since", "soon").stderr


def test_what_is_not_there_is_one_sentence(run: Run) -> None:
    for words in (("show", "0" * 64), ("show", "x"), ("recall", "0" * 64, "--reason", "x"), ("audit", "who-saw", "x")):
        result = run(*words)
        assert result.exit_code == 1
        assert "there is no such statement, or it is not for you" in result.stderr


def test_a_text_cannot_command_the_terminal(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    # Nobody can make such a statement here; one that another node made may still hold it.
    monkeypatch.setattr("tocsin.desk.rules._letters", lambda statement: None)
    made = noted(run, "--text", "red \x1b[31m and \u202e back")

    shown = run("show", made["id"]).stdout
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert made["body"]["text"] == "red \x1b[31m and \u202e back"


def test_kinds_are_listed_with_their_schemas(run: Run) -> None:
    assert "note: Something observed" in run("kinds").stdout
    assert json.loads(run("kinds", "note").stdout)["properties"]["title"]["maxLength"] == 300
    assert "recall" in json.loads(run("kinds", "--json").stdout)
    assert run("kinds", "nothing").exit_code == 1
    assert run("statements", "--kind", "nothing").exit_code == 1


def test_an_exercise_is_apart_and_marked(run: Run) -> None:
    made = run("note", "Valdria", "--title", "A", "--text", "Fiction", "--tlp", "GREEN", "--to", "community",
               "--yes", "--exercise")  # fmt: skip

    assert made.exit_code == 0, made.stderr
    assert first_and_last(made.stdout) == ("TLP:GREEN · EXERCISE", "TLP:GREEN · EXERCISE")
    assert "Fiction" in run("show", made.stdout.split("id: ")[1].split()[0], "--exercise").stdout
    assert first_and_last(run("statements", "--exercise", "--search", "nothing").stdout)[0] == "TLP:CLEAR · EXERCISE"
    assert json.loads(run("statements", "--json").stdout)["statements"] == []
    assert run("note", "Sudan", "--title", "A", "--text", "B", "--tlp", "GREEN", "--exercise").exit_code == 1


# People and audit ----------------------------------------------------------------------------------------------------


def test_people_are_added_changed_and_closed(run: Run) -> None:
    assert run("people", "organisation", "add", "aa", "--name", "Organisation A").stdout == "Added aa.\n"
    added = run("people", "person", "add", "ada", "--name", "Ada", "--organisation", "aa", "--role", "analyst",
                "--role", "convenor", "--json")  # fmt: skip
    assert json.loads(added.stdout)["roles"] == ["analyst", "convenor"]
    changed = run("people", "person", "change", "ada", "--role", "reader", "--affiliation", "client", "--json")
    assert (json.loads(changed.stdout)["roles"], json.loads(changed.stdout)["affiliation"]) == (["reader"], "client")
    assert "nothing is given" in run("people", "person", "change", "ada").stderr
    assert json.loads(run("people", "person", "close", "ada", "--json").stdout)["active"] is False
    assert "closed" in run("people", "list").stdout
    assert json.loads(run("people", "person", "change", "ada", "--reopen", "--json").stdout)["active"] is True
    everybody = json.loads(run("people", "list", "--json").stdout)
    assert {one["id"] for one in everybody["persons"]} == {"local", "ada"}


def test_groups_are_joined_back_filled_and_left(run: Run) -> None:
    run("people", "organisation", "add", "aa", "--name", "A")
    run("people", "group", "add", "sahel", "--name", "Sahel")
    run("people", "group", "join", "sahel", "--organisation", "this-node")
    noted(run, "--text", "Burnt", "--to", "group:sahel")
    assert "is in sahel from" in run("people", "group", "join", "sahel", "--organisation", "aa").stdout

    words = ("people", "group", "back-fill", "sahel", "--organisation", "aa", "--opened", "2020-01-01")
    assert run(*words, "--dry-run").stdout == "It would open 1 statement that you may see, to 0 people of aa.\n"
    assert "--yes" in run(*words).stderr
    assert json.loads(run(*words, "--yes", "--json").stdout)["done"] is True
    assert "already" in run(*words, "--yes").stderr
    assert run("people", "group", "leave", "sahel", "--organisation", "aa").exit_code == 0
    (group,) = json.loads(run("people", "list", "--json").stdout)["groups"]
    assert [(one["organisation"], one["until"] is None) for one in group["spells"]] == [
        ("this-node", True),
        ("aa", False),
    ]
    assert run("people", "group", "join", "sahel", "--organisation", "aa", "--since", "2020-01-01").exit_code == 1


def test_the_log_is_verified_and_asked(run: Run) -> None:
    made = noted(run, "--text", "Burnt")

    assert "lines are whole" in run("audit", "verify").stdout
    assert json.loads(run("audit", "verify", "--json").stdout)["broken"] is None
    assert "Nobody but its author has read it" in run("audit", "who-saw", made["id"]).stdout
    by = run("audit", "by", "local")
    assert made["id"] in by.stdout
    page = json.loads(run("audit", "by", "local", "--limit", "1", "--json").stdout)
    assert len(page["lines"]) == 1
    assert page["more"] == page["lines"][0]["line"]
    assert json.loads(run("audit", "by", "local", "--after", page["more"], "--json").stdout)["lines"]


def test_a_broken_log_ends_with_an_error(run: Run, home: Path) -> None:
    run("statements")
    if not (home / "store" / "node.db").exists():
        pytest.skip("this log is in PostgreSQL, where tests/desk/test_auditing.py changes it")
    noted(run, "--text", "Burnt")
    with sqlite3.connect(home / "store" / "node.db") as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')
        connection.execute("UPDATE audit SET door = 'web' WHERE seq = 2")
    result = run("audit", "verify")

    assert result.exit_code == 1
    assert "Line 2 is not as it was written" in result.stdout


# A node with accounts ------------------------------------------------------------------------------------------------


def test_on_a_node_with_accounts_only_people_and_the_log_are_looked_after_without_a_token(run: Run, home: Path) -> None:
    settings = Settings(home=home / "team", offline=True)
    open_node(settings, team=True).store.close()
    team = {"TOCSIN_HOME": str(settings.home), "TOCSIN_DATABASE": ""}

    assert run("people", "organisation", "add", "aa", "--name", "A", **team).exit_code == 0
    assert run("audit", "verify", **team).exit_code == 0
    for words in (("statements",), ("show", "0" * 64), ("audit", "by", "operator"), (*NOTE, "--text", "x", "--yes")):
        result = run(*words, **team)
        assert result.exit_code == 1
        assert "TOCSIN_TOKEN" in result.stderr


def test_the_command_line_brings_no_store_with_it() -> None:
    heavy = {"pydantic", "sqlalchemy", "fastapi", "polars", "numpy", "rfc8785"}
    code = f"import sys, tocsin.interfaces.cli; print(sorted({heavy} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout == "[]\n"


def test_people_of_another_organisation_do_not_see_what_is_not_for_them(run: Run, home: Path) -> None:
    settings = Settings(home=home, offline=True)
    node = open_node(settings)
    local = node.local("cli")
    people.add_organisation(local, id="aa", name="A")
    people.add_person(local, id="ada", name="Ada", organisation="aa", roles=["analyst"])
    body = {"kind": "note", "title": "Theirs", "text": "secret"}
    marking = {"tlp": "AMBER", "audience": [["org:aa"]]}
    made = making.make(
        node.visit("ada", "cli"), {"body": body, "subject": {"type": "place", "id": "SDN"}, "marking": marking}
    )
    node.store.close()

    for words in (("statements",), ("statements", "--search", "secret"), ("history", "SDN"), ("show", made.id)):
        result = run(*words, TOCSIN_DATABASE="")
        assert "Theirs" not in result.output
        assert made.id not in result.stdout
