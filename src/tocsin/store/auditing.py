"""Reading the audit log: whether it is whole, the lines of a person, the lines about a statement."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row, Select, func, select
from sqlalchemy.exc import DBAPIError

from tocsin.core.instant import Instant
from tocsin.core.work import Progress, silent
from tocsin.store.chain import GENESIS, row_hash
from tocsin.store.tables import audit, audit_object, blob

if TYPE_CHECKING:
    from tocsin.store.opening import Store

BATCH = 2000
"""Lines fetched at once while the log is verified."""


@dataclass(frozen=True)
class Broken:
    """The first line that is not as it was written, and in what."""

    seq: int
    why: str


@dataclass(frozen=True)
class Verified:
    """lines: how many are whole, from the first on. head: the hash of the last of these. broken: what follows them.

    A log cut off at its end is whole in itself: compare number and head with those noted earlier.
    """

    lines: int
    head: str
    broken: Broken | None = None


@dataclass(frozen=True)
class Logged:
    """A line of the log as it is read."""

    seq: int
    at: Instant
    person: str | None
    organisation: str | None
    door: str
    act: str
    objects: tuple[str, ...]
    detail: dict[str, Any]
    hash: str


def verify(store: Store, progress: Progress = silent) -> Verified:
    """Recompute every line's hash from the first to the last, and compare the index of objects with the lines."""
    whole = Verified(0, GENESIS)
    with store.reading() as reader:
        try:
            total = reader.connection.execute(select(func.max(audit.c.seq))).scalar() or 0
            progress(0, total, "Audit log")
            for line in _checked(reader.connection):
                if isinstance(line, Broken):
                    return Verified(whole.lines, whole.head, line)
                whole = Verified(whole.lines + 1, line.hash)
                if whole.lines % BATCH == 0 or whole.lines == total:
                    progress(whole.lines, total, "Audit log")
        # What somebody wrote into the file by other means need not be text, a number, or readable at all.
        except (DBAPIError, sqlite3.Error, TypeError, ValueError):
            return Verified(whole.lines, whole.head, Broken(whole.lines + 1, "it cannot be read"))
    return whole


def _checked(connection: Connection) -> Iterator[Row[Any] | Broken]:
    """Every line that is whole, in order; then, if one is not, what is wrong with it."""
    indexed = groupby(
        _stream(connection, select(audit_object.c.seq, audit_object.c.object).order_by(audit_object.c.seq)),
        key=lambda row: row.seq,
    )
    marked = next(indexed, None)
    last = GENESIS
    seq = 0
    for row in _stream(connection, select(audit).order_by(audit.c.seq)):
        seq += 1
        if row.seq != seq:
            yield Broken(seq, "it is missing")
            return
        if row.previous != last:
            yield Broken(seq, "it does not follow the line before it")
            return
        if row.hash != row_hash(dict(row._mapping)):
            yield Broken(seq, "its content does not fit its hash")
            return
        objects: set[str] = set()
        if marked is not None and marked[0] <= seq:
            objects = {one.object for one in marked[1]} if marked[0] == seq else {""}
            marked = next(indexed, None)
        if objects != set(json.loads(row.objects)):
            yield Broken(seq, "the index of objects does not fit it")
            return
        last = row.hash
        yield row
    if marked is not None:
        yield Broken(seq + 1, "the index of objects names a line that is not there")


def _stream(connection: Connection, query: Select[Any]) -> Iterator[Row[Any]]:
    yield from connection.execute(query.execution_options(yield_per=BATCH))


def of_person(connection: Connection, person: str, *, before: int | None, limit: int) -> list[Logged]:
    """At most ``limit`` lines of a person, newest first, before a line's number."""
    query = select(audit).where(audit.c.person == person)
    return _newest(connection, query, before, limit)


def about(
    connection: Connection, object: str, acts: tuple[str, ...], *, before: int | None, limit: int
) -> list[Logged]:
    """At most ``limit`` lines in which one of these acts was done to an object, newest first."""
    query = (
        select(audit)
        .join(audit_object, audit_object.c.seq == audit.c.seq)
        .where(audit_object.c.object == object, audit.c.act.in_(acts))
    )
    return _newest(connection, query, before, limit)


def did(connection: Connection, object: str, act: str, organisation: str, person: str) -> dict[str, Any] | None:
    """What the log says of the last time that this person of this organisation did this to an object; None if never."""
    query = (
        select(audit.c.detail)
        .join(audit_object, audit_object.c.seq == audit.c.seq)
        .where(
            audit_object.c.object == object,
            audit.c.act == act,
            audit.c.organisation == organisation,
            audit.c.person == person,
        )
    )
    detail = connection.execute(query.order_by(audit.c.seq.desc()).limit(1)).scalar()
    return None if detail is None else json.loads(detail)


def number(connection: Connection, hash: str, *, person: str | None = None, object: str | None = None) -> int | None:
    """The number of the line of this hash among those of a person or about an object; None if it is none of them."""
    query = select(audit.c.seq).where(audit.c.hash == hash)
    if person is not None:
        query = query.where(audit.c.person == person)
    if object is not None:
        query = query.join(audit_object, audit_object.c.seq == audit.c.seq).where(audit_object.c.object == object)
    return connection.execute(query).scalar()


def files_among(connection: Connection, ids: Sequence[str]) -> set[str]:
    """Those of the digests under which a file is kept."""
    return set(connection.execute(select(blob.c.id).where(blob.c.id.in_(ids))).scalars())


def _newest(connection: Connection, query: Select[Any], before: int | None, limit: int) -> list[Logged]:
    if before is not None:
        query = query.where(audit.c.seq < before)
    return [
        Logged(
            seq=row.seq,
            at=row.at,
            person=row.person,
            organisation=row.organisation,
            door=row.door,
            act=row.act,
            objects=tuple(json.loads(row.objects)),
            detail=json.loads(row.detail),
            hash=row.hash,
        )
        for row in connection.execute(query.order_by(audit.c.seq.desc()).limit(limit))
    ]
