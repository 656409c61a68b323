"""Commands about forecasts: ``forecast onset``, ``backtest onset``, ``score``, ``release build``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tocsin.core.belief import one_in, percent, significant
from tocsin.core.errors import PeriodError
from tocsin.core.settings import Settings
from tocsin.interfaces.cli.console import (
    Json,
    interruptible,
    remark,
    say,
    table,
    to_json,
    watching,
    writable,
    write_file,
    write_json,
)

if TYPE_CHECKING:
    from tocsin.desk.scorecard import Score, ScoreBlock

RESUME = "Every finished part is kept; run the same command again and it goes on from there."

Origins = Annotated[
    str, typer.Option(metavar="FIRST:LAST", help="Last training years to forecast from, both ends included.")
]


def forecast_onset(
    top: Annotated[int, typer.Option(min=0, help="How many states to list; 0 lists all.")] = 30,
    json: Json = False,
) -> None:
    """Rank the states by chance of onset."""
    from tocsin.desk.world import world_view

    view = world_view(Settings.read())
    facts = view.facts
    if facts.notice:
        remark(facts.notice)
    if json:
        write_json({"facts": facts, "ranked": view.ranked, "not_forecast": view.unranked})
        return
    say(f"{facts.outcome.title}, {facts.horizon}. {facts.outcome.definition}")
    say(f"Method {facts.method_version}, vintage {facts.vintage}, release {facts.origin}.")
    say(f"Base rate: {percent(facts.base_rate)} ({one_in(facts.base_rate)}), the mean of {facts.base_rate_years}.")
    say(
        f"Expected to have one: {significant(facts.expected_onsets)} ({significant(facts.expected_low)} to "
        f"{significant(facts.expected_high)}) of {facts.covered} states. {facts.window()}.\n"
    )
    shown = view.ranked[: top or None]
    rows = []
    for standing in shown:
        one = standing.forecast
        if one is not None:
            ratio = significant(one.probability / facts.base_rate) if facts.base_rate else ""
            interval = f"{percent(one.low)} to {percent(one.high)}"
            name = standing.place.names["en"]
            ranks = f"{one.tied_low}-{one.tied_high}"
            rows.append(
                (str(one.rank), name, percent(one.probability), interval, one_in(one.probability), ratio, ranks)
            )
    columns = (
        "Rank",
        "State",
        "Chance",
        f"{round(100 * facts.coverage)} % interval",
        "One in",
        "× base rate",
        "Not apart from",
    )
    table(columns, rows, numeric=(0, 2, 3, 4, 5, 6))
    if len(shown) < len(view.ranked):
        say(f"\n{len(view.ranked) - len(shown)} more: --top 0 lists all.")
    if view.unranked:
        say(f"No forecast for {len(view.unranked)} states: `tocsin explain STATE` says why.")


def backtest_onset(
    origins: Origins = "1991:2021",
    json: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write the result here; - is standard output.")
    ] = None,
) -> None:
    """Forecast the past and score it.

    Each origin is the last year whose outcomes the models may learn from.
    """
    from tocsin.desk.modelling import backtest_onset as backtest

    years = _span(origins)
    if json is not None and str(json) != "-":
        writable(json, "--json")  # now, not after minutes of work
    with interruptible(RESUME), watching() as progress:
        result = backtest(Settings.read(), years, progress=progress)
    if json is not None and str(json) == "-":
        write_json(result)
        return
    if json is not None:
        write_file(json, to_json(result).encode(), "--json")
    say(f"Method {result['method_version']}, origins {origins}, {result['seconds']} seconds.\n")
    for block in ("test", "all", "delayed"):
        rows = [
            (name, *(_number(scores[block].get(metric)) for metric in _METRICS))
            for name, scores in result["models"].items()
            if scores[block]
        ]
        say(block if rows else f"{block}: no onset among these origins")
        table(("Model", *_METRICS), rows, numeric=range(1, len(_METRICS) + 1))
        say("")


_METRICS = (
    "auc_max2",
    "auc",
    "log",
    "brier",
    "recall10",
    "recall20",
    "recall30",
    "expected_observed",
    "n",
    "positives",
)


def score(json: Json = False) -> None:
    """Show how the forecasts have done.

    Beside simpler models and, where they are on this machine, published forecasts.
    """
    from tocsin.desk.scorecard import scorecard_view

    view = scorecard_view(Settings.read())
    if view.facts.notice:
        remark(view.facts.notice)
    if json:
        write_json({"facts": view.facts, "verdict": view.verdict, "blocks": view.blocks})
        return
    facts = view.facts
    say(f"{facts.outcome.title}: method {facts.method_version}, vintage {facts.vintage}. {facts.outcome.definition}\n")
    if view.verdict:
        say(f"In short: {view.verdict}\n")
    for block in view.blocks:
        _show(block)


def build_release(
    out: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Where to write it; this machine's release if not given.")
    ] = None,
    json: Json = False,
) -> None:
    """Make a release from the data at hand."""
    from tocsin.desk.modelling import build_release as build

    kept = f"The release that serves is as it was. {RESUME}"
    with interruptible(kept), watching() as progress:
        report = build(Settings.read(), out, progress=progress)
    if json:
        write_json(report)
        return
    say(f"Built {report.folder} by method {report.method_version} in {report.seconds} seconds.")
    if not report.differences:
        say("Every number agrees with the release in the package.")
        return
    say(f"{len(report.differences)} entries differ from the release in the package; the first of them:")
    for difference in report.differences[:10]:
        say(f"  {difference}")


def _span(text: str) -> range:
    found = re.fullmatch(r"(\d{4}):(\d{4})", text)
    if not found or int(found[1]) > int(found[2]):
        raise PeriodError(
            f"{text!r} is not a span of years", where="--origins", remedy="Give FIRST:LAST, for example 1991:2021"
        )
    return range(int(found[1]), int(found[2]) + 1)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:d}" if isinstance(value, int) else f"{value:.4f}"


def _show(block: ScoreBlock) -> None:
    from tocsin.desk.scorecard import METRICS

    say(f"{block.title}: {block.years}, {block.n} forecasts, {block.positives} followed by an onset\n")
    rows = [
        (metric.title, *(_interval(model.metrics.get(metric.key)) for model in block.models), metric.better)
        for metric in METRICS
        if any(metric.key in model.metrics for model in block.models)
    ]
    columns = ("Score", *(model.label for model in block.models), "Better")
    table(columns, rows, numeric=range(1, len(block.models) + 1))
    for one in block.comparisons:
        better = (one.difference < 0) == (one.metric in ("log", "brier"))
        told = "not distinguishable" if not one.distinguishable else "ours is better" if better else "ours is worse"
        say(f"  {one.metric}, ours less {one.other}: {one.difference:+.4f} ({one.low:+.4f} to {one.high:+.4f}), {told}")
    say("")


def _interval(score: Score | None) -> str:
    if score is None or score.value is None:
        return ""
    if score.low is None or score.high is None:
        return f"{score.value:.4f}"
    return f"{score.value:.4f} ({score.low:.4f}-{score.high:.4f})"
