"""What may come in at all: names, origins; and on a node with accounts nothing without sign-in."""

import re

import pytest
from starlette.routing import Mount
from starlette.testclient import TestClient
from tests.account_team import HOME, account_team, light_passwords, word
from tests.tiny_release import node

from tocsin.core.errors import SettingsError
from tocsin.core.settings import Settings
from tocsin.desk import accounts, sessions
from tocsin.desk.node import open_node
from tocsin.interfaces.web import create_app
from tocsin.interfaces.web.doors import PUBLIC
from tocsin.interfaces.web.security import Site

BROWSERS_FORM = {"sec-fetch-site": "same-origin", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
LED_HERE = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """A node without accounts."""
    app = create_app(open_node(node(tmp_path_factory.mktemp("alone"))))
    return TestClient(app, base_url=HOME, follow_redirects=False)


@pytest.fixture(scope="module")
def team(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        light_passwords(patch)
        made = account_team(node(tmp_path_factory.mktemp("team")))
        made.cookies = {person: made.set_up(person) for person in ("ana", "sam")}
        yield made


@pytest.fixture
def stranger(team):
    return team.browser()


@pytest.fixture
def ana(team):
    browser = team.browser()
    browser.cookies.set("tocsin-session", team.cookies["ana"])
    return browser


# Where a node listens ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "team", "named"),
    [
        ({"host": "0.0.0.0"}, False, "TOCSIN_HOST"),
        ({"host": "192.0.2.1", "origin": "https://tocsin.example"}, False, "TOCSIN_HOST"),
        ({"host": "::"}, True, "TOCSIN_ORIGIN"),
        ({"host": "0.0.0.0", "origin": "http://tocsin.example"}, True, "TOCSIN_ORIGIN"),
        ({"host": "0.0.0.0", "origin": "http://localhost:8420"}, True, "TOCSIN_ORIGIN"),
        ({"origin": "http://tocsin.example"}, True, "TOCSIN_ORIGIN"),
        ({"origin": "tocsin.example"}, True, "TOCSIN_ORIGIN"),
        ({"origin": "https://tocsin.example/below"}, True, "TOCSIN_ORIGIN"),
        ({"origin": "https://a@tocsin.example"}, True, "TOCSIN_ORIGIN"),
        ({"origin": "https://tocsin.example:x"}, True, "TOCSIN_ORIGIN"),
        ({"origin": "ftp://tocsin.example"}, True, "TOCSIN_ORIGIN"),
    ],
)
def test_no_node_is_opened_to_people_who_do_not_sign_in_or_whose_password_could_be_read(
    tmp_path, settings, team, named
):
    with pytest.raises(SettingsError) as caught:
        Site.of(Settings(home=tmp_path, **settings), team)
    assert caught.value.where == named
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("origin", "names"),
    [
        ("https://Tocsin.example", {"tocsin.example", "tocsin.example:443"}),
        ("https://tocsin.example:8443", {"tocsin.example:8443"}),
        ("https://[2001:db8::1]", {"[2001:db8::1]", "[2001:db8::1]:443"}),
        ("http://localhost:9000", {"localhost:9000"}),
    ],
)
def test_a_node_behind_a_server_answers_to_its_own_address_only(tmp_path, origin, names):
    site = Site.of(Settings(home=tmp_path, origin=origin), True)

    assert site.names == names
    assert site.is_own(origin, "anything")
    assert not site.is_own("https://evil.example", next(iter(names)))
    for host in ("evil.example", "127.0.0.1", "", "tocsin.example:80", "tocsin.example.evil.example"):
        assert not site.answers_to(host)


