"""What the pages say about numbers: never alone, never more exact than they are, never zero for not known."""

import json
import re

import pytest
from starlette.testclient import TestClient
from tests.tiny_release import node, tiny_release

from tocsin.desk.node import open_node
from tocsin.interfaces.web import create_app

TWINS = ["/monday.json", "/world.json", "/country/SDN.json", "/country/RWA.json", "/country/ISL.json"]
TWINS += ["/scorecard.json", "/method.json", "/data.json"]


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    return TestClient(create_app(open_node(node(tmp_path_factory.mktemp("node")))), base_url="http://127.0.0.1:8420")


def objects(value):
    """Every object anywhere in a JSON value."""
    if isinstance(value, dict):
        yield value
        for part in value.values():
            yield from objects(part)
    elif isinstance(value, list):
        for part in value:
            yield from objects(part)


@pytest.mark.parametrize("address", TWINS)
def test_no_probability_travels_without_interval_and_definition(client, address):
    told = client.get(address).json()

    assert told["release"]["outcome"]["definition"] == "What the tests say it is."
    assert told["horizon"] == "2025-2026"
    assert told["vintage"] == "test vintage"
    for entry in objects(told):
        if "probability" in entry:
            assert {"low", "high"} <= set(entry)


def test_a_twin_gives_the_release_s_numbers_untouched(client):
    forecast = client.get("/country/SDN.json").json()["forecast"]

    ours = next(entry for entry in tiny_release().countries if entry.place == "SDN")
    assert {key: forecast[key] for key in ("probability", "low", "high", "rank", "tied_low", "tied_high")} == {
        key: getattr(ours, key) for key in ("probability", "low", "high", "rank", "tied_low", "tied_high")
    }
    assert forecast["marking"] == "TLP:CLEAR"
    assert forecast["licence"] == "CC BY 4.0"


def test_twins_are_strict_json(client):
    def refuse(constant):
        raise AssertionError(f"{constant} is not JSON")

    for address in TWINS:
        json.loads(client.get(address).text, parse_constant=refuse)


def test_a_censored_outcome_is_null_and_said_to_be_not_yet_known(client):
    history = client.get("/country/SDN.json").json()["tables"]["history"]["rows"]
    page = client.get("/country/SDN").text

    assert [row["outcome"] for row in history] == [True, True, None]
    table = page[page.index("Past forecasts with outcomes") :]
    assert table.count(">not yet known</td>") == 1
    assert table.count(">onset</td>") == 2


def test_a_censored_outcome_is_an_empty_field_in_csv(client):
    lines = client.get("/country/SDN/history.csv").content.decode("utf-8-sig").splitlines()
    position = lines[0].split(",").index("outcome")

    assert [line.split(",")[position] for line in lines[1:]] == ["True", "True", ""]


def test_the_chart_says_which_outcomes_are_not_yet_known(client):
    assert "not yet known for forecasts that begin in 2024" in client.get("/country/SDN").text


def test_an_interval_that_was_not_computed_is_said_not_to_be(client):
    page = client.get("/country/RWA").text

    assert "No interval was computed for past forecasts" in page
    assert ">not computed</td>" in page


def test_a_state_without_a_forecast_shows_the_reason_and_no_number(client):
    page, told = client.get("/country/ISL").text, client.get("/country/ISL.json").json()

    assert "The test has no row for it." in page
    assert "not a forecast of zero" in page
    main = page[page.index("<main") : page.index("</main>")]
    # Deaths by month are another outcome, with a forecast of their own.
    assert not re.search(r"\d %", re.sub(r'<section aria-labelledby="months".*?</section>', "", main, flags=re.DOTALL))
    assert told["forecast"] is None
    assert told["reason_for_no_forecast"] == "The test has no row for it."


def test_a_state_without_a_forecast_is_null_in_the_ranking(client):
    rows = {row["place"]: row for row in client.get("/world.json").json()["tables"]["ranking"]["rows"]}

    assert rows["ISL"]["probability"] is None
    assert rows["ISL"]["rank"] is None
    assert rows["ISL"]["reason_for_no_forecast"] == "The test has no row for it."
    assert rows["SDN"]["reason_for_no_forecast"] is None


