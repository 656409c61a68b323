"""The series that a rule can speak of, for one place, from what this node has: the one file that reads the data.

Each says its definition, its unit, where it is from and under which terms, how late its numbers come, and whether its
past values are those that were known at the time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

import polars as pl

from tocsin.core.errors import FetchError
from tocsin.core.period import month_id
from tocsin.core.settings import Settings
from tocsin.desk.reading import read
from tocsin.sources.catalogue import catalogue
from tocsin.sources.fetch import fetch, find_cached
from tocsin.sources.views import MONTHS, read_deaths


@dataclass(frozen=True)
class Loaded:
    """A series of one place.

    values: by month number; a month that is not there is not covered. source: a sentence with vintage and terms.
    revised: whether past values have been revised since they were first known; then all of them are of one vintage.
    begins: by a yearly outcome, the years in which it began and those in which it did not; None where there is none.
    """

    values: Mapping[int, float]
    source: str
    revised: bool
    begins: Mapping[int, bool] | None = None


@dataclass(frozen=True)
class Named:
    """A series that there is.

    lag: months after the end of a month until its number is there. yearly: its values change once a year. load: for a
    place's code; None where the data are not on this node; without values where they do not cover the place.
    """

    name: str
    title: str
    definition: str
    unit: str
    lag: int
    yearly: bool
    load: Callable[[Settings, str], Loaded | None]


def named() -> Mapping[str, Named]:
    """Every series by its name."""
    return {one.name: one for one in _SERIES}


def _deaths(settings: Settings, place: str) -> Loaded | None:
    source = catalogue()[MONTHS[0]]
    table = source.table(MONTHS[1])
    if find_cached(settings, table) is None and settings.mirror is None:
        return None
    try:
        fetched = fetch(settings, source, table, now=datetime.now(UTC), offline=True)
    except FetchError:
        return None
    months = _months(str(fetched.path), fetched.receipt.sha256)
    found = months.filter(pl.col("place") == place)
    values = dict(zip(found["month"].to_list(), found["deaths"].to_list(), strict=True))
    told = f"{source.title}; {source.vintage}; {source.licence}. {source.citation}"
    return Loaded(values, told, revised=True)


@lru_cache(maxsize=4)
def _months(path: str, sha256: str) -> pl.DataFrame:
    """Deaths by place and month of one file; two ids of one state in the month of a border change are added."""
    # A sum of nothing would be zero, and what is not covered is not.
    frame = read_deaths(Path(path), this_year=datetime.now(UTC).year).frame.drop_nulls("deaths")
    return frame.group_by("place", "month").agg(pl.col("deaths").sum()).sort("place", "month")


def _rise(settings: Settings, place: str) -> Loaded | None:
    """For each month, from the months up to it alone, the probability that the level of deaths rose just then."""
    deaths = _deaths(settings, place)
    if deaths is None or not deaths.values:
        return deaths
    return Loaded(_rises(tuple(deaths.values.items())), f"Tocsin's signals on: {deaths.source}", revised=True)


@lru_cache(maxsize=256)
def _rises(deaths: tuple[tuple[int, float], ...]) -> Mapping[int, float]:
    """By month; a month that is not covered has none. Kept, because a long series takes a while."""
    import numpy as np

    from tocsin.horizon.rises import rises

    values = dict(deaths)
    first, last = min(values), max(values)
    series = np.array([values.get(month, np.nan) for month in range(first, last + 1)])
    return {first + number: float(one) for number, one in enumerate(rises(series)) if not np.isnan(one)}


def _onset(settings: Settings, place: str) -> Loaded | None:
    """The walk-forward forecasts of the release, each in force in the year after the one from whose data it was made;
    the newest in all years of its window.
    """
    reading = read(settings)
    release, archive = reading.release, reading.archive.filter(pl.col("place") == place)
    by_year = {
        year + 1: value
        for year, value in zip(archive["predictor_year"].to_list(), archive["tocsin"].to_list(), strict=True)
        if value is not None
    }
    begins = {
        year + 1: bool(onset)
        for year, onset in zip(archive["predictor_year"].to_list(), archive["onset_1"].to_list(), strict=True)
        if onset is not None
    }
    forecast = next((one for one in release.countries if one.place == place), None)
    if forecast is not None:
        window = range(release.data_year + 1, int(release.horizon[-4:]) + 1)
        by_year |= {year: forecast.probability for year in window if year not in by_year}
    values = {month_id(year, month): value for year, value in sorted(by_year.items()) for month in range(1, 13)}
    told = (
        f"Tocsin's onset model {release.method_version}: {release.outcome.title}; forecasts made year by year from "
        f"data up to the year before, in the data's vintage {release.vintage}. {release.licence}"
    )
    return Loaded(values, told, revised=False, begins=begins)


_SERIES = (
    Named(
        "deaths.state-based",
        "deaths in state-based conflict",
        "Deaths in one month in armed conflict in which a state takes part, in the country: UCDP GED, best estimate.",
        "deaths",
        1,
        False,
        _deaths,
    ),
    Named(
        "signal.rise",
        "chance that the level of deaths rose just now",
        "Probability, from the deaths in state-based conflict of the months up to then alone, that their level rose "
        "within the last three months.",
        "",
        1,
        False,
        _rise,
    ),
    Named(
        "forecast.mass-killing-onset",
        "chance of a mass-killing onset",
        "Our model's probability that a state-led mass killing begins in the year or the next, as it was forecast from "
        "data up to the year before.",
        "",
        0,
        True,
        _onset,
    ),
)