def test_over_https_cookies_are_bound_to_the_host_and_browsers_are_told_to_stay_with_https(tmp_path):
    home = node(tmp_path).home
    team = account_team(Settings(home=home, offline=True, origin="https://tocsin.example", host="0.0.0.0"))
    browser = TestClient(create_app(team.node), base_url="https://tocsin.example", follow_redirects=False)

    answer = browser.get("/sign-in")
    (cookie,) = answer.headers.get_list("set-cookie")
    assert cookie.startswith("__Host-tocsin=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=lax"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    assert "max-age=" in answer.headers["strict-transport-security"]
    assert browser.get("/sign-in", headers={"host": "tocsin.example:8420"}).status_code == 421
    assert browser.get("/sign-in", headers={"host": "127.0.0.1"}).status_code == 421


# What another site's page could send ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"sec-fetch-site": "none", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}, 200),
        ({"sec-fetch-site": "same-origin", "sec-fetch-mode": "cors", "sec-fetch-dest": "empty"}, 200),
        (LED_HERE, 200),
        ({**LED_HERE, "sec-fetch-dest": "iframe"}, 403),
        ({**LED_HERE, "sec-fetch-dest": "object"}, 403),
        ({**LED_HERE, "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image"}, 403),
        ({**LED_HERE, "sec-fetch-mode": "cors", "sec-fetch-dest": "empty"}, 403),
        ({"sec-fetch-site": "same-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "script"}, 403),
    ],
)
def test_another_site_s_page_may_lead_a_person_here_and_read_nothing(alone, headers, status):
    answer = alone.get("/world.json", headers=headers)

    assert answer.status_code == status
    assert ("Sudan" in answer.text) == (status == 200)


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:3000"},
        {"origin": "https://127.0.0.1:8420"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "cross-site", "origin": HOME},
        {"sec-fetch-site": "same-origin", "origin": "http://evil.example"},
        {**LED_HERE, "origin": "null"},
    ],
)
@pytest.mark.parametrize("path", ["/compose", "/api/v1/statements"])
def test_no_other_site_s_page_changes_anything(alone, headers, path):
    answer = alone.post(path, headers=headers, data={"csrf": word(alone.get("/compose?subject=SDN").text)})

    assert answer.status_code == 403
    assert "Another site" in answer.text


@pytest.mark.parametrize(
    "headers", [{}, {"origin": HOME}, {**BROWSERS_FORM, "origin": "null"}, {**BROWSERS_FORM, "origin": HOME}]
)
def test_a_form_of_our_own_page_is_taken_with_its_word_and_not_without(alone, headers):
    """Browsers that send no referrer write "null" as the origin of our own forms."""
    given = word(alone.get("/compose?subject=SDN").text)

    assert alone.post("/compose/preview", headers=headers, data={}).status_code == 403
    assert alone.post("/compose/preview", headers=headers, data={"csrf": given[::-1]}).status_code == 403
    assert alone.post("/compose/preview", headers=headers, data={"csrf": given}).status_code != 403


def test_the_word_of_another_process_is_not_taken(alone, tmp_path):
    other = TestClient(create_app(open_node(node(tmp_path))), base_url=HOME)
    given = word(other.get("/compose?subject=SDN").text)

    assert alone.post("/compose/preview", data={"csrf": given}).status_code == 403


def test_the_word_looks_different_on_every_page(alone):
    assert len({word(alone.get("/compose?subject=SDN").text) for _ in range(3)}) == 3


def test_a_script_of_our_own_page_proves_itself_to_the_api(alone):
    browser = {"sec-fetch-site": "same-origin", "origin": HOME}
    given = word(alone.get("/compose?subject=SDN").text)

    assert alone.post("/api/v1/nothing", headers=browser, json={}).status_code == 403
    assert alone.post("/api/v1/nothing", headers=browser | {"x-csrf-token": given}, json={}).status_code in (404, 405)
    assert alone.post("/api/v1/nothing", json={}).status_code in (404, 405)


# Nothing without sign-in ---------------------------------------------------------------------------------------------


def addresses(routes, above=""):
    """Every path of the route table, with something in its blanks, and the methods it takes."""
    for route in routes:
        path = above + getattr(route, "path", "")
        if isinstance(route, Mount):
            yield f"{path}/x", {"GET"}
        # Routers that were included stand for the routes that they hold.
        inner = getattr(route, "routes", None) or getattr(getattr(route, "original_router", None), "routes", None)
        if inner:
            yield from addresses(inner, path)
        elif not isinstance(route, Mount):
            yield re.sub(r"{(\w+)(:path)?}", lambda blank: FILLED.get(blank[1], "SDN"), path), set(route.methods or ())


FILLED = {"table": "all", "form": "pdf", "id": "0" * 64}


