"""One way to the CRPS of the draws in a folder, in a process of its own: seconds and peak memory as a line of JSON.

    python benchmarks/crps/one.py make FOLDER ROWS DRAWS
    python benchmarks/crps/one.py WAY FOLDER

Needs numpy and the way's own package only, so that an interpreter with another numpy can run it.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

Way = Callable[[np.ndarray, np.ndarray], np.ndarray | float]


def make(folder: Path, rows: int, draws: int) -> None:
    """Counts like a month's deaths: most near zero, few very many; and outcomes of the same laws."""
    rng = np.random.default_rng(0)
    x = np.lib.format.open_memmap(folder / "draws.npy", mode="w+", dtype=np.float64, shape=(rows, draws))
    y = np.empty(rows)
    for start in range(0, rows, 20_000):
        part = slice(start, min(start + 20_000, rows))
        mean = rng.lognormal(0, 2, part.stop - part.start)
        x[part] = rng.poisson(rng.gamma(0.5, mean[:, None] / 0.5, (mean.size, draws)))
        y[part] = rng.poisson(rng.gamma(0.5, mean / 0.5))
    np.save(folder / "observed.npy", y)


def way(name: str) -> Way:
    """The function behind a name, from draws and outcomes to scores or, for views-evaluation, their mean."""
    if name.startswith("ours"):
        from tocsin.forecast.draws import crps

        threads = 1 if name == "ours, one thread" else 2
        return lambda x, y: crps(x, y, threads=threads)
    if name == "properscoring":
        import properscoring

        return lambda x, y: properscoring.crps_ensemble(y, x)
    if name == "views-evaluation":
        from views_evaluation.evaluation.native_metric_calculators import calculate_crps_native

        return lambda x, y: calculate_crps_native(y, x)
    import scoringrules

    _, backend, estimator = name.split()
    return lambda x, y: scoringrules.crps_ensemble(y, x, estimator=estimator, backend=backend)


def narrow(path: Path) -> np.ndarray:
    """The draws in 32 bit, read by parts, so that the wide ones are never in memory."""
    with path.open("rb") as file:
        np.lib.format.read_magic(file)
        (rows, draws), _, kind = np.lib.format.read_array_header_1_0(file)
        x = np.empty((rows, draws), dtype=np.float32)
        for start in range(0, rows, 20_000):
            part = x[start : start + 20_000]
            part[:] = np.fromfile(file, kind, part.size).reshape(part.shape)
    return x


def peak() -> int:
    """Most memory this process has had, bytes. Not ru_maxrss, which a child starts with its parent's."""
    line = next(one for one in Path("/proc/self/status").read_text().splitlines() if one.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


def main() -> None:
    """Make the data, or time one way."""
    name, folder = sys.argv[1], Path(sys.argv[2])
    if name == "make":
        make(folder, int(sys.argv[3]), int(sys.argv[4]))
        return
    score = way(name)
    y = np.load(folder / "observed.npy")
    x = narrow(folder / "draws.npy") if name.endswith("32 bit") else np.load(folder / "draws.npy")
    score(x[:500].copy(), y[:500].copy())  # compiles what is to be compiled
    spent = []
    for _ in range(2):  # the first pays for memory that the machine has to find
        clock, own = time.perf_counter(), time.process_time()
        scores = score(x, y)
        spent.append((time.perf_counter() - clock, time.process_time() - own))
    seconds, processor = (min(one) for one in zip(*spent, strict=True))
    found = {"seconds": seconds, "processor": processor, "peak": peak() / x.nbytes, "mean": float(np.mean(scores))}
    print(json.dumps(found | {"numpy": np.__version__}))


if __name__ == "__main__":
    main()
