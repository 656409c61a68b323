"""A whole distribution of deaths for each country and month ahead: the pool of the procedure's members.

The pool is linear: its distribution function is the weighted mean of its members'. A member of n draws and weight w
gives each of its draws the weight w / n, so that nothing is resampled. Nothing but past deaths is read; a forecast of a
month uses no later month.

Sources: Stone (1961) for the linear pool; Hall and Mitchell (2007) and Thorey, Mallet and Baudin (2017) for weights
that minimise a score of the pool; Hegre and others (2025), "The 2023/24 VIEWS prediction challenge", Journal of Peace
Research, for the setting.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tocsin.core.errors import ForecastError
from tocsin.core.work import Progress, silent
from tocsin.forecast.fatalities.forest import GROUPS, Grown, forest_draws
from tocsin.forecast.fatalities.history import Floats, decayed_quantiles, levels
from tocsin.forecast.fatalities.procedure import Member, Procedure

LONGEST = GROUPS[-1] - 1
"""Most months ahead."""

_GOLDEN = (5**0.5 - 1) / 2


@dataclass(frozen=True, eq=False)
class Pool:
    """Distributions of deaths as weighted draws.

    draws: (n, horizons, m), whole numbers of 0 or more. weights: (m,), summing to one, the same for every distribution.
    rows: the n rows of the panel that have a forecast. horizons: months ahead.
    """

    draws: Floats
    weights: Floats
    rows: np.ndarray
    horizons: tuple[int, ...]

    def quantiles(self, at: Sequence[float]) -> Floats:
        """Quantiles (n, horizons, levels): the smallest number of deaths that is not exceeded with this probability."""
        order = np.argsort(self.draws, axis=-1, kind="stable")
        ranked = np.take_along_axis(self.draws, order, axis=-1)
        up_to = np.cumsum(self.weights[order], axis=-1)
        found = [(up_to < level - 1e-12).sum(axis=-1, keepdims=True) for level in at]
        return np.concatenate([np.take_along_axis(ranked, np.minimum(f, ranked.shape[-1] - 1), -1) for f in found], -1)

    def above(self, deaths: float) -> Floats:
        """Probability (n, horizons) of this many deaths or more."""
        return (self.draws >= deaths) @ self.weights

    @property
    def mean(self) -> Floats:
        """Expected deaths (n, horizons)."""
        return self.draws @ self.weights


def forecast(deaths: Floats, horizons: Sequence[int], method: Procedure, *, progress: Progress = silent) -> Pool:
    """The distributions for the months ahead of the last one of ``deaths``.

    deaths: (N, T), NaN where not covered. Rows that are not covered in the last month, or in fewer months than the
    procedure asks for, have no forecast.

    Errors: ForecastError if a month ahead lies outside 1 to ``LONGEST``, or nothing can be forecast.
    """
    if not horizons or min(horizons) < 1 or max(horizons) > LONGEST:
        raise ForecastError(f"forecasts reach 1 to {LONGEST} months ahead", remedy="Ask for months within that")
    there = ~np.isnan(deaths)
    rows = np.flatnonzero(there[:, -1] & (there.sum(axis=1) >= method.first_history))
    if not rows.size:
        raise ForecastError(
            f"no country has {method.first_history} months of history up to the last month",
            remedy="Give a longer panel",
        )
    parts, weights = [], []
    for done, member in enumerate(method.members):
        progress(done, len(method.members), "monthly forecasts")
        parts.append(_drawn(deaths, rows, horizons, member, method.seed))
        weights.append(np.full(member.draws, member.weight / member.draws))
    progress(len(method.members), len(method.members), "monthly forecasts")
    return Pool(np.concatenate(parts, axis=-1), np.concatenate(weights), rows, tuple(horizons))


def _drawn(deaths: Floats, rows: np.ndarray, horizons: Sequence[int], member: Member, seed: int) -> Floats:
    if member.kind == "forest":
        grown = Grown(member.trees, member.leaf, member.step, member.share)
        return forest_draws(deaths, rows, horizons, grown, member.draws, seed)
    draws = decayed_quantiles(deaths[rows], member.half_life, member.draws)
    return np.repeat(_spread(draws, member.noise)[:, None, :], len(horizons), axis=1)


def _spread(draws: Floats, noise: float) -> Floats:
    """Each draw times a log-normal factor of median one, evenly spread over the factor's distribution.

    Draw and factor are paired by the golden ratio, whose multiples fill the unit interval evenly from any start: no
    chance comes in.
    """
    from scipy.stats import norm

    if not noise:
        return draws
    count = draws.shape[-1]
    places = np.argsort(np.arange(count) * _GOLDEN % 1)
    return np.asarray(np.rint(draws * np.exp(noise * norm.ppf(levels(count)[places]))))
