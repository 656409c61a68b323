"""How the forecasts have done: scores by block of years, comparisons, and the published forecasts beside ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from tocsin.core.errors import SourceError
from tocsin.core.place import Place, place
from tocsin.core.settings import Settings
from tocsin.desk.country import REPORTED_ONCE, kept
from tocsin.desk.others import OtherForecast, published_everywhere
from tocsin.desk.reading import Facts, Reading, Release, facts, read
from tocsin.forecast.release import Comparison, ModelScores, ReliabilityBin, Score, ScoreBlock

if TYPE_CHECKING:
    import polars as pl

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

    verdict: what the reported years say, in a few sentences; empty if the release does not hold them.
    published_absence: why no published forecast stands beside ours; empty if some do.
    """

    facts: Facts
    blocks: tuple[ScoreBlock, ...]
    verdict: str
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
        blocks=blocks(settings),
        verdict=verdict(reading.release.scores),
        beside=_beside(reading.release, published),
        published_absence=absence,
    )


def verdict(scores: tuple[ScoreBlock, ...]) -> str:
    """Which models ours beats by log score in the reported years, which not, and how its highest forecasts fared."""
    block = next((one for one in scores if one.key == REPORTED_ONCE), None)
    if block is None:
        return ""
    names = {model.model: model.label for model in block.models}
    log = [c for c in block.comparisons if c.metric == "log"]
    found = (
        ("is better than", [names[c.other] for c in log if c.distinguishable and c.difference < 0]),
        ("cannot be told apart from", [names[c.other] for c in log if not c.distinguishable]),
        ("is worse than", [names[c.other] for c in log if c.distinguishable and c.difference > 0]),
    )
    told = "; it ".join(
        f"{relation} {' and '.join(f'“{name}”' for name in others)}" for relation, others in found if others
    )
    sentences = [f"In {block.years}, by log score, our procedure {told}."] if told else []
    return " ".join([*sentences, kept(1.0, scores)]).strip()


def blocks(settings: Settings) -> tuple[ScoreBlock, ...]:
    """The scores of the serving release; with the published EWP walk-forward beside ours where it is at hand."""
    reading = read(settings)
    # Their files bring the whole reading of sources with them; a page that shows a release alone does without.
    from tocsin.desk.fetching import published_walk_forward

    try:
        published = published_walk_forward(settings)
    except SourceError:
        published = None
    if published is None:
        return reading.release.scores
    # A thousand draws take seconds, so the block is kept while neither archive changes.
    key = (reading.release.archive_sha256, int(published.hash_rows().sum()))
    if key not in _kept:
        _kept.clear()
        _kept[key] = _against(reading, published)
    return (*reading.release.scores, _kept[key])


_kept: dict[tuple[str, int], ScoreBlock] = {}


def _against(reading: Reading, published: pl.DataFrame) -> ScoreBlock:
    """Our walk-forward beside EWP's published one, on forecasts that both made."""
    import polars as pl

    from tocsin.forecast.evaluate import REPORTED, score_block

    both = reading.archive.join(
        published.select(
            "place",
            (pl.col("year") - 1).cast(pl.Int32).alias("predictor_year"),
            pl.col("from_year_before").alias("ewp_published"),
        ),
        on=["place", "predictor_year"],
        how="inner",
    )
    return score_block(
        both.filter(pl.col("ewp_published").is_not_null()),
        ("tocsin", "ewp_published", "three_variable", "two_variable", "climatology"),
        key="published",
        title="Beside EWP's published walk-forward",
        years=REPORTED,
    )


def _beside(release: Release, published: dict[str, OtherForecast]) -> tuple[Beside, ...]:
    return tuple(
        Beside(place(c.place), c.probability, c.low, c.high, c.rank, published[c.place])
        for c in release.countries
        if c.place in published
    )
