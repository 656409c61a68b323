"""GED-shaped CSV to validated country-month panels: ours against pandas, and how much memory each takes.

Each run is a process of its own, so that one does not warm or fill the memory of another. Memory is ``ru_maxrss``, the
most that the process ever held, less what it held after its imports; pages of a file that is mapped into memory count.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

FILE = Path("build/events/ged.csv")
COVERS = (109, 540)
LAND_CELLS, MONTHS = 64_818, (109, 528)
PEERS = {
    "pandas-loop": "pandas, all 49 columns, spreading event by event",
    "pandas": "pandas, all 49 columns, whole columns throughout",
    "pandas-narrow": "pandas, the 13 columns needed, whole columns throughout",
}


def main() -> None:
    """Make the file where it is not there, run everything, print the figures."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--file", type=Path, default=FILE)
    arguments.add_argument("--repeats", type=int, default=3, help="runs of each; the fastest counts")
    given = arguments.parse_args()
    if not given.file.exists():
        given.file.parent.mkdir(parents=True, exist_ok=True)
        _run("benchmarks.events.made_up", str(given.file))
    size = given.file.stat().st_size
    print(f"{platform.platform()}, {_processor()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    print(f"{given.file}: {size / 1e6:.0f} MB")
    with tempfile.TemporaryDirectory() as folder:
        best: dict[str, dict[str, float]] = {}
        for _ in range(given.repeats):
            for who in ("ours", *PEERS):
                told = _one(who, given.file, Path(folder) / who)
                best[who] = {key: min(value, best.get(who, told)[key]) for key, value in told.items()}
        for who, told in best.items():
            print(
                f"{who:14} {told['wall']:6.2f} s wall, {told['cpu']:6.2f} s processor,"
                f" peak {told['peak'] / 1e6:6.0f} MB = {told['peak'] / size:.2f} x file"
            )
        for who, title in PEERS.items():
            wall, cpu = (best[who][key] / best["ours"][key] for key in ("wall", "cpu"))
            print(f"ours is {wall:.1f} x faster than {title} ({cpu:.1f} x in processor time)")
            print(json.loads(_run("benchmarks.events.work", "same", folder, who)))
    grid = json.loads(_run("benchmarks.events.work", "grid", str(given.file), str(LAND_CELLS)))
    print(
        f"PRIO-GRID, {LAND_CELLS} cells x {MONTHS[1] - MONTHS[0] + 1} months: {grid['seconds']:.2f} s from events,"
        f" 3 types held at once {grid['bytes'] / 1e9:.2f} GB, process peak {grid['peak'] / 2**30:.2f} GiB (limit 8)"
    )


def _one(who: str, file: Path, out: Path) -> dict[str, float]:
    found: dict[str, float] = json.loads(_run("benchmarks.events.work", who, str(file), str(out)))
    return found


def _run(module: str, *arguments: str) -> str:
    done = subprocess.run([sys.executable, "-m", module, *arguments], check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout


def _processor() -> str:
    told = Path("/proc/cpuinfo")
    lines = told.read_text().splitlines() if told.exists() else []
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "unknown processor")


if __name__ == "__main__":
    main()
