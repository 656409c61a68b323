from __future__ import annotations

import csv
import html
import io
import re
from datetime import date, timedelta

import pytest
from tests import foreseen_team as cases
from tests import trigger_cases as triggers
from tests.signed_in import browser, hidden, send
from tests.team_node import team_node

from tocsin.core.instant import moment
from tocsin.core.settings import Settings
from tocsin.desk import making, people, views
from tocsin.desk.exercise import furnish
from tocsin.desk.horizon import calendar
from tocsin.desk.node import open_node
from tocsin.desk.triggers import agreeing, backtesting

SAHEL = {"tlp": "AMBER", "audience": [["group:sahel"]]}
OWN = {"tlp": "AMBER", "audience": [["org:aa"]]}
FORM = "/horizon/moment?subject=place:SDN"


@pytest.fixture
def node(tmp_path):
    with team_node(tmp_path, "") as node:
        people.join_group(node.visit("aa-convenor", "web"), "sahel", "bb")
        yield node


def words(page):
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page)).split())


def ahead(node, days):
    return (moment(node.store.clock()).date() + timedelta(days=days)).isoformat()


def put(node, days, marking=SAHEL, **body):
    body = body or {"when": ahead(node, days)}
    return calendar.put(node.visit("aa-analyst", "web"), cases.a_moment(marking=marking, **body)).id


def equip(node, marking=SAHEL, **body):
    return making.make(node.visit("aa-analyst", "web"), cases.an_instrument(marking=marking, **body)).id


def rows(client, table, **query):
    text = client.get(f"/horizon/{table}.csv", params=query).content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_the_board_stands_on_the_page_in_its_twin_and_in_its_files(node):
    first, second = put(node, 200), put(node, 60, title="Verdict", when=ahead(node, 60), sort="verdict")
    instrument = equip(node)
    client = browser(node, "bb-analyst")
    page = client.get("/horizon")
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    told = words(page.text)
    assert told.index("Verdict") < told.index("Mandate of the mission ends")
    assert "decides: head of the mediation unit" in told
    assert "No trigger that you may see is in force" in told
    (soon, late) = rows(client, "windows")
    assert (soon["moment"], late["moment"]) == (second, first)
    assert soon["instrument"] == instrument
    # Forty days are the most, so that nine cases of ten need fewer.
    assert date.fromisoformat(ahead(node, 20)) < date.fromisoformat(soon["decide_by_nine_in_ten"])
    assert soon["decide_by_nine_in_ten"] < soon["decide_by_one_in_two"] < ahead(node, 60)
    assert soon["marking"] == "TLP:AMBER"
    twin = client.get("/horizon.json").json()
    assert [one["id"] for one in twin["moments"]] == [second, first]
    assert [one["decide_by_one_in_two"] for one in twin["tables"]["windows"]["rows"]] == [
        soon["decide_by_one_in_two"],
        late["decide_by_one_in_two"],
    ]


def test_the_picture_says_in_words_what_it_shows(node):
    put(node, 60)
    put(node, 0, title="Collapse", timing="undated", condition="the talks fail")
    equip(node)
    page = browser(node, "bb-analyst").get("/horizon").text
    (picture,) = re.findall(r"<svg[^>]*class=\"horizon\".*?</svg>\s*</div>", page, re.DOTALL)
    (told,) = re.findall(r"<desc[^>]*>(.*?)</desc>", picture)
    assert "Sudan: Mandate of the mission ends, " in told
    assert "Mediation team for Mandate of the mission ends to be decided by" in told
    assert "Collapse, could be any day" in told
    assert ">today<" in picture


def test_a_moment_above_the_readers_sight_leaves_no_trace(node):
    put(node, 60)
    equip(node)
    before = {address: browser(node, "bb-analyst").get(address).text for address in ADDRESSES}
    put(node, 30, marking=OWN, title="Canary", when=ahead(node, 30), sort="verdict")
    put(node, 0, marking=OWN, title="Canary", timing="undated", condition="it fails")
    equip(node, marking=OWN, name="Canary")
    calendar.put(
        node.visit("aa-analyst", "web"), cases.a_moment("TCD", marking=OWN, title="Canary", when=ahead(node, 9))
    )
    assert "Canary" in browser(node, "aa-analyst").get("/horizon").text

    def same(text):
        return re.sub(r'name="csrf" value="[^"]*"', "", text)

    after = {address: browser(node, "bb-analyst").get(address).text for address in ADDRESSES}
    assert {address: same(text) for address, text in after.items()} == {
        address: same(text) for address, text in before.items()
    }


