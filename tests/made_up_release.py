"""A small release with made-up numbers, in a home of its own, for tests that read a release and care what it says."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from tocsin.core.settings import Settings
from tocsin.forecast.release import (
    ARCHIVE_SCHEMA,
    Analogue,
    Change,
    Contribution,
    CountryForecast,
    DataReceipt,
    ModelScores,
    NotForecast,
    Outcome,
    Release,
    Score,
    ScoreBlock,
    write_release,
)

TRICKY = "Deaths *in* #panic() $x$ [a](b) | <b>battle</b> `c` _d_ & \\n"
"""A label that is markup in every format a brief can have."""

DEFINITION = "Someone deliberately kills very many."
REASON = "No mortality is recorded for 2024."
CAVEATS = ("The first made-up caveat.", "The second made-up caveat.", "The third made-up caveat.")


def contributions(weight: float) -> tuple[Contribution, ...]:
    """Four predictors of three themes; one pulls down."""
    return (
        Contribution(feature="deaths", label=TRICKY, theme="War", log_odds=weight),
        Contribution(feature="people", label="Population", theme="People", log_odds=weight / 2),
        Contribution(feature="births", label="Infant mortality", theme="People", log_odds=weight / 4),
        Contribution(feature="freedom", label="Freedom", theme="Institutions", log_odds=-weight / 5),
    )


def forecast(place: str, name: str, rank: int, probability: float, **more: object) -> CountryForecast:
    """A country's forecast around a probability, with all else made up to fit."""
    parts = contributions(1.0 / rank)
    given: dict[str, object] = {
        "place": place,
        "name": name,
        "probability": probability,
        "low": probability / 2,
        "high": min(1.0, probability * 2),
        "rank": rank,
        "rank_low": rank,
        "rank_high": rank + 3,
        "tied_low": 1,
        "tied_high": rank + 2,
        "baseline_log_odds": -4.0,
        "log_odds": -4.0 + sum(part.log_odds for part in parts),
        "contributions": parts,
        "ongoing_episodes": 0,
    }
    return CountryForecast.model_validate(given | more)


def release() -> Release:
    """Sudan moved beyond noise, Chad moved inside it, Mali has nothing to compare with, North Korea no forecast."""
    moved = Change(
        previous_probability=0.03,
        previous_rank=7,
        total=0.9,
        data=0.8,
        model=0.1,
        revision=None,
        drift=0.0,
        noise=0.2,
        meaningful=True,
        drivers=contributions(0.5)[:2],
    )
    still = moved.model_copy(update={"total": 0.1, "data": 0.05, "model": 0.05, "revision": 0.0, "meaningful": False})
    past = Analogue(
        place="RWA",
        name="Rwanda",
        year=1992,
        ongoing_episodes=1,
        distance=0.4,
        probability=0.06,
        followed="onset",
        onset_year=1994,
    )
    quiet = Analogue(
        place="ZMB",
        name="Zambia",
        year=1999,
        ongoing_episodes=0,
        distance=0.7,
        probability=None,
        followed="no onset",
        onset_year=None,
    )
    return Release(
        format=1,
        method_version="made-up-1",
        method="made up for tests",
        outcome=Outcome(
            key="made_up",
            title="Beginning of a new mass killing",
            definition=DEFINITION,
            owner="Nobody",
            source="Made-up source",
            horizon_years=2,
        ),
        data_year=2024,
        horizon="2025-2026",
        vintage="made-up vintage",
        base_rate=0.02,
        base_rate_years="2004-2023",
        expected_onsets=0.2,
        expected_low=0.1,
        expected_high=0.4,
        interval_coverage=0.9,
        explanation_kind="linear",
        countries=(
            forecast("SDN", "Sudan", 1, 0.1234, change=moved, analogues=(past, quiet), ongoing_episodes=1),
            forecast("TCD", "Chad", 2, 0.0412, change=still, analogues=(quiet,)),
            forecast("MLI", "Mali", 3, 0.0031),
        ),
        not_forecast=(NotForecast(place="PRK", name="North Korea", reason=REASON),),
        coefficients={},
        scores=(
            ScoreBlock(
                key="test",
                title="Reported once",
                years="2009-2024",
                n=100,
                positives=4,
                models=(
                    ModelScores(
                        model="tocsin",
                        label="Tocsin",
                        metrics={
                            "recall30": Score(value=0.75, low=0.5, high=0.9),
                            "expected_observed": Score(value=1.1, low=0.8, high=1.6),
                        },
                    ),
                ),
            ),
        ),
        receipts=(
            DataReceipt(
                source="ewp-2025-panel",
                url="https://example.org/panel.csv",
                sha256="0" * 64,
                bytes=1,
                vintage="made-up vintage",
                terms="made-up terms",
            ),
        ),
        caveats=CAVEATS,
        licence="made-up licence",
        protocol={},
    )


def archive() -> pl.DataFrame:
    """Sudan's past: an onset in 2022, two years not yet known; North Korea's: one forecast."""
    known = [(2018, 0.05, 0, 0), (2019, 0.06, 0, 0), (2020, 0.07, 0, 1), (2021, 0.08, 1, 0)]
    rows = [_row("SDN", year, chance, first, second) for year, chance, first, second in known]
    rows += [_row("SDN", 2023, 0.09, None, None), _row("PRK", 2019, 0.011, 0, 0)]
    return pl.DataFrame(rows, schema=ARCHIVE_SCHEMA, orient="row")


def _row(place: str, year: int, chance: float, first: int | None, second: int | None) -> tuple[object, ...]:
    outcome = None if first is None or second is None else max(first, second)
    bounds = (chance / 2, chance * 2)
    country = {"SDN": 625, "PRK": 731}[place]
    return (year, year - 2, place, country, place, chance, *bounds, 0.02, 0.02, 0.02, 0.02, first, second, outcome)


def made_up_home(folder: Path, *, mirror: Path | None = None) -> Settings:
    """Settings of a machine without a network whose home holds the made-up release."""
    settings = Settings(home=folder / "home", mirror=mirror, offline=True)
    write_release(settings.release, release(), archive())
    return settings
