import html
import re

import pytest
from tests.signed_in import browser, hidden, send
from tests.team_node import note, team_node

from tocsin.desk import drafts, fielding, making, people
from tocsin.desk.node import open_node

FORM = "/contribute?subject=place:SDN"
ASKING = "/requests?subject=place:SDN"
TYPED = {
    "subject": "place:SDN",
    "title": "Water point closed",
    "text": "Armed men\r\nسطر ثان",
    "observed": "2026-01-05",
    "community": "women of the camp",
    "precision": "district",
    "where": "Bintana",
    "provenance": "witness",
    "consent": "given for this use only",
    "consent_note": "The monthly report.",
    "reliability": "B",
    "credibility": "3",
    "tlp": "TLP:AMBER",
    "audience": ["group:sahel"],
}
WANTED = {
    "subject": "place:SDN",
    "community": "Market women of Bintana",
    "asks": "Who left?",
    "purpose": "The outlook.",
    "until": "2099-12-31",
    "tlp": "TLP:AMBER",
    "audience": ["group:sahel"],
}


@pytest.fixture
def node(tmp_path):
    with team_node(tmp_path, "") as node:
        people.join_group(node.visit("aa-convenor", "web"), "sahel", "bb")
        yield node


def store(client, page, address, typed):
    """Preview, then store just what was previewed."""
    shown = send(client, page, address, typed | {"action": "preview"})
    return send(client, page, address, typed | {"action": "store", "previewed": hidden(shown.text, "previewed")})


def passed_on(node, person="aa-analyst", **changes):
    answer = store(browser(node, person), FORM, "/contribute", TYPED | changes)
    assert answer.status_code == 303, words(answer.text)
    return answer.headers["location"].removeprefix("/contribution/")


def asked(node, person="aa-analyst", **changes):
    return store(browser(node, person), ASKING, "/requests", WANTED | changes)


def stored_request(answer):
    """The identity of the request that was stored, from the address to which its form leads back."""
    return re.fullmatch(r"/requests\?stored=([0-9a-f]{64})#request-[0-9a-f]{12}", answer.headers["location"])[1]


def test_a_stored_request_leads_back_to_the_register_and_is_marked_there(node):
    answer = asked(node)
    id, page = stored_request(answer), browser(node, "aa-analyst").get(answer.headers["location"]).text
    assert f'id="request-{id[:12]}"' in page
    assert page.count("just stored") == 1
    assert "just stored" not in browser(node, "aa-analyst").get("/requests").text


def words(text):
    return " ".join(re.sub(r"<[^>]+>", " ", html.unescape(text)).split())


# Passing something on -----------------------------------------------------------------------------------------------


def test_what_is_typed_previewed_and_stored_is_what_is_passed_on(node):
    id = passed_on(node)
    said = browser(node, "bb-analyst").get(f"/contribution/{id}.json").json()["statement"]
    assert said["body"] == {
        "kind": "contribution",
        "title": "Water point closed",
        "text": "Armed men\nسطر ثان",
        "observed": "2026-01-05",
        "provenance": "witness",
        "consent": "given for this use only",
        "consent_note": "The monthly report.",
        "reliability": "B",
        "credibility": "3",
        "precision": "district",
        "within": "Bintana",
        "community": "women of the camp",
    }
    assert said["marking"] == {"tlp": "TLP:AMBER", "caveats": [], "audience": [["group:sahel"]]}


def test_nothing_is_passed_on_without_a_preview(node):
    client = browser(node, "aa-analyst")
    answer = send(client, FORM, "/contribute", TYPED | {"action": "store"})
    assert answer.status_code == 200
    assert "Not stored yet" in answer.text
    assert client.get("/contributions.json").json()["contributions"] == []


@pytest.mark.parametrize(
    ("change", "box", "told"),
    [
        ({"title": ""}, "title", "is missing"),
        ({"consent": ""}, "consent", "agreed to its use is missing"),
        ({"provenance": ""}, "provenance", "is missing"),
        ({"consent_note": ""}, "", "say in the note for which"),
        ({"precision": "site", "tlp": "TLP:GREEN", "audience": ["community"]}, "precision", "lead to the source"),
        ({"audience": ["org:bb"]}, "audience", "nobody could tell you"),
        ({"request": "0" * 64}, "request", "no such statement"),
        ({"observed": "yesterday"}, "observed", ""),
    ],
)
def test_what_is_wrong_is_told_at_its_box_and_everything_typed_is_kept(node, change, box, told):
    client = browser(node, "aa-analyst")
    answer = send(client, FORM, "/contribute", TYPED | change | {"action": "preview"})
    assert answer.status_code == 422
    assert told in words(answer.text)
    if box:
        assert f'href="#{box}-box"' in answer.text
        assert f'id="{box}-box"' in answer.text
    assert "سطر ثان" in answer.text
    assert drafts.load(node.visit("aa-analyst", "web"), "contribution:place:SDN").fields["where"] == ["Bintana"]
    assert "سطر ثان" in client.get(FORM).text