def test_the_country_page_gives_the_number_in_every_way_at_once(client):
    page = " ".join(client.get("/country/SDN").text.split())

    assert "<strong>1 in 12</strong>" in page
    assert "<b>8.0 %</b> (90 % interval 4.0 to 12 %)" in page
    assert "4.0 times the base rate of 2.0 %" in page
    assert "Rank 1 of 3; cannot be told apart at least from ranks 1 to 2" in page
    assert "“very unlikely” (5 to 20 %), as for 1 of 3 states" in page
    assert "Words alone would hide the difference" in page
    assert (
        "<b>Under way in 2024</b>, by the Nobody's list: 1 episode of mass killing; this number is about another"
        in page
    )


def test_movement_inside_the_noise_is_no_meaningful_change(client):
    assert "<b>no meaningful change</b>" in client.get("/country/RWA").text
    assert "<b>beyond the model's noise</b>" in client.get("/country/SDN").text
    assert "there is no forecast of a year before" in client.get("/country/NOR").text


def test_a_revision_that_is_not_known_is_not_zero(client):
    change = client.get("/country/SDN.json").json()["change"]

    assert change["revision"] is None
    assert "revision of last year's data not known" in client.get("/country/SDN").text


def test_monday_says_plainly_where_what_is_coming_is(client):
    told = client.get("/monday.json").json()

    assert told["due"] == []
    assert "is on the horizon" in told["due_note"]
    assert "Nothing waits for you" in client.get("/").text
    assert "is on the horizon" in client.get("/").text


def test_monday_without_movement_says_no_meaningful_change(tmp_path):
    still = tuple(entry.model_copy(update={"change": None}) for entry in tiny_release().countries)
    client = TestClient(
        create_app(open_node(node(tmp_path, tiny_release(countries=still)))), base_url="http://127.0.0.1:8420"
    )

    page = client.get("/").text

    assert "No meaningful change anywhere" in page
    assert "3 countries have no earlier forecast" in " ".join(page.split())


def test_a_comparison_that_cannot_tell_two_models_apart_says_so(client):
    assert ">not distinguishable</span>" in client.get("/scorecard").text


def test_a_score_that_cannot_be_computed_is_not_zero(client):
    scores = client.get("/scorecard.json").json()["tables"]["scores"]["rows"]

    assert next(row["value"] for row in scores if row["metric"] == "auc") is None
    assert "cannot be computed" in client.get("/scorecard").text


def test_a_metric_nobody_described_is_still_shown(client):
    assert ">novel<" in client.get("/scorecard").text


def test_an_empty_bin_is_in_the_table_and_not_in_the_diagram(client):
    rows = client.get("/scorecard.json").json()["tables"]["reliability"]["rows"]
    diagram = re.search(r'<svg class="reliability".*?</svg>', client.get("/scorecard").text, re.DOTALL)[0]

    assert len(rows) == 2
    assert diagram.count("<circle") == 1
    assert "1 of 6" in diagram


def test_every_tile_says_its_state_and_number_without_colour(client):
    page = client.get("/").text

    assert 'aria-label="SDN, Sudan: 8.0 %, interval 4.0 % to 12 %, 1 in 12"' in page
    assert 'aria-label="ISL, Iceland: no forecast"' in page
    sudan = re.search(r'<a href="/country/SDN"[^>]*class="tile".*?</a>', page)[0]
    assert sudan.count('class="tick') == 5


def test_a_spreadsheet_is_not_given_a_formula(tmp_path):
    release = tiny_release()
    countries = [entry.model_dump() for entry in release.countries]
    countries[0]["contributions"][0]["label"] = '=HYPERLINK("http://evil.example")'
    client = TestClient(
        create_app(open_node(node(tmp_path, tiny_release(countries=countries)))), base_url="http://127.0.0.1:8420"
    )

    text = client.get("/country/SDN/contributions.csv").text

    assert "'=HYPERLINK" in text
    assert ",=HYPERLINK" not in text
    assert ',"=HYPERLINK' not in text


def test_every_number_of_the_model_can_be_had(client):
    tables = client.get("/method.json").json()["tables"]

    size = next(row for row in tables["predictors"]["rows"] if row["feature"] == "popsize.log2")
    unused = next(row for row in tables["predictors"]["rows"] if row["feature"] == "mk_ever")
    assert (size["coefficient_net"], unused["coefficient_net"]) == (0.3, None)
    steps = [(row["above"], row["log_odds"]) for row in tables["steps"]["rows"]]
    assert steps == [(None, 0.0), (20.0, 0.4), (25.0, 0.9)]
    constants = {(row["model"], row["name"]) for row in tables["constants"]["rows"]}
    assert constants == {("net", "base"), ("ensemble", "shift")}
