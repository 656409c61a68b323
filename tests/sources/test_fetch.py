import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tocsin.core.errors import ContentError, ContractError, FetchError
from tocsin.core.settings import Settings
from tocsin.sources.catalogue import Source
from tocsin.sources.fetch import Fetched, fetch, place_in
from tocsin.sources.receipts import digest, read_receipts

from .conftest import BODY, NOW, URL, Server, good


@pytest.fixture
def mirrored(settings: Settings, tmp_path: Path) -> Settings:
    path = place_in(tmp_path / "mirror", URL)
    path.parent.mkdir(parents=True)
    path.write_bytes(BODY)
    return replace(settings, mirror=tmp_path / "mirror")


def get(settings: Settings, source: Source, server: Server | None = None, **options: object) -> Fetched:
    client = server.client(attempts=1) if server else None
    return fetch(settings, source, source.tables[0], **{"now": NOW, "client": client, **options})  # type: ignore[arg-type]


def cached(settings: Settings) -> Path:
    return place_in(settings.cache, URL)


def test_the_network_is_asked_once_and_the_cache_after_that(settings: Settings, source: Source, server: Server) -> None:
    server.acts = [good]
    first = get(settings, source, server)
    second = get(settings, source, server)
    assert (first.origin, second.origin) == ("network", "cache")
    assert first.path.read_bytes() == BODY
    assert len(server.asked) == 1
    assert second.receipt == first.receipt


def test_a_receipt_says_what_came_from_where_when_on_what_terms_and_for_whom(
    settings: Settings, source: Source, server: Server
) -> None:
    server.acts = [good]
    get(settings, source, server)
    (receipt,) = read_receipts(settings.receipts).entries
    assert receipt.url == URL
    assert receipt.when == NOW
    assert receipt.sha256 == digest(cached(settings))
    assert (receipt.bytes, receipt.terms, receipt.origin) == (len(BODY), "cite Nobody", "network")
    assert (receipt.who, receipt.source, receipt.table) == ("a test", "small", "table")


def test_a_mirror_goes_before_the_network(mirrored: Settings, source: Source, server: Server) -> None:
    server.acts = [good]
    assert get(mirrored, source, server).origin == "mirror"
    assert server.asked == []
    assert read_receipts(mirrored.receipts).entries[0].origin == "mirror"


def test_a_bad_copy_in_the_mirror_is_passed_over_with_a_note(
    mirrored: Settings, source: Source, server: Server, tmp_path: Path
) -> None:
    place_in(tmp_path / "mirror", URL).write_bytes(b"<html>")
    server.acts = [good]
    fetched = get(mirrored, source, server)
    assert fetched.origin == "network"
    assert "HTML" in fetched.notes[0]


def test_a_bad_copy_in_the_mirror_is_an_error_where_nothing_else_can_be_had(
    mirrored: Settings, source: Source, tmp_path: Path
) -> None:
    place_in(tmp_path / "mirror", URL).write_bytes(BODY[:-3])
    with pytest.raises(ContentError, match="cut off"):
        get(mirrored, source, offline=True)


@pytest.mark.parametrize("by_setting", [True, False])
def test_offline_says_so_and_what_to_do(settings: Settings, source: Source, by_setting: bool) -> None:
    with pytest.raises(FetchError, match="switched off") as caught:
        get(replace(settings, offline=by_setting), source, offline=not by_setting)
    assert "TOCSIN_MIRROR" in caught.value.remedy


def test_a_page_served_as_csv_with_status_200_is_caught(settings: Settings, source: Source, server: Server) -> None:
    server.acts = [lambda h: h.give(200, b"<!doctype html><title>Sign in</title>\n", Content_Type="text/csv")]
    with pytest.raises(ContentError, match="HTML") as caught:
        get(settings, source, server)
    assert caught.value.where == URL
    assert list(cached(settings).parent.iterdir()) == []
    assert read_receipts(settings.receipts).entries == ()


def test_a_file_cut_before_it_was_served_is_caught(settings: Settings, source: Source, server: Server) -> None:
    server.acts = [lambda h: h.give(200, BODY[:-2])]
    with pytest.raises(ContentError, match="cut off"):
        get(settings, source, server)


def test_a_cached_file_with_a_wrong_digest_is_set_aside_and_fetched_again(
    settings: Settings, source: Source, server: Server
) -> None:
    server.acts = [good]
    get(settings, source, server)
    cached(settings).write_bytes(BODY + b"9999,1990,1\n")
    fetched = get(settings, source, server)
    assert fetched.origin == "network"
    assert fetched.path.read_bytes() == BODY
    assert "digest differs" in fetched.notes[0]
    (aside,) = cached(settings).parent.glob("*.bad")
    assert aside.read_bytes() == BODY + b"9999,1990,1\n"


def test_a_wrong_digest_is_an_error_where_nothing_better_can_be_had(
    settings: Settings, source: Source, server: Server
) -> None:
    server.acts = [good]
    get(settings, source, server)
    cached(settings).write_bytes(BODY.replace(b"1,", b"2,"))
    with pytest.raises(ContentError, match="digest differs") as caught:
        get(settings, source, offline=True)
    assert ".bad" in caught.value.what
    assert not cached(settings).exists()


