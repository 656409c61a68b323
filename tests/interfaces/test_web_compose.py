import html
import re

import pytest
from tests.signed_in import browser, hidden, send
from tests.team_node import note, team_node

from tocsin.desk import drafts, people
from tocsin.desk.node import open_node
from tocsin.interfaces.web.composing import MOST_ROWS, ROWS, Typed

FORM = "/compose?subject=place:SDN"
TYPED = {
    "subject": "place:SDN",
    "supersedes": "",
    "title": "Roadblocks",
    "text": "Two more\r\nسطر ثان",
    "about": "2026-01",
    "as_of": "2026-01-05",
    "standing": "analyst",
    "attribution": "organisation",
    "reference-0": "Field office",
    "reliability-0": "B",
    "credibility-0": "2",
    "remark-0": "by telephone",
    "tlp": "TLP:AMBER",
    "caveat": ["ORIGINATOR CONTROL"],
    "audience": ["org:aa", "org:bb"],
}


@pytest.fixture
def node(tmp_path):
    with team_node(tmp_path, "") as node:
        yield node


def statements(client):
    return client.get("/statements.json").json()["statements"]


def store(client, typed, page=FORM):
    """Preview, then store just what was previewed."""
    shown = send(client, page, "/compose", typed | {"action": "preview"})
    return send(client, page, "/compose", typed | {"action": "store", "previewed": hidden(shown.text, "previewed")})


def test_what_is_typed_previewed_and_stored_is_what_is_stated(node):
    client = browser(node, "aa-analyst")

    answer = store(client, TYPED)

    assert answer.status_code == 303
    (made,) = statements(client)
    assert answer.headers["location"] == f"/statement/{made['id']}"
    said = made["statement"]
    assert said["body"] == {"kind": "note", "title": "Roadblocks", "text": "Two more\nسطر ثان"}
    assert said["subject"] == {"type": "place", "id": "SDN"}
    assert (said["about"], said["as_of"], said["standing"]) == ("2026-01", "2026-01-05", "analyst")
    assert said["attribution"] == "organisation"
    assert said["marking"] == {
        "tlp": "TLP:AMBER",
        "caveats": ["ORIGINATOR CONTROL"],
        "audience": [["org:aa", "org:bb"]],
    }
    (evidence,) = said["evidence"]
    assert evidence == {
        "type": "source",
        "reference": "Field office",
        "reliability": "B",
        "credibility": "2",
        "note": "by telephone",
    }


def test_nothing_is_stored_without_a_preview(node):
    client = browser(node, "aa-analyst")

    answer = send(client, FORM, "/compose", TYPED | {"action": "store"})

    assert answer.status_code == 200
    assert "Not stored yet" in answer.text
    assert statements(client) == []


@pytest.mark.parametrize(
    "change", [{"audience": ["org:aa", "org:bb", "org:cc"]}, {"tlp": "TLP:AMBER+STRICT"}, {"caveat": []}]
)
def test_a_preview_of_another_marking_does_not_count(node, change):
    client = browser(node, "aa-analyst")
    shown = send(client, FORM, "/compose", TYPED | {"action": "preview"})
    sealed = {"action": "store", "previewed": hidden(shown.text, "previewed")}

    assert send(client, FORM, "/compose", TYPED | change | sealed).status_code == 200
    assert statements(client) == []


def test_a_preview_does_not_count_once_others_would_see_it(node):
    client, typed = browser(node, "aa-analyst"), TYPED | {"audience": ["group:sahel"]}
    shown = send(client, FORM, "/compose", typed | {"action": "preview"})
    people.join_group(node.visit("aa-convenor", "web"), "sahel", "bb")

    answer = send(client, FORM, "/compose", typed | {"action": "store", "previewed": hidden(shown.text, "previewed")})

    assert "seen by others than in the last preview" in answer.text
    assert "<bdi>Organisation bb</bdi>: 5 people" in answer.text
    assert statements(client) == []


def test_a_preview_names_organisations_counts_people_and_says_through_which_groups(node):
    convenor = node.visit("aa-convenor", "web")
    people.join_group(convenor, "sahel", "bb")
    people.join_group(convenor, "sahel", "cc", since=node.store.clock() + 10**12)
    client = browser(node, "aa-analyst")

    part = send(client, FORM, "/compose/preview", TYPED | {"audience": ["group:sahel", "person:cc-reader"]})

    assert part.headers["x-tocsin-part"] == "preview"
    words = re.sub(r"<[^>]+>", "", html.unescape(part.text))
    assert "11 people with an account here now, of 3 organisations" in words
    assert "Organisation aa: 5 people" in words
    assert "Organisation cc: 1 person" in words
    assert "the group Sahel 10" in words
    assert "Only by a later back-fill" in words
    assert "Organisation cc (4 people)" in words
    assert 'value="store"' in part.text
    assert statements(client) == []