def test_nothing_but_the_way_in_answers_without_sign_in(team, stranger):
    tried = []
    for path, methods in addresses(stranger.app.routes):
        if path.startswith(PUBLIC):
            continue
        for method in {"GET", "POST", "PUT", "DELETE", *methods}:
            answer = stranger.request(method, path)
            tried.append(path)
            assert (answer.status_code, path) in ((401, path), (303, path))
            if answer.status_code == 303:
                assert answer.headers["location"].startswith("/sign-in")
                assert answer.content == b""
            elif method != "HEAD":
                assert answer.headers["www-authenticate"].startswith("Bearer")
                assert "igned in" in answer.text
            assert answer.headers["cache-control"] == "no-store"
    assert {"/", "/world.json", "/account", "/country/SDN/brief.pdf", "/api/v1/statements"} <= set(tried)


def test_what_is_not_there_and_what_is_read_alike_without_sign_in(stranger):
    there, nowhere = stranger.get("/country/SDN.json"), stranger.get("/country/Atlantis.json")

    assert there.content == nowhere.content
    assert stranger.get("/nowhere").status_code == stranger.get("/world").status_code == 303


@pytest.mark.parametrize(
    "path", ["/sign-in/nothing", "/oidc/nothing", "/static/nothing.css", "/static/%2e%2e/app.py", "/healthz/x"]
)
def test_errors_before_sign_in_tell_nothing_of_what_the_node_holds(stranger, path):
    answer = stranger.get(path)

    assert answer.status_code == 404
    for told in ("Sudan", "Forecast", "vintage", "method", "/world"):
        assert told not in answer.text


@pytest.mark.parametrize("path", ["/sign-in", "/sign-in/invitation", "/healthz", "/static/style.css"])
def test_the_way_in_tells_nothing_of_what_the_node_holds(stranger, path):
    answer = stranger.get(path)

    assert answer.status_code == 200
    for told in ("Sudan", "vintage", "Alpha Office", "Ana"):
        assert told not in answer.text


def test_an_app_without_accounts_has_no_way_in(alone):
    for path in ("/sign-in", "/account", "/oidc/start"):
        assert alone.get(path).status_code == 404


@pytest.mark.parametrize("cookie", ["", "x", "tocsin_x", "🕊".encode().hex(), "a" * 5000])
def test_a_cookie_that_nobody_was_given_is_nobody(stranger, cookie):
    stranger.cookies.set("tocsin-session", cookie)
    assert stranger.get("/world").status_code == 303


# Tokens --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def token(team):
    text, _ = accounts.make_token(sessions.by_session(team.node, team.cookies["ana"], "web").visit, "test", "read", 1)
    return text


def test_a_token_opens_the_api_and_never_a_page(stranger, token):
    bearer = {"authorization": f"Bearer {token}"}

    assert stranger.get("/api/v1/nothing", headers=bearer).status_code == 404
    assert stranger.get("/world", headers=bearer).status_code == 303
    assert stranger.get("/world.json", headers=bearer).status_code == 401
    assert stranger.get("/account", headers=bearer).status_code == 303
    stranger.cookies.set("tocsin-session", token)
    assert stranger.get("/world").status_code == 303


@pytest.mark.parametrize("given", ["Bearer tocsin_nothing", "Bearer ", "Basic YTpi", "Bearer", "", "Bearer x y"])
def test_what_is_no_token_is_401_even_with_a_good_cookie(ana, given):
    answer = ana.get("/api/v1/nothing", headers={"authorization": given})

    assert answer.status_code == 401
    assert "www-authenticate" in answer.headers


def test_a_program_with_a_token_needs_no_word_but_a_page_s_script_does(ana, stranger, token):
    bearer = {"authorization": f"Bearer {token}"}
    given = word(ana.get("/account").text)

    assert stranger.post("/api/v1/nothing", headers=bearer).status_code in (404, 405)
    assert ana.post("/api/v1/nothing").status_code == 403
    assert ana.post("/api/v1/nothing", headers={"x-csrf-token": given}).status_code in (404, 405)


def test_the_word_of_one_session_is_not_taken_in_another(team, ana):
    other = team.browser()
    other.cookies.set("tocsin-session", team.cookies["sam"])
    given = word(other.get("/account").text)

    assert (
        ana.post("/account/tokens", data={"csrf": given, "name": "x", "scope": "read", "days": "1"}).status_code == 403
    )


def test_pages_to_which_another_site_led_are_not_compressed(ana):
    from_us = ana.get("/world", headers={"sec-fetch-site": "same-origin"})
    from_them = ana.get("/world", headers=LED_HERE)

    assert from_us.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in from_them.headers
