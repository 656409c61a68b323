"""Do the intervals and the placebo test of the study hold what they say, on its own countries, cells and outcomes?

Each country is given the event dates of another one, drawn at random, moved around its own series by a random offset;
so events and outcomes have nothing to do with each other, while both keep their clusters. Then an effect is put in: an
event period without the outcome gets it with a known chance. Printed for each: how often the 90 % interval of the
matched difference holds the truth (so, and with the events where they were and outcomes drawn anew), how often the
placebo p is at most 0.10 and 0.10/16, and the verdicts.
"""

from __future__ import annotations

import sys
from collections import Counter

import numpy as np
import polars as pl

from benchmarks.aftermath.tables import periods_of, tables
from benchmarks.panel import settings
from tocsin.horizon.aftermath import aftermath
from tocsin.horizon.aftermath_matching import cells, drawn, interval, matched
from tocsin.horizon.aftermath_periods import Known, marked

TRIED, DRAWS, SHIFTS = 16, 400, 399
CASES = (("election", "onset_same_or_next"), ("coup", "onset_same_or_next"), ("jump", "escalation_12"))
EFFECTS = (0.0, 0.10)


def reassigned(periods: pl.DataFrame, rng: np.random.Generator, *, behind: int) -> pl.DataFrame:
    """The periods with each country's events replaced by those of a country drawn at random, at a random offset."""
    series = [part["event"].to_numpy() for part in periods.partition_by("place", maintain_order=True)]
    event = []
    for own in series:
        other = series[rng.integers(len(series))]
        at = (np.flatnonzero(other) + rng.integers(own.size)) % own.size
        event.append(np.isin(np.arange(own.size), at))
    whole = periods.with_columns(pl.Series("drawn", np.concatenate(event)))
    known = Known(int(periods["time"].min()), int(periods["time"].max()))
    events = whole.filter("drawn").select("place", "time")
    return marked(whole.drop("event", "comparison", "drawn"), events, known, behind=behind).select(periods.columns)


def trial(periods: pl.DataFrame, effect: float, worlds: int, *, behind: int) -> str:
    """One line: what was found in so many worlds with this effect."""
    rows, verdicts = [], Counter[str]()
    for seed in range(worlds):
        rng = np.random.default_rng(seed)
        world = reassigned(periods, rng, behind=behind)
        struck = pl.Series("struck", rng.random(world.height) < effect)
        world = world.with_columns(
            pl.when(pl.col("event") & struck).then(1).otherwise(pl.col("outcome")).cast(pl.Int8).alias("outcome")
        )
        found = aftermath(world, tried=TRIED, draws=DRAWS, shifts=SHIFTS, seed=seed)
        verdicts[found.verdict.strength] += 1
        rows.append((found.difference_interval, found.placebo.p, found.matched.difference, found.matched.expected))
    truth = effect * (1 - float(np.mean([expected for *_, expected in rows])))
    held = np.mean([low <= truth <= high for (low, high), *_ in rows])
    p = np.array([p for _, p, *_ in rows])
    mean = np.mean([difference for _, _, difference, _ in rows])
    return (
        f"effect {truth:.3f}: mean found {mean:.3f}; interval held {held:.2f}; placebo p <= 0.10 "
        f"{np.mean(p <= 0.10):.2f}, <= 0.10/16 {np.mean(p <= 0.10 / 16):.3f}; {dict(verdicts)}"
    )


def drawn_outcomes(periods: pl.DataFrame, effect: float, worlds: int) -> str:
    """The same with the events where they were, and outcomes drawn anew: how often the interval holds the truth.

    The chance is that of the cell among comparison periods, shifted for each country (log-odds, standard deviation
    0.5), with one dice a country and calendar year; the effect is added to it at events.
    """
    rate = pl.col("outcome").filter(pl.col("comparison"))
    base = ((rate.sum() + 0.5) / (rate.len() + 1)).over("cell").alias("chance")
    kept = periods.filter(pl.col("cell").is_not_null()).with_columns(base)
    _, place = np.unique(kept["place"].to_numpy(), return_inverse=True)
    _, block = np.unique((kept["place"] + kept["calendar"].cast(pl.String)).to_numpy().astype(str), return_inverse=True)
    odds = np.log(kept["chance"].to_numpy() / (1 - kept["chance"].to_numpy()))
    event = kept["event"].to_numpy()
    matchable = kept.select((pl.col("event") & pl.col("comparison").any().over("cell")).alias("m"))["m"].to_numpy()
    held, means = [], []
    for seed in range(worlds):
        rng = np.random.default_rng(seed)
        chance = 1 / (1 + np.exp(-odds - rng.normal(0, 0.5, place.max() + 1)[place]))
        higher = np.minimum(1, chance + effect * event)
        y = rng.random(block.max() + 1)[block] < higher
        counts = cells(kept.with_columns(pl.Series("outcome", y.astype(np.int8))))
        rates, expected = drawn(counts, DRAWS, seed)
        low, high = interval(rates - expected, 0.9)
        truth = float((higher - chance)[matchable].mean())
        held.append(low <= truth <= high)
        means.append(matched(counts).difference - truth)
    return f"effect {effect:.3f}, own dates: mean error {np.mean(means):+.4f}; interval held {np.mean(held):.2f}"


def main() -> None:
    """Print every case at every effect."""
    mirror = settings().mirror
    if mirror is None:
        sys.exit("This needs the sources: set TOCSIN_MIRROR to a folder laid out as HOST/PATH.")
    worlds = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    at_hand = tables(mirror)
    for event, outcome in CASES:
        periods, _ = periods_of(at_hand, event, outcome)
        behind = 1 if outcome.startswith("onset") else int(outcome.removeprefix("escalation_"))
        for effect in EFFECTS:
            print(f"{event} -> {outcome}, {worlds} worlds, {drawn_outcomes(periods, effect, worlds)}", flush=True)
            print(f"{event} -> {outcome}, {worlds} worlds, {trial(periods, effect, worlds, behind=behind)}", flush=True)


if __name__ == "__main__":
    main()
