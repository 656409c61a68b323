"""Signing in through an identity provider: a real one in its own process, the whole code flow, and its refusals."""

import os
import socket
import subprocess
import sys
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from starlette.testclient import TestClient
from tests.account_team import HOME, account_team, light_passwords
from tests.tiny_release import node

from tocsin.core.errors import SettingsError
from tocsin.core.settings import Settings
from tocsin.interfaces.web import create_app


@pytest.fixture(scope="module")
def issuer():
    pytest.importorskip("oidc_provider_mock")
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.interfaces.provider"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "AUTHLIB_INSECURE_TRANSPORT": "1"},
    )
    yield process.stdout.readline().strip()
    process.terminate()
    process.wait(20)


@pytest.fixture
def team(tmp_path, monkeypatch, issuer):
    light_passwords(monkeypatch)
    settings = Settings(
        home=node(tmp_path).home,
        offline=True,
        oidc_issuer=issuer,
        oidc_client="tocsin",
        oidc_secret="a secret of thirty-two letters..",
    )
    return account_team(settings)


@pytest.fixture
def browser(team):
    return team.browser()


def begun(browser, wanted=""):
    """The address at the provider to which the browser is led."""
    answer = browser.get("/oidc/start" + (f"?next={wanted}" if wanted else ""))
    assert answer.status_code == 303
    return answer.headers["location"]


def authorised(address, person):
    """What the provider sends the browser back to when this person has signed in there."""
    answer = httpx.post(address, data={"sub": person})
    assert answer.status_code == 302
    back = answer.headers["location"]
    assert back.startswith(f"{HOME}/oidc/callback?")
    return back.removeprefix(HOME)


def refused(browser, address, told, status=403):
    answer = browser.get(address)
    assert answer.status_code == status
    assert told in answer.text
    assert browser.get("/world").status_code == 303
    assert "Sudan" not in answer.text
    return answer


def test_a_person_whom_the_provider_vouches_for_comes_in_and_finds_what_they_wanted(team, browser):
    assert "/oidc/start" in browser.get("/sign-in?next=/world").text

    address = begun(browser, "/country/SDN")
    asked = parse_qs(urlsplit(address).query)
    assert asked["response_type"] == ["code"]
    assert asked["code_challenge_method"] == ["S256"]
    assert set(asked["scope"][0].split()) == {"openid", "email"}
    assert min(len(asked[name][0]) for name in ("state", "nonce", "code_challenge")) >= 43
    answer = browser.get(authorised(address, "ana"))

    assert answer.status_code == 303
    assert answer.headers["location"] == "/country/SDN"
    assert "Ana Alvarez" in browser.get("/country/SDN").text
    assert team.acts()[-1] == "signed in"


def test_an_answer_is_taken_once(browser):
    back = authorised(begun(browser), "ana")
    assert browser.get(back).status_code == 303
    browser.cookies.delete("tocsin-session")

    refused(browser, back, "not begun in this browser")


def test_an_answer_in_another_browser_is_refused(team, browser):
    back = authorised(begun(browser), "ana")

    refused(team.browser(), back, "not begun in this browser")
    other = team.browser()
    begun(other)
    refused(other, back, "does not belong to a sign-in")


def test_a_wrong_state_is_refused(browser):
    back = authorised(begun(browser), "ana")
    path, _, query = back.partition("?")
    code = parse_qs(query)["code"][0]

    for state in ("", "x", "x" * 43):
        refused(browser, f"{path}?code={code}&state={state}", "does not belong to a sign-in")


def test_a_code_that_was_begun_with_another_verifier_is_refused(team, browser):
    """The code of one browser, put into another's sign-in: the state fits, the verifier does not."""
    stolen = parse_qs(urlsplit(authorised(begun(browser), "ana")).query)["code"][0]
    thief = team.browser()
    state = parse_qs(urlsplit(begun(thief)).query)["state"][0]

    refused(thief, f"/oidc/callback?code={stolen}&state={state}", "does not hold")


@pytest.mark.parametrize(
    "spoilt",
    ["forged", "unsigned", "symmetric", "expired", "late-nonce", "no-nonce", "audience", "issuer", "azp"],
)
def test_an_id_token_that_is_wrong_in_any_way_is_refused(team, browser, spoilt):
    refused(browser, authorised(begun(browser), spoilt), "what the identity provider sent does not hold".capitalize())
    assert "signed in" not in team.acts()


