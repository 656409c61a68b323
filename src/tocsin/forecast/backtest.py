"""The walk-forward: what each model would have said at each origin, from what was known then.

For each last training year L the models are fitted on rows of years up to L, whose outcomes are known at the end of
L + 2, and forecast from the predictors of L + 2 whether an onset comes in L + 3 or L + 4. Futures not yet known are
censored, never 0. With labels delayed by d years the rows end at L - d.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tocsin.core.errors import PeriodError
from tocsin.core.work import Map, Progress, counted, silent
from tocsin.forecast import elasticnet
from tocsin.forecast.baselines import climatology, small_logit
from tocsin.forecast.calibration import sigmoid
from tocsin.forecast.method import Method
from tocsin.forecast.onset import fit_ensemble, shift_at
from tocsin.forecast.resume import Piece, resumable
from tocsin.forecast.table import Table

Floats = NDArray[np.float64]

LABEL_LAG = 2
"""Years until the outcome of a row is known: an onset in either of the two following years."""

FOLDS, FOLD_SEED = 10, 1
"""The reproduced model is cross-validated over ten random folds; the published ones are not known."""


def _year(table: Table, method: Method, delay: int, baselines: bool, year: int) -> Piece:
    """Everything that is fitted afresh for one predictor year."""
    last = year - LABEL_LAG - delay
    X = table.X[table.at(year)]
    piece: Piece = {"log_odds": fit_ensemble(table, last, method).log_odds(X)}
    if baselines:
        piece["climatology"] = np.full(len(X), climatology(table, last, method.climatology_years))
        piece["two_variable"] = small_logit(table, last, method.two_variable, X)
        piece["three_variable"] = small_logit(table, last, method.three_variable, X)
    return piece


@dataclass(frozen=True)
class WalkForward:
    """Forecasts by predictor year: probabilities of each model for the whole rows of that year, and our log-odds."""

    probabilities: dict[str, dict[int, Floats]]
    log_odds: dict[int, Floats]


def walk_forward(
    table: Table,
    method: Method,
    origins: range,
    *,
    delay: int = 0,
    reproduce: bool = True,
    folder: Path | None = None,
    map_: Map = map,
    progress: Progress = silent,
) -> WalkForward:
    """Run every model over the origins (last training years L).

    delay: years by which labels arrive late. reproduce: also run EWP's specification. folder: where pieces are kept so
    that interrupted work goes on. Errors: PeriodError if the panel does not reach the first or last origin.
    """
    years = [last + LABEL_LAG for last in origins]
    if not years or years[0] <= method.calibration.first_year or years[-1] > int(table.year.max()):
        raise PeriodError(
            f"origins {origins.start}:{origins.stop - 1} do not fit a panel of "
            f"{int(table.year.min())}-{int(table.year.max())}",
            remedy=f"Choose last training years from {method.calibration.first_year - 1} "
            f"to {int(table.year.max()) - LABEL_LAG}",
        )
    # The calibration learns from forecasts made before the first origin, so these are made too, without baselines.
    first = method.calibration.first_year + delay
    warm_up = list(range(first, years[0]))
    what = "walk-forward" if not delay else f"walk-forward, labels {delay} years late"
    pieces: dict[int, Piece] = {}
    total = len(warm_up) + len(years)
    early = resumable(partial(_year, table, method, delay, False), warm_up, f"warm-{delay}", folder, map_)
    late = resumable(partial(_year, table, method, delay, True), years, f"year-{delay}", folder, map_)
    for year, piece in zip([*warm_up, *years], counted(_chain(early, late), total, what, progress), strict=True):
        pieces[year] = piece
    log_odds = {year: piece["log_odds"] for year, piece in pieces.items()}
    probabilities: dict[str, dict[int, Floats]] = {"tocsin": {}}
    for year in years:
        shift = shift_at(year, log_odds, table, method, delay)
        probabilities["tocsin"][year] = sigmoid(log_odds[year] + shift.value)
        for name in ("climatology", "two_variable", "three_variable"):
            probabilities.setdefault(name, {})[year] = pieces[year][name]
    if reproduce:
        probabilities["ewp_reproduced"] = reproduced(table, origins, delay=delay, map_=map_, progress=progress)
    return WalkForward(probabilities, log_odds)


def _chain(*parts: Iterable[Piece]) -> Iterable[Piece]:
    for part in parts:
        yield from part


def archive(table: Table, walk: WalkForward, delay: int = 0) -> pl.DataFrame:
    """The walk-forward as one row a forecast, columns as in ``release.ARCHIVE_SCHEMA``; unknown outcomes are null.

    delay: years by which the labels came late in this walk-forward.
    """
    frames = []
    for year in sorted(walk.probabilities["tocsin"]):
        rows = table.at(year)
        frame = pl.DataFrame(
            {
                "predictor_year": np.full(rows.sum(), year),
                "trained_to": np.full(rows.sum(), year - LABEL_LAG - delay),
                "place": table.place[rows],
                "country": table.country[rows],
                "name": table.name[rows],
                **{model: by_year[year] for model, by_year in walk.probabilities.items()},
                "onset_1": table.onset_1[rows],
                "onset_2": table.onset_2[rows],
                "outcome": table.outcome[rows],
            }
        )
        frames.append(frame)
    outcomes = pl.col("onset_1", "onset_2", "outcome").fill_nan(None).cast(pl.Int8)
    return pl.concat(frames).with_columns(outcomes).sort("predictor_year", "place")


def reproduced(
    table: Table, origins: range, *, delay: int = 0, map_: Map = map, progress: Progress = silent
) -> dict[int, Floats]:
    """EWP's specification: all predictors, the outcome as published, lambda with the lowest cross-validated deviance.

    Returns probabilities by predictor year for the whole rows of that year.
    """
    whole = table.whole
    year = table.year[whole]
    folds = [elasticnet.random_folds(int((year <= last - delay).sum()), FOLDS, [FOLD_SEED, last]) for last in origins]
    found = elasticnet.walk_forward(
        table.X[whole],
        table.as_published[whole],
        year,
        [last - delay for last in origins],
        folds,
        lead=LABEL_LAG + delay,
        map=map_,
        progress=progress,
    )
    return {origin.year + LABEL_LAG + delay: origin.probability for origin in found}
