"""Score the walk-forward archive in its two units, every model beside the simple ones, with country-cluster intervals.

*Two-year unit*: one row a forecast; the outcome is an onset in either of the two years; rows whose second year is
unknown are left out. *Onset-year unit* (the Early Warning Project's own): one row a country and year; the forecast is
the larger of the two that covered the year, the outcome an onset in that year; recall asks whether the country was
among the k highest of either of the two forecasts' lists.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tocsin.core.errors import ScoreError
from tocsin.core.work import Map, Progress, counted, silent
from tocsin.forecast import score
from tocsin.forecast.release import Comparison, ModelScores, ReliabilityBin, Score, ScoreBlock

Floats = NDArray[np.float64]

EDGES = (0.0, 0.005, 0.01, 0.02, 0.04, 0.07, 1.0)
"""Bins of the reliability diagram; also the classes of the world page's legend."""

LABELS = {
    "tocsin": "Tocsin",
    "climatology": "Climatology (trailing 20 years)",
    "two_variable": "Two variables: population, infant mortality",
    "three_variable": "Three variables: population, infant mortality, battle deaths",
    "ewp_reproduced": "EWP specification, reproduced",
    "ewp_published": "EWP, as published",
}
METRICS = ("auc_max2", "auc", "auc_pr", "log", "brier", "recall10", "recall20", "recall30", "expected_observed")
LISTS = (10, 20, 30)
COMPARED = ("log", "brier", "auc", "auc_max2")
DRAWS = 1000
SEED = 7


@dataclass(frozen=True)
class Years:
    """A block of years: first and last predictor year of the two-year unit, first and last year of the onset unit."""

    predictor: tuple[int, int]
    onset: tuple[int, int]


REPORTED = Years((2008, 2022), (2009, 2024))
EVERY = Years((1993, 2022), (1994, 2024))
CHOSEN_ON = Years((1993, 2006), (1994, 2008))


@dataclass(frozen=True)
class Unit:
    """Aligned arrays of one unit, all of length n: probabilities by model, outcome, country, and by model and k whether
    the country was on a list of k (only in the onset-year unit).
    """

    p: dict[str, Floats]
    y: Floats
    country: NDArray[np.int64]
    listed: dict[tuple[str, int], NDArray[np.bool_]]


def two_year_unit(archive: pl.DataFrame, models: tuple[str, ...], first: int, last: int) -> Unit:
    """Forecasts made from predictors of years first..last whose outcome is known in full."""
    rows = archive.filter(
        pl.col("predictor_year").is_between(first, last)
        & pl.col("onset_1").is_not_null()
        & pl.col("onset_2").is_not_null()
    )
    return _unit(rows, models, rows["outcome"])


def onset_year_unit(archive: pl.DataFrame, models: tuple[str, ...], first: int, last: int) -> Unit:
    """Country-years first..last with a known onset or none, and the larger of the forecasts that covered them."""
    covering = archive.filter(pl.col("predictor_year").is_between(first - 2, last - 1))
    # A list is made of each forecast year; where the second year is unknown, what is known of the first decides ties.
    came = covering.select(pl.max_horizontal("onset_1", "onset_2").fill_null(0)).to_series().to_numpy()
    lists = [
        pl.Series(f"{model}@{k}", score.on_list(covering[model], came, covering["predictor_year"], k))
        for model in models
        for k in LISTS
    ]
    covers = pl.concat(
        covering.with_columns(lists).select(
            "country",
            (pl.col("predictor_year") + ahead).alias("year"),
            pl.col(f"onset_{ahead}").alias("onset"),
            *models,
            *(one.name for one in lists),
        )
        for ahead in (1, 2)
    )
    rows = (
        covers.filter(pl.col("year").is_between(first, last))
        .group_by("country", "year")
        .agg(pl.all().max())
        .filter(pl.col("onset").is_not_null())
        .sort("year", "country")
    )
    listed = {(model, k): rows[f"{model}@{k}"].to_numpy() for model in models for k in LISTS}
    return _unit(rows, models, rows["onset"], listed)


def _unit(
    rows: pl.DataFrame,
    models: tuple[str, ...],
    outcome: pl.Series,
    listed: dict[tuple[str, int], NDArray[np.bool_]] | None = None,
) -> Unit:
    if rows.height == 0 or rows.select(models).null_count().sum_horizontal().item() > 0:
        raise ScoreError("no forecast with a known outcome, or a model lacks one", remedy="Choose other years")
    return Unit(
        p={model: rows[model].to_numpy().astype(float) for model in models},
        y=outcome.cast(float).to_numpy(),
        country=rows["country"].to_numpy(),
        listed=listed or {},
    )


