"""What is too large, packed, deep or no text is refused clearly, before it costs anything."""

import gzip
import json
import socket
import threading
import time

import anyio
import pytest
import uvicorn
from tests.api_node import API, a_note, api_node

from tocsin.desk.files import LARGEST
from tocsin.interfaces.web.limits import DEEPEST, LARGEST_FORM, LARGEST_JSON, LONGEST_TARGET

JSON = {"content-type": "application/json"}
FORM = {"content-type": "application/x-www-form-urlencoded"}
TEN_GIGABYTES = 10 * 10**9


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    return api_node(tmp_path_factory.mktemp("limits"))


@pytest.fixture(scope="module")
def ana(node):
    return node.client("ana")


def refused(answer, status, slug):
    assert answer.status_code == status, answer.text[:300]
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    told = answer.json()
    assert told["type"] == f"{API}/problems/{slug}"
    assert told["detail"]
    assert told["remedy"]
    return told


def streamed(app, path, headers, *, query=b"", method="POST", announced=None, chunk=b"x" * 65536):
    """Ask with a body that never ends, in pieces; the answer, and how many bytes of it were taken."""
    taken, answer = 0, {}
    given = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    if announced is not None:
        given.append((b"content-length", str(announced).encode()))
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query,
        "root_path": "",
        "headers": [(b"host", b"127.0.0.1:8420"), *given],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8420),
    }

    async def receive():
        nonlocal taken
        taken += len(chunk)
        return {"type": "http.request", "body": chunk, "more_body": True}

    async def send(message):
        if message["type"] == "http.response.start":
            answer.update(status=message["status"], headers=dict(message["headers"]))
        else:
            answer["body"] = answer.get("body", b"") + message.get("body", b"")

    anyio.run(app, scope, receive, send)
    return answer, taken


# Size ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        (f"{API}/statements", JSON),
        (f"{API}/attachments", {"content-type": "application/pdf"}),
        (f"{API}/statements", {}),
        (f"{API}/nothing", {"content-type": "multipart/form-data; boundary=x"}),
    ],
)
def test_ten_gigabytes_that_are_announced_are_refused_unread(node, path, headers):
    answer, taken = streamed(node.app, path, headers | node.bearer("ana"), announced=TEN_GIGABYTES)
    assert (answer["status"], taken) == (413, 0)
    assert answer["headers"][b"connection"] == b"close"
    assert json.loads(answer["body"])["type"] == f"{API}/problems/too-large"


@pytest.mark.parametrize(
    ("path", "headers", "limit"),
    [
        (f"{API}/statements", JSON, LARGEST_JSON),
        (f"{API}/attachments", {"content-type": "application/pdf"}, LARGEST),
        ("/compose", FORM, LARGEST_FORM),
    ],
)
def test_a_body_without_end_is_refused_when_it_is_too_much(node, path, headers, limit):
    answer, taken = streamed(node.app, path, headers | node.bearer("ana"))
    if path.startswith(API):
        assert answer["status"] == 413
        assert json.loads(answer["body"])["status"] == 413
    else:
        assert answer["status"] == 413
        assert b"2 MiB" in answer["body"]
    assert limit < taken <= limit + 65536


def test_what_is_as_large_as_allowed_is_taken(ana):
    assert ana.post("/attachments", content=b"x" * LARGEST, headers={"content-type": "text/plain"}).status_code == 201
    too_much = ana.post("/attachments", content=b"x" * (LARGEST + 1), headers={"content-type": "text/plain"})
    refused(too_much, 413, "too-large")


@pytest.mark.parametrize("length", ["-1", "ten", "1e3", "9" * 4000, "+5"])
def test_a_length_that_is_none_is_refused(node, length):
    answer, taken = streamed(node.app, f"{API}/statements", JSON | node.bearer("ana"), announced=length)
    assert answer["status"] in (400, 413)
    assert taken == 0


def test_a_stranger_learns_of_the_limit_and_nothing_else(node):
    answer, taken = streamed(node.app, f"{API}/statements", JSON, announced=TEN_GIGABYTES)
    assert (answer["status"], taken) == (413, 0)


# What is packed ------------------------------------------------------------------------------------------------------


def test_a_packed_body_is_not_unpacked(ana):
    bomb = gzip.compress(b'{"body":"' + b"a" * 10_000_000 + b'"}')
    for encoding in ("gzip", "br", "deflate, gzip", "x-unknown"):
        answer = ana.post("/statements", content=bomb, headers=JSON | {"content-encoding": encoding})
        refused(answer, 415, "unsupported-media-type")
    assert ana.post("/statements", json=a_note(), headers={"content-encoding": "identity"}).status_code == 201


# JSON ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("opening", ["[", '{"a":', '[{"a":'])
def test_deep_json_is_refused_before_it_is_read(ana, opening):
    refused(ana.post("/statements", content=opening * 150_000, headers=JSON), 400, "malformed")
    refused(ana.post("/statements", content=opening * (DEEPEST + 1), headers=JSON), 400, "malformed")


def test_brackets_in_a_text_are_not_depth(ana):
    assert ana.post("/statements", json=a_note('[[[[ {{{ \\" ' * 40)).status_code == 201


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"x"',
        b"1",
        b'{"a":1}x',
        b"{'a':1}",
        b'\xef\xbb\xbf{"a":1}',
        b"NaN",
        b"\x00",
        b'{"a":tru}',
    ],
)
def test_what_is_no_json_object_is_refused(ana, body):
    assert ana.post("/statements", content=body, headers=JSON).status_code in (400, 422)


