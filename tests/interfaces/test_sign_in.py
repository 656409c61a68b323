"""The pages for signing in and for one's account, as a browser without scripts goes through them."""

import re
import threading
from html.parser import HTMLParser

import pytest
from tests.account_team import PASSWORD, account_team, light_passwords, word
from tests.tiny_release import node

from tocsin.core.errors import SignInNeeded
from tocsin.core.settings import Settings
from tocsin.desk import accounts, drafts, sessions


@pytest.fixture
def team(tmp_path, monkeypatch):
    light_passwords(monkeypatch)
    return account_team(node(tmp_path))


@pytest.fixture
def browser(team):
    return team.browser()


@pytest.fixture
def ana(team, browser):
    """A browser in which the analyst is signed in."""
    browser.cookies.set("tocsin-session", team.set_up("ana"))
    return browser


def send(browser, path, page=None, **fields):
    """Open a page and send its form."""
    return browser.post(path, data={"csrf": word(browser.get(page or path).text), **fields})


def sign_in(team, browser, person="ana", password=PASSWORD, wanted="/"):
    opened = send(browser, "/sign-in", person=person, password=password, next=wanted)
    assert opened.headers["location"].startswith("/sign-in/code")
    return send(browser, "/sign-in/code", opened.headers["location"], code=team.next_code(person), next=wanted)


def test_a_person_who_was_invited_comes_in_and_finds_what_they_wanted(team, browser):
    invited = accounts.invite(team.node.operator("cli"), "ana")

    answer = send(browser, "/sign-in/invitation", invitation=invited.code, password=PASSWORD, again=PASSWORD)
    assert answer.headers["location"] == "/sign-in/key"
    page = browser.get("/sign-in/key")
    team.keys["ana"] = re.search(r'<code class="key">([^<]+)', page.text)[1].replace(" ", "")
    assert 'src="data:image/svg+xml' in page.text
    assert send(browser, "/sign-in/key", code=team.code("ana")).headers["location"] == "/"
    assert "Sudan" in browser.get("/").text

    browser.cookies.clear()
    wanted = browser.get("/country/SDN?lang=fr").headers["location"]
    assert wanted == "/sign-in?next=%2Fcountry%2FSDN%3Flang%3Dfr"
    asked = re.search(r'name="next" value="([^"]+)"', browser.get(wanted).text)[1]
    assert sign_in(team, browser, wanted=asked).headers["location"] == "/country/SDN?lang=fr"
    assert browser.get("/country/SDN").status_code == 200


def test_the_cookie_changes_at_every_step_and_is_out_of_reach_of_scripts(team, ana):
    ana.cookies.clear()
    given = [ana.get("/sign-in").headers["set-cookie"]]
    answer = send(ana, "/sign-in", person="ana", password=PASSWORD)
    given.append(answer.headers["set-cookie"])
    given.append(send(ana, "/sign-in/code", code=team.next_code("ana")).headers["set-cookie"])

    assert len({cookie.partition(";")[0] for cookie in given}) == 3
    for cookie in given:
        assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))
        assert "Max-Age" not in cookie


def test_a_cookie_planted_before_sign_in_is_worth_nothing_after_it(team, ana):
    ana.cookies.clear()
    ana.cookies.set("tocsin-session", "planted", domain="127.0.0.1")
    sign_in(team, ana)

    with pytest.raises(SignInNeeded):
        sessions.by_session(team.node, "planted", "web")


def test_with_the_password_alone_nothing_is_shown(team, ana):
    ana.cookies.clear()
    send(ana, "/sign-in", person="ana", password=PASSWORD)

    assert ana.get("/world").status_code == 303
    assert ana.get("/account").status_code == 303


def test_what_went_wrong_is_said_and_what_was_typed_stays_but_never_a_password(team, browser):
    answer = send(browser, "/sign-in", person="<b>ana", password="not my password", next="/world")

    assert answer.status_code == 403
    assert 'role="alert"' in answer.text
    assert 'value="&lt;b&gt;ana"' in answer.text
    assert 'name="next" value="/world"' in answer.text
    assert "not my password" not in answer.text


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"password": "short", "again": "short"}, "at least 12 characters"),
        ({"password": PASSWORD, "again": PASSWORD + "x"}, "the two passwords differ"),
        ({"invitation": "aaaaa-bbbbb", "password": PASSWORD, "again": PASSWORD}, "not valid"),
    ],
)
def test_an_invitation_that_goes_wrong_can_be_used_again(team, browser, fields, told):
    invited = accounts.invite(team.node.operator("cli"), "ana")
    sent = {"invitation": invited.code, **fields}
    answer = send(browser, "/sign-in/invitation", **sent)

    assert 400 <= answer.status_code < 500
    assert told in answer.text.replace("The two", "the two")
    assert f'value="{sent["invitation"]}"' in answer.text
    assert fields["password"] not in answer.text.replace("At least 12 characters", "")
    again = send(browser, "/sign-in/invitation", invitation=invited.code, password=PASSWORD, again=PASSWORD)
    assert again.headers["location"] == "/sign-in/key"


