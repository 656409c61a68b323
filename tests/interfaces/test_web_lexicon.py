"""The lexicon's pages: senses side by side by owner, frames, crosswalks with their gaps, yardsticks and their forms."""

import csv
import io
import re
from html.parser import HTMLParser

import pytest
from starlette.testclient import TestClient
from tests.tiny_release import HOSTILE, node

from tocsin.desk.lexicon import crosswalk_view, export_scheme, lexicon_view, scheme_view, terms_view
from tocsin.desk.node import open_node
from tocsin.desk.yardsticks import yardsticks
from tocsin.interfaces.web import create_app

HOME = "http://127.0.0.1:8420"
SCHEMES = ["terms", "un-framework-2014", "us-araf", "eu-checklist", "model-variables"]
PAGES = ["/lexicon", *(f"/lexicon/{key}" for key in SCHEMES), "/lexicon/un-framework-2014?to=us-araf"]
PAGES += ["/lexicon/eu-checklist?to=us-araf", "/lexicon/terms?to=terms", "/lexicon/us-araf?fold=yes", "/yardsticks"]
PAGES += ["/yardsticks?probability=5%25&base_rate=0.013&low=0.02&high=0.1", "/yardsticks?word=icd203:unlikely&to=phia"]
PAGES += ["/yardsticks?word=icd203:&to=scrc"]


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    app = create_app(open_node(node(tmp_path_factory.mktemp("node"))))
    return TestClient(app, base_url=HOME, follow_redirects=False)


class Read(HTMLParser):
    """Every tag with its attributes; and each text with the language and direction of the nearest element."""

    VOID = ("meta", "link", "input", "br")

    def __init__(self, text):
        super().__init__()
        self.tags, self.said, self._open = [], [], [("", {})]
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in self.VOID:
            self._open.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        while len(self._open) > 1 and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        tag, attributes = self._open[-1]
        if data.strip() and tag not in ("title", "desc"):
            self.said.append((data.strip(), attributes.get("lang"), attributes.get("dir")))


def rows(client, address):
    return list(csv.DictReader(io.StringIO(client.get(address).content.decode("utf-8-sig"))))


def test_this_file_knows_every_scheme():
    assert sorted(SCHEMES) == [one.key for one in lexicon_view().schemes]


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
@pytest.mark.parametrize("page", PAGES)
def test_every_page_can_be_had_in_every_language_with_its_twin_and_tables(client, page, language):
    address = f"{page}{'&' if '?' in page else '?'}lang={language}"
    path, _, query = page.partition("?")
    shown, told = client.get(address), client.get(f"{path}.json" + (f"?{query}" if query else ""))
    assert shown.status_code == told.status_code == 200
    assert told.json()["marking"] == "TLP:CLEAR"
    assert told.json()["vocabulary"] == lexicon_view().version
    for entry in told.json()["tables"].values():
        assert len(rows(client, entry["csv"])) == len(entry["rows"])


@pytest.mark.parametrize("page", PAGES)
def test_no_page_has_two_things_of_one_name_or_a_label_that_leads_nowhere(client, page):
    tags = Read(client.get(page).text).tags
    names = [attributes["id"] for _, attributes in tags if "id" in attributes]
    assert len(names) == len(set(names))
    for _, attributes in tags:
        for name in ("aria-labelledby", "aria-describedby", "for"):
            assert set((attributes.get(name) or "").split()) <= set(names)


def test_every_anchor_to_which_a_page_links_is_there(client):
    held = {}
    for page in PAGES:
        for _, attributes in Read(client.get(page).text).tags:
            path, hash_, anchor = (attributes.get("href") or "").partition("#")
            if hash_ and (path.startswith("/lexicon") or path == "/yardsticks"):
                if path not in held:
                    held[path] = {one.get("id") for _, one in Read(client.get(path).text).tags}
                assert anchor in held[path], f"{page} links to {path}#{anchor}"
    assert len(held) > 8


