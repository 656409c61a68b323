"""The 31-origin walk-forward with 10-fold cross-validation: ours and R's glmnet, in one run on one machine.

    python -m benchmarks.elasticnet.bench [--ours-only]

Protocol: for each last training year L in 1991..2021, fit on the rows of the years up to L (39 predictors, outcome
``mk_onset_1or2``, rows that lack a predictor left out), choose lambda by 10-fold cross-validation over the path of 100
lambdas, forecast the rows of L + 2. R draws the folds and we use the same ones; with ``--ours-only`` we draw them.
"""

import argparse
import os
import platform
import resource
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np

from tocsin.forecast.elasticnet import Origin, bootstrap_at, random_folds, walk_forward

ORIGINS = range(1991, 2022)
PANEL = "raw.githubusercontent.com/EarlyWarningProject/2025-Statistical-Risk-Assessment/main/3.Modeling/"
FILE = "prepared2024predictors-2025-09-03.csv"
SCRIPT = Path(__file__).with_name("glmnet.R")


def ewp_panel() -> dict[str, np.ndarray] | None:
    """Predictors X, outcome y, year and cluster of the EWP rows without gaps; None where the mirror is absent."""
    import polars as pl

    beside = Path(__file__).resolve().parents[3] / "shared" / "mirror"
    path = Path(os.environ.get("TOCSIN_MIRROR") or beside) / PANEL / FILE
    if not path.is_file():
        return None
    frame = pl.read_csv(path, null_values=["NA", ""], infer_schema_length=None)
    first, last = (frame.columns.index(name) for name in ("widetargeting", "includesnonstate"))
    predictors = [*frame.columns[first : last + 1], "year"]
    frame = frame.with_columns(pl.col(predictors).cast(pl.Float64)).drop_nulls(predictors)
    return {
        "X": frame.select(predictors).to_numpy(),
        "y": frame["mk_onset_1or2"].cast(pl.Float64).to_numpy(),
        "year": frame["year"].cast(pl.Int64).to_numpy(),
        "cluster": frame["ccode"].to_numpy(),
    }


def invented_panel() -> dict[str, np.ndarray]:
    """A panel of the same shape with invented numbers: slow-moving predictors, a trend and its square, rare cases."""
    rng = np.random.default_rng(0)
    countries, years = 145, np.arange(1960, 2025)
    level = rng.normal(size=(countries, 1, 37)) + 0.1 * rng.normal(size=(countries, years.size, 37)).cumsum(axis=1)
    level[..., ::2] = level[..., ::2] > 0.5
    year = np.tile(years, countries)
    X = np.column_stack([level.reshape(-1, 37), year**2.0, year])
    eta = 0.7 * level[..., :6].sum(axis=2).ravel() - 0.01 * (year - 1990)
    y = (rng.random(year.size) < 1 / (1 + np.exp(5.3 - eta))).astype(float)
    return {"X": X, "y": y, "year": year, "cluster": np.repeat(np.arange(countries), years.size)}


def ours(panel: dict[str, np.ndarray], folds: list[np.ndarray]) -> tuple[list[Origin], float]:
    """Our walk-forward and its seconds."""
    started = time.perf_counter()
    origins = walk_forward(panel["X"], panel["y"], panel["year"], ORIGINS, folds)
    return origins, time.perf_counter() - started


def glmnet(mode: str, folder: Path) -> None:
    """Run R in one of the modes of ``glmnet.R``."""
    subprocess.run(["Rscript", str(SCRIPT), mode, str(folder)], check=True)


def numbers(path: Path) -> np.ndarray:
    """A file of one number a line."""
    return np.loadtxt(path, ndmin=1)


def objective(X: np.ndarray, y: np.ndarray, lambda_: float, intercept: float, coefs: np.ndarray) -> float:
    """glmnet's objective, written out once more and independently of the package."""
    eta = intercept + X @ coefs
    b = coefs * X.std(axis=0)
    return float(np.mean(np.logaddexp(0, eta) - y * eta) + lambda_ * (0.25 * b @ b + 0.5 * np.abs(b).sum()))


def kkt(X: np.ndarray, y: np.ndarray, lambda_: float, intercept: float, coefs: np.ndarray) -> float:
    """The largest violation of the optimality conditions of ``objective``, also written out independently."""
    sd = X.std(axis=0)
    Z, b = (X - X.mean(axis=0)) / sd, coefs * sd
    rest = 1 / (1 + np.exp(-(intercept + X @ coefs))) - y
    slope = Z.T @ rest / len(y) + lambda_ * 0.5 * b
    kept = np.abs(slope + lambda_ * 0.5 * np.sign(b))
    return float(max(abs(rest.mean()), np.where(b != 0, kept, np.abs(slope) - lambda_ * 0.5).max()))


def report_machine() -> None:
    """Print what the figures were measured on."""
    cpu = platform.processor() or platform.machine()
    if Path("/proc/cpuinfo").is_file():
        models = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
        cpu = models[0].split(":", 1)[1].strip() if models else cpu
    print(f"machine       {cpu}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.2f}; {platform.platform()}")
    print(f"versions      Python {platform.python_version()}, NumPy {np.__version__}")


