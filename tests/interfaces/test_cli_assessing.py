import json
from pathlib import Path

import pytest
from tests.assessments import UN, US, given, overall, present
from typer.testing import CliRunner

from tocsin.interfaces.cli import app

MARKED = {"tlp": "AMBER", "audience": [["org:this-node"]]}


@pytest.fixture
def run(tmp_path):
    environment = {
        "TOCSIN_HOME": str(tmp_path / "home"),
        "TOCSIN_OFFLINE": "1",
        "TOCSIN_MIRROR": "",
        "TOCSIN_DATABASE": "",
        "TOCSIN_TOKEN": "",
    }
    return lambda *words: CliRunner().invoke(app, ["assess", *map(str, words)], env=environment)


@pytest.fixture
def file(tmp_path):
    def write(name="one.json", **changes) -> Path:
        path = tmp_path / name
        path.write_text(json.dumps(given(marking=MARKED, **changes)), encoding="utf-8")
        return path

    return write


def made(run, path):
    answer = run("make", path, "--yes", "--json")
    assert answer.exit_code == 0, answer.output
    return json.loads(answer.stdout)["statement"]["id"]


def test_an_assessment_from_a_file_to_a_comparison(run, file):
    one = made(run, file())
    two = made(run, file(ratings=[present("1", "high", "decisive", "radio")], overall=overall(0.3)))

    shown = run("show", one).stdout
    assert shown.startswith("TLP:AMBER")
    assert "The model, not merged with it" in shown
    rendered = run("render", one, "--frame", US).stdout
    assert "3.1 Armed conflict" in rendered
    assert "Asked there, without a rating that leads to it" in rendered
    told = json.loads(run("differ", one, two, "--json").stdout)
    assert set(told["shares"]) == {"definition", "evidence", "weight", "judgement"}
    assert sum(one["share"] for one in told["reasons"]) == pytest.approx(told["gap"])
    words = run("differ", one, two).stdout
    assert "multiplies the odds by up to 3.0" in " ".join(words.split())
    agreed = json.loads(run("agreement", "Sudan", "--frame", UN, "--json").stdout)
    assert len(agreed["assessments"]) == 2
    said = run("agreement", "Sudan", "--level", "nominal").stdout
    assert "Krippendorff's alpha, nominal" in said or "No agreement can be told" in said
    assert run("agreement", "Sudan", "--level", "ratio").exit_code == 1
    assert "evidence radio: " in shown


def test_a_preview_stores_nothing_and_a_pipe_must_say_yes(run, file):
    path = file()
    assert "In its audience: 1 person" in run("make", path, "--preview").stdout
    refused = run("make", path)
    assert refused.exit_code == 1
    assert "--yes" in refused.output
    assert json.loads(run("agreement", "SDN", "--json").stdout)["assessments"] == []


def test_a_correction_and_a_sign_off_are_told_field_by_field(run, file):
    one = made(run, file())
    two = made(run, file(supersedes=[one], overall=overall(0.2)))
    signed = json.loads(run("sign-off", two, "--json").stdout)["statement"]
    assert signed["standing"] == "desk"
    told = json.loads(run("changes", signed["id"], "--json").stdout)["edits"]
    assert [one["path"] for one in told[0]["changes"]] == ["standing"]
    assert "body.overall.probability" in {one["path"] for one in told[1]["changes"]}
    assert "body.overall.probability: 0.08 -> 0.2" in run("changes", two).stdout


def test_toml_is_read_too(run, tmp_path):
    path = tmp_path / "one.toml"
    path.write_text(
        """
standing = "note"
[subject]
type = "place"
id = "SDN"
[marking]
tlp = "GREEN"
audience = [["community"]]
[body]
kind = "assessment"
title = "Outlook"
frame = "us-araf"
no_resilience = "None known."
no_protectors = "None known."
would_change = ["A truce."]
summary = "Tension grows."
[[body.ratings]]
factor = "3.1"
status = "present"
level = "high"
confidence = "low"
judged = true
reason = "Acquaintance."
[body.overall]
outcome = "terms:mass-killing.ewp"
horizon = 12
low = 0.01
probability = 0.02
high = 0.05
confidence = "low"
""",
        encoding="utf-8",
    )
    assert made(run, path)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("one.json", "{", "is not JSON"),
        ("one.toml", "a = ", "is not TOML"),
        ("one.json", '{"body": {"kind": "note"}}', "holds no assessment"),
        ("one.json", "[]", "holds no assessment"),
    ],
)
def test_a_file_that_cannot_be_used_is_named(run, tmp_path, name, text, said):
    (tmp_path / name).write_text(text)
    answer = run("make", tmp_path / name, "--yes")
    assert answer.exit_code == 1
    assert said in answer.output
    assert run("make", tmp_path / "none.json").exit_code == 1


def test_an_exercise_marks_by_itself(run, file):
    made_ = run("make", file(place="XXA"), "--yes", "--json", "--exercise")
    assert made_.exit_code == 0, made_.output
    assert "EXERCISE" in json.loads(made_.stdout)["marking"]
    assert run("make", file(), "--yes", "--exercise").exit_code == 1