def test_what_the_preview_promised_is_what_people_see(node):
    client, readers = browser(node, "aa-analyst"), ("aa-reader", "bb-reader", "cc-reader")
    text = send(client, FORM, "/compose/preview", TYPED).text
    promised = set(re.findall(r"<bdi>Organisation (\w\w)</bdi>: 5 people", text))

    (address,) = {store(client, TYPED).headers["location"]}

    assert (
        {one[:2] for one in readers if browser(node, one).get(address).status_code == 200} == promised == {"aa", "bb"}
    )


def test_a_marking_that_breaks_a_rule_has_no_way_to_store_it(node):
    part = send(browser(node, "aa-analyst"), FORM, "/compose/preview", TYPED | {"tlp": "TLP:RED"})

    assert "named persons only" in part.text
    assert 'value="store"' not in part.text


WRONG = [
    ({"title": " "}, "title"),
    ({"text": ""}, "text"),
    ({"as_of": "2040-01-01"}, "as_of"),
    ({"as_of": "soon"}, "as_of"),
    ({"tlp": "TLP:RED"}, "audience"),
    ({"tlp": "TLP:MAUVE"}, "tlp"),
    ({"tlp": ""}, "tlp"),
    ({"audience": ["org:nobody"]}, "audience"),
    ({"caveat": ["SECRET"]}, "caveat"),
    ({"attribution": "named", "caveat": ["CHATHAM HOUSE RULE"]}, "attribution"),
    ({"reference-0": "0" * 64}, "reference-0"),
    ({"reference-0": ""}, "reference-0"),
    ({"standing": "royal"}, "standing"),
    ({"about": "x" * 301}, "about"),
]


@pytest.mark.parametrize(("change", "field"), WRONG, ids=[f"{field}-{n}" for n, (_, field) in enumerate(WRONG)])
def test_an_error_marks_its_field_and_keeps_all_that_was_typed(node, change, field):
    client, typed = browser(node, "aa-analyst"), TYPED | change

    answer = send(client, FORM, "/compose", typed | {"action": "store"})

    assert answer.status_code == 422
    assert f'id="problem-{field}"' in answer.text
    assert f'href="#{"title-box" if field == "title" else field}"' in answer.text
    text = html.unescape(answer.text)
    for name in ("title", "about", "reference-0", "remark-0"):
        assert f'value="{typed[name]}"' in text
    assert f"\n{typed['text']}</textarea>".replace("\r\n", "\n") in text.replace("\r\n", "\n")
    assert statements(client) == []
    kept = drafts.load(node.visit("aa-analyst", "web"), "compose:place:SDN").fields
    assert kept.get("title", [""]) == [typed["title"]]
    assert kept.get("audience", []) == typed["audience"]


def test_what_is_typed_comes_back_when_the_form_is_opened_again(node):
    client = browser(node, "aa-analyst")

    answer = send(client, FORM, "/compose/draft", TYPED)

    assert answer.json()["saved"]
    page = client.get(FORM).text
    assert 'value="Roadblocks"' in page
    assert "Your draft of" in page
    assert re.search(r'value="org:bb" checked', page)
    assert 'value="Roadblocks"' not in browser(node, "aa-desk-officer").get(FORM).text
    assert 'value="Roadblocks"' not in client.get("/compose?subject=place:TCD").text


def test_a_draft_goes_when_it_is_stored_or_discarded(node):
    client, visit = browser(node, "aa-analyst"), node.visit("aa-analyst", "web")

    send(client, FORM, "/compose/draft", TYPED)
    assert send(client, FORM, "/compose", TYPED | {"action": "discard"}).headers["location"] == FORM
    assert drafts.load(visit, "compose:place:SDN") is None

    assert store(client, TYPED).status_code == 303
    assert drafts.load(visit, "compose:place:SDN") is None


def test_a_correction_opens_with_what_was_said_and_takes_its_place(node):
    client = browser(node, "aa-analyst")
    old = store(client, TYPED).headers["location"].removeprefix("/statement/")
    page = f"/compose?subject=place:SDN&supersedes={old}"

    text = html.unescape(client.get(page).text)
    new = store(client, TYPED | {"supersedes": old, "text": "Three more"}, page).headers["location"]

    assert 'value="Roadblocks"' in text
    assert 'value="Field office"' in text
    told = client.get(f"{new}.json").json()
    assert told["supersedes"] == [old]
    assert client.get(f"/statement/{old}.json").json()["superseded_by"] == [new.removeprefix("/statement/")]


