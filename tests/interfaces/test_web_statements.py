import csv
import io
import re
from itertools import count

import pytest
from tests.signed_in import browser, hidden, send
from tests.team_node import note, team_node

from tocsin.core.settings import Settings
from tocsin.desk import making, people
from tocsin.desk.node import open_node

HOSTILE = "<img src=x onerror=alert(1)>"
LONG_AGO = 1_790_000_000_000_000
DAY = 86_400_000_000


@pytest.fixture
def node(tmp_path):
    with team_node(tmp_path, "") as node:
        yield node


@pytest.fixture
def days(tmp_path, monkeypatch):
    """A node of one person whose clock can be moved on: ``days(n)`` is the node n days later."""
    tick, shift = count(LONG_AGO, 1000).__next__, [0]
    monkeypatch.setattr("tocsin.desk.node.clock", lambda: tick() + shift[0] * DAY)
    node = open_node(Settings(home=tmp_path, offline=True))

    def later(number):
        shift[0] += number
        return node

    yield later
    node.store.close()


def banners(text):
    return re.findall(r'<aside class="mark (?:top|bottom)"[^>]*><b>([^<]*)</b>', text)


def say(node, text, **given):
    whole = {
        "body": {"kind": "note", "title": "Camp", "text": text},
        "subject": {"type": "place", "id": "SDN"},
        "marking": {"tlp": "AMBER", "audience": [["org:this-node"]]},
    }
    return making.make(node.local("web"), whole | given)


def rows(answer):
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


PLACES = ("/country/SDN", "/statements", "/history/place:SDN")


@pytest.mark.parametrize("address", PLACES)
def test_a_page_is_marked_as_strictly_as_anything_on_it(node, address):
    note(node, "aa-analyst", "community", tlp="GREEN")
    note(node, "aa-analyst", "org:aa", tlp="AMBER+STRICT", caveats=["ORIGINATOR CONTROL"])
    own, other = browser(node, "aa-reader"), browser(node, "bb-reader")

    assert banners(own.get(address).text) == ["TLP:AMBER+STRICT · ORIGINATOR CONTROL"] * 2
    assert own.get(f"{address}.json").json()["marking"] == "TLP:AMBER+STRICT · ORIGINATOR CONTROL"
    assert banners(other.get(address).text) == ["TLP:GREEN"] * 2
    assert other.get(f"{address}.json").json()["marking"] == "TLP:GREEN"
    for row in rows(own.get(f"{address}/statements.csv")):
        assert row["marking"] == "TLP:AMBER+STRICT · ORIGINATOR CONTROL"
        assert row["tlp"] in ("TLP:GREEN", "TLP:AMBER+STRICT")


@pytest.mark.parametrize("address", [*PLACES, "/statements?q=zanzibarine", "/history/place:SDN?since=2026-01-01"])
@pytest.mark.parametrize("ending", ["", ".json"])
def test_what_is_not_for_the_visitor_leaves_no_trace(node, address, ending):
    path, mark, query = address.partition("?")
    asked = f"{path}{ending}{mark}{query}"
    outsider = browser(node, "cc-desk-officer")
    before = outsider.get(asked).text
    secret = note(node, "aa-analyst", "org:aa", text="zanzibarine words")

    after = outsider.get(asked).text

    unmasked = [re.sub(r'name="csrf" value="[^"]+"', "", text) for text in (before, after)]
    assert unmasked[0] == unmasked[1]
    assert secret.id not in after
    assert secret.id in browser(node, "aa-reader").get(f"{path}.json{mark}{query}").text


@pytest.mark.parametrize("ending", ["", ".json", "/statements.csv"])
def test_a_denied_statement_reads_as_one_that_does_not_exist(node, ending):
    secret = note(node, "aa-analyst", "org:aa")
    outsider = browser(node, "bb-desk-officer")

    denied, absent = outsider.get(f"/statement/{secret.id}{ending}"), outsider.get(f"/statement/{'0' * 64}{ending}")

    assert denied.status_code == absent.status_code == 404
    masked = [
        re.sub(r'name="csrf" value="[^"]+"', "", answer.text).replace(id, "ID")
        for answer, id in ((denied, secret.id), (absent, "0" * 64))
    ]
    assert masked[0] == masked[1]


def test_an_identity_that_is_none_is_not_found(node):
    assert browser(node, "bb-reader").get("/statement/nonsense").status_code == 404


