"""Score every configuration that was tried while the onset procedure was chosen, on 1982-2006, and keep the log.

The walk-forward is the release's: fit on rows of years up to L, forecast from the predictors of L + 2; here L + 2 runs
from 1974 (the first forecasts a calibration learns from) to 2006. Nothing after 2008 is looked at: later rows are cut
off and outcomes that need a later year are unknown before anything else happens. The procedure is frozen; this repeats
the record of its choice and changes nothing.
"""

from __future__ import annotations

import csv
import hashlib
import inspect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import numpy as np
import polars as pl
from scipy import optimize

from benchmarks.onset.candidates import (
    CHOSEN,
    ENGINEERED,
    ENSEMBLE,
    HINDSIGHT,
    THREE,
    TWO,
    Calibrated,
    Candidate,
    Climatology,
    Mean,
    Member,
    Net,
    Spec,
    Trees,
    candidates,
    engineered,
    predictors,
)
from benchmarks.panel import panel, settings
from tocsin.core.work import Progress, counted
from tocsin.forecast import score
from tocsin.forecast.additive import boosting_library, fit_elastic_net
from tocsin.forecast.backtest import LABEL_LAG
from tocsin.forecast.baselines import climatology
from tocsin.forecast.calibration import sigmoid
from tocsin.forecast.evaluate import DRAWS, SEED
from tocsin.forecast.method import Calibration, onset_method
from tocsin.forecast.onset import shift_at
from tocsin.forecast.resume import Piece, resumable
from tocsin.forecast.table import Floats, Ints, Table
from tocsin.interfaces.cli.console import watching
from tocsin.panel.onset import OnsetPanel, two_year_outcome

Forecasts = dict[int, Floats]
"""Log-odds by predictor year, for that year's rows in the table's order."""

LAST = 2008
YEARS = range(1974, 2007)
SPANS = ((1982, 2006), (1982, 1992), (1993, 2006), (1997, 2006))
METRICS = {"log": score.log_score, "brier": score.brier, "auc": score.auc, "expected_observed": score.expected_observed}
LOG = Path(__file__).with_name("selection_log.csv")
CLIP = 1e-5
"""Probabilities are kept this far from 0 and 1, so that a degenerate candidate still has a score."""


def until_2008(panel: OnsetPanel) -> Table:
    """The panel as it stood at the end of 2008: whole rows to 2008, no outcome that needs a later year."""
    known = {f"onset_{k}": pl.when(pl.col("year") + k <= LAST).then(pl.col(f"onset_{k}")) for k in (1, 2)}
    frame = panel.frame.filter(pl.col("year") <= LAST, pl.col("lacks").list.len() == 0).with_columns(**known)
    first, second = pl.col("onset_1"), pl.col("onset_2")
    frame = frame.with_columns(
        two_year_outcome(first, second).alias("outcome"),
        (first.is_not_null() & second.is_not_null()).alias("complete"),
        pl.lit(None, pl.Int8).alias("ewp_outcome"),
    )
    return Table.of(replace(panel, frame=frame))


def log_odds(member: Member, table: Table, year: int) -> Floats:
    """One member's log-odds for the rows of a year, fitted on rows of years up to two before."""
    last = year - LABEL_LAG
    if isinstance(member, Climatology):
        rate = climatology(table, last, member.years)
        return np.full(table.at(year).sum(), np.log(rate / (1 - rate)))
    features = predictors(member.predictors, table)
    columns, rows = table.columns(features), table.training(last)
    X, y, X_new = table.X[rows][:, columns], table.outcome[rows], table.X[table.at(year)][:, columns]
    age = last - table.year[rows]
    weights = np.ones(age.size) if member.half_life is None else 0.5 ** (age / member.half_life)
    agreed = onset_method().boosting.directions | ENGINEERED
    directions = np.array([agreed.get(feature, 0) for feature in features])
    if isinstance(member, Trees):
        return _grown(member, X, y, weights, directions, X_new)
    if member.alpha > 0 and not member.signed:
        net = fit_elastic_net(X, y, features, penalty=member.penalty, alpha=member.alpha, weights=weights)
        return net.log_odds(X_new, features)
    return _bounded(member, X, y, weights, directions if member.signed else 0 * directions, X_new)


