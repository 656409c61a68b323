"""The command as a rough world runs it: outputs closed, full or of another encoding, and asked to stop midway."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from tests.made_up_release import made_up_home

from tocsin.core.settings import Settings

TOCSIN = [sys.executable, "-c", "from tocsin.interfaces.cli import main; main()"]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return made_up_home(tmp_path)


def run(settings: Settings, *words: str, shell: str = "", **environ: str) -> subprocess.CompletedProcess[str]:
    """Run a command; ``shell`` is a redirection as a shell writes it."""
    env = os.environ | {"TOCSIN_HOME": str(settings.home), "TOCSIN_OFFLINE": "1", "TOCSIN_MIRROR": ""} | environ
    command: Any = ["/bin/sh", "-c", f'"$@" {shell}', "sh", *TOCSIN, *words] if shell else [*TOCSIN, *words]
    return subprocess.run(command, env=env, capture_output=True, encoding="utf-8", cwd=settings.home)


ON_POSIX = pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a POSIX shell and /dev/full")


@ON_POSIX
@pytest.mark.parametrize("words", [("forecast", "onset"), ("forecast", "onset", "--json"), ("score",)])
def test_a_full_disk_behind_the_output_is_one_sentence(settings: Settings, words: tuple[str, ...]) -> None:
    result = run(settings, *words, shell=">/dev/full")
    assert result.returncode == 1
    assert result.stderr.startswith("tocsin: the output: No space left")
    assert "Traceback" not in result.stderr


@ON_POSIX
def test_closed_outputs_are_no_reason_to_fail(settings: Settings) -> None:
    assert run(settings, "forecast", "onset", shell=">&- 2>&-").returncode == 0
    assert "Sudan" in run(settings, "forecast", "onset", shell="2>&-").stdout


@ON_POSIX
def test_a_reader_that_has_seen_enough_is_no_error(settings: Settings) -> None:
    assert run(settings, "forecast", "onset", "--top", "0", shell="| head -1").stderr == ""


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_letters_that_the_output_cannot_carry_do_not_stop_it(settings: Settings, encoding: str) -> None:
    assert run(settings, "explain", "السودان", PYTHONIOENCODING=encoding).returncode == 0
    plain = json.loads(run(settings, "forecast", "onset", "--json").stdout)
    assert json.loads(run(settings, "forecast", "onset", "--json", PYTHONIOENCODING=encoding).stdout) == plain


@pytest.mark.parametrize("out", ["", ".", "nowhere/x.md"])
def test_a_brief_that_cannot_be_written_is_one_sentence(settings: Settings, out: str) -> None:
    result = run(settings, "brief", "Sudan", "--format", "md", "--out", out)
    assert result.returncode == 1
    assert "--out" in result.stderr
    assert "Traceback" not in result.stderr
    assert not list(settings.home.parent.rglob("*.part"))


@ON_POSIX
def test_a_brief_to_standard_output_leaves_the_device_alone(settings: Settings) -> None:
    link = settings.home / "out"
    link.symlink_to("/dev/stdout")
    result = run(settings, "brief", "Sudan", "--format", "md", "--out", "out")
    assert "1 in 8" in result.stdout
    assert link.is_symlink()


@pytest.mark.parametrize("file", [".", "nowhere/x.json"])
def test_a_file_for_the_result_is_tried_before_the_work(settings: Settings, file: str) -> None:
    result = run(settings, "backtest", "onset", "--json", file)
    assert result.returncode == 1
    assert "--json" in result.stderr


def test_every_command_says_why_the_local_release_does_not_serve(settings: Settings) -> None:
    (settings.release / "archive.csv").unlink()
    for words in (("forecast", "onset"), ("explain", "Sudan"), ("score",), ("brief", "Sudan", "--format", "md")):
        result = run(settings, *words)
        assert result.returncode == 0
        assert "archive.csv" in result.stderr


@pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")
@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGINT])
def test_asked_to_stop_the_workbench_stops_and_says_so(settings: Settings, asked: signal.Signals) -> None:
    env = os.environ | {"TOCSIN_HOME": str(settings.home), "TOCSIN_OFFLINE": "1", "TOCSIN_MIRROR": ""}
    words = ["up", "--no-browser", "--no-pull", "--port", "18437"]
    with subprocess.Popen([*TOCSIN, *words], env=env, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        while "Workbench" not in process.stderr.readline():
            assert process.poll() is None
        time.sleep(0.2)
        process.send_signal(asked)
        rest = process.stderr.read()
        assert process.wait(20) == 0
    assert "Stopped" in rest
    assert "Traceback" not in rest
