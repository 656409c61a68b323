"""How many alarms a year were raised and how many were false, against the number that was allowed.

``python -m benchmarks.signals.false_alarms`` looks at months up to December 2010 only: thresholds from 1990-2000,
checked on 2001-2010. With ``--report`` the frozen rule is also run on 2011-2017 and 2018-2021.
"""

from __future__ import annotations

import argparse
import time
from itertools import product
from pathlib import Path

import numpy as np

from benchmarks.signals import standing_in
from benchmarks.signals.months import Floats, column, months
from tocsin.horizon.alarm_rate import AlarmRule, Rate, candidates, fixed, raised, rate, rolling, worsened
from tocsin.horizon.departures import from_draws, surprise
from tocsin.horizon.watching import RISE_GRID, SURPRISE_GRID, rise_scores

DRAWS = 1000
FROZEN = 2010


def ratio_scores(deaths: Floats) -> Floats:
    """What anybody would try first: log of (mean of the last three months + 1) / (mean of the twelve before + 1)."""
    found = np.full(deaths.shape, np.nan)
    for t in range(14, deaths.shape[1]):
        recent, before = deaths[:, t - 2 : t + 1].mean(axis=1), deaths[:, t - 14 : t - 2].mean(axis=1)
        found[:, t] = np.log1p(recent) - np.log1p(before)
    return found


def surprise_scores(deaths: Floats) -> tuple[Floats, Floats]:
    """Surprise of each month against the stand-in forecast, and whether it was beyond the 95th percentile."""
    scores, beyond = np.full(deaths.shape, np.nan), np.full(deaths.shape, np.nan)
    for t in range(12, deaths.shape[1]):
        # One generator a month, so that a longer series does not change an earlier draw.
        drawn = standing_in.draws(deaths, t, DRAWS, np.random.default_rng([17, t]))
        found = from_draws(deaths[:, t], drawn)
        scores[:, t] = surprise(found)
        over = found.observed > found.edge_high
        beyond[:, t] = np.where(np.isnan(scores[:, t]), np.nan, over)
    return scores, beyond


def shown(found: Rate) -> str:
    """A rate with its interval."""
    return f"{found.value:5.1f} [{found.low:.1f}, {found.high:.1f}]"


def told(
    name: str, scores: Floats, deaths: Floats, rule: AlarmRule, spans: list[tuple[str, int, int]], learnt: int
) -> None:
    """Print the record of a fixed and of a rolling threshold, both from months up to column ``learnt``."""
    early, known = scores[:, :learnt], deaths[:, :learnt]
    grid = {"rise": RISE_GRID, "surprise": SURPRISE_GRID}.get(name)
    grid = candidates(early) if grid is None else grid
    one = fixed(early, known, rule, grid)
    outcome = worsened(deaths, rule)
    for way, threshold in (("fixed", one), ("rolling", rolling(scores, deaths, rule, grid))):
        alarms = raised(scores, threshold, rule)
        for span, start, end in spans:
            here, what = alarms[:, start:end], outcome[:, start:end]
            judged = int((~np.isnan(what)).any(axis=0).sum())
            here = here[:, :judged]
            what = what[:, :judged]
            false, true = (here & (what == 0)).sum(), (here & (what == 1)).sum()
            open_ = int((here & np.isnan(what)).sum())
            limits = threshold[start:end] if isinstance(threshold, np.ndarray) else np.array([threshold])
            print(
                f"{name:9} {way:8} {rule.memory if way == 'rolling' else '':4} {span:10} "
                f"threshold {limits.min():.2f}..{limits.max():.2f} "
                f"alarms {shown(rate(int(here.sum()), judged))} false {shown(rate(int(false), judged))} "
                f"true {shown(rate(int(true), judged))} not known {open_} of allowed {rule.per_year:g}",
                flush=True,
            )


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser()
    options.add_argument("--report", action="store_true", help="also the years 2011-2021")
    options.add_argument("--per-year", type=float, nargs="*", default=[3, 6, 12])
    options.add_argument("--memory", type=int, nargs="*", default=[120], help="months the rolling one looks back")
    options.add_argument("--scores", type=Path, help="a file of scores: read if it is there, else written")
    asked = options.parse_args()
    last = 2021 if asked.report else FROZEN
    deaths = months(last).deaths
    learnt = column(2011) if asked.report else column(2001)
    spans = [("2011-2017", column(2011), column(2018)), ("2018-2021", column(2018), column(2022))]
    if not asked.report:
        spans = [("1990-2000", 0, column(2001)), ("2001-2010", column(2001), column(2011))]
    start = time.perf_counter()
    if asked.scores and asked.scores.exists():
        with np.load(asked.scores) as kept:
            risen, surprised, beyond = (kept[name][:, : deaths.shape[1]] for name in ("risen", "surprised", "beyond"))
    else:
        risen = rise_scores(deaths)
        surprised, beyond = surprise_scores(deaths)
        if asked.scores:
            np.savez(asked.scores, risen=risen, surprised=surprised, beyond=beyond)
    print(f"{deaths.shape[0]} countries, {deaths.shape[1]} months: {time.perf_counter() - start:.0f} s")
    for span, a, b in spans:
        part, x = beyond[:, a:b], deaths[:, a:b]
        quiet = np.nanmean(worsened(deaths, AlarmRule())[:, a:b])
        print(
            f"{span}: beyond the 95th percentile {np.nanmean(part):.4f} of {int((~np.isnan(part)).sum())} months, "
            f"{np.nanmean(part[x > 0]):.3f} of those with deaths; followed by a rise (base rate) {quiet:.3f}"
        )
    for per_year, memory in product(asked.per_year, asked.memory):
        rule = AlarmRule(per_year=per_year, memory=memory)
        told("rise", risen, deaths, rule, spans, learnt)
        told("ratio", ratio_scores(deaths), deaths, rule, spans, learnt)
        told("surprise", surprised, deaths, rule, spans, learnt)


if __name__ == "__main__":
    main()
