"""Is this machine fit for Tocsin: one line a check, with what to do where something is wrong."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from tocsin import __version__
from tocsin.core.errors import FitError, TocsinError
from tocsin.core.settings import Settings
from tocsin.core.work import Progress, silent

if TYPE_CHECKING:
    from tocsin.sources.catalogue import Source, Table

State = Literal["ok", "warn", "fail"]

OLDEST_PYTHON = (3, 11)

ROOM_WANTED, ROOM_NEEDED = 500, 50
"""Free megabytes below which building a release gets tight, and below which nothing can be fetched."""


TOLD = 3
"""Findings of one area of the store that are told one by one."""


@dataclass(frozen=True)
class Check:
    """One thing looked at: its name, state, what was found, and what to do unless all is well."""

    name: str
    state: State
    found: str
    remedy: str = ""


def examine(environ: Mapping[str, str] | None = None, progress: Progress = silent) -> tuple[Check, ...]:
    """Look at everything Tocsin needs; a check that cannot be made is itself a finding, never an error."""
    checks = [_python()]
    try:
        settings = Settings.read(environ)
    except TocsinError as error:
        broken = Check("settings", "fail", f"{error.where}: {error.what}", error.remedy)
        return (*checks, broken, *_releases(None), _fitting(), _typesetting())
    checks.append(Check("settings", "ok", f"home {settings.home}"))
    checks += [_home(settings), _room(settings), _mirror(settings), _receipts(settings)]
    checks += [*_store(settings, False, progress), _key(settings), *_store(settings, True, progress)]
    return (*checks, *_cached(settings), *_releases(settings), _fitting(), _typesetting())


def _python() -> Check:
    found = f"Tocsin {__version__} on Python {sys.version.split()[0]}"
    if sys.version_info[:2] < OLDEST_PYTHON:
        return Check("python", "fail", found, "Install Python 3.11 or newer")
    return Check("python", "ok", found)


def _home(settings: Settings) -> Check:
    standing = _standing(settings.home)
    if standing.is_dir() and os.access(standing, os.W_OK | os.X_OK):
        return Check("home", "ok", f"{settings.home} can be written")
    return Check("home", "fail", f"{standing} cannot be written", "Set TOCSIN_HOME to a folder of your own")


def _standing(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there: where it would be made."""
    return next(path for path in (folder, *folder.absolute().parents) if os.path.exists(path))


def _room(settings: Settings) -> Check:
    free = shutil.disk_usage(_standing(settings.home)).free // 1_000_000
    found = f"{free:,} MB free".replace(",", " ")
    if free < ROOM_NEEDED:
        return Check("disk", "fail", found, f"Free {ROOM_NEEDED} MB, or set TOCSIN_HOME to another disk")
    if free < ROOM_WANTED:
        return Check("disk", "warn", found, f"Free {ROOM_WANTED} MB before building a release")
    return Check("disk", "ok", found)


def _mirror(settings: Settings) -> Check:
    if settings.mirror and not settings.mirror.is_dir():
        remedy = "Mount it, or set TOCSIN_MIRROR to a folder laid out as HOST/PATH, or unset it"
        return Check("mirror", "fail", f"{settings.mirror} is not a folder that can be read", remedy)
    if settings.mirror:
        return Check("mirror", "ok", f"{settings.mirror}")
    if settings.offline:
        remedy = "Set TOCSIN_MIRROR to a folder laid out as HOST/PATH, or unset TOCSIN_OFFLINE"
        return Check("mirror", "warn", "no mirror, and the network is switched off", remedy)
    return Check("mirror", "ok", "none set: files come from the network")


def _receipts(settings: Settings) -> Check:
    from tocsin.sources.receipts import read_receipts

    def look() -> Check:
        book = read_receipts(settings.receipts)
        found = f"{len(book.entries)} in {settings.receipts}"
        if book.unreadable:
            lines = ", ".join(map(str, book.unreadable[:5]))
            remedy = f"Look at lines {lines}; the others still count"
            return Check("receipts", "warn", f"{found}, {len(book.unreadable)} unreadable", remedy)
        return Check("receipts", "ok", found)

    return _guarded("receipts", look, "Make the file readable, or move it aside")