def test_a_draft_is_kept_and_discarded(node):
    client = browser(node, "aa-analyst")
    assert send(client, FORM, "/contribute/draft", TYPED).json()["saved"]
    assert "Water point closed" in client.get(FORM).text
    assert send(client, FORM, "/contribute", TYPED | {"action": "discard"}).status_code == 303
    assert "Water point closed" not in client.get(FORM).text


def test_an_answer_is_previewed_within_the_audience_of_its_request(node):
    request = stored_request(asked(node))
    client = browser(node, "bb-analyst")
    assert f'<option value="{request}" selected' in client.get(f"{FORM}&request={request}").text
    part = send(client, FORM, "/contribute/preview", TYPED | {"audience": ["org:bb"], "request": request})
    assert part.headers["x-tocsin-part"] == "preview"
    assert "whoever is in the group Sahel, and also in Organisation bb" in words(part.text)
    id = passed_on(node, "bb-analyst", audience=["org:bb"], request=request)
    assert "Request to Market women of Bintana" in words(client.get(f"/contribution/{id}").text)
    assert request not in browser(node, "aa-analyst").get("/contributions").text


def test_a_correction_takes_the_place_of_a_contribution(node):
    old = passed_on(node)
    client = browser(node, "aa-analyst")
    page = f"/contribute?supersedes={old}"
    assert "Armed men" in client.get(page).text
    made = store(client, page, "/contribute", TYPED | {"supersedes": old, "title": "Water point closed again"})
    assert made.status_code == 303
    (only,) = client.get("/contributions.json").json()["contributions"]
    assert only["supersedes"] == [old]
    assert "Corrected" in client.get(f"/contribution/{old}").text


def test_only_a_contribution_is_corrected_with_this_form(node):
    made = note(node, "aa-analyst", "org:aa")
    assert browser(node, "aa-analyst").get(f"/contribute?supersedes={made.id}").status_code == 400


def test_a_reader_is_offered_no_form(node):
    client = browser(node, "bb-reader")
    assert client.get(FORM).status_code == 403
    assert '<form class="stack"' not in client.get(ASKING).text
    assert "Pass something on" not in client.get("/contributions").text


# What became of it --------------------------------------------------------------------------------------------------


def test_the_contributor_sees_what_became_of_it(node):
    id = passed_on(node)
    mine = browser(node, "aa-analyst")
    assert "Nothing yet that you may see, less than a day after it came." in words(mine.get("/contributions").text)
    assert "Tell its contributor" not in mine.get(f"/contribution/{id}").text
    other = browser(node, "bb-analyst")
    page = f"/contribution/{id}"
    sent = send(other, page, f"{page}/reply", {"fate": "used", "text": "In our report.", "attribution": "organisation"})
    assert sent.status_code == 303
    assert "Used, says Organisation bb." in words(mine.get("/contributions").text)
    assert "In our report." in mine.get(page).text
    assert mine.get(f"{page}.json").json()["nothing_yet"] is False
    assert "Bb-Analyst" not in mine.get(page).text


@pytest.mark.parametrize(
    ("change", "box"),
    [({"fate": "lost"}, "fate"), ({"text": " "}, "text"), ({"attribution": "non-attributed"}, "attribution")],
)
def test_a_reply_that_is_refused_is_kept(node, change, box):
    id = passed_on(node)
    other, page = browser(node, "bb-analyst"), f"/contribution/{id}"
    typed = {"fate": "used", "text": "In our report.", "attribution": "organisation"} | change
    refused = send(other, page, f"{page}/reply", typed)
    assert refused.status_code == 422
    assert f'href="#{box}-box"' in refused.text
    assert f'id="problem-{box}"' in refused.text
    assert drafts.load(node.visit("bb-analyst", "web"), f"reply:{id}").fields["text"] == [typed["text"]]
    assert send(other, page, f"{page}/reply", typed | {"action": "discard"}).status_code == 303
    assert drafts.load(node.visit("bb-analyst", "web"), f"reply:{id}") is None


def test_a_contribution_that_is_not_for_somebody_is_not_there(node):
    id = passed_on(node)
    client = browser(node, "cc-analyst")
    hidden_, nothing = client.get(f"/contribution/{id}"), client.get(f"/contribution/{'0' * 64}")
    assert (hidden_.status_code, nothing.status_code) == (404, 404)
    sent = send(client, "/contributions", f"/contribution/{id}/reply", {"fate": "used", "text": "So."})
    assert sent.status_code == 404
    assert "Water point" not in client.get("/contributions").text


def test_any_other_statement_is_shown_as_what_it_is(node):
    made = note(node, "aa-analyst", "org:aa")
    assert browser(node, "aa-analyst").get(f"/contribution/{made.id}").headers["location"] == f"/statement/{made.id}"


