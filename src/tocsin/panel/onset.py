"""The panel behind the onset models: place x year, 39 predictors, and an outcome that knows when it is unknown.

Outcome of country-year (c, t): 1 if a mass killing began in c in t + 1 or t + 2, 0 if none began in either, and null -
censored - while that cannot be said. The source's own column ``mk_onset_1or2`` writes 0 there; it is kept as
``ewp_outcome`` for reproducing the published model and for nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from tocsin.core.errors import PanelError
from tocsin.panel.features import onset_features
from tocsin.sources.receipts import Receipt

FEATURES = tuple(feature.id for feature in onset_features())
"""The predictors' columns, in the order of the published coefficients; ``year`` is one of them."""

_OUTCOMES = ("onset", "onset_1", "onset_2", "outcome", "complete", "ewp_outcome")


@dataclass(frozen=True, eq=False)
class OnsetPanel:
    """Country-years ready for a model; one row a place and year, sorted by year and place.

    frame columns:
      place (Tocsin place id), name (as the source writes it), ccode (the source's code; it stays one through a state's
      changes of name), year (Int32), the predictors (Float64, null = missing),
      onset (Int8, an onset this year), onset_1 and onset_2 (Int8, in t + 1 and t + 2, null = not known),
      outcome (Int8, null = censored), complete (both years known), ewp_outcome (Int8, as the source writes it),
      lacks (list of the predictors that are missing).
    features: the predictors' columns in order. vintage: of the source. receipts: of the files it was made from.
    """

    frame: pl.DataFrame
    features: tuple[str, ...]
    vintage: str
    receipts: tuple[Receipt, ...]

    @property
    def last_year(self) -> int:
        """The latest year with predictors."""
        return int(self.frame["year"].to_numpy().max())


def build_onset_panel(table: pl.DataFrame, *, vintage: str, receipts: tuple[Receipt, ...] = ()) -> OnsetPanel:
    """Make the panel from the checked country-year table of the Early Warning Project.

    table: the source's columns under its own names, and ``place``; rows that lack a predictor stay, and say which.

    Errors: PanelError where a column is lacking, there is no row, or one place has two rows for one year.
    """
    needed = {"place", "ewp_name", "ccode", "mk_onset", "mk_onset_1", "mk_onset_2", "mk_onset_1or2", *FEATURES}
    if lacking := sorted(needed - set(table.columns)):
        raise PanelError(f"the table lacks {', '.join(lacking)}", remedy="Run `tocsin pull ewp-2025-panel` again")
    if table.is_empty():
        raise PanelError("the table has no rows", remedy="Run `tocsin pull ewp-2025-panel` again")
    _check_one_row_a_place_and_year(table)
    numbers = [name for name in FEATURES if name != "year"]
    frame = table.select(
        "place",
        pl.col("ewp_name").alias("name"),
        pl.col("ccode").cast(pl.Int32),
        pl.col("year").cast(pl.Int32),
        *(pl.col(name).cast(pl.Float64) for name in numbers),
        pl.col("mk_onset").cast(pl.Int8).alias("onset"),
        pl.col("mk_onset_1").cast(pl.Int8).alias("onset_1"),
        pl.col("mk_onset_2").cast(pl.Int8).alias("onset_2"),
        pl.col("mk_onset_1or2").cast(pl.Int8).alias("ewp_outcome"),
    ).with_columns(
        two_year_outcome(pl.col("onset_1"), pl.col("onset_2")).alias("outcome"),
        (pl.col("onset_1").is_not_null() & pl.col("onset_2").is_not_null()).alias("complete"),
        _lacks().alias("lacks"),
    )
    columns = ("place", "name", "ccode", *_in_order(), *_OUTCOMES, "lacks")
    return OnsetPanel(frame.select(columns).sort("year", "place"), FEATURES, vintage, receipts)


def two_year_outcome(first: pl.Expr, second: pl.Expr) -> pl.Expr:
    """1 if either year is known to have an onset, 0 if both are known to have none, null otherwise (Int8)."""
    return (
        pl.when((first == 1) | (second == 1))
        .then(pl.lit(1, pl.Int8))
        .when((first == 0) & (second == 0))
        .then(pl.lit(0, pl.Int8))
        .otherwise(pl.lit(None, pl.Int8))
    )


def _in_order() -> tuple[str, ...]:
    """``year`` first, because it names the row, then the other predictors in the order of the coefficients."""
    return ("year", *(name for name in FEATURES if name != "year"))


def _lacks() -> pl.Expr:
    """The names of the predictors that are null in a row; an empty list where none is."""
    names = [pl.when(pl.col(name).is_null()).then(pl.lit(name)) for name in FEATURES]
    return pl.concat_list(names).list.drop_nulls()


def _check_one_row_a_place_and_year(table: pl.DataFrame) -> None:
    twice = table.filter(table.select("place", "year").is_duplicated()).sort("place", "year")
    if not twice.is_empty():
        place, year = twice.select("place", "year").row(0)
        names = " and ".join(twice.filter(place=place, year=year)["ewp_name"].to_list())
        raise PanelError(
            f"{place} has two rows for {year}: {names}",
            remedy="Two of the source's codes lead to one place; correct data/places.csv",
        )
