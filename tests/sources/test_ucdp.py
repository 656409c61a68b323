from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tocsin.core.errors import ContentError, ContractError, FetchError, NotAdmitted, SettingsError, SourceError
from tocsin.core.settings import Settings
from tocsin.sources.ged import COLUMNS, Taken, kept, last_good, scan
from tocsin.sources.receipts import read_receipts
from tocsin.sources.ucdp import take_release
from tocsin.sources.ucdp_page import read_page

from .conftest import NOW, Handler, Server
from .upstream_ucdp import TOKEN, Upstream, event

EVENTS = [event(number) for number in range(1, 36)]
Take = Callable[..., Taken]


@pytest.fixture
def upstream(server: Server) -> Upstream:
    upstream = Upstream(list(EVENTS))
    server.acts = [upstream]
    return upstream


@pytest.fixture
def admitted(settings: Settings) -> Settings:
    return replace(settings, ucdp_token=TOKEN)


@pytest.fixture
def take(admitted: Settings, server: Server, upstream: Upstream) -> Take:
    def take(version: str = "25.1", **given: Any) -> Taken:
        known = {"now": NOW, "client": server.client(attempts=2), "page_size": upstream.size, **given}
        return take_release(known.pop("settings", admitted), version, **known)

    return take


def files(settings: Settings) -> Iterator[Path]:
    return (path for path in settings.home.rglob("*") if path.is_file())


def test_all_pages_become_one_table_of_texts_with_the_columns_of_ged(take: Take, upstream: Upstream) -> None:
    taken = take()
    assert (taken.origin, taken.stale, taken.notes) == ("network", False, ())
    assert (taken.release.version, taken.release.rows) == ("25.1", 35)
    assert upstream.pages == [0, 1, 2, 3]
    frame = scan(taken.release.path).collect()
    assert tuple(frame.columns) == COLUMNS
    assert frame["id"].to_list() == [str(one["id"]) for one in EVENTS]
    assert set(frame["latitude"]) == {"10.5"}
    assert set(frame["source_headline"]) == {'A "line",\nbroken'}


def test_what_is_null_stays_missing_and_never_becomes_zero(take: Take) -> None:
    frame = scan(take().release.path).select("gwnob", "best").collect()
    assert frame["gwnob"].null_count() == 35
    assert frame["best"].to_list()[6] == "0"


def test_numbers_stay_as_they_are_written() -> None:
    body = b'{"TotalCount": 1, "TotalPages": 1, "NextPageUrl": null, "Result": [{"latitude": 1.50, "id": 012}]}'
    with pytest.raises(ContentError, match="no whole JSON"):
        read_page(body, where="here")
    page = read_page(body.replace(b"012", b"12"), where="here")
    assert page.rows == [{"latitude": "1.50", "id": "12"}]


def test_the_token_goes_into_a_header_and_nowhere_else(take: Take, server: Server, admitted: Settings) -> None:
    take()
    assert {headers["x-ucdp-access-token"] for _, headers in server.asked} == {TOKEN}
    assert not any(TOKEN in path for path, _ in server.asked)
    assert list(files(admitted))
    assert not any(TOKEN.encode() in path.read_bytes() for path in files(admitted))
    assert TOKEN not in repr(admitted)


def test_a_receipt_says_what_came_from_where(take: Take, admitted: Settings) -> None:
    release = take().release
    (receipt,) = read_receipts(admitted.receipts).entries
    assert receipt.url == "https://ucdpapi.pcr.uu.se/api/gedevents/25.1"
    assert (receipt.sha256, receipt.source, receipt.origin) == (release.sha256, "ucdp-ged-api", "network")


def test_the_address_of_the_next_page_is_not_followed(take: Take, server: Server) -> None:
    take()
    assert all(path.startswith("/ucdpapi.pcr.uu.se/api/gedevents/25.1?") for path, _ in server.asked)


def test_a_version_that_is_here_is_not_asked_for_again(take: Take, upstream: Upstream) -> None:
    first = take()
    again = take()
    assert again.origin == "cache"
    assert again.release == first.release
    assert upstream.pages == [0, 1, 2, 3]


def test_a_kept_file_that_changed_is_asked_for_again(take: Take, upstream: Upstream) -> None:
    path = take().release.path
    body = path.read_bytes()
    path.write_bytes(body.replace(b"10.5", b"10.6"))
    assert take().origin == "network"
    assert path.read_bytes() == body


def test_a_pull_that_broke_off_goes_on_where_it_stopped(take: Take, upstream: Upstream, admitted: Settings) -> None:
    upstream.acts[2] = lambda handler: handler.give(404)
    with pytest.raises(FetchError, match="goes on from there") as caught:
        take()
    assert "page 2" in caught.value.where
    upstream.pages.clear()
    assert take().release.rows == 35
    assert upstream.pages == [2, 3]
    assert not any(path.suffix == ".json" and "pages" in str(path) for path in files(admitted))


