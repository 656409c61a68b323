"""Skill on the reported years, from the release at hand and EWP's published walk-forward; nothing is fitted here.

The procedure is frozen; this prints what the release says, with intervals, beside the baselines.
"""

from benchmarks.panel import settings
from tocsin.desk.scorecard import blocks
from tocsin.forecast.evaluate import METRICS


def main() -> None:
    """Print every block."""
    for block in blocks(settings()):
        print(f"\n{block.title}: {block.years}, {block.n} forecasts, {block.positives} with an onset")
        print(f"  {'':16s}" + "".join(f"{metric:>26s}" for metric in METRICS))
        for model in block.models:
            cells = []
            for metric in METRICS:
                value = model.metrics[metric]
                cells.append("-" if value.value is None else f"{value.value:.4f} [{value.low:.3f}, {value.high:.3f}]")
            print(f"  {model.model:16s}" + "".join(f"{cell:>26s}" for cell in cells))
        for c in block.comparisons:
            verdict = "distinguishable" if c.distinguishable else "not distinguishable"
            print(f"  tocsin - {c.other:15s} {c.metric:9s} {c.difference:+.4f} [{c.low:+.4f}, {c.high:+.4f}] {verdict}")


if __name__ == "__main__":
    main()
