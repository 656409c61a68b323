import csv
import io
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from starlette.routing import Route
from starlette.testclient import TestClient
from tests.tiny_release import HOSTILE, node

from tocsin.core.errors import ReleaseError, SettingsError
from tocsin.core.settings import Settings
from tocsin.desk.node import open_node
from tocsin.interfaces.feeds import served
from tocsin.interfaces.web import create_app
from tocsin.interfaces.web.forms import FORMS
from tocsin.interfaces.web.pages import ROUTES
from tocsin.interfaces.web.pages.brief import PATH as BRIEF

HOME = "http://127.0.0.1:8420"
PAGES = ["/", "/world", "/world?region=Northern+Africa", "/country/SDN", "/country/NOR", "/country/ISL", "/country/DDR"]
PAGES += ["/scorecard", "/method", "/data", "/find", "/find?q=guin", "/find?q=qqqqqq"]
PAGES += ["/horizon", "/horizon/moment", "/horizon/feeds"]


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    app = create_app(open_node(node(tmp_path_factory.mktemp("node"))))
    return TestClient(app, base_url=HOME, follow_redirects=False)


def twin(page):
    path, _, query = page.partition("?")
    return ("/monday" if path == "/" else path) + ".json" + (f"?{query}" if query else "")


class Tags(HTMLParser):
    """Every tag with its attributes, and the text outside tags."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.text = [], ""
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, data):
        self.text += data


@pytest.mark.parametrize("page", PAGES)
def test_every_page_and_its_twin_can_be_had(client, page):
    shown, machine = client.get(page), client.get(twin(page))

    assert shown.status_code == machine.status_code == 200
    assert shown.headers["content-type"].startswith("text/html")
    assert machine.json()["marking"] == "TLP:CLEAR"
    assert f'href="{twin(page).partition("?")[0]}"' in shown.text


def test_every_route_has_its_twin_and_its_tables(client):
    paths = {route.path for route in client.app.routes if isinstance(route, Route)}
    pages = {path for path in paths if not path.endswith((".json", ".csv"))}

    shown = {route.path for route in ROUTES}
    assert pages == shown | {BRIEF, served.PATH} | {form.path for form in FORMS}
    stems = {"/": "/monday"}
    for path in shown:
        stem = stems.get(path, path)
        assert f"{stem}.json" in paths
        assert f"{stem}/{{table}}.csv" in paths


@pytest.mark.parametrize("page", PAGES)
def test_every_table_of_a_twin_is_a_csv_with_the_same_rows(client, page):
    told = client.get(twin(page)).json()

    for entry in told["tables"].values():
        answer = client.get(entry["csv"] + ("?" + page.partition("?")[2] if "?" in page else ""))
        assert answer.status_code == 200
        rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
        assert len(rows) == len(entry["rows"])
        for row in rows:
            marks = {key.removeprefix("release_"): value for key, value in row.items()}
            assert marks["marking"] == "TLP:CLEAR"
            assert all(marks[key] for key in ("outcome", "horizon", "vintage", "licence"))


@pytest.mark.parametrize("address", [*PAGES, "/country/SDN.json", "/static/style.css", "/nowhere", "/country/Atlantis"])
def test_every_answer_carries_the_policy(client, address):
    headers = client.get(address).headers

    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("page", [*PAGES, "/nowhere"])
def test_no_page_holds_anything_inline_or_from_elsewhere(client, page):
    for tag, attributes in Tags(client.get(page).text).tags:
        assert tag != "style"
        assert "style" not in attributes
        assert not [name for name in attributes if name.startswith("on")]
        if tag == "script":
            assert attributes["src"].startswith("/static/")
        for name in ("src", "href", "action"):
            assert not attributes.get(name, "").lower().startswith(("http:", "https:", "//", "javascript:"))


@pytest.mark.parametrize("page", PAGES)
def test_every_page_is_marked_at_its_top_and_bottom(client, page):
    page = Tags(client.get(page).text)

    marks = [attributes["class"] for tag, attributes in page.tags if tag == "aside"]
    assert marks == ["mark top", "mark bottom"]
    assert page.text.count("TLP:CLEAR") >= 2


@pytest.mark.parametrize("page", ["/", "/country/SDN", "/method"])
def test_what_a_release_brings_along_cannot_become_markup(client, page):
    text = client.get(page).text

    assert HOSTILE not in text
    assert "&lt;script&gt;" in text


@pytest.mark.parametrize("address", ["/find", "/world"])
def test_what_somebody_typed_cannot_become_markup(client, address):
    answer = client.get(address, params={"q": HOSTILE, "region": HOSTILE})

    assert HOSTILE not in answer.text


def test_a_hostile_country_name_is_not_found_and_not_markup(client):
    answer = client.get(f"/country/{HOSTILE}")

    assert answer.status_code == 404
    assert HOSTILE not in answer.text


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:8420", "evil.example:127.0.0.1", ""])
def test_a_foreign_host_name_cannot_reach_a_loopback_workbench(client, host):
    answer = client.get("/", headers={"host": host})

    assert answer.status_code == 421
    assert "Sudan" not in answer.text


@pytest.mark.parametrize("host", ["127.0.0.1:8420", "localhost", "localhost:9999", "[::1]:8420", "LOCALHOST:1"])
def test_this_machine_s_own_names_reach_it(client, host):
    assert client.get("/", headers={"host": host}).status_code == 200


def test_a_workbench_without_accounts_is_not_opened_to_others(tmp_path):
    public = Settings(home=node(tmp_path).home, offline=True, host="0.0.0.0")

    with pytest.raises(SettingsError, match="Start it with --team"):
        create_app(open_node(public))


@pytest.mark.parametrize("address", ["/docs", "/redoc", "/openapi.json"])
def test_documentation_pages_that_load_foreign_scripts_are_off(client, address):
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_nothing_can_be_changed(client, method):
    assert getattr(client, method)("/").status_code == 405


def test_head_is_answered_without_a_body(client):
    answer = client.head("/country/SDN")

    assert answer.status_code == 200
    assert answer.content == b""


@pytest.mark.parametrize("ending", ["", ".json", "/history.csv"])
def test_any_way_of_naming_a_state_leads_to_its_one_address(client, ending):
    answer = client.get(f"/country/sudan{ending}?lang=ar")

    assert answer.status_code == 307
    assert answer.headers["location"] == f"/country/SDN{ending}?lang=ar"


def test_a_name_with_a_slash_finds_its_state(client):
    assert client.get("/country/Burma/Myanmar").headers["location"] == "/country/MMR"


def test_a_search_without_doubt_goes_straight_to_the_state(client):
    assert client.get("/find", params={"q": "Soudan"}).headers["location"] == "/country/SDN"


def test_a_state_that_nobody_knows_is_404_with_suggestions(client):
    shown, machine = client.get("/country/Sudann"), client.get("/country/Sudann.json")

    assert shown.status_code == machine.status_code == 404
    assert 'href="/country/SDN"' in shown.text
    assert machine.json()["error"] == "UnknownPlace"
    assert {"label": "Sudan", "href": "/country/SDN"} in machine.json()["suggestions"]


def test_an_ambiguous_name_offers_its_states(client):
    answer = client.get("/country/Congo.json")

    assert answer.status_code == 404
    assert {"/country/COD", "/country/COG"} <= {entry["href"] for entry in answer.json()["suggestions"]}


def test_an_address_that_is_nearly_a_page_suggests_it(client):
    answer = client.get("/scorecrad")

    assert answer.status_code == 404
    assert 'href="/scorecard"' in answer.text


def test_a_table_that_there_is_not_is_a_json_error(client):
    answer = client.get("/country/SDN/secrets.csv")

    assert answer.status_code == 404
    assert answer.json()["error"] == "NotFound"


@pytest.mark.parametrize("address", ["/?lang=tlh", "/country/SDN.json?lang=tlh"])
def test_a_language_without_labels_is_refused_with_the_choice(client, address):
    answer = client.get(address)

    assert answer.status_code == 400
    assert "ar" in answer.text


def test_states_have_labels_in_arabic_that_set_their_own_direction(client):
    text = client.get("/country/SDN?lang=ar").text

    assert re.search(r'<h1[^>]*><bdi lang="ar">السودان</bdi></h1>', text)
    assert 'href="/world?lang=ar"' in text


def test_a_broken_local_release_is_said_on_every_page(tmp_path):
    settings = node(tmp_path)
    (settings.release / "archive.csv").unlink()
    client = TestClient(create_app(open_node(settings)), base_url=HOME)

    answer = client.get("/")

    assert answer.status_code == 200
    assert 'role="status"' in answer.text
    assert "archive.csv" in client.get("/monday.json").json()["release"]["notice"]


def test_an_unforeseen_error_tells_nothing_of_the_inside(tmp_path, monkeypatch):
    client = TestClient(create_app(open_node(node(tmp_path))), base_url=HOME, raise_server_exceptions=False)
    monkeypatch.setattr(
        "tocsin.interfaces.web.pages.world.world_view", lambda *_: (_ for _ in ()).throw(KeyError("secret"))
    )

    answer = client.get("/world")

    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_a_node_without_any_readable_release_answers_with_the_error(tmp_path, monkeypatch):
    client = TestClient(create_app(open_node(node(tmp_path))), base_url=HOME, raise_server_exceptions=False)

    def broken(settings):
        raise ReleaseError("nothing can be read", remedy="Install again")

    monkeypatch.setattr("tocsin.interfaces.web.failing.read", broken)
    monkeypatch.setattr("tocsin.desk.world.read", broken)

    answer = client.get("/world")

    assert answer.status_code == 503
    assert answer.json()["remedy"] == "Install again"


def test_every_address_and_table_stands_in_the_documentation(client):
    page = Path(__file__).parents[2] / "docs" / "explanation" / "reading-the-pages.md"
    written = page.read_text(encoding="utf-8")
    rows = {row.split("|")[2].strip(" `").partition("?")[0]: row for row in written.splitlines() if ".json" in row}

    for page in ("/", "/world", "/country/SDN", "/scorecard", "/method", "/data", "/find"):
        row = rows[page.replace("SDN", "{code or name}")]
        named = set(re.search(r"\{([\w,]+)\}\.csv", row)[1].split(","))
        assert named == set(client.get(twin(page)).json()["tables"])


@pytest.mark.parametrize(
    ("form", "start"), [("pdf", b"%PDF-"), ("docx", b"PK"), ("md", b"**TLP:CLEAR**")], ids=["pdf", "docx", "md"]
)
def test_the_country_page_offers_the_brief_as_a_file(client, form, start):
    address = f"/country/SDN/brief.{form}?audience=post"
    assert f'href="{address}"' in client.get("/country/SDN").text

    answer = client.get(address)

    assert answer.status_code == 200
    assert answer.headers["content-disposition"] == f'attachment; filename="tocsin-SDN-post.{form}"'
    assert answer.content.startswith(start)


def test_a_brief_can_be_had_by_name_and_without_a_forecast(client):
    assert client.get("/country/Soudan/brief.md").text == client.get("/country/SDN/brief.md?audience=minister").text
    assert "No forecast" in client.get("/country/ISL/brief.md").text


@pytest.mark.parametrize(
    ("address", "status", "told"),
    [
        ("/country/SDN/brief.exe", 400, "pdf, docx, md"),
        ("/country/SDN/brief.pdf?audience=king", 400, "minister, council, post, public"),
        ("/country/Atlantis/brief.pdf", 404, "Atlantis"),
    ],
)
def test_a_brief_that_cannot_be_had_says_why(client, address, status, told):
    answer = client.get(address)

    assert answer.status_code == status
    assert told in answer.text


def test_a_method_that_changes_things_is_refused_with_those_that_are_allowed(client):
    answer = client.post("/world")

    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]
