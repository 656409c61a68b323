"""Make a release from a panel: fit, walk forward, bootstrap, explain, score; everything from one table, no clock."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tocsin.core.place import places
from tocsin.core.work import Map, Progress, silent
from tocsin.forecast import explain
from tocsin.forecast.additive import Additive, Linear, Steps
from tocsin.forecast.backtest import LABEL_LAG, archive, walk_forward
from tocsin.forecast.baselines import climatology
from tocsin.forecast.calibration import sigmoid
from tocsin.forecast.evaluate import CHOSEN_ON, EVERY, REPORTED, score_block
from tocsin.forecast.method import Method, onset_method
from tocsin.forecast.onset import Ensemble, fit_ensemble, shift_at
from tocsin.forecast.release import (
    ARCHIVE_SCHEMA,
    FORMAT,
    CountryForecast,
    DataReceipt,
    NotForecast,
    Outcome,
    Release,
    ScoreBlock,
    StepTerm,
)
from tocsin.forecast.table import Table
from tocsin.forecast.uncertainty import Spread, bootstrap, ranking
from tocsin.panel.features import onset_features
from tocsin.panel.onset import OnsetPanel

Floats = NDArray[np.float64]

ORIGINS = range(1991, 2022)
"""Last training years of the walk-forward; forecasts are made from the predictors two years later."""

DELAY = 3
"""Years by which labels are late in the delayed walk-forward."""

MODELS = ("tocsin", "climatology", "two_variable", "three_variable", "ewp_reproduced")

OUTCOME = Outcome(
    key="mk_onset_1or2",
    title="Onset of a new mass killing",
    definition=(
        "One armed actor, a state's forces or another's, kills on purpose at least 1,000 civilians of a particular "
        "group within about a year; the onset is the first year of such an episode. A killing already under way is not "
        "an onset: the forecast is about another one beginning."
    ),
    owner="Early Warning Project",
    source="Early Warning Project, Statistical Risk Assessment 2025: outcome coded in its list of episodes",
    horizon_years=2,
)

CAVEATS = (
    "A probability is a model's, not a government's view and not a legal finding; mass killing here is a count of "
    "deaths with intent, not genocide or another crime in law.",
    "Onsets are rare: 122 since 1960, 20 in 2009-2024. Differences between countries close in rank mean little.",
    "Intervals say how much another history of the same world would have changed the model. They do not cover errors "
    "in the data, events after the data year, or a world that changes.",
    "Battle deaths are recorded from 1989 on and stand as 0 before, where there were wars too; past cases from before "
    "1989 look calmer to the model than they were.",
    "Predictors are those of the data year; what has happened since is not in the number.",
    "The forecast is about a new onset. A country where killing is under way can have a low number and high need.",
)

PROTOCOL = {
    "walk_forward": (
        "For each last training year L from 1991 to 2021 every model is fitted on rows of years up to L and forecasts "
        "from the predictors of L + 2 whether an onset comes in L + 3 or L + 4."
    ),
    "selection": (
        "The procedure was chosen on forecasts from predictors of 1982-2006 with labels to 2008, then frozen; "
        "2009-2024 was scored once afterwards."
    ),
    "censoring": "Rows whose second year is not yet known, and last years of states that ended, are left out, never 0.",
    "units": (
        "log, Brier, AUC, expected/observed: one row a forecast, outcome within two years. auc_max2 and recall: one "
        "row a country and year, the larger of the two forecasts that covered it; recall counts the onsets of "
        "countries that were among the exactly k highest of either forecast, ties broken against the forecaster."
    ),
    "intervals": "90 %, percentile, 1,000 bootstrap draws of whole countries, the same draws for every model.",
    "delayed": "The same with labels that arrive three years later: rows end at L - 3.",
}


@dataclass(frozen=True)
class Built:
    """A release and the archive that goes with it."""

    release: Release
    archive: pl.DataFrame


def build(
    panel: OnsetPanel,
    *,
    receipts: tuple[DataReceipt, ...],
    method: Method | None = None,
    folder: Path | None = None,
    map_: Map = map,
    progress: Progress = silent,
) -> Built:
    """Make the whole release from a panel that reaches the data year.

    folder: where pieces of long work are kept so that an interrupted build goes on.
    Errors: PanelError, FitError or PeriodError where the panel cannot carry the method.
    """
    method = method or onset_method()
    table = Table.of(panel)
    table = replace(table, name=_display_names(table))
    year = int(table.year.max())
    walk = walk_forward(table, method, ORIGINS, folder=folder, map_=map_, progress=progress)
    past = archive(table, walk)
    late = walk_forward(table, method, ORIGINS, delay=DELAY, folder=folder, map_=map_, progress=progress)
    scores = blocks(past, archive(table, late, DELAY), map_=map_, progress=progress)

    # The forecast of the data year and of the year before, each from what was known then.
    before = fit_ensemble(table, year - 1 - LABEL_LAG, method)
    before = before.shifted(shift_at(year - 1, walk.log_odds, table, method))
    now = fit_ensemble(table, year - LABEL_LAG, method)
    now = now.shifted(shift_at(year, walk.log_odds, table, method))

    rows, rows_before = table.at(year), table.at(year - 1)
    spread = bootstrap(
        table,
        year - LABEL_LAG,
        method,
        now.shift,
        table.X[rows],
        table.X[rows_before],
        folder=folder,
        map_=map_,
        progress=progress,
    )
    countries = _countries(now, before, table, year, spread_of=spread, past=past, method=method)
    expected = np.quantile(sigmoid(spread.now).sum(axis=1), [(1 - method.coverage) / 2, (1 + method.coverage) / 2])
    known = (table.year >= year - LABEL_LAG - method.climatology_years + 1) & ~np.isnan(table.outcome)
    release = Release(
        format=FORMAT,
        method_version=method.version,
        method=(
            "Mean of log-odds of monotone additive boosting (two thirds) and an elastic net (one third), shifted by a "
            "walk-forward calibration; see the method card."
        ),
        outcome=OUTCOME,
        data_year=year,
        horizon=f"{year + 1}-{year + 2}",
        vintage=panel.vintage,
        base_rate=climatology(table, year - LABEL_LAG, method.climatology_years),
        base_rate_years=f"{int(table.year[known].min())}-{int(table.year[known].max())}",
        expected_onsets=float(sum(country.probability for country in countries)),
        expected_low=float(expected[0]),
        expected_high=float(expected[1]),
        interval_coverage=method.coverage,
        explanation_kind=(
            "exact: one linear term and one step function a predictor, added up; for trees with a single split this is "
            "TreeSHAP up to a constant a predictor"
        ),
        countries=countries,
        not_forecast=_not_forecast(table, year),
        coefficients={
            **_linear(now),
            "ensemble": {"base": now.base, "shift": now.shift.value, "shift_sd": now.shift.sd},
        },
        steps=_steps(now),
        scores=scores,
        receipts=receipts,
        caveats=(*CAVEATS, *overconfident(scores)),
        licence="Our results: CC BY 4.0. The data they were made from have their own terms, named in the receipts.",
        protocol=protocol(table),
    )
    return Built(release, with_schema(past))


def overconfident(scores: tuple[ScoreBlock, ...]) -> tuple[str, ...]:
    """Say of our reported forecasts which bins came true less often than they said, beyond the bin's interval."""
    every = {b.lower: b for block in scores if block.key == "all" for b in block.models[0].reliability}
    said = []
    for block in scores:
        if block.key != "test":
            continue
        for b in block.models[0].reliability:
            if b.mean_forecast > b.high and b.lower in every:
                longer = next(one.years for one in scores if one.key == "all")
                size = f"{100 * b.lower:g} % or more" if b.upper == 1 else f"{100 * b.lower:g} to {100 * b.upper:g} %"
                said.append(
                    f"Forecasts of {size} have been too high: of {b.forecasts} in {block.years}, {b.events} came true "
                    f"where {b.forecasts * b.mean_forecast:.1f} were expected; in {longer}, {every[b.lower].events} of "
                    f"{every[b.lower].forecasts}. Read a number this high as among the highest, not as a frequency."
                )
    return tuple(said)


