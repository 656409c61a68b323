"""A monthly release with made-up numbers: Sudan with signals, Rwanda quiet, Norway without a forecast."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from tocsin.core.settings import Settings
from tocsin.desk.signals_release import (
    Alarm,
    Beyond,
    LevelChange,
    Measured,
    PlaceSignals,
    SignalsRelease,
    write_signals,
)
from tocsin.forecast.fatalities.release import SCHEMA, MonthlyRelease, write_monthly

ORIGIN = 504
"""December 2021, the last month known."""

OUTCOME = "Deaths as the tests count them."


def a_table() -> pl.DataFrame:
    """36 months of Sudan, the median rising by one a month, and of Rwanda, always zero."""
    rows: list[dict[str, Any]] = []
    for ahead in range(1, 37):
        fan = {"q05": 1.0, "q10": 2.0, "q25": 5.0, "q50": 9.0 + ahead, "q75": 90.0, "q90": 400.0, "q95": 900.0}
        chances = {"p1": 0.97, "p25": 0.4, "p100": 0.2, "p1000": 0.04}
        rows.append({"place": "SDN", "month": ORIGIN + ahead, "ahead": ahead, "mean": 123.0, **fan, **chances})
        quiet = dict.fromkeys((*fan, *chances), 0.0) | {"p1": 0.003}
        rows.append({"place": "RWA", "month": ORIGIN + ahead, "ahead": ahead, "mean": 0.01, **quiet})
    return pl.DataFrame(rows, schema=SCHEMA).sort("place", "month")


def a_release(**changes: Any) -> MonthlyRelease:
    def scores(crps: float) -> dict[str, float]:
        return {"crps": crps, "log_crps": 0.1, "ignorance": 0.5, "mis90": 50.0, "coverage90": 0.96}

    def compared(low: float, high: float) -> dict[str, Any]:
        ratio = {"value": (low + high) / 2, "low": low, "high": high}
        return {"ours": 1.0, "theirs": 1.1, "difference": ratio, "ratio": ratio, "rows": 12, "countries": 2}

    against = {"crps": compared(0.8, 0.95), "log_crps": compared(0.9, 1.1), "ignorance": compared(1.02, 1.2)}
    fields: dict[str, Any] = {
        "method_version": "fatalities-test",
        "outcome": OUTCOME,
        "origin": ORIGIN,
        "vintage": "a made-up file",
        "licence": "a made-up licence",
        "citation": "Nobody (2021).",
        "not_forecast": {"NOR": "the tests say so"},
        "scores": {
            "windows": {"2021": {"tocsin": scores(10.0), "history12": scores(12.0)}},
            "comparisons": {"all": {"history12": against}},
            "protocol": {
                "origin": "October of the year before",
                "months_ahead": [3, 14],
                "countries": {"2021": 2},
            },
        },
    }
    return MonthlyRelease(**fields | changes)


def the_signals(**changes: Any) -> SignalsRelease:
    sudan = PlaceSignals(
        place="SDN",
        rise=0.02,
        changes=(
            LevelChange(month=200, before=1.0, after=50.0, credibility=0.9, either_side=3),
            LevelChange(month=490, before=50.0, after=10.0, credibility=0.4, either_side=3),
            LevelChange(month=500, before=10.0, after=400.0, credibility=0.6, either_side=3),
        ),
        alarms=(Alarm(month=501, signal="rise", score=-2.0, threshold=-3.0),),
        beyond=(Beyond(month=501, side="above", edge=120.0, chance=0.0, resolution=0.0007),),
    )
    kept = {"first": 379, "last": 498, "years": 10.0, "alarms": 60}
    fields: dict[str, Any] = {
        "method_version": "changes-test",
        "forecast_version": "fatalities-test",
        "outcome": OUTCOME,
        "month": ORIGIN,
        "vintage": "a made-up file",
        "licence": "a made-up licence",
        "citation": "Nobody (2021).",
        "stated": 6.0,
        "quiet": 6,
        "ahead": 6,
        "before": 12,
        "factor": 2.0,
        "floor": 1.0,
        "measured": (
            Measured(signal="rise", false=40, false_low=3.0, false_high=5.2, **kept),
            Measured(signal="surprise", false=90, false_low=7.5, false_high=10.7, **kept),
        ),
        "places": (PlaceSignals(place="RWA", rise=0.0), sudan),
    }
    return SignalsRelease(**fields | changes)


def with_months(settings: Settings) -> Settings:
    """Settings whose home holds all three files."""
    folder: Path = settings.release
    write_monthly(folder, a_release(), a_table())
    write_signals(folder, the_signals())
    return settings
