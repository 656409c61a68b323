"""Run every benchmark in turn; each prints its machine, its peer and its figures."""

import runpy

for name in (
    "benchmarks.elasticnet.bench",
    "benchmarks.onset.reproduction",
    "benchmarks.onset.skill",
    "benchmarks.rounds.bench",
    "benchmarks.crps.bench",
    "benchmarks.events.bench",
    "benchmarks.fatalities.bench",
    "benchmarks.aftermath.study",
    "benchmarks.start",
):
    print(f"\n=== {name}", flush=True)
    runpy.run_module(name, run_name="__main__")
