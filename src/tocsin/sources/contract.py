"""The contract of a table, applied: texts become typed values, and rows that break a rule are set aside and counted.

Rules: wrong number of fields, missing value, unreadable value, out of range, future year, unknown word, repeated row,
duplicate key, impossible date, months disagree, unknown country. A missing value stays missing; it never becomes a
number.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Sequence
from pathlib import Path

import polars as pl

from tocsin.core.errors import ContractError, UnresolvedPlaces
from tocsin.core.place import resolve_many
from tocsin.sources.catalogue import Column, Source, Table
from tocsin.sources.quarantine import SAMPLES, Breach, Checked, Findings, Quarantine
from tocsin.sources.reading import RawTable, read_raw
from tocsin.sources.when import check_months, dates, month_numbers

Resolve = Callable[[Sequence[str], Sequence[int], str], Sequence[str | None]]
"""Place ids of codes or names, given the years they are meant in and their scheme; None where nobody knows them."""

DTYPES = {"text": pl.String, "whole": pl.Int64, "number": pl.Float64, "year": pl.Int32, "month": pl.Int32}


def read_checked(
    path: Path, source: Source, table: Table, *, this_year: int, resolve: Resolve | None = None
) -> Checked:
    """Read one table's file and apply its contract; ``resolve`` defaults to the house's own places.

    Errors: ContentError (cannot be read), ContractError (cannot be used).
    """
    raw = read_raw(path, table)
    return apply_contract(raw, source.id, table, where=str(path), this_year=this_year, resolve=resolve or known_places)


def known_places(values: Sequence[str], years: Sequence[int], scheme: str) -> Sequence[str | None]:
    """Place ids from the house's own table of states; None where a value leads to no single state."""
    try:
        return resolve_many(values, years, scheme)
    except UnresolvedPlaces as error:
        good = [row for row in range(len(values)) if row not in error.failures]
        ids = resolve_many([values[row] for row in good], [years[row] for row in good], scheme)
        found: list[str | None] = [None] * len(values)
        for row, id in zip(good, ids, strict=True):
            found[row] = id
        return found


def apply_contract(
    raw: RawTable, source: str, table: Table, *, where: str, this_year: int, resolve: Resolve
) -> Checked:
    """Check every row of a table against its contract.

    this_year: years after it are in the future. Returns the good rows, typed, with a column ``place`` (Tocsin place
    id) where the table is about places; and the report on the rows set aside.

    Errors: ContractError where the table cannot be used: a column is lacking, there are no rows or too few or too
    many, or more rows break a rule than the fact sheet tolerates.
    """
    warnings = _check_header(raw, table, where)
    total = raw.frame.height + len(raw.ragged)
    _check_size(total, table, where)
    present = [column for column in table.columns if column.name in raw.frame.columns]
    texts = pl.DataFrame([_text(raw.frame[column.name], table) for column in present])
    findings = Findings(raw.rows)
    typed = pl.DataFrame([_parse(texts[column.name], column, findings, this_year) for column in present])
    absent = [column for column in table.columns if column not in present]
    typed = typed.with_columns(pl.lit(None, DTYPES[column.dtype]).alias(column.name) for column in absent)
    _check_repeats(texts, table, findings)
    typed = typed.with_columns(dates(typed, table, findings))
    check_months(typed, table, findings)
    if table.place:
        typed = typed.with_columns(_places(texts, typed, table, findings, resolve))
    bad = findings.indices()
    good = typed.filter(pl.Series([index not in bad for index in range(typed.height)], dtype=pl.Boolean))
    quarantine = _report(raw, source, table, findings, good.height, warnings)
    if quarantine.quarantined > table.quarantine_limit * total:
        raise ContractError(
            f"{quarantine.quarantined} of {total} rows break the contract, more than the table can bear; "
            f"first of all {quarantine.breaches[0]}",
            where=where,
            remedy="Compare the file with its fact sheet; the provider may have changed it",
        )
    return Checked(good, quarantine)


def _check_header(raw: RawTable, table: Table, where: str) -> tuple[str, ...]:
    have, known = raw.frame.columns, {column.name for column in table.columns}
    extra = [name for name in have if name not in known and name not in table.ignore]
    for column in table.columns:
        if column.required and column.name not in have:
            near = difflib.get_close_matches(column.name, extra, n=1)
            hint = f"Has it been renamed to {near[0]!r}? " if near else ""
            raise ContractError(
                f"the column {column.name!r} is lacking",
                where=where,
                remedy=f"{hint}Compare the file with its fact sheet",
            )
    absent = [f"The column {c.name!r} is lacking." for c in table.columns if c.name not in have]
    return (*(f"The column {name!r} is new to us and was not read." for name in extra), *absent)


def _check_size(total: int, table: Table, where: str) -> None:
    fewest, most = table.rows
    remedy = "Fetch it again with `tocsin pull`; if it stays so, compare the file with its fact sheet"
    if total == 0:
        raise ContractError("there is a header and no row", where=where, remedy=remedy)
    if not fewest <= total <= most:
        raise ContractError(f"there are {total} rows where {fewest} to {most} are expected", where=where, remedy=remedy)