ADDRESSES = (
    "/horizon",
    "/horizon.json",
    *(f"/horizon/{table}.csv" for table in ("windows", "any_day", "closed", "moments", "instruments", "triggers")),
)


def test_the_page_is_cut_to_a_place_a_kind_months_and_a_day(node):
    put(node, 60)
    put(node, 300, title="Vote", when=ahead(node, 300), sort="election")
    client = browser(node, "bb-analyst")
    assert [one["title"] for one in rows(client, "moments")] == ["Mandate of the mission ends", "Vote"]
    assert [one["title"] for one in rows(client, "moments", sort="election")] == ["Vote"]
    assert [one["title"] for one in rows(client, "moments", months="6")] == ["Mandate of the mission ends"]
    assert [one["title"] for one in rows(client, "moments", first=ahead(node, 61))] == ["Vote"]
    assert rows(client, "moments", subject="Chad") == []
    assert rows(client, "moments", as_of="2020-01-01") == []
    assert 'href="/horizon/moments.csv?subject=place%3ASDN&amp;months=6"' in (
        client.get("/horizon", params={"subject": "Sudan", "months": "6"}).text
    )
    for wrong in ({"months": "7"}, {"sort": "party"}, {"first": "soon"}, {"first": "0001-01-01"}, {"as_of": "soon"}):
        assert client.get("/horizon", params=wrong).status_code == 400, wrong


def test_a_moment_that_comes_again_stands_once_on_the_page_and_each_time_in_the_file(node):
    put(node, 0, title="Anniversary", timing="recurring", when=ahead(node, 50), recurrence="FREQ=MONTHLY;COUNT=4")
    equip(node)
    client = browser(node, "bb-analyst")
    assert len(rows(client, "moments")) == len(rows(client, "windows")) == 4
    told = words(client.get("/horizon").text)
    assert told.count("and 3 later times") == 2


def test_what_could_be_any_day_says_how_many_days_would_be_needed(node):
    put(node, 0, title="Collapse", timing="undated", condition="the talks fail")
    equip(node)
    told = words(browser(node, "bb-analyst").get("/horizon").text)
    assert "Could be any day" in told
    assert re.search(
        r"the talks fail Mediation team : \d+ days \( \d+ \)|the talks fail Mediation team : \d+ days", told
    )
    assert "No instrument in use can still be in time for a moment with a date here" in told


def test_an_empty_page_says_how_to_fill_it(node):
    told = words(browser(node, "bb-analyst").get("/horizon").text)
    assert "No moment that you may see stands in these months" in told
    assert "tocsin calendar import FILE" in told
    assert "tocsin calendar import --reign" in told
    assert "Say how long one takes" in told
    reader = words(browser(node, "bb-reader").get("/horizon").text)
    assert "Put one on the calendar" not in reader


def test_words_that_make_no_file_are_kept_back_in_the_tables(node):
    red = {"tlp": "RED", "audience": [["person:aa-analyst"]]}
    put(node, 60, marking=red)
    equip(node, marking=red)
    (row,) = rows(browser(node, "aa-analyst"), "windows")
    assert row["title"].startswith("(kept back: TLP:RED")
    assert row["name"].startswith("(kept back: TLP:RED")
    assert "Mandate of the mission ends" in browser(node, "aa-analyst").get("/horizon").text


def typed(**more):
    return {
        "subject": "place:SDN",
        "supersedes": "",
        "title": "Election",
        "when": "2030-05-14",
        "sort": "election",
        "certainty": "expected",
        "source": "Commission",
        "tlp": "TLP:AMBER",
        "audience": "group:sahel",
        "action": "preview",
    } | more


def stored(node, person, page, address, fields):
    client = browser(node, person)
    looked = send(client, page, address, fields)
    assert looked.status_code == 200, words(looked.text)
    seal = hidden(looked.text, "previewed")
    assert send(client, page, address, fields | {"action": "store", "previewed": "other"}).status_code == 200
    done = send(client, page, address, fields | {"action": "store", "previewed": seal})
    assert done.status_code == 303, words(done.text)
    return done.headers["location"].removeprefix("/statement/")