@pytest.mark.parametrize(
    ("person", "told"),
    [
        ("unknown", "Ask a steward to add you"),
        ("closed", "Ask a steward to add you"),
        ("unverified", "no verified email"),
        ("mailless", "no verified email"),
    ],
)
def test_whoever_has_no_open_account_here_is_told_to_ask_and_none_is_made(team, browser, person, told):
    with team.node.store.reading() as reader:
        before = set(reader.register.persons)
    refused(browser, authorised(begun(browser), person), told)

    with team.node.store.reading() as reader:
        assert set(reader.register.persons) == before
    assert "signed in" not in team.acts()


def test_saying_no_at_the_provider_leads_back_to_a_clear_page(browser):
    address = begun(browser)
    state = parse_qs(urlsplit(address).query)["state"][0]

    refused(browser, f"/oidc/callback?error=access_denied&state={state}", "did not sign you in")


def test_an_answer_of_another_provider_is_refused(browser):
    back = authorised(begun(browser), "ana")
    refused(browser, back + "&iss=https%3A%2F%2Fevil.example", "another identity provider")


@pytest.mark.parametrize("cookie", ["", "x", "e30=", "bnVsbA==", "eyJzdGF0ZSI6IDF9", "🕊".encode().hex()])
def test_a_cookie_of_ours_that_was_changed_is_refused(browser, cookie):
    browser.cookies.set("tocsin-provider", cookie)
    refused(browser, "/oidc/callback?code=x&state=x", "not begun in this browser")


def test_the_browser_is_led_nowhere_else_afterwards(browser):
    back = authorised(begun(browser, "//evil.example/"), "ana")
    assert browser.get(back).headers["location"] == "/"


def other_provider(tmp_path, **settings):
    team = account_team(Settings(home=node(tmp_path).home, offline=True, oidc_client="a", oidc_secret="b", **settings))
    return TestClient(create_app(team.node), base_url=HOME, follow_redirects=False)


def test_a_provider_that_is_down_is_said_and_passwords_still_work(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        browser = other_provider(tmp_path, oidc_issuer=f"http://127.0.0.1:{taken.getsockname()[1]}")
        refused(browser, "/oidc/start", "does not answer", 503)
    assert browser.get("/sign-in").status_code == 200


def test_a_provider_that_calls_itself_something_else_is_refused(tmp_path, issuer):
    browser = other_provider(tmp_path, oidc_issuer=issuer + "/")
    refused(browser, "/oidc/start", "does not describe itself", 503)


def test_without_a_provider_there_is_no_such_way_in(tmp_path):
    browser = account_team(node(tmp_path)).browser()
    assert "/oidc" not in browser.get("/sign-in").text
    refused(browser, "/oidc/start", "no identity provider", 404)


@pytest.mark.parametrize(
    "given",
    [
        {"TOCSIN_OIDC_ISSUER": "https://id.example"},
        {"TOCSIN_OIDC_ISSUER": "https://id.example", "TOCSIN_OIDC_CLIENT": "a"},
        {"TOCSIN_OIDC_ISSUER": "http://id.example", "TOCSIN_OIDC_CLIENT": "a", "TOCSIN_OIDC_SECRET": "b"},
        {"TOCSIN_OIDC_ISSUER": "id.example", "TOCSIN_OIDC_CLIENT": "a", "TOCSIN_OIDC_SECRET": "b"},
    ],
)
def test_a_provider_is_set_whole_and_over_tls_or_not_at_all(given):
    with pytest.raises(SettingsError) as caught:
        Settings.read(given)
    assert "TOCSIN_OIDC" in caught.value.where


def test_secrets_are_not_written_out_with_the_settings():
    given = {"TOCSIN_OIDC_ISSUER": "https://id.example", "TOCSIN_OIDC_CLIENT": "a", "TOCSIN_OIDC_SECRET": "hidden-one"}
    read = Settings.read({**given, "TOCSIN_TOKEN": "hidden-two", "TOCSIN_DATABASE": "postgresql://a:hidden-three@h/d"})
    assert read.oidc_secret == "hidden-one"
    assert "hidden" not in repr(read)
