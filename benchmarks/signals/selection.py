"""How law, penalty, temper and recalibration of changes were chosen: months up to December 2010 only, every try logged.

Countries in even rows make the series that choose, countries in odd rows those that check. ``python -m
benchmarks.signals.selection`` writes ``selection_log.csv`` beside this file; it takes some minutes.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.signals.months import Floats, changed, months, unchanging, windows
from tocsin.horizon.costs import Law, cost_of
from tocsin.horizon.credibility import cuts
from tocsin.horizon.segments import optimal

LAST = 2010
LENGTH = 180
"""Months of a made series: fifteen years."""
SHORTEST, EITHER_SIDE = 6, 3
ALLOWED = 1 / 40
"""False changes a year of a violent country that were to be kept to."""
PENALTIES: dict[Law, tuple[float, ...]] = {
    "gaussian": (10, 15, 20, 30, 40),
    "normal": (4, 8, 12, 16, 24),
    "poisson": (50, 100, 200, 400, 800, 1600, 3200),
    "negative-binomial": (4, 6, 8, 9, 10, 11, 12, 14),
}
TEMPERS = (1.0, 0.7, 0.5, 0.35, 0.25, 0.18)


@dataclass(frozen=True)
class Made:
    """A made series and the month of its one change, None if it has none."""

    x: Floats
    change: int | None


def made(
    stretches: Floats, number: int, draw: np.random.Generator, share: float, ratio: float | None = None
) -> list[Made]:
    """Series from real stretches, ``share`` of them with one change, of the given ratio or of 2 to 30, alike in log."""
    found = []
    for i in draw.integers(0, len(stretches), number):
        if draw.random() < share:
            month = int(draw.integers(24, LENGTH - 24))
            times = ratio or float(np.exp(draw.uniform(np.log(2), np.log(30))))
            found.append(Made(changed(stretches[i], LENGTH, month, times, draw), month))
        else:
            found.append(Made(unchanging(stretches[i], LENGTH, draw), None))
    return found


def false_rate(series: list[Made], law: Law, penalty: float) -> float:
    """Changes found a year in series without one."""
    return (
        sum(len(optimal(cost_of(one.x, law), LENGTH, penalty, SHORTEST)) for one in series) * 12 / LENGTH / len(series)
    )


def power(series: list[Made], law: Law, penalty: float) -> float:
    """The share of changes found at most six months from where they are."""
    found = [
        any(abs(q - one.change) <= 6 for q in optimal(cost_of(one.x, law), LENGTH, penalty, SHORTEST))
        for one in series
        if one.change is not None
    ]
    return float(np.mean(found))


def judged(series: list[Made], penalty: float, temper: float) -> Floats:
    """For every change found, its posterior probability within three months, and whether it was there: (changes, 2)."""
    rows = []
    for one in series:
        cost = cost_of(one.x)
        if not (found := optimal(cost, LENGTH, penalty, SHORTEST)):
            continue
        posterior = cuts(cost, LENGTH, penalty, shortest=SHORTEST, temper=temper)
        rows += [
            (posterior.within(q, EITHER_SIDE), one.change is not None and abs(q - one.change) <= EITHER_SIDE)
            for q in found
        ]
    return np.array(rows, dtype=float).reshape(-1, 2)


def logit(p: Floats) -> Floats:
    """Log-odds, between -9 and 9."""
    return np.asarray(np.clip(np.log(p / (1 - p + 1e-12) + 1e-12), -9, 9))


def recalibration(rows: Floats) -> tuple[float, float, float]:
    """Intercept, slope and log score of a logistic recalibration of probabilities."""
    from scipy.optimize import minimize

    z, y = logit(rows[:, 0]), rows[:, 1]

    def loss(b: Floats) -> float:
        eta = b[0] + b[1] * z
        return float(np.mean(np.logaddexp(0, eta) - y * eta))

    best = minimize(loss, np.array([0.0, 1.0]))
    return float(best.x[0]), float(best.x[1]), float(best.fun)


def tries() -> Iterator[tuple[str, str, float, str, float]]:
    """Every try: step, law, setting, measure, value."""
    deaths = months(LAST).deaths
    even, odd = deaths[::2], deaths[1::2]
    choose = {length: windows(even, length, length // 5) for length in (36, 60)}
    check = {length: windows(odd, length, length // 5) for length in (36, 60)}
    draw = np.random.default_rng(20_101_231)
    still = made(choose[60], 300, draw, 0.0)
    turned = {ratio: made(choose[60], 150, draw, 1.0, ratio) for ratio in (2.0, 4.0, 10.0, 30.0)}
    kept: dict[Law, float] = {}
    for law, penalties in PENALTIES.items():
        for penalty in penalties:
            found = false_rate(still, law, penalty)
            yield "law", law, penalty, "false changes a year", found
            for ratio, series in turned.items():
                yield "law", law, penalty, f"found, ratio {ratio:.0f}", power(series, law, penalty)
            if found <= ALLOWED and law not in kept:
                kept[law] = penalty
                break
    penalty = kept["negative-binomial"]
    yield "penalty", "negative-binomial", penalty, "chosen: lowest that kept to one in forty", ALLOWED
    for name, stretches in (("even", choose), ("odd", check)):
        for length, real in stretches.items():
            again = false_rate(made(real, 400, draw, 0.0), "negative-binomial", penalty)
            yield "penalty", "negative-binomial", penalty, f"false a year, fresh, {name}, {length} months", again
    learn = [one for length in (36, 60) for one in made(choose[length], 500, draw, 0.5)]
    test = [one for length in (36, 60) for one in made(check[length], 500, draw, 0.5)]
    for temper in TEMPERS:
        rows, fresh = judged(learn, penalty, temper), judged(test, penalty, temper)
        intercept, slope, score = recalibration(rows)
        told = 1 / (1 + np.exp(-intercept - slope * logit(fresh[:, 0])))
        yield "temper", "negative-binomial", temper, "changes judged", len(rows)
        yield "temper", "negative-binomial", temper, "mean posterior", rows[:, 0].mean()
        yield "temper", "negative-binomial", temper, "share true", rows[:, 1].mean()
        yield "temper", "negative-binomial", temper, "intercept", intercept
        yield "temper", "negative-binomial", temper, "slope", slope
        yield "temper", "negative-binomial", temper, "log score recalibrated", score
        loss = -np.mean(np.where(fresh[:, 1] > 0, np.log(told), np.log(1 - told)))
        yield "check", "negative-binomial", temper, "log score, odd countries", float(loss)
        for low, high in ((0, 0.25), (0.25, 0.5), (0.5, 0.75), (0.75, 1.01)):
            here = (told >= low) & (told < high)
            if here.any():
                yield "check", "negative-binomial", temper, f"told {low}-{min(high, 1)}: number", int(here.sum())
                yield "check", "negative-binomial", temper, f"told {low}-{min(high, 1)}: mean told", told[here].mean()
                yield "check", "negative-binomial", temper, f"told {low}-{min(high, 1)}: true", fresh[here, 1].mean()


if __name__ == "__main__":
    with Path(__file__).with_name("selection_log.csv").open("w", newline="") as file:
        log = csv.writer(file)
        log.writerow(("id", "step", "law", "setting", "measure", "value"))
        for i, (step, law, setting, measure, value) in enumerate(tries(), 1):
            log.writerow((i, step, law, setting, measure, f"{value:.4f}"))
            print(step, law, setting, measure, f"{value:.4f}", flush=True)
