import gzip
import os
import time
from pathlib import Path

import httpx
import pytest

from tocsin.core.errors import ContentError, FetchError
from tocsin.sources.client import Client, Patience

from .conftest import BODY, URL, Handler, Server, good, slow, with_ranges


def download(server: Server, goal: Path, **patience: float) -> bytes:
    server.client(**patience).download(URL, goal, format="csv", max_bytes=1_000_000)
    return goal.read_bytes()


@pytest.fixture
def goal(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "down" / "table.csv"


def test_a_good_answer_is_stored_whole_and_leaves_nothing_beside(server: Server, goal: Path) -> None:
    server.acts = [good]
    assert download(server, goal) == BODY
    assert list(goal.parent.iterdir()) == [goal]
    path, headers = server.asked[0]
    assert path == "/data.example.org/some/small%20table.csv"
    assert headers["User-Agent"].startswith("tocsin/")


def test_the_pause_a_server_asks_for_is_kept(server: Server, goal: Path) -> None:
    server.acts = [lambda h: h.give(429, Retry_After="7"), good]
    assert download(server, goal) == BODY
    assert server.waits == [7.0]


def test_a_pause_given_as_a_date_is_read_against_the_servers_own_clock(server: Server, goal: Path) -> None:
    def busy(handler: Handler) -> None:
        handler.send_response_only(503)
        handler.send_header("Date", "Mon, 23 Nov 2026 09:00:00 GMT")
        handler.send_header("Retry-After", "Mon, 23 Nov 2026 09:00:30 GMT")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    server.acts = [busy, good]
    assert download(server, goal) == BODY
    assert server.waits == [30.0]


def test_a_pause_longer_than_our_patience_is_reported_and_not_waited_for(server: Server, goal: Path) -> None:
    server.acts = [lambda h: h.give(429, Retry_After="3600")]
    with pytest.raises(FetchError, match="too often"):
        download(server, goal)
    assert server.waits == []
    assert len(server.asked) == 1


def test_trouble_at_the_server_is_tried_again_with_growing_pauses(server: Server, goal: Path) -> None:
    server.acts = [lambda h: h.give(500), lambda h: h.give(502), lambda h: h.give(503), good]
    assert download(server, goal) == BODY
    assert server.waits == [0.75, 1.5, 3.0]


def test_lasting_trouble_is_given_up_with_the_status(server: Server, goal: Path) -> None:
    server.acts = [lambda h: h.give(500)]
    with pytest.raises(FetchError, match="status 500") as caught:
        download(server, goal)
    assert len(server.asked) == 4
    assert caught.value.where == URL
    assert not goal.exists()


@pytest.mark.parametrize(
    ("status", "word"), [(401, "account"), (403, "refuses"), (404, "no such file"), (410, "removed")]
)
def test_a_final_answer_is_not_asked_for_twice(server: Server, goal: Path, status: int, word: str) -> None:
    server.acts = [lambda h: h.give(status)]
    with pytest.raises(FetchError, match=word):
        download(server, goal)
    assert len(server.asked) == 1


def test_a_server_that_cannot_be_reached_is_named_with_a_remedy(goal: Path) -> None:
    nobody = Client(
        transport=httpx.HTTPTransport(),
        address=lambda _: "http://127.0.0.1:9/",
        patience=Patience(attempts=2),
        pause=lambda _: None,
    )
    with pytest.raises(FetchError, match="cannot be reached") as caught:
        nobody.download(URL, goal, format="csv", max_bytes=1000)
    assert "TOCSIN_MIRROR" in caught.value.remedy


def test_a_host_out_of_reach_is_tried_once_only_for_the_next_file(goal: Path) -> None:
    waits: list[float] = []
    nobody = Client(transport=httpx.HTTPTransport(), address=lambda _: "http://127.0.0.1:9/", pause=waits.append)
    for expected in (3, 3):
        with pytest.raises(FetchError, match="cannot be reached"):
            nobody.download(URL, goal, format="csv", max_bytes=1000)
        assert len(waits) == expected


def test_a_silent_server_runs_into_the_read_timeout(server: Server, goal: Path) -> None:
    server.acts = [slow]
    with pytest.raises(FetchError, match="in time"):
        download(server, goal, read=0.1, attempts=2)


def test_a_body_that_drips_is_given_up_when_the_total_time_is_over(server: Server, goal: Path) -> None:
    def drip(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(BODY)))
        handler.send_header("Content-Type", "text/csv")
        handler.end_headers()
        for start in range(0, 2000, 10):
            handler.wfile.write(BODY[start : start + 10])
            handler.wfile.flush()
            time.sleep(0.02)

    server.acts = [drip]
    with pytest.raises(FetchError, match="too slowly"):
        download(server, goal, total=0.3)


