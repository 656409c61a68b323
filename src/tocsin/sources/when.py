"""When a row speaks of: months written as ``2026-06``, dates in three columns, months that are given twice.

A day that is not known stays unknown: ``1987-11`` is a date of its own, as precise as the source is.
"""

from __future__ import annotations

import polars as pl

from tocsin.sources.catalogue import Dated, Table
from tocsin.sources.quarantine import Findings

_FIRST = 1980
"""The year from whose January VIEWS counts months, as ``core.period.month_id`` does."""


def month_numbers(texts: pl.Series) -> pl.Series:
    """The VIEWS numbers of months written ``2026-06``; null where the text is no month.

    >>> month_numbers(pl.Series(["1990-01", "2026-06", "2026-13", "June"])).to_list()
    [121, 558, None, None]
    """
    parts = texts.str.extract_groups(r"^(\d{4})-(0[1-9]|1[0-2])$").struct.unnest()
    return ((parts["1"].cast(pl.Int32) - _FIRST) * 12 + parts["2"].cast(pl.Int32)).alias(texts.name)


def dates(typed: pl.DataFrame, table: Table, findings: Findings) -> list[pl.Series]:
    """The columns of dates that a fact sheet asks for; rows with a date that there is not are noted."""
    return [_dates(typed, dated, findings) for dated in table.dates]


def _dates(typed: pl.DataFrame, dated: Dated, findings: Findings) -> pl.Series:
    year, month = pl.col(dated.year), pl.col(dated.month)
    day = pl.col(dated.day) if dated.day else pl.lit(None, pl.Int64)

    def padded(part: pl.Expr, width: int) -> pl.Expr:
        return part.cast(pl.String).str.zfill(width)

    text = (
        pl.when(month.is_null() & day.is_null())
        .then(padded(year, 4))
        .when(day.is_null())
        .then(pl.concat_str(padded(year, 4), padded(month, 2), separator="-"))
        .otherwise(pl.concat_str(padded(year, 4), padded(month, 2), padded(day, 2), separator="-"))
    )
    # A day without a month, a 31 June, or a month without a year says no date.
    whole = pl.when(day.is_null()).then(True).otherwise(text.str.to_date("%Y-%m-%d", strict=False).is_not_null())
    in_year = pl.when(month.is_null()).then(day.is_null()).otherwise(year.is_not_null() & month.is_between(1, 12))
    found = typed.select(text.alias("text"), possible=whole & in_year)
    columns = [dated.year, dated.month, *([dated.day] if dated.day else [])]
    at = (~found["possible"]).fill_null(True).arg_true().to_list()
    rows = typed.select(columns)
    findings.add(
        "impossible date",
        ", ".join(columns),
        {index: "-".join("?" if part is None else str(part) for part in rows.row(index)) for index in at},
    )
    return found["text"].alias(dated.name)


def check_months(typed: pl.DataFrame, table: Table, findings: Findings) -> None:
    """Note rows whose month number and whose year and month are not the same month."""
    if (given := table.month) is None:
        return
    number = (pl.col(given.year).cast(pl.Int64) - _FIRST) * 12 + pl.col(given.month)
    differ = typed.select(number != pl.col(given.number)).to_series().fill_null(False)
    rows = typed.select(given.number, given.year, given.month)
    found = {i: "{} is not {}-{}".format(*rows.row(i)) for i in differ.arg_true().to_list()}
    findings.add("months disagree", f"{given.number}, {given.year}, {given.month}", found)
