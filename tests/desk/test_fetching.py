import json
import shutil
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tocsin.core.errors import ContentError, ContractError, FetchError, UnknownSource
from tocsin.core.settings import Settings
from tocsin.desk import fetching
from tocsin.sources.catalogue import catalogue, chosen
from tocsin.sources.fetch import place_in

PANEL = catalogue()["ewp-2025-panel"].tables[0].url
EWP_ROWS = 9463 + 168 + 168 + 40 + 5047 + 157
MONTHLY_ROWS = 72024 + 6876 + 3 * 1596 + 4349 + 2524 + 488
FINAL = catalogue()["ewp-2025-forecasts"].tables[0].url


@pytest.fixture
def alone(tmp_path: Path) -> Settings:
    """A node without a mirror and without a network."""
    return Settings(home=tmp_path / "home", offline=True, who="a test")


@pytest.fixture
def served(alone: Settings, mirror: Path) -> Settings:
    return replace(alone, mirror=mirror)


@pytest.fixture
def spoiled(alone: Settings, mirror: Path, tmp_path: Path) -> Callable[[str, bytes], Settings]:
    """A node whose mirror holds everything, one file of it replaced."""

    def spoil(url: str, body: bytes) -> Settings:
        copy = tmp_path / "mirror"
        for source in chosen():
            for table in source.tables:
                place_in(copy, table.url).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(place_in(mirror, table.url), place_in(copy, table.url))
        place_in(copy, url).write_bytes(body)
        return replace(alone, mirror=copy)

    return spoil


def test_pull_brings_every_table_from_the_mirror_and_then_from_the_cache(served: Settings) -> None:
    seen: list[tuple[int, int, str]] = []
    report = fetching.pull(served, progress=lambda *step: seen.append(step))
    assert report.complete
    assert {table.origin for table in report.tables} == {"mirror"}
    assert sum(table.rows or 0 for table in report.tables) == EWP_ROWS + MONTHLY_ROWS
    aside = {(table.source, table.quarantined) for table in report.tables if table.quarantined}
    assert aside == {("reign-elections", 2)}  # an election on a day that there is not, and one in no state
    assert seen[0][:2] == (0, 14)
    assert seen[-1][:2] == (14, 14)
    assert {table.origin for table in fetching.pull(served).tables} == {"cache"}
    assert len(fetching.receipts(served).entries) == 14


def test_pull_takes_only_what_is_named(served: Settings) -> None:
    report = fetching.pull(served, ["ewp-2025-forecasts"])
    assert [table.table for table in report.tables] == ["final", "ranking"]


def test_an_unknown_name_is_refused_before_anything_is_fetched(served: Settings) -> None:
    with pytest.raises(UnknownSource, match="ewp-episodes"):
        fetching.pull(served, ["ewp-2025-panel", "ewp-episode"])
    assert not served.home.exists()


def test_without_mirror_and_network_every_table_says_why(alone: Settings) -> None:
    report = fetching.pull(alone)
    assert not report.complete
    assert all("switched off" in (table.error or "") for table in report.tables)
    assert all(table.rows is None and table.origin is None for table in report.tables)


def test_one_file_that_is_a_page_does_not_stop_the_others(spoiled: Callable[[str, bytes], Settings]) -> None:
    report = fetching.pull(spoiled(PANEL, b"<html>moved</html>\n"))
    failed = [table for table in report.tables if table.error]
    assert [table.source for table in failed] == ["ewp-2025-panel"]
    assert "HTML" in (failed[0].error or "")
    assert sum(table.rows or 0 for table in report.tables) == EWP_ROWS - 9463 + MONTHLY_ROWS


def test_a_table_that_breaks_its_contract_is_reported_and_does_not_become_the_one_at_hand(
    spoiled: Callable[[str, bytes], Settings], mirror: Path
) -> None:
    half = b"".join(place_in(mirror, PANEL).read_bytes().splitlines(keepends=True)[:5000])
    settings = spoiled(PANEL, half)
    (entry,) = fetching.pull(settings, ["ewp-2025-panel"]).tables
    assert "rows where 9463 to 9600" in (entry.error or "")
    assert str(settings.mirror) in (entry.error or "")
    assert (entry.origin, entry.bytes, entry.rows) == (None, None, None)
    assert not list(settings.cache.rglob("*.csv"))


def test_a_whole_year_set_aside_is_not_passed_over(spoiled: Callable[[str, bytes], Settings], mirror: Path) -> None:
    lines = place_in(mirror, PANEL).read_bytes().splitlines(keepends=True)
    body = b"".join(line.replace(b",2024,", b",1024,", 1) for line in lines)
    (entry,) = fetching.pull(spoiled(PANEL, body), ["ewp-2025-panel"]).tables
    assert "168 of 9463 rows break the contract" in (entry.error or "")


def test_receipts_that_cannot_be_read_are_a_finding(served: Settings) -> None:
    fetching.pull(served, ["ewp-2025-coefficients"])
    served.receipts.unlink()
    served.receipts.mkdir()
    (status,) = [one for one in fetching.list_sources(served) if one.id == "ewp-2025-coefficients"]
    assert "receipts.jsonl: this cannot be read" in (status.tables[0].problem or "")