def test_a_broken_line_is_continued_where_it_broke(server: Server, goal: Path) -> None:
    server.acts = [lambda h: h.give(200, BODY, cut=20_000, ETag='"one"'), with_ranges]
    assert download(server, goal) == BODY
    again = server.asked[1][1]
    assert again["Range"] == "bytes=20000-"
    assert again["If-Range"] == '"one"'


def test_a_later_run_continues_what_an_earlier_one_began(server: Server, goal: Path) -> None:
    server.acts = [lambda h: h.give(200, BODY, cut=30_000, ETag='"one"')]
    with pytest.raises(ContentError, match="broke off"):
        download(server, goal, attempts=1)
    server.acts = [with_ranges]
    assert download(server, goal) == BODY
    assert server.asked[1][1]["Range"] == "bytes=30000-"


def test_a_file_that_changed_in_between_is_begun_anew(server: Server, goal: Path) -> None:
    server.acts = [
        lambda h: h.give(200, b"old" * 9000, cut=10_000, ETag='"zero"'),
        with_ranges,  # the tag no longer fits: the whole comes
    ]
    assert download(server, goal) == BODY


@pytest.mark.parametrize("headers", [{}, {"ETag": 'W/"weak"'}])
def test_without_a_strong_tag_nothing_is_continued(server: Server, goal: Path, headers: dict[str, str]) -> None:
    server.acts = [lambda h: h.give(200, BODY, cut=10_000, **headers), with_ranges]
    assert download(server, goal) == BODY
    assert "Range" not in server.asked[1][1]


def test_a_part_that_does_not_fit_is_thrown_away(server: Server, goal: Path) -> None:
    server.acts = [
        lambda h: h.give(200, BODY, cut=10_000, ETag='"one"'),
        lambda h: h.give(206, BODY[500:], Content_Range=f"bytes 500-{len(BODY) - 1}/{len(BODY)}", ETag='"one"'),
        with_ranges,
    ]
    assert download(server, goal) == BODY
    assert "Range" not in server.asked[2][1]


def test_a_part_longer_than_the_file_is_thrown_away(server: Server, goal: Path) -> None:
    server.acts = [
        lambda h: h.give(200, BODY, cut=10_000, ETag='"one"'),
        lambda h: h.give(416, Content_Range=f"bytes */{len(BODY)}"),
        with_ranges,
    ]
    assert download(server, goal) == BODY


def test_a_body_that_stays_short_is_an_error(server: Server, goal: Path) -> None:
    server.acts = [lambda h: h.give(200, BODY, cut=100)]
    with pytest.raises(ContentError):
        download(server, goal)
    assert not goal.exists()


def test_a_compressed_body_is_unpacked(server: Server, goal: Path) -> None:
    server.acts = [lambda h: h.give(200, gzip.compress(BODY), Content_Encoding="gzip")]
    assert download(server, goal) == BODY
    assert list(goal.parent.iterdir()) == [goal]


def test_a_compressed_body_is_continued_too(server: Server, goal: Path) -> None:
    packed = gzip.compress(BODY, mtime=0)
    rest = f"bytes 1000-{len(packed) - 1}/{len(packed)}"
    server.acts = [
        lambda h: h.give(200, packed, cut=1000, Content_Encoding="gzip", ETag='"g"'),
        lambda h: h.give(206, packed[1000:], Content_Encoding="gzip", Content_Range=rest, ETag='"g"'),
    ]
    assert download(server, goal) == BODY


