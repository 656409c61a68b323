"""UCDP's single events through the door that people use: pulled when named, shown as counted, stale when refused."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.sources.conftest import Server
from tests.sources.upstream_ucdp import TOKEN, Upstream, archive, as_csv, event

from tocsin.core.settings import Settings
from tocsin.desk import fetching
from tocsin.sources.catalogue import catalogue
from tocsin.sources.fetch import place_in

EVENTS = [event(number) for number in range(1, 31)]


@pytest.fixture
def upstream() -> Iterator[tuple[Server, Upstream]]:
    server = Server()
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    answers = Upstream(list(EVENTS))
    server.acts = [answers]
    yield server, answers
    server.shutdown()
    server.server_close()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", who="a test", ucdp_token=TOKEN)


def status(settings: Settings, source: str) -> fetching.TableStatus:
    (found,) = [one for one in fetching.list_sources(settings) if one.id == source]
    return found.tables[0]


def test_a_release_pulled_by_name_is_counted_listed_and_at_hand(
    settings: Settings, upstream: tuple[Server, Upstream]
) -> None:
    report = fetching.pull(settings, ["ucdp-ged-api"], client=upstream[0].client())
    (entry,) = report.tables
    assert report.complete
    assert (entry.rows, entry.origin, entry.quarantined) == (30, "network", None)
    shown = status(settings, "ucdp-ged-api")
    assert (shown.at, shown.rows, shown.quarantined, shown.age_days, shown.stale) == ("cache", 30, None, 0, False)
    assert shown.receipt is not None
    assert shown.warnings == ("Release 25.1.",)
    kept = fetching.kept_events(settings)
    assert kept is not None
    assert kept.path.is_file()


def test_events_that_are_not_here_say_that_they_are_pulled_only_by_name(settings: Settings) -> None:
    for source in ("ucdp-ged", "ucdp-ged-api"):
        shown = status(settings, source)
        assert (shown.at, shown.rows, shown.stale) == (None, None, False)
        assert shown.warnings == ("Large: pulled only when it is named.",)
    assert fetching.kept_events(settings) is None


def test_without_a_token_the_report_says_how_to_get_one(tmp_path: Path, upstream: tuple[Server, Upstream]) -> None:
    without = Settings(home=tmp_path / "home")
    (entry,) = fetching.pull(without, ["ucdp-ged-api"], client=upstream[0].client()).tables
    assert "TOCSIN_UCDP_TOKEN" in (entry.error or "")
    assert upstream[0].asked == []


def test_an_archive_with_too_few_events_is_an_error_while_nothing_is_kept_and_stale_where_something_is(
    settings: Settings, upstream: tuple[Server, Upstream], tmp_path: Path
) -> None:
    there = place_in(tmp_path / "mirror", catalogue()["ucdp-ged"].tables[0].url)
    there.parent.mkdir(parents=True)
    there.write_bytes(archive(("GEDEvent_v25_1.csv", as_csv(EVENTS))))
    mirrored = Settings(home=settings.home, mirror=tmp_path / "mirror", ucdp_token=TOKEN)
    (entry,) = fetching.pull(mirrored, ["ucdp-ged"], offline=True).tables
    assert "30 events where 300,000" in (entry.error or "")
    fetching.pull(mirrored, ["ucdp-ged-api"], client=upstream[0].client())
    (entry,) = fetching.pull(mirrored, ["ucdp-ged"], offline=True).tables
    assert entry.error is None
    assert "30 events where 300,000" in entry.notes[0]
    assert "stays in use and is stale" in entry.notes[1]
    assert status(mirrored, "ucdp-ged-api").stale


def test_the_token_is_in_no_file_and_no_report(settings: Settings, upstream: tuple[Server, Upstream]) -> None:
    report = fetching.pull(settings, ["ucdp-ged-api"], client=upstream[0].client())
    listed = fetching.list_sources(settings)
    assert TOKEN not in repr(report) + repr(listed) + repr(fetching.receipts(settings))
    files = [path for path in settings.home.rglob("*") if path.is_file()]
    assert files
    assert not any(TOKEN.encode() in path.read_bytes() for path in files)
