import struct
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tocsin.core.errors import ContentError, ContractError, FetchError, SourceError
from tocsin.core.settings import Settings
from tocsin.sources.archive import only_member, unpack
from tocsin.sources.catalogue import Source, catalogue
from tocsin.sources.fetch import place_in
from tocsin.sources.ged import COLUMNS, Taken, kept, last_good, refusal, scan
from tocsin.sources.ged_bulk import bulk_version, take_bulk
from tocsin.sources.receipts import read_receipts

from .conftest import NOW, Handler, Server
from .upstream_ucdp import archive, as_csv, event

EVENTS = [event(number) for number in range(1, 31)]
NAME = "GEDEvent_v25_1.csv"
GOOD = archive((NAME, as_csv(EVENTS)))
Take = Callable[..., Taken]


def serving(body: bytes) -> Callable[[Handler], None]:
    return lambda handler: handler.give(200, body, Content_Type="application/zip")


@pytest.fixture
def sheet() -> Source:
    source = catalogue()["ucdp-ged"]
    table = source.tables[0].model_copy(update={"rows": (5, 1000), "unpacked_max_bytes": 100_000})
    return source.model_copy(update={"tables": (table,)})


@pytest.fixture
def take(settings: Settings, server: Server, sheet: Source) -> Take:
    def take(body: bytes | None = None, days: int = 0, offline: bool = False) -> Taken:
        if body is not None:
            server.acts = [serving(body)]
        now = NOW + timedelta(days=days)
        return take_bulk(settings, now=now, client=server.client(), offline=offline, source=sheet)

    return take


def test_the_archive_is_unpacked_to_a_file_that_can_be_scanned_for_a_few_columns(take: Take) -> None:
    taken = take(GOOD)
    assert (taken.release.version, taken.release.rows, taken.origin) == ("25.1", 30, "network")
    assert tuple(scan(taken.release.path).collect_schema().names()) == COLUMNS
    few = scan(taken.release.path).select("id", "best", "gwnob").collect()
    assert few["id"].to_list() == [str(number) for number in range(1, 31)]
    assert few["gwnob"].null_count() == 30


def test_the_receipt_is_that_of_the_archive(take: Take, settings: Settings, sheet: Source) -> None:
    taken = take(GOOD)
    (receipt,) = read_receipts(settings.receipts).entries
    assert (receipt.url, receipt.bytes) == (sheet.tables[0].url, len(GOOD))
    assert taken.release.archive == receipt.sha256


def test_it_is_unpacked_once(take: Take, server: Server) -> None:
    first = take(GOOD)
    assert take().release == first.release
    assert len(server.asked) == 1


def test_an_unpacked_file_that_was_changed_is_unpacked_again(take: Take, server: Server) -> None:
    path = take(GOOD).release.path
    body = path.read_bytes()
    path.write_bytes(body.replace(b"10.5", b"11.5"))
    assert take().release.path.read_bytes() == body
    assert len(server.asked) == 1


def test_the_mirror_serves_the_archive(settings: Settings, sheet: Source, tmp_path: Path) -> None:
    there = place_in(tmp_path / "mirror", sheet.tables[0].url)
    there.parent.mkdir(parents=True)
    there.write_bytes(GOOD)
    mirrored = Settings(home=settings.home, mirror=tmp_path / "mirror")
    taken = take_bulk(mirrored, now=NOW, offline=True, source=sheet)
    assert (taken.origin, taken.release.rows) == ("mirror", 30)


def test_without_archive_and_network_it_is_said_what_to_do(take: Take) -> None:
    with pytest.raises(FetchError, match="TOCSIN_MIRROR"):
        take(offline=True)


def damaged() -> bytes:
    body = bytearray(GOOD)
    body[200:210] = bytes(10)
    return bytes(body)


