"""``tocsin signals``: what it says, where it says how old that is, and what it says when there is nothing."""

import json

import pytest
from tests.made_up_months import with_months
from typer.testing import CliRunner

from tocsin.core.settings import Settings
from tocsin.interfaces.cli import app


@pytest.fixture
def run(tmp_path):
    with_months(Settings(home=tmp_path, offline=True))
    environment = {"TOCSIN_HOME": str(tmp_path), "TOCSIN_OFFLINE": "1", "TOCSIN_MIRROR": ""}
    return lambda *words: CliRunner().invoke(app, ("signals", *words), env=environment)


def test_alarms_come_with_the_rate_that_was_stated_and_measured(run):
    told = run()
    assert told.exit_code == 0
    assert "Nothing after December 2021 is known here" in told.stderr
    assert "Alarms: 1." in told.stdout
    assert "at most 6 false alarms a year were stated" in told.stdout
    assert "2 states were looked at; 1 had no signal" in told.stdout


def test_one_place_as_json(run):
    told = json.loads(run("Sudan", "--json").stdout)
    assert [one["sort"] for one in told["signals"]] == ["alarm", "change", "change", "change", "departure"]
    assert told["as_of"] == "2021-12"


def test_a_place_that_was_not_covered_is_said_to_be_so(run):
    told = run("Norway")
    assert told.exit_code == 0
    assert "was not covered in December 2021" in told.stdout
    assert "Alarms" not in told.stdout


def test_without_signals_the_error_says_what_to_run(run, tmp_path):
    (tmp_path / "release" / "signals.json").unlink()
    told = run()
    assert told.exit_code == 1
    assert "tocsin release months" in told.stderr
