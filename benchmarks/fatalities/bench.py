"""The frozen monthly procedure beside its baselines on the reported windows, and how long forecasting takes.

Run with ``python -m benchmarks.fatalities.bench``. Ratios are ours over the other's, of mean scores over all windows,
with 90 % country-cluster intervals; nothing is claimed where one covers 1.
"""

from __future__ import annotations

import os
import platform
import time

from benchmarks.panel import settings
from tocsin.desk.monthly import backtest_fatalities, months
from tocsin.forecast.fatalities.predict import LONGEST, forecast
from tocsin.forecast.fatalities.procedure import fatalities_method

YEARS = range(2018, 2022)


def main() -> None:
    """Print the scores, the ratios and the times."""
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(f"load {os.getloadavg()[0]:.1f}")
    result = backtest_fatalities(settings(), YEARS)
    print(f"{result['method_version']}, {result['seconds']} s for {len(YEARS)} windows")
    for metric in ("crps", "log_crps", "ignorance", "mis90", "coverage90"):
        print(f"\n{metric}: " + ", ".join(map(str, YEARS)))
        for model in result["windows"][str(YEARS[0])]:
            values = [result["windows"][str(year)][model][metric] for year in YEARS]
            print(f"  {model:14}" + " ".join(f"{value:9.3f}" for value in values))
    for scope, others in result["comparisons"].items():
        for other, found in others.items():
            for metric, one in found.items():
                ratio = one["ratio"]
                told = "not distinguishable" if ratio["low"] <= 1 <= ratio["high"] else ""
                print(
                    f"{scope:8} {metric:10} tocsin / {other:12} {ratio['value']:.3f} "
                    f"({ratio['low']:.3f} to {ratio['high']:.3f}) {told}"
                )
    for metric, kinds in result["phases"].items():
        for kind, one in kinds.items():
            ratio = one["ratio"]
            if ratio["value"] is not None:
                print(
                    f"{metric} {kind:13} {one['rows']:6} country-months: {ratio['value']:.3f} "
                    f"({ratio['low']:.3f} to {ratio['high']:.3f})"
                )
    deaths = months(settings()).panel.deaths
    print("\nForecasting all countries for 36 months, by years of history:")
    for years in (5, 10, 20, 30):
        began = time.perf_counter()
        pool = forecast(deaths[:, -12 * years :], range(1, LONGEST + 1), fatalities_method())
        print(f"  {years:2} years: {time.perf_counter() - began:.2f} s, {len(pool.rows)} countries")


if __name__ == "__main__":
    main()