@pytest.mark.parametrize("page", PAGES)
def test_arabic_is_always_marked_as_such_and_nothing_else_is(client, page):
    arabic = re.compile(r"[\u0600-\u06ff]")
    for text, language, direction in Read(client.get(f"{page}{'&' if '?' in page else '?'}lang=ar").text).said:
        if arabic.search(text):
            assert language == "ar", text
            assert direction in ("rtl", "auto"), text
        else:
            assert (language, direction) != ("ar", "rtl"), text


def test_each_sense_stands_on_its_own_with_owner_kind_paragraph_and_threshold(client):
    page = Read(client.get("/lexicon/terms").text)
    senses = [attributes["id"] for tag, attributes in page.tags if tag == "article"]
    assert {one.notation for one in scheme_view("terms").concepts} <= set(senses)
    assert len(senses) == sum(len(one.senses) for one in terms_view())
    text = " ".join(said for said, _, _ in page.said)
    for one in terms_view():
        assert one.term.note in text
    assert "at least 1,000 deaths, within 1 year" in text
    assert "at least 25 deaths, within 1 year" in text
    told = rows(client, "/lexicon/terms/concepts.csv")
    assert {row["sense"] for row in told} == {"legal", "policy", "statistical"}
    assert all(row["owner"] and row["source"] and row["paragraph"] for row in told)


def test_a_frame_holds_every_factor_with_its_indicators_folded_only_if_asked(client):
    scheme = scheme_view("un-framework-2014")
    opened, folded = (Read(client.get(f"/lexicon/un-framework-2014{q}").text).tags for q in ("", "?fold=yes"))
    for tags, is_open in ((opened, True), (folded, False)):
        ids = {attributes.get("id") for _, attributes in tags}
        assert {one.notation for one in scheme.concepts} <= ids
        details = [attributes for tag, attributes in tags if tag == "details"]
        assert len(details) == len(scheme.tops) == 14
        assert all(("open" in attributes) == is_open for attributes in details)


def test_a_crosswalk_tells_relation_author_and_reason_and_both_sides_that_are_left_over(client):
    view = crosswalk_view("un-framework-2014", "us-araf")
    text = " ".join(said for said, _, _ in Read(client.get("/lexicon/un-framework-2014?to=us-araf").text).said)
    for one in view.mappings:
        assert one.note in text
    for gap in (*view.unmapped, *view.unreached):
        assert view.concepts[gap.concept].label() in text
    assert "is narrower than" in text
    assert "turned round" in text
    told = client.get("/lexicon/un-framework-2014.json?to=us-araf").json()["tables"]
    assert len(told["unmapped"]["rows"]) == len(view.unmapped) > 0
    assert len(told["unreached"]["rows"]) == len(view.unreached) > 0


def test_that_nobody_has_said_anything_is_not_told_as_nothing_corresponding(client):
    text = client.get("/lexicon/eu-checklist?to=us-araf").text
    assert "Nobody has said yet" in text
    told = client.get("/lexicon/eu-checklist.json?to=us-araf").json()["tables"]
    assert told["mappings"]["rows"] == []
    assert {row["stated"] for row in told["unmapped"]["rows"]} == {False}
    assert {row["reason"] for row in told["unmapped"]["rows"]} == {None}


@pytest.mark.parametrize("key", [*SCHEMES, "crosswalks"])
def test_a_scheme_is_taken_away_as_turtle_and_as_json_ld(client, key):
    for ending, form, media in (("ttl", "turtle", "text/turtle"), ("jsonld", "json-ld", "application/ld+json")):
        answer = client.get(f"/lexicon/{key}.{ending}")
        assert answer.status_code == 200
        assert answer.headers["content-type"].partition(";")[0] == media
        assert answer.text == export_scheme(key, form)
        assert f'filename="tocsin-{key}.{ending}"' in answer.headers["content-disposition"]


