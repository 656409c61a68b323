"""The release: what our own model says, in files small enough to travel with the package.

A release holds our results only - coefficients, forecasts with intervals and exact contributions, the walk-forward
archive with outcomes, the method version and the receipts of the data it was made from - and no third party's table.
Two files in one folder: ``release.json`` (this module's ``Release``) and ``archive.csv`` (one row a walk-forward
forecast). Numbers are written with enough digits to survive a round trip.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import polars as pl
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tocsin.core.errors import ReleaseError

FORMAT = 1
"""Raised when a reader of the older format could no longer read the files."""

ARCHIVE_SCHEMA = {
    "predictor_year": pl.Int32,  # forecasts are made from what is recorded of this year
    "trained_to": pl.Int32,  # last year whose rows the model was fitted on
    "place": pl.String,  # Tocsin place id
    "name": pl.String,
    "tocsin": pl.Float64,  # probability of an onset in the two years after predictor_year
    "tocsin_low": pl.Float64,  # 90 % interval, empty where none was computed
    "tocsin_high": pl.Float64,
    "climatology": pl.Float64,
    "two_variable": pl.Float64,
    "three_variable": pl.Float64,
    "ewp_reproduced": pl.Float64,
    "onset_1": pl.Int8,  # onset in predictor_year + 1; empty = not yet known
    "onset_2": pl.Int8,
    "outcome": pl.Int8,  # onset in either year; empty = censored, never 0
}


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Outcome(_Part):
    """What is forecast, so that no number travels without its definition."""

    key: str
    title: str
    definition: str
    owner: str
    source: str
    horizon_years: int


class DataReceipt(_Part):
    """Which file the release was made from."""

    source: str
    url: str
    sha256: str
    bytes: int
    vintage: str
    terms: str


class Contribution(_Part):
    """One predictor's exact share of a forecast's log-odds.

    Measured against the typical state of the forecast year, whose log-odds are the mean of all states'.
    """

    feature: str
    label: str
    theme: str
    log_odds: float


class Change(_Part):
    """What moved since the forecast of the year before, in log-odds; the three parts sum to ``total``.

    data: this year's predictors in last year's model, less last year's predictors in it.
    model: this year's model less last year's model, on this year's predictors.
    revision: last year's predictors as now recorded, less as recorded then; None = not known (one vintage only).
    meaningful: False when the change lies inside the model's noise band.
    """

    previous_probability: float
    previous_rank: int
    total: float
    data: float
    model: float
    revision: float | None
    noise: float
    meaningful: bool
    drivers: tuple[Contribution, ...] = ()


class Analogue(_Part):
    """A past country-year that looked most like this one to the model, and what followed."""

    place: str
    name: str
    year: int
    distance: float
    probability: float | None
    followed: Literal["onset", "no onset", "not yet known"]
    onset_year: int | None


class CountryForecast(_Part):
    """One country's forecast in the release."""

    place: str
    name: str
    probability: float = Field(ge=0, le=1)
    low: float = Field(ge=0, le=1)
    high: float = Field(ge=0, le=1)
    rank: int = Field(ge=1)
    rank_low: int = Field(ge=1)
    rank_high: int = Field(ge=1)
    tied_low: int = Field(ge=1)  # ranks tied_low..tied_high cannot be told apart from this one
    tied_high: int = Field(ge=1)
    log_odds: float
    baseline_log_odds: float  # log_odds = baseline_log_odds + sum of contributions, to 1e-9
    contributions: tuple[Contribution, ...]
    ongoing_episodes: int = Field(ge=0)
    change: Change | None = None
    analogues: tuple[Analogue, ...] = ()


class NotForecast(_Part):
    """A state without a forecast, with the reason: missing is not zero."""

    place: str
    name: str
    reason: str


class Score(_Part):
    """One metric with its country-cluster interval; None = cannot be computed here."""

    value: float | None
    low: float | None = None
    high: float | None = None


class ReliabilityBin(_Part):
    """Forecasts between two probabilities: how many, how many came true, with a 90 % Wilson interval."""

    lower: float
    upper: float
    forecasts: int
    mean_forecast: float
    events: int
    observed: float
    low: float
    high: float