def _grown(trees: Trees, X: Floats, y: Floats, weights: Floats, directions: Ints, X_new: Floats) -> Floats:
    """Log-odds of LightGBM's trees, monotone in the agreed directions, averaged over the seeds."""
    settings = {
        "objective": "binary",
        "boosting": "rf" if trees.forest else "gbdt",
        "num_leaves": trees.leaves,
        "learning_rate": trees.learning_rate,
        "min_data_in_leaf": trees.min_rows,
        "lambda_l2": trees.ridge,
        "feature_fraction": trees.predictor_share,
        "bagging_fraction": trees.row_share,
        "bagging_freq": 1,
        "monotone_constraints": directions.tolist(),
        "num_threads": 1,
        "deterministic": True,
        "force_row_wise": True,
        "verbose": -1,
    }
    lightgbm, runs = boosting_library(), []
    for seed in range(trees.seeds):
        data = lightgbm.Dataset(X, y, weight=None if trees.half_life is None else weights)
        runs.append(lightgbm.train(settings | {"seed": seed}, data, trees.trees).predict(X_new, raw_score=True))
    return np.asarray(np.mean(runs, axis=0))


def _bounded(net: Net, X: Floats, y: Floats, weights: Floats, directions: Ints, X_new: Floats) -> Floats:
    """Log-odds of a ridge or sign-constrained net: the elastic net's objective with b = up - down, both at least 0.

    A direction of 1 holds ``down`` at zero, -1 holds ``up``; then |b| = up + down and the objective is smooth.
    """
    w = weights / weights.sum()
    centre = w @ X
    spread = np.sqrt(w @ (X - centre) ** 2)
    varies = spread > 1e-10
    Z, way = (X[:, varies] - centre[varies]) / spread[varies], directions[varies]
    p, absolute, square = way.size, net.penalty * net.alpha, net.penalty * (1 - net.alpha)

    def objective(b: Floats) -> tuple[float, Floats]:
        slope = b[1 : p + 1] - b[p + 1 :]
        eta = b[0] + Z @ slope
        rest = w * (sigmoid(eta) - y)
        loss = w @ (np.logaddexp(0, eta) - y * eta) + absolute * b[1:].sum() + square * slope @ slope / 2
        pull = Z.T @ rest + square * slope
        return float(loss), np.concatenate([[rest.sum()], absolute + pull, absolute - pull])

    rate = w @ y
    start = np.concatenate([[np.log(rate / (1 - rate))], np.zeros(2 * p)])
    bounds = [(None, None), *((0, 0 if d < 0 else None) for d in way), *((0, 0 if d > 0 else None) for d in way)]
    options = {"maxiter": 5000, "maxfun": 50000, "ftol": 1e-15, "gtol": 1e-8}
    b = optimize.minimize(objective, start, jac=True, method="L-BFGS-B", bounds=bounds, options=options).x
    return np.asarray(b[0] + (X_new[:, varies] - centre[varies]) / spread[varies] @ (b[1 : p + 1] - b[p + 1 :]))


def calibrated(spec: Calibrated, z: Forecasts, table: Table) -> Forecasts:
    """Forecasts after a walk-forward calibration, each learned from those whose outcome was known by then."""
    method = onset_method()
    rule = Calibration(spec.half_life, spec.prior_sd, method.calibration.overlap, YEARS[0])
    if spec.slope_sd is None:
        return {year: z[year] + shift_at(year, z, table, replace(method, calibration=rule)).value for year in YEARS}
    moved = {}
    for year in YEARS:
        shift, slope = _shift_and_slope(year, z, table, rule, spec.slope_sd)
        moved[year] = shift + slope * z[year]
    return moved


def _shift_and_slope(year: int, z: Forecasts, table: Table, rule: Calibration, slope_sd: float) -> tuple[float, float]:
    """The mode of a and b in log-odds a + b z, with normal priors around 0 and 1; weights as for the shift alone."""
    closed = year - LABEL_LAG
    past = [t for t in YEARS if t <= closed]
    if not past:
        return 0.0, 1.0
    y = np.concatenate([table.outcome[table.at(t)] for t in past])
    weight = np.concatenate([np.full(z[t].size, rule.overlap * 0.5 ** ((closed - t) / rule.half_life)) for t in past])
    known = ~np.isnan(y)
    y, weight = y[known], weight[known]
    design = np.column_stack([np.ones(y.size), np.concatenate([z[t] for t in past])[known]])
    prior, centre = np.array([rule.prior_sd**-2, slope_sd**-2]), np.array([0.0, 1.0])
    b = centre.copy()
    for _ in range(25):
        p = sigmoid(design @ b)
        gradient = design.T @ (weight * (y - p)) - prior * (b - centre)
        b = b + np.linalg.solve(design.T @ ((weight * p * (1 - p))[:, None] * design) + np.diag(prior), gradient)
    return float(b[0]), float(b[1])


