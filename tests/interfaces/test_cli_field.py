from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from tocsin.interfaces.cli import app

Run = Callable[..., Result]
MARKED = ("--tlp", "AMBER", "--to", "org:this-node")
PASSED_ON = (
    *("field", "contribute", "Sudan", "--title", "Water point closed", "--provenance", "witness"),
    *("--consent", "given", "--grade", "b3", *MARKED),
)
ASKED = ("field", "request", "Sudan", "--asks", "Who left?", "--purpose", "Outlook.", "--until", "2099-12-31", *MARKED)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run a command on a machine that holds nothing yet."""
    environment = {
        "TOCSIN_HOME": str(tmp_path / "home"),
        "TOCSIN_OFFLINE": "1",
        "TOCSIN_MIRROR": "",
        "TOCSIN_DATABASE": "",
        "TOCSIN_TOKEN": "",
    }

    def invoke(*words: str, input: str | None = None) -> Result:
        return CliRunner().invoke(app, words, input=input, env=environment)

    return invoke


def passed_on(run: Run, *words: str) -> dict[str, Any]:
    result = run(*PASSED_ON, "--text", "Armed men guard it.", "--yes", "--json", *words)
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)["statement"]


def asked(run: Run, community: str, *words: str) -> Result:
    return run(*ASKED, "--community", community, "--yes", "--json", *words)


def test_what_is_passed_on_is_graded_and_shown_with_what_became_of_it(run: Run) -> None:
    made = passed_on(run)
    assert (made["body"]["reliability"], made["body"]["credibility"]) == ("B", "3")
    assert "Nothing yet that you may see, 0 days after it came." in run("field", "became", made["id"]).stdout
    told = run("field", "reply", made["id"], "--fate", "passed-on", "--text", "To the envoy.")
    assert told.exit_code == 0, told.stderr
    became = run("field", "became", made["id"])
    assert became.stdout.splitlines()[0] == became.stdout.splitlines()[-1] == "TLP:AMBER"
    assert "To the envoy." in became.stdout
    found = json.loads(run("field", "became", made["id"], "--json").stdout)
    assert (found["nothing_yet"], found["replies"][0]["body"]["fate"]) == (False, "passed on")


def test_nothing_is_stored_where_nobody_can_be_asked_and_the_text_is_kept(run: Run, tmp_path: Path) -> None:
    result = run(*PASSED_ON, input="Armed men guard it.")
    assert result.exit_code == 1
    assert "--yes" in result.stderr
    assert [path.read_text() for path in (tmp_path / "home" / "kept").iterdir()] == ["Armed men guard it."]
    assert json.loads(run("statements", "--json").stdout)["statements"] == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--grade", "G3"), "--grade"),
        (("--consent", "perhaps"), "body.consent"),
        (("--precision", "site"), "name it"),
        (("--answers", "0" * 64), "no such statement"),
    ],
)
def test_what_breaks_a_rule_is_refused_with_its_place(run: Run, words: tuple[str, ...], told: str) -> None:
    result = run(*PASSED_ON, "--text", "Armed men guard it.", "--yes", *words)
    assert result.exit_code == 1
    assert told in result.stderr


def test_who_asks_already_is_shown_before_a_request_is_stored(run: Run) -> None:
    first = json.loads(asked(run, "Market women of Bintana").stdout)["statement"]
    again = asked(run, "women, Bintana")
    assert again.exit_code == 1
    assert "asked already" in again.stderr
    assert first["id"] in again.stderr
    found = json.loads(run(*ASKED, "--community", "women, Bintana", "--preview", "--json").stdout)
    assert [one["id"] for one in found["alike"]] == [first["id"]]
    assert asked(run, "women, Bintana", "--instead", "Ours is about roads.").exit_code == 0
    rows = json.loads(run("field", "requests", "Sudan", "--json").stdout)["requests"]
    assert [len(row["alike"]) for row in rows] == [1, 1]
    assert "! " in run("field", "requests").stdout


def test_an_answer_is_counted_with_its_request(run: Run) -> None:
    request = json.loads(asked(run, "Market women of Bintana").stdout)["statement"]
    made = passed_on(run, "--answers", request["id"])
    assert made["derived_from"] == [request["id"]]
    (row,) = json.loads(run("field", "requests", "--json").stdout)["requests"]
    assert row["answers"] == 1
    assert "It answers" in run("field", "became", made["id"]).stdout


def test_it_works_in_an_exercise(run: Run) -> None:
    made = run(
        *("field", "contribute", "Valdria", "--title", "Checkpoint", "--text", "Two more.", "--provenance", "media"),
        *("--consent", "not needed", "--grade", "C2", "--tlp", "GREEN", "--to", "community", "--exercise", "--yes"),
    )
    assert made.exit_code == 0, made.stderr
    assert made.stdout.splitlines()[0] == "TLP:GREEN · EXERCISE"
    assert "Checkpoint" in run("statements", "--kind", "contribution", "--exercise").stdout
