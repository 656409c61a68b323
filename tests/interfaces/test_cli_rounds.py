"""``tocsin round``: one person takes a round all the way, and its numbers are computed again."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from tocsin.core.settings import Settings
from tocsin.desk.node import open_node
from tocsin.desk.rounds import showing
from tocsin.interfaces.cli import app

Run = Callable[..., Result]

ROUND = """
subject = "place:{place}"
marking = {{ tlp = "AMBER", audience = [["org:this-node"]] }}

[body]
title = "Outlook"
purpose = "A common picture."
attributed = "{attributed}"
method = "mean log-odds"
first_until = 2126-01-10T18:00:00Z
second_until = 2126-01-17T18:00:00Z
closing_until = 2126-01-24T18:00:00Z
invitations = [{{ organisation = "this-node" }}]

[[body.questions]]
key = "onset"
answer = "probability"
text = "Will it begin?"
outcome = "onset"
horizon = "2126"
criteria = "As listed."
examples = ["One that began before does not count."]

[[body.questions]]
key = "access"
answer = "ordinal"
text = "How far will access be restricted?"
outcome = "access"
horizon = "2126"
criteria = "As listed."
examples = ["The worst of the day counts."]
scale = ["low", "high"]
"""


@pytest.fixture
def run(tmp_path: Path) -> Run:
    environment = {"TOCSIN_HOME": str(tmp_path / "home"), "TOCSIN_OFFLINE": "1", "TOCSIN_MIRROR": ""}
    environment |= {"TOCSIN_DATABASE": "", "TOCSIN_TOKEN": ""}

    def invoke(*words: str, **more: str) -> Result:
        return CliRunner().invoke(app, ("round", *words), env=environment | more)

    return invoke


def done(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def file(folder: Path, place: str = "SDN", attributed: str = "named", text: str = ROUND) -> str:
    path = folder / "round.toml"
    path.write_text(text.format(place=place, attributed=attributed), encoding="utf-8")
    return str(path)


def begun(run: Run, folder: Path, **given: str) -> str:
    id = done(run("register", file(folder, **given), "--yes", "--json"))["statement"]["id"]
    done(run("open", id, "--yes", "--json"))
    done(run("declare", id, "--none", "--json"))
    return id


def estimated(run: Run, id: str, question: str, lowest: str, best: str, highest: str, **more: str) -> Result:
    numbers = ("--lowest", lowest, "--best", best, "--highest", highest)
    given = {"--confidence": "80 %", "--reason": "Because.", **more}
    words = [word for pair in given.items() for word in pair]
    return run("estimate", id, "--question", question, *numbers, *words, "--json")


def finished(run: Run, folder: Path) -> str:
    id = begun(run, folder)
    for step in ("share", "pool"):
        done(estimated(run, id, "onset", "1 in 50", "5 %", "0.1"))
        done(estimated(run, id, "access", "low", "high", "2"))
        if step == "pool":
            done(run("wish", id, "--text", "Send an envoy.", "--json"))
        done(run(step, id, "--yes", "--json"))
    found = done(run("show", id, "--json"))["round"]
    (advice,) = found["recommendations"]
    done(run("close", id, "--dissent", "onset=It is likelier.", "--support", advice["id"], "--json"))
    done(run("finish", id, "--yes", "--json"))
    return id


def test_a_round_goes_all_the_way_and_its_numbers_agree_with_what_was_stored(run: Run, tmp_path: Path) -> None:
    id = finished(run, tmp_path)
    found = done(run("aggregate", id, "--json"))
    onset, access = found["results"]
    assert (onset["method"], onset["agrees"], onset["largest_distance"]) == ("mean log-odds", True, 0.0)
    assert onset["value"] == onset["stored"] == pytest.approx(0.05)
    assert [one["text"] for one in onset["dissents"]] == ["It is likelier."]
    assert (access["method"], access["value"], access["dissents"]) == ("median", 2.0, [])
    text = run("aggregate", id, "--method", "median").stdout
    assert text.startswith("TLP:AMBER\n")
    assert "the same to 1e-12" in text
    assert "dissent 1 of 1: It is likelier." in text
    assert "no dissent was given" in text


def test_a_stored_number_that_the_estimates_do_not_give_is_found(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tocsin.desk.rounds import recomputing, results

    id = finished(run, tmp_path)

    def other(*given: Any) -> Any:
        again = results.result(*given)
        assert again.value is not None
        return again.model_copy(update={"value": again.value + 1e-9})

    monkeypatch.setattr(recomputing, "result", other)
    found = run("aggregate", id, "--json")
    assert found.exit_code == 1
    assert [one["agrees"] for one in json.loads(found.stdout)["results"]] == [False, False]
    assert "NOT the same" in run("aggregate", id).stdout


def test_a_round_that_is_not_finished_is_not_aggregated(run: Run, tmp_path: Path) -> None:
    refused = run("aggregate", begun(run, tmp_path))
    assert refused.exit_code == 1
    assert "dissents are still being taken" in refused.stderr


def test_show_and_list_tell_what_awaits_an_answer_and_every_dissent(run: Run, tmp_path: Path) -> None:
    id = begun(run, tmp_path)
    assert "awaits you: onset, access" in run("list").stdout
    assert "not answered by you yet" in run("show", id).stdout
    assert done(run("list", "--json"))["rounds"][0]["waiting"] == ["onset", "access"]
    shown = run("show", finished(run, tmp_path)).stdout
    assert shown.index("dissent 1 of 1: It is likelier.") < shown.index("second:")
    assert "(1 support it)" in shown


def test_the_model_is_beside_a_round_once_it_is_finished_with_all_that_belongs_to_its_number(
    run: Run, tmp_path: Path
) -> None:
    id = begun(run, tmp_path)
    assert "the model" not in run("show", id).stdout
    assert done(run("show", id, "--json"))["round"]["model"] is None
    over = finished(run, tmp_path)
    told = done(run("show", over, "--json"))["round"]["model"]
    assert told["low"] <= told["high"]
    assert all(told[name] for name in ("outcome", "horizon", "vintage", "licence", "ratio"))
    line = next(one for one in run("show", over).stdout.splitlines() if one.startswith("Beside it"))
    assert all(said in line for said in (told["horizon"], told["vintage"], told["licence"], "the base rate"))


def test_the_background_pack_is_shown_statements_and_sources(run: Run, tmp_path: Path) -> None:
    source = """
