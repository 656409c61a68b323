"""One task of the benchmark, in the process that is measured; says what it took as JSON."""

import json
import os
import pickle
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.events.bench import COVERS, MONTHS


def measured(task: Callable[[], object]) -> tuple[object, dict[str, float]]:
    """What the task gives, and its seconds (wall, processor of all threads) and peak bytes beyond the start."""
    start, before = _peak(), os.times()
    clock = time.perf_counter()
    found = task()
    wall, after = time.perf_counter() - clock, os.times()
    cpu = after.user + after.system - before.user - before.system
    return found, {"wall": wall, "cpu": cpu, "peak": _peak() - start}


def ours(path: Path, out: Path) -> dict[str, float]:
    """CSV to panel with our code."""
    from tocsin.panel.events import check_events
    from tocsin.panel.events_country import country_months
    from tocsin.sources.ged import scan

    def task() -> object:
        events = check_events(scan(path), covers=COVERS, vintage="made up")
        return country_months(events).frame, events.quarantine

    (frame, quarantine), told = measured(task)  # type: ignore[misc]
    counts = {(breach.rule, breach.column): breach.rows for breach in quarantine.breaches}
    held = quarantine.held.sort("row")
    kept = {name: frame[name].cast(str if name == "type" else frame[name].dtype).to_list() for name in frame.columns}
    out.write_bytes(pickle.dumps((kept, counts, held["row"].to_list(), held["id"].to_list())))
    return told


def pandas(path: Path, out: Path, *, narrow: bool = False, loop: bool = False) -> dict[str, float]:
    """CSV to panel with a peer."""
    from benchmarks.events import reference

    (frame, counts, held), told = measured(lambda: reference.panel(path, COVERS, narrow=narrow, loop=loop))  # type: ignore[misc]
    kept = {name: frame[name].tolist() for name in frame.columns}
    out.write_bytes(pickle.dumps((kept, counts, held["row"].tolist(), held["id"].tolist())))
    return told


def same(folder: Path, who: str) -> dict[str, object]:
    """Whether the two gave the same: cells, covered, counts to the last, deaths to 1e-9, rules and rows set aside."""
    import numpy as np

    frame, counts, *held = pickle.loads((folder / "ours").read_bytes())
    theirs, their_counts, *their_held = pickle.loads((folder / who).read_bytes())
    keys = all(frame[name] == theirs[name] for name in ("place", "month", "type", "covered"))
    values = ("events", "low", "best", "high", "across", "set_aside")
    pairs = [(np.array(frame[name], float), np.array(theirs[name], float)) for name in values]
    apart = max(float(np.nanmax(np.abs(a - b))) for a, b in pairs)
    alike = all(np.allclose(a, b, rtol=1e-9, atol=1e-9, equal_nan=True) for a, b in pairs)
    return {
        "same cells": keys,
        "same numbers": alike,
        "largest difference": apart,
        "same rules and counts": counts == their_counts,
        "same rows set aside": held == their_held,
        "set aside": len(held[0]),
    }


def grid(path: Path, cells: int) -> dict[str, float]:
    """Events to full arrays of the best estimate for three types; the cells are so many from 90,000 on."""
    import numpy as np

    from tocsin.panel.events import check_events
    from tocsin.panel.events_country import TYPES
    from tocsin.panel.grid import cell_months, dense
    from tocsin.sources.ged import scan

    events = check_events(scan(path), covers=COVERS)
    clock = time.perf_counter()
    table = cell_months(events)
    asked = np.arange(90_000, 90_000 + cells)
    held = [dense(table, type=name, cells=asked, months=MONTHS) for name in TYPES]
    seconds = time.perf_counter() - clock
    return {"seconds": seconds, "bytes": sum(one.values.nbytes for one in held), "peak": _peak()}


def _peak() -> int:
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def main() -> None:
    """Do what the command line asks for."""
    task, first, second = sys.argv[1:4]
    if task == "same":
        told: object = same(Path(first), second)
    elif task == "grid":
        told = grid(Path(first), int(second))
    elif task == "ours":
        told = ours(Path(first), Path(second))
    else:
        told = pandas(Path(first), Path(second), narrow=task == "pandas-narrow", loop=task == "pandas-loop")
    print(json.dumps(told))


if __name__ == "__main__":
    main()
