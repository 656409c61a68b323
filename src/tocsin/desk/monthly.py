"""Monthly deaths: the country-month panel at hand, our forecasts and others', and how ours would have done."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import polars as pl

from tocsin.core.belief import significant
from tocsin.core.errors import PeriodError, ReleaseError, SourceError, TocsinError
from tocsin.core.period import year_and_month
from tocsin.core.place import place as place_of
from tocsin.core.place import resolve
from tocsin.core.settings import Settings
from tocsin.core.work import Progress, silent
from tocsin.desk.fetching import load_country_months
from tocsin.forecast.comparison import Comparison
from tocsin.forecast.fatalities.release import MonthlyRelease, read_monthly
from tocsin.panel.months import CountryMonths, build_country_months
from tocsin.sources.catalogue import catalogue
from tocsin.sources.fetch import fetch
from tocsin.sources.published import MONTHLY, MonthlyForecast, monthly_forecast
from tocsin.sources.views import MONTHS, read_country_months

DEFINITION = (
    "Deaths in state-based conflict in a country and calendar month: UCDP GED, best estimate. Fighting between groups "
    "that are no state's, and killing of civilians in one-sided violence, are not in it."
)


@dataclass(frozen=True)
class Months:
    """A country-month panel with what must be known of it. notes: what was set aside, in sentences."""

    panel: CountryMonths
    vintage: str
    licence: str
    notes: tuple[str, ...]


def months(settings: Settings, file: Path | None = None) -> Months:
    """The panel of a file with the columns of ``ged_cm.csv``, or the one of the source that is at hand.

    Errors: FetchError (nothing is here: what to run), ContentError, ContractError, PanelError.
    """
    if file is None:
        checked, source = load_country_months(settings)
        vintage, licence = source.vintage, source.licence
    else:
        try:
            checked = read_country_months(file, this_year=datetime.now(UTC).year)
        except SourceError as error:
            error.remedy = _AS_GED_CM  # it was given by hand: there is nothing to pull
            raise
        vintage, licence = f"the file {file.name}", "as whoever gave the file says"
    panel = build_country_months(checked.frame)
    told = [*map(str, checked.quarantine.breaches), *_without_a_row(panel)]
    return Months(panel, vintage, licence, (*checked.quarantine.warnings, *told))


_AS_GED_CM = "Give a CSV in UTF-8, with commas and the columns of ged_cm.csv"


def _without_a_row(panel: CountryMonths) -> list[str]:
    """What must be said where whole months are lacking between the first and the last."""
    lacking = panel.months[~panel.covered.any(axis=0)].tolist()
    if not lacking:
        return []
    many = "1 month is" if len(lacking) == 1 else f"{len(lacking)} months are"
    return [f"{many} covered for no country, the first {_month(lacking[0])}: as not known, not as without deaths."]


def backtest_fatalities(
    settings: Settings, years: Sequence[int], file: Path | None = None, *, progress: Progress = silent
) -> dict[str, Any]:
    """Forecast these years from October of the year before, and score.

    ``{windows: {YEAR: {MODEL: {metric: mean}}}, without: {"ETH": the same, "ETH+UKR": the same}, method_version,
    seconds}`` and, beside, what was compared and scored: ``protocol``, ``comparisons`` (ours against each other model
    over all windows, with country-cluster intervals) and ``phases``.

    Errors: as ``months``; ScoreError if the panel does not hold a window; PeriodError for no year.
    """
    from tocsin.forecast.fatalities import backtest as walking
    from tocsin.forecast.fatalities.procedure import fatalities_method

    if not years:
        raise PeriodError("there is no window", where="--windows", remedy="Give FIRST:LAST, for example 2018:2021")
    started, method, have = time.monotonic(), fatalities_method(), months(settings, file)
    windows = walking.walk(have.panel, years, method, progress)

    def means(without: Sequence[str] = ()) -> dict[str, Any]:
        return {
            str(one.year): {
                model: {metric: _number(one.mean(model, metric, without)) for metric in walking.METRICS}
                for model in walking.MODELS
            }
            for one in windows
        }

    def against(other: str, without: Sequence[str] = ()) -> dict[str, Any]:
        return {
            metric: _told(walking.compared(windows, metric, other, without))
            for metric in ("crps", "log_crps", "ignorance", "mis90")
        }

    others = [model for model in walking.MODELS if model != walking.OURS]
    return {
        "windows": means(),
        "without": {name: means(places) for name, places in walking.WITHOUT.items()},
        "comparisons": {
            "all": {other: against(other) for other in others},
            **{
                name: {"history12": against("history12", places)}
                for name, places in walking.WITHOUT.items()
                if any(set(one.places) - set(places) for one in windows)
            },
        },
        "phases": {
            metric: {kind: _told(found) for kind, found in walking.by_phase(windows, metric, "history12").items()}
            for metric in ("crps", "log_crps")
        },
        "protocol": {
            "outcome": DEFINITION,
            "vintage": have.vintage,
            "licence": have.licence,
            "origin": "October of the year before",
            "months_ahead": [walking.AHEAD[0], walking.AHEAD[-1]],
            "countries": {str(one.year): len(one.places) for one in windows},
            "left_out": {str(one.year): list(one.left_out) for one in windows if one.left_out},
            "notes": list(have.notes),
            "ignorance": "bits; the exact share in each of eleven bins with one count added to 1,000 draws",
        },
        "method_version": method.version,
        "seconds": round(time.monotonic() - started, 1),
    }


def _told(found: Comparison) -> dict[str, Any]:
    """A comparison as it is written; a ratio to nothing is null."""

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: plain(one) for name, one in value.items()}
        return _number(value) if isinstance(value, float) else value

    return {name: plain(value) for name, value in asdict(found).items()}


def _number(value: float) -> float | None:
    """A number as JSON has it: what is none, such as the mean of nothing, is null."""
    return value if math.isfinite(value) else None


REPORTED = range(2018, 2022)
"""The windows whose scores a release carries; the method was chosen on earlier ones."""


@dataclass(frozen=True)
class MonthForecast:
    """Our forecast for a place and month. low, high: ends of the 90 % interval; at_least_*: probabilities."""

    place: str
    name: str
    month: str
    mean: float
    low: float
    median: float
    high: float
    at_least_1: float
    at_least_25: float
    at_least_100: float


@dataclass(frozen=True)
class OtherMonth:
    """A publisher's forecast for a place and month. range: their bounds in words, empty where they give none."""

    month: str
    mean: float
    range: str