def _text(texts: pl.Series, table: Table) -> pl.Series:
    """A column's texts without blanks around them; null where the file says the value is missing."""
    stripped = texts.str.strip_chars()
    return stripped.set(stripped.is_in(list(table.missing)), None)


def _parse(texts: pl.Series, column: Column, findings: Findings, this_year: int) -> pl.Series:
    """One column, typed; what cannot be is noted and left null."""

    def note(rule: str, mask: pl.Series) -> None:
        at = mask.fill_null(False).arg_true().to_list()
        findings.add(rule, column.name, {index: texts[index] or "" for index in at})

    if not column.missing:
        note("missing value", texts.is_null())
    if column.among:
        note("unknown word", ~texts.is_in(list(column.among)))
    if column.dtype == "text":
        return texts
    # R writes 2000 squared as 4e+06, so whole numbers too are read as numbers first.
    values = (month_numbers(texts) if column.dtype == "month" else texts).cast(pl.Float64, strict=False)
    readable = values.is_finite()
    if column.dtype != "number":
        readable &= (values == values.round(0)) & (values.abs() < 2**53)
    readable = readable.fill_null(False)
    note("unreadable value", texts.is_not_null() & ~readable)
    values = values.set(~readable, None)
    future = (values > this_year) & (column.dtype == "year")
    note("future year", future)
    lowest = -math.inf if column.min is None else column.min
    highest = math.inf if column.max is None else column.max
    note("out of range", ~values.is_between(lowest, highest) & ~future)
    return values.cast(DTYPES[column.dtype], strict=False)


def _check_repeats(texts: pl.DataFrame, table: Table, findings: Findings) -> None:
    """Of rows that are the same throughout the first stays; of rows with one key that differ none does.

    Nothing says which of two differing rows is right.
    """
    key = texts.select(table.key)
    shared = key.is_duplicated() & key.select(~pl.any_horizontal(pl.all().is_null())).to_series()
    first = texts.select(pl.struct(pl.all()).is_first_distinct()).to_series()

    def note(rule: str, mask: pl.Series) -> None:
        at = mask.arg_true().to_list()
        findings.add(rule, ", ".join(table.key), {index: ", ".join(map(str, key.row(index))) for index in at})

    note("repeated row", shared & ~first)
    note("duplicate key", shared & texts.filter(first).select(table.key).pipe(_differing, key))


def _differing(distinct: pl.DataFrame, key: pl.DataFrame) -> pl.Series:
    """Whether each row's key stands for more than one distinct row."""
    several = distinct.filter(distinct.is_duplicated()).unique().with_columns(pl.lit(True).alias("__several"))
    joined = key.join(several, on=key.columns, how="left", nulls_equal=True, maintain_order="left")
    return joined["__several"].fill_null(False)


def _places(texts: pl.DataFrame, typed: pl.DataFrame, table: Table, findings: Findings, resolve: Resolve) -> pl.Series:
    located = table.place
    assert located is not None
    written = typed[located.column]
    # A number is looked up as a number: 345.0 is the code 345.
    codes = (written.cast(pl.String) if written.dtype == pl.Int64 else texts[located.column]).to_list()
    years = typed[located.year].to_list() if located.year else [located.at] * len(codes)
    # A row without a readable code or year is set aside already; each other pair is asked for once.
    pairs = list(dict.fromkeys((c, y) for c, y in zip(codes, years, strict=True) if c is not None and y is not None))
    ids = resolve([code for code, _ in pairs], [year for _, year in pairs], located.scheme)
    known = dict(zip(pairs, ids, strict=True))
    found = [known.get((code, year)) for code, year in zip(codes, years, strict=True)]
    unknown = {
        index: f"{code} in {year}"
        for index, (code, year) in enumerate(zip(codes, years, strict=True))
        if (code, year) in known and known[code, year] is None
    }
    findings.add("unknown country", located.column, unknown)
    return pl.Series("place", found, dtype=pl.String)


def _report(
    raw: RawTable, source: str, table: Table, findings: Findings, good: int, warnings: tuple[str, ...]
) -> Quarantine:
    bad = sorted(findings.indices())
    held = raw.frame[bad].with_columns(
        row=pl.Series([raw.rows[index] for index in bad], dtype=pl.Int64),
        rules=pl.Series([findings.rules_of(index) for index in bad], dtype=pl.String),
    )
    breaches = findings.breaches()
    if raw.ragged:
        written = [(row, ",".join(fields)) for row, fields in raw.ragged]
        breaches += (Breach("wrong number of fields", "", len(written), tuple(written[:SAMPLES])),)
        lines = pl.DataFrame(written, schema={"row": pl.Int64, "as_written": pl.String}, orient="row")
        held = pl.concat([held, lines.with_columns(rules=pl.lit("wrong number of fields"))], how="diagonal")
    return Quarantine(source, table.id, raw.frame.height + len(raw.ragged), good, breaches, warnings, held)
