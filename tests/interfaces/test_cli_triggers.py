from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests import trigger_cases as cases
from typer.testing import CliRunner, Result

from tocsin.core.triggering import Scenario, Trigger
from tocsin.horizon import scenarios
from tocsin.interfaces.cli import app

Run = Callable[..., Result]

TRIGGER = """
subject = "place:SDN"
marking = { tlp = "AMBER", audience = [["org:this-node"]] }

[body]
title = "Killing jumps"
text = "Early talks before a siege."
acknowledge_hours = 24
duty = { role = "duty officer", organisation = "this-node", persons = ["local"] }
escalate_to = { role = "head of desk", organisation = "this-node" }
evidence_wanted = [{ what = "a second source", kinds = ["witness"] }]

[[body.rule.conditions]]
type = "series"
series = "deaths.state-based"
enter = 25
leave = 10

[[body.steps]]
key = "call"
what = "Call the envoy."
by = { role = "duty officer", organisation = "this-node" }
within_days = 2
"""

SCENARIO = """
subject = "place:SDN"
marking = { tlp = "AMBER", audience = [["org:this-node"]] }

[body]
title = "The spring"
text = "What may come."
until = 2099-12-31
branches = [
  { key = "talks", title = "Talks go on", probability = 0.6, signposts = [{ key = "envoy", text = "He is let in" }] },
  { key = "war", title = "The truce ends", probability = 0.4 },
]
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "trigger.toml").write_text(TRIGGER, encoding="utf-8")
    (tmp_path / "scenario.toml").write_text(SCENARIO, encoding="utf-8")
    return tmp_path


def runner(home: Path, mirror: str = "") -> Run:
    environment = {
        "TOCSIN_HOME": str(home / "home"),
        "TOCSIN_OFFLINE": "1",
        "TOCSIN_MIRROR": mirror,
        "TOCSIN_DATABASE": "",
        "TOCSIN_TOKEN": "",
    }

    def invoke(*words: str) -> Result:
        return CliRunner().invoke(app, [str(word) for word in words], env=environment)

    return invoke


@pytest.fixture
def run(home: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    today = datetime.now(UTC).date()
    last = (today.year, today.month - 1) if today.month > 1 else (today.year - 1, 12)
    cases.made_up(monkeypatch, cases.months([*[0.0] * 60, 30.0, 60.0, *[0.0] * 60, 40.0], last))
    return runner(home)


def told(result: Result) -> Any:
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_a_trigger_goes_from_a_file_to_its_end(run: Run, home: Path) -> None:
    id = told(run("trigger", "add", home / "trigger.toml", "--yes", "--json"))["statement"]["id"]
    early = run("trigger", "activate", id, "--backtest", "0" * 64, "--reason", "Go.")
    assert early.exit_code == 1
    assert "tocsin trigger backtest" in early.stderr
    test = run("trigger", "backtest", id, "--at-least", "25", "--within", "3")
    assert "it would have alarmed twice" in test.stdout
    tested = test.stdout.split("id: ")[1].split()[0]
    assert run("trigger", "activate", id, "--backtest", tested, "--reason", "Worth it.").exit_code == 0
    assert "A NEW ALARM" in run("trigger", "evaluate", id).stdout
    assert run("trigger", "acknowledge", id).exit_code == 0
    bare = run("trigger", "confirm", id, "--reason", "Seen.")
    assert (bare.exit_code, "a second source" in bare.stderr) == (1, True)
    assert run("trigger", "confirm", id, "--reason", "Seen.", "--evidence", "nurse").exit_code == 1
    assert run("trigger", "confirm", id, "--reason", "Seen.", "--evidence", "witness:b2:A nurse").exit_code == 0
    shown = run("trigger", "show", id).stdout
    assert "call: Call the envoy. duty officer, this-node: VACANT" in shown
    assert run("trigger", "step", id, "call", "--note", "He will go.").exit_code == 0
    assert run("trigger", "stand-down", id, "--reason", "It is over.").exit_code == 0
    (one,) = told(run("trigger", "list", "Sudan", "--json"))["triggers"]
    assert (one["in_force"], one["alarms"][0]["where"], one["vacant"]) == (
        True,
        "stood down",
        ["body.escalate_to", "body.steps.0.by"],
    )
    assert run("trigger", "retire", id, "--reason", "Replaced.").exit_code == 0
    assert "tested, not in force" in run("trigger", "list").stdout


def test_the_horizon_names_triggers_in_force_with_place_duty_and_alarm(run: Run, home: Path) -> None:
    assert "nobody is on duty for one" in run("horizon").stdout
    path = home / "trigger.toml"
    path.write_text(TRIGGER.replace(', persons = ["local"] }', " }"), encoding="utf-8")
    id = told(run("trigger", "add", path, "--yes", "--json"))["statement"]["id"]
    assert "Killing jumps" not in run("horizon").stdout
    test = run("trigger", "backtest", id, "--at-least", "25", "--within", "3")
    tested = test.stdout.split("id: ")[1].split()[0]
    assert run("trigger", "activate", id, "--backtest", tested, "--reason", "Worth it.").exit_code == 0
    quiet = run("horizon", "Sudan").stdout
    assert "  Sudan: Killing jumps: in force, no alarm is open" in quiet
    assert "on duty: duty officer, this-node: VACANT" in quiet
    assert run("trigger", "evaluate", id).exit_code == 0
    assert "Killing jumps: alarm of " in run("horizon").stdout
    (one,) = told(run("horizon", "--json"))["triggers"]
    assert (one["id"], one["subject"], bool(one["alarm"])) == (id, "place:SDN", True)
    assert "body.duty" in one["vacant"]
    assert "Killing jumps" not in run("horizon", "Chad").stdout
    assert told(run("horizon", "--as-of", "2020-01-01", "--json"))["triggers"] == []


def test_a_look_at_an_earlier_day_stores_nothing(run: Run, home: Path) -> None:
    id = told(run("trigger", "add", home / "trigger.toml", "--yes", "--json"))["statement"]["id"]
    looked = told(run("trigger", "evaluate", id, "--as-of", "2000-01-01", "--json"))
    assert (looked["state"], looked["alarm"]) == ("cannot tell", False)
    assert run("trigger", "evaluate", id, "--as-of", "soon").exit_code == 1
    preview = told(run("trigger", "backtest", id, "--preview", "--json"))
    assert preview["id"] is None
    assert told(run("trigger", "show", id, "--json"))["trigger"]["backtests"] == []
    assert "no alarm is open" in run("trigger", "dismiss", id, "--reason", "x").stderr


def test_a_file_that_is_no_toml_is_named(run: Run, home: Path) -> None:
    (home / "bad.toml").write_text("subject = ", encoding="utf-8")
    result = run("trigger", "add", home / "bad.toml", "--yes")
    assert (result.exit_code, "this is no TOML" in result.stderr) == (1, True)


def test_a_preview_tells_who_would_see_it_and_stores_nothing(run: Run, home: Path) -> None:
    assert run("trigger", "add", home / "trigger.toml", "--preview").exit_code == 0
    assert told(run("trigger", "list", "--json"))["triggers"] == []


def test_a_scenario_is_shown_as_a_tree_with_what_was_seen(run: Run, home: Path) -> None:
    id = told(run("scenario", "add", home / "scenario.toml", "--yes", "--json"))["statement"]["id"]
    signed = run("scenario", "sign", id, "talks", "envoy", "--seen", "2026-01-05", "--source", "Radio")
    assert signed.exit_code == 0, signed.stderr
    shown = run("scenario", "show", id).stdout
    assert "[SEEN] envoy: He is let in" in shown
    (one,) = told(run("scenario", "list", "--json"))["scenarios"]
    assert [path["probability"] for path in one["paths"]] == [0.6, 0.4]


def test_real_deaths_are_tried_on_the_mirror(home: Path, mirror: Path) -> None:
    run = runner(home, str(mirror))
    id = told(run("trigger", "add", home / "trigger.toml", "--yes", "--json"))["statement"]["id"]
    found = told(run("trigger", "backtest", id, "--at-least", "500", "--within", "6", "--json"))["backtest"]
    assert (found["first"], found["last"]) == ("1990-02", "2022-01")
    assert found["alarms"]
    assert "CC BY-NC 4.0" in found["sources"][0]
    assert any("Only one vintage" in line for line in found["verdict"])


def test_the_signal_of_a_rise_can_be_tried_too(home: Path, mirror: Path) -> None:
    text = TRIGGER.replace('"deaths.state-based"', '"signal.rise"').replace("= 25", "= 0.5").replace("= 10", "= 0.1")
    (home / "rise.toml").write_text(text.replace('"place:SDN"', '"place:ETH"'), encoding="utf-8")
    run = runner(home, str(mirror))
    id = told(run("trigger", "add", home / "rise.toml", "--yes", "--json"))["statement"]["id"]
    found = told(run("trigger", "backtest", id, "--outcome", "deaths.state-based", "--json"))["backtest"]
    assert found["alarms"]
    assert found["sources"][0].startswith("Tocsin's signals on: UCDP GED")


def test_without_the_data_a_trigger_on_them_is_refused_with_what_to_do(home: Path) -> None:
    result = runner(home)("trigger", "add", home / "trigger.toml", "--yes")
    assert result.exit_code == 1
    assert "are not on this node" in result.stderr
    assert "tocsin pull" in result.stderr


def test_the_models_own_forecasts_can_be_tried_on_any_machine(home: Path) -> None:
    text = TRIGGER.replace('"deaths.state-based"', '"forecast.mass-killing-onset"').replace("25", "0.08")
    (home / "onset.toml").write_text(text.replace("= 10", "= 0.04"), encoding="utf-8")
    run = runner(home)
    id = told(run("trigger", "add", home / "onset.toml", "--yes", "--json"))["statement"]["id"]
    found = told(run("trigger", "backtest", id, "--json"))["backtest"]
    assert (found["sought"]["name"], found["first"]) == ("mass-killing.onset", "1994-01")
    assert found["months"] > 360


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "No such file"),
        ("x = " + "[" * 20_000 + "]" * 20_000, "this is no TOML"),
        (TRIGGER.replace("enter = 25", "enter = 1" + "0" * 5000), "this is no TOML"),
        (TRIGGER.replace("marking = {", "marking = { caveats = 5,"), "marking.caveats"),
    ],
)
@pytest.mark.parametrize("world", [(), ("--exercise",)])
def test_a_file_beyond_all_measure_is_one_sentence(
    run: Run, home: Path, content: str | None, words: str, world: tuple[str, ...]
) -> None:
    if content is not None:
        (home / "odd.toml").write_text(content, encoding="utf-8")
    ran = run("trigger", "add", str(home / "odd.toml"), "--preview", *world)
    assert ran.exit_code == 1
    assert isinstance(ran.exception, SystemExit), ran.exception
    assert words in ran.output


def test_whoever_puts_a_blind_trigger_in_force_is_warned_and_the_list_says_so(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = told(run("trigger", "add", home / "trigger.toml", "--yes", "--json"))["statement"]["id"]
    cases.made_up(monkeypatch, cases.months([0.0] * 60, (2021, 12)))
    tested = run("trigger", "backtest", id)
    assert "knowing the numbers up to the month before" in tested.stdout
    test = tested.stdout.split("id: ")[1].split()[0]
    made = run("trigger", "activate", id, "--backtest", test, "--reason", "Worth it.")
    assert made.exit_code == 0
    assert "Warning: the rule now says cannot tell" in made.stderr
    for shown in (run("trigger", "list"), run("trigger", "show", id)):
        assert "no alarm is open; the rule now says cannot tell; deaths.state-based: no number after" in shown.stdout


@pytest.mark.parametrize(("command", "body"), [("trigger", Trigger), ("scenario", Scenario)])
def test_the_example_in_the_reference_is_one_that_is_taken(command: str, body: Any) -> None:
    reference = (Path(__file__).parents[2] / "docs/reference/cli.md").read_text(encoding="utf-8")
    section = reference.split(f"## `tocsin {command} add FILE`")[1]
    given = tomllib.loads(section.split("```toml")[1].split("```")[0])
    made = body.model_validate(given["body"] | {"kind": command})
    keys = {item["key"] for item in given["evidence"]}
    if command == "scenario":
        assert scenarios.fault(made.branches) is None
        assert {key for branch in made.branches for key in branch.moments} <= keys
    else:
        assert {one.moment for one in made.rule.conditions if one.type == "moment"} <= keys
