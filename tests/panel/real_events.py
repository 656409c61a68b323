"""The real events beside the mirror, a subset of UCDP GED with 14 columns, under GED's names."""

from pathlib import Path

import polars as pl
import pytest

from tocsin.core.place import resolve_many
from tocsin.panel.events_place import states

_TYPES = {"State-based violence": 1, "Non-state violence": 2, "One-sided violence": 3}


def real_events(mirror: Path) -> pl.DataFrame:
    """1989-2020. It gives one day an event, the name of the country but no number, no cell and no precision.

    The number is that of the state in the year, the cell that of the coordinates, the precision is set to 1.
    """
    path = mirror.parent / "data" / "ged_events_1989_2020.parquet"
    if not path.is_file():
        pytest.skip(f"no {path.name} beside the mirror")
    table = pl.read_parquet(path)
    named = table.select("country", "year").unique().sort("country", "year")
    found = resolve_many(named["country"].to_list(), named["year"].to_list(), "gw")
    named = named.with_columns(place=pl.Series(found)).join(
        states(1989, 2020).rename({"country": "country_id"}), on=("place", "year"), how="left"
    )
    day = pl.date("year", "month", "day")
    return table.join(named, on=("country", "year"), how="left", maintain_order="left").select(
        "id",
        pl.col("year"),
        pl.col("type_of_violence").replace_strict(_TYPES),
        "latitude",
        "longitude",
        (((pl.col("latitude") + 90) * 2).floor() * 720 + ((pl.col("longitude") + 180) * 2).floor() + 1)
        .cast(pl.Int64)
        .alias("priogrid_gid"),
        "country_id",
        pl.lit(1).alias("date_prec"),
        day.alias("date_start"),
        day.alias("date_end"),
        pl.col("low_death").alias("low"),
        pl.col("best_death").alias("best"),
        pl.col("high_death").alias("high"),
    )
