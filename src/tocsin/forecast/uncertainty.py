"""How sure a forecast is: refits on bootstrap draws of whole countries.

A draw takes as many countries as there are, with replacement, all their years together, because the years of one
country are not independent; both members are fitted anew and the calibration's shift is drawn from its posterior.
The interval covers what another history of the same world would have taught the model; it does not cover errors in
the data, nor a world that changes. Source: Cameron, Gelbach and Miller (2008); Efron and Tibshirani (1993), ch. 13.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tocsin.core.work import Map, Progress, counted, silent
from tocsin.forecast.calibration import Shift, sigmoid
from tocsin.forecast.method import Method
from tocsin.forecast.onset import fit_ensemble
from tocsin.forecast.resume import Piece, resumable
from tocsin.forecast.table import Table

Floats = NDArray[np.float64]

_CHUNK = 10


@dataclass(frozen=True)
class Spread:
    """Bootstrap draws of log-odds: now and previous, (draws, m); the same models applied to two years' predictors."""

    now: Floats
    previous: Floats


def draw_rows(table: Table, last: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Row numbers of one draw of whole countries from the training rows up to ``last``."""
    rows = np.flatnonzero(table.training(last))
    countries, which = np.unique(table.country[rows], return_inverse=True)
    taken = rng.integers(0, countries.size, countries.size)
    by_country = np.split(rows[np.argsort(which, kind="stable")], np.cumsum(np.bincount(which))[:-1])
    return np.concatenate([by_country[i] for i in taken])


def _chunk(table: Table, last: int, method: Method, shift: Shift, X: Floats, chunk: int) -> Piece:
    rng = np.random.default_rng([method.seed, chunk])
    drawn = []
    for _ in range(_CHUNK):
        fitted = fit_ensemble(table, last, method, draw_rows(table, last, rng))
        drawn.append(fitted.log_odds(X) + rng.normal(shift.value, shift.sd))
    return {"log_odds": np.array(drawn)}


def bootstrap(
    table: Table,
    last: int,
    method: Method,
    shift: Shift,
    X_now: Floats,
    X_previous: Floats,
    *,
    folder: Path | None = None,
    map_: Map = map,
    progress: Progress = silent,
) -> Spread:
    """Refit ``method.draws`` times and forecast from two sets of predictors, (m, p) and (k, p)."""
    X = np.vstack([X_now, X_previous])
    chunks = list(range(-(-method.draws // _CHUNK)))
    work = resumable(partial(_chunk, table, last, method, shift, X), chunks, "bootstrap", folder, map_)
    pieces = [piece["log_odds"] for piece in counted(work, len(chunks), "bootstrap refits", progress)]
    drawn = np.vstack(pieces)[: method.draws]
    return Spread(drawn[:, : len(X_now)], drawn[:, len(X_now) :])


@dataclass(frozen=True)
class Ranking:
    """Per country, (m,): interval of the probability; rank by the point forecast; interval of the rank; tie range."""

    low: Floats
    high: Floats
    rank: NDArray[np.int64]
    rank_low: NDArray[np.int64]
    rank_high: NDArray[np.int64]
    tied_low: NDArray[np.int64]
    tied_high: NDArray[np.int64]


def ranks(log_odds: Floats) -> NDArray[np.int64]:
    """1 = highest; equal forecasts keep the order of the rows. log_odds: (m,)."""
    out = np.empty(log_odds.size, dtype=np.int64)
    out[np.argsort(-log_odds, kind="stable")] = np.arange(1, log_odds.size + 1)
    return out


def ranking(log_odds: Floats, drawn: Floats, coverage: float) -> Ranking:
    """Intervals and ties from bootstrap draws. log_odds: (m,); drawn: (draws, m).

    Two countries can be told apart when one stands above the other in more than (1 + coverage) / 2 of the draws. A
    country's tie range runs from its rank outwards to before the first country that can be told apart from it: none in
    the range can, and some beyond it cannot either.
    """
    tail = (1 - coverage) / 2
    low, high = np.quantile(sigmoid(drawn), [tail, 1 - tail], axis=0)
    rank = ranks(log_odds)
    drawn_ranks = np.array([ranks(row) for row in drawn])
    rank_low, rank_high = np.quantile(drawn_ranks, [tail, 1 - tail], axis=0, method="nearest")
    order = np.argsort(rank)
    sorted_draws = drawn[:, order]
    m = log_odds.size
    tied_low, tied_high = np.empty(m, dtype=np.int64), np.empty(m, dtype=np.int64)
    for position, country in enumerate(order):
        own = sorted_draws[:, [position]]
        above = ((sorted_draws > own) + 0.5 * (sorted_draws == own)).mean(axis=0)
        apart = (above > 1 - tail) | (above < tail)
        apart[position] = False
        higher, lower = np.flatnonzero(apart[:position]), np.flatnonzero(apart[position:])
        tied_low[country] = (higher[-1] + 1 if higher.size else 0) + 1
        tied_high[country] = position + lower[0] if lower.size else m
    return Ranking(low, high, rank, rank_low.astype(np.int64), rank_high.astype(np.int64), tied_low, tied_high)
