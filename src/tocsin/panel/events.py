"""Events of organised violence as UCDP GED publishes them, checked row by row; what breaks a rule is set aside.

Only the columns needed are read. They come as texts, so that a value that cannot be read is a finding and not a crash.
The rules are in ``panel.events_rules``, and on the page "event panels" of the methods.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

import polars as pl

from tocsin.core.errors import ContentError, ContractError, PeriodError
from tocsin.core.period import month_id
from tocsin.panel.events_place import month_of, span
from tocsin.panel.events_rules import ORDER, REPEATED, Rule, broken_rules, typed
from tocsin.sources.ged import BULK, COLUMNS
from tocsin.sources.quarantine import SAMPLES, Breach, Quarantine

NEEDED = (
    *("id", "year", "type_of_violence", "latitude", "longitude", "priogrid_gid", "country_id"),
    *("date_prec", "date_start", "date_end", "low", "best", "high"),
)
"""The columns that are read."""

SCHEMA = {
    "id": pl.Int64,
    "type": pl.Int8,
    "country": pl.Int32,
    "cell": pl.Int32,
    "latitude": pl.Float64,
    "longitude": pl.Float64,
    "start": pl.Date,
    "end": pl.Date,
    "precision": pl.Int8,
    "low": pl.Int64,
    "best": pl.Int64,
    "high": pl.Int64,
}
"""The columns of ``Events.frame`` and their types."""

_COMPARE = "Compare the file with the columns of UCDP GED; the provider may have changed it"


@dataclass(frozen=True, eq=False)
class Events:
    """Events that keep every rule, and the report on those that do not.

    frame: one row an event, in the order of the file: id (Int64), type (Int8: 1 state-based, 2 non-state, 3
    one-sided), country (Int32, Gleditsch-Ward number), cell (Int32, PRIO-GRID), latitude and longitude (degrees),
    start and end (Date, both included), precision (Int8, 1 the day is known to 5 more than a month), low, best and
    high (Int64, deaths).
    covers: first and last month (VIEWS numbers) that the release speaks of. vintage: of the release.
    quarantine: counts, rules, samples and the rows set aside. Rows are counted as records, so where texts have line
    breaks an editor shows a later line.
    aside: country and month (in which it starts) of the rows set aside, where both can be read and another row does not
    say the same: a month that has some is not simply quiet.
    """

    frame: pl.DataFrame
    aside: pl.DataFrame
    covers: tuple[int, int]
    vintage: str
    quarantine: Quarantine


def yearly_covers(version: str) -> tuple[int, int]:
    """The months that a yearly release speaks of: January 1989 to December of the year before the release's.

    Errors: PeriodError where the version is not of the form ``YY.1``.

    >>> yearly_covers("25.1")
    (109, 540)
    """
    found = re.fullmatch(r"(\d\d)\.1", version.strip(), re.ASCII)
    if found is None:
        raise PeriodError(f"{version!r} is not a yearly release", remedy="Yearly releases are called YY.1, as 25.1")
    return span((month_id(1989, 1), month_id(2000 + int(found[1]) - 1, 12)))


def check_events(
    table: pl.DataFrame | pl.LazyFrame,
    *,
    covers: tuple[int, int],
    vintage: str = "",
    source: str = BULK[0],
    where: str = "",
    keep_unordered: bool = False,
) -> Events:
    """Apply the contract of GED to a table of events.

    Parameters
    ----------
    table: one row an event with the columns of GED, as texts (``sources.ged.scan``) or typed; those not needed may be
        absent. A line of a file with more fields than the header comes cut at the header's width: if the surplus
        stands before the columns we need, these are shifted and do not pass.
    covers: first and last month that the release speaks of, VIEWS numbers; (109, 540) is January 1989 - December 2024.
    vintage: of the release, as ``25.1``. source: its fact sheet, for the report. where: the file, for messages.
    keep_unordered: let events go on whose deaths are not in the order low <= best <= high; they are counted all the
        same, and their numbers stay as published.

    Errors: ContractError where a needed column is lacking or stands there twice, or no row keeps the rules;
    ContentError where the table cannot be read at all; PeriodError where ``covers`` is no span of months.
    """
    covers = span(covers)
    lazy = table.lazy()
    warnings = _check_header(lazy, where)
    try:
        texts = lazy.select(pl.col(name).cast(pl.String) for name in NEEDED).collect(engine="streaming")
    except (OSError, pl.exceptions.PolarsError) as error:
        raise _unreadable(error, where) from None
    if texts.is_empty():
        raise ContractError("there is a header and no row", where=where, remedy="Fetch it again with `tocsin pull`")
    values = typed(texts)
    rules = broken_rules(texts, values, covers)
    if keep_unordered and (kept := rules.pop(ORDER, None)) is not None:
        warnings += (f"{int(kept.sum())} rows have deaths that are not in the order low, best, high; they are kept.",)
    bad = pl.select(pl.any_horizontal(pl.lit(False), *rules.values())).to_series() if rules else None
    good = values if bad is None else values.filter(~bad)
    quarantine = _report(source, texts, rules, bad, good.height, warnings)
    if good.is_empty():
        raise ContractError(
            f"none of {texts.height} rows keeps the rules; first of all {quarantine.breaches[0]}",
            where=where,
            remedy=_COMPARE,
        )
    frame = good.select(pl.col(name).cast(dtype) for name, dtype in SCHEMA.items())
    return Events(frame, _aside(values, rules, bad), covers, vintage, quarantine)


def _aside(values: pl.DataFrame, rules: dict[Rule, pl.Series], bad: pl.Series | None) -> pl.DataFrame:
    held = values.clear() if bad is None else values.filter(bad & ~rules.get(REPEATED, ~bad))
    return held.select("country", month_of(pl.col("start")).alias("month")).drop_nulls()


def _check_header(lazy: pl.LazyFrame, where: str) -> tuple[str, ...]:
    try:
        have = lazy.collect_schema().names()
    except (OSError, pl.exceptions.PolarsError) as error:
        raise _unreadable(error, where) from None
    extra = [name for name in have if name not in COLUMNS]
    for name in NEEDED:
        if name not in have:
            near = difflib.get_close_matches(name, extra, n=1)
            hint = f"Has it been renamed to {near[0]!r}? " if near else ""
            raise ContractError(f"the column {name!r} is lacking", where=where, remedy=hint + _COMPARE)
        if f"{name}_duplicated_0" in have:  # how polars names the second of two columns of one name
            raise ContractError(f"the column {name!r} is there twice", where=where, remedy=_COMPARE)
    return tuple(f"The column {name!r} is new to us and was not read." for name in extra)


def _report(
    source: str,
    texts: pl.DataFrame,
    rules: dict[Rule, pl.Series],
    bad: pl.Series | None,
    good: int,
    warnings: tuple[str, ...],
) -> Quarantine:
    if bad is None:
        return Quarantine(source, BULK[1], texts.height, good, (), warnings)
    breaches = []
    for (rule, column), mask in rules.items():
        at = mask.arg_true()
        shown = texts[at.head(SAMPLES)].select(column.split(", "))
        sample = zip(at.to_list(), shown.rows(), strict=False)
        told = tuple((index + 2, ", ".join("" if text is None else text for text in row)) for index, row in sample)
        breaches.append(Breach(rule, column, at.len(), told))
    named = [
        pl.when(mask.filter(bad)).then(pl.lit(f"{rule} in {column}")).alias(f"{rule} {column}")
        for (rule, column), mask in rules.items()
    ]
    held = texts.filter(bad).with_columns(
        row=bad.arg_true().cast(pl.Int64) + 2,
        rules=pl.concat_str(named, separator="; ", ignore_nulls=True),
    )
    ordered = tuple(sorted(breaches, key=lambda breach: (-breach.rows, breach.rule, breach.column)))
    return Quarantine(source, BULK[1], texts.height, good, ordered, warnings, held)


def _unreadable(error: Exception, where: str) -> ContentError:
    first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    return ContentError(
        f"this cannot be read as a table ({first})", where=where, remedy="Fetch it again with `tocsin pull`"
    )