def forecast(spec: Spec, members: Mapping[str, Forecasts], table: Table) -> Forecasts:
    """A candidate's log-odds, made from its members'."""
    if isinstance(spec, Calibrated):
        return calibrated(spec, forecast(spec.of, members, table), table)
    if isinstance(spec, Mean):
        return {year: np.mean([members[str(part)][year] for part in spec.parts], axis=0) for year in YEARS}
    return members[str(spec)]


def fit_members(specs: Sequence[Spec], table: Table, folder: Path | None, progress: Progress) -> dict[str, Forecasts]:
    """The walk-forward of every member the candidates need; finished ones are kept in ``folder``."""
    needed: dict[str, Member] = {}
    for spec in specs:
        inner = spec.of if isinstance(spec, Calibrated) else spec
        needed |= {str(part): part for part in (inner.parts if isinstance(inner, Mean) else (inner,))}

    def walk(member: Member) -> Piece:
        return {str(year): log_odds(member, table, year) for year in YEARS}

    pieces = resumable(walk, list(needed.values()), "member", folder)
    made = zip(needed, counted(pieces, len(needed), "members", progress), strict=True)
    return {name: {int(year): z for year, z in piece.items()} for name, piece in made}


def scores(z: Forecasts, table: Table, span: tuple[int, int], weights: Floats | None = None) -> dict[str, float]:
    """Every metric over the forecasts from predictors of a span of years whose outcome is known."""
    p = np.clip(sigmoid(np.concatenate([z[year] for year in range(span[0], span[1] + 1)])), CLIP, 1 - CLIP)
    rows = scored(table, span)
    known = ~np.isnan(table.outcome[rows])
    return {name: metric(p[known], table.outcome[rows][known], weights) for name, metric in METRICS.items()}


def scored(table: Table, span: tuple[int, int]) -> Ints:
    """Row numbers of a span of years, in the order of the forecasts."""
    return np.flatnonzero((table.year >= span[0]) & (table.year <= span[1]))


def log_rows(candidates: Sequence[Candidate], members: Mapping[str, Forecasts], table: Table) -> list[dict[str, str]]:
    """The log: one row a candidate, scores to five decimals so that it is the same on every machine."""
    rows = scored(table, SPANS[0])
    outcome = table.outcome[rows][~np.isnan(table.outcome[rows])]
    log = []
    for number, candidate in enumerate(candidates, start=1):
        z = forecast(candidate.spec, members, table)
        spans = {f"{first}_{last}": scores(z, table, (first, last)) for first, last in SPANS}
        log.append(
            {"id": str(number), "step": str(candidate.step), "group": candidate.group, "candidate": str(candidate.spec)}
            | {"n": str(outcome.size), "positives": str(int(outcome.sum()))}
            | {f"{name}_{span}": f"{value:.5f}" for span, values in spans.items() for name, value in values.items()}
            | {"chosen": "yes" if candidate.spec == CHOSEN else "no", "note": candidate.note}
        )
    return log


def ruled(log: Mapping[Spec, dict[str, str]]) -> tuple[Spec, Spec, Spec]:
    """The rule of choice applied to the letter: the single, the ensemble and the calibration that it names.

    The lowest log score of a single model; the lowest of an ensemble of trees and net within 1 % of that; of the
    ensemble's calibrations within 1 % of it, the one whose expected/observed on 1997-2006 is nearest 1.
    """
    loss = {spec: float(row["log_1982_2006"]) for spec, row in log.items()}
    ratio = {spec: float(row["expected_observed_1997_2006"]) for spec, row in log.items()}
    fair = [s for s in log if isinstance(s, Trees) or (isinstance(s, Net) and s.predictors not in HINDSIGHT)]
    single = min(fair, key=loss.__getitem__)
    mixed = [s for s in log if isinstance(s, Mean) and len({isinstance(part, Trees) for part in s.parts}) == 2]
    ensemble = min((s for s in mixed if loss[s] <= 1.01 * loss[single]), key=loss.__getitem__)
    shifted = [s for s in log if s == ensemble or (isinstance(s, Calibrated) and s.of == ensemble)]
    near = (s for s in shifted if loss[s] <= 1.01 * loss[ensemble])
    return single, ensemble, min(near, key=lambda s: abs(ratio[s] - 1))


