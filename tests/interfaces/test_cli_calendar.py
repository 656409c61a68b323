from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from tocsin.core.settings import Settings
from tocsin.desk.node import open_node
from tocsin.interfaces.cli import app
from tocsin.interfaces.web import create_app

MARKED = ("--tlp", "GREEN", "--to", "community", "--yes", "--json")


def ahead(days: int) -> str:
    return str((datetime.now(UTC) + timedelta(days)).date())


@pytest.fixture
def run(tmp_path: Path):
    """Run a command on a machine that holds nothing yet."""
    environment = {"TOCSIN_HOME": str(tmp_path / "home"), "TOCSIN_OFFLINE": "1", "TOCSIN_MIRROR": ""}
    environment |= {"TOCSIN_DATABASE": "", "TOCSIN_TOKEN": ""}

    def invoke(*words: str):
        return CliRunner().invoke(app, words, env=environment)

    return invoke


def done(result):
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def added(run, *words, title="Mandate ends", when=None):
    dated = ("--when", when) if when else ()
    return done(run("calendar", "add", "Sudan", "--title", title, "--source", "The paper", *dated, *MARKED, *words))[
        "statement"
    ]


def equipped(run):
    times = ("--deciding", "3,5,10", "--approval", "Council=5", "--effect", "7,14,30")
    named = ("--name", "Mediation team", "--owner", "head of unit", "--source", "Past ones", "--period", "2000-2100")
    return done(run("calendar", "instrument", *named, *times, *MARKED))["statement"]


def test_a_moment_and_an_instrument_give_a_decide_by_date_that_moves_along(run):
    made = added(run, when=ahead(100))
    assert (made["body"]["timing"], made["body"]["certainty"]) == ("fixed", "expected")
    assert equipped(run)["body"]["approvals"] == [{"who": "Council", "days": {"low": 5, "typical": 5, "high": 5}}]
    (before,) = done(run("horizon", "--json"))["windows"]
    done(run("calendar", "move", made["id"], "--when", ahead(110), "--json"))
    (after,) = done(run("horizon", "--json"))["windows"]
    days = [datetime.fromisoformat(one["decide_by"]["nine_in_ten"]) for one in (before, after)]
    assert (days[1] - days[0]).days == 10
    (moved,) = done(run("calendar", "list", "--moved", "--json"))["moves"]
    assert moved["before"]["id"] == made["id"]
    text = run("horizon", "Sudan").stdout
    assert text.splitlines()[0] == text.splitlines()[-1] == "TLP:GREEN"
    assert "(9 in 10)" in text


def test_the_horizon_names_the_country_and_what_has_passed(run):
    added(run, when=ahead(27))
    equipped(run)
    (window,) = done(run("horizon", "--json"))["windows"]
    sure, even = (window["decide_by"][name] for name in ("nine_in_ten", "one_in_two"))
    assert max(sure, even) < ahead(0)
    text = run("horizon").stdout
    assert f"by {sure} (9 in 10, has passed), {even} (1 in 2, has passed)" in text
    assert "(Sudan)" in text
    assert "place:SDN" not in text
    added(run, title="Far off", when=ahead(300))
    assert "(9 in 10), " in run("horizon").stdout


def test_the_horizon_says_what_the_months_say_of_each_place(run):
    assert done(run("horizon", "--json"))["by_month"] is None
    added(run, when=ahead(27))
    told = done(run("horizon", "--json"))["by_month"]
    (row,) = told["places"]
    assert row["place"] == "SDN"
    assert 0 <= row["at_least_25"] <= 1
    signals = done(run("signals", "--json"))
    assert row["signals"] == sum(one["place"] == "SDN" for one in signals["signals"])
    ours = done(run("forecast", "fatalities", "Sudan", "--json"))["rows"][5]
    assert row["at_least_25"] == pytest.approx(ours["at_least_25"])
    text = run("horizon").stdout
    assert f"Violence by month, known to {told['last']}" in text
    assert f"Sudan: 25 or more deaths in {told['month']}: " in text
    assert "tocsin forecast fatalities SDN" in text
    # It is told as of now alone, and a place without a moment is told when it is asked for.
    assert "Violence by month" not in run("horizon", "--as-of", "2020-01-01").stdout
    assert "  Chad: " in run("horizon", "Chad").stdout


def test_what_may_come_any_day_says_how_many_days_it_would_need(run):
    added(run, "--condition", "the ceasefire collapses", title="Collapse")
    equipped(run)
    text = run("horizon").stdout
    assert "Could be any day:" in text
    assert "would need" in text