class ModelScores(_Part):
    """A model's scores in one block of years."""

    model: str
    label: str
    metrics: dict[str, Score]
    reliability: tuple[ReliabilityBin, ...] = ()


class Comparison(_Part):
    """Our procedure less another, paired, with a country-cluster bootstrap interval."""

    other: str
    metric: str
    difference: float
    low: float
    high: float
    distinguishable: bool


class ScoreBlock(_Part):
    """Scores over one block of forecasts: ``test``, ``all``, ``delayed`` or ``selection``."""

    key: str
    title: str
    years: str
    n: int
    positives: int
    models: tuple[ModelScores, ...]
    comparisons: tuple[Comparison, ...] = ()


class StepTerm(_Part):
    """A step function of one predictor: values[i] of log-odds where thresholds[i - 1] < x <= thresholds[i]."""

    thresholds: tuple[float, ...]
    values: tuple[float, ...]


class Release(_Part):
    """Everything the workbench shows when nothing else can be had."""

    format: int
    method_version: str
    method: str
    outcome: Outcome
    data_year: int  # predictors are those recorded of this year
    horizon: str  # the calendar years forecast, for example "2025-2026"
    vintage: str
    base_rate: float
    base_rate_years: str
    expected_onsets: float
    interval_coverage: float
    explanation_kind: str
    countries: tuple[CountryForecast, ...]
    not_forecast: tuple[NotForecast, ...]
    coefficients: dict[str, dict[str, float]]
    steps: dict[str, StepTerm] = {}
    scores: tuple[ScoreBlock, ...]
    receipts: tuple[DataReceipt, ...]
    caveats: tuple[str, ...]
    licence: str
    protocol: dict[str, str]

    def country(self, place: str) -> CountryForecast | NotForecast | None:
        """The forecast, or the reason for its absence, of one place id; None if the release has never heard of it."""
        entries: tuple[CountryForecast | NotForecast, ...] = (*self.countries, *self.not_forecast)
        return next((entry for entry in entries if entry.place == place), None)


def read_release(folder: Path) -> Release:
    """Read and check ``release.json``.

    Errors: ReleaseError says what is malformed and where.
    """
    path = folder / "release.json"
    try:
        release = Release.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        raise ReleaseError(
            "there is no release here",
            where=str(path),
            remedy="Run `tocsin release build`, or reinstall the package",
        ) from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the whole file"
        raise ReleaseError(
            f"{place}: {first['msg']}",
            where=str(path),
            remedy="Build the release again with `tocsin release build`",
        ) from None
    if release.format != FORMAT:
        raise ReleaseError(
            f"this release has format {release.format}; this version of Tocsin reads {FORMAT}",
            where=str(path),
            remedy="Build the release again with `tocsin release build`",
        )
    return release


def read_archive(folder: Path) -> pl.DataFrame:
    """Read ``archive.csv``: the walk-forward forecasts with outcomes, columns as in ``ARCHIVE_SCHEMA``.

    Errors: ReleaseError says what is malformed and where.
    """
    path = folder / "archive.csv"
    try:
        return pl.read_csv(path, schema=ARCHIVE_SCHEMA, null_values=[""])
    except FileNotFoundError:
        raise ReleaseError(
            "the archive of past forecasts is missing", where=str(path), remedy="Run `tocsin release build`"
        ) from None
    except (pl.exceptions.PolarsError, ValueError) as error:
        raise ReleaseError(
            f"the archive cannot be read ({error})", where=str(path), remedy="Run `tocsin release build`"
        ) from None


def write_release(folder: Path, release: Release, archive: pl.DataFrame) -> None:
    """Write both files so that a reader never sees half of one: written beside, then renamed."""
    folder.mkdir(parents=True, exist_ok=True)
    waiting = [folder / "release.json.part", folder / "archive.csv.part"]
    waiting[0].write_text(release.model_dump_json(indent=1) + "\n", encoding="utf-8")
    archive.select(list(ARCHIVE_SCHEMA)).cast(dict(ARCHIVE_SCHEMA)).write_csv(waiting[1])  # type: ignore[arg-type]
    for part in waiting:
        part.replace(part.with_suffix(""))
