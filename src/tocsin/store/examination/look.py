"""What every area of the examination works with: a view of the store, a count, and findings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Executable, Result, Table, func, select

from tocsin.core.work import Progress
from tocsin.store.reading import Reader

DAMAGED = "Restore a backup into an empty folder or database, and find out who could change this one"

AT_ONCE = 500
"""Rows in memory at once."""


@dataclass(frozen=True)
class Finding:
    """Something that is not as it should be.

    state: ``fail`` for damage, ``warn`` for what deserves a look. what: one sentence. where: the row or file.
    remedy: what to do.
    """

    state: Literal["fail", "warn"]
    what: str
    where: str
    remedy: str = DAMAGED


class Look:
    """One examination under way."""

    def __init__(self, reader: Reader, progress: Progress) -> None:
        self.reader, self.store, self.connection = reader, reader.store, reader.connection
        self.sqlite = reader.store.sqlite
        self._progress = progress
        self.begin("")

    def begin(self, area: str) -> None:
        """Turn to an area."""
        self.area, self.done, self._total = area, 0, 0

    def expect(self, table: Table) -> None:
        """This area looks at every row of a table."""
        self._total += self.connection.execute(select(func.count()).select_from(table)).scalar() or 0
        self._progress(self.done, self._total, self.area)

    def step(self) -> None:
        """One more row or file has been looked at."""
        self.done += 1
        if self.done % AT_ONCE == 0 or self.done == self._total:
            self._progress(self.done, self._total, self.area)

    def stream(self, query: Executable) -> Result[Any]:
        """The rows of a query, a few in memory at a time."""
        return self.connection.execute(query, execution_options={"yield_per": AT_ONCE})

    @contextmanager
    def lenient(self) -> Iterator[None]:
        """Read text whose bytes are no UTF-8 any more as some other text, so that its row is found and not the reading
        ended. PostgreSQL holds no such text.
        """
        driver: Any = self.connection.connection.dbapi_connection
        if not self.sqlite:
            yield
            return
        usual = driver.text_factory
        driver.text_factory = lambda content: content.decode("utf-8", "backslashreplace")
        try:
            yield
        finally:
            driver.text_factory = usual
