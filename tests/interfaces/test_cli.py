import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tests.made_up_release import REASON, made_up_home
from typer.testing import CliRunner, Result

from tocsin.core.errors import ForecastError
from tocsin.core.settings import Settings
from tocsin.desk.node import Node
from tocsin.interfaces.cli import app
from tocsin.interfaces.cli.console import watching

Run = Callable[..., Result]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return made_up_home(tmp_path)


@pytest.fixture
def run(settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run a command on a machine that has a made-up release and nothing else."""
    monkeypatch.chdir(tmp_path)
    environment = {"TOCSIN_HOME": str(settings.home), "TOCSIN_OFFLINE": "1", "TOCSIN_MIRROR": ""}

    def invoke(*words: str, **more: str) -> Result:
        return CliRunner().invoke(app, words, env=environment | more)

    return invoke


def raising(error: BaseException) -> Callable[..., Any]:
    def fail(*_: object, **__: object) -> None:
        raise error

    return fail


def test_help_comes_within_half_a_second() -> None:
    def once() -> float:
        started = time.perf_counter()
        command = [sys.executable, "-c", "from tocsin.interfaces.cli import main; main()", "--help"]
        assert "explain" in subprocess.run(command, capture_output=True, check=True, text=True).stdout
        return time.perf_counter() - started

    assert min(once() for _ in range(5)) < 0.5


def test_the_command_line_brings_nothing_heavy_with_it() -> None:
    heavy = {"polars", "numpy", "scipy", "pydantic", "lightgbm", "fastapi", "httpx", "jinja2", "typst", "docx"}
    code = f"import sys, tocsin.interfaces.cli; print(sorted({heavy} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert found.stdout.strip() == "[]"


def test_the_ranking_shows_number_interval_frequency_and_definition(run: Run) -> None:
    result = run("forecast", "onset", "--top", "2")
    assert result.exit_code == 0
    for needed in (
        "Someone deliberately",
        "Sudan",
        "12 %",
        "6.2 % to 25 %",
        "1 in 8",
        "6.2",
        "Chad",
        "made-up vintage",
    ):
        assert needed in result.stdout
    assert "Mali" not in result.stdout
    assert "1 more" in result.stdout
    assert "Mali" in run("forecast", "onset", "--top", "0").stdout


def test_the_ranking_as_json_keeps_those_without_a_forecast_apart(run: Run) -> None:
    data = json.loads(run("forecast", "onset", "--json").stdout)
    assert [one["place"]["id"] for one in data["ranked"]] == ["SDN", "TCD", "MLI"]
    assert data["ranked"][0]["forecast"]["probability"] == 0.1234
    reasons = {one["place"]["id"]: one["reason"] for one in data["not_forecast"]}
    assert reasons["PRK"] == REASON
    assert all(one["forecast"] is None for one in data["not_forecast"])


def test_explain_sums_to_the_forecast(run: Run) -> None:
    result = run("explain", "Sudan")
    assert result.exit_code == 0
    forecast = json.loads(run("explain", "SDN", "--json").stdout)["forecast"]
    parts = sum(part["log_odds"] for part in forecast["contributions"])
    assert forecast["baseline_log_odds"] + parts == pytest.approx(forecast["log_odds"], abs=1e-9)
    for needed in ("-4.0000", "+0.7500", "-0.2000", f"{forecast['log_odds']:+.4f}", "Rwanda", "onset in 1994"):
        assert needed in result.stdout
    assert "linear" in result.stdout


def test_explain_says_why_there_is_no_forecast(run: Run) -> None:
    result = run("explain", "North Korea")
    assert result.exit_code == 0
    assert REASON in result.stdout
    assert json.loads(run("explain", "PRK", "--json").stdout)["forecast"] is None


def test_score_shows_intervals(run: Run) -> None:
    assert "0.7500 (0.5000-0.9000)" in run("score").stdout
    assert json.loads(run("score", "--json").stdout)["blocks"][0]["models"][0]["metrics"]["recall30"]["value"] == 0.75


def test_brief_writes_the_file_it_names(run: Run, tmp_path: Path) -> None:
    assert run("brief", "Sudan").stdout.strip() == "tocsin-SDN-minister.pdf"
    assert (tmp_path / "tocsin-SDN-minister.pdf").read_bytes().startswith(b"%PDF")
    result = run("brief", "Sudan", "--audience", "post", "--format", "md", "--out", "here.md", "--json")
    assert json.loads(result.stdout)["file"] == "here.md"
    assert "1 in 8" in (tmp_path / "here.md").read_text(encoding="utf-8")


def test_brief_as_json_alone_writes_no_file(run: Run, tmp_path: Path) -> None:
    data = json.loads(run("brief", "Sudan", "--json").stdout)
    assert data["file"] is None
    assert {block["kind"] for block in data["blocks"]} >= {"key figure", "small print"}
    assert not list(tmp_path.glob("tocsin-*"))


def test_brief_into_a_folder_that_is_not_there_is_one_sentence(run: Run, tmp_path: Path) -> None:
    result = run("brief", "Sudan", "--out", str(tmp_path / "nowhere" / "x.pdf"))
    assert result.exit_code == 1
    assert "--out" in result.stderr
    assert result.stdout == ""


def test_an_error_goes_to_standard_error_with_its_remedy(run: Run) -> None:
    result = run("explain", "Sudna", "--json")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.startswith("tocsin: ")
    assert "Sudan" in result.stderr


@pytest.mark.parametrize(
    "words", [["explain"], ["brief", "Sudan", "--audience", "king"], ["forecast", "rain"], ["up", "--port", "0"]]
)
def test_wrong_usage_is_exit_code_two(run: Run, words: list[str]) -> None:
    result = run(*words)
    assert result.exit_code == 2
    assert result.stdout == ""


def test_settings_that_cannot_be_used_are_named(run: Run) -> None:
    result = run("sources", TOCSIN_PORT="many")
    assert result.exit_code == 1
    assert "TOCSIN_PORT" in result.stderr


def test_pull_tells_what_could_not_be_had_and_keeps_the_rest(run: Run, mirror: Path) -> None:
    assert run("pull", "ewp-2025-coefficients").exit_code == 1
    result = run("pull", "ewp-2025-coefficients", "--offline", "--json", TOCSIN_MIRROR=str(mirror))
    assert result.exit_code == 0
    assert json.loads(result.stdout)["tables"][0]["rows"] == 40
    assert "mirror" not in run("pull", "ewp-2025-coefficients").stdout


def test_sources_tells_what_is_not_here(run: Run) -> None:
    data = json.loads(run("sources", "--json").stdout)
    assert not any(source["have"] for source in data)
    assert "do not redistribute" in run("sources").stdout


def test_doctor_fails_when_something_is_broken(run: Run, settings: Settings) -> None:
    assert run("doctor").exit_code == 0
    (settings.release / "release.json").write_text("{", encoding="utf-8")
    result = run("doctor", "--json")
    assert result.exit_code == 1
    assert "fail" in {check["state"] for check in json.loads(result.stdout)}


@pytest.mark.parametrize(
    ("words", "task"),
    [
        (["pull"], "tocsin.desk.fetching.pull"),
        (["backtest", "onset"], "tocsin.desk.modelling.backtest_onset"),
        (["release", "build"], "tocsin.desk.modelling.build_release"),
    ],
)
def test_ctrl_c_says_what_was_kept(run: Run, monkeypatch: pytest.MonkeyPatch, words: list[str], task: str) -> None:
    monkeypatch.setattr(task, raising(KeyboardInterrupt()))
    result = run(*words)
    assert result.exit_code == 130
    assert "kept" in result.stderr
    assert "again" in result.stderr
    assert result.stdout == ""


def test_ctrl_c_elsewhere_is_calm_too(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tocsin.desk.world.world_view", raising(KeyboardInterrupt()))
    assert run("forecast", "onset").exit_code == 130


def scores(**metrics: float) -> dict[str, float]:
    return {"auc": 0.8, "n": 10, "positives": 1} | metrics


def test_backtest_writes_the_file_and_shows_the_scores(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[range] = []

    def backtest(_: Settings, origins: range, progress: Callable[[int, int, str], None]) -> dict[str, Any]:
        asked.append(origins)
        progress(1, 2, "half")
        blocks = {"test": None, "all": scores(), "delayed": scores(auc=0.7)}
        return {"protocol": {}, "models": {"tocsin": blocks}, "seconds": 1.0, "method_version": "x"}

    monkeypatch.setattr("tocsin.desk.modelling.backtest_onset", backtest)
    result = run("backtest", "onset", "--origins", "2000:2003", "--json", "out.json")
    assert result.exit_code == 0
    assert asked == [range(2000, 2004)]
    written = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert written["models"]["tocsin"]["test"] is None
    assert "test: no onset" in result.stdout
    assert "0.7000" in result.stdout
    assert "half: 1 of 2" in result.stderr
    assert json.loads(run("backtest", "onset", "--json", "-").stdout)["method_version"] == "x"


@pytest.mark.parametrize("origins", ["1991", "2021:1991", "91:21", "1991-2021"])
def test_origins_that_are_no_span_are_refused_before_any_work(run: Run, origins: str) -> None:
    result = run("backtest", "onset", "--origins", origins)
    assert result.exit_code == 1
    assert "1991:2021" in result.stderr


def test_a_result_file_without_a_folder_is_refused_before_any_work(run: Run) -> None:
    result = run("backtest", "onset", "--json", "nowhere/out.json")
    assert result.exit_code == 1
    assert "folder" in result.stderr


def test_release_build_reports_differences(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def build(_: Settings, folder: Path | None, progress: object) -> SimpleNamespace:
        return SimpleNamespace(folder=folder, method_version="x", seconds=2.0, differences=("a: 1 here, 2 there",))

    monkeypatch.setattr("tocsin.desk.modelling.build_release", build)
    result = run("release", "build", "--out", "there")
    assert result.exit_code == 0
    assert "there" in result.stdout
    assert "a: 1 here" in result.stdout


def test_progress_without_a_terminal_is_a_few_plain_lines(capsys: pytest.CaptureFixture[str]) -> None:
    with watching() as progress:
        for done in range(1001):
            progress(done, 1000, "origins")
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.splitlines() == ["origins: 0 of 1000", "origins: 1000 of 1000"]


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[Settings]:
    """Replace the web server: it is ready at once, and then somebody presses Ctrl-C."""
    asked: list[Settings] = []

    def serve(node: Node, on_ready: Callable[[str], None]) -> None:
        settings = node.settings
        asked.append(settings)
        on_ready(f"http://{settings.host}:{settings.port}/")
        raise KeyboardInterrupt

    monkeypatch.setattr("tocsin.interfaces.web.server.serve", serve)
    return asked


def test_up_says_what_it_shows_and_where(run: Run, served: list[Settings]) -> None:
    result = run("up", "--no-browser", "--no-pull", "--port", "8123")
    assert result.exit_code == 0
    assert served[0].port == 8123
    assert "http://127.0.0.1:8123/" in result.stderr
    assert "built on this machine" in result.stderr
    assert result.stdout == ""


def test_up_says_when_the_release_of_this_machine_is_broken(
    run: Run, served: list[Settings], settings: Settings
) -> None:
    (settings.release / "release.json").write_text("{", encoding="utf-8")
    result = run("up", "--no-browser", "--no-pull", "--json")
    release = json.loads(result.stdout)["release"]
    assert release["origin"] == "embedded in the package"
    assert "cannot be read" in release["notice"]


def test_up_goes_on_when_nothing_can_be_pulled(
    run: Run, served: list[Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tocsin.desk.fetching.pull", raising(ForecastError("no line", remedy="Wait")))
    monkeypatch.setattr("tocsin.interfaces.cli.workbench._Freshening.stop", lambda thread: thread.join(20))
    result = run("up", "--no-browser")
    assert result.exit_code == 0
    assert "no line" in result.stderr


def test_up_builds_behind_the_pages_only_when_the_data_differ(
    run: Run, served: list[Settings], monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    started: list[list[str]] = []

    class Build:
        def __init__(self, command: list[str], **_: object) -> None:
            started.append(command)

        def wait(self, *_: object) -> int:
            return 0

    monkeypatch.setattr("tocsin.desk.fetching.pull", lambda _: SimpleNamespace(tables=()))
    monkeypatch.setattr("subprocess.Popen", Build)
    monkeypatch.setattr("tocsin.interfaces.cli.workbench._Freshening.stop", lambda thread: thread.join(20))
    monkeypatch.setattr("tocsin.desk.modelling.stale", lambda _: False)
    run("up", "--no-browser")
    assert started == []
    monkeypatch.setattr("tocsin.desk.modelling.stale", lambda _: True)
    result = run("up", "--no-browser")
    assert [command[-2:] for command in started] == [["release", "build"]]
    assert "The new release is shown now" in result.stderr