def lying() -> bytes:
    """The directory says that little comes out; more does."""
    body = bytearray(archive((NAME, as_csv(EVENTS * 40))))
    at = body.rindex(b"PK\x01\x02")
    body[at + 24 : at + 28] = struct.pack("<I", 1000)
    return bytes(body)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"<!DOCTYPE html><html>Sign in</html>", "not a whole zip"),
        (GOOD[: len(GOOD) // 2], "not a whole zip"),
        (damaged(), "damaged"),
        (archive(), "holds 0 files"),
        (archive((NAME, b"a"), ("readme.txt", b"b")), "holds 2 files"),
        (archive(("readme.csv", as_csv(EVENTS))), "'readme.csv', not GEDEvent"),
        (archive(("../GEDEvent_v25_1.csv", as_csv(EVENTS))), r"holds '\.\./GEDEvent"),
        (archive(("GEDEvent/v.csv", as_csv(EVENTS))), "holds 'GEDEvent/v"),
        (archive((NAME, as_csv(EVENTS * 40))), "unpacks to more than 100,000 bytes"),
        (lying(), "damaged|came out"),
        (archive((NAME, b"<html>not found</html>\n")), "HTML"),
    ],
)
def test_what_is_not_the_archive_of_one_file_of_events_is_refused(
    take: Take, settings: Settings, body: bytes, said: str
) -> None:
    with pytest.raises(ContentError, match=said):
        take(body)
    assert kept(settings) == ()
    assert not list(settings.home.rglob("*.new"))


def test_a_refused_archive_does_not_serve_again(take: Take) -> None:
    with pytest.raises(ContractError):
        take(archive((NAME, as_csv(EVENTS[:4]))))
    assert take(GOOD).release.rows == 30


@pytest.mark.parametrize(
    ("csv", "said"),
    [
        (as_csv(EVENTS).replace(b"date_start", b"date_started", 1), r"date_start.*date_started"),
        (as_csv(EVENTS, COLUMNS[:-1]), "gwnob"),
        (as_csv(EVENTS[:4]), "4 events where 5 to 1,000"),
        (as_csv([]), "0 events"),
    ],
)
def test_a_file_without_the_columns_or_the_events_is_refused(take: Take, csv: bytes, said: str) -> None:
    with pytest.raises(ContractError, match=said) as caught:
        take(archive((NAME, csv)))
    assert caught.value.where == "https://ucdp.uu.se/downloads/ged/ged251-csv.zip"


def test_a_release_that_shrank_leaves_the_last_good_one_in_use(take: Take, settings: Settings) -> None:
    good = take(GOOD).release
    taken = take(archive((NAME, as_csv(EVENTS[:20]))), days=400)
    assert taken.stale
    assert taken.release == good == last_good(settings)
    assert "shrank: 20 events where 25.1, kept here, has 30" in taken.notes[0]
    assert "400 days ago" in taken.notes[1]
    assert "shrank" in refusal(good)


def test_a_better_release_ends_the_refusal(take: Take) -> None:
    good = take(GOOD).release
    assert refusal(good) == ""
    assert "shrank" in refusal(take(archive((NAME, as_csv(EVENTS[:20]))), days=400).release)
    better = take(archive((NAME, as_csv([*EVENTS, event(31)]))), days=401)
    assert (better.stale, better.release.rows, refusal(better.release)) == (False, 31, "")


def test_a_note_without_its_file_vouches_for_nothing(take: Take, settings: Settings) -> None:
    release = take(GOOD).release
    release.path.write_bytes(release.path.read_bytes()[:-1])
    assert kept(settings) == ()
    release.path.unlink()
    assert kept(settings) == ()


def test_an_archive_that_is_locked_is_refused(tmp_path: Path) -> None:
    body = bytearray(GOOD)
    body[body.rindex(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "a.zip").write_bytes(body)
    with pytest.raises(ContentError, match="password"):
        only_member(tmp_path / "a.zip", max_bytes=10**6)


def test_what_comes_out_is_counted_whatever_the_archive_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.zip").write_bytes(GOOD)
    with zipfile.ZipFile(tmp_path / "a.zip") as opened:
        (believed,) = opened.infolist()
    monkeypatch.setattr("tocsin.sources.archive.only_member", lambda *_, **__: believed)
    with pytest.raises(ContentError, match="more than"):
        unpack(tmp_path / "a.zip", tmp_path / "out.csv", max_bytes=100)
    assert not (tmp_path / "out.csv").exists()


def test_the_version_is_in_the_address(sheet: Source) -> None:
    assert bulk_version(sheet.tables[0]) == "25.1"
    with pytest.raises(SourceError, match="which version"):
        bulk_version(sheet.tables[0].model_copy(update={"url": "https://ucdp.uu.se/ged.zip"}))
