"""What a store keeps in memory because every question needs it: the register and the markings.

Both only grow, so what is in memory is brought up to date by reading what was added since.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter
from sqlalchemy import Connection, func, select

from tocsin.core.errors import StoreError
from tocsin.core.marking import Marking
from tocsin.core.register import AnyEntry, Register
from tocsin.core.statement import Statement
from tocsin.store import tables
from tocsin.store.failures import DAMAGED

entries: TypeAdapter[Any] = TypeAdapter(AnyEntry)

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")

# Asked at every request, so they are put together once.
_NEWEST_ENTRY = select(func.max(tables.register.c.recorded_at))
_NEWEST_MARKING = select(func.max(tables.marking.c.id))

REMEMBERED = 5000
"""Statements, and scopes of people, that are kept read."""


class Remembered(Generic[_Key, _Value]):
    """A table in memory that forgets the oldest when it is full."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[_Key, _Value] = {}

    def get(self, key: _Key) -> _Value | None:
        """What is remembered under a key."""
        return self._kept.get(key)

    def put(self, key: _Key, value: _Value) -> _Value:
        """Remember it."""
        with self._lock:
            while len(self._kept) >= REMEMBERED:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = value
        return value


class Known:
    """The register and the markings as of the newest row that this process has read.

    statements: open part and statement by identity; a statement never changes, so what was read once holds. scopes:
    what of the markings is within somebody's reach, by what that depends on.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.statements: Remembered[str, tuple[bytes, Statement]] = Remembered()
        self.scopes: Remembered[Any, Any] = Remembered()
        self._register: tuple[int, Register] = (-1, Register())
        self._markings: dict[int, Marking] = {}

    def register(self, connection: Connection) -> tuple[int, Register]:
        """The register and the instant of its newest entry, as this connection sees them."""
        newest = connection.execute(_NEWEST_ENTRY).scalar()
        version = -1 if newest is None else newest
        known, register = self._register
        if known == version:
            return known, register
        rows = connection.execute(
            select(tables.register.c.entry)
            .where(tables.register.c.recorded_at > (known if known < version else -1))
            .order_by(tables.register.c.recorded_at)
        ).scalars()
        with sound("the register"):
            folded = Register.fold((entries.validate_json(row) for row in rows), register if known < version else None)
        with self._lock:
            if self._register[0] < version:
                self._register = (version, folded)
        return version, folded

    def markings(self, connection: Connection) -> dict[int, Marking]:
        """Every marking by its number, as this connection sees them."""
        newest = connection.execute(_NEWEST_MARKING).scalar() or 0
        known = self._markings
        # Numbers are given one after the other under the writers' lock, so the count is the newest number; a marking
        # never changes, so knowing more than this connection sees does no harm.
        if len(known) >= newest:
            return known
        rows = connection.execute(
            select(tables.marking.c.id, tables.marking.c.canonical)
            .where(tables.marking.c.id > len(known))
            .order_by(tables.marking.c.id)
        )
        with sound("a marking"):
            grown = {**known, **{id: Marking.model_validate_json(text) for id, text in rows}}
        with self._lock:
            if len(self._markings) < newest:
                self._markings = grown
        return grown


@contextmanager
def sound(what: str) -> Iterator[None]:
    """A record that no longer reads as it was written has been changed from outside."""
    try:
        yield
    except (ValueError, KeyError) as error:
        raise StoreError(f"{what} in the store has been damaged", remedy=DAMAGED) from error
