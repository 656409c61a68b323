"""The release: what our own model says, in files small enough to travel with the package.

A release holds our results only - coefficients, forecasts with intervals and exact contributions, the walk-forward
archive with outcomes, the method version and the receipts of the data it was made from - and no third party's table.
Two files in one folder: ``release.json`` (this module's ``Release``) and ``archive.csv`` (one row a walk-forward
forecast), bound together by the archive's digest. Numbers are written with enough digits to survive a round trip.
"""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Literal

import polars as pl
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tocsin.core.errors import ReleaseError
from tocsin.core.period import FIRST_YEAR, LAST_YEAR

FORMAT = 1
"""Raised when a reader of the older format could no longer read the files."""

ARCHIVE_SCHEMA = {
    "predictor_year": pl.Int32,  # forecasts are made from what is recorded of this year
    "trained_to": pl.Int32,  # last year whose rows the model was fitted on
    "place": pl.String,  # Tocsin place id
    "country": pl.Int32,  # the source's country number, one through changes of name: the cluster of an interval
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
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


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
    drift: mean of ``model`` over all states: what fitting anew moves everywhere is no news about one country.
    noise: half-width, around ``drift``, of the band inside which a total means nothing.
    meaningful: whether the total lies outside that band.
    """

    previous_probability: float
    previous_rank: int
    total: float
    data: float
    model: float
    revision: float | None
    drift: float
    noise: float
    meaningful: bool
    drivers: tuple[Contribution, ...] = ()


class Analogue(_Part):
    """A past country-year that looked most like this one to the model, and what followed.

    ongoing_episodes: mass killings under way there in ``year``; what followed is about another one.
    """

    place: str
    name: str
    year: int
    ongoing_episodes: int = Field(ge=0)
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
    """A model's scores in one block of years.

    brier_parts: Murphy's decomposition over the bins: brier = reliability - resolution + uncertainty + within.
    """

    model: str
    label: str
    metrics: dict[str, Score]
    brier_parts: dict[str, float] = {}
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
    data_year: int = Field(ge=FIRST_YEAR, le=LAST_YEAR)  # predictors are those recorded of this year
    horizon: str  # the calendar years forecast, for example "2025-2026"
    vintage: str
    base_rate: float = Field(ge=0, le=1)
    base_rate_years: str
    expected_onsets: float = Field(ge=0)  # how many states are expected to have one, with its interval
    expected_low: float = Field(ge=0)
    expected_high: float = Field(ge=0)
    interval_coverage: float = Field(gt=0, lt=1)
    explanation_kind: str
    countries: tuple[CountryForecast, ...] = Field(min_length=1)
    not_forecast: tuple[NotForecast, ...]
    coefficients: dict[str, dict[str, float]]
    steps: dict[str, StepTerm] = {}
    scores: tuple[ScoreBlock, ...]
    receipts: tuple[DataReceipt, ...]
    caveats: tuple[str, ...]
    licence: str
    protocol: dict[str, str]
    archive_sha256: str = ""  # of archive.csv with plain line ends; set when both files are written

    def country(self, place: str) -> CountryForecast | NotForecast | None:
        """The forecast, or the reason for its absence, of one place id; None if the release has never heard of it."""
        entries: tuple[CountryForecast | NotForecast, ...] = (*self.countries, *self.not_forecast)
        return next((entry for entry in entries if entry.place == place), None)


_REMEDY = "Build the release again with `tocsin release build`"


def read_release(folder: Path) -> Release:
    """Read and check ``release.json``.

    Errors: ReleaseError says what is malformed and where.
    """
    path = folder / "release.json"
    content = _bytes(path)
    try:
        release = Release.model_validate_json(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the whole file"
        what = _other_format(content) or f"{place}: {first['msg']}"
        raise ReleaseError(what, where=str(path), remedy=_REMEDY) from None
    if other := _other_format(content):
        raise ReleaseError(other, where=str(path), remedy=_REMEDY)
    return release


def _other_format(content: bytes) -> str:
    """Say so if a release is of another format, whose fields need not be ours; empty if it is not, or is no release."""
    try:
        format = json.loads(content)["format"]
    except (ValueError, TypeError, KeyError):
        return ""
    return "" if format == FORMAT else f"this release has format {format}; this version of Tocsin reads {FORMAT}"


def read_archive(folder: Path, sha256: str | None = None) -> pl.DataFrame:
    """Read ``archive.csv``: the walk-forward forecasts with outcomes, columns as in ``ARCHIVE_SCHEMA``.

    sha256: what ``Release.archive_sha256`` says, if it is to be checked: a file cut between two rows looks whole.
    Errors: ReleaseError says what is malformed and where.
    """
    path = folder / "archive.csv"
    content = _bytes(path)
    try:
        archive = pl.read_csv(content, schema=ARCHIVE_SCHEMA, null_values=[""])
    except (pl.exceptions.PolarsError, ValueError) as error:
        reason = str(error).partition("\n")[0]
        raise ReleaseError(f"the archive cannot be read ({reason})", where=str(path), remedy=_REMEDY) from None
    if sha256 is not None and digest(content) != sha256:
        raise ReleaseError("this is not the archive that belongs to the release", where=str(path), remedy=_REMEDY)
    return archive


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ReleaseError(
            f"this file of the release cannot be opened ({error.strerror})",
            where=str(path),
            remedy="Run `tocsin release build`, give this user the right to read it, or reinstall the package",
        ) from None


def digest(content: bytes) -> str:
    """SHA-256 with line ends made plain: a checkout may have turned them into its system's own."""
    return hashlib.sha256(content.replace(b"\r\n", b"\n")).hexdigest()


def write_release(folder: Path, release: Release, archive: pl.DataFrame) -> None:
    """Write both files so that a reader never takes half of one, or two that do not belong together, for a release.

    Each is written beside, then renamed. Errors: ReleaseError where they cannot be written.
    """
    written = archive.select(list(ARCHIVE_SCHEMA)).cast(dict(ARCHIVE_SCHEMA)).write_csv().encode()  # type: ignore[arg-type]
    bound = release.model_copy(update={"archive_sha256": digest(written)})
    write_together(folder, {"archive.csv": written, "release.json": (bound.model_dump_json(indent=1) + "\n").encode()})


def write_together(folder: Path, contents: dict[str, bytes]) -> None:
    """Write these files so that a reader never takes half of one; each is written beside, then renamed.

    Errors: ReleaseError where they cannot be written.
    """
    # The number keeps apart two builds that end at the same time.
    parts = {folder / f"{name}.{os.getpid()}.part": folder / name for name in contents}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for part, content in zip(parts, contents.values(), strict=True):
            part.write_bytes(content)
        for part, path in parts.items():
            part.replace(path)
    except OSError as error:
        raise ReleaseError(
            f"the release cannot be written ({error.strerror})",
            where=str(folder),
            remedy="Free space or name a folder that can be written with --out; the finished parts are kept",
        ) from None
    finally:
        for part in parts:
            with suppress(OSError):
                part.unlink(missing_ok=True)