@dataclass(frozen=True)
class OtherForecast:
    """What a publisher forecasts for a place, with what it is of."""

    title: str
    definition: str
    horizon: str
    vintage: str
    licence: str
    rows: tuple[OtherMonth, ...]


@dataclass(frozen=True)
class MonthlyView:
    """Monthly forecasts as they are shown. origin: the last month known. notices: sentences that must be read first."""

    outcome: str
    method_version: str
    origin: str
    vintage: str
    licence: str
    notices: tuple[str, ...]
    rows: tuple[MonthForecast, ...]
    others: tuple[OtherForecast, ...]


@dataclass(frozen=True)
class MonthlyReport:
    """What a build made."""

    folder: Path
    countries: int
    seconds: float


def monthly_release(settings: Settings) -> tuple[MonthlyRelease, pl.DataFrame, tuple[str, ...]]:
    """The monthly release that serves - this machine's if it is whole, else the one in the package - and notices.

    Errors: ReleaseError if neither can be read.
    """
    notices: tuple[str, ...] = ()
    if (settings.release / "months.json").exists():
        try:
            return (*read_monthly(settings.release), ())
        except ReleaseError as error:
            notices = (f"This machine's monthly forecasts cannot be read, so those of the package serve. {error}",)
    return (*read_monthly(Path(str(files("tocsin") / "data" / "release"))), notices)