def test_too_many_attempts_say_how_long_to_wait(team, browser):
    for _ in range(5):
        send(browser, "/sign-in", person="ana", password="wrong password here")
    answer = send(browser, "/sign-in", person="ana", password=PASSWORD)

    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "31"
    assert "Wait 31 seconds" in answer.text


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "/sign-in",
        "\t//evil",
        "/a\nb",
    ],
)
def test_signing_in_leads_nowhere_else(team, ana, wanted):
    ana.cookies.clear()
    assert sign_in(team, ana, wanted=wanted).headers["location"] == "/"


def test_the_forms_of_the_way_in_need_their_word(team, browser):
    browser.get("/sign-in")
    for path in ("/sign-in", "/sign-in/code", "/sign-in/invitation", "/sign-in/key"):
        for given in ("", "x", word(team.browser().get("/sign-in").text)):
            assert browser.post(path, data={"csrf": given, "person": "ana", "password": PASSWORD}).status_code == 403
    assert "sign-in failed" not in team.acts()


def test_steps_out_of_order_lead_back_to_the_beginning(browser):
    for path in ("/sign-in/code", "/sign-in/key"):
        assert browser.get(path).headers["location"] == "/sign-in"
        assert send(browser, path, "/sign-in", code="123456").headers["location"] == "/sign-in"


def test_who_is_signed_in_stands_on_the_page_and_signing_out_ends_it(team, ana):
    page = ana.get("/world").text
    assert "Ana Alvarez" in page
    assert "Alpha Office" in page
    answer = send(ana, "/sign-out", "/world")

    assert answer.headers["location"] == "/sign-in"
    assert 'tocsin-session=""' in answer.headers["set-cookie"]
    assert "Max-Age=0" in answer.headers["set-cookie"]
    # Even a browser that goes on presenting the cookie is nobody.
    assert ana.get("/world").status_code == 303
    assert team.acts()[-1] == "signed out"


def test_whoever_is_signed_in_is_led_past_the_sign_in_page(ana):
    assert ana.get("/sign-in?next=/world").headers["location"] == "/world"


def test_what_was_typed_into_a_session_that_ran_out_is_kept_and_found_again(team, ana):
    page = ana.get("/compose?subject=SDN").text
    team.clock.turn(3601)
    fields = {"csrf": word(page), "draft": "a-form", "back": "/compose?subject=SDN", "text": "the river camp"}
    answer = ana.post("/compose", data=fields | {"audience": ["org:aa", "org:bb"], "password": PASSWORD})

    assert answer.headers["location"] == "/sign-in?next=%2Fcompose%3Fsubject%3DSDN&kept=yes"
    assert "What you typed is kept" in ana.get(answer.headers["location"]).text
    kept = drafts.load(sessions.run_out(team.node, ana.cookies["tocsin-session"]), "a-form").fields
    assert kept["text"] == ["the river camp"]
    assert kept["audience"] == ["org:aa", "org:bb"]
    assert "password" not in kept
    assert "csrf" not in kept
    assert sign_in(team, ana, wanted="/compose?subject=SDN").headers["location"] == "/compose?subject=SDN"


def test_nothing_is_kept_of_what_did_not_come_from_our_page_or_from_nobody(team, ana):
    team.clock.turn(3601)
    visit = sessions.run_out(team.node, ana.cookies["tocsin-session"])
    for given in ("", word(team.browser().get("/sign-in").text)):
        answer = ana.post("/compose", data={"csrf": given, "draft": "a-form", "text": "planted"})
        assert "kept" not in answer.headers["location"]
    assert drafts.load(visit, "a-form") is None

    stranger = team.browser()
    page = stranger.get("/sign-in").text
    assert "kept" not in stranger.post("/compose", data={"csrf": word(page), "text": "x"}).headers["location"]


# The account page ----------------------------------------------------------------------------------------------------


def test_a_token_is_shown_once_listed_and_revoked(team, ana):
    made = send(ana, "/account/tokens", "/account", name="my <notebook>", scope="write", days="30")
    text = re.search(r"tocsin_[\w-]{43}", made.text)[0]

    assert made.headers["cache-control"] == "no-store"
    assert sessions.by_token(team.node, text, "api").actor.person == "ana"
    page = ana.get("/account").text
    assert text not in page
    assert "my &lt;notebook&gt;" in page
    id = re.search(r'name="id" value="([^"]+)"', page)[1]
    assert send(ana, "/account/tokens/revoke", "/account", id=id).headers["location"] == "/account"
    with pytest.raises(SignInNeeded):
        sessions.by_token(team.node, text, "api")