def test_a_compressed_body_may_not_unpack_beyond_the_limit(server: Server, goal: Path) -> None:
    bomb = gzip.compress(b"0" * 50_000_000)
    server.acts = [lambda h: h.give(200, bomb, Content_Encoding="gzip")]
    with pytest.raises(FetchError, match="larger than"):
        download(server, goal)
    assert goal.stat().st_size <= 1_000_000 if goal.exists() else True


@pytest.mark.parametrize("body", [gzip.compress(BODY)[:-500], b"\x1f\x8b not gzip at all"])
def test_a_damaged_compressed_body_is_an_error_and_not_kept(server: Server, goal: Path, body: bytes) -> None:
    server.acts = [lambda h: h.give(200, body, Content_Encoding="gzip")]
    with pytest.raises(ContentError, match="compressed"):
        download(server, goal)
    assert not goal.with_name(goal.name + ".part").exists()


def test_an_announced_size_beyond_the_limit_is_refused_before_the_body(server: Server, goal: Path) -> None:
    server.acts = [lambda h: h.give(200, b"", Content_Length="2000000")]
    with pytest.raises(FetchError, match="1,000,000"):
        download(server, goal)


def test_a_body_that_outgrows_the_limit_unannounced_is_cut_short(server: Server, goal: Path) -> None:
    def endless(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/csv")
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        for _ in range(40):
            handler.wfile.write(b"%x\r\n" % 50_000 + b"1" * 50_000 + b"\r\n")
        handler.wfile.write(b"0\r\n\r\n")

    server.acts = [endless]
    with pytest.raises(FetchError, match="larger than"):
        download(server, goal)
    assert not goal.with_name(goal.name + ".part").exists()


@pytest.mark.parametrize("kind", ["text/html; charset=utf-8", "application/json", "image/png"])
def test_a_body_of_another_type_is_refused(server: Server, goal: Path, kind: str) -> None:
    server.acts = [lambda h: h.give(200, BODY, Content_Type=kind)]
    with pytest.raises(ContentError, match=kind.split(";")[0]):
        download(server, goal)


def test_a_redirect_on_the_same_host_is_followed(server: Server, goal: Path) -> None:
    server.acts = [lambda h: h.give(302, Location="/elsewhere/table.csv"), good]
    assert download(server, goal) == BODY
    assert server.asked[1][0] == "/elsewhere/table.csv"


def test_a_redirect_to_another_host_is_refused_and_its_query_not_shown(server: Server, goal: Path) -> None:
    server.acts = [lambda h: h.give(302, Location="http://localhost:1/login?token=secret")]
    with pytest.raises(FetchError, match="http://localhost") as caught:
        download(server, goal)
    assert "secret" not in str(caught.value)


def test_redirects_in_a_circle_end(server: Server, goal: Path) -> None:
    server.acts = [lambda h: h.give(302, Location="/round")]
    with pytest.raises(FetchError, match="circles"):
        download(server, goal)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full, a device that is always full")
def test_a_full_disk_is_named_with_path_and_remedy(server: Server, goal: Path) -> None:
    goal.parent.mkdir(parents=True)
    goal.with_name("table.csv.part").symlink_to("/dev/full")
    server.acts = [good]
    with pytest.raises(FetchError, match="No space left") as caught:
        download(server, goal)
    assert caught.value.where.endswith("table.csv.part")
    assert "TOCSIN_HOME" in caught.value.remedy
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    "name_and_value",
    [("HTTPS_PROXY", "nonsense://x"), ("SSL_CERT_FILE", "/no/such/file"), ("ALL_PROXY", "http://[::x")],
)
def test_a_proxy_or_certificate_that_cannot_be_used_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name_and_value: tuple[str, str]
) -> None:
    monkeypatch.setenv(*name_and_value)
    with pytest.raises(FetchError, match="the environment names cannot be used") as caught:
        Client().download("https://data.example.org/x.csv", tmp_path / "x.csv", format="csv", max_bytes=10)
    assert name_and_value[0] in caught.value.remedy
