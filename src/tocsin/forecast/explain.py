"""Why a country is where it is: exact contributions, what moved since last year, and what looked alike before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tocsin.forecast.onset import Ensemble
from tocsin.forecast.release import Analogue, Change, Contribution
from tocsin.forecast.table import Table
from tocsin.forecast.uncertainty import Spread, ranks

if TYPE_CHECKING:
    from tocsin.panel.features import Feature

Floats = NDArray[np.float64]

ANALOGUES = 5
DRIVERS = 5
_Z90 = 1.6448536269514722


@dataclass(frozen=True)
class Explained:
    """Contributions against the typical state, whose log-odds (the baseline) are the mean of these rows'.

    log_odds = baseline + contributions.sum(axis=1).
    """

    baseline: float
    contributions: Floats


def against_average(ensemble: Ensemble, X: Floats) -> Explained:
    """Exact contributions (n, p) measured from the mean of these rows: "+" means "more than the typical state"."""
    raw = ensemble.contributions(X)
    mean = raw.mean(axis=0)
    return Explained(float(ensemble.base + mean.sum()), raw - mean)


def described(values: Floats, features: tuple[str, ...], about: dict[str, Feature]) -> tuple[Contribution, ...]:
    """One country's contributions, largest first, those that are exactly zero left out. values: (p,)."""
    order = sorted(range(len(features)), key=lambda j: (-abs(values[j]), j))
    return tuple(
        Contribution(
            feature=features[j], label=about[features[j]].label, theme=about[features[j]].theme, log_odds=values[j]
        )
        for j in order
        if values[j] != 0
    )


def changes(
    now: Ensemble, before: Ensemble, table: Table, year: int, spread: Spread, about: dict[str, Feature]
) -> dict[str, Change]:
    """What moved each country's log-odds between the forecasts from predictors of ``year`` - 1 and of ``year``.

    data = before(x now) - before(x then); model = now(x now) - before(x now). The source keeps one vintage, so what
    was revised in last year's data is not known. The noise band lies around the mean of the model part over countries,
    because what a refit moves everywhere is no news about one country; its half-width at 90 % joins the change that the
    bootstrap's models see in the data with the standard deviation of the model part over countries.
    spread: draws for the whole rows of ``year`` and of ``year`` - 1, in the table's order.
    """
    rows_now, rows_then = np.flatnonzero(table.at(year)), np.flatnonzero(table.at(year - 1))
    then_of = {place: i for i, place in enumerate(table.place[rows_then])}
    X_now, X_then = table.X[rows_now], table.X[rows_then]
    z_now, z_then = now.log_odds(X_now), before.log_odds(X_then)
    rank_then = ranks(z_then)
    model = z_now - before.log_odds(X_now)
    drift, refit = float(model.mean()), float(model.std())
    parts_now, parts_then = before.contributions(X_now), before.contributions(X_then)
    out = {}
    for i, place in enumerate(table.place[rows_now]):
        if place not in then_of:
            continue
        k = then_of[place]
        moved = parts_now[i] - parts_then[k]
        data = float(moved.sum())
        wobble = float((spread.now[:, i] - spread.previous[:, k]).std())
        noise = _Z90 * float(np.hypot(wobble, refit))
        total = float(z_now[i] - z_then[k])
        out[str(place)] = Change(
            previous_probability=float(1 / (1 + np.exp(-z_then[k]))),
            previous_rank=int(rank_then[k]),
            total=total,
            data=data,
            model=total - data,
            revision=None,
            drift=drift,
            noise=noise,
            meaningful=abs(total - drift) > noise,
            drivers=described(moved, table.features, about)[:DRIVERS],
        )
    return out


def ongoing(table: Table, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many mass killings the source counts as under way in these rows, (m,); its column is log2(1 + count)."""
    counted = table.X[rows, table.columns(("mk_ongoing_count_log2",))[0]]
    return np.asarray(np.rint(2**counted - 1), dtype=np.int64)


def analogues(
    ensemble: Ensemble, table: Table, year: int, archive: pl.DataFrame, count: int = ANALOGUES
) -> dict[str, tuple[Analogue, ...]]:
    """For each country the past country-years that looked most like it to the model, one a country, not itself.

    Likeness is the Euclidean distance between contributions to the log-odds, so a difference in a predictor counts as
    much as the model makes of it. Only years whose outcome is known are searched.
    """
    now = np.flatnonzero(table.at(year))
    past = np.flatnonzero((table.year < year) & table.whole & ~np.isnan(table.outcome))
    parts_now, parts_past = ensemble.contributions(table.X[now]), ensemble.contributions(table.X[past])
    said = {(p, y): q for p, y, q in archive.select("place", "predictor_year", "tocsin").iter_rows()}
    country, under_way = table.country[past], ongoing(table, past)
    out = {}
    for i, row in enumerate(now):
        distance = np.sqrt(((parts_past - parts_now[i]) ** 2).sum(axis=1))
        seen = {table.country[row]}
        nearest: list[Analogue] = []
        for j in np.argsort(distance, kind="stable"):
            if country[j] in seen:
                continue
            seen.add(country[j])
            place = str(table.place[past[j]])
            when, came = int(table.year[past[j]]), table.outcome[past[j]] == 1
            nearest.append(
                Analogue(
                    place=place,
                    name=str(table.name[past[j]]),
                    year=when,
                    ongoing_episodes=int(under_way[j]),
                    distance=float(distance[j]),
                    probability=said.get((place, when)),
                    followed="onset" if came else "no onset",
                    onset_year=(when + 1 if table.onset_1[past[j]] == 1 else when + 2) if came else None,
                )
            )
            if len(nearest) == count:
                break
        out[str(table.place[row])] = tuple(nearest)
    return out