def monthly_view(settings: Settings, place: str = "", ahead: int = 6) -> MonthlyView:
    """Our forecasts for one place (every month ahead) or for all places (one month ahead, the most deaths first).

    With a place, published forecasts that are at hand stand beside.

    Errors: UnknownPlace, AmbiguousPlace; ReleaseError.
    """
    release, table, notices = monthly_release(settings)
    wanted = resolve(place).id if place else None
    if wanted is None:
        chosen = table.filter(pl.col("ahead") == ahead).sort("mean", descending=True)
    else:
        chosen = table.filter(pl.col("place") == wanted)
        if chosen.is_empty():
            why = release.not_forecast.get(wanted, "it was not covered in the last month known")
            notices = (*notices, f"There is no monthly forecast for {place_of(wanted).names['en']}: {why}.")
    age = _months_between(release.origin, datetime.now(UTC))
    if age > 3:
        notices = (*notices, f"These forecasts know nothing after {_month(release.origin)}, {age} months ago.")
    others = tuple(_others(settings, wanted)) if wanted else ()
    return MonthlyView(
        release.outcome,
        release.method_version,
        _month(release.origin),
        release.vintage,
        release.licence,
        notices,
        tuple(_row(row) for row in chosen.iter_rows(named=True)),
        others,
    )


def build_monthly(
    settings: Settings, folder: Path | None = None, file: Path | None = None, *, progress: Progress = silent
) -> MonthlyReport:
    """Forecast every month ahead from the data at hand, score the reported windows, find signals; write the release.

    Errors: as ``months``; ForecastError; ReleaseError if it cannot be written.
    """
    from tocsin.desk.signals_build import signals_release
    from tocsin.desk.signals_release import write_signals
    from tocsin.forecast.fatalities.procedure import fatalities_method
    from tocsin.forecast.fatalities.release import forecast_table, write_monthly

    started, method, have = time.monotonic(), fatalities_method(), months(settings, file)
    table, without = forecast_table(have.panel, method, progress=progress)
    scores = backtest_fatalities(settings, REPORTED, file, progress=progress)
    release = MonthlyRelease(
        method_version=method.version,
        outcome=DEFINITION,
        origin=have.panel.last_month,
        vintage=have.vintage,
        licence=have.licence,
        citation=catalogue()[MONTHS[0]].citation if file is None else "",
        not_forecast=without,
        # How long it took is the machine's; a release must not differ by it.
        scores={name: value for name, value in scores.items() if name != "seconds"},
    )
    target = folder or settings.release
    signals = signals_release(
        have.panel,
        method,
        outcome=DEFINITION,
        vintage=have.vintage,
        licence=have.licence,
        citation=release.citation,
        progress=progress,
    )
    write_monthly(target, release, table)
    write_signals(target, signals)
    return MonthlyReport(target, table["place"].n_unique(), round(time.monotonic() - started, 1))


def _others(settings: Settings, place: str) -> list[OtherForecast]:
    found = []
    for source in MONTHLY:
        try:
            one = _published(settings, source)
        except TocsinError:
            continue  # not at hand: the Data page says so
        rows = [
            OtherMonth(_month(row["month"]), row["mean"], _range(row["low"], row["high"]))
            for row in one.frame.filter(pl.col("place") == place).sort("month").iter_rows(named=True)
        ]
        found.append(OtherForecast(one.title, one.definition, one.horizon, one.vintage, one.licence, tuple(rows)))
    return found


def _published(settings: Settings, source: str) -> MonthlyForecast:
    """A published forecast, kept while its files stay the same: reading one takes a tenth of a second."""
    now, sheet = datetime.now(UTC), catalogue()[source]
    key = tuple(fetch(settings, sheet, table, now=now, offline=True).receipt.sha256 for table in sheet.tables)
    if source not in _read or _read[source][0] != key:
        _read[source] = (key, monthly_forecast(settings, source, now=now))
    return _read[source][1]


_read: dict[str, tuple[tuple[str, ...], MonthlyForecast]] = {}


def _row(row: dict[str, Any]) -> MonthForecast:
    return MonthForecast(
        row["place"],
        place_of(row["place"]).names["en"],
        _month(row["month"]),
        row["mean"],
        row["q05"],
        row["q50"],
        row["q95"],
        row["p1"],
        row["p25"],
        row["p100"],
    )


def _range(low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f"{_plain(low)} to {_plain(high)}"


def _plain(value: float) -> str:
    return f"−{significant(-value)}" if value < 0 else significant(value)


def _month(number: int) -> str:
    year, month = year_and_month(number)
    return f"{year}-{month:02}"


def _months_between(number: int, now: datetime) -> int:
    year, month = year_and_month(number)
    return 12 * (now.year - year) + now.month - month
