"""The audit log: its chain, and every row of the record against the line that vouches for it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Row, select

from tocsin.store.chain import GENESIS, KEYS, RECORDED, fingerprint, row_hash
from tocsin.store.examination.look import Finding, Look
from tocsin.store.tables import audit, audit_object, metadata


def examine(look: Look) -> Iterator[Finding]:
    """Walk the log once, with the rows beside it: both are in the order in which they were recorded."""
    look.expect(audit)
    rows = {name: _Rows(look, name) for name in KEYS}
    objects = _Objects(look)
    previous, expected = GENESIS, 1
    for line in look.stream(select(audit).order_by(audit.c.seq)):
        look.step()
        where = f"audit line {line.seq}"
        if line.seq != expected:
            yield Finding("fail", f"the log goes from line {expected - 1} to line {line.seq}", where)
        if line.previous != previous:
            yield Finding("fail", "the line does not follow from the one before it", where)
        if row_hash(line._asdict()) != line.hash:
            yield Finding("fail", "the line has changed since it was written", where)
        previous, expected = line.hash, line.seq + 1
        yield from objects.named(line.seq, _names(line.objects))
        if line.act == RECORDED:
            for table, key, digest in _vouched(line.detail):
                yield from rows[table].vouched(key, digest, where)
    yield from objects.rest()
    for one in rows.values():
        yield from one.rest()


def _names(objects: str) -> set[str]:
    # A line that no longer reads has been found by its hash.
    try:
        return set(json.loads(objects))
    except (ValueError, TypeError):
        return set()


def _vouched(detail: str) -> Iterator[tuple[str, int, str]]:
    try:
        for table, key, digest in json.loads(detail)["rows"]:
            if table in KEYS:
                yield table, int(key), digest
    except (ValueError, TypeError, KeyError):
        return


class _Rows:
    """The rows of one table, in order, each of which must be vouched for exactly once."""

    def __init__(self, look: Look, name: str) -> None:
        self._table, self._key = metadata.tables[name], KEYS[name]
        self._rows = look.stream(select(self._table).order_by(self._table.c[self._key]))
        self._next: Mapping[str, Any] | None = None
        self._advance()

    def vouched(self, key: int, digest: str, line: str) -> Iterator[Finding]:
        """A line vouches for the row of this key."""
        while self._next and self._next[self._key] < key:
            yield self._unknown(self._next)
            self._advance()
        if not self._next or self._next[self._key] != key:
            yield Finding("fail", f"a row that {line} vouches for is gone", f"{self._table.name} {key}")
            return
        if fingerprint(self._table, self._next) != digest:
            yield Finding("fail", f"the row has changed since {line}", self._where(self._next))
        self._advance()

    def rest(self) -> Iterator[Finding]:
        """Rows beyond the last that is vouched for."""
        while self._next:
            yield self._unknown(self._next)
            self._advance()

    def _unknown(self, row: Mapping[str, Any]) -> Finding:
        return Finding("fail", "the audit log knows nothing of this row", self._where(row))

    def _where(self, row: Mapping[str, Any]) -> str:
        named = f" ({row['id']})" if "id" in row and self._key != "id" else ""
        return f"{self._table.name} {row[self._key]}{named}"

    def _advance(self) -> None:
        found = next(self._rows, None)
        self._next = found._asdict() if found else None


class _Objects:
    """The index of what each line names, which must say what the lines say."""

    def __init__(self, look: Look) -> None:
        self._rows = look.stream(select(audit_object).order_by(audit_object.c.seq, audit_object.c.object))
        self._next: Row[Any] | None = next(self._rows, None)

    def named(self, seq: int, names: set[str]) -> Iterator[Finding]:
        """What line ``seq`` names."""
        yield from self._before(seq)
        indexed = set()
        while self._next and self._next.seq == seq:
            indexed.add(self._next.object)
            self._next = next(self._rows, None)
        for name in sorted(names ^ indexed):
            yield Finding("fail", "the index of the audit log does not say what the log says", f"line {seq}, {name}")

    def rest(self) -> Iterator[Finding]:
        """What lines are said to name that are not there."""
        while self._next:
            yield from self._before(self._next.seq + 1)

    def _before(self, seq: int) -> Iterator[Finding]:
        while self._next and self._next.seq < seq:
            yield Finding("fail", "the index names a line that is not there", f"line {self._next.seq}")
            self._next = next(self._rows, None)
