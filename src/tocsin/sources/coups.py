"""Coup attempts since 1950 as Powell and Thyne record them."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from tocsin.sources.catalogue import catalogue
from tocsin.sources.contract import Resolve, read_checked
from tocsin.sources.quarantine import Checked

ATTEMPTS = ("powell-thyne-coups", "attempts")


def read_attempts(path: Path, *, this_year: int, resolve: Resolve | None = None) -> Checked:
    """One row a coup attempt: ``place``, ``name``, ``when`` (ISO 8601, a day), ``succeeded`` (whether power was taken).

    Two attempts in one state on one day cannot be told apart by the source and would be set aside.
    """
    source = catalogue()[ATTEMPTS[0]]
    checked = read_checked(path, source, source.table(ATTEMPTS[1]), this_year=this_year, resolve=resolve)
    succeeded = (pl.col("coup") == 2).alias("succeeded")
    frame = checked.frame.select("place", pl.col("country").alias("name"), "when", succeeded).sort("place", "when")
    return Checked(frame, checked.quarantine)
