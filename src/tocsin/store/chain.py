"""The audit log: lines, each of which carries the digest of the one before it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tocsin.core.statement import canonical, digest

GENESIS = "0" * 64
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