def protocol(table: Table) -> dict[str, str]:
    """How models are fitted, forecast and scored, by topic; with how many rows lack a predictor, and which ones."""
    lacking = np.any(np.isnan(table.X), axis=0).tolist()
    names = {feature.id: feature.label.lower() for feature in onset_features()}
    which = [names[feature] for feature, gaps in zip(table.features, lacking, strict=True) if gaps]
    missing = (
        f"{int((~table.whole).sum()):,} of {table.year.size:,} rows lack {' or '.join(which) or 'nothing'}; they are "
        "left out of training and get no forecast."
    )
    return PROTOCOL | {"missing": missing}


def _display_names(table: Table) -> NDArray[np.str_]:
    """Each row's state as Tocsin names it; as the source does, where Tocsin does not know the place."""
    known = {one.id: one.names["en"] for one in places()}
    return np.array([known.get(str(place), name) for place, name in zip(table.place, table.name, strict=True)])


def with_schema(past: pl.DataFrame) -> pl.DataFrame:
    """The archive in the columns of the release; no interval was computed for past forecasts, so those are null."""
    empty = [pl.lit(None, pl.Float64).alias(name) for name in ("tocsin_low", "tocsin_high")]
    return past.with_columns(empty).select(list(ARCHIVE_SCHEMA))


