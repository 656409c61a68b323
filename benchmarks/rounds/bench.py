"""A round of 200 participants and 40 questions: every pool with 1,000 bootstrap draws, ours and a plain Python loop.

    python -m benchmarks.rounds.bench

The loop computes the same numbers from the same draws. It is given them, and its time does not count their making; it
takes each log-odds once, not in every draw. Ours makes its draws itself. So the ratio is, if anything, too small.
"""

import math
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from tocsin.assess.aggregators import AGGREGATORS, DEFAULT
from tocsin.assess.agreement import alpha, alpha_interval
from tocsin.assess.pooling import pool_many
from tocsin.assess.resample import draw, intervals_by_method

PARTICIPANTS, QUESTIONS, MISSING, DRAWS, COVERAGE, SEED = 200, 40, 0.2, 1000, 0.9, 0
RUNS = 5
WANTED = 10

Draws = dict[int, list[list[int]]]
Ends = list[tuple[float, float, float]]


def made_up() -> tuple[np.ndarray, np.ndarray]:
    """Estimates in per cent steps, (participants, questions), NaN where there is none; and weights."""
    rng = np.random.default_rng(1)
    z = rng.normal(-2.5, 1, QUESTIONS) + rng.normal(0, 1, (PARTICIPANTS, QUESTIONS))
    matrix = (1 / (1 + np.exp(-z))).round(2)
    matrix[rng.random(matrix.shape) < MISSING] = np.nan
    return matrix, rng.uniform(0.5, 2, PARTICIPANTS)


def ours(matrix: np.ndarray, held: np.ndarray) -> dict[str, Ends]:
    """Value, low and high of each question by each aggregator."""
    spans = intervals_by_method(matrix, AGGREGATORS, draws=DRAWS, coverage=COVERAGE, seed=SEED, weights=held)
    found = {}
    for name, way in AGGREGATORS.items():
        values = pool_many(matrix, name, weights=held if way.weighted else None)
        found[name] = [(one.value, ends.low, ends.high) for one, ends in zip(values, spans[name], strict=True)]
    return found


def draws_for(matrix: np.ndarray) -> Draws:
    """For each number of estimates, the draws as lists of places."""
    return {int(n): draw(int(n), DRAWS, SEED).tolist() for n in np.unique(np.sum(~np.isnan(matrix), axis=0))}


def mean(values: list[float]) -> float:
    """Of a list."""
    return sum(values) / len(values)