def test_a_correction_keeps_an_audience_that_boxes_cannot_say(node):
    whole = {"tlp": "AMBER", "caveats": [], "audience": [["group:sahel", "org:bb"], ["org:aa"]]}
    old = note(node, "aa-analyst", "org:aa")
    client = browser(node, "aa-analyst")
    typed = TYPED | {"caveat": [], "audience": ["group:sahel", "org:bb"], "within": ["org:aa"]}

    made = client.get(f"{store(client, typed).headers['location']}.json").json()
    page = client.get(f"/compose?supersedes={made['id']}").text

    assert sorted(made["statement"]["marking"]["audience"]) == sorted(whole["audience"])
    ticked = re.findall(r'name="(audience|within)" value="([^"]+)" checked', page)
    both = {tuple(sorted(v for n, v in ticked if n == name for v in v.split())) for name in ("audience", "within")}
    assert both == {("group:sahel", "org:bb"), ("org:aa",)}
    assert old.id != made["id"]


def test_the_form_for_a_statement_that_is_not_for_the_visitor_is_not_found(node):
    secret = note(node, "aa-analyst", "org:aa")
    outsider = browser(node, "bb-analyst")

    denied = outsider.get(f"/compose.json?supersedes={secret.id}")
    absent = outsider.get(f"/compose.json?supersedes={'0' * 64}")

    assert denied.status_code == absent.status_code == 404
    assert denied.text.replace(secret.id, "ID") == absent.text.replace("0" * 64, "ID")


def test_the_form_is_marked_as_what_is_typed_into_it(node):
    client = browser(node, "aa-analyst")

    send(client, FORM, "/compose/draft", TYPED | {"tlp": "TLP:RED", "audience": ["person:aa-reader"]})

    assert client.get("/compose.json?subject=place:SDN").json()["marking"] == "TLP:RED · ORIGINATOR CONTROL"


def test_only_standings_of_the_visitor_s_roles_are_offered(node):
    def offered(person):
        return browser(node, person).get("/compose.json?subject=SDN").json()["standings"]

    assert offered("aa-convenor") == ["note"]
    assert offered("aa-analyst") == ["note", "analyst"]
    assert offered("aa-desk-officer") == ["note", "analyst", "desk", "institution"]
    assert browser(node, "aa-reader").get("/compose.json?subject=SDN").status_code == 403


def test_only_those_are_offered_as_an_audience_whom_the_visitor_may_know(node):
    told = browser(node, "aa-analyst").get("/compose.json?subject=SDN").json()["audience"]
    tokens = {token for offered in told for token in offered["names"]}

    assert {"org:aa", "org:bb", "org:cc", "group:sahel", "person:aa-reader", "everyone", "community"} <= tokens
    assert not {"group:private", "person:cc-reader", "person:aa-analyst"} & tokens


@pytest.mark.parametrize("address", ["/compose", "/compose/preview", "/compose/draft"])
def test_a_form_that_does_not_come_from_our_page_changes_nothing(node, address):
    client = browser(node, "aa-analyst")

    assert client.post(address, data=TYPED | {"action": "store"}).status_code == 403
    assert drafts.load(node.visit("aa-analyst", "web"), "compose:place:SDN") is None


def test_an_unknown_subject_is_refused(node):
    client = browser(node, "aa-analyst")

    assert client.get("/compose?subject=place:XYZ").status_code == 404
    assert client.get("/compose.json?subject=person:somebody").json()["where"] == "subject"


def test_in_an_exercise_every_statement_carries_the_caveat(tmp_path):
    from tocsin.core.settings import Settings

    node = open_node(Settings(home=tmp_path, offline=True), exercise=True)
    client, page = browser(node), "/compose?subject=place:XXA"
    typed = TYPED | {"subject": "place:XXA", "audience": ["org:this-node"]}

    address = store(client, typed, page).headers["location"]

    marking = client.get(f"{address}.json").json()["statement"]["marking"]
    assert marking["caveats"] == ["EXERCISE", "ORIGINATOR CONTROL"]
    assert client.get(FORM).status_code == 404
    node.store.close()


def test_there_is_always_an_empty_row_for_evidence():
    assert Typed({}).rows == ROWS
    assert Typed({"reference-2": ["x"]}).rows == 4
    assert Typed({f"reference-{MOST_ROWS - 1}": ["x"]}).rows == MOST_ROWS
