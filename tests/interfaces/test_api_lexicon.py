"""The lexicon and the yardsticks as a program meets them: schemes in three forms, concepts, crosswalks, words."""

import json

import pytest
from pydantic import TypeAdapter
from rdflib import Graph
from rdflib.compare import isomorphic
from tests.api_node import API, api_node

from tocsin.desk.lexicon import concept_view, lexicon_view, scheme_view
from tocsin.interfaces.api import lexicon, yardsticks

SCHEMES = ["terms", "un-framework-2014", "us-araf", "eu-checklist", "model-variables"]


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    return api_node(tmp_path_factory.mktemp("api"))


@pytest.fixture(scope="module")
def cy(node):
    return node.client("cy")


SERVED = [
    ("/lexicon", lexicon.ServedLexicon),
    *((f"/lexicon/{key}", lexicon.ServedScheme) for key in SCHEMES),
    ("/lexicon/un-framework-2014/concepts/6.2", lexicon.ServedConceptView),
    ("/lexicon/terms/concepts/mass-killing.ewp", lexicon.ServedConceptView),
    ("/crosswalks?from=un-framework-2014&to=us-araf", lexicon.ServedCrosswalk),
    ("/crosswalks?from=eu-checklist&to=us-araf", lexicon.ServedCrosswalk),
    ("/yardsticks", yardsticks.ServedYardsticks),
    ("/yardsticks/say?probability=0.05&base_rate=0.013", yardsticks.ServedSaid),
    ("/yardsticks/say?probability=0.003&low=0.001&high=0.01&language=fr&yardstick=icd203", yardsticks.ServedSaid),
    ("/yardsticks/translate?from=icd203&to=phia&word=unlikely", yardsticks.ServedTranslations),
    ("/yardsticks/translate?from=ipcc&to=scrc", yardsticks.ServedTranslations),
]


@pytest.mark.parametrize(("address", "model"), SERVED)
def test_what_is_served_is_as_described_open_and_not_sent_twice(cy, address, model):
    answer = cy.get(address)
    assert answer.status_code == 200, answer.text
    assert answer.headers["tocsin-marking"] == "TLP:CLEAR"
    TypeAdapter(model).validate_json(answer.content)
    again = cy.get(address, headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_whoever_has_no_account_is_not_let_in(node):
    assert node.client().get("/lexicon").status_code == 401


def test_reading_the_lexicon_leaves_no_line_on_record(node, cy):
    before = node.acts()
    cy.get("/lexicon/terms")
    assert node.acts() == before


def test_a_scheme_holds_what_the_lexicon_does(cy):
    told = cy.get("/lexicon/un-framework-2014").json()
    assert told["vocabulary"] == lexicon_view().version
    assert [one["id"] for one in told["concepts"]] == [one.id for one in scheme_view("un-framework-2014").concepts]


def test_a_concept_comes_with_its_mappings_and_whatever_they_name(cy):
    told = cy.get("/lexicon/un-framework-2014/concepts/6.2").json()
    found = concept_view("un-framework-2014:6.2")
    assert len(told["mappings"]) == len(found.mappings) > 0
    assert {one["target"] for one in told["mappings"] if one["target"]} <= set(told["concepts"])
    assert all(one["author"] and one["note"] for one in told["mappings"])


@pytest.mark.parametrize("key", [*SCHEMES, "crosswalks"])
def test_turtle_and_json_ld_say_the_same_by_accept_and_by_form(cy, key):
    forms = {"turtle": "text/turtle", "json-ld": "application/ld+json"}
    graphs = []
    for form, media in forms.items():
        asked, accepted = cy.get(f"/lexicon/{key}?form={form}"), cy.get(f"/lexicon/{key}", headers={"accept": media})
        assert asked.headers["content-type"].partition(";")[0] == media
        assert asked.content == accepted.content
        assert "accept" in accepted.headers["vary"].split(", ")
        graphs.append(Graph().parse(data=asked.text, format=form))
    assert len(graphs[0]) > 100
    assert isomorphic(*graphs)


@pytest.mark.parametrize(
    ("header", "form"),
    [
        ("", "json"),
        ("*/*", "json"),
        ("text/html", "json"),
        ("application/json", "json"),
        ("text/turtle;q=0.5, application/ld+json;q=0.9", "json-ld"),
        ("text/turtle, application/json;q=0.9", "turtle"),
        ("text/turtle;q=0", "json"),
        ("TEXT/TURTLE; charset=utf-8", "turtle"),
        ("text/turtle;q=nonsense", "json"),
        (";;,,q=", "json"),
    ],
)
def test_what_is_accepted_most_is_what_is_sent(header, form):
    assert lexicon.accepted(header) == form


@pytest.mark.parametrize(
    "address",
    [
        "/lexicon/nothing",
        "/lexicon/nothing?form=turtle",
        "/lexicon/crosswalks",
        "/lexicon/terms/concepts/nothing",
        "/lexicon/nothing/concepts/1",
    ],
)
def test_what_is_not_there_is_told_as_such_with_what_is(cy, address):
    answer = cy.get(address)
    assert answer.status_code == 404
    assert answer.json()["type"] == f"{API}/problems/not-found"
    assert answer.json()["remedy"]


@pytest.mark.parametrize(
    ("address", "field"),
    [
        ("/lexicon/terms?form=xml", "form"),
        ("/crosswalks", "from"),
        ("/crosswalks?from=nothing&to=terms", "from"),
        ("/crosswalks?from=terms&to=nothing", "to"),
        ("/yardsticks/say", "probability"),
        ("/yardsticks/say?probability=1.5", "probability"),
        ("/yardsticks/say?probability=nan", "probability"),
        ("/yardsticks/say?probability=0.1&low=0.2", "low"),
        ("/yardsticks/say?probability=0.1&low=0.3&high=0.2", "low"),
        ("/yardsticks/say?probability=0.1&yardstick=nobody", "yardstick"),
        ("/yardsticks/say?probability=0.1&language=tlh", "language"),
        ("/yardsticks/translate?from=icd203&to=nobody", "to"),
        ("/yardsticks/translate?from=nobody&to=phia", "from"),
        ("/yardsticks/translate?from=icd203&to=phia&word=perhaps", "word"),
    ],
)
def test_what_cannot_be_answered_names_its_field(cy, address, field):
    answer = cy.get(address)
    assert answer.status_code == 422, answer.text
    assert answer.json()["field"] == field
    assert answer.json()["remedy"]


def test_a_word_that_erases_the_signal_comes_with_a_warning(cy):
    told = cy.get("/yardsticks/say?probability=0.05&base_rate=0.013").json()["items"]
    assert {one["yardstick"]: bool(one["warning"]) for one in told} == {
        "icd203": False,
        "phia": True,
        "scrc": False,
        "ipcc": True,
    }


def test_a_word_that_is_carried_across_says_what_is_lost(cy):
    told = cy.get("/yardsticks/translate?from=icd203&to=phia&word=unlikely").json()
    assert told["loss"] == pytest.approx(0.6)
    (one,) = told["items"]
    assert sum(share["share"] for share in one["shares"]) + one["uncovered"] == pytest.approx(1)
    same = cy.get("/yardsticks/translate?from=icd203&to=icd203").json()
    assert same["loss"] == 0


def test_letters_of_every_script_come_through(cy):
    told = json.loads(cy.get("/lexicon").content.decode("utf-8"))
    (genocide,) = (one for one in told["terms"] if one["key"] == "genocide")
    assert genocide["labels"]["ar"] == "الإبادة الجماعية"
