"""What was set aside, by which rule, and what it looked like: rows are never dropped silently."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

SAMPLES = 5
"""Rows shown for each broken rule; all of them are in ``Quarantine.held``."""


@dataclass(frozen=True)
class Breach:
    """One rule broken in one column: in how many rows, with the first few as (row in the file, what it says there).

    Row 1 is the header. A row may break several rules, so the counts of breaches may add up to more than the rows.
    """

    rule: str
    column: str
    rows: int
    sample: tuple[tuple[int, str], ...]

    def __str__(self) -> str:
        shown = ", ".join(f"row {row}: {text!r}" for row, text in self.sample)
        return f"{self.rule} in {self.column or 'the row'}: {self.rows} ({shown})"


@dataclass(frozen=True, eq=False)
class Quarantine:
    """The report on one table.

    rows: data rows in the file. good: rows that went on; rows = good + the height of ``held``. warnings: sentences on
    the file as a whole. held: the rows set aside, as the file writes them, with ``row`` and ``rules``.
    """

    source: str
    table: str
    rows: int
    good: int
    breaches: tuple[Breach, ...] = ()
    warnings: tuple[str, ...] = ()
    held: pl.DataFrame = field(default_factory=pl.DataFrame, repr=False)

    @property
    def quarantined(self) -> int:
        """Rows set aside."""
        return self.rows - self.good


@dataclass(frozen=True, eq=False)
class Checked:
    """A table that has been through its contract: the typed good rows and the report on the others."""

    frame: pl.DataFrame
    quarantine: Quarantine


class Findings:
    """Collects which rows break which rule while a table is checked."""

    def __init__(self, rows: Sequence[int]) -> None:
        self._rows = rows
        self._found: dict[tuple[str, str], dict[int, str]] = {}

    def add(self, rule: str, column: str, found: Mapping[int, str]) -> None:
        """Note that the rows at these indices break a rule, with what they say."""
        if found:
            self._found.setdefault((rule, column), {}).update(found)

    def indices(self) -> set[int]:
        """Indices of all rows that break a rule."""
        return {index for found in self._found.values() for index in found}

    def breaches(self) -> tuple[Breach, ...]:
        """One entry a rule and column, the most frequent first."""
        entries = [
            Breach(
                rule,
                column,
                len(found),
                tuple((self._rows[index], found[index]) for index in sorted(found)[:SAMPLES]),
            )
            for (rule, column), found in self._found.items()
        ]
        return tuple(sorted(entries, key=lambda entry: (-entry.rows, entry.rule, entry.column)))

    def rules_of(self, index: int) -> str:
        """The rules one row breaks, for people."""
        broken = (
            f"{rule} in {column}" if column else rule for (rule, column), at in self._found.items() if index in at
        )
        return "; ".join(broken)