def test_a_kept_page_that_was_damaged_is_asked_for_again(take: Take, upstream: Upstream, admitted: Settings) -> None:
    upstream.acts[2] = lambda handler: handler.give(404)
    with pytest.raises(FetchError):
        take()
    (page,) = [path for path in files(admitted) if path.name.startswith("00001.")]
    page.write_bytes(page.read_bytes().replace(b"10.5", b"99.5"))
    upstream.pages.clear()
    assert set(scan(take().release.path).collect()["latitude"]) == {"10.5"}
    assert upstream.pages == [1, 2, 3]


def test_the_pause_a_busy_server_asks_for_is_kept(admitted: Settings, server: Server, upstream: Upstream) -> None:
    upstream.acts[1] = lambda handler: handler.give(429, Retry_After="9")
    taken = take_release(admitted, "25.1", now=NOW, client=server.client(), page_size=10)
    assert taken.release.rows == 35
    assert server.waits == [9.0]


def test_without_a_token_nothing_is_asked_and_the_remedy_says_how_to_get_one(
    take: Take, server: Server, settings: Settings
) -> None:
    with pytest.raises(NotAdmitted, match="access token") as caught:
        take(settings=settings)
    assert "TOCSIN_UCDP_TOKEN" in caught.value.remedy
    assert server.asked == []


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_token_is_said_with_how_to_get_one_and_not_repeated(
    take: Take, upstream: Upstream, status: int
) -> None:
    upstream.acts[0] = lambda handler: handler.give(status, b"{}", Content_Type="application/json")
    with pytest.raises(NotAdmitted, match="does not accept") as caught:
        take()
    assert "TOCSIN_UCDP_TOKEN" in caught.value.remedy
    assert TOKEN not in str(caught.value)
    assert upstream.pages == [0]


def test_a_token_with_a_line_break_is_refused_without_being_repeated() -> None:
    with pytest.raises(SettingsError, match="TOCSIN_UCDP_TOKEN") as caught:
        Settings.read({"TOCSIN_UCDP_TOKEN": f"{TOKEN}\nx", "TOCSIN_HOME": "/nowhere"})
    assert TOKEN not in str(caught.value)
    assert Settings.read({"TOCSIN_UCDP_TOKEN": f" {TOKEN} ", "TOCSIN_HOME": "/nowhere"}).ucdp_token == TOKEN


def test_the_token_is_not_taken_to_another_port(take: Take, upstream: Upstream) -> None:
    upstream.acts[0] = lambda handler: handler.give(302, Location="http://127.0.0.1:9/elsewhere")
    with pytest.raises(FetchError, match="another port"):
        take()


def test_with_the_network_switched_off_it_is_said_that_it_is_not_here(take: Take, server: Server) -> None:
    with pytest.raises(FetchError, match="switched off"):
        take(offline=True)
    assert server.asked == []


@pytest.mark.parametrize("version", ["../25.1", "25", "25.1/..", "25.1?x=1", "٢٥.1"])
def test_what_is_no_version_is_refused_before_anything_is_asked(take: Take, server: Server, version: str) -> None:
    with pytest.raises(FetchError, match="no version"):
        take(version)
    assert server.asked == []


def html(handler: Handler) -> None:
    handler.give(200, b"<!DOCTYPE html><html>Sign in</html>", Content_Type="text/html")


def html_as_json(handler: Handler) -> None:
    handler.give(200, b"<html>Sign in</html>", Content_Type="application/json")


def half(handler: Handler) -> None:
    handler.give(200, b'{"TotalCount": 35, "TotalPages": 4, "Result": [{"id"', Content_Type="application/json")


def empty(handler: Handler) -> None:
    handler.give(200, b"{}", Content_Type="application/json")


@pytest.mark.parametrize(
    ("act", "kind", "said"),
    [
        (html, ContentError, "text/html"),
        (html_as_json, ContentError, "HTML"),
        (half, ContentError, "no whole JSON"),
        (empty, ContentError, "TotalCount"),
    ],
)
def test_an_answer_that_is_no_page_of_events_is_named_and_not_kept(
    take: Take, upstream: Upstream, act: Callable[[Handler], None], kind: type[SourceError], said: str
) -> None:
    upstream.acts[1] = act
    with pytest.raises(kind, match=said) as caught:
        take()
    assert "ucdpapi.pcr.uu.se" in caught.value.where
    upstream.pages.clear()
    assert take().release.rows == 35
    assert upstream.pages == [1, 2, 3]


def cut(said: dict[str, Any]) -> None:
    del said["Result"][-1]


def too_few_pages(said: dict[str, Any]) -> None:
    said["TotalPages"] = 3


def no_next(said: dict[str, Any]) -> None:
    said["NextPageUrl"] = None


def the_first_again(said: dict[str, Any]) -> None:
    said["Result"] = EVENTS[:10]