def test_a_moment_is_put_on_the_calendar_once_its_audience_was_previewed(node):
    id = stored(node, "aa-analyst", FORM, "/horizon/moment", typed())
    body = views.statement(node.visit("bb-analyst", "web"), id).body
    assert (body.title, body.timing, body.when) == ("Election", "fixed", "2030-05-14")


def test_everything_that_is_wrong_is_told_at_once_and_what_was_typed_is_kept(node):
    client = browser(node, "aa-analyst")
    wrong = typed(title="", when="14 May", tlp="TLP:AMBER", audience="everyone", starts="noon", zone="Nowhere")
    page = send(client, FORM, "/horizon/moment", wrong)
    assert page.status_code == 422
    for box in ("title", "when", "starts", "zone", "audience"):
        assert f'href="#{box}"' in page.text, box
        assert f'id="problem-{box}"' in page.text, box
    assert 'value="14 May"' in page.text
    again = client.get(FORM)
    assert 'value="14 May"' in again.text
    assert "Your draft of" in again.text
    send(client, FORM, "/horizon/moment", typed(action="discard"))
    assert 'value="14 May"' not in client.get(FORM).text


def test_a_moment_is_moved_from_its_own_page_and_what_the_form_does_not_show_stays(node):
    given = cases.a_moment(marking=SAHEL, when="2030-05-14", uid="vote@example")
    id = calendar.put(node.visit("aa-analyst", "web"), given | {"as_of": "2026-01-31"}).id
    client = browser(node, "aa-analyst")
    page = client.get(f"/statement/{id}").text
    assert f'href="/horizon/moment?supersedes={id}"' in page
    form = client.get(f"/horizon/moment?supersedes={id}").text
    assert 'value="2030-05-14"' in form
    assert "14 May 2030 so far" in form
    fields = typed(subject="", supersedes=id, when="2030-06", certainty="confirmed")
    moved = stored(node, "aa-analyst", f"/horizon/moment?supersedes={id}", "/horizon/moment", fields)
    now = views.statement(node.visit("bb-analyst", "web"), moved)
    assert (now.supersedes, now.body.when, now.body.timing) == ((id,), "2030-06", "windowed")
    assert (now.body.uid, now.shown["as_of"]) == ("vote@example", "2026-01-31")


def test_an_instrument_is_stated_with_its_times_and_every_fault_has_its_box(node):
    fields = {
        "supersedes": "",
        "name": "Mediation team",
        "where": "2000-2100",
        "owner": "head of unit",
        "source": "Five deployments",
        "deciding-low": "3",
        "deciding-typical": "5",
        "deciding-high": "10",
        "effect-low": "7",
        "who-1": "Council",
        "low-1": "5",
        "typical-1": "10",
        "high-1": "20",
        "tlp": "TLP:AMBER",
        "audience": "group:sahel",
        "action": "preview",
    }
    address = "/horizon/instrument"
    wrong = fields | {"where": "Atlantis", "deciding-low": "8", "typical-1": "soon", "owner": ""}
    page = send(browser(node, "aa-analyst"), address, address, wrong)
    assert page.status_code == 422
    for box in ("where", "deciding-low", "typical-1", "owner"):
        assert f'href="#{box}"' in page.text, box
    assert "who-3" in send(browser(node, "aa-analyst"), address, address, fields | {"action": "row", "who-2": "x"}).text
    id = stored(node, "aa-analyst", address, address, fields)
    view = views.statement(node.visit("bb-analyst", "web"), id)
    assert view.head.subject == "period:2000-2100"
    assert [one.who for one in view.body.approvals] == ["Council"]
    assert (view.body.effect.low, view.body.effect.high) == (7, 7)
    assert f'href="/horizon/instrument?supersedes={id}"' in browser(node, "aa-analyst").get(f"/statement/{id}").text
    form = browser(node, "aa-analyst").get(f"{address}?supersedes={id}").text
    assert 'id="where" name="where" type="text" value="2000-2100"' in form


def test_a_form_is_for_those_who_make_statements_and_corrects_its_own_kind_alone(node):
    id = put(node, 60)
    assert browser(node, "aa-reader").get(FORM).status_code == 403
    assert browser(node, "aa-analyst").get(f"/horizon/instrument?supersedes={id}").status_code == 400
    assert browser(node, "cc-analyst").get(f"/horizon/moment?supersedes={id}").status_code == 404
    assert browser(node, "aa-analyst").get("/horizon/moment?subject=period:2027").status_code == 400
    page = browser(node, "aa-analyst").get("/horizon/moment")
    assert "in which country?" in words(page.text)


