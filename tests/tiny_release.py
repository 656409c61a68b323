"""A small release with made-up numbers, for tests of what is read from one: four states, three walk-forward years.

Sudan moved beyond noise and has an episode under way; Rwanda moved inside it; Norway has no earlier forecast; Iceland
has none at all. The last forecast of each state is censored. Texts that a release brings along are hostile on purpose.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from tocsin.core.settings import Settings
from tocsin.forecast.release import (
    ARCHIVE_SCHEMA,
    FORMAT,
    Analogue,
    Change,
    Comparison,
    Contribution,
    CountryForecast,
    DataReceipt,
    ModelScores,
    NotForecast,
    Outcome,
    Release,
    ReliabilityBin,
    Score,
    ScoreBlock,
    StepTerm,
    write_release,
)

HOSTILE = '<script>alert("x")</script>'


def contribution(feature: str, theme: str, log_odds: float, label: str | None = None) -> Contribution:
    return Contribution(feature=feature, label=label or f"Label of {feature}", theme=theme, log_odds=log_odds)


def country(place: str, probability: float, rank: int, **changes: Any) -> CountryForecast:
    fields: dict[str, Any] = {
        "place": place,
        "name": place,
        "probability": probability,
        "low": probability / 2,
        "high": probability * 1.5,
        "rank": rank,
        "rank_low": 1,
        "rank_high": 3,
        "tied_low": 1,
        "tied_high": min(rank + 1, 3),
        "log_odds": -2.0,
        "baseline_log_odds": -4.0,
        "contributions": (
            contribution("deaths", "War", 1.5, label=HOSTILE),
            contribution("calm", "War", -0.25),
            contribution("people", "Population", 0.75),
        ),
        "ongoing_episodes": 0,
    }
    return CountryForecast(**fields | changes)


def change(total: float, meaningful: bool) -> Change:
    return Change(
        previous_probability=0.04,
        previous_rank=2,
        total=total,
        data=total * 0.9,
        model=total * 0.1,
        revision=None,
        drift=-0.05,
        noise=0.3,
        meaningful=meaningful,
        drivers=(contribution("deaths", "War", total, label=HOSTILE),),
    )


def tiny_release(**changes: Any) -> Release:
    scored = {
        "log": Score(value=0.0612, low=0.05, high=0.07),
        "auc": Score(value=None),
        "novel": Score(value=0.5, low=0.4, high=0.6),
    }
    bins = (
        ReliabilityBin(
            lower=0.0, upper=0.05, forecasts=6, mean_forecast=0.02, events=1, observed=1 / 6, low=0.05, high=0.4
        ),
        ReliabilityBin(
            lower=0.05, upper=1.0, forecasts=0, mean_forecast=0.0, events=0, observed=0.0, low=0.0, high=1.0
        ),
    )
    models = (
        ModelScores(model="tocsin", label="Tocsin", metrics=scored, reliability=bins),
        ModelScores(model="two_variable", label="Two variables", metrics={"log": scored["log"]}),
    )
    compared = (
        Comparison(
            other="two_variable", metric="log", difference=-0.001, low=-0.004, high=0.002, distinguishable=False
        ),
    )
    near = Analogue(
        place="TCD",
        name=HOSTILE,
        year=2003,
        ongoing_episodes=2,
        distance=1.0,
        probability=0.05,
        followed="onset",
        onset_year=2005,
    )
    fields: dict[str, Any] = {
        "format": FORMAT,
        "method_version": "test-1",
        "method": f"A method for tests. {HOSTILE}",
        "outcome": Outcome(
            key="made_up",
            title="Onset of something made up",
            definition="What the tests say it is.",
            owner="Nobody",
            source="No source",
            horizon_years=2,
        ),
        "data_year": 2024,
        "horizon": "2025-2026",
        "vintage": "test vintage",
        "base_rate": 0.02,
        "base_rate_years": "2004-2023",
        "expected_onsets": 0.115,
        "expected_low": 0.06,
        "expected_high": 0.2,
        "interval_coverage": 0.9,
        "explanation_kind": "linear",
        "countries": (
            country("SDN", 0.08, 1, ongoing_episodes=1, change=change(0.7, True), analogues=(near,)),
            country("RWA", 0.03, 2, change=change(0.1, False)),
            country("NOR", 0.005, 3),
        ),
        "not_forecast": (NotForecast(place="ISL", name="Iceland", reason="The test has no row for it."),),
        "coefficients": {"net": {"base": -4.0, "popsize.log2": 0.3}, "ensemble": {"shift": -0.1}},
        "steps": {"popsize.log2": StepTerm(thresholds=(20.0, 25.0), values=(0.0, 0.4, 0.9))},
        "scores": (
            ScoreBlock(
                key="test", title="Test years", years="2009-2024", n=6, positives=1, models=models, comparisons=compared
            ),
        ),
        "receipts": (
            DataReceipt(
                source="panel",
                url="https://example.org/p.csv",
                sha256="ab" * 32,
                bytes=12345,
                vintage="v",
                terms="none stated",
            ),
        ),
        "caveats": (f"A caveat. {HOSTILE}",),
        "licence": "CC BY 4.0",
        "protocol": {"walk_forward": "train on years to L, forecast from L + 2"},
    }
    return Release(**fields | changes)


def tiny_archive() -> pl.DataFrame:
    rows = []
    for place in ("SDN", "RWA", "NOR"):
        for year, first, second in ((2021, 0, int(place == "SDN")), (2022, int(place == "SDN"), 0), (2023, 0, None)):
            known = None if second is None and not first else int(bool(first or second))
            rows.append(
                {
                    "predictor_year": year,
                    "trained_to": year - 2,
                    "place": place,
                    "country": {"SDN": 625, "RWA": 517, "NOR": 385}[place],
                    "name": place,
                    "tocsin": 0.05,
                    "tocsin_low": 0.02 if place == "SDN" else None,
                    "tocsin_high": 0.09 if place == "SDN" else None,
                    "climatology": 0.02,
                    "two_variable": 0.03,
                    "three_variable": 0.03,
                    "ewp_reproduced": 0.04,
                    "onset_1": first,
                    "onset_2": second,
                    "outcome": known,
                }
            )
    return pl.DataFrame(rows, schema=dict(ARCHIVE_SCHEMA))


def node(home: Path, release: Release | None = None) -> Settings:
    """The settings of an offline node on which this release (the tiny one, if none is given) was built."""
    settings = Settings(home=home, offline=True)
    write_release(settings.release, release or tiny_release(), tiny_archive())
    return settings
