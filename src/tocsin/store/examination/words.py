"""The index of words against the statements: it is made from them, so it can be compared and made anew."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice, zip_longest
from typing import Any

from sqlalchemy import text

from tocsin.core.statement import Statement
from tocsin.store.examination.look import AT_ONCE, Finding, Look
from tocsin.store.tables import statement
from tocsin.store.words import indexed

_REMEDY = "Make a backup and restore it into an empty folder or database: the index is then made anew"

_AGAIN = (
    "CREATE VIRTUAL TABLE temp.again USING fts5(words, marking, content='', tokenize='unicode61')",
    "CREATE VIRTUAL TABLE temp.search_words USING fts5vocab('main', 'search', 'instance')",
    "CREATE VIRTUAL TABLE temp.again_words USING fts5vocab('temp', 'again', 'instance')",
)

_OCCURRENCES = 10_000
"""Occurrences of words in memory at once."""

_DIFFERENT = text(
    "SELECT v.recorded_at FROM jsonb_to_recordset(CAST(:rows AS jsonb)) "
    "AS v(recorded_at bigint, marking integer, words text) LEFT JOIN search s USING (recorded_at) "
    "WHERE s.marking IS DISTINCT FROM v.marking OR s.words IS DISTINCT FROM to_tsvector('simple', v.words)"
)


def examine(look: Look) -> Iterator[Finding]:
    """Index every statement again, and compare."""
    look.expect(statement)
    return _one_file(look, _batches(look)) if look.sqlite else _server(look, _batches(look))


def _batches(look: Look) -> Iterator[list[dict[str, Any]]]:
    rows = _rows(look)
    while batch := list(islice(rows, AT_ONCE)):
        yield batch


def _rows(look: Look) -> Iterator[dict[str, Any]]:
    columns = statement.c
    query = (
        statement.select()
        .with_only_columns(columns.recorded_at, columns.marking, columns.open, columns.sealed)
        .order_by(columns.recorded_at)
    )
    for row in look.stream(query):
        look.step()
        try:
            found = Statement.from_parts(bytes(row.open), bytes(row.sealed))
        except (ValueError, TypeError, KeyError, AttributeError):
            continue  # told of among the statements
        if made := indexed(row.recorded_at, found, row.marking):
            yield made


def _one_file(look: Look, batches: Iterator[list[dict[str, Any]]]) -> Iterator[Finding]:
    """SQLite keeps no words by statement, only statements by word: a second index is made beside, and both are read."""
    try:
        for command in _AGAIN:
            look.connection.exec_driver_sql(command)
        for batch in batches:
            look.connection.execute(
                text("INSERT INTO temp.again (rowid, words, marking) VALUES (:recorded_at, :words, :marks)"), batch
            )
        if (doc := _first_difference(look)) is not None:
            yield Finding("fail", "the index of words does not say what it says", f"statement {doc}", _REMEDY)
    finally:
        for name in ("again_words", "search_words", "again"):
            look.connection.exec_driver_sql(f"DROP TABLE IF EXISTS temp.{name}")


def _first_difference(look: Look) -> int | None:
    """The statement at the first place where the two indexes part, which both tell in order of word and statement.

    Every occurrence of every word passes here, so the driver is asked itself, and for bytes.
    """
    driver: Any = look.connection.connection.dbapi_connection
    usual, driver.text_factory = driver.text_factory, bytes
    stored, again = (
        driver.execute(f"SELECT term, doc, col, offset FROM temp.{name}_words") for name in ("search", "again")
    )
    try:
        while True:
            some, other = stored.fetchmany(_OCCURRENCES), again.fetchmany(_OCCURRENCES)
            if some != other:
                pairs = zip_longest(some, other)
                first: tuple[bytes, int] = min(row for pair in pairs if pair[0] != pair[1] for row in pair if row)
                return first[1]
            if not some:
                return None
    finally:
        # A cursor that is still open would keep its table from being dropped.
        stored.close()
        again.close()
        driver.text_factory = usual


def _server(look: Look, batches: Iterator[list[dict[str, Any]]]) -> Iterator[Finding]:
    wanted = 0
    for batch in batches:
        wanted += len(batch)
        for (at,) in look.connection.execute(_DIFFERENT, {"rows": json.dumps(batch)}):
            yield Finding("fail", "the index of words does not say what it says", f"statement {at}", _REMEDY)
    there = look.connection.execute(text("SELECT count(*) FROM search")).scalar()
    if there != wanted:
        yield Finding("fail", f"the index holds {there} statements, and {wanted} have words", "search", _REMEDY)
