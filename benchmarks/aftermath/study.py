"""What followed elections, coups and jumps in killing: all sixteen comparisons, from the files at hand.

The plan stands in docs/methods/does-it-matter.md and was written first. This prints every comparison; with --write it
also writes our results to src/tocsin/data/aftermath.toml.
"""

from __future__ import annotations

import argparse
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks.aftermath.tables import Tables, periods_of, tables
from benchmarks.aftermath.writing import EVENTS, OUTCOMES, toml
from benchmarks.panel import settings
from tocsin.core.errors import TocsinError
from tocsin.horizon.aftermath import Aftermath, aftermath
from tocsin.horizon.aftermath_results import numbers, table
from tocsin.horizon.aftermath_verdict import LEVEL

METHOD_VERSION = "aftermath-1.0"
DRAWS, SHIFTS, SEED = 4000, 1999, 1
TARGET = Path(__file__).resolve().parents[2] / "src" / "tocsin" / "data" / "aftermath.toml"


def compare(at_hand: Tables, event: str, outcome: str) -> tuple[dict[str, Any], Aftermath]:
    """One comparison as it is stored, and its numbers."""
    periods, events = periods_of(at_hand, event, outcome)
    first, last = int(periods["time"].min()), int(periods["time"].max())
    given = events.filter(pl.col("time").is_between(first, last)).height
    found = aftermath(periods, tried=len(EVENTS) * len(OUTCOMES), draws=DRAWS, shifts=SHIFTS, seed=SEED)
    yearly = outcome.startswith("onset")
    name = str if yearly else lambda month: f"{1980 + (month - 1) // 12}-{(month - 1) % 12 + 1:02d}"
    row = {
        "event": event,
        "outcome": outcome,
        "unit": "country-year" if yearly else "country-month",
        "first": name(first),
        "last": name(last),
        "given": given,
        "set_aside": given - found.events,
        **table(found),
    }
    if numbers(row, found.tried).verdict != found.verdict:
        sys.exit(f"{event}/{outcome}: rounding changes the verdict; store more digits")
    return row, found


def main() -> None:
    """Compute all comparisons, print them, and write them if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"write {TARGET.name}")
    write = parser.parse_args().write
    mirror = settings().mirror
    if mirror is None:
        sys.exit("This study needs the sources: set TOCSIN_MIRROR to a folder laid out as HOST/PATH.")
    started = time.perf_counter()
    try:
        at_hand = tables(mirror)
    except TocsinError as error:
        sys.exit(f"This study needs its sources. {error}")
    rows = []
    for event in EVENTS:
        for outcome in OUTCOMES:
            row, found = compare(at_hand, event, outcome)
            rows.append(row)
            print(_line(row, found), flush=True)
    print(f"{len(rows)} comparisons in {time.perf_counter() - started:.0f} s")
    if write:
        TARGET.write_text(
            toml(
                rows,
                {
                    "method_version": METHOD_VERSION,
                    "computed": date.today().isoformat(),
                    "draws": DRAWS,
                    "shifts": SHIFTS,
                    "level": LEVEL,
                    "licence": "Apache-2.0, as Tocsin; the sources keep their own terms",
                    "citation": f"Tocsin, {METHOD_VERSION}, from the sources below",
                },
            ),
            "utf-8",
        )
        print(f"written: {TARGET.name}")


def _line(row: dict[str, Any], a: Aftermath) -> str:
    m, s, p = a.matched, a.same_country, a.placebo
    return (
        f"{row['event']} -> {row['outcome']} ({row['first']} to {row['last']}; {row['given']} given, "
        f"{row['set_aside']} set aside)\n"
        f"  followed {a.followed} of {a.events} = {a.rate:.4f} [{a.rate_interval[0]:.4f}, {a.rate_interval[1]:.4f}]; "
        f"base {a.outcomes} of {a.periods} = {a.base_rate:.4f}\n"
        f"  same country {s.rate:.4f} against {s.expected:.4f} ({s.events} events), difference {s.difference:+.4f} "
        f"[{a.same_country_interval[0]:+.4f}, {a.same_country_interval[1]:+.4f}]\n"
        f"  matched {m.followed} of {m.events} = {m.rate:.4f} against {m.expected:.4f} ({m.places} "
        f"countries, {m.comparisons} "
        f"periods, {a.unmatched} events unmatched), difference {m.difference:+.4f} [{a.difference_interval[0]:+.4f}, "
        f"{a.difference_interval[1]:+.4f}], wide [{a.wide_interval[0]:+.4f}, "
        f"{a.wide_interval[1]:+.4f}], ratio {m.ratio:.2f} "
        f"[{a.ratio_interval[0]:.2f}, {a.ratio_interval[1]:.2f}]\n"
        f"  placebo excess {p.excess:+.1f}, shifted {p.shifted:+.1f} [{p.low:+.1f}, {p.high:+.1f}], p = {p.p:.4f}\n"
        f"  {a.verdict.sentence}"
    )


if __name__ == "__main__":
    main()
