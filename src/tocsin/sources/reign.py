"""Elections and changes of leader as REIGN records them to March 2021.

A date is a text as precise as the source: ``1988-04-06`` where the day is known, ``1987-11`` where it is not. Leaders'
names are not read: a change of hands is an event, a list of persons is not what Tocsin keeps.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from tocsin.sources.catalogue import catalogue
from tocsin.sources.contract import Resolve, read_checked
from tocsin.sources.quarantine import Checked

ELECTIONS = ("reign-elections", "elections")
LEADERS = ("reign-leaders", "terms")

STATES = {
    "Vote, As Scheduled": "held",
    "Vote, As scheduled": "held",
    "Vote, Early": "held early",
    "Announced": "announced",
    "Announcement": "announced",
    "Announcement Assumed": "announcement assumed",
    "Deadline Met": "deadline met",
    "Deadline, Met": "deadline met",
    "Deadline Not Met": "deadline not met",
    "Deadline, Not Met": "deadline not met",
    "Upcoming, Scheduled": "scheduled",
    "Upcoming, Deadline": "due",
    "Delay Announced": "delayed",
    "Delay": "delayed",
    "Voided by Regime Change": "voided by regime change",
    "Voided": "voided",
    "Anulled": "annulled",
    "Regime Failure": "regime failed",
}
"""The source's words for what happened, in one spelling."""

HELD = ("held", "held early")
"""The states in which people voted, on the date given; all others are said of a vote, or of its date."""

SCHEDULED = "scheduled"
"""The state of a vote that was still to come in March 2021, on the date given."""

KINDS = {"L": "legislative", "X": "executive", "R": "referendum"}
_YES = {"Y": True, "N": False}


def read_elections(path: Path, *, this_year: int, resolve: Resolve | None = None) -> Checked:
    """One row an event of an election, by election and sequence.

    Columns: ``place``, ``name``, ``election`` (the source's number), ``sequence``, ``when`` (ISO 8601, as precise as
    known), ``precision`` (``day`` or ``month``), ``year``, ``month``, ``day`` (null: not known), ``state`` (a value of
    ``STATES``), ``kind`` (``legislative``, ``executive``, ``referendum``), ``regular`` (null: not said).
    """
    source = catalogue()[ELECTIONS[0]]
    checked = read_checked(path, source, source.table(ELECTIONS[1]), this_year=this_year, resolve=resolve)
    frame = checked.frame.select(
        "place",
        pl.col("country").alias("name"),
        pl.col("elecnum").alias("election"),
        "sequence",
        "when",
        _precision("when"),
        pl.col("elec_year").cast(pl.Int32).alias("year"),
        pl.col("elec_month").cast(pl.Int32).alias("month"),
        pl.col("elec_day").cast(pl.Int32).alias("day"),
        pl.col("event").replace_strict(STATES).alias("state"),
        pl.col("type").replace_strict(KINDS).alias("kind"),
        pl.col("regular").replace_strict(_YES, return_dtype=pl.Boolean).alias("regular"),
    )
    return Checked(frame.sort("place", "when", "election", "sequence"), checked.quarantine)


def read_leaders(path: Path, *, this_year: int, resolve: Resolve | None = None) -> Checked:
    """One row a term of a state's effective leader, without the name.

    Columns: ``place``, ``start`` (a day), ``end`` (a month; null: in office in March 2021, or not known).
    """
    source = catalogue()[LEADERS[0]]
    checked = read_checked(path, source, source.table(LEADERS[1]), this_year=this_year, resolve=resolve)
    return Checked(checked.frame.select("place", "start", "end").sort("place", "start"), checked.quarantine)


def _precision(column: str) -> pl.Expr:
    length = pl.col(column).str.len_chars()
    return pl.when(length == 10).then(pl.lit("day")).otherwise(pl.lit("month")).alias("precision")