def test_a_feed_is_made_its_address_shown_once_and_it_is_revoked(node):
    put(node, 60)
    client, page = browser(node, "bb-analyst"), "/horizon/feeds"
    fields = {"name": "Telephone", "ceiling": "TLP:AMBER", "place": "", "days": "30"}
    made = send(client, page, page, fields)
    assert made.status_code == 200
    assert made.headers["cache-control"] == "no-store"
    (address,) = re.findall(r"http://\S+(/feeds/tocsin_feed_[\w-]+\.ics)", made.text)
    assert "Mandate of the mission ends" in browser(node).get(address).text
    listed = client.get(page).text
    assert "Telephone" in listed
    assert "tocsin_feed_" not in listed
    assert "Telephone" not in browser(node, "aa-analyst").get(page).text
    id = hidden(listed, "id")
    assert send(client, page, f"{page}/revoke", {"id": id}).status_code == 303
    assert browser(node).get(address).status_code == 404
    assert client.get(f"{page}.json").json()["feeds"][0]["state"] == "revoked"


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"ceiling": "TLP:RED"}, {"days": "0"}, {"days": "x"}, {"place": "Nowhere"}]
)
def test_a_feed_that_cannot_be_made_says_why_and_keeps_what_was_typed(node, wrong):
    fields = {"name": "Telephone", "ceiling": "TLP:GREEN", "place": "Sudan", "days": "31"} | wrong
    page = send(browser(node, "bb-analyst"), "/horizon/feeds", "/horizon/feeds", fields)
    assert 400 <= page.status_code < 500
    assert 'role="alert"' in page.text
    assert fields["place"] in page.text
    assert "You have none." in page.text


def test_a_date_that_has_passed_is_said_to_have_passed(node):
    put(node, 25)
    equip(node)
    told = words(browser(node, "bb-analyst").get("/horizon").text)
    assert told.count("has passed") == 1


def test_triggers_in_force_stand_on_the_page_with_who_is_on_duty_and_what_is_vacant(node, monkeypatch):
    today = moment(node.store.clock()).date()
    last = (today.year, today.month - 1) if today.month > 1 else (today.year - 1, 12)
    triggers.made_up(monkeypatch, triggers.months([*[0.0] * 60, 30.0, 60.0, *[0.0] * 60, 40.0], last))
    duty = {"role": "duty officer", "organisation": "aa", "persons": ["aa-analyst"]}
    vacant = {"role": "head of desk", "organisation": "bb"}
    step = {"key": "call", "what": "Call the envoy.", "by": duty, "within_days": 2}
    me = node.visit("aa-desk-officer", "web")
    id = agreeing.add(me, triggers.wanted(duty=duty, escalate_to=vacant, steps=[step], marking=SAHEL)).id
    assert "in force, so nobody is on duty" in words(browser(node, "bb-analyst").get("/horizon").text)
    test = backtesting.backtest(me, id)
    agreeing.activate(me, id, test.id, "Worth it.")
    client = browser(node, "bb-analyst")
    told = words(client.get("/horizon").text)
    assert "On duty: duty officer, aa: aa-analyst · 1 duty is vacant" in told
    assert [one["trigger"] for one in rows(client, "triggers")] == [id]
    assert rows(client, "triggers", subject="Chad") == []
    assert id not in client.get("/horizon", params={"as_of": today.isoformat()}).text
    assert id not in browser(node, "cc-analyst").get("/horizon").text


def test_an_exercise_has_a_horizon_of_its_own_states(tmp_path):
    node = open_node(Settings(home=tmp_path, offline=True), exercise=True)
    furnish(node)
    client = browser(node)
    page = "/horizon/moment?subject=place:XXA"
    assert "Valdria" in client.get(page).text
    fields = typed(subject="place:XXA", audience=f"org:{node.local('web').actor.organisation}", when=ahead(node, 60))
    seal = hidden(send(client, page, "/horizon/moment", fields).text, "previewed")
    assert send(client, page, "/horizon/moment", fields | {"action": "store", "previewed": seal}).status_code == 303
    told = client.get("/horizon").text
    assert "EXERCISE" in told
    assert "Valdria" in words(told)
    assert "/country/" not in told
    assert "/signals" not in told
    (row,) = rows(client, "moments")
    assert row["marking"].endswith("EXERCISE")
    node.store.close()
