"""Signals and months through the API: what is served fits its description, and what is lacking is null."""

import pytest
from starlette.testclient import TestClient
from tests.made_up_months import with_months
from tests.tiny_release import node

from tocsin.desk.node import open_node
from tocsin.interfaces.api.signals import ServedMonths, ServedSignals
from tocsin.interfaces.web import create_app

API = "/api/v1"


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    settings = with_months(node(tmp_path_factory.mktemp("node")))
    return TestClient(create_app(open_node(settings)), base_url="http://127.0.0.1:8420")


def test_signals_fit_their_description(client):
    for address in ("/signals", "/signals?place=Sudan", "/signals?place=NOR"):
        answer = client.get(API + address)
        assert answer.status_code == 200
        assert answer.headers["tocsin-marking"] == "TLP:CLEAR"
        ServedSignals.model_validate(answer.json())
    assert client.get(API + "/signals?place=NOR").json()["absence"].startswith("Norway was not covered")


def test_months_fit_their_description_and_what_is_lacking_is_null(client):
    told = client.get(API + "/places/SDN/months").json()
    ServedMonths.model_validate(told)
    assert len(told["forecast"]) == 36
    assert told["recorded"] == []
    assert told["source"] == {"title": None, "vintage": None, "licence": None, "citation": None}
    assert "not on this machine" in told["recorded_absence"]
    assert told["forecast_absence"] is None


def test_a_place_that_nobody_knows(client):
    assert client.get(API + "/places/Atlantis/months").status_code == 404
    refused = client.get(API + "/signals?place=Atlantis")
    assert (refused.status_code, refused.json()["field"]) == (422, "place")


def test_where_nothing_was_made_the_answer_says_so(tmp_path):
    settings = node(tmp_path)
    (settings.release / "months.json").write_text("{}", encoding="utf-8")
    client = TestClient(create_app(open_node(settings)), base_url="http://127.0.0.1:8420")
    told = client.get(API + "/signals").json()
    ServedSignals.model_validate(told)
    assert "release months" in told["absence"]
    assert (told["signals"], told["as_of"], told["watched"]) == ([], None, None)
