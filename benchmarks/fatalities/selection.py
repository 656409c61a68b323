"""How the monthly procedure was chosen, on the years 2000-2017 only: weights that minimise the pool's score.

A linear pool's CRPS is quadratic in its weights,

    sum_k w_k E|X_k - y| - 1/2 sum_kl w_k w_l E|X_k - X_l|,

so the best weights are a small quadratic programme. They minimise the mean over windows of CRPS and log-CRPS, each as
a ratio to that of the twelve-month history in the same window, with equal weight. Each set of members is judged on the
window left out. Run with ``python -m benchmarks.fatalities.selection``; it takes some minutes.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize

from benchmarks.panel import settings
from tocsin.core.period import month_id
from tocsin.desk.monthly import months
from tocsin.forecast.fatalities.backtest import AHEAD
from tocsin.forecast.fatalities.baselines import history12
from tocsin.forecast.fatalities.forest import Grown, forest_draws
from tocsin.forecast.fatalities.history import decayed_quantiles
from tocsin.forecast.fatalities.predict import _spread

YEARS = range(2000, 2018)
COUNT = 60
SETS = {
    "recent, spread": ("own 2 +0.4",),
    "recent and long": ("own 2 +0.4", "own 48"),
    "recent and forest": ("own 2 +0.4", "forest"),
    "recent, long, forest": ("own 2 +0.4", "own 48", "forest"),
    "two recent, long, forest": ("own 1 +0.4", "own 3 +0.4", "own 48", "forest"),
    "unspread and forest": ("own 2", "own 48", "forest"),
    "all": (),
}
"""Sets of members; the empty one stands for all."""


def members(known, rows):
    """Draws (n, 12, COUNT) of every candidate."""
    found = {"history 12": np.sort(_resampled(history12(known[rows], AHEAD)), axis=-1)}
    for half_life in (1, 2, 3, 6, 48):
        for noise in (0.0, 0.4, 0.8):
            draws = np.sort(_spread(decayed_quantiles(known[rows], half_life, COUNT), noise), axis=-1)
            name = f"own {half_life}" + (f" +{noise}" if noise else "")
            found[name] = np.repeat(draws[:, None], len(AHEAD), axis=1)
    found["forest"] = forest_draws(known, rows, AHEAD, Grown(trees=100, leaf=40, step=3, share=0.8), COUNT, 1)
    return found


def _resampled(draws):
    return np.quantile(draws, (np.arange(COUNT) + 0.5) / COUNT, axis=-1, method="inverted_cdf").transpose(1, 2, 0)


def mean_gap(a, b):
    """Mean |X - Y| of two sets of equally many sorted draws, over all pairs, along the last axis."""
    merged = np.concatenate([a, b], axis=-1)
    order = np.argsort(merged, axis=-1, kind="stable")
    of_a = order < a.shape[-1]
    x = np.take_along_axis(merged, order, axis=-1)
    up_a, up_b = (np.cumsum(side, axis=-1)[..., :-1] / a.shape[-1] for side in (of_a, ~of_a))
    return ((up_a * (1 - up_b) + up_b * (1 - up_a)) * np.diff(x, axis=-1)).sum(axis=-1)


def window(table, year):
    """For each transform: E|X - y| (k,) and E|X - X'| (k, k), means over countries and months."""
    column = month_id(year - 1, 10) - int(table.months[0])
    known, targets = table.deaths[:, : column + 1], [column + ahead for ahead in AHEAD]
    rows = np.flatnonzero(~np.isnan(known[:, -1]) & ~np.isnan(table.deaths[:, targets]).any(axis=1))
    y, found = table.deaths[np.ix_(rows, targets)], members(known, rows)
    terms = {}
    for name, to in (("crps", lambda x: x), ("log", np.log1p)):
        drawn = [to(x) for x in found.values()]
        linear = np.array([np.abs(x - to(y)[..., None]).mean() for x in drawn])
        square = np.zeros((len(drawn), len(drawn)))
        for i, a in enumerate(drawn):
            for j, b in enumerate(drawn[i:], start=i):
                square[i, j] = square[j, i] = mean_gap(a, b).mean()
        terms[name] = (linear, square)
    return list(found), terms


def score(weights, terms):
    """The pool's mean score."""
    linear, square = terms
    return weights @ linear - weights @ square @ weights / 2


def fitted(chosen, windows, reference):
    """Weights of the chosen members that minimise the mean ratio over windows."""
    linear, square = 0.0, 0.0
    for terms in windows:
        for one in terms.values():
            whole = score(reference, one)
            linear = linear + one[0][chosen] / whole
            square = square + one[1][np.ix_(chosen, chosen)] / whole
    linear, square = linear / len(windows), square / len(windows)
    count = len(chosen)
    best = minimize(
        lambda w: w @ linear - w @ square @ w / 2,
        np.full(count, 1 / count),
        jac=lambda w: linear - square @ w,
        bounds=[(0, 1)] * count,
        constraints={"type": "eq", "fun": lambda w: w.sum() - 1, "jac": lambda w: np.ones(count)},
        method="SLSQP",
        options={"maxiter": 1000, "ftol": 1e-12},
    )
    weights = np.zeros(len(reference))
    weights[chosen] = best.x
    return weights


def main():
    """Print, for each set, the leave-one-window-out ratios and the weights over all windows."""
    table = months(settings()).panel
    names, windows = [], {}
    for year in YEARS:
        names, windows[year] = window(table, year)
        print(year, end=" ", flush=True)
    reference = np.eye(len(names))[names.index("history 12")]
    print("\nset; mean ratio to history12 of windows left out: CRPS, log-CRPS; windows better in CRPS; weights")
    for title, wanted in SETS.items():
        chosen = np.array([names.index(name) for name in wanted or names])
        ratios = []
        for year, terms in windows.items():
            weights = fitted(chosen, [other for y, other in windows.items() if y != year], reference)
            ratios.append([score(weights, terms[name]) / score(reference, terms[name]) for name in ("crps", "log")])
        crps, log = np.mean(ratios, axis=0)
        weights = fitted(chosen, list(windows.values()), reference)
        told = ", ".join(f"{names[i]} {weights[i]:.2f}" for i in np.argsort(-weights) if weights[i] > 0.005)
        better = sum(one[0] < 1 for one in ratios)
        print(f"{title}; {crps:.3f}, {log:.3f}; {better} of {len(ratios)}; {told}")


if __name__ == "__main__":
    main()