@pytest.mark.parametrize(("days", "told"), [("400", "1 to 365 days"), ("x", "1 to 365 days"), ("²", "1 to 365 days")])
def test_a_token_that_goes_wrong_says_so_and_keeps_what_was_typed(ana, days, told):
    answer = send(ana, "/account/tokens", "/account", name="notebook", scope="write", days=days)

    assert answer.status_code == 422
    assert told in answer.text
    assert 'value="notebook"' in answer.text
    assert '<option value="write" selected>' in answer.text


def test_the_password_is_changed_on_the_account_page(team, ana):
    new = "nine brown foxes wander"
    wrong = send(ana, "/account/password", "/account", current="x", password=new, again=new, code=team.next_code("ana"))
    assert wrong.status_code == 422
    assert new not in wrong.text

    fields = {"current": PASSWORD, "password": new, "again": new, "code": team.next_code("ana")}
    assert send(ana, "/account/password", "/account", **fields).headers["location"] == "/account?done=password"
    assert "Your password is changed" in ana.get("/account?done=password").text
    ana.cookies.clear()
    assert sign_in(team, ana, password=new).headers["location"] == "/"


def test_a_steward_lets_somebody_in_and_others_are_not_offered_it(team, ana):
    assert "/account/invite" not in ana.get("/account").text
    assert send(ana, "/account/invite", "/account", person="sam").status_code == 403

    steward = team.browser()
    steward.cookies.set("tocsin-session", team.set_up("sam"))
    shown = send(steward, "/account/invite", "/account", person="ana", again="yes")
    code = re.search(r"<code>((?:\w{5}-)+\w+)</code>", shown.text)[1]
    assert ana.get("/world").status_code == 303
    fields = {"invitation": code, "password": PASSWORD, "again": PASSWORD}
    assert send(team.browser(), "/sign-in/invitation", **fields).headers["location"] == "/sign-in/key"
    refused = send(steward, "/account/invite", "/account", person="bo")
    assert refused.status_code == 403
    assert 'value="bo"' in refused.text


def test_signing_out_everywhere_ends_other_browsers(team, ana):
    other = team.browser()
    other.cookies.set("tocsin-session", team.sign_in("ana"))
    send(ana, "/sign-out", "/account", everywhere="yes")

    assert other.get("/world").status_code == 303


class Fields(HTMLParser):
    """Inputs and labels of a page."""

    def __init__(self, text):
        super().__init__()
        self.inputs, self.labels = [], set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag in ("input", "select") and given.get("type") != "hidden":
            self.inputs.append(given)
        if tag == "label":
            self.labels.add(given["for"])
        assert "style" not in given
        assert tag not in ("style", "script") or given.get("src", "").startswith("/static/")


def test_every_field_has_a_label_and_says_what_belongs_in_it(team, ana):
    stranger = team.browser()
    pages = {path: stranger.get(path).text for path in ("/sign-in", "/sign-in/invitation")} | {
        "/account": ana.get("/account").text
    }
    ana.cookies.clear()
    send(ana, "/sign-in", person="ana", password=PASSWORD)
    pages["/sign-in/code"] = ana.get("/sign-in/code").text
    expected = {
        "/sign-in": {"username", "current-password"},
        "/sign-in/code": {"one-time-code"},
        "/sign-in/invitation": {"new-password"},
        "/account": {"username", "current-password", "new-password", "one-time-code"},
    }
    for path, text in pages.items():
        found = Fields(text)
        assert expected[path] <= {one.get("autocomplete") for one in found.inputs}, path
        for one in found.inputs:
            assert one.get("id") in found.labels or one.get("aria-hidden") == "true", (path, one)


def test_an_exercise_says_so_before_anybody_signs_in(tmp_path, monkeypatch):
    from starlette.testclient import TestClient

    from tocsin.desk.node import open_node
    from tocsin.interfaces.web import create_app

    settings = node(tmp_path)
    opened = open_node(Settings(home=settings.home, offline=True), team=True, exercise=True)
    page = TestClient(create_app(opened), base_url="http://127.0.0.1:8420").get("/sign-in").text
    assert "EXERCISE" in page
    assert "fictional" in page
    assert "EXERCISE" not in account_team(settings).browser().get("/sign-in").text


def test_many_browsers_at_once_keep_their_own_person(team):
    """Sessions are looked up in threads; nobody may be taken for another."""
    cookies = {person: team.set_up(person) for person in ("ana", "sam", "bo")}
    names = {"ana": "Ana Alvarez", "sam": "Sam Steward", "bo": "Bo Berg"}
    wrong = []

    def read(person):
        browser = team.browser()
        browser.cookies.set("tocsin-session", cookies[person])
        for _ in range(5):
            page = browser.get("/account").text
            if names[person] not in page or any(name in page for other, name in names.items() if other != person):
                wrong.append(person)

    threads = [threading.Thread(target=read, args=(person,)) for person in cookies for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