def report_ours(panel: dict[str, np.ndarray], origins: list[Origin], seconds: float) -> None:
    """Print time, checks and memory of our walk-forward, and the bootstrap of its last fit."""
    print(f"ours          {seconds:.2f} s for {len(origins)} origins")
    worst = 0.0
    for o in origins:
        rows = panel["year"] <= o.year
        worst = max(worst, kkt(panel["X"][rows], panel["y"][rows], o.fit.lambda_, o.fit.intercept, o.fit.coefs))
    print(f"KKT           {worst:.1e} at the lambdas chosen, in double precision and independently of the package")
    print(f"fold fits     KKT {max(o.fold_kkt for o in origins):.1e} there")
    print(f"lambdas seen  {sum(o.visited.size for o in origins)}, of {100 * len(origins)} in the paths")
    print(f"slow way      {sum(o.exact for o in origins)} origins")
    rows = panel["year"] <= ORIGINS[-1] + 1
    started = time.perf_counter()
    found = bootstrap_at(
        panel["X"][rows], panel["y"][rows], panel["cluster"][rows], origins[-1].fit.lambda_, 500, seed=1
    )
    taken = time.perf_counter() - started
    print(f"bootstrap     {taken:.2f} s for {len(found.coefs)} country-cluster refits, KKT {found.kkt.max():.1e}")
    print(f"peak memory   {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB, this whole process")


def compare(panel: dict[str, np.ndarray], folder: Path) -> None:
    """Time R and ours on R's folds, and compare what they chose and forecast."""
    X, y, year = panel["X"], panel["y"], panel["year"]
    names = ",".join(["when", "outcome", *(f"x{j}" for j in range(X.shape[1]))])
    np.savetxt(
        folder / "panel.csv", np.column_stack([year, y, X]), fmt="%.17g", delimiter=",", header=names, comments=""
    )
    glmnet("time", folder)
    peer = float(numbers(folder / "seconds.csv")[0])
    folds = [numbers(folder / f"folds-{last}.csv").astype(int) for last in ORIGINS]
    origins, seconds = ours(panel, folds)
    print(f"peer          {(folder / 'version.csv').read_text().strip()}")
    print(f"peer          {peer:.2f} s for {len(origins)} origins (cv.glmnet as shipped, one thread)")
    report_ours(panel, origins, seconds)
    print(f"ratio         {peer / seconds:.1f} times as fast")

    step = np.log(origins[0].lambdas[0] / origins[0].lambdas[1])
    steps = np.rint(np.log(numbers(folder / "chosen.csv") / [o.fit.lambda_ for o in origins]) / step).astype(int)
    print(f"same lambda   {np.sum(steps == 0)} of {steps.size}; within one grid step {np.sum(np.abs(steps) <= 1)}")
    print(f"              grid steps by origin: {' '.join(str(s) for s in steps)}")
    np.savetxt(folder / "lambdas.csv", [o.fit.lambda_ for o in origins], fmt="%.17g")
    glmnet("tight", folder)
    forecasts, objectives = [], []
    for origin in origins:
        intercept, *rest = numbers(folder / f"coefficients-{origin.year}.csv")
        coefs = np.array(rest)
        theirs = 1 / (1 + np.exp(-(intercept + X[origin.rows] @ coefs)))
        forecasts.append(np.abs(theirs - origin.probability).max())
        fitted = year <= origin.year
        values = [
            objective(X[fitted], y[fitted], origin.fit.lambda_, *pair)
            for pair in ((intercept, coefs), (origin.fit.intercept, origin.fit.coefs))
        ]
        objectives.append(abs(values[0] / values[1] - 1))
    print(f"forecasts     differ by at most {max(forecasts):.1e} from R's at thresh 1e-14 and the same lambda")
    print(f"objective     differs by at most {max(objectives):.1e} of itself")


def main() -> None:
    """Run the comparison, or only our side."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--ours-only", action="store_true", help="only our walk-forward and bootstrap, without R")
    only = parser.parse_args().ours_only
    report_machine()
    panel = ewp_panel()
    if panel is None:
        print(
            "data          INVENTED panel of the same shape: no mirror here (set TOCSIN_MIRROR); figures are not EWP's"
        )
        panel = invented_panel()
    else:
        print(f"data          EWP 2025 panel, {len(panel['y'])} rows x {panel['X'].shape[1]} predictors")
    if not only and shutil.which("Rscript") is None:
        print("peer          Rscript is not installed: only our side is run")
        only = True
    if only:
        folds = [random_folds(int((panel["year"] <= last).sum()), 10, [1, last]) for last in ORIGINS]
        report_ours(panel, *ours(panel, folds))
    else:
        with tempfile.TemporaryDirectory() as folder:
            compare(panel, Path(folder))


if __name__ == "__main__":
    main()
