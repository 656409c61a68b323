"""The rules that a row of UCDP GED keeps, each as one mask over all rows."""

from __future__ import annotations

import polars as pl

from tocsin.panel.events_place import month_of, states, years_of

Rule = tuple[str, str]
"""What the rule says is wrong, and the column or columns concerned, joined by a comma."""

ORDER: Rule = ("deaths out of order", "low, best, high")

REPEATED: Rule = ("repeated row", "id")

LONGEST = 731
"""Days. What lasts longer is a slip in a date more often than an event, and says nothing about single months."""

MOST = 10_000_000
"""Deaths in one event beyond which a number is a slip, and would drown everything it is added to."""

CELLS, CELLS_A_ROW = 259_200, 720
"""PRIO-GRID: half-degree cells, 360 rows from the south by 720 from the west; the first is number 1."""

_WHOLE = {
    "id": "id",
    "year": "year",
    "type_of_violence": "type",
    "country_id": "country",
    "priogrid_gid": "cell",
    "date_prec": "precision",
    "low": "low",
    "best": "best",
    "high": "high",
}
_DATES = {"date_start": "start", "date_end": "end"}
_OURS = {**_WHOLE, "latitude": "latitude", "longitude": "longitude", **_DATES}


def typed(texts: pl.DataFrame) -> pl.DataFrame:
    """The values of the texts under our names; null where a text is missing or cannot be read.

    A whole number may be written with a fraction of zero or a power of ten (``12.0``, ``4e+06``), as R writes it. A
    date is year, month and day with hyphens; a time of day behind it is left out.
    """
    values = texts.select(
        *(pl.col(name).cast(pl.Int64, strict=False).alias(ours) for name, ours in _WHOLE.items()),
        *(_number(pl.col(name)).alias(name) for name in ("latitude", "longitude")),
        _date(pl.col("date_start")).alias("start"),
        # Most events end on the day on which they start: only the other texts are read.
        _date(pl.when(pl.col("date_end") != pl.col("date_start")).then(pl.col("date_end"))).alias("end"),
        same=pl.col("date_end") == pl.col("date_start"),
    ).with_columns(end=pl.when("same").then("start").otherwise("end"))
    odd = [_odd(texts[name], values[ours]) for name, ours in _WHOLE.items()]
    return values.drop("same").with_columns(column for column in odd if column is not None)


def broken_rules(texts: pl.DataFrame, values: pl.DataFrame, covers: tuple[int, int]) -> dict[Rule, pl.Series]:
    """For each rule that some row breaks, which rows do (Boolean, one a row).

    texts: the columns needed, as written. values: the same, typed. covers: first and last month of the release.
    """
    masks = _unread(texts, values) | _on_values(values, covers) | _repeats(texts, values)
    return {rule: mask for rule, mask in masks.items() if mask.any()}


def _odd(texts: pl.Series, values: pl.Series) -> pl.Series | None:
    """The values of a column with those texts read that are whole numbers in another spelling; None: there are none."""
    if values.null_count() == texts.null_count():
        return None
    at = (values.is_null() & texts.is_not_null()).arg_true()
    number = texts[at].cast(pl.Float64, strict=False)
    # Polars calls NaN equal to itself and greater than every number, so the bound takes care of it.
    whole = ((number == number.round()) & (number.abs() < 2**53)).fill_null(False)
    return values.scatter(at.filter(whole), number.filter(whole).cast(values.dtype)) if whole.any() else None


def _number(text: pl.Expr) -> pl.Expr:
    number = text.cast(pl.Float64, strict=False)
    return pl.when(number.is_finite()).then(number)


def _date(text: pl.Expr) -> pl.Expr:
    alone = (text.str.len_bytes() == 10) | text.str.slice(10, 1).is_in([" ", "T"])
    return pl.when(alone).then(text.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False))


def _unread(texts: pl.DataFrame, values: pl.DataFrame) -> dict[Rule, pl.Series]:
    """Values that are not there, and values that are and cannot be read; only columns with nulls are looked at."""
    found: dict[Rule, pl.Series] = {}
    for name, ours in _OURS.items():
        if values[ours].null_count():
            missing = texts[name].is_null() | (texts[name] == "").fill_null(False)
            found["missing value", name] = missing
            found["unreadable value", name] = values[ours].is_null() & ~missing
    return found


