"""The frozen procedure: monotone additive boosting and an elastic net, averaged in log-odds, shifted to today's rate.

Every member is additive, so the forecast's log-odds are a base plus one exact contribution a predictor.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tocsin.forecast.additive import Additive, fit_elastic_net
from tocsin.forecast.calibration import Shift, fit_shift
from tocsin.forecast.method import Method
from tocsin.forecast.table import Table

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Ensemble:
    """Members with their shares of the log-odds (summing to one), and the calibration's shift."""

    features: tuple[str, ...]
    members: dict[str, tuple[float, Additive]]
    shift: Shift

    @property
    def base(self) -> float:
        """The log-odds before any predictor has spoken."""
        return self.shift.value + sum(share * model.base for share, model in self.members.values())

    def contributions(self, X: Floats) -> Floats:
        """Each predictor's exact share of the log-odds, (n, p)."""
        out = np.zeros(X.shape)
        for share, model in self.members.values():
            out += share * model.contributions(X, self.features)
        return out

    def log_odds(self, X: Floats) -> Floats:
        """The forecast's log-odds, (n,); equal to base + contributions by construction."""
        return np.asarray(self.base + self.contributions(X).sum(axis=1))

    def shifted(self, shift: Shift) -> Ensemble:
        """The same ensemble with another shift."""
        return replace(self, shift=shift)


def fit_ensemble(table: Table, last: int, method: Method, rows: NDArray[np.int64] | None = None) -> Ensemble:
    """Fit both members on what was known of years up to ``last``; no shift yet.

    rows: row numbers (repeats allowed) to fit on instead of all training rows, as a bootstrap draw needs.
    Errors: PanelError or FitError if the rows cannot be fitted.
    """
    chosen = np.flatnonzero(table.training(last)) if rows is None else rows
    X, y = table.X[chosen], table.outcome[chosen]
    linear, boosted = method.linear(table.features), method.boosted(table.features)
    net = fit_elastic_net(
        X[:, table.columns(linear)],
        y,
        linear,
        penalty=method.penalty,
        alpha=method.alpha,
        weights=0.5 ** ((last - table.year[chosen]) / method.half_life),
    )
    trees = method.boosting.fit(X[:, table.columns(boosted)], y, boosted)
    total = method.boosting_weight + method.elastic_net_weight
    return Ensemble(
        features=table.features,
        members={
            "boosting": (method.boosting_weight / total, trees),
            "elastic_net": (method.elastic_net_weight / total, net),
        },
        shift=Shift(0.0, 0.0),
    )


def shift_at(year: int, earlier: dict[int, Floats], table: Table, method: Method, delay: int = 0) -> Shift:
    """The shift for a forecast from predictors of ``year``, learned from earlier walk-forward log-odds.

    earlier: uncalibrated log-odds by predictor year, for the whole rows of that year in the table's order.
    delay: years by which outcomes become known late.
    """
    closed = year - 2 - delay
    past = [t for t in sorted(earlier) if method.calibration.first_year <= t <= closed]
    if not past:
        return fit_shift(np.zeros(0), np.zeros(0), np.zeros(0), method.calibration)
    z = np.concatenate([earlier[t] for t in past])
    y = np.concatenate([table.outcome[table.at(t)] for t in past])
    age = np.concatenate([np.full(len(earlier[t]), closed - t, dtype=float) for t in past])
    known = ~np.isnan(y)
    return fit_shift(z[known], y[known], age[known], method.calibration)