def blocks(
    past: pl.DataFrame, late: pl.DataFrame, *, map_: Map = map, progress: Progress = silent
) -> tuple[ScoreBlock, ...]:
    """The four blocks of scores: reported years, all years, reported years with late labels, years chosen on."""
    plan = (
        ("test", "Reported once, after the procedure was frozen", past, REPORTED),
        ("all", "All years of the walk-forward", past, EVERY),
        ("delayed", "Reported years, labels arriving three years late", late, REPORTED),
        ("selection", "Years the procedure was chosen on", past, CHOSEN_ON),
    )
    return tuple(
        score_block(frame, MODELS, key=key, title=title, years=years, map_=map_, progress=progress)
        for key, title, frame, years in plan
    )


def _countries(
    now: Ensemble,
    before: Ensemble,
    table: Table,
    year: int,
    *,
    spread_of: Spread,
    past: pl.DataFrame,
    method: Method,
) -> tuple[CountryForecast, ...]:
    about = {feature.id: feature for feature in onset_features()}
    rows = np.flatnonzero(table.at(year))
    X = table.X[rows]
    z = now.log_odds(X)
    told = ranking(z, spread_of.now, method.coverage)
    explained = explain.against_average(now, X)
    moved = explain.changes(now, before, table, year, spread_of, about)
    alike = explain.analogues(now, table, year, past)
    ongoing = explain.ongoing(table, rows)
    return tuple(
        CountryForecast(
            place=str(table.place[rows[i]]),
            name=str(table.name[rows[i]]),
            probability=float(sigmoid(z[[i]])[0]),
            low=float(told.low[i]),
            high=float(told.high[i]),
            rank=int(told.rank[i]),
            rank_low=int(told.rank_low[i]),
            rank_high=int(told.rank_high[i]),
            tied_low=int(told.tied_low[i]),
            tied_high=int(told.tied_high[i]),
            log_odds=float(z[i]),
            baseline_log_odds=explained.baseline,
            contributions=explain.described(explained.contributions[i], table.features, about),
            ongoing_episodes=int(ongoing[i]),
            change=moved.get(str(table.place[rows[i]])),
            analogues=alike[str(table.place[rows[i]])],
        )
        for i in np.argsort(told.rank)
    )


def _not_forecast(table: Table, year: int) -> tuple[NotForecast, ...]:
    """States with a row in the data year that lacks a predictor; states without a row are the desk's to name."""
    rows = np.flatnonzero((table.year == year) & ~table.whole)
    return tuple(
        NotForecast(
            place=str(table.place[row]),
            name=str(table.name[row]),
            reason="The source lacks "
            + ", ".join(f for f, missing in zip(table.features, np.isnan(table.X[row]), strict=True) if missing)
            + f" for {year}.",
        )
        for row in rows
    )


def _linear(ensemble: Ensemble) -> dict[str, dict[str, float]]:
    out = {}
    for name, (share, model) in ensemble.members.items():
        slopes = {feature: term.slope for feature, term in model.terms.items() if isinstance(term, Linear)}
        out[name] = {"share": share, "base": model.base, **slopes}
    return out


def _steps(ensemble: Ensemble) -> dict[str, StepTerm]:
    def stepped(model: Additive) -> dict[str, StepTerm]:
        return {
            feature: StepTerm(thresholds=term.thresholds, values=term.values)
            for feature, term in model.terms.items()
            if isinstance(term, Steps)
        }

    return {feature: term for _, model in ensemble.members.values() for feature, term in stepped(model).items()}
