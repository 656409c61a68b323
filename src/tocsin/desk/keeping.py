"""Keeping a store: backing it up while the node runs, putting a backup back, finding out whether it is sound."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from tocsin.core.errors import SealError
from tocsin.core.seeing import World
from tocsin.core.settings import Settings
from tocsin.core.work import Progress, silent
from tocsin.desk.node import clock
from tocsin.desk.rounds import case
from tocsin.store import backup as backups
from tocsin.store import restore as restoring
from tocsin.store import tables
from tocsin.store.archive import Manifest
from tocsin.store.chain import Line
from tocsin.store.examination import Area, examine
from tocsin.store.opening import Store, open_store
from tocsin.store.reading import Reader
from tocsin.store.sealing import MARK


@dataclass(frozen=True)
class Backup:
    """A backup on this machine.

    size: bytes. lines, head: number and hash of the audit log's last line; noted elsewhere, they show later whether
    the log was cut off.
    """

    path: Path
    world: World
    made_at: str
    statements: int
    files: int
    size: int
    lines: int
    head: str


def back_up(settings: Settings, path: Path, *, exercise: bool = False, progress: Progress = silent) -> Backup:
    """Write a backup of the store, which may be in use meanwhile, to a new file.

    Errors: StoreError if the file is there already or cannot be written, or the store is damaged.
    """
    with _opened(settings, exercise) as store:
        kept = backups.back_up(store, path, progress)
        store.journal.note(_line("backed up", kept.manifest))
    return _told(kept)


def restore(settings: Settings, path: Path, *, exercise: bool = False, progress: Progress = silent) -> Backup:
    """Put a backup into the empty store of these settings, which may be the other kind of database.

    Errors: StoreError if the backup is not sound, is of the other world, or the store is not empty; nothing is then
    restored.
    """
    # Before a store is made that would then stay empty.
    manifest = restoring.read(path, "exercise" if exercise else "real")
    with _opened(settings, exercise) as store:
        return _told(restoring.restore(store, path, manifest, _line("restored", manifest), progress))


def examine_store(settings: Settings, *, exercise: bool = False, progress: Progress = silent) -> tuple[Area, ...]:
    """What can be found out about the store; empty if there is none yet.

    Errors: StoreError if it cannot be opened or read.
    """
    if not _there(settings, exercise):
        return ()
    with _opened(settings, exercise) as store:
        return examine(store, progress)


def _there(settings: Settings, exercise: bool) -> bool:
    return bool(settings.database and not exercise) or (_folder(settings, exercise) / "node.db").exists()


def _folder(settings: Settings, exercise: bool) -> Path:
    return settings.home / ("exercise" if exercise else "store")


def key_state(settings: Settings) -> str:
    """Whether the node's key is there and its own, in words.

    Errors: SealError if it is not; StoreError if the store cannot be opened.
    """
    if not settings.database and not (_folder(settings, False) / "node.db").exists():
        return "none yet: it is made when something is first sealed"
    with _opened(settings, False) as store:
        return store.seal.state()


@dataclass(frozen=True)
class Lost:
    """What is shut for good without the node's old key. answers: sealed in rounds under way, which are that many."""

    drafts: int
    answers: int
    rounds: int


def renew_key(settings: Settings, *, exercise: bool = False, agreed: bool = False) -> Lost:
    """Give the node a new key where its own is lost, and say what stays shut for good.

    agreed: whether to do it; otherwise what would be lost is only counted. Goes on record.

    Errors: SealError if the node's own key is there or it has none yet; StoreError if the store cannot be opened.
    """
    if not _there(settings, exercise):
        raise SealError("there is no store here yet, so no key of it can be lost", remedy="Check TOCSIN_HOME")
    with _opened(settings, exercise) as store:
        store.seal.missing()
        with store.reading() as reader:
            lost = _lost(reader)
        if agreed:
            detail = {"drafts": lost.drafts, "answers": lost.answers, "rounds": lost.rounds}
            store.seal.renew(Line("operator", None, "cli", "renewed the node's key", detail=detail))
        return lost


def _lost(reader: Reader) -> Lost:
    sealed = tables.draft.c.fields.startswith(MARK)
    drafts = reader.connection.execute(select(func.count()).select_from(tables.draft).where(sealed)).scalar() or 0
    ids = reader.connection.execute(select(tables.statement.c.id).where(tables.statement.c.kind == "round")).scalars()
    answers = [_answers(reader, case.read(reader, head)) for head in reader.find(ids.all()).values()]
    return Lost(drafts, sum(answers), sum(1 for one in answers if one))


def _answers(reader: Reader, found: case.Case) -> int:
    stage = found.stage.value
    return len(case.counting(case.sent(reader, found, stage))) if found.until is not None else 0


@contextmanager
def _opened(settings: Settings, exercise: bool) -> Iterator[Store]:
    """The store alone: whoever keeps it needs nobody at home there, and may find it damaged."""
    store = open_store(
        "" if exercise else settings.database,
        _folder(settings, exercise),
        clock=clock,
        world="exercise" if exercise else "real",
        key=None if exercise else settings.key,
    )
    try:
        yield store
    finally:
        store.close()


def _line(act: str, manifest: Manifest) -> Line:
    detail = {"made_at": manifest.made_at, "lines": manifest.head.seq, "head": manifest.head.hash}
    return Line("operator", None, "cli", act, detail=detail)


def _told(kept: backups.Kept) -> Backup:
    manifest = kept.manifest
    return Backup(
        kept.path,
        manifest.world,
        manifest.made_at,
        kept.statements,
        kept.files,
        kept.size,
        manifest.head.seq,
        manifest.head.hash,
    )
