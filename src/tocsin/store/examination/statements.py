"""Statements, their markings and their links: parts against identities, columns against parts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from typing import Any

from sqlalchemy import Row, exists, select

from tocsin.core.marking import Caveat, Marking
from tocsin.core.statement import Statement, canonical, digest
from tocsin.store.examination.look import AT_ONCE, Finding, Look
from tocsin.store.tables import blob, link, marking, statement
from tocsin.store.writing import leads, links, placed

_COLUMNS = ("kind", "organisation", "person", "attribution", "marking", "subject", "opened_at")


def examine(look: Look) -> Iterator[Finding]:
    """Every marking, then every statement with the links that it makes."""
    look.expect(marking)
    look.expect(statement)
    markings: dict[int, Marking] = {}
    for row in look.stream(select(marking).order_by(marking.c.id)):
        look.step()
        yield from _marking(look, row, markings)
    stored = groupby(look.stream(select(link).order_by(link.c.source)), key=lambda one: one.source)
    made = _Links((source, {(one.relation, one.target) for one in rows}) for source, rows in stored)
    rows = look.stream(select(statement).order_by(statement.c.recorded_at))
    while batch := list(islice(rows, AT_ONCE)):
        yield from _batch(look, batch, markings, made)
    for source in made.rest():
        yield Finding("fail", "links come from a statement that is not there", f"statement {source}")
    yield from _missing(look)


def _marking(look: Look, row: Row[Any], markings: dict[int, Marking]) -> Iterator[Finding]:
    where = f"marking {row.id}"
    try:
        found = Marking.model_validate_json(row.canonical)
    except ValueError:
        yield Finding("fail", "this is no marking", where)
        return
    markings[row.id] = found
    again = canonical(found.model_dump(mode="json")).decode()
    if again != row.canonical or digest(again.encode()) != row.digest:
        yield Finding("fail", "the marking is not the one its digest names", where)
    if (Caveat.EXERCISE in found.caveats) != (look.store.world == "exercise"):
        yield Finding("fail", f"the marking does not belong in a store of {look.store.world} statements", where)


class _Links:
    """The links as stored, in order of the statements that make them."""

    def __init__(self, stored: Iterator[tuple[int, set[tuple[str, str]]]]) -> None:
        self._stored = stored
        self._next = next(stored, None)

    def of(self, source: int) -> tuple[list[int], set[tuple[str, str]]]:
        """Sources before this one, which are no statements; and this one's links."""
        strays = []
        while self._next and self._next[0] < source:
            strays.append(self._next[0])
            self._next = next(self._stored, None)
        if self._next and self._next[0] == source:
            found = self._next[1]
            self._next = next(self._stored, None)
            return strays, found
        return strays, set()

    def rest(self) -> Iterator[int]:
        """Sources after the last statement."""
        while self._next:
            yield self._next[0]
            self._next = next(self._stored, None)


def _batch(look: Look, rows: list[Row[Any]], markings: dict[int, Marking], made: _Links) -> Iterator[Finding]:
    read: dict[int, Statement] = {}
    for row in rows:
        look.step()
        strays, stored = made.of(row.recorded_at)
        for source in strays:
            yield Finding("fail", "links come from a statement that is not there", f"statement {source}")
        where = f"statement {row.recorded_at} ({row.id})"
        if digest(bytes(row.open)) != row.id:
            yield Finding("fail", "the statement is not the one its identity names", where)
        try:
            found = Statement.from_parts(bytes(row.open), bytes(row.sealed))
        except (ValueError, TypeError, KeyError, AttributeError):
            yield Finding("fail", "the two parts do not belong together or are no statement", where)
            continue
        read[row.recorded_at] = found
        if unlike := set(links(found)) ^ stored:
            told = ", ".join(sorted(f"{relation} {target}" for relation, target in unlike))
            yield Finding("fail", f"its links are not those it was made with ({told})", where)
    known = dict(_heads(look, read.values()))
    for row in rows:
        if one := read.get(row.recorded_at):
            opened, subject = placed(one, row.recorded_at, known)
            author, number = one.author, markings.get(row.marking)
            expected = (one.kind, author.organisation, author.person, one.attribution, one.marking, subject, opened)
            actual = (row.kind, row.organisation, row.person, row.attribution, number, row.subject, row.opened_at)
            if wrong := [name for name, a, b in zip(_COLUMNS, expected, actual, strict=True) if a != b]:
                where = f"statement {row.recorded_at} ({row.id})"
                yield Finding("fail", f"the columns {', '.join(wrong)} do not say what the statement says", where)


def _heads(look: Look, found: Iterable[Statement]) -> Iterator[tuple[str, Any]]:
    """The instant and the subject of every statement on which one of these depends.

    Not asked of the reader, whose heads carry markings: one that no longer reads would end the examination.
    """
    wanted = sorted({id for one in found for id in leads(one)})
    for start in range(0, len(wanted), AT_ONCE):
        query = select(statement.c.id, statement.c.opened_at, statement.c.subject)
        for row in look.connection.execute(query.where(statement.c.id.in_(wanted[start : start + AT_ONCE]))):
            yield row.id, row


def _missing(look: Look) -> Iterator[Finding]:
    """Links to what is not here."""
    for relation, table in ((link.c.relation == "file", blob), (link.c.relation != "file", statement)):
        there = exists().where(table.c.id == link.c.target)
        for row in look.stream(select(link).where(relation, ~there).order_by(link.c.source)):
            yield Finding("fail", f"it refers to {row.target}, which is not here", f"statement {row.source}")