def test_json_that_is_not_utf_8_is_refused(ana):
    for body in (b'{"a":"\xff"}', json.dumps(a_note()).encode("utf-16"), b'{"a":"\xed\xa0\x80"}'):
        refused(ana.post("/statements", content=body, headers=JSON), 400, "malformed")


@pytest.mark.parametrize(
    ("text", "field"),
    [("a\x00b", "body.text"), ("a\ud800b", "body.text"), ("\udfff", "body.text"), ("a\x1bb", "body.text")],
)
def test_letters_that_no_document_can_hold_are_refused_with_their_field(ana, text, field):
    answer = ana.post("/statements", content=json.dumps(a_note(text)), headers=JSON)
    assert refused(answer, 422, "rule-broken")["field"] == field


def test_half_a_letter_in_a_name_is_refused_too(ana):
    for body in ('{"\\ud800":1}', '{"\\ud800":"\\udc00"}', '["\\ud800"]'):
        assert ana.post("/statements", content=body, headers=JSON).status_code in (400, 422)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "9" * 400, "9" * 5000, "-0", "1e-999"])
def test_numbers_that_have_no_value_or_no_end_are_refused(ana, number):
    for body in (f'{{"as_of":{number}}}', f'{{"body":{{"kind":"note","title":{number},"text":"x"}}}}'):
        answer = ana.post("/statements", content=body, headers=JSON)
        assert answer.status_code in (400, 422)
        assert answer.headers["content-type"] == "application/problem+json"


def test_other_kinds_of_content_are_not_taken(ana):
    for kind in ("text/plain", "application/xml", "multipart/form-data; boundary=x", "application/problem+json", ""):
        assert ana.post("/statements", content=b"{}", headers={"content-type": kind}).status_code == 415


# Addresses and headers -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/statements/{}", "/statements?q={}", "/subjects/{}/history", "/statements?{}=1", "/audit/by/{}"]
)
def test_an_address_of_a_megabyte_is_refused(node, ana, path):
    target, _, query = path.format("x" * 10**6).partition("?")
    answer, taken = streamed(node.app, API + target, node.bearer("ana"), query=query.encode(), method="GET")
    assert (answer["status"], taken) == (414, 0)
    assert len(answer["body"]) < 1000
    refused(ana.get(path.format("x" * LONGEST_TARGET)), 414, "address-too-long")
    assert ana.get(path.format("x" * (LONGEST_TARGET - 200))).status_code in (200, 400, 404, 422)


def test_headers_that_are_too_large_or_too_many_are_refused(ana):
    refused(ana.get("/me", headers={"x-file-name": "x" * 10**6}), 431, "headers-too-large")
    refused(ana.get("/me", headers={f"x-{number}": "1" for number in range(200)}), 431, "headers-too-large")


@pytest.mark.parametrize("part", ["%ff", "%c3%28", "%ed%a0%80", "%00", "a%00b", "%f5%80%80%80"])
def test_an_address_that_is_no_text_is_refused(ana, part):
    for path in ("/statements?q={}", "/statements/{}", "/audit/by/{}", "/kinds/{}"):
        refused(ana.get(path.format(part)), 400, "malformed")


def test_a_form_that_is_no_text_is_refused(node):
    answer = node.client("ana").post("http://127.0.0.1:8420/compose", content=b"title=%ff", headers=FORM)
    assert answer.status_code == 400
    assert "UTF-8" in answer.text


@pytest.mark.parametrize("name", ["x" * 700 + ".pdf", "%ff.pdf", "..%2fx.pdf", "a%00.pdf", "x.exe", "%e2%80%aefdp.exe"])
def test_the_name_of_a_file_that_is_none_is_refused(ana, name):
    headers = {"content-type": "application/pdf", "x-file-name": name}
    assert ana.post("/attachments", content=b"%PDF-1.7", headers=headers).status_code == 422


# A real server -------------------------------------------------------------------------------------------------------


def test_a_server_refuses_ten_gigabytes_at_once_and_hangs_up(node):
    server = uvicorn.Server(uvicorn.Config(node.app, http="h11", ws="none", lifespan="off", log_level="error"))
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            begun = time.monotonic()
            with socket.create_connection(listening.getsockname(), timeout=20) as client:
                head = f"POST {API}/statements HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                client.sendall(f"{head}Content-Length: {TEN_GIGABYTES}\r\n\r\n{{".encode())
                answer = b""
                while part := client.recv(65536):
                    answer += part
            assert answer.startswith(b"HTTP/1.1 413 ")
            assert time.monotonic() - begun < 15
        finally:
            server.should_exit = True
            thread.join(20)


def test_a_text_without_an_end_is_looked_at_once(ana):
    # Looked at again from each of its quotes, a body of this size would take an hour.
    body = b'"' + b'\\"' * (LARGEST_JSON // 2 - 1)
    refused(ana.post("/preview", content=body, headers=JSON), 400, "malformed")


@pytest.mark.parametrize("letter", ["%0A", "%0D", "%00", "%7F"])
def test_an_address_with_a_control_character_is_refused_as_such(ana, letter):
    refused(ana.get(f"/subjects/place:S{letter}DN/history"), 400, "malformed")


def test_a_name_that_stands_twice_is_refused(ana):
    marking = '{"tlp":"RED","audience":[],"tlp":"CLEAR","audience":[["everyone"]]}'
    told = refused(ana.post("/preview", content=marking.encode(), headers=JSON), 400, "malformed")
    assert "twice" in told["detail"]
