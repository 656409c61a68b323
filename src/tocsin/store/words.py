"""The index of words: what of a statement can be searched, and under which marking."""

from __future__ import annotations

from typing import Any

from tocsin.core.instant import Instant
from tocsin.core.kinds import words
from tocsin.core.statement import Statement
from tocsin.store.reading import own_word

INSERT = {
    "sqlite": "INSERT INTO search (rowid, words, marking) VALUES (:recorded_at, :words, :marks)",
    "postgresql": "INSERT INTO search (recorded_at, marking, words) "
    "VALUES (:recorded_at, :marking, to_tsvector('simple', :words))",
}


def indexed(recorded_at: Instant, statement: Statement, marking: int) -> dict[str, Any] | None:
    """The row of a statement in the index; None if it has no words to be found by."""
    said = words(statement.body)
    if not said:
        return None
    marks = f"m{marking} own{own_word(statement.author.organisation, statement.author.person)}"
    return {"recorded_at": recorded_at, "words": said, "marking": marking, "marks": marks}
