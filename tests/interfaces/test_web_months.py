"""Violence by month on the pages: a gap is a gap, nothing old looks new, and each number says what it is of."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient
from tests.made_up_months import with_months
from tests.tiny_release import node

from tocsin.core.settings import Settings
from tocsin.desk.country_months import CountryMonths, Fan, Recorded, Turn, country_months
from tocsin.desk.node import open_node
from tocsin.interfaces.web import create_app
from tocsin.interfaces.web.charts.months import describe, months_chart

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    settings = with_months(node(tmp_path_factory.mktemp("node")))
    return TestClient(create_app(open_node(settings)), base_url="http://127.0.0.1:8420")


@pytest.fixture(scope="module")
def bare(tmp_path_factory):
    """A node whose own monthly release is broken, so that it has neither forecast nor signals."""
    settings = node(tmp_path_factory.mktemp("node"))
    (settings.release / "months.json").write_text("{}", encoding="utf-8")
    return TestClient(create_app(open_node(settings)), base_url="http://127.0.0.1:8420")


@pytest.fixture(scope="module")
def empty(tmp_path_factory) -> CountryMonths:
    """Sudan with nothing but what must always be said."""
    view = country_months(with_months(Settings(home=tmp_path_factory.mktemp("home"), offline=True)), "Sudan")
    return replace(view, fan=(), turns=(), signals=(), today="2021-12")


def months(deaths: list[float | None]) -> tuple[Recorded, ...]:
    return tuple(Recorded(f"{2012 + at // 12}-{at % 12 + 1:02}", value) for at, value in enumerate(deaths))


def fan(count: int, high: float = 90.0) -> tuple[Fan, ...]:
    return tuple(
        Fan(f"{2022 + at // 12}-{at % 12 + 1:02}", at + 1, 20.0, 0.0, 2.0, 8.0, 30.0, high, 0.9, 0.4, 0.1)
        for at in range(count)
    )


def parts(view: CountryMonths, class_: str) -> list[ElementTree.Element]:
    drawn = ElementTree.fromstring(str(months_chart("k", "Sudan", view)))
    return [one for one in drawn.iter() if class_ in (one.get("class") or "").split()]


def spans(path: str) -> list[tuple[int, int]]:
    """The first and the last month that a step line reaches."""
    across = [int(text) for text in re.findall(r"[MH](\d+)", path)]
    return [(min(across), max(across))]


@given(st.lists(st.one_of(st.none(), st.integers(0, 5000)), min_size=1, max_size=60))
def test_a_month_that_is_not_covered_is_a_gap_and_never_a_zero(empty, deaths):
    recorded = months([None if one is None else float(one) for one in deaths])
    view = replace(empty, recorded=recorded, today=recorded[-1].month)
    lines = [spans(one.get("d") or "")[0] for one in parts(view, "recorded")]
    covered = {month for first, end in lines for month in range(first, end)}
    assert covered == {at for at, one in enumerate(deaths) if one is not None}
    boxes = parts(view, "gap")
    assert bool(boxes) == any(one is None for one in deaths)


def test_zero_deaths_lie_on_the_floor_and_more_deaths_higher(empty):
    (line,) = parts(replace(empty, recorded=months([0.0, 10.0, 100.0])), "recorded")
    heights = [float(text) for text in re.findall(r"(?: |V)([\d.]+)", line.get("d") or "")]
    assert heights[0] == 190
    assert heights == sorted(heights, reverse=True)
    assert heights[2] == 0


def test_the_fan_reaches_as_far_as_the_forecast_and_no_further(empty):
    view = replace(empty, recorded=months([1.0] * 120), fan=fan(36), today="2026-11")
    for name in ("fan90", "fan50", "median"):
        (area,) = parts(view, name)
        assert spans(area.get("d") or "") == [(120, 156)]
    (gap,) = parts(view, "gap")
    assert float((gap.get("x") or "").rstrip("%")) == pytest.approx(100 * 156 / 179, abs=0.01)
    assert len(parts(view, "today")) == 1


def test_today_far_beyond_the_forecast_is_said_and_does_not_squeeze_the_chart(empty):
    view = replace(empty, recorded=months([1.0] * 120), fan=fan(36), today="2040-01")
    assert parts(view, "today") == []
    assert "is further on" in str(months_chart("k", "Sudan", view))


def test_ticks_are_where_their_numbers_are(empty):
    view = replace(empty, recorded=months([0.0, 99.0]), fan=())
    drawn = ElementTree.fromstring(str(months_chart("k", "Sudan", view)))
    ticks = {one.text: float(one.get("y") or 0) - 54 for one in drawn.iter() if one.get("text-anchor") == "end"}
    assert ticks["0"] == 190
    assert ticks["100"] == 0
    assert 0 < ticks["10"] < ticks["1"] < 190


def test_the_text_alternative_says_the_same(empty):
    view = replace(
        empty,
        recorded=months([0.0, None, 7.0, 0.0]),
        fan=fan(36),
        turns=(Turn("2012-03", True, "It rose."),),
        today="2026-11",
    )
    told = describe(view)
    assert "at most 7 deaths in a month (March 2012), none in 2 of 3 months" in told
    assert "1 months are not covered and are gaps, not zeros" in told
    assert "Forecast for January 2022: median 8, 50 % interval 2 to 30, 90 % interval 0 to 90." in told
    assert "The level rose from March 2012 on." in told
    assert "After December 2024 there is neither record nor forecast; today is in November 2026." in told


def test_without_record_and_forecast_there_is_no_chart(empty):
    assert months_chart("k", "Sudan", empty) is None


def test_names_are_escaped(empty):
    drawn = months_chart("k", "<script>", replace(empty, recorded=months([1.0])))
    assert "<script>" not in str(drawn)


def test_a_country_s_page_says_how_old_its_months_are_before_the_numbers(client):
    page = client.get("/country/SDN").text
    section = page[page.index('id="months"') :]
    assert section.index("Nothing after December 2021 is known here") < section.index("<svg")
    assert "does not mean that there were none" in section
    assert "Deaths as the tests count them." in section


def test_the_numbers_beneath_the_chart_have_interval_and_chances(client):
    page = client.get("/country/SDN").text
    row = page[page.index("June 2022 <span") :].split("</tr>")[0]
    assert [part in row for part in ("120", "15", "1 to 900", "97 %", "40 %", "20 %")] == [True] * 6


def test_every_row_of_the_chart_s_data_says_what_it_is_of(client):
    rows = client.get("/country/SDN.json").json()["tables"]["months"]["rows"]
    assert len(rows) == 36
    assert {row["kind"] for row in rows} == {"forecast"}
    assert {row["outcome"] for row in rows} == {"Deaths as the tests count them."}
    assert {row["licence"] for row in rows} == {"a made-up licence"}
    assert rows[2]["horizon"] == "3 months after 2021-12"
    head = client.get("/country/SDN/months.csv").content.decode("utf-8-sig").splitlines()[0]
    assert {"outcome", "horizon", "vintage", "method_version", "licence", "marking"} <= set(head.split(","))


def test_a_country_without_a_forecast_is_told_so_and_not_zero(client):
    page = client.get("/country/NOR").text
    assert "There is no monthly forecast: the tests say so." in page
    assert client.get("/country/NOR.json").json()["tables"]["months"]["rows"] == []


def test_signals_stand_with_the_rate_that_was_stated_and_measured(client):
    page = client.get("/signals").text
    assert "at most 6 false alarms a year were stated" in page
    assert "90 % interval 7.5 to 11): not kept" in page
    assert "does not say why, nor whether civilians were meant" in page
    assert page.index("Alarms <small>") < page.index("Changes of level <small>") < page.index("Departures from our")


def test_signals_of_one_place_and_their_twins(client):
    told = client.get("/signals.json?place=sudan").json()
    assert [row["sort"] for row in told["tables"]["signals"]["rows"]].count("change") == 3
    assert told["tables"]["signals"]["csv"] == "/signals/signals.csv?place=SDN"
    assert told["rise"] == 0.02
    assert {row["vintage"] for row in told["tables"]["signals"]["rows"]} == {"a made-up file"}
    assert client.get("/signals?place=Atlantis").status_code == 404


def test_where_nothing_was_made_the_pages_say_what_to_run(bare):
    assert "<code>tocsin release months</code>" in bare.get("/signals").text
    assert bare.get("/signals.json").json()["tables"]["signals"]["rows"] == []


def test_does_it_matter_gives_every_comparison_with_its_verdict(client):
    told = client.get("/does-it-matter.json").json()
    rows = told["tables"]["comparisons"]["rows"]
    assert len(rows) == 16
    assert {row["strength"] for row in rows} <= {"too few", "not distinguishable", "weak", "association"}
    assert all(row["sentence"] and row["base_rate"] is not None and row["licence"] for row in rows)
    page = client.get("/does-it-matter").text
    assert all(row["sentence"] in page for row in rows)
    assert "No verdict says that an event <em>caused</em>" in page


def test_the_scorecard_says_where_two_models_cannot_be_told_apart(client):
    page = client.get("/scorecard").text
    section = page[page.index('id="monthly"') : page.index('id="beside"')]
    assert section.count("not distinguishable</span>") == 1
    assert "<b>better</b>" in section
    assert "<b>worse</b>" in section


def test_in_an_exercise_there_are_no_signals(tmp_path):
    opened = open_node(with_months(node(tmp_path)), exercise=True)
    client = TestClient(create_app(opened), base_url="http://127.0.0.1:8420")
    for address in ("/signals", "/does-it-matter"):
        assert client.get(address, follow_redirects=False).headers["location"] == "/statements"
    assert client.get("/api/v1/signals").status_code == 404
    assert client.get("/api/v1/places/SDN/months").status_code == 404


def test_real_deaths_and_others_forecasts_stand_with_their_terms(mirror, tmp_path):
    settings = replace(with_months(node(tmp_path)), mirror=mirror)
    client = TestClient(create_app(open_node(settings)), base_url="http://127.0.0.1:8420")
    page = client.get("/country/SDN").text
    assert 'class="recorded"' in page
    assert "Recorded deaths: UCDP GED via VIEWS" in page
    told = client.get("/country/SDN.json").json()
    rows = told["tables"]["months"]["rows"]
    recorded = [row for row in rows if row["kind"] == "recorded"]
    assert (len(recorded), {row["licence"] for row in recorded}) == (120, {"CC BY-NC 4.0"})
    assert all(row["mean"] is None for row in recorded)
    others = told["tables"]["months_others"]["rows"]
    assert len({row["source"] for row in others}) == 2
    assert len({row["outcome"] for row in others}) == 2
    assert {row["overlap"][:26] for row in others} == {"5 of its 36 months are in ", "No month of it is in our f"}
    assert told["by_month"]["recorded"]["citation"]
