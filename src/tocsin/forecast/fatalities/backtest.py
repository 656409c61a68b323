"""Forecasting past years as they would have been forecast, and the scores.

A window is a year. Its forecasts are made from what is covered to the end of October of the year before, for its twelve
months: 3 to 14 months ahead, as in the VIEWS prediction challenge 2023/24 (Hegre and others 2025). Countries that are
covered in the last month known and in all twelve are scored; the others are counted.

The panel is one vintage: later corrections of earlier months are in what a forecast is made from. That favours every
model here alike, and none is told what came after its origin.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tocsin.core.errors import ScoreError
from tocsin.core.period import month_id
from tocsin.core.work import Progress, silent
from tocsin.forecast import bins, draws, intervals
from tocsin.forecast.comparison import Comparison, compare
from tocsin.forecast.fatalities.baselines import BASELINES
from tocsin.forecast.fatalities.history import Floats
from tocsin.forecast.fatalities.predict import forecast
from tocsin.forecast.fatalities.procedure import Procedure
from tocsin.forecast.phases import phases
from tocsin.panel.months import CountryMonths

AHEAD = tuple(range(3, 15))
"""Months ahead of a window's forecasts."""

OURS = "tocsin"
MODELS = (*BASELINES, OURS)
METRICS = ("crps", "log_crps", "ignorance", "mis90", "coverage90")
WITHOUT: Mapping[str, tuple[str, ...]] = {"ETH": ("ETH",), "ETH+UKR": ("ETH", "UKR")}
"""Countries that carry so much of a mean that it is also given without them."""


@dataclass(frozen=True, eq=False)
class Scored:
    """The scores of one window.

    places: n place ids. scores: by model and metric (n, 12). history: deaths of the twelve months to the origin,
    (n, 12). observed: (n, 12). left_out: countries covered at the origin that could not be scored.
    """

    year: int
    places: tuple[str, ...]
    scores: Mapping[str, Mapping[str, Floats]]
    history: Floats
    observed: Floats
    left_out: tuple[str, ...]

    def mean(self, model: str, metric: str, without: Sequence[str] = ()) -> float:
        """Mean score over countries and months; NaN if there is no other country."""
        kept = [place not in without for place in self.places]
        if not any(kept):
            return math.nan
        return float(self.scores[model][metric][kept].mean())


def score_window(panel: CountryMonths, year: int, method: Procedure) -> Scored:
    """Forecast one year from October of the year before, and score it.

    Errors: ScoreError if the panel does not reach from before that October to December of the year.
    """
    _held(panel, year)
    origin, first = month_id(year - 1, 10), int(panel.months[0])
    column = origin - first
    known, targets = panel.deaths[:, : column + 1], [column + ahead for ahead in AHEAD]
    pool = forecast(known, AHEAD, method)
    observed = panel.deaths[:, targets]
    whole = ~np.isnan(observed).any(axis=1)
    scored = [place for place, row in enumerate(pool.rows) if whole[row]]
    rows = pool.rows[scored]
    y = observed[rows]
    found = {OURS: _scores(pool.draws[scored], y, pool.weights)}
    found |= {name: _scores(model(known[rows], AHEAD), y) for name, model in BASELINES.items()}
    present = np.flatnonzero(~np.isnan(known[:, -1]))
    return Scored(
        year,
        tuple(panel.places[row] for row in rows),
        {name: found[name] for name in MODELS},
        known[rows, -12:],
        y,
        tuple(panel.places[row] for row in present if row not in set(rows.tolist())),
    )


def _held(panel: CountryMonths, year: int) -> None:
    first = int(panel.months[0])
    if month_id(year - 1, 10) - 12 < first or month_id(year, 12) > panel.last_month:
        raise ScoreError(
            f"the panel holds months {first} to {panel.last_month}, not a year before October {year - 1} and {year}",
            where=str(year),
            remedy="Ask for years that the panel holds",
        )


def walk(
    panel: CountryMonths, years: Iterable[int], method: Procedure, progress: Progress = silent
) -> tuple[Scored, ...]:
    """``score_window`` for each year. Errors: as there, before anything is done."""
    wanted = list(years)
    for year in wanted:
        _held(panel, year)
    found = []
    for done, year in enumerate(wanted):
        progress(done, len(wanted), f"window {year}")
        found.append(score_window(panel, year, method))
    progress(len(wanted), len(wanted), "windows")
    return tuple(found)


def compared(windows: Sequence[Scored], metric: str, other: str, without: Sequence[str] = ()) -> Comparison:
    """Ours beside another model over all windows, with country-cluster intervals of difference and ratio."""
    kept = [np.isin(_named(one), without, invert=True) for one in windows]
    return _compared(windows, metric, other, kept)


def by_phase(windows: Sequence[Scored], metric: str, other: str) -> dict[str, Comparison]:
    """The same for country-months of onset, escalation, continuation, end of violence and quiet (see ``phases``)."""
    labels = [
        phases(np.repeat(one.history, len(AHEAD), axis=0), one.observed.reshape(-1)).reshape(one.observed.shape)
        for one in windows
    ]
    kinds = sorted({str(label) for some in labels for label in np.unique(some)})
    return {kind: _compared(windows, metric, other, [label == kind for label in labels]) for kind in kinds}


def _compared(windows: Sequence[Scored], metric: str, other: str, kept: Sequence[np.ndarray]) -> Comparison:
    ours, theirs, places = (
        np.concatenate([values(one)[some] for one, some in zip(windows, kept, strict=True)])
        for values in (
            lambda one: one.scores[OURS][metric],
            lambda one: one.scores[other][metric],
            _named,
        )
    )
    return compare(ours, theirs, places)


def _named(one: Scored) -> np.ndarray:
    return np.repeat(np.array(one.places)[:, None], len(AHEAD), axis=1)


def _scores(forecasts: Floats, observed: Floats, weights: Floats | None = None) -> dict[str, Floats]:
    """Every metric of every country and month, each (n, 12)."""
    x, y = forecasts.reshape(-1, forecasts.shape[-1]), observed.reshape(-1)
    ends = intervals.quantiles(x, (0.05, 0.95), weights, definition="step")
    found = {
        "crps": draws.crps(x, y, weights),
        "log_crps": draws.log_crps(x, y, weights),
        "ignorance": bins.ignorance(x, y, weights),
        "mis90": intervals.interval_score(ends[:, 0], ends[:, 1], y),
        "coverage90": intervals.covered(ends[:, 0], ends[:, 1], y).astype(np.float64),
    }
    return {name: values.reshape(observed.shape) for name, values in found.items()}