def _on_values(values: pl.DataFrame, covers: tuple[int, int]) -> dict[Rule, pl.Series]:
    """Rules on values that could be read; a null breaks none of them."""
    start, end, year = pl.col("start"), pl.col("end"), pl.col("year")
    low, best, high = pl.col("low"), pl.col("best"), pl.col("high")
    latitude, longitude, cell = pl.col("latitude"), pl.col("longitude"), pl.col("cell")
    known = states(*years_of(covers)).select(pl.col("country").cast(pl.Int64) * 10_000 + pl.col("year")).to_series()

    def named(day: pl.Expr) -> pl.Expr:
        number = pl.col("country")
        return number.is_between(1, 9_999) & (number * 10_000 + day.dt.year()).is_in(known.implode())

    inside = (month_of(start) >= covers[0]) & (month_of(end) <= covers[1])
    orderly = start <= end
    rules: dict[Rule, pl.Expr] = {
        ("unknown type of violence", "type_of_violence"): ~pl.col("type").is_between(1, 3),
        ("unknown date precision", "date_prec"): ~pl.col("precision").is_between(1, 5),
        ("out of range", "latitude"): ~latitude.is_between(-90, 90),
        ("out of range", "longitude"): ~longitude.is_between(-180, 180),
        ("coordinates are zero", "latitude, longitude"): (latitude == 0) & (longitude == 0),
        ("no such cell", "priogrid_gid"): ~cell.is_between(1, CELLS),
        ("cell away from the coordinates", "priogrid_gid, latitude, longitude"): _away(cell, latitude, longitude),
        **{("negative deaths", name): pl.col(name) < 0 for name in ("low", "best", "high")},
        **{("out of range", name): pl.col(name) > MOST for name in ("low", "best", "high")},
        ORDER: (low > best) | (best > high),
        ("end before start", "date_start, date_end"): ~orderly,
        ("lasts too long", "date_start, date_end"): (end - start).dt.total_days() >= LONGEST,
        ("year outside the dates", "year, date_start, date_end"): orderly
        & ~year.is_between(start.dt.year(), end.dt.year()),
        ("outside the release", "date_start, date_end"): orderly & ~inside,
        ("unknown country", "country_id, date_start, date_end"): orderly & inside & ~(named(start) & named(end)),
    }
    named_masks = (mask.fill_null(False).alias(str(at)) for at, mask in enumerate(rules.values()))
    masks = values.lazy().select(named_masks).collect()  # lazy, so that what several rules share is computed once
    return dict(zip(rules, masks.get_columns(), strict=True))


def _away(cell: pl.Expr, latitude: pl.Expr, longitude: pl.Expr) -> pl.Expr:
    """Whether the coordinates lie beyond the cell and its eight neighbours; what is out of range is another rule's."""
    row, column = (cell - 1) // CELLS_A_ROW, (cell - 1) % CELLS_A_ROW
    up = (((latitude + 90) * 2).floor().cast(pl.Int64, strict=False) - row).abs()
    across = (((longitude + 180) * 2).floor().cast(pl.Int64, strict=False) - column).abs()
    within = latitude.is_between(-90, 90) & longitude.is_between(-180, 180) & cell.is_between(1, CELLS)
    return within & ((up > 1) | (across.is_between(2, CELLS_A_ROW - 2)))


def _repeats(texts: pl.DataFrame, values: pl.DataFrame) -> dict[Rule, pl.Series]:
    """Of rows with one id that are the same in all we read the first stays; of rows that differ none does."""
    shared = values["id"].is_duplicated() & values["id"].is_not_null()
    if not shared.any():
        return {}
    twins = texts.with_columns(id=values["id"].cast(pl.String)).filter(shared)
    first = twins.select(pl.struct(pl.all()).is_first_distinct()).to_series()
    several = twins.filter(first).select(pl.col("id").filter(pl.col("id").is_duplicated())).to_series().unique()
    at = shared.arg_true()

    def spread(mask: pl.Series) -> pl.Series:
        rows = pl.Series(at.filter(mask), dtype=pl.UInt32)
        return pl.zeros(texts.height, dtype=pl.Boolean, eager=True).scatter(rows, True)

    return {
        REPEATED: spread(~first),
        ("duplicate key", "id"): spread(twins["id"].is_in(several.implode())),
    }
