"""Which release is read: the one built on this machine if it is whole, otherwise the one in the package.

A release that cannot be read never stops the workbench: the embedded one serves, and ``notice`` says why.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from tocsin.core.belief import Belief
from tocsin.core.errors import ReleaseError, TocsinError
from tocsin.core.place import place
from tocsin.core.settings import Settings
from tocsin.core.tlp import TLP
from tocsin.forecast.release import (
    Analogue,
    Change,
    Contribution,
    CountryForecast,
    DataReceipt,
    NotForecast,
    Outcome,
    Release,
    ScoreBlock,
    read_archive,
    read_release,
)

if TYPE_CHECKING:
    import polars as pl

__all__ = [
    "Analogue",
    "Change",
    "Contribution",
    "CountryForecast",
    "DataReceipt",
    "Facts",
    "NotForecast",
    "Outcome",
    "Reading",
    "Release",
    "ScoreBlock",
    "belief",
    "facts",
    "read",
    "whole",
]

Origin = Literal["built on this machine", "embedded in the package"]


@dataclass(frozen=True)
class Reading:
    """A release that serves, with its archive of walk-forward forecasts.

    origin: where it came from. notice: why the release of this machine does not serve; empty if nothing is wrong.
    """

    release: Release
    archive: pl.DataFrame
    origin: Origin
    notice: str = ""


@dataclass(frozen=True)
class Facts:
    """What must travel with every number of a release (design, rule 4).

    base_rate: share of state-years of ``base_rate_years`` in which the outcome came true within the horizon.
    expected_onsets: sum of the probabilities of all states: how many are expected to have the outcome, with its
    interval. coverage: nominal coverage of the intervals.
    covered: how many states have a forecast.
    """

    outcome: Outcome
    horizon: str
    vintage: str
    data_year: int
    method: str
    method_version: str
    base_rate: float
    base_rate_years: str
    expected_onsets: float
    expected_low: float
    expected_high: float
    coverage: float
    explanation_kind: str
    covered: int
    caveats: tuple[str, ...]
    receipts: tuple[DataReceipt, ...]
    licence: str
    marking: TLP
    origin: Origin
    notice: str

    @property
    def event(self) -> str:
        """What is forecast, for the middle of a sentence: the outcome's title without its capital."""
        title = self.outcome.title
        return title[:1].lower() + title[1:]

    def window(self, today: date | None = None) -> str:
        """How much of the forecast's window is over. today: None = the day it is asked."""
        return elapsed(self.horizon, today or datetime.now(UTC).date())


def elapsed(horizon: str, today: date) -> str:
    """How much of a span of whole years is over, in months.

    >>> elapsed("2025-2026", date(2026, 11, 23))
    '22 of the 24 months of 2025-2026 are over'
    >>> elapsed("2025-2026", date(2024, 12, 31)), elapsed("2025-2026", date(2027, 1, 1))
    ('2025-2026 has not begun', '2025-2026 is over')
    """
    first, last = (int(year) for year in horizon.split("-"))
    months, past = 12 * (last - first + 1), 12 * (today.year - first) + today.month - 1
    if today.year < first:
        return f"{horizon} has not begun"
    if past >= months:
        return f"{horizon} is over"
    return f"{past} of the {months} months of {horizon} {'is' if past == 1 else 'are'} over"


def read(settings: Settings) -> Reading:
    """The release that serves on this machine.

    Errors: ReleaseError only if the embedded release itself cannot be read.
    """
    folder = settings.release
    try:
        stamp = _stamp(folder)
        return _local(folder, stamp) if stamp else _embedded()
    except ReleaseError as error:
        embedded = _embedded()
        return Reading(
            embedded.release,
            embedded.archive,
            embedded.origin,
            notice="The release built on this machine cannot be read, so the one embedded in the package is shown. "
            + str(error),
        )


def facts(reading: Reading) -> Facts:
    """The header of a release."""
    release = reading.release
    return Facts(
        outcome=release.outcome,
        horizon=release.horizon,
        vintage=release.vintage,
        data_year=release.data_year,
        method=release.method,
        method_version=release.method_version,
        base_rate=release.base_rate,
        base_rate_years=release.base_rate_years,
        expected_onsets=release.expected_onsets,
        expected_low=release.expected_low,
        expected_high=release.expected_high,
        coverage=release.interval_coverage,
        explanation_kind=release.explanation_kind,
        covered=len(release.countries),
        caveats=release.caveats,
        receipts=release.receipts,
        licence=release.licence,
        # A release holds our own results from public data only, so it is made to be passed on.
        marking=TLP.CLEAR,
        origin=reading.origin,
        notice=reading.notice,
    )


def belief(forecast: CountryForecast, release: Release) -> Belief:
    """A country's probability with its interval and the base rate to hold it against.

    Errors: ForecastError if the interval is upside down.
    """
    return Belief(
        forecast.probability, forecast.low, forecast.high, release.interval_coverage, release.base_rate or None
    )


def _stamp(folder: Path) -> tuple[int, ...]:
    """Changes whenever a file of the release is replaced, so that a new build shows without a restart; empty: none."""
    stamp: list[int] = []
    for name in ("release.json", "archive.csv"):
        try:
            status = (folder / name).stat()
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            raise ReleaseError(
                f"the release cannot be opened ({error.strerror})",
                where=str(folder / name),
                remedy="Give this user the right to read it, or run `tocsin release build`",
            ) from None
        stamp += [status.st_mtime_ns, status.st_size]
    return tuple(stamp)


@lru_cache(maxsize=2)
def _local(folder: Path, stamp: tuple[int, ...]) -> Reading:
    return whole(folder, "built on this machine")


@lru_cache(maxsize=1)
def _embedded() -> Reading:
    with as_file(files("tocsin") / "data" / "release") as folder:
        return whole(folder, "embedded in the package")


def whole(folder: Path, origin: Origin) -> Reading:
    """Both files of a release, checked as far as a page relies on them.

    Errors: ReleaseError says what is malformed and where.
    """
    release = read_release(folder)
    archive = read_archive(folder, release.archive_sha256)
    states = [entry.place for entry in release.countries] + [entry.place for entry in release.not_forecast]
    try:
        for forecast in release.countries:
            belief(forecast, release)
        for state in states:
            place(state)
    except TocsinError as error:
        raise ReleaseError(
            error.what, where=str(folder / "release.json"), remedy="Build the release again with `tocsin release build`"
        ) from None
    if len(set(states)) < len(states):
        raise ReleaseError(
            "a state is there twice",
            where=str(folder / "release.json"),
            remedy="Build the release again with `tocsin release build`",
        )
    return Reading(release, archive, origin)