def differences(others: Mapping[str, Forecasts], z: Forecasts, table: Table) -> Iterator[tuple[str, str, Floats]]:
    """Score of ``z`` less another's on 1982-2006: the other's name, the metric, and [difference, low, high].

    Intervals: 90 %, percentile, 1,000 draws of whole countries, the same for both.
    """
    rows = scored(table, SPANS[0])
    counts = score.cluster_draws(table.country[rows][~np.isnan(table.outcome[rows])], DRAWS, SEED)

    def every(forecasts: Forecasts) -> list[dict[str, float]]:
        return [scores(forecasts, table, SPANS[0], weights) for weights in (None, *counts)]

    own = every(z)
    for name, other in others.items():
        theirs = every(other)
        for metric in ("log", "auc"):
            apart = np.array([a[metric] - b[metric] for a, b in zip(own, theirs, strict=True)])
            yield name, metric, np.array([apart[0], *np.quantile(apart[1:], [0.05, 0.95])])


def kept_in(table: Table) -> Path:
    """The folder for finished members of these data, this code and this LightGBM."""
    digest = hashlib.sha256(version("lightgbm").encode())
    for part in (table.X, table.outcome, table.year, table.country):
        digest.update(part.tobytes())
    for code in (engineered, predictors, log_odds, _grown, _bounded):
        digest.update(inspect.getsource(code).encode())
    return settings().home / "selection" / digest.hexdigest()[:16]


def main() -> None:
    """Make every candidate, write the log, and print the best of each group, the rule and the differences."""
    table = engineered(until_2008(panel()))
    everything = candidates()
    with watching() as progress:
        members = fit_members([c.spec for c in everything], table, kept_in(table), progress)
        log = log_rows(everything, members, table)
    with LOG.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, log[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(log)

    print(f"{len(log)} candidates, {log[0]['n']} forecasts, {log[0]['positives']} followed by an onset\n")
    for group in dict.fromkeys((row["step"], row["group"]) for row in log):
        of_group = [row for row in log if (row["step"], row["group"]) == group]
        best = min(of_group, key=lambda row: float(row["log_1982_2006"]))
        figures = " ".join(best[f"{m}_1982_2006"] for m in METRICS) + " " + best["expected_observed_1997_2006"]
        print(f"{group[0]} {group[1]:36s} {len(of_group):4d} {figures}  {best['id']:>4s} {best['candidate']}")

    by_spec = {candidate.spec: row for candidate, row in zip(everything, log, strict=True)}
    shifts = {s: row for s, row in by_spec.items() if not (isinstance(s, Calibrated) and s.slope_sd is not None)}
    for title, among in (("among shifts, as it was applied", shifts), ("among every calibration", by_spec)):
        print(f"\nThe rule to the letter, {title}:")
        for what, spec in zip(("single", "ensemble", "calibration"), ruled(among), strict=True):
            print(f"  {what:12s} {by_spec[spec]['id']:>4s} {spec}{' (taken)' if spec == CHOSEN else ''}")

    loss = {spec: float(row["log_1982_2006"]) for spec, row in by_spec.items()}
    nets = [spec for spec in loss if isinstance(spec, Net) and spec.predictors == "notime"]
    named: dict[str, Spec] = {
        "climatology": Climatology(),
        "two variables": TWO,
        "three variables": THREE,
        "best net alone": min(nets, key=loss.__getitem__),
        "best boosting alone": min((s for s in loss if isinstance(s, Trees)), key=loss.__getitem__),
        "ensemble, not calibrated": ENSEMBLE,
    }
    others = {name: forecast(spec, members, table) for name, spec in named.items()}
    print("\nTaken less another, 1982-2006 [90 % over draws of countries]:")
    for name, metric, (apart, low, high) in differences(others, forecast(CHOSEN, members, table), table):
        verdict = "" if low > 0 or high < 0 else "not distinguishable"
        print(f"  {name:26s} {metric:4s} {apart:+.5f} [{low:+.5f}, {high:+.5f}] {verdict}")


if __name__ == "__main__":
    main()