def test_rows_set_aside_are_counted_in_the_report(spoiled: Callable[[str, bytes], Settings], mirror: Path) -> None:
    body = place_in(mirror, FINAL).read_bytes().replace(b'"Chad",0.08121', b'"Chad",8.121')
    settings = spoiled(FINAL, body)
    entry = fetching.pull(settings, ["ewp-2025-forecasts"]).tables[0]
    assert (entry.rows, entry.quarantined, entry.error) == (167, 1, None)
    assert entry.breaches[0].rule == "out of range"
    assert entry.breaches[0].sample == ((3, "8.121"),)


def test_the_list_says_what_is_here_and_how_old(served: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {source.id: source for source in fetching.list_sources(served)}
    assert before["ewp-2025-panel"].tables[0].at == "mirror"
    assert before["ewp-2025-panel"].tables[0].rows == 9463
    assert before["ewp-2025-panel"].tables[0].receipt is None
    fetching.pull(served, ["ewp-2025-panel"])
    after = {source.id: source for source in fetching.list_sources(served)}
    table = after["ewp-2025-panel"].tables[0]
    assert (table.at, table.age_days, table.stale) == ("cache", 0, False)
    assert table.receipt is not None
    assert table.receipt.origin == "mirror"

    class Later(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:
            return datetime.now(UTC) + timedelta(days=181)

    monkeypatch.setattr(fetching, "datetime", Later)
    much_later = {source.id: source for source in fetching.list_sources(served)}
    assert much_later["ewp-2025-panel"].stale
    assert much_later["ewp-2025-panel"].tables[0].age_days == 181
    assert not much_later["ewp-episodes"].stale


def test_the_list_on_an_empty_node_says_not_here_and_not_zero(alone: Settings) -> None:
    for source in fetching.list_sources(alone):
        assert not source.have
        assert not source.stale
        for table in source.tables:
            assert (table.at, table.rows, table.age_days, table.problem) == (None, None, None, None)


def test_the_list_names_a_cached_file_that_is_not_the_one_that_came(served: Settings) -> None:
    fetching.pull(served, ["ewp-2025-forecasts"])
    path = place_in(served.cache, FINAL)
    path.write_bytes(path.read_bytes().replace(b"0.1041", b"0.9041"))
    status = {source.id: source for source in fetching.list_sources(served)}["ewp-2025-forecasts"]
    assert "digest differs" in (status.tables[0].problem or "")
    assert status.tables[0].receipt is None


def test_status_and_report_can_be_written_as_json(served: Settings) -> None:
    assert json.loads(json.dumps([asdict(source) for source in fetching.list_sources(served)]))
    assert json.loads(json.dumps(asdict(fetching.pull(served, ["ewp-episodes"]))))


def test_the_panel_comes_from_the_mirror_with_receipt_and_vintage(served: Settings) -> None:
    panel = fetching.load_onset_panel(served)
    assert panel.frame.height == 9463
    assert panel.vintage.startswith("2025-09-03")
    assert [receipt.source for receipt in panel.receipts] == ["ewp-2025-panel"]
    assert panel.receipts[0].sha256


def test_without_any_source_the_panel_is_an_error_that_says_what_to_run(alone: Settings) -> None:
    with pytest.raises(FetchError, match="tocsin pull"):
        fetching.load_onset_panel(alone)


def test_the_panel_goes_on_without_the_rows_that_break_a_rule(
    spoiled: Callable[[str, bytes], Settings], mirror: Path
) -> None:
    lines = place_in(mirror, PANEL).read_bytes().splitlines(keepends=True)
    lines[1] = lines[1].replace(b",1960,", b",2060,", 1)
    panel = fetching.load_onset_panel(spoiled(PANEL, b"".join(lines)))
    assert panel.frame.height == 9462
    assert panel.last_year == 2024


def test_published_forecasts_stand_with_rank_and_the_year_before(served: Settings) -> None:
    table = fetching.published_ewp(served)
    assert table is not None
    first = table.sort("rank").row(0, named=True)
    assert first["place"] == "MMR"
    assert (first["probability"], first["rank"], first["previous_probability"]) == (0.1041, 1, 0.107)


def test_published_tables_are_none_where_they_are_not(alone: Settings) -> None:
    assert fetching.published_ewp(alone) is None
    assert fetching.published_walk_forward(alone) is None
    assert fetching.published_coefficients(alone) is None
    assert fetching.mass_killing_episodes(alone) is None


def test_published_tables_that_are_broken_are_an_error_and_not_none(
    spoiled: Callable[[str, bytes], Settings],
) -> None:
    with pytest.raises(ContentError, match="HTML"):
        fetching.published_ewp(spoiled(FINAL, b"<html></html>\n"))
    with pytest.raises(ContractError, match="is lacking"):
        fetching.published_ewp(spoiled(FINAL, b"a,b\n1,2\n"))
