"""How the monthly forecasts would have done: scores by window and model, and ours against the twelve-month history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tocsin.core.errors import ReleaseError
from tocsin.core.settings import Settings
from tocsin.desk.monthly import monthly_release
from tocsin.desk.signals import absent

MODELS = {
    "tocsin": "Tocsin",
    "history12": "Last twelve months, each equally likely",
    "bootstrap240": "Last 240 months, each equally likely",
    "last_poisson": "Poisson around the last month",
    "zero": "No deaths, for certain",
}
"""The models, ours first."""

METRICS = {
    "crps": ("CRPS", "mean distance of the whole distribution from what came, in deaths; lower is better"),
    "log_crps": ("log-CRPS", "the same on the scale log(1 + deaths), so that small wars count too; lower is better"),
    "ignorance": ("Ignorance", "mean surprise, in bits, at which of eleven ranges of deaths came; lower is better"),
    "coverage90": (
        "Within 90 %",
        "share of months inside the 90 % interval; where zero alone holds more than 90 %, it is above 90 %",
    ),
}
"""The scores, each with its title and meaning."""

PLACES = {
    "all": "all countries",
    "ETH": "without Ethiopia",
    "ETH+UKR": "without Ethiopia and Ukraine",
}
"""What is compared: a mean that a single war may carry is also given without it."""


@dataclass(frozen=True)
class WindowScore:
    """The scores of a model in a year: mean over countries and months, by metric."""

    window: str
    countries: int
    model: str
    title: str
    scores: dict[str, float]


@dataclass(frozen=True)
class AgainstHistory:
    """Our mean score over that of the twelve-month history, all windows: the ratio with its 90 % interval by country.

    verdict: ``better``, ``worse`` or ``not distinguishable``.
    """

    scope: str
    title: str
    metric: str
    ours: float
    theirs: float
    ratio: float
    low: float
    high: float
    verdict: str


@dataclass(frozen=True)
class MonthlyScores:
    """All of it. absence: why there is nothing; empty otherwise. protocol: how it was done, in a sentence."""

    absence: str
    outcome: str = ""
    protocol: str = ""
    method_version: str = ""
    vintage: str = ""
    licence: str = ""
    windows: tuple[WindowScore, ...] = ()
    against: tuple[AgainstHistory, ...] = ()


def monthly_scores(settings: Settings) -> MonthlyScores:
    """The scores that the monthly release carries; nothing is scored here."""
    try:
        release, _, _ = monthly_release(settings)
    except ReleaseError as error:
        return MonthlyScores(absent(error))
    found = release.scores
    if not found.get("windows"):
        return MonthlyScores("The monthly forecasts at hand carry no scores.")
    facts: dict[str, Any] = found["protocol"]
    ahead = facts["months_ahead"]
    return MonthlyScores(
        absence="",
        outcome=release.outcome,
        protocol=f"Each year forecast from {facts['origin']}, {ahead[0]} to {ahead[1]} months ahead, from what the "
        "file of today says of the months up to then; the method was chosen on years up to 2017 and not changed after.",
        method_version=release.method_version,
        vintage=release.vintage,
        licence=release.licence,
        windows=tuple(
            WindowScore(
                year,
                facts["countries"][year],
                model,
                title,
                {metric: models[model][metric] for metric in METRICS},
            )
            for year, models in found["windows"].items()
            for model, title in MODELS.items()
            if model in models
        ),
        against=tuple(
            _against(scope, metric, found["comparisons"][scope]["history12"][metric])
            for scope in PLACES
            if scope in found["comparisons"]
            for metric in METRICS
            if found["comparisons"][scope]["history12"].get(metric, {}).get("ratio", {}).get("low") is not None
        ),
    )


def _against(scope: str, metric: str, found: dict[str, Any]) -> AgainstHistory:
    ratio = found["ratio"]
    low, high = ratio["low"], ratio["high"]
    verdict = "not distinguishable" if low <= 1 <= high else "better" if high < 1 else "worse"
    return AgainstHistory(
        scope, PLACES[scope], metric, found["ours"], found["theirs"], ratio["value"], low, high, verdict
    )
