"""Putting a backup back into an empty store: all of it, examined before anybody can see it, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import LargeBinary, Table, func, insert, select, text

from tocsin.core.errors import StoreError
from tocsin.core.seeing import World
from tocsin.core.statement import Statement, digest
from tocsin.core.work import Progress, silent
from tocsin.store import tables
from tocsin.store.archive import Manifest, lines, members, unfit, verified
from tocsin.store.backup import KEPT, Kept
from tocsin.store.chain import Line
from tocsin.store.examination import examined
from tocsin.store.opening import NEWEST, Store
from tocsin.store.words import INSERT, indexed
from tocsin.store.writing import Writer

_NAMED = {table.name: table for table in KEPT}


def read(path: Path, world: World) -> Manifest:
    """The manifest of a sound backup of this world.

    Errors: StoreError if it is not sound, or is of the other world or another version.
    """
    manifest = verified(path)
    if manifest.world != world:
        raise StoreError(
            f"this is a backup of {manifest.world} statements, not of {world} ones",
            where=str(path),
            remedy="Restore an exercise with --exercise, and anything else without: the two never cross",
        )
    if manifest.rows.keys() != _NAMED.keys():
        raise unfit(path, "its manifest does not count the tables that there are")
    columns = {table.name: [column.name for column in table.columns] for table in KEPT}
    if manifest.revision != NEWEST or manifest.columns != columns:
        raise StoreError(
            f"this is a backup of a store of form {manifest.revision}, and this Tocsin writes form {NEWEST}",
            where=str(path),
            remedy=f"Restore it with Tocsin {manifest.tocsin}, start that, then install this one over it",
        )
    return manifest


def restore(store: Store, path: Path, manifest: Manifest, line: Line, progress: Progress = silent) -> Kept:
    """Put a backup back. The store is as before unless this returns.

    manifest: what ``read`` gave. line: what the audit log says of it.

    Errors: StoreError if the store is not empty or what is in the backup does not hold together.
    """
    total = sum(manifest.rows.values()) + manifest.rows["blob"]
    done = 0
    with _files(store) as put, store.writing() as writer:
        _empty(writer)
        for name, content in members(path):
            try:
                put_back = _member(writer, name, content, put)
            except (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError) as error:
                raise unfit(path, f"{name[:80]} does not read ({type(error).__name__})") from None
            done += put_back
            if put_back:
                progress(done, total, "Restore")
        _sound(writer, manifest, path, progress)
        # A new writer, because the first began on an empty log.
        again = Writer(store, writer.connection)
        again.note(line)
        again.finish()
    return Kept(path, manifest, path.stat().st_size, manifest.rows["statement"], manifest.rows["blob"])


def _member(writer: Writer, name: str, content: bytes, put: Callable[[str, bytes], None]) -> int:
    """Put back what one member holds; how many rows or files that is."""
    room, _, rest = name.partition("/")
    if room == "rows":
        return _rows(writer, _NAMED[rest.partition("/")[0]], lines(content))
    if room == "files":
        # Rows come first; what none of them records would only fill the disk.
        if writer.connection.execute(select(tables.blob.c.size).where(tables.blob.c.id == rest)).scalar() != len(
            content
        ):
            raise ValueError("the record knows of no such file")
        put(rest, content)
        return 1
    return 0


def _empty(writer: Writer) -> None:
    for table in tables.metadata.sorted_tables:
        query = select(*table.primary_key.columns).limit(1)
        if table is tables.meta:
            query = query.where(table.c.name != "world")
        if writer.connection.execute(query).first():
            raise StoreError(
                "this store is not empty",
                where=str(writer.store.folder) if writer.store.sqlite else "TOCSIN_DATABASE",
                remedy="Point TOCSIN_HOME or TOCSIN_DATABASE at a new folder or an empty database",
            )


def _rows(writer: Writer, table: Table, rows: Sequence[list[Any]]) -> int:
    columns = [(column.name, isinstance(column.type, LargeBinary)) for column in table.columns]
    values = [
        {name: value.encode() if binary else value for (name, binary), value in zip(columns, row, strict=True)}
        for row in rows
    ]
    if table is tables.meta:
        values = [row for row in values if row["name"] != "world"]
    if values:
        writer.connection.execute(insert(table), values)
    if table is tables.statement and (words := list(_words(values))):
        writer.connection.execute(text(INSERT[writer.connection.dialect.name]), words)
    return len(rows)


def _words(rows: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for row in rows:
        try:
            found = Statement.from_parts(row["open"], row["sealed"])
        except (ValueError, TypeError, KeyError, AttributeError):
            continue  # the examination tells
        if made := indexed(row["recorded_at"], found, row["marking"]):
            yield made


def _sound(writer: Writer, manifest: Manifest, path: Path, progress: Progress) -> None:
    """Whether what was put back is what the manifest counts, and is as it was written."""
    for name, count in manifest.rows.items():
        if writer.connection.execute(select(func.count()).select_from(_NAMED[name])).scalar() != count:
            raise unfit(path, f"it does not hold the {count} rows of {name} that its manifest counts")
    areas = examined(writer, progress)
    if wrong := [one for area in areas for one in area.findings if one.state == "fail"]:
        raise unfit(path, f"{wrong[0].where}: {wrong[0].what}")
    last = select(tables.audit.c.hash).order_by(tables.audit.c.seq.desc()).limit(1)
    if manifest.head.seq and writer.connection.execute(last).scalar() != manifest.head.hash:
        raise unfit(path, "its audit log does not end where its manifest says")


@contextmanager
def _files(store: Store) -> Iterator[Callable[[str, bytes], None]]:
    """Put files beside the store; those that this put are taken away again if the restoring fails."""
    new: list[Path] = []

    def put(id: str, content: bytes) -> None:
        # Before a name out of the archive becomes a path.
        if digest(content) != id:
            raise ValueError("a file is not what its name says")
        if not store.blobs.path(id).exists():
            new.append(store.blobs.path(id))
        store.blobs.put(content)

    try:
        yield put
    except BaseException:
        for path in new:
            path.unlink(missing_ok=True)
        raise