[[evidence]]
type = "source"
reference = "Report of the observers"
reliability = "B"
credibility = "2"
key = "report"
provenance = "official"
consent = "not needed"
tlp = "TLP:GREEN"
"""
    id = done(run("register", file(tmp_path, text=ROUND + source), "--yes", "--json"))["statement"]["id"]
    shown = run("show", id).stdout
    assert "report: Report of the observers (B2; official; consent not needed; TLP:GREEN)" in shown
    assert [one["key"] for one in done(run("show", id, "--json"))["round"]["sources"]] == ["report"]


@pytest.mark.parametrize(
    ("lowest", "best", "said"),
    [("1 %", "5", "is no probability"), ("much", "5 %", "--lowest"), ("50 %", "5 %", "not in order")],
)
def test_a_bad_estimate_is_refused_with_its_place_and_remedy(
    run: Run, tmp_path: Path, lowest: str, best: str, said: str
) -> None:
    refused = estimated(run, begun(run, tmp_path), "onset", lowest, best, "60 %")
    assert refused.exit_code == 1
    assert said in refused.stderr


def test_a_word_that_is_not_on_the_scale_is_refused_with_those_that_are(run: Run, tmp_path: Path) -> None:
    refused = estimated(run, begun(run, tmp_path), "access", "low", "middling", "high")
    assert "Write one of: low, high" in refused.stderr


def test_what_was_sealed_is_taken_back(run: Run, tmp_path: Path) -> None:
    id = begun(run, tmp_path)
    done(estimated(run, id, "onset", "1 %", "2 %", "3 %"))
    assert "you have sealed an answer" in run("show", id).stdout
    done(run("take-back", id, "--question", "onset", "--json"))
    assert "you have sealed an answer" not in run("show", id).stdout


def test_nothing_is_registered_or_opened_where_nobody_can_be_asked(run: Run, tmp_path: Path) -> None:
    refused = run("register", file(tmp_path))
    assert refused.exit_code == 1
    assert "In its audience: 1 person" in refused.stderr
    assert done(run("list", "--json"))["rounds"] == []
    id = begun(run, tmp_path)
    refused = run("share", id)
    assert "All first estimates are opened" in refused.stderr
    assert "0 of the 1 who are invited have answered" in refused.stderr
    assert done(run("show", id, "--json"))["round"]["stage"] == "first"
    cancelled = run("cancel", id, "--reason", "Overtaken.", "--yes")
    assert cancelled.exit_code == 0, cancelled.stderr
    assert done(run("show", id, "--json"))["round"]["stage"] == "cancelled"


def test_a_preview_registers_nothing(run: Run, tmp_path: Path) -> None:
    shown = run("register", file(tmp_path), "--preview")
    assert shown.stdout.startswith("TLP:AMBER for org:this-node")
    assert done(run("list", "--json"))["rounds"] == []


def test_a_file_that_is_no_toml_is_refused(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "round.toml"
    path.write_text("subject = ", encoding="utf-8")
    refused = run("register", str(path), "--yes")
    assert refused.exit_code == 1
    assert "this is no TOML" in refused.stderr


def test_an_interest_is_declared_or_that_there_is_none(run: Run, tmp_path: Path) -> None:
    id = begun(run, tmp_path)
    assert run("declare", id).exit_code == 1
    done(run("declare", id, "--interest", "My sister works there.", "--json"))
    node = open_node(Settings(home=tmp_path / "home", offline=True))
    declared = showing.told(node.local("cli"), id).declared
    node.store.close()
    assert declared is not None
    assert declared.text == "My sister works there."


def test_in_an_exercise_a_round_is_about_a_fictional_state_and_marked_so(run: Run, tmp_path: Path) -> None:
    path = file(tmp_path, place="XXA")
    found = done(run("register", path, "--yes", "--exercise", "--json"))
    assert found["marking"] == "TLP:AMBER · EXERCISE"
    assert run("register", path, "--yes").exit_code == 1
