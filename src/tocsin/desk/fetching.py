"""Having data at hand: pull them, see what there is and how old it is, and read the tables that other tasks need."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import polars as pl

from tocsin.core.errors import ContentError, TocsinError
from tocsin.core.settings import Settings
from tocsin.core.work import Progress, silent
from tocsin.panel.onset import OnsetPanel, build_onset_panel
from tocsin.sources import ewp, reign, views
from tocsin.sources.catalogue import Source, Table, catalogue, chosen
from tocsin.sources.client import Client
from tocsin.sources.contract import read_checked
from tocsin.sources.fetch import Fetched, age_in_days, fetch, find_cached, place_in
from tocsin.sources.ged import Release, kept, last_good, refusal
from tocsin.sources.ged_bulk import take_bulk
from tocsin.sources.quarantine import Breach, Checked, Quarantine
from tocsin.sources.receipts import Origin, Receipt, ReceiptBook, read_receipts
from tocsin.sources.ucdp import take_release


@dataclass(frozen=True)
class TablePull:
    """What became of one table: where its bytes were found, how many rows went on, what was set aside, what failed.

    origin, bytes, rows: None where there is no file that can be used. error: None where all went well.
    """

    source: str
    table: str
    title: str
    origin: Origin | None = None
    bytes: int | None = None
    rows: int | None = None
    quarantined: int | None = None
    breaches: tuple[Breach, ...] = ()
    notes: tuple[str, ...] = ()
    error: str | None = None


@dataclass(frozen=True)
class PullReport:
    """One entry a table, in the order of the catalogue."""

    tables: tuple[TablePull, ...]

    @property
    def complete(self) -> bool:
        """Whether every table is at hand and usable."""
        return all(table.error is None for table in self.tables)


@dataclass(frozen=True)
class TableStatus:
    """What is at hand of one table.

    at: ``cache``, ``mirror`` (not pulled yet) or None (not here). receipt, age_days: of the cached bytes; None where
    there are none or no receipt vouches for them. rows, quarantined: None where the table cannot be read.
    """

    id: str
    title: str
    url: str
    at: str | None
    age_days: int | None
    stale: bool
    receipt: Receipt | None
    rows: int | None
    quarantined: int | None
    breaches: tuple[Breach, ...]
    warnings: tuple[str, ...]
    problem: str | None


@dataclass(frozen=True)
class SourceStatus:
    """A source's fact sheet, and what is at hand of it."""

    id: str
    title: str
    provider: str
    homepage: str
    licence: str
    terms: str
    may_redistribute: bool
    cadence: str
    vintage: str
    citation: str
    stale_after_days: int
    tables: tuple[TableStatus, ...]

    @property
    def have(self) -> bool:
        """Whether every table is here, in the cache or in the mirror."""
        return all(table.at is not None for table in self.tables)

    @property
    def stale(self) -> bool:
        """Whether any table is older than the fact sheet allows."""
        return any(table.stale for table in self.tables)


def pull(
    settings: Settings,
    names: Sequence[str] = (),
    *,
    offline: bool = False,
    progress: Progress = silent,
    client: Client | None = None,
) -> PullReport:
    """Have the named sources at hand, checked against their contracts; all but the large ones if none is named.

    One table that fails does not stop the others; its entry says why.

    Errors: UnknownSource before anything is fetched.
    """
    now, client = datetime.now(UTC), client or Client()
    wanted = [(source, table) for source in chosen(names) for table in source.tables]
    done: list[TablePull] = []
    for source, table in wanted:
        progress(len(done), len(wanted), f"{source.id}: {table.title}")
        if table.format in ("zip", "api"):
            done.append(_pull_events(settings, source, table, now, offline, client, progress))
        else:
            done.append(_pull_table(settings, source, table, now, offline, client))
    progress(len(wanted), len(wanted), "done")
    return PullReport(tuple(done))