def _store(settings: Settings, exercise: bool, progress: Progress) -> Iterable[Check]:
    """The store of statements: one line for each area of its examination."""
    from tocsin.desk.keeping import examine_store

    name = "exercise" if exercise else "store"
    try:
        areas = examine_store(settings, exercise=exercise, progress=progress)
    except Exception as error:
        yield _broken(name, error, "Run it with the node stopped; if it stays so, restore a backup")
        return
    if not areas and not exercise:
        yield Check(name, "ok", "none yet: it is made when the workbench is first opened")
    for area in areas:
        told = "; ".join(f"{one.where}: {one.what}" for one in area.findings[:TOLD])
        more = len(area.findings) + area.more - TOLD
        found = told + (f"; and {more} more" if more > 0 else "")
        state: State = "ok" if not area.findings else "warn" if area.sound else "fail"
        sound = f"{area.examined:,} looked at".replace(",", " ") if area.examined else "sound"
        remedy = area.findings[0].remedy if area.findings else ""
        yield Check(f"{name}: {area.name}", state, found or sound, remedy)


def _key(settings: Settings) -> Check:
    """The key with which drafts and unopened estimates are sealed."""
    from tocsin.desk.keeping import key_state

    return _guarded("key", lambda: Check("key", "ok", key_state(settings)), "See that the store can be opened")


def _cached(settings: Settings) -> Iterable[Check]:
    """Every cached file against the digest of its receipt."""
    from tocsin.sources.catalogue import catalogue

    for source in catalogue().values():
        for table in source.tables:
            yield _guarded(f"file {source.id}/{table.id}", partial(_file, settings, source, table), "Run `tocsin pull`")


def _file(settings: Settings, source: Source, table: Table) -> Check:
    from tocsin.sources.fetch import find_cached
    from tocsin.sources.receipts import read_receipts

    name, pull = f"file {source.id}/{table.id}", f"Run `tocsin pull {source.id}`"
    found = find_cached(settings, table)
    if found is None and source.on_request:
        return Check(name, "ok", "not on this machine: pulled only when it is named")
    if found is None:
        return Check(name, "warn", "not on this machine", pull)
    path, receipt = found
    if receipt:
        return Check(name, "ok", f"as it came {receipt.time} from the {receipt.origin}")
    if read_receipts(settings.receipts).of(table.url):
        return Check(name, "fail", f"{path} is not the file that came: no receipt has its digest", pull)
    return Check(name, "warn", f"{path} was laid there by hand and has no receipt yet", pull)


def _releases(settings: Settings | None) -> Iterable[Check]:
    with as_file(files("tocsin") / "data" / "release") as embedded:
        yield _release("embedded release", embedded, "Install Tocsin again")
    if settings is None:
        return

    def local() -> Check:
        if not any((settings.release / name).exists() for name in ("release.json", "archive.csv")):
            return Check("local release", "ok", "none built on this machine: the embedded one is shown")
        return _release("local release", settings.release, "Run `tocsin release build`")

    yield _guarded("local release", local, "Give this user the right to read it, or move it aside")


def _release(name: str, folder: Path, remedy: str) -> Check:
    from tocsin.desk.reading import whole

    def look() -> Check:
        reading = whole(folder, "built on this machine")
        release, archive = reading.release, reading.archive
        found = f"method {release.method_version}, {release.vintage}, {len(release.countries)} states"
        return Check(name, "ok", f"{found}, {archive.height} forecasts of the past")

    return _guarded(name, look, remedy)


def _fitting() -> Check:
    from tocsin.forecast.additive import boosting_library

    try:
        return Check("fitting", "ok", f"LightGBM {boosting_library().__version__}")
    except FitError as error:
        return Check("fitting", "warn", f"{error.what}; a release cannot be built here", error.remedy)


def _typesetting() -> Check:
    """Set one line with what the machine has: fonts missing here are fonts missing in a brief."""

    def look() -> Check:
        import typst

        fonts = typst.Fonts()
        typst.compile(b"Tocsin", format="pdf", font_paths=fonts)
        return Check("briefs", "ok", f"PDF can be set; {len(fonts.families())} font families")

    return _guarded("briefs", look, "Install Tocsin again, or ask for briefs as docx or md")


def _guarded(name: str, look: Callable[[], Check], remedy: str) -> Check:
    # A doctor that dies of the illness is no use: whatever a check raises is its finding.
    try:
        return look()
    except Exception as error:
        return _broken(name, error, remedy)


def _broken(name: str, error: Exception, remedy: str) -> Check:
    if isinstance(error, TocsinError):
        return Check(name, "fail", f"{error.where}: {error.what}".removeprefix(": "), error.remedy or remedy)
    return Check(name, "fail", f"{type(error).__name__}: {error}", remedy)
