"""The yearly release of UCDP GED from its archive: fetched like any file, unpacked once, counted, and kept."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from tocsin.core.errors import ContentError, ContractError, FetchError, SourceError
from tocsin.core.settings import Settings
from tocsin.sources.archive import unpack
from tocsin.sources.catalogue import Source, Table, catalogue
from tocsin.sources.client import Client
from tocsin.sources.fetch import fetch
from tocsin.sources.ged import BULK, Taken, goal_of, keep, kept, sound, stand_in
from tocsin.sources.receipts import public_url


def take_bulk(
    settings: Settings,
    *,
    now: datetime,
    client: Client | None = None,
    offline: bool = False,
    source: Source | None = None,
) -> Taken:
    """Have the yearly release from UCDP's archive at hand, unpacked and counted.

    source: a fact sheet in place of the catalogue's.

    Errors: FetchError, ContentError, ContractError, where it cannot be had or used and no release is kept here.
    """
    source = source or catalogue()[BULK[0]]
    table = source.table(BULK[1])
    version = bulk_version(table)
    try:
        fetched = fetch(settings, source, table, now=now, client=client, offline=offline, refresh=True)
        for release in kept(settings):
            if release.archive == fetched.receipt.sha256 and sound(release):
                return Taken(release, "cache", fetched.notes)
        part = goal_of(settings, table, version)
        part = part.with_name(f"{part.name}.{os.getpid()}.new")
        try:
            unpack(fetched.path, part, max_bytes=table.unpacked_max_bytes, name=table.member)
            release, warnings = keep(
                settings, source, table, part, version=version, now=now, origin=None, archive=fetched.receipt.sha256
            )
        except (ContentError, ContractError) as error:
            error.where = error.where.replace(str(part), public_url(table.url))
            _set_aside(fetched.path, fetched.receipt.sha256)
            raise
        finally:
            part.unlink(missing_ok=True)
    except SourceError as error:
        return stand_in(settings, version, error, now)
    return Taken(release, fetched.origin, (*fetched.notes, *warnings))


def bulk_version(table: Table) -> str:
    """The version that an archive's address speaks of: ``ged251-csv.zip`` is 25.1."""
    found = re.search(r"ged(\d\d)(\d)-csv\.zip$", table.url)
    if found is None:
        what = "the address does not say which version it is"
        raise FetchError(what, where=table.url, remedy="Correct the fact sheet: it must end in gedYYN-csv.zip")
    return f"{found[1]}.{found[2]}"


def _set_aside(archive: Path, mark: str) -> None:
    """An archive that was refused must not serve again: the next pull asks for another."""
    with suppress(OSError):
        archive.replace(archive.with_name(f"{archive.name}.{mark[:8]}.bad"))