def _metrics(pair: Unit, single: Unit, model: str) -> dict[str, Callable[[Floats | None, Floats | None], float]]:
    """Each metric as a function of the weights of the two units' rows."""
    p, y, q, z = pair.p[model], pair.y, single.p[model], single.y

    def recall(k: int) -> Callable[[Floats | None, Floats | None], float]:
        # A list is a fact of its year; what is drawn again is which countries had their onsets.
        def share(_: Floats | None, weights: Floats | None) -> float:
            w = np.ones_like(z) if weights is None else weights
            events = float(w @ z)
            return float(w @ (z * single.listed[model, k])) / events if events > 0 else float("nan")

        return share

    return {
        "auc_max2": lambda _, w: score.auc(q, z, w),
        "auc": lambda w, _: score.auc(p, y, w),
        "auc_pr": lambda w, _: score.average_precision(p, y, w),
        "log": lambda w, _: score.log_score(p, y, w),
        "brier": lambda w, _: score.brier(p, y, w),
        "recall10": recall(10),
        "recall20": recall(20),
        "recall30": recall(30),
        "expected_observed": lambda w, _: score.expected_observed(p, y, w),
    }


def _scores(
    pair: Unit, single: Unit, weights: list[tuple[Floats, Floats]], model: str
) -> tuple[dict[str, float], dict[str, Floats]]:
    functions = _metrics(pair, single, model)
    drawn = {name: np.array([functions[name](*pairs) for pairs in weights]) for name in METRICS}
    return {name: functions[name](None, None) for name in METRICS}, drawn


def score_block(
    archive: pl.DataFrame,
    models: tuple[str, ...],
    *,
    key: str,
    title: str,
    years: Years,
    map_: Map = map,
    progress: Progress = silent,
) -> ScoreBlock:
    """Score models over one block of years with paired country-cluster intervals (90 %, percentile).

    Every model is scored on the same rows and the same draws of countries; a difference whose interval covers 0 is
    not distinguishable.

    Errors: ScoreError if the years hold no forecast with a known outcome, or no onset.
    """
    pair = two_year_unit(archive, models, *years.predictor)
    single = onset_year_unit(archive, models, *years.onset)
    for unit, outcomes in (("two-year forecasts", pair.y), ("country-years", single.y)):
        if not outcomes.any():
            raise ScoreError(f"the {unit} of {title!r} hold no onset", remedy="Choose more years")
    countries = np.unique(np.concatenate([pair.country, single.country]))
    counts = score.cluster_draws(countries, DRAWS, SEED)
    in_pair, in_single = np.searchsorted(countries, pair.country), np.searchsorted(countries, single.country)

    weights = [(count[in_pair], count[in_single]) for count in counts]
    one = partial(_scores, pair, single, weights)
    results = counted(map_(one, models), len(models), f"scores, {title}", progress)
    points: dict[str, dict[str, float]] = {}
    draws: dict[str, dict[str, Floats]] = {}
    for model, (point, drawn) in zip(models, results, strict=True):
        points[model], draws[model] = point, drawn

    return ScoreBlock(
        key=key,
        title=title,
        years=f"{years.onset[0]}-{years.onset[1]}",
        n=int(pair.y.size),
        positives=int(pair.y.sum()),
        models=tuple(
            ModelScores(
                model=model,
                label=LABELS[model],
                metrics={name: _interval(points[model][name], draws[model][name]) for name in METRICS},
                brier_parts=vars(score.brier_decomposition(pair.p[model], pair.y, EDGES)),
                reliability=tuple(ReliabilityBin(**vars(b)) for b in score.reliability(pair.p[model], pair.y, EDGES)),
            )
            for model in models
        ),
        comparisons=tuple(
            _comparison(other, name, points, draws) for other in models if other != "tocsin" for name in COMPARED
        ),
    )


def _interval(point: float, draws: Floats) -> Score:
    known = draws[np.isfinite(draws)]
    if not np.isfinite(point) or known.size == 0:
        return Score(value=None)
    low, high = np.quantile(known, [0.05, 0.95])
    return Score(value=point, low=float(low), high=float(high))


def _comparison(
    other: str, metric: str, points: dict[str, dict[str, float]], draws: dict[str, dict[str, Floats]]
) -> Comparison:
    difference = draws["tocsin"][metric] - draws[other][metric]
    low, high = np.quantile(difference[np.isfinite(difference)], [0.05, 0.95])
    return Comparison(
        other=other,
        metric=metric,
        difference=points["tocsin"][metric] - points[other][metric],
        low=float(low),
        high=float(high),
        distinguishable=bool(low > 0 or high < 0),
    )
