"""Where a file comes from: the cache, else a mirror, else the network; checked, put in place, and receipted.

The cache is laid out as ``HOST/PATH``, like a mirror. A cached file counts only while its digest is that of a receipt.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from tocsin.core.errors import ContentError, ContractError, FetchError, SourceError
from tocsin.core.settings import Settings
from tocsin.sources.answer import too_large
from tocsin.sources.archive import only_member
from tocsin.sources.catalogue import Source, Table
from tocsin.sources.client import Client
from tocsin.sources.content import check_content
from tocsin.sources.contract import read_checked
from tocsin.sources.receipts import (
    Origin,
    Receipt,
    append_receipt,
    digest,
    disk_error,
    public_url,
    read_receipts,
    unreadable,
)


@dataclass(frozen=True)
class Fetched:
    """A file at hand: where it lies, the receipt it came with, where it was found this time, what went wrong.

    origin: ``cache`` where nothing new had to come. notes: sentences, for example that a damaged copy was set aside.
    """

    path: Path
    receipt: Receipt
    origin: Origin
    notes: tuple[str, ...] = ()


def place_in(folder: Path, url: str) -> Path:
    """Where a folder laid out as HOST/PATH keeps this address.

    >>> place_in(Path("cache"), "https://example.org/a/b%20c.csv").as_posix()
    'cache/example.org/a/b c.csv'
    """
    parts = urlsplit(url)
    inside = PurePosixPath(unquote(parts.path).lstrip("/"))
    if not parts.hostname or not inside.name or ".." in inside.parts or "\\" in str(inside):
        raise FetchError("this address names no file", where=public_url(url), remedy="Correct the fact sheet")
    return folder / parts.hostname / inside


def fetch(
    settings: Settings,
    source: Source,
    table: Table,
    *,
    now: datetime,
    client: Client | None = None,
    offline: bool = False,
    refresh: bool = False,
) -> Fetched:
    """Have one table's file at hand. What comes in takes the cached file's place only if it keeps its contract.

    refresh: look for other bytes where the cached ones break their contract or are older than the fact sheet allows;
    if none can be had, old ones serve on, with a note. offline: never use the network (``settings.offline`` says so
    too).

    Errors: FetchError (nothing can be had, and why), ContentError and ContractError (what is there is not the file or
    cannot be used, and nothing better can be had).
    """
    offline = offline or settings.offline
    cached = place_in(settings.cache, table.url)
    notes: list[str] = []
    damaged: SourceError | None = None
    try:
        kept = _from_cache(settings, source, table, now)
    except ContentError as error:
        kept, damaged = None, error
        notes.append(str(error))
    check = partial(_check_table, source=source, table=table, now=now)
    if kept and refresh:
        try:
            check(cached)
        except SourceError as error:
            damaged = error
            notes.append(f"The cached copy cannot be used. {error}")
    if kept and not (refresh and (damaged or age_in_days(kept, now) > source.stale_after_days)):
        return Fetched(cached, kept, "cache")
    try:
        origin = _bring(settings, table, cached, client, offline, notes, check)
        receipt = _put_in_place(settings, source, table, cached, origin, now)
    except SourceError as error:
        if kept and not damaged:
            return Fetched(cached, kept, "cache", (*notes, f"No newer copy could be had. {error}"))
        raise damaged or error from None
    finally:
        _discard(_beside(cached))
    return Fetched(cached, receipt, origin, tuple(notes))


def age_in_days(receipt: Receipt, now: datetime) -> int:
    """Whole days since the bytes came."""
    return (now - receipt.when).days


def find_cached(settings: Settings, table: Table) -> tuple[Path, Receipt | None] | None:
    """The cached file and the newest receipt with its digest (None: no such receipt); None where nothing is cached.

    Errors: ContentError where the file or the receipts are there and cannot be read.
    """
    path = place_in(settings.cache, table.url)
    try:
        if not path.is_file():
            return None
        found = digest(path)
    except OSError as error:
        raise unreadable(path, error) from None
    book = read_receipts(settings.receipts)
    return path, next((entry for entry in reversed(book.of(table.url)) if entry.sha256 == found), None)


def _from_cache(settings: Settings, source: Source, table: Table, now: datetime) -> Receipt | None:
    """The receipt of a sound cached file; None where nothing is cached.

    A file without any receipt was laid there by hand (a node without a network is fed so): it is checked and
    receipted. A file whose digest is none of its receipts' is damaged: it is moved aside, never deleted.
    """
    found = find_cached(settings, table)
    if found is None or found[1] is not None:
        return found[1] if found else None
    path = found[0]
    try:
        check_content(path, table.format)
        if not read_receipts(settings.receipts).of(table.url):
            receipt = _receipt(settings, source, table, path, "cache", now)
            append_receipt(settings.receipts, receipt)
            return receipt
        raise ContentError("the cached file is not the one that came: its digest differs from its receipt")
    except ContentError as error:
        aside = path.with_name(f"{path.name}.{digest(path)[:8]}.bad")
        _move(path, aside)
        raise ContentError(
            f"{error.what}; it was moved to {aside.name}",
            where=str(path),
            remedy="Run `tocsin pull` where the network or a mirror can be reached",
        ) from None


def _bring(
    settings: Settings,
    table: Table,
    cached: Path,
    client: Client | None,
    offline: bool,
    notes: list[str],
    check: Callable[[Path], None],
) -> Origin:
    """Put checked bytes beside the cached file, from the mirror if it has them, else from the network."""
    beside = _beside(cached)
    if settings.mirror is not None:
        if not os.path.isdir(settings.mirror):
            notes.append(f"The mirror {settings.mirror} is not a folder that can be read: name another, or mount it.")
        mirrored = place_in(settings.mirror, table.url)
        if os.path.isfile(mirrored):
            try:
                if mirrored.stat().st_size > table.max_bytes:
                    fault = too_large(str(mirrored), table.max_bytes)
                    raise ContentError(fault.what, where=fault.where, remedy=fault.remedy)
                _copy(mirrored, beside)
                _accept(beside, str(mirrored), check)
                return "mirror"
            except (ContentError, ContractError) as error:
                if offline:
                    raise
                notes.append(f"The mirror's copy was passed over. {error}")
    if offline:
        raise FetchError(
            " ".join(["This file is neither in the cache nor in a mirror, and the network is switched off.", *notes]),
            where=table.url,
            remedy="Set TOCSIN_MIRROR to a folder that holds it, or run `tocsin pull` with the network allowed",
        )
    # A download that broke off goes on in a later run, so its name must not change from run to run.
    arriving = cached.with_name(cached.name + ".new")
    (client or Client()).download(table.url, arriving, format=table.format, max_bytes=table.max_bytes)
    _move(arriving, beside)
    _accept(beside, public_url(table.url), check)
    return "network"


def _accept(beside: Path, origin: str, check: Callable[[Path], None]) -> None:
    """Check what has come; an error names where it came from, not where it lies for the moment."""
    try:
        check(beside)
    except SourceError as error:
        error.where = error.where.replace(str(beside), origin)
        raise


def _check_table(path: Path, source: Source, table: Table, now: datetime) -> None:
    check_content(path, table.format)
    if table.format == "zip":  # its rows are checked once it is unpacked
        only_member(path, max_bytes=table.unpacked_max_bytes, name=table.member)
        return
    read_checked(path, source, table, this_year=now.year)


def _put_in_place(
    settings: Settings, source: Source, table: Table, cached: Path, origin: Origin, now: datetime
) -> Receipt:
    # The receipt is written first: a crash between the two leaves a receipt too many, never a file without one.
    receipt = _receipt(settings, source, table, _beside(cached), origin, now)
    append_receipt(settings.receipts, receipt)
    _move(_beside(cached), cached)
    return receipt


def _receipt(settings: Settings, source: Source, table: Table, path: Path, origin: Origin, now: datetime) -> Receipt:
    return Receipt(
        url=public_url(table.url),
        time=now.isoformat(timespec="seconds"),
        sha256=digest(path),
        bytes=path.stat().st_size,
        terms=source.terms,
        origin=origin,
        who=settings.who,
        source=source.id,
        table=table.id,
    )


def _beside(cached: Path) -> Path:
    # The number keeps two commands that run at the same time apart.
    return cached.with_name(f"{cached.name}.{os.getpid()}.new")


def _discard(path: Path) -> None:
    with suppress(OSError):
        path.unlink(missing_ok=True)


def _copy(there: Path, here: Path) -> None:
    try:
        here.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(there, here)
    except OSError as error:
        # On a full disk copyfile names both files.
        if error.filename == str(there) and error.filename2 is None:
            raise unreadable(there, error) from None
        raise disk_error(here, error) from None


def _move(there: Path, here: Path) -> None:
    try:
        there.replace(here)
    except OSError as error:
        raise disk_error(here, error) from None
