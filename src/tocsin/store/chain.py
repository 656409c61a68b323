"""The audit log: lines, each of which carries the digest of the one before it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Table

from tocsin.core.statement import canonical, digest
from tocsin.store.tables import metadata

LENGTH = 64
"""Hexadecimal digits of a SHA-256."""

GENESIS = "0" * LENGTH
"""What the first line has before it."""


@dataclass(frozen=True)
class Line:
    """Something that happened: who, through which door, what they did, to which statements, and with what detail.

    objects: identities of statements and attachments. detail: anything else that must be known later; never content.
    """

    person: str | None
    organisation: str | None
    door: str
    act: str
    objects: tuple[str, ...] = ()
    detail: Mapping[str, Any] = field(default_factory=dict)


def told(line: Line) -> Line:
    """The line as it can be kept: what was named as an object and can be none goes into the detail, cut short."""
    named = [object.encode("utf-8", "replace").decode() for object in dict.fromkeys(line.objects)]
    known = tuple(object for object in named if 0 < len(object) <= LENGTH and object.isprintable())
    others = [object[:LENGTH] for object in named if object not in known]
    detail = {**line.detail, "named": others} if others else line.detail
    return replace(line, objects=known, detail=detail)


def sealed(seq: int, at: int, line: Line, previous: str) -> dict[str, Any]:
    """A line as a row of the table, with its hash."""
    row = {
        "seq": seq,
        "at": at,
        "person": line.person,
        "organisation": line.organisation,
        "door": line.door,
        "act": line.act,
        "objects": canonical(list(line.objects)).decode(),
        "detail": canonical(dict(line.detail)).decode(),
        "previous": previous,
    }
    return row | {"hash": row_hash(row)}


def row_hash(row: Mapping[str, Any]) -> str:
    """The hash that a row must have: SHA-256 over all its other columns in order, instants as text.

    Instants go in as text because RFC 8785 numbers are exact only up to 2**53, which microseconds will pass in 2255.
    """
    names = ("person", "organisation", "door", "act", "objects", "detail", "previous")
    return digest(canonical([str(row["seq"]), str(row["at"]), *(row[name] for name in names)]))


RECORDED = "recorded"
"""The act of a line by which a transaction vouches for the rows that it added: ``detail["rows"]`` holds the table, the
key and the fingerprint of each, in the order in which they are read back.
"""

KEYS = {"marking": "id", "statement": "recorded_at", "register": "recorded_at", "blob": "recorded_at"}
"""The tables whose rows the log vouches for, and the column that orders each; links follow from the statements."""

LONGEST = 500
"""Rows that one line vouches for."""


def fingerprint(table: Table, row: Mapping[str, Any]) -> str:
    """The digest of every column of a row, in the order of the table; numbers as text, bytes by their digest."""
    return digest(canonical([table.name, *(_plain(row[column.name]) for column in table.columns)]))


def vouching(rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> Iterator[Line]:
    """The lines that vouch for the rows added to each table."""
    added = [
        [name, str(row[key]), fingerprint(metadata.tables[name], row)]
        for name, key in KEYS.items()
        for row in rows.get(name, ())
    ]
    for start in range(0, len(added), LONGEST):
        yield Line(None, None, "store", RECORDED, detail={"rows": added[start : start + LONGEST]})


def _plain(value: Any) -> str | None:
    return value if value is None else digest(bytes(value)) if isinstance(value, (bytes, memoryview)) else str(value)