def test_a_rule_an_hour_and_a_preview(run):
    made = added(run, "--rule", "FREQ=MONTHLY;COUNT=3", "--at", "09:30@Africa/Khartoum", when=ahead(10))
    assert (made["body"]["timing"], made["body"]["clock"]["zone"]) == ("recurring", "Africa/Khartoum")
    assert len(done(run("calendar", "list", "--json"))["coming"]) == 3
    looked = run(
        "calendar",
        "add",
        "Sudan",
        "--title",
        "x",
        "--source",
        "y",
        "--when",
        "2027",
        "--tlp",
        "CLEAR",
        "--to",
        "everyone",
        "--preview",
    )
    assert "TLP:CLEAR for everyone" in looked.stdout
    assert len(done(run("calendar", "list", "--json"))["coming"]) == 3


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--when", "2027-02-30"), "February 2027 has 28 days"),
        (("--when", "2027-02-03", "--rule", "FREQ=DAILY"), "never ends"),
        (("--when", "2027-02-03", "--at", "09:30"), "the zone is missing"),
        (("--when", "2027-02-03", "--sort", "party"), "choose one of"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(run, words, why):
    result = run("calendar", "add", "Sudan", "--title", "x", "--source", "y", *words, *MARKED)
    assert result.exit_code == 1
    assert why in result.stderr


def test_a_file_goes_out_and_comes_back_and_what_is_refused_is_named(run, tmp_path):
    added(run, when=ahead(100))
    out = tmp_path / "calendar.ics"
    assert run("calendar", "export", "--out", str(out)).exit_code == 0
    again = done(run("calendar", "import", str(out), "--tlp", "GREEN", "--to", "community", "--json"))
    assert (again["new"], again["unchanged"]) == ([], 1)
    table = tmp_path / "more.csv"
    table.write_text("place,when,title\nSudan,2027-02-30,Never\nSudan,2027-05,Vote\n", encoding="utf-8")
    taken = run("calendar", "import", str(table), "--tlp", "GREEN", "--to", "community")
    assert "1 taken in, 0 moved, 0 here already, 1 refused" in taken.stdout
    assert "row 2, Never: when: 2027-02-30: February 2027 has 28 days" in taken.stderr


def test_a_feed_is_read_without_signing_in_until_it_is_revoked(run, tmp_path):
    added(run, when=ahead(100))
    made = done(run("calendar", "feed", "new", "--name", "Phone", "--json"))
    path = made["addresses"]["ics"].removeprefix("http://127.0.0.1:8420")
    (listed,) = done(run("calendar", "feed", "list", "--json"))
    assert (listed["id"], listed["state"]) == (made["feed"]["id"], "valid")
    assert "tocsin_feed_" not in json.dumps(listed)
    node = open_node(Settings(home=tmp_path / "home", offline=True))
    try:
        client = TestClient(create_app(node), base_url="http://127.0.0.1:8420")
        found = client.get(path)
        assert found.headers["content-type"] == "text/calendar; charset=utf-8"
        assert (found.headers["tocsin-marking"], found.headers["cache-control"]) == ("TLP:GREEN", "private, no-store")
        assert b"Mandate ends" in found.content
        etag = found.headers["etag"]
        for known, status in {etag: 304, f"W/{etag}": 304, f'"x", {etag}': 304, "*": 304, '"x"': 200, "": 200}.items():
            assert client.get(path, headers={"if-none-match": known}).status_code == status, known
        assert client.get(path.replace(".ics", ".atom")).headers["content-type"].startswith("application/atom+xml")
        wrong = [
            client.get(each) for each in (path.replace(".ics", ".pdf"), path[:-6] + ".ics", "/feeds/x", "/feeds/x.ics")
        ]
        assert run("calendar", "feed", "revoke", listed["id"]).exit_code == 0
        wrong.append(client.get(path))
        assert {(one.status_code, one.text) for one in wrong} == {(404, wrong[0].text)}
        assert "tocsin_feed_" not in wrong[0].text
    finally:
        node.store.close()


def test_on_a_team_node_a_feed_needs_no_sign_in_and_everything_else_still_does(tmp_path):
    node = open_node(Settings(home=tmp_path, offline=True), team=True)
    try:
        client = TestClient(create_app(node), base_url="http://127.0.0.1:8420", follow_redirects=False)
        assert client.get("/feeds/tocsin_feed_x.ics").status_code == 404
        assert client.get("/api/v1/calendar").status_code == 401
        assert client.get("/feedsx").status_code == 303
    finally:
        node.store.close()


def test_reign_that_is_not_here_is_said(run):
    result = run("calendar", "import", "--reign")
    assert result.exit_code == 1
    assert "tocsin pull reign-elections" in result.stderr