@pytest.mark.parametrize(
    ("page", "fault", "said"),
    [
        (0, cut, "10 events where 9"),
        (1, cut, "9 events where 10"),
        (3, cut, "4 events where 5"),
        (1, no_next, "last of 4"),
        (2, the_first_again, "page 0 once more"),
    ],
)
def test_an_answer_that_is_cut_off_is_refused_and_can_be_mended(
    take: Take, upstream: Upstream, page: int, fault: Callable[[dict[str, Any]], None], said: str
) -> None:
    upstream.faults[page] = fault
    with pytest.raises(ContentError, match=said):
        take()
    upstream.faults.clear()
    assert take().release.rows == 35


def test_fewer_pages_than_the_events_need_are_refused(take: Take, upstream: Upstream) -> None:
    upstream.faults = dict.fromkeys(range(4), too_few_pages)
    with pytest.raises(ContentError, match="3 pages of 10 events cannot hold the 35"):
        take()


def test_a_release_that_changes_while_it_is_read_is_begun_anew(take: Take, upstream: Upstream) -> None:
    upstream.faults[2] = lambda said: said.update(TotalCount=36)
    with pytest.raises(ContractError, match="35 events, then 36"):
        take()
    upstream.faults.clear()
    upstream.pages.clear()
    take()
    assert upstream.pages == [0, 1, 2, 3]


def renamed(said: dict[str, Any]) -> None:
    said["Result"] = [
        {{"deaths_civilians": "deaths_civilian"}.get(name, name): value for name, value in row.items()}
        for row in said["Result"]
    ]


def test_a_renamed_column_is_named_with_its_new_name(take: Take, upstream: Upstream) -> None:
    upstream.faults = dict.fromkeys(range(4), renamed)
    with pytest.raises(ContractError, match=r"deaths_civilians.*deaths_civilian'"):
        take()
    upstream.faults.clear()
    assert take().release.rows == 35


def test_columns_that_change_between_pages_are_named(take: Take, upstream: Upstream) -> None:
    upstream.faults[1] = renamed
    with pytest.raises(ContractError, match="other columns: deaths_civilian, deaths_civilians"):
        take()


def test_a_column_that_is_new_is_told_and_not_read(take: Take, upstream: Upstream) -> None:
    upstream.events = [{**one, "mood": 1} for one in EVENTS]
    taken = take()
    assert taken.notes == ("The column 'mood' is new to us and is not read.",)
    assert tuple(scan(taken.release.path).collect().columns) == COLUMNS


def test_a_release_that_shrank_is_named_and_the_last_good_one_stays_in_use(
    take: Take, upstream: Upstream, admitted: Settings
) -> None:
    good = take("25.1").release
    upstream.events = EVENTS[:30]
    taken = take("26.1", now=NOW + timedelta(days=40))
    assert taken.stale
    assert taken.release == good
    assert "release 26.1 shrank: 30 events where 25.1, kept here, has 35" in taken.notes[0]
    assert "25.1, which came 40 days ago, stays in use and is stale" in taken.notes[1]
    assert [one.version for one in kept(admitted)] == ["25.1"]


def test_a_later_release_with_more_events_becomes_the_last_good_one(
    take: Take, upstream: Upstream, admitted: Settings
) -> None:
    take("25.1")
    upstream.events = [*EVENTS, event(36)]
    assert take("26.1").release == last_good(admitted)
    assert [one.version for one in kept(admitted)] == ["26.1", "25.1"]


def test_a_monthly_candidate_may_be_smaller_and_is_never_the_last_good_yearly_one(
    take: Take, upstream: Upstream, admitted: Settings
) -> None:
    yearly = take("25.1").release
    upstream.events = EVENTS[:12]
    assert take("26.0.7").release.rows == 12
    assert last_good(admitted) == yearly


def test_when_the_network_fails_the_last_good_release_stays_in_use_with_its_age(
    take: Take, server: Server, upstream: Upstream
) -> None:
    take("25.1")
    server.acts = [lambda handler: handler.give(404)]
    taken = take("26.1", now=NOW + timedelta(days=1))
    assert taken.stale
    assert "404" in taken.notes[0]
    assert "came 1 day ago" in taken.notes[1]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"[]", "not an object"),
        (b'{"TotalCount": -1, "TotalPages": 1, "NextPageUrl": "", "Result": []}', "no count"),
        (b'{"TotalCount": true, "TotalPages": 1, "NextPageUrl": "", "Result": []}', "no count"),
        (b'{"TotalCount": 1, "TotalPages": 1, "NextPageUrl": "", "Result": [1]}', "not a list of events"),
        (b'{"TotalCount": 99999999, "TotalPages": 1, "NextPageUrl": "", "Result": []}', "more than a release"),
        (b'{"TotalCount": NaN, "TotalPages": 1, "NextPageUrl": "", "Result": []}', "NaN"),
        (b"[" * 100_000, "no whole JSON"),
    ],
)
def test_a_page_that_says_what_cannot_be_is_refused(body: bytes, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        read_page(body, where="here")


def test_an_event_with_a_list_in_it_is_refused(take: Take, upstream: Upstream) -> None:
    upstream.events[7] = event(8, side_a=["one", "two"])
    with pytest.raises(ContractError, match="'side_a' holds no single value"):
        take()
