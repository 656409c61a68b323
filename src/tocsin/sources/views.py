"""Deaths by country and month, and VIEWS' published forecast of them.

A VIEWS ``country_id`` is a state within one set of borders: Sudan before July 2011 is 59, after it 245. In the month of
a change both ids have a row, and both lead to one place. Rows are therefore told apart by id and month; where a place
has two in one month, its deaths are their sum (``by_place``).
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from tocsin.sources.catalogue import Table, catalogue
from tocsin.sources.contract import Resolve, apply_contract, known_places, read_checked
from tocsin.sources.quarantine import Checked, Quarantine
from tocsin.sources.reading import RawTable, read_raw

MONTHS = ("views-ged-months", "months")
FORECAST = ("views-fatalities002-2024-07", "forecast")

_DEATHS = "ucdp_ged_sb_best_sum"
_LATEST = 12 * (2100 - 1980 + 1)
_NO_END = "The last row has no line end: if the file was cut off, its last number may be cut too."


def read_deaths(path: Path, *, this_year: int, resolve: Resolve | None = None) -> Checked:
    """Deaths by country and month as VIEWS has them to December 2021, held against the fact sheet.

    Columns: ``place``, ``country_id``, ``month`` (VIEWS number, Int32), ``name``, ``deaths`` (Float64: UCDP GED best
    estimate, state-based conflict); one row a ``country_id`` and month, in that order. No row means not covered; a row
    with 0 means that no death is recorded.
    """
    source = catalogue()[MONTHS[0]]
    checked = read_checked(path, source, source.table(MONTHS[1]), this_year=this_year, resolve=resolve)
    return Checked(_deaths(checked.frame), checked.quarantine)


def read_country_months(path: Path, *, this_year: int | None = None, resolve: Resolve | None = None) -> Checked:
    """The same from any file with the columns of ``ged_cm.csv``, with however many rows and in later years too.

    ``country_id``, ``month_id``, ``country`` and ``ucdp_ged_sb_best_sum`` must be there; ``year`` and ``month`` may be,
    and then agree with ``month_id``. A row without a number of deaths is set aside, and so not covered.
    this_year: years after it are in the future and set aside; None: no year is.

    Errors: ContentError (cannot be read), ContractError (cannot be used: says what is lacking or how much is wrong).
    """
    table, columns = _of_any_length(), {c.name: c for c in catalogue()[MONTHS[0]].table(MONTHS[1]).columns}
    raw = _with_year_and_month(read_raw(path, table))
    if this_year is None:
        years = columns["year"].model_copy(update={"dtype": "whole", "min": 1980, "max": 2100})
        table = table.model_copy(update={"columns": tuple(years if c.name == "year" else c for c in table.columns)})
    checked = apply_contract(
        raw, "panel file", table, where=str(path), this_year=this_year or 0, resolve=resolve or known_places
    )
    found = checked.quarantine
    if not _ends_with_a_line(path):
        found = Quarantine(
            found.source, found.table, found.rows, found.good, found.breaches, (*found.warnings, _NO_END), found.held
        )
    return Checked(_deaths(checked.frame), found)


def read_forecast(path: Path, *, this_year: int, resolve: Resolve | None = None) -> Checked:
    """VIEWS' forecast: ``place``, ``country_id``, ``month`` (VIEWS number), ``name``, ``mean`` (expected deaths)."""
    source = catalogue()[FORECAST[0]]
    checked = read_checked(path, source, source.table(FORECAST[1]), this_year=this_year, resolve=resolve)
    frame = _named(checked.frame, pl.col("main_mean").alias("mean"))
    return Checked(frame, checked.quarantine)


def by_place(frame: pl.DataFrame) -> pl.DataFrame:
    """One row a place and month of ``read_deaths`` or ``read_country_months``: ``place``, ``month``, ``deaths``.

    Where a border changed within a month, the deaths of the id that ends and of the one that begins are added.
    """
    return frame.group_by("place", "month").agg(pl.col("deaths").sum()).sort("place", "month")


def _with_year_and_month(raw: RawTable) -> RawTable:
    """Fill in year and month from the month's number where a file has no such columns: a row's place needs its year."""
    frame = raw.frame
    if "month_id" not in frame.columns or {"year", "month"} <= set(frame.columns):
        return raw
    number = frame["month_id"].str.strip_chars().cast(pl.Float64, strict=False) - 1
    made = {"year": number // 12 + 1980, "month": number % 12 + 1}
    texts = [part.cast(pl.Int64, strict=False).cast(pl.String).fill_null("").alias(name) for name, part in made.items()]
    return RawTable(frame.with_columns(texts), raw.rows, raw.ragged)


def _of_any_length() -> Table:
    table = catalogue()[MONTHS[0]].table(MONTHS[1])
    optional = {"gwcode", "isoab"}
    columns = tuple(
        column.model_copy(
            update={
                "required": column.name not in optional,
                "missing": column.name in optional,
                "min": 1 if column.name == "month_id" else 1980 if column.name == "year" else column.min,
                "max": {"month_id": _LATEST, "year": 2100}.get(column.name, column.max),
            }
        )
        for column in table.columns
    )
    return table.model_copy(update={"rows": (1, 5_000_000), "columns": columns, "quarantine_limit": 0.05})


def _named(frame: pl.DataFrame, value: pl.Expr) -> pl.DataFrame:
    month = pl.col("month_id").cast(pl.Int32).alias("month")
    named = frame.select("place", "country_id", month, pl.col("country").alias("name"), value)
    return named.sort("country_id", "month")


def _deaths(frame: pl.DataFrame) -> pl.DataFrame:
    return _named(frame, pl.col(_DEATHS).alias("deaths"))


def _ends_with_a_line(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, 2)
        return file.read() in (b"\n", b"\r")