def test_a_statement_says_what_it_is_who_sees_it_and_what_it_rests_on(node):
    people.join_group(node.visit("aa-convenor", "web"), "sahel", "bb")
    evidence = [{"type": "source", "reference": "Field office", "reliability": "B", "credibility": "2"}]
    made = note(node, "aa-analyst", "group:sahel", text="first\nsecond", evidence=evidence, as_of="2026-01-05")

    text = browser(node, "bb-reader").get(f"/statement/{made.id}").text

    assert "first\nsecond" in text
    assert "Aa-Analyst, Organisation aa" in text
    assert "the group Sahel" in text
    assert "usually reliable" in text
    assert "probably true" in text
    assert "events up to 5 Jan 2026" in text
    assert f"<summary><code>{made.id[:12]}</code></summary>" in text


@pytest.mark.parametrize(
    ("attribution", "shown"),
    [
        ("named", "Aa-Analyst, Organisation aa"),
        ("organisation", "Organisation aa"),
        ("non-attributed", "not attributed"),
    ],
)
def test_an_author_is_shown_as_attributed_on_every_channel_also_to_themselves(node, attribution, shown):
    people.join_group(node.visit("aa-convenor", "web"), "sahel", "bb")
    made = note(node, "aa-analyst", "org:aa", "org:bb", attribution=attribution)

    for person in ("aa-analyst", "aa-reader", "bb-reader"):
        client = browser(node, person)
        assert f"<dt>Said by</dt><dd><bdi>{shown}</bdi>" in client.get(f"/statement/{made.id}").text
        (row,) = rows(client.get("/statements/statements.csv"))
        assert row["person"] == ("aa-analyst" if attribution == "named" else "")
        assert row["organisation"] == ("" if attribution == "non-attributed" else "aa")
        (told,) = client.get("/statements.json").json()["statements"]
        assert (told["person"] or "", told["organisation"] or "") == (row["person"], row["organisation"])


def test_a_colleague_is_not_offered_what_would_tell_whose_an_unattributed_statement_is(node):
    made = note(node, "aa-analyst", "org:aa", "org:bb", attribution="non-attributed")

    assert "Correct it" in browser(node, "aa-analyst").get(f"/statement/{made.id}").text
    assert "Correct it" not in browser(node, "aa-desk-officer").get(f"/statement/{made.id}").text


def test_what_was_typed_cannot_become_markup_and_keeps_its_line_breaks(node):
    made = note(node, "aa-analyst", "org:aa", text=f"{HOSTILE}\nسطر ثان")
    client = browser(node, "aa-analyst")

    for address in (*PLACES, f"/statement/{made.id}", f"/compose?supersedes={made.id}"):
        text = client.get(address).text
        assert HOSTILE not in text
        assert "&lt;img src=x onerror=alert(1)&gt;\nسطر ثان" in text
        assert 'dir="auto"' in text


def test_a_recall_takes_the_words_away_from_others_and_leaves_the_reason(node):
    made = note(node, "aa-analyst", "org:aa", "org:bb", text="the words")
    address = f"/statement/{made.id}"

    answer = send(browser(node, "aa-analyst"), address, f"{address}/recall", {"reason": "The source is at risk"})

    assert (answer.status_code, answer.headers["location"]) == (303, address)
    outside, inside = browser(node, "bb-reader"), browser(node, "aa-reader")
    withdrawn = outside.get(address, follow_redirects=True)
    assert "The source is at risk" in withdrawn.text
    assert "the words" not in withdrawn.text
    text = outside.get("/country/SDN").text
    assert 'Withdrawn</a>: <span class="typed" dir="auto">The source is at risk' in text
    assert "the words" not in text
    assert '<b>Withdrawn.</b> Reason: <span dir="auto">The source is at risk' in inside.get(address).text


def test_a_recall_that_is_refused_keeps_the_reason_that_was_typed(node):
    made = note(node, "aa-analyst", "org:aa")
    address, client = f"/statement/{made.id}", browser(node, "aa-analyst")

    answer = send(client, address, f"{address}/recall", {"reason": "x" * 20_001})

    assert answer.status_code == 422
    assert "x" * 20_001 in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert client.get(f"{address}.json").json()["state"] == "current"


def test_somebody_else_s_statement_is_not_withdrawn(node):
    made = note(node, "aa-analyst", "org:aa", "org:bb")
    note(node, "bb-analyst", "org:bb")
    client = browser(node, "bb-desk-officer")

    assert f"/statement/{made.id}/recall" not in client.get(f"/statement/{made.id}").text
    answer = send(client, "/compose?subject=SDN", f"/statement/{made.id}/recall", {"reason": "no"})

    assert answer.status_code == 422
    assert client.get(f"/statement/{made.id}.json").json()["state"] == "current"


