"""How the forecasts have done: scores by block of years, comparisons, and the published forecasts beside ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tocsin.core.place import Place, place
from tocsin.core.settings import Settings
from tocsin.desk.others import OtherForecast, published_everywhere
from tocsin.desk.reading import Facts, Release, facts, read
from tocsin.forecast.release import Comparison, ModelScores, ReliabilityBin, Score, ScoreBlock

__all__ = [
    "METRICS",
    "Beside",
    "Comparison",
    "Metric",
    "ModelScores",
    "ReliabilityBin",
    "Score",
    "ScoreBlock",
    "ScorecardView",
    "scorecard_view",
]


@dataclass(frozen=True)
class Metric:
    """What a score is called, what it means, and which way is better."""

    key: str
    title: str
    meaning: str
    better: Literal["lower", "higher", "near 1"]


METRICS = (
    Metric("log", "Log score", "mean surprise at what happened; punishes false certainty", "lower"),
    Metric("brier", "Brier score", "mean squared distance between probability and outcome", "lower"),
    Metric("auc", "AUC", "chance that a state with an onset stood above one without", "higher"),
    Metric(
        "auc_max2",
        "AUC, onset year",
        "the same in the Early Warning Project's unit: onset years, the higher of the two preceding forecasts",
        "higher",
    ),
    Metric("auc_pr", "AUC-PR", "precision averaged over recall; its floor is the base rate", "higher"),
    Metric("recall10", "Recall at 10", "share of onsets that fell among the ten highest of their year", "higher"),
    Metric("recall20", "Recall at 20", "share of onsets that fell among the twenty highest of their year", "higher"),
    Metric("recall30", "Recall at 30", "share of onsets that fell among the thirty highest of their year", "higher"),
    Metric("expected_observed", "Expected / observed", "onsets forecast for each onset that came", "near 1"),
)
"""The metrics a person is shown, in this order."""


@dataclass(frozen=True)
class Beside:
    """Our probability and a published one for the same state; the definitions may differ and are shown with both."""

    place: Place
    probability: float
    low: float
    high: float
    rank: int
    published: OtherForecast


@dataclass(frozen=True)
class ScorecardView:
    """Every block of scores, and each state whose forecast somebody else has published.

    published_absence: why no published forecast stands beside ours; empty if some do.
    """

    facts: Facts
    blocks: tuple[ScoreBlock, ...]
    beside: tuple[Beside, ...]
    published_absence: str

    def block(self, key: str) -> ScoreBlock | None:
        """The block with this key."""
        return next((block for block in self.blocks if block.key == key), None)


def scorecard_view(settings: Settings) -> ScorecardView:
    """The scores of the release that serves, beside what others published."""
    reading = read(settings)
    published, absence = published_everywhere(settings)
    return ScorecardView(
        facts=facts(reading),
        blocks=reading.release.scores,
        beside=_beside(reading.release, published),
        published_absence=absence,
    )


def _beside(release: Release, published: dict[str, OtherForecast]) -> tuple[Beside, ...]:
    return tuple(
        Beside(place(c.place), c.probability, c.low, c.high, c.rank, published[c.place])
        for c in release.countries
        if c.place in published
    )