def test_a_file_laid_into_the_cache_by_hand_is_checked_and_receipted(settings: Settings, source: Source) -> None:
    cached(settings).parent.mkdir(parents=True)
    cached(settings).write_bytes(BODY)
    assert get(settings, source, offline=True).receipt.origin == "cache"
    assert get(settings, source, offline=True).path.read_bytes() == BODY
    assert len(read_receipts(settings.receipts).entries) == 1


def test_a_page_laid_into_the_cache_by_hand_is_set_aside(settings: Settings, source: Source) -> None:
    cached(settings).parent.mkdir(parents=True)
    cached(settings).write_bytes(b"<html>\n")
    with pytest.raises(ContentError, match="HTML"):
        get(settings, source, offline=True)
    assert list(cached(settings).parent.glob("*.bad"))


def test_stale_bytes_are_renewed_only_when_asked_for(settings: Settings, source: Source, server: Server) -> None:
    server.acts = [good, lambda h: h.give(200, BODY + b"5000,1990,7\n")]
    get(settings, source, server)
    later = NOW + timedelta(days=31)
    assert get(settings, source, server, now=later).origin == "cache"
    assert get(settings, source, server, now=NOW + timedelta(days=30), refresh=True).origin == "cache"
    renewed = get(settings, source, server, now=later, refresh=True)
    assert renewed.origin == "network"
    assert renewed.path.read_bytes().endswith(b"5000,1990,7\n")


def test_stale_bytes_serve_on_with_a_note_when_no_newer_can_be_had(
    settings: Settings, source: Source, server: Server
) -> None:
    server.acts = [good, lambda h: h.give(404)]
    get(settings, source, server)
    fetched = get(settings, source, server, now=NOW + timedelta(days=99), refresh=True)
    assert fetched.origin == "cache"
    assert fetched.path.read_bytes() == BODY
    assert "404" in fetched.notes[0]


RENAMED = BODY.replace(b"value", b"amount", 1)


def test_newer_bytes_that_break_the_contract_leave_the_last_good_ones_serving(
    settings: Settings, source: Source, server: Server
) -> None:
    server.acts = [good, lambda h: h.give(200, RENAMED)]
    get(settings, source, server)
    fetched = get(settings, source, server, now=NOW + timedelta(days=99), refresh=True)
    assert fetched.origin == "cache"
    assert fetched.path.read_bytes() == BODY
    assert f"{URL}: the column 'value' is lacking" in fetched.notes[0]
    assert [path.name for path in fetched.path.parent.iterdir()] == [fetched.path.name]


def test_a_cached_file_that_breaks_its_contract_is_asked_for_again(
    settings: Settings, source: Source, server: Server
) -> None:
    cached(settings).parent.mkdir(parents=True)
    cached(settings).write_bytes(RENAMED)
    get(settings, source, offline=True)
    with pytest.raises(ContractError, match="lacking"):
        get(settings, source, offline=True, refresh=True)
    server.acts = [good]
    fetched = get(settings, source, server, refresh=True)
    assert fetched.origin == "network"
    assert fetched.path.read_bytes() == BODY
    assert "'value' is lacking" in fetched.notes[0]


def test_a_mirror_that_breaks_the_contract_is_passed_over(
    mirrored: Settings, source: Source, server: Server, tmp_path: Path
) -> None:
    place_in(tmp_path / "mirror", URL).write_bytes(RENAMED)
    server.acts = [good]
    fetched = get(mirrored, source, server)
    assert fetched.origin == "network"
    assert str(tmp_path / "mirror") in fetched.notes[0]


def test_a_cached_file_that_cannot_be_read_is_an_error_with_its_name(settings: Settings, source: Source) -> None:
    settings.receipts.mkdir(parents=True)
    cached(settings).parent.mkdir(parents=True)
    cached(settings).write_bytes(BODY)
    with pytest.raises(ContentError, match="cannot be read") as caught:
        get(settings, source, offline=True)
    assert caught.value.where == str(settings.receipts)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full, a device that is always full")
def test_a_full_disk_is_named_and_nothing_half_is_left(mirrored: Settings, source: Source) -> None:
    cached(mirrored).parent.mkdir(parents=True)
    cached(mirrored).with_name(f"{cached(mirrored).name}.{os.getpid()}.new").symlink_to("/dev/full")
    with pytest.raises(FetchError, match="No space left") as caught:
        get(mirrored, source)
    assert str(mirrored.home) in caught.value.where
    assert not cached(mirrored).exists()
    assert not mirrored.receipts.exists()


@pytest.mark.parametrize(
    "url", ["https://example.org/../../etc/passwd", "https://example.org/a/%2e%2e/%2e%2e/b", "https://example.org/"]
)
def test_no_address_leads_out_of_the_folder(tmp_path: Path, url: str) -> None:
    with pytest.raises(FetchError, match="names no file"):
        place_in(tmp_path, url)
