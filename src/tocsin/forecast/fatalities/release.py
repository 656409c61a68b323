"""The monthly release: our forecasts of deaths and how they would have done, in two files that travel with the package.

``months.json`` holds what must be known of the numbers, ``months.csv`` one row a country and month ahead. Both hold our
results only; the deaths that were recorded are the source's and stay with it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from pydantic import BaseModel, ConfigDict, ValidationError

from tocsin.core.errors import ReleaseError
from tocsin.core.work import Progress, silent
from tocsin.forecast.fatalities.predict import LONGEST, forecast
from tocsin.forecast.fatalities.procedure import Procedure
from tocsin.forecast.release import digest, write_together
from tocsin.panel.months import CountryMonths

LEVELS = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)
"""Quantiles that are kept."""

AT_LEAST = (1, 25, 100, 1000)
"""Numbers of deaths whose probability of being reached is kept."""

SCHEMA: dict[str, Any] = {
    "place": pl.String,
    "month": pl.Int32,  # VIEWS number of the month forecast
    "ahead": pl.Int32,  # months after the last month known
    "mean": pl.Float64,
    **{f"q{round(100 * level):02}": pl.Float64 for level in LEVELS},
    **{f"p{deaths}": pl.Float64 for deaths in AT_LEAST},
}


class MonthlyRelease(BaseModel):
    """What must be known of monthly forecasts.

    origin: VIEWS number of the last month known. not_forecast: place ids without one, and why. scores: as
    ``tocsin backtest fatalities`` writes them, of the reported windows. table_sha256: of the CSV.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    format: int = 1
    method_version: str
    outcome: str
    origin: int
    vintage: str
    licence: str
    citation: str
    not_forecast: dict[str, str]
    scores: dict[str, Any]
    table_sha256: str = ""


def forecast_table(
    panel: CountryMonths, method: Procedure, *, progress: Progress = silent
) -> tuple[pl.DataFrame, dict[str, str]]:
    """Forecasts for every month ahead, columns of ``SCHEMA``, and why the other countries have none.

    Errors: ForecastError if nothing can be forecast.
    """
    ahead = tuple(range(1, LONGEST + 1))
    pool = forecast(panel.deaths, ahead, method, progress=progress)
    count, places = len(pool.rows), [panel.places[row] for row in pool.rows]
    quantiles = pool.quantiles(LEVELS)
    columns: dict[str, Any] = {
        "place": np.repeat(places, LONGEST),
        "month": np.tile(panel.last_month + np.array(ahead), count),
        "ahead": np.tile(ahead, count),
        "mean": _figures(pool.mean.ravel()),
        **{f"q{round(100 * level):02}": quantiles[:, :, i].ravel() for i, level in enumerate(LEVELS)},
        **{f"p{deaths}": _figures(pool.above(deaths).ravel()) for deaths in AT_LEAST},
    }
    without = {
        place: f"covered in fewer than {method.first_history} months"
        for row, place in enumerate(panel.places)
        if panel.covered[row, -1] and place not in set(places)
    }
    return pl.DataFrame(columns, schema_overrides=SCHEMA).sort("place", "month"), without


def write_monthly(folder: Path, release: MonthlyRelease, table: pl.DataFrame) -> None:
    """Write both files; a reader takes both or neither. Errors: ReleaseError where they cannot be written."""
    written = table.select(list(SCHEMA)).write_csv().encode()
    bound = release.model_copy(update={"table_sha256": digest(written)})
    write_together(folder, {"months.csv": written, "months.json": (bound.model_dump_json(indent=1) + "\n").encode()})


def read_monthly(folder: Path) -> tuple[MonthlyRelease, pl.DataFrame]:
    """Both files of a folder.

    Errors: ReleaseError if one is lacking or damaged, or they do not belong together.
    """
    remedy = "Run `tocsin release months`, or reinstall the package"
    try:
        release = MonthlyRelease.model_validate(json.loads((folder / "months.json").read_bytes()))
        content = (folder / "months.csv").read_bytes()
    except (OSError, ValueError, ValidationError) as error:
        reason = getattr(error, "strerror", None) or "it does not read"
        raise ReleaseError(f"there is no monthly release ({reason})", where=str(folder), remedy=remedy) from None
    if digest(content) != release.table_sha256:
        raise ReleaseError("months.csv is not the one that months.json names", where=str(folder), remedy=remedy)
    return release, pl.read_csv(content, schema=SCHEMA)


def _figures(values: np.ndarray, figures: int = 4) -> Sequence[float]:
    """Rounded to so many significant figures, so that the file stays small."""
    return [float(f"{value:.{figures}g}") for value in values]
