"""Backing up a store while the node runs: one consistent view of it, in a file that restores into either database."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Table, func, select

from tocsin import __version__
from tocsin.core.errors import NotFound, StoreError
from tocsin.core.instant import written
from tocsin.core.work import Progress, silent
from tocsin.store import tables
from tocsin.store.archive import Head, Manifest, Packing, packing
from tocsin.store.chain import GENESIS
from tocsin.store.failures import DAMAGED
from tocsin.store.opening import NEWEST, Store
from tocsin.store.reading import Reader

KEPT = (tables.meta, *tables.APPEND_ONLY, tables.credential, tables.draft)
"""What a backup holds, in the order in which it is put back.

Sessions and tokens are left out: one that was ended or withdrawn after the backup must not come to life again. The
index of words is made anew.
"""

_TOGETHER = 4_000_000
"""Characters of rows in one member."""


@dataclass(frozen=True)
class Kept:
    """A backup: its manifest, the file's bytes, and how many statements and files it holds."""

    path: Path
    manifest: Manifest
    size: int
    statements: int
    files: int


def back_up(store: Store, path: Path, progress: Progress = silent) -> Kept:
    """Write a backup.

    Errors: StoreError if the file is there already or cannot be written, or if the store is damaged, because its
    backup would then be refused.
    """
    with packing(path) as archive, store.reading() as reader:
        counts = {
            table.name: reader.connection.execute(select(func.count()).select_from(table)).scalar() or 0
            for table in KEPT
        }
        total = sum(counts.values()) + counts["blob"]
        done = 0
        for table in KEPT:
            for number, rows in enumerate(_members(reader, table)):
                archive.add(f"rows/{table.name}/{number:06}.jsonl", "".join(rows).encode())
                done += len(rows)
                progress(done, total, "Backup")
        for id in _stream(reader, select(tables.blob.c.id).order_by(tables.blob.c.recorded_at)):
            _file(store, archive, id[0])
            done += 1
            progress(done, total, "Backup")
        manifest = Manifest(
            tocsin=__version__,
            revision=NEWEST,
            world=store.world,
            made_at=written(store.clock()),
            columns={table.name: [column.name for column in table.columns] for table in KEPT},
            rows=counts,
            members=archive.members,
            head=_head(reader),
        )
        archive.close(manifest)
    return Kept(path, manifest, path.stat().st_size, counts["statement"], counts["blob"])


def _members(reader: Reader, table: Table) -> Iterator[list[str]]:
    """The rows of a table as lines of JSON, as many together as make a member."""
    together: list[str] = []
    size = 0
    for row in _stream(reader, select(table).order_by(*table.primary_key.columns)):
        line = _line(table, row)
        together.append(line)
        size += len(line)
        if size > _TOGETHER:
            yield together
            together, size = [], 0
    if together:
        yield together


def _line(table: Table, row: Any) -> str:
    try:
        # The only bytes in a row are the two parts of a statement, which are JSON text.
        values = [bytes(value).decode() if isinstance(value, (bytes, memoryview)) else value for value in row]
    except UnicodeDecodeError:
        raise StoreError("a statement has been damaged", where=f"{table.name} {row[0]}", remedy=DAMAGED) from None
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")) + "\n"


def _file(store: Store, archive: Packing, id: str) -> None:
    try:
        archive.add(f"files/{id}", store.blobs.get(id))
    except NotFound:
        raise StoreError("a file of the record is gone", where=str(store.blobs.path(id)), remedy=DAMAGED) from None


def _stream(reader: Reader, query: Any) -> Iterator[Any]:
    return iter(reader.connection.execute(query, execution_options={"yield_per": 500}))


def _head(reader: Reader) -> Head:
    last = reader.connection.execute(
        select(tables.audit.c.seq, tables.audit.c.hash).order_by(tables.audit.c.seq.desc()).limit(1)
    ).first()
    return Head(seq=last.seq, hash=last.hash) if last else Head(seq=0, hash=GENESIS)