def _pull_table(
    settings: Settings, source: Source, table: Table, now: datetime, offline: bool, client: Client
) -> TablePull:
    try:
        fetched = fetch(settings, source, table, now=now, client=client, offline=offline, refresh=True)
        report = read_checked(fetched.path, source, table, this_year=now.year).quarantine
    except TocsinError as error:
        return TablePull(source.id, table.id, table.title, error=str(error))
    return TablePull(
        source.id,
        table.id,
        table.title,
        origin=fetched.origin,
        bytes=fetched.receipt.bytes,
        rows=report.good,
        quarantined=report.quarantined,
        breaches=report.breaches,
        notes=(*fetched.notes, *report.warnings),
    )


def _pull_events(
    settings: Settings,
    source: Source,
    table: Table,
    now: datetime,
    offline: bool,
    client: Client,
    progress: Progress,
) -> TablePull:
    """A release of events: it is counted and kept; its rows are checked when they are read."""
    try:
        if table.format == "zip":
            taken = take_bulk(settings, now=now, client=client, offline=offline)
        else:
            taken = take_release(settings, now=now, client=client, offline=offline, progress=progress)
    except TocsinError as error:
        return TablePull(source.id, table.id, table.title, error=str(error))
    release = taken.release
    return TablePull(source.id, table.id, table.title, taken.origin, release.bytes, release.rows, notes=taken.notes)


def kept_events(settings: Settings) -> Release | None:
    """The last good yearly release of UCDP GED on this machine: version, file and age; None where there is none.

    Errors: ContentError where the file is here and cannot be read.
    """
    return last_good(settings)


def list_sources(settings: Settings) -> tuple[SourceStatus, ...]:
    """Every source Tocsin knows: its fact sheet, whether it is here, how old, and what its contract set aside."""
    now = datetime.now(UTC)
    return tuple(_source_status(settings, source, now) for source in catalogue().values())


def receipts(settings: Settings) -> ReceiptBook:
    """All receipts of this node, and the lines of the file that are none."""
    return read_receipts(settings.receipts)


def _source_status(settings: Settings, source: Source, now: datetime) -> SourceStatus:
    tables = tuple(_table_status(settings, source, table, now) for table in source.tables)
    sheet = {name: getattr(source, name) for name in SourceStatus.__dataclass_fields__ if name != "tables"}
    return SourceStatus(**sheet, tables=tables)


def _table_status(settings: Settings, source: Source, table: Table, now: datetime) -> TableStatus:
    if table.format in ("zip", "api"):
        return _events_status(settings, source, table, now)
    at = path = receipt = rows = quarantined = problem = None
    breaches: tuple[Breach, ...] = ()
    warnings: tuple[str, ...] = ()
    try:
        at, path, receipt = _at_hand(settings, table)
        if path is not None:
            if at == "cache" and receipt is None and read_receipts(settings.receipts).of(table.url):
                raise ContentError(
                    "the cached file is not the one that came: its digest differs from its receipt",
                    where=str(path),
                    remedy="Run `tocsin pull` to fetch it again",
                )
            told = path.stat()
            report = _report(path, told.st_mtime_ns, told.st_size, source, table, now.year)
            rows, quarantined = report.good, report.quarantined
            breaches, warnings = report.breaches, report.warnings
    except TocsinError as error:
        problem = str(error)
    age = age_in_days(receipt, now) if receipt else None
    return TableStatus(
        id=table.id,
        title=table.title,
        url=table.url,
        at=at,
        age_days=age,
        stale=age is not None and age > source.stale_after_days,
        receipt=receipt,
        rows=rows,
        quarantined=quarantined,
        breaches=breaches,
        warnings=warnings,
        problem=problem,
    )