def test_a_list_goes_on_to_the_older_ones_and_back(node):
    for number in range(30):
        note(node, "aa-analyst", "org:aa", text=f"number {number}")
    client = browser(node, "aa-reader")

    first = client.get("/statements.json").json()
    second = client.get("/statements.json", params={"before": first["next"]}).json()

    texts = [one["statement"]["body"]["text"] for page in (first, second) for one in page["statements"]]
    assert texts == [f"number {number}" for number in reversed(range(30))]
    assert first["count"] == {"number": 30, "at_least": False}
    assert second["next"] is None
    assert f'href="/statements?before={first["next"]}"' in client.get("/statements").text


def test_search_finds_words_within_what_the_visitor_may_see(node):
    mine = note(node, "aa-analyst", "org:aa", text="ochre lanterns by the river")
    note(node, "bb-analyst", "org:bb", text="ochre lanterns on the hill")

    found = browser(node, "aa-reader").get("/statements.json?q=lanterns+ochre").json()

    assert [one["id"] for one in found["statements"]] == [mine.id]
    assert found["count"] is None


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("as_of=yesterday", "as_of"),
        ("as_of=9999-12-31", "as_of"),
        ("before=-1", "before"),
        ("kind=rumour", "kind"),
        ("q=%21%21", "q"),
    ],
)
def test_an_address_that_cannot_be_read_is_refused_with_its_field(node, query, field):
    answer = browser(node, "aa-reader").get(f"/statements.json?{query}")

    assert answer.status_code == 400
    assert answer.json()["where"] == field


def test_history_shows_what_was_known_on_a_day(days):
    first = say(days(0), "on the first day")
    second = say(days(3), "three days later", supersedes=[first.id])
    client = browser(days(2))

    now = client.get("/history/place:SDN.json").json()
    then = client.get("/history/place:SDN.json?day=1").json()

    assert {one["id"]: one["state"] for one in now["statements"]} == {first.id: "superseded", second.id: "current"}
    assert {one["id"]: one["state"] for one in then["statements"]} == {first.id: "current"}
    assert then["as_of"] == "2026-09-22"
    assert now["days"] == ["2026-09-21", "2026-09-24"]
    assert client.get("/history/place:SDN.json?as_of=2026-09-22").json()["statements"] == then["statements"]
    page = client.get("/history/place:SDN?day=1").text
    assert re.search(r'type="range" min="0" max="5" value="1"', page)
    assert "three days later" not in page


def test_differences_between_two_days_are_told_line_by_line_with_signs(days):
    first = say(days(0), "kept\nold line")
    second = say(days(3), "kept\nnew line", supersedes=[first.id])
    other = say(days(0), "something else")
    client = browser(days(1))

    told = client.get("/history/place:SDN.json?since=2026-09-22").json()["differences"]
    page = client.get("/history/place:SDN?since=2026-09-22").text

    (pair,) = told["replaced"]
    assert (pair["old"]["id"], pair["new"]["id"]) == (first.id, second.id)
    assert [(line["sign"], line["text"]) for line in pair["lines"]] == [
        (" ", "Camp"),
        (" ", "kept"),
        ("−", "old line"),
        ("+", "new line"),
    ]
    assert [one["id"] for one in told["added"]] == [other.id]
    assert '<span class="sign">−</span><del>old line</del>' in page
    assert '<span class="sign">+</span><ins>new line</ins>' in page


@pytest.mark.parametrize("day", ["6", "-1", "x", "1" * 30])
def test_a_day_that_is_not_on_the_slider_is_refused(days, day):
    say(days(0), "said")

    assert browser(days(5)).get("/history/place:SDN.json", params={"day": day}).status_code == 400


def test_any_way_of_naming_a_state_leads_to_its_history(days):
    assert browser(days(0)).get("/history/soudan").headers["location"] == "/history/place%3ASDN"


def test_a_group_is_shown_to_its_parties_only(node):
    own, other = browser(node, "aa-reader"), browser(node, "bb-steward")

    assert [one["id"] for one in own.get("/groups.json").json()["groups"]] == ["sahel"]
    assert "Private" not in own.get("/groups").text
    assert {one["id"] for one in other.get("/groups.json").json()["groups"]} == {"sahel", "private"}
    assert "/groups/sahel/join" not in own.get("/groups").text


