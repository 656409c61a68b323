"""How the forecasts have done, against simpler models and beside what others publish."""

from __future__ import annotations

import math

from markupsafe import Markup

from tocsin.desk.monthly_scores import METRICS as MONTHLY_METRICS
from tocsin.desk.monthly_scores import MonthlyScores, monthly_scores
from tocsin.desk.scorecard import METRICS, Beside, Metric, ReliabilityBin, ScoreBlock, ScorecardView, scorecard_view
from tocsin.desk.visit import Visit
from tocsin.interfaces.web.charts.beside import beside_chart
from tocsin.interfaces.web.charts.reliability import reliability_diagram
from tocsin.interfaces.web.labels import Labels
from tocsin.interfaces.web.page import Page, Params, Table, table

NAMED = 8
"""States furthest from agreement, which are named."""


def scorecard_page(visit: Visit, params: Params) -> Page:
    """``/scorecard``: reliability, scores by block and model, comparisons, published forecasts beside ours."""
    view, labels = scorecard_view(visit.settings), Labels.read(params)
    by_month = monthly_scores(visit.settings)
    parted = sorted((e for e in view.beside if e.published.probability), key=apart, reverse=True)[:NAMED]
    return Page(
        stem="/scorecard",
        title="Scorecard",
        facts=view.facts,
        of_model=True,
        content={
            "view": view,
            "labels": labels,
            "metrics": {block.key: shown(block) for block in view.blocks},
            "bins": {block.key: _bins(block) for block in view.blocks},
            "diagrams": {block.key: _diagram(block) for block in view.blocks},
            "all_metrics": METRICS,
            "by_month": by_month,
            "month_metrics": MONTHLY_METRICS,
            "names": {metric.key: metric.title for metric in METRICS},
            "model_names": {model.model: model.label for block in view.blocks for model in block.models},
            "parted": parted,
            "beside_chart": beside_chart("agreement", "Ours across, published up", view.beside, parted)
            if parted
            else None,
        },
        twin={
            "metrics": [vars(metric) for metric in METRICS],
            "published_forecasts": view.published_absence or "present",
            "verdict": view.verdict or None,
            "monthly": {
                "absence": by_month.absence or None,
                "outcome": by_month.outcome or None,
                "protocol": by_month.protocol or None,
                "metrics": [{"key": key, "title": title, "meaning": means} for key, (title, means) in _MONTHLY],
            },
            "brier_parts": {
                block.key: {model.model: model.brier_parts for model in block.models} for block in view.blocks
            },
        },
        tables=_tables(view, labels) | _monthly_tables(by_month),
    )


_MONTHLY = tuple(MONTHLY_METRICS.items())


def _monthly_tables(view: MonthlyScores) -> dict[str, Table]:
    """The scores of the monthly forecasts, which are not the release's of onset forecasts."""
    meant = {
        "outcome": view.outcome,
        "horizon": view.protocol,
        "vintage": view.vintage,
        "method_version": view.method_version,
        "licence": view.licence,
    }
    return {
        "monthly": table(
            "Scores of the monthly forecasts of deaths",
            ("window", "countries", "model", "title", *MONTHLY_METRICS, *meant),
            [vars(one) | one.scores | meant for one in view.windows],
            of_model=False,
        ),
        "monthly_comparisons": table(
            "Ours over the twelve-month history",
            ("scope", "title", "metric", "ours", "theirs", "ratio", "low", "high", "verdict", *meant),
            [vars(one) | meant for one in view.against],
            of_model=False,
        ),
    }


def apart(entry: Beside) -> float:
    """How far two forecasts of a state are from each other, in log-odds, either way."""
    theirs = entry.published.probability or 0.0
    return abs(_logit(entry.probability) - _logit(theirs))


def _logit(probability: float) -> float:
    held = min(max(probability, 1e-9), 1 - 1e-9)
    return math.log(held / (1 - held))


def shown(block: ScoreBlock) -> tuple[Metric, ...]:
    """The metrics that any model of the block has, in our order; one that we do not describe comes last."""
    present = dict.fromkeys(key for model in block.models for key in model.metrics)
    described = tuple(metric for metric in METRICS if metric.key in present)
    keys = {metric.key for metric in described}
    return described + tuple(Metric(key, key, "", "higher") for key in present if key not in keys)


def _bins(block: ScoreBlock) -> tuple[ReliabilityBin, ...]:
    """The bins of the first model that has some: our own, which leads every block."""
    return next((model.reliability for model in block.models if model.reliability), ())


def _diagram(block: ScoreBlock) -> Markup | None:
    bins = _bins(block)
    return reliability_diagram(f"reliability-{block.key}", f"{block.title}, {block.years}", bins) if bins else None


def _tables(view: ScorecardView, labels: Labels) -> dict[str, Table]:
    scores = [
        {"block": block.key, "years": block.years, "n": block.n, "positives": block.positives}
        | {"model": model.model, "label": model.label, "metric": metric}
        | score.model_dump()
        for block in view.blocks
        for model in block.models
        for metric, score in model.metrics.items()
    ]
    bins = [
        {"block": block.key, "model": model.model} | entry.model_dump()
        for block in view.blocks
        for model in block.models
        for entry in model.reliability
    ]
    comparisons = [
        {"block": block.key, "model": "tocsin"} | entry.model_dump()
        for block in view.blocks
        for entry in block.comparisons
    ]
    beside = [
        {
            "place": entry.place.id,
            "name": labels.of(entry.place),
            "probability": entry.probability,
            "low": entry.low,
            "high": entry.high,
            "rank": entry.rank,
            "published": entry.published.probability,
            "published_rank": entry.published.rank,
            "published_source": entry.published.source,
            "published_definition": entry.published.definition,
            "published_horizon": entry.published.horizon,
            "published_vintage": entry.published.vintage,
            "published_licence": entry.published.licence,
            "published_terms": entry.published.terms,
        }
        for entry in view.beside
    ]
    return {
        "scores": table(
            "Scores by block, model and metric, 90 % country-cluster interval",
            ("block", "years", "n", "positives", "model", "label", "metric", "value", "low", "high"),
            scores,
        ),
        "reliability": table(
            "Reliability by bin, 90 % Wilson interval",
            ("block", "model", "lower", "upper", "forecasts", "mean_forecast", "events", "observed", "low", "high"),
            bins,
        ),
        "comparisons": table(
            "Our procedure less another, paired",
            ("block", "model", "other", "metric", "difference", "low", "high", "distinguishable"),
            comparisons,
        ),
        "beside": table(
            "Our forecasts beside published ones",
            tuple(beside[0]) if beside else ("place", "name"),
            beside,
        ),
    }