def test_a_withdrawn_contribution_leads_to_what_says_so(node):
    id = passed_on(node)
    making.recall(node.visit("aa-analyst", "web"), id, "Consent was withdrawn.")
    answer = browser(node, "bb-analyst").get(f"/contribution/{id}", follow_redirects=True)
    assert "Consent was withdrawn." in answer.text
    assert "Armed men" not in answer.text
    assert "Withdrawn." in browser(node, "aa-analyst").get(f"/contribution/{id}").text


# Requests -----------------------------------------------------------------------------------------------------------


def test_who_asks_already_is_shown_before_a_request_is_stored(node):
    assert asked(node).status_code == 303
    client, typed = browser(node, "bb-analyst"), WANTED | {"community": "women, Bintana"}
    shown = send(client, ASKING, "/requests", typed | {"action": "preview"})
    assert "The same community is being asked already" in words(shown.text)
    kept_back = send(
        client, ASKING, "/requests", typed | {"action": "store", "previewed": hidden(shown.text, "previewed")}
    )
    assert "Not stored yet: others are asking the same community." in words(kept_back.text)
    assert len(client.get("/requests.json").json()["requests"]) == 1
    assert asked(node, "bb-analyst", community="women, Bintana", instead="Ours is about roads.").status_code == 303
    page = client.get("/requests")
    assert page.text.count("asked more than once") == 2
    rows = client.get("/requests/requests.csv").text
    assert "Ours is about roads." in rows


def test_a_request_that_may_not_be_seen_is_not_hinted_at(node):
    assert asked(node, audience=["org:aa"]).status_code == 303
    shown = send(browser(node, "bb-analyst"), ASKING, "/requests", WANTED | {"action": "preview"})
    assert shown.status_code == 200
    assert "asked already" not in shown.text
    assert "Who left" not in browser(node, "bb-analyst").get("/requests").text


def test_a_request_is_corrected_and_its_draft_kept(node):
    id = stored_request(asked(node))
    client, page = browser(node, "aa-analyst"), f"/requests?supersedes={id}"
    assert "Who left?" in client.get(page).text
    assert send(client, page, "/requests/draft", WANTED | {"supersedes": id, "asks": "Who came?"}).json()["saved"]
    assert "Who came?" in client.get(page).text
    assert store(client, page, "/requests", WANTED | {"supersedes": id, "asks": "Who came?"}).status_code == 303
    (only,) = client.get("/requests.json").json()["requests"]
    assert only["statement"]["body"]["asks"] == "Who came?"


def test_a_request_that_is_over_is_refused_at_its_box(node):
    client = browser(node, "aa-analyst")
    refused = send(client, ASKING, "/requests", WANTED | {"until": "2020-01-01", "action": "preview"})
    assert refused.status_code == 422
    assert 'id="problem-until"' in refused.text


def test_what_is_restricted_stays_out_of_a_file(node):
    assert asked(node, audience=["group:sahel"], caveat=["ORIGINATOR CONTROL"]).status_code == 303
    assert "Who left" in browser(node, "bb-analyst").get("/requests").text
    assert "kept back" in browser(node, "bb-analyst").get("/requests/requests.csv").text


# Everywhere ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["/contributions", "/contribute", "/requests"])
def test_field_input_is_in_the_navigation_and_needs_no_place(node, page):
    text = browser(node, "aa-analyst").get(page).text
    assert '<a href="/contributions"' in text
    assert 'name="subject"' in text


def test_a_page_with_all_it_needs_is_light(node):
    passed_on(node)
    client = browser(node, "bb-analyst")
    for page in (FORM, ASKING, "/contributions"):
        text = client.get(page).text
        parts = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', text))
        assert len(text.encode()) + sum(len(client.get(part).content) for part in parts) < 60_000, page


def test_in_an_exercise_field_input_is_about_its_states_and_carries_the_caveat(tmp_path):
    from tocsin.core.settings import Settings
    from tocsin.desk.exercise import furnish

    node = open_node(Settings(home=tmp_path, offline=True), exercise=True)
    furnish(node)
    client = browser(node)
    assert '<option value="place:XXA">' in client.get("/contribute").text
    typed = TYPED | {"subject": "place:XXA", "tlp": "TLP:GREEN", "audience": ["community"]}
    made = store(client, "/contribute?subject=place:XXA", "/contribute", typed)
    assert made.status_code == 303, words(made.text)
    assert "EXERCISE" in client.get("/contributions.json").json()["marking"]
    assert client.get(FORM).status_code == 404
    node.store.close()


def test_the_register_is_open_to_whoever_only_reads(node):
    fielding.request(
        node.visit("aa-analyst", "web"),
        {
            "body": {name: WANTED[name] for name in ("community", "asks", "purpose", "until")},
            "subject": {"type": "place", "id": "SDN"},
            "marking": {"tlp": "AMBER", "audience": [["group:sahel"]]},
        },
    )
    text = browser(node, "bb-reader").get(ASKING).text
    assert "Who left?" in text
    assert "Answer it" not in text