def _events_status(settings: Settings, source: Source, table: Table, now: datetime) -> TableStatus:
    """A kept release of events, as it was counted when it came; reading it all for a list would take too long."""
    release = next((one for one in kept(settings) if one.source == source.id), None)
    age, refused = (release.age_in_days(now), refusal(release)) if release else (None, "")
    which = f"Release {release.version}." if release else "Large: pulled only when it is named."
    book = read_receipts(settings.receipts) if release else ReceiptBook()
    marks = {release.sha256, release.archive} if release else set()
    return TableStatus(
        id=table.id,
        title=table.title,
        url=table.url,
        at="cache" if release else None,
        age_days=age,
        stale=bool(refused) or (age is not None and age > source.stale_after_days),
        receipt=next((one for one in reversed(book.entries) if one.sha256 in marks), None),
        rows=release.rows if release else None,
        quarantined=None,
        breaches=(),
        warnings=tuple(warning for warning in (which, refused) if warning),
        problem=None,
    )


@lru_cache(maxsize=64)
def _report(path: Path, written: int, size: int, source: Source, table: Table, this_year: int) -> Quarantine:
    """What a file's contract found; a file that has not been written since is not read again for the next page."""
    return read_checked(path, source, table, this_year=this_year).quarantine


def _at_hand(settings: Settings, table: Table) -> tuple[str | None, Path | None, Receipt | None]:
    if found := find_cached(settings, table):
        return "cache", *found
    mirrored = place_in(settings.mirror, table.url) if settings.mirror else None
    return ("mirror", mirrored, None) if mirrored and os.path.isfile(mirrored) else (None, None, None)


def load_onset_panel(settings: Settings) -> OnsetPanel:
    """The panel of the onset models, from the cache or a mirror; the network is not used.

    Errors: FetchError (nothing is here: what to run), ContentError, ContractError, PanelError.
    """
    checked, source, fetched = _have(settings, ewp.PANEL, ewp.read_panel)
    return build_onset_panel(checked.frame, vintage=source.vintage, receipts=(fetched.receipt,))


def load_country_months(settings: Settings) -> tuple[Checked, Source]:
    """State-based deaths by country and month, columns of ``views.read_deaths``; the network is not used.

    Errors: as ``load_onset_panel``.
    """
    checked, source, _ = _have(settings, views.MONTHS, views.read_deaths)
    return checked, source


def published_ewp(settings: Settings) -> pl.DataFrame | None:
    """The Early Warning Project's published forecasts, columns of ``ewp.read_forecasts``; None where not here.

    Errors: ContentError, ContractError where the file is here and cannot be used; so for all tables below.
    """
    return _if_here(settings, ewp.FORECASTS, ewp.read_forecasts)


def published_walk_forward(settings: Settings) -> pl.DataFrame | None:
    """Their published walk-forward forecasts, columns of ``ewp.read_walk_forward``; None where not here."""
    return _if_here(settings, ewp.WALK_FORWARD, ewp.read_walk_forward)


def published_coefficients(settings: Settings) -> pl.DataFrame | None:
    """Their published coefficients, columns of ``ewp.read_coefficients``; None where not here."""
    return _if_here(settings, ewp.COEFFICIENTS, ewp.read_coefficients)


def mass_killing_episodes(settings: Settings) -> pl.DataFrame | None:
    """Their list of episodes, columns of ``ewp.read_episodes``; None where not here."""
    return _if_here(settings, ewp.EPISODES, ewp.read_episodes)


def reign_elections(settings: Settings) -> pl.DataFrame | None:
    """REIGN's events of elections, columns of ``reign.read_elections``; None where not here."""
    return _if_here(settings, reign.ELECTIONS, reign.read_elections)


class _Reader(Protocol):
    def __call__(self, path: Path, *, this_year: int) -> Checked: ...


def _if_here(settings: Settings, names: tuple[str, str], read: _Reader) -> pl.DataFrame | None:
    table = catalogue()[names[0]].table(names[1])
    return None if _at_hand(settings, table)[0] is None else _have(settings, names, read)[0].frame


def _have(settings: Settings, names: tuple[str, str], read: _Reader) -> tuple[Checked, Source, Fetched]:
    now = datetime.now(UTC)
    source = catalogue()[names[0]]
    fetched = fetch(settings, source, source.table(names[1]), now=now, offline=True)
    return read(fetched.path, this_year=now.year), source, fetched