def test_a_convenor_lets_a_member_in_and_opens_older_statements_after_seeing_what_that_opens(node):
    old = note(node, "aa-analyst", "group:sahel")
    convenor, reader = browser(node, "aa-convenor"), browser(node, "bb-reader")
    assert send(convenor, "/groups", "/groups/sahel/join", {"organisation": "bb"}).status_code == 303
    assert reader.get(f"/statement/{old.id}").status_code == 404
    asked = {"organisation": "bb", "opened": "2020-01-01"}

    unseen = send(convenor, "/groups", "/groups/sahel/back-fill", asked | {"action": "open"})
    preview = send(convenor, "/groups", "/groups/sahel/back-fill", asked | {"action": "preview"})

    assert unseen.status_code == preview.status_code == 200
    assert "<b>1 statement</b>" in preview.text
    assert "<b>5 persons</b>" in preview.text
    assert reader.get(f"/statement/{old.id}").status_code == 404
    sealed = hidden(preview.text, "previewed")
    opened = send(convenor, "/groups", "/groups/sahel/back-fill", asked | {"action": "open", "previewed": sealed})
    assert opened.status_code == 303
    assert reader.get(f"/statement/{old.id}").status_code == 200


def test_a_change_that_is_refused_keeps_what_was_typed(node):
    steward = browser(node, "aa-steward")

    answer = send(steward, "/groups", "/groups", {"id": "Not An Id", "name": "Lake Group", "keeper": "aa"})

    assert answer.status_code == 422
    assert 'value="Lake Group"' in answer.text
    assert "is no identifier" in answer.text


def test_a_steward_opens_and_closes_an_account(node):
    steward = browser(node, "aa-steward")
    given = {"id": "new-one", "name": "New One", "organisation": "aa", "affiliation": "member", "role": "analyst"}

    assert send(steward, "/organisations", "/organisations/persons", given).status_code == 303
    assert browser(node, "new-one").get("/statements").status_code == 200
    change = {"id": "new-one", "account": "closed"}
    assert send(steward, "/organisations", "/organisations/persons/change", change).status_code == 303

    assert browser(node, "new-one").get("/statements").status_code == 303
    (row,) = [r for r in rows(steward.get("/organisations/persons.csv")) if r["person"] == "new-one"]
    assert (row["roles"], row["account"]) == ("analyst", "closed")


@pytest.mark.parametrize("address", ["/organisations", "/groups"])
def test_only_a_steward_adds(node, address):
    reader = browser(node, "aa-desk-officer")

    answer = send(reader, "/organisations", address, {"id": "dd", "name": "Delta"})

    assert answer.status_code == 403
    assert "Add a" not in reader.get(address).text


def test_the_log_says_who_saw_a_statement_to_those_who_may_ask(node):
    made = note(node, "aa-analyst", "org:aa", "org:bb")
    browser(node, "bb-reader").get(f"/statement/{made.id}")

    asked = browser(node, "aa-desk-officer").get("/audit", params={"statement": made.id})

    assert asked.status_code == 200
    assert "Organisation bb" in asked.text
    assert browser(node, "bb-analyst").get("/audit", params={"statement": made.id}).status_code == 403
    assert browser(node, "cc-desk-officer").get("/audit", params={"statement": made.id}).status_code == 404


def test_a_steward_verifies_the_log(node):
    answer = send(browser(node, "aa-steward"), "/audit", "/audit/verify", {})

    assert "<b>The log is whole</b>" in answer.text
    assert send(browser(node, "aa-reader"), "/audit", "/audit/verify", {}).status_code == 403


def test_who_is_signed_in_stands_on_every_page_with_the_way_out(node):
    client = browser(node, "aa-reader")

    for address in ("/", "/statements", "/groups"):
        text = client.get(address).text
        assert "<bdi>Aa-Reader</bdi>" in text
        assert 'action="/sign-out" method="post"' in text


def test_an_exercise_says_so_on_every_page_and_in_every_twin(tmp_path):
    node = open_node(Settings(home=tmp_path, offline=True), exercise=True)
    client, told = browser(node), "/history/place:XXA"

    for address, machine in (("/statements", "/statements"), ("/proposals", "/proposals"), *[(told, told)]):
        text = client.get(address).text
        assert "EXERCISE EXERCISE EXERCISE" in text
        assert banners(text) == ["TLP:CLEAR · EXERCISE"] * 2
        twin = client.get(f"{machine}.json").json()
        assert twin["marking"] == "TLP:CLEAR · EXERCISE"
        assert {one["marking"] for one in twin["tables"].values()} == {"TLP:CLEAR · EXERCISE"}
    assert "/compose?subject=place:XXA" in client.get("/statements").text
    node.store.close()
