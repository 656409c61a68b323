"""PaCE's published forecast: deaths in all organised violence, with a lower and an upper bound.

The publisher's numbers stand as they are: lower bounds, and a few means, lie below zero, though nobody can be killed a
negative number of times. Whoever shows them says so.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from tocsin.sources.catalogue import catalogue
from tocsin.sources.contract import Resolve, read_checked
from tocsin.sources.quarantine import Checked

SOURCE = "pace-2026-06"
BOUNDS = ("mean", "low", "high")
"""The tables of the source, each a file of one shape."""


def read_bound(path: Path, bound: str, *, this_year: int, resolve: Resolve | None = None) -> Checked:
    """One of the three files: ``place``, ``month`` (VIEWS number, Int32), ``name``, and the bound's own column.

    Parameters
    ----------
    bound: ``mean``, ``low`` or ``high``; numbers of deaths in the month, as published, also below zero.
    """
    source = catalogue()[SOURCE]
    checked = read_checked(path, source, source.table(bound), this_year=this_year, resolve=resolve)
    columns = ["place", pl.col("date").alias("month"), pl.col("country").alias("name"), pl.col("deaths").alias(bound)]
    return Checked(checked.frame.select(columns).sort("place", "month"), checked.quarantine)


def joined(mean: pl.DataFrame, low: pl.DataFrame, high: pl.DataFrame) -> pl.DataFrame:
    """The three beside each other: ``place``, ``month``, ``name``, ``mean``, ``low``, ``high``.

    A bound that its file does not give for a place and month is null, never the mean.
    """
    key = ["place", "month"]
    for bound, frame in (("low", low), ("high", high)):
        mean = mean.join(frame.select(*key, bound), on=key, how="left", validate="1:1")
    return mean.sort(key)