def median(values: list[float]) -> float:
    """Of a list."""
    ordered, n = sorted(values), len(values)
    return ordered[n // 2] if n % 2 else (ordered[n // 2 - 1] + ordered[n // 2]) / 2


def trimmed(values: list[float]) -> float:
    """Trimmed mean of a list."""
    cut = math.floor(len(values) * DEFAULT.trim)
    return mean(sorted(values)[cut : len(values) - cut])


def back(z: float) -> float:
    """From log-odds to a probability."""
    return 1 / (1 + math.exp(-z))


def quantile(values: list[float], p: float) -> float:
    """By linear interpolation, of a list in order."""
    at = p * (len(values) - 1)
    below = math.floor(at)
    above = min(below + 1, len(values) - 1)
    return values[below] + (at - below) * (values[above] - values[below])


def span(of_all: float, pools: list[float]) -> tuple[float, float, float]:
    """Value, low and high."""
    pools.sort()
    tail = (1 - COVERAGE) / 2
    return of_all, quantile(pools, tail), quantile(pools, 1 - tail)


def loop(matrix: list[list[float]], held: list[float], draws: Draws) -> dict[str, Ends]:
    """The same numbers, one value after the other."""
    found: dict[str, Ends] = {name: [] for name in AGGREGATORS}
    plain: dict[str, Callable[[list[float]], float]] = {"median": median, "trimmed mean": trimmed, "mean": mean}
    for question in range(QUESTIONS):
        pairs = sorted(
            (row[question], w) for row, w in zip(matrix, held, strict=True) if row[question] == row[question]
        )
        values = [x for x, _ in pairs]
        taken = draws[len(values)]
        for name, pooled in plain.items():
            found[name].append(span(pooled(values), [pooled([values[i] for i in one]) for one in taken]))
        kept = [min(max(x, DEFAULT.clip), 1 - DEFAULT.clip) for x in values]
        z = [math.log(x / (1 - x)) for x in kept]
        for name, factor in (("mean log-odds", 1.0), ("extremised log-odds", DEFAULT.factor)):
            found[name].append(
                span(back(factor * mean(z)), [back(factor * mean([z[i] for i in one])) for one in taken])
            )
        products, weights = [x * w for x, w in pairs], [w for _, w in pairs]
        pools = [sum([products[i] for i in one]) / sum([weights[i] for i in one]) for one in taken]
        found["performance-weighted"].append(span(sum(products) / sum(weights), pools))
    return found


def report_machine() -> None:
    """Print what the figures were measured on."""
    cpu = platform.processor() or platform.machine()
    if Path("/proc/cpuinfo").is_file():
        models = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
        cpu = models[0].split(":", 1)[1].strip() if models else cpu
    print(f"machine       {cpu}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.2f}; {platform.platform()}")
    print(f"versions      Python {platform.python_version()}, NumPy {np.__version__}")


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds of the processor and by the clock; the first does not depend on what else the machine does."""
    used, started = time.process_time(), time.perf_counter()
    work()
    return time.process_time() - used, time.perf_counter() - started


def median_time(work: Callable[[], object]) -> tuple[float, float]:
    """The same, as medians of several runs after one that is not counted."""
    work()
    used, clock = zip(*(timed(work) for _ in range(RUNS)), strict=True)
    return statistics.median(used), statistics.median(clock)


def agreement(matrix: np.ndarray) -> None:
    """Print alpha of the round at each level, its interval and its time; ratings from 1 to 7."""
    places = np.where(np.isnan(matrix), np.nan, np.minimum(7, 1 + np.floor(np.nan_to_num(matrix) * 20)))
    for level in ("nominal", "ordinal", "interval", "ratio"):
        used, _ = median_time(lambda level=level: alpha_interval(places, level, draws=DRAWS, seed=SEED))
        told, between = alpha(places, level), alpha_interval(places, level, draws=DRAWS, seed=SEED)
        print(f"alpha         {level}: {told.value:.4f} [{between.low:.4f}, {between.high:.4f}] in {used:.3f} s")


def main() -> None:
    """Run both, compare, and end with an error if they differ or the ratio is too small."""
    report_machine()
    matrix, held = made_up()
    print(
        f"round         {PARTICIPANTS} participants x {QUESTIONS} questions, {np.isnan(matrix).mean():.0%} missing, "
        f"{len(AGGREGATORS)} aggregators, {DRAWS:,} draws each; invented estimates"
    )
    used, clock = median_time(lambda: ours(matrix, held))
    print(f"ours          {used:.3f} s of the processor, {clock:.3f} s by the clock; medians of {RUNS}")
    draws, rows, theirs = draws_for(matrix), matrix.tolist(), {}
    their_used, their_clock = timed(lambda: theirs.update(loop(rows, held.tolist(), draws)))
    print(f"plain loop    {their_used:.2f} s of the processor, {their_clock:.2f} s by the clock; one run, all draws")
    found = ours(matrix, held)
    apart = max(np.abs(np.array(found[name]) - np.array(theirs[name])).max() for name in AGGREGATORS)
    print(f"differ        by at most {apart:.1e} in {3 * QUESTIONS * len(AGGREGATORS)} numbers")
    ratio = their_used / used
    print(f"ratio         {ratio:.1f} by the processor, {their_clock / clock:.1f} by the clock; wanted: {WANTED}")
    agreement(matrix)
    if apart > 1e-9 or ratio < WANTED:
        sys.exit("The two differ, or ours is too slow.")


if __name__ == "__main__":
    main()