@pytest.mark.parametrize(
    "address", ["/lexicon/nothing", "/lexicon/terms?to=nothing", "/lexicon/nothing.ttl", "/lexicon/nothing.json"]
)
def test_a_scheme_that_is_not_there_is_told_with_those_that_are(client, address):
    answer = client.get(address)
    assert answer.status_code == 404
    assert "un-framework-2014" in answer.text


def test_the_axis_shows_every_word_and_says_the_same_in_words(client):
    text = client.get("/yardsticks").text
    (chart,) = re.findall(r'<svg[^>]*class="bands".*?</svg>', text, re.DOTALL)
    description = re.search(r"<desc[^>]*>(.*?)</desc>", chart)[1]
    for scale in yardsticks().values():
        for band in scale.bands:
            assert f"{band.term} {band.span}" in description
    told = client.get("/yardsticks.json").json()["tables"]["bands"]["rows"]
    assert len(told) == sum(len(scale.bands) for scale in yardsticks().values()) == chart.count("<rect")


def test_each_reader_is_told_a_chance_and_warned_where_the_word_would_erase_it(client):
    answer = client.get("/yardsticks", params={"probability": "5 %", "base_rate": "0.013"})
    told = client.get("/yardsticks.json", params={"probability": "5 %", "base_rate": "0.013"}).json()["tables"]["told"]
    erased = {row["yardstick"]: row["erased"] for row in told["rows"]}
    assert erased == {"icd203": False, "phia": True, "scrc": False, "ipcc": True}
    assert "A word alone would erase the signal" in answer.text
    assert "1 in 20" in answer.text
    assert "very unlikely" in answer.text
    calm = client.get("/yardsticks", params={"probability": "0.5", "base_rate": "0.4"})
    assert "would erase the signal" not in calm.text


def test_a_word_is_carried_across_with_what_is_lost(client):
    text = client.get("/yardsticks", params={"word": "icd203:unlikely", "to": "phia"}).text
    assert "60 %" in text
    assert "no word 40 %" in text
    whole = client.get("/yardsticks.json", params={"word": "icd203:", "to": "phia"}).json()["tables"]["carried"]
    assert len(whole["rows"]) == 7


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"probability": "7"}, "probability"),
        ({"probability": HOSTILE}, "probability"),
        ({"base_rate": "0.1"}, "probability"),
        ({"probability": "0.1", "low": "0.05"}, "low"),
        ({"probability": "0.1", "low": "0.3", "high": "0.2"}, "low"),
        ({"probability": "0.1", "language": "tlh"}, "language"),
        ({"word": "icd203:perhaps", "to": "phia"}, "word"),
        ({"word": "nobody:unlikely", "to": "phia"}, "word"),
        ({"word": "icd203:unlikely", "to": "nobody"}, "to"),
        ({"word": "icd203:unlikely"}, "to"),
    ],
)
def test_what_cannot_be_answered_is_told_and_stays_as_typed(client, asked, field):
    answer = client.get("/yardsticks", params=asked)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert HOSTILE not in answer.text
    typed = {one.get("name"): one.get("value") for tag, one in Read(answer.text).tags if tag == "input"}
    assert all(typed[name] == value for name, value in asked.items() if name in ("probability", "low", "high"))
    twin = client.get("/yardsticks.json", params=asked)
    assert twin.status_code == 400
    assert twin.json()["where"] == field


def test_no_page_of_the_lexicon_is_kept_from_an_exercise(tmp_path):
    app = create_app(open_node(node(tmp_path), exercise=True))
    client = TestClient(app, base_url=HOME, follow_redirects=False)
    for page in ("/lexicon", "/lexicon/terms", "/yardsticks"):
        answer = client.get(page)
        assert answer.status_code == 200
        assert 'href="/lexicon"' in answer.text
    assert "EXERCISE" in client.get("/lexicon.json").json()["marking"]
    # How real states are spread over the words is not told there.
    assert client.get("/yardsticks.json").json()["tables"]["states"]["rows"] == []
