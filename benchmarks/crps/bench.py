"""CRPS of 777,816 forecasts of 200 draws: ours beside properscoring, scoringrules and views-evaluation, in one run.

    python -m benchmarks.crps.bench [--rows N] [--draws M] [--rounds K]

Each way runs in a process of its own on the same file, in turn, ``--rounds`` times, twice in each process; the least
time counts, the most memory. Loading and compiling are not timed. views-evaluation needs numpy below 2 and gets an
interpreter of its own under ``build/peers``; where it cannot be had, it is said to be not run. Ends with an error if a
mean differs, ours is slower than the fastest peer or takes more than twice the array.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ONE = Path(__file__).with_name("one.py")
VIEWS = ROOT / "build" / "peers" / "views-evaluation"
OURS = ("ours", "ours, one thread")
PEERS = (
    "properscoring",
    "scoringrules numba qd",
    "scoringrules numpy qd",
    "views-evaluation",
)
OTHERS = ("scoringrules numba pwm", "scoringrules numba akr_circperm", "ours, 32 bit")
"""Shown for their time: pwm estimates the fair score, akr approximates; 32 bit draws are another array."""


def views_interpreter() -> Path | None:
    """The interpreter that has views-evaluation, made if it is not there; None where that fails."""
    python = VIEWS / "bin" / "python"
    try:
        if not python.exists():
            venv.create(VIEWS, with_pip=True)
        check = [str(python), "-c", "import views_evaluation"]
        if subprocess.run(check, capture_output=True).returncode:
            install = [str(python), "-m", "pip", "install", "-q", "views-evaluation>=2,<3"]
            subprocess.run(install, check=True, capture_output=True, timeout=300)
    except (OSError, subprocess.SubprocessError):
        return None
    return python


def run(name: str, folder: Path, python: str | Path) -> dict[str, float]:
    """Run one way once."""
    done = subprocess.run([str(python), str(ONE), name, str(folder)], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{name} failed: {done.stderr.strip().splitlines()[-1]}")
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    """Make the data, run every way in turn and print the table."""
    wanted = argparse.ArgumentParser()
    wanted.add_argument("--rows", type=int, default=777_816)
    wanted.add_argument("--draws", type=int, default=200)
    wanted.add_argument("--rounds", type=int, default=3)
    given = wanted.parse_args()
    views = views_interpreter()
    peers = [name for name in PEERS if views or name != "views-evaluation"]
    gigabytes = given.rows * given.draws * 8 / 1e9
    print(f"{cpu()}, {os.cpu_count()} cores, Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}")
    print(f"{given.rows:,} forecasts x {given.draws} draws of 64 bit, {gigabytes:.2f} GB; {given.rounds} rounds\n")
    found: dict[str, list[dict[str, float]]] = {name: [] for name in (*OURS, *peers, *OTHERS)}
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        subprocess.run([sys.executable, str(ONE), "make", scratch, str(given.rows), str(given.draws)], check=True)
        for turn in range(given.rounds):
            for name, runs in found.items():
                print(f"round {turn + 1} of {given.rounds}: {name}", file=sys.stderr, flush=True)
                runs.append(run(name, folder, views if name == "views-evaluation" and views else sys.executable))
    best = table(found)
    if not views:
        print("views-evaluation: not run, its package could not be had")
    ratios = {}
    for unit in ("seconds", "processor"):
        fastest = min(peers, key=lambda name: best[name][unit])
        for name in OURS:
            ratios[name, unit] = best[name][unit] / best[fastest][unit]
            print(f"{name}: {ratios[name, unit]:.2f} of the fastest peer's {unit} ({fastest})")
    wrong = [name for name in (*OURS, *peers) if abs(best[name]["mean"] / best["ours"]["mean"] - 1) > 1e-9]
    if wrong:
        raise SystemExit(f"other means: {', '.join(wrong)}")
    if ratios["ours", "seconds"] > 1 or best["ours"]["peak"] > 2:
        raise SystemExit("ours is slower than the fastest peer, or takes more than twice the array")


def table(found: dict[str, list[dict[str, float]]]) -> dict[str, dict[str, float]]:
    """Print a line a way; the least times, the most memory and the mean score of each."""
    best = {}
    print(f"{'':34}{'seconds':>9}{'processor':>11}{'peak/array':>12}{'numpy':>9}  mean CRPS")
    for name, runs in found.items():
        of = {key: min(one[key] for one in runs) for key in ("seconds", "processor", "mean")}
        best[name] = of | {"peak": max(one["peak"] for one in runs)}
        print(
            f"{name:34}{of['seconds']:9.2f}{of['processor']:11.2f}{best[name]['peak']:12.2f}"
            f"{runs[0]['numpy']:>9}  {of['mean']:.10g}"
        )
    return best


def cpu() -> str:
    """What the processor calls itself."""
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


if __name__ == "__main__":
    main()
