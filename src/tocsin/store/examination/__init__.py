"""The examination of a store: everything that can be found out about whether it is as it was written.

Each area reads in order and keeps little in memory, so that a store of any size can be examined while the node runs.
What it proves: every row of the record is the one for which a line of the audit log vouches, every line carries the
digest of the one before it, every statement and file is what its identity says. What it cannot see is a log that was
cut off at its end together with its rows; the last line's hash, which every backup carries, shows that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from sqlalchemy.exc import DBAPIError

from tocsin.core.work import Progress, silent
from tocsin.store.examination import database, files, log, statements, words
from tocsin.store.examination.look import DAMAGED, Finding, Look
from tocsin.store.opening import Store
from tocsin.store.reading import Reader

__all__ = ["AREAS", "SHOWN", "Area", "Finding", "examine", "examined"]

SHOWN = 20
"""Findings of one area that are told one by one; the others are counted."""

AREAS: dict[str, Callable[[Look], Iterator[Finding]]] = {
    "database": database.examine,
    "audit log": log.examine,
    "statements": statements.examine,
    "files": files.examine,
    "search": words.examine,
}


@dataclass(frozen=True)
class Area:
    """What was looked at under one heading.

    examined: rows or files. findings: the first of what is wrong. more: how many others there are.
    """

    name: str
    examined: int
    findings: tuple[Finding, ...]
    more: int = 0

    @property
    def sound(self) -> bool:
        """Whether nothing is damaged; what only deserves a look is no damage."""
        return not any(one.state == "fail" for one in self.findings)


def examine(store: Store, progress: Progress = silent) -> tuple[Area, ...]:
    """Examine a store in one consistent view of it.

    Errors: StoreError if it cannot be read at all.
    """
    with store.reading() as reader:
        return examined(reader, progress)


def examined(reader: Reader, progress: Progress = silent) -> tuple[Area, ...]:
    """As ``examine``, in a transaction that is open already."""
    look = Look(reader, progress)
    with look.lenient():
        return tuple(_area(name, look) for name in AREAS)


def _area(name: str, look: Look) -> Area:
    look.begin(name)
    try:
        found = AREAS[name](look)
        first = tuple(islice(found, SHOWN))
        # Failures matter more than what only deserves a look, wherever they come.
        rest = list(found) if len(first) == SHOWN else []
        worse = [one for one in rest if one.state == "fail"][: SHOWN - sum(one.state == "fail" for one in first)]
        kept = sorted((*first, *worse), key=lambda one: one.state)[:SHOWN]
        return Area(name, look.done, tuple(kept), len(first) + len(rest) - len(kept))
    except DBAPIError as error:
        if look.reader.connection.dialect.name != "sqlite":
            raise
        # SQLite reads page by page, so that one bad page need not hide what the other areas find.
        return Area(name, look.done, (Finding("fail", f"cannot be read ({error.orig})", name, DAMAGED),))
