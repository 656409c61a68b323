"""How often the 90 % intervals hold the truth, where it is known: of pools by participants, of alpha by units.

    python -m benchmarks.rounds.coverage

Participants: log-odds drawn from a normal distribution about -2.5 (7.6 %) with standard deviation 1. Ratings: a unit's
own value and a rater's error, both standard normal, so that alpha is one half among many units; eight raters.
"""

import numpy as np
from scipy import integrate, stats

from tocsin.assess.agreement import alpha_interval
from tocsin.assess.resample import intervals_by_method

ROUNDS, TABLES, RATERS = 2000, 600, 8


def participants(n: int, rng: np.random.Generator) -> dict[str, float]:
    """Share of rounds of n participants whose interval holds what all participants would come to."""
    middle = 1 / (1 + np.exp(2.5))
    mean, _ = integrate.quad(lambda z: stats.norm.pdf(z, -2.5, 1) / (1 + np.exp(-z)), -12, 8)
    truth = {"median": middle, "mean log-odds": middle, "mean": mean}
    found = intervals_by_method(1 / (1 + np.exp(-rng.normal(-2.5, 1, (n, ROUNDS)))), truth, seed=1)
    return {name: float(np.mean([one.low <= truth[name] <= one.high for one in found[name]])) for name in truth}


def units(n: int, rng: np.random.Generator) -> float:
    """Share of tables of n units whose interval holds one half."""
    held = 0
    for seed in range(TABLES):
        ratings = rng.normal(0, 1, n) + rng.normal(0, 1, (RATERS, n))
        told = alpha_interval(ratings, "interval", draws=400, seed=seed)
        held += told.low <= 0.5 <= told.high
    return held / TABLES


def main() -> None:
    """Print both tables."""
    rng = np.random.default_rng(12)
    for n in (3, 5, 10, 20, 40):
        told = participants(n, rng)
        print(f"{n:3} participants  " + "  ".join(f"{name} {share:.1%}" for name, share in told.items()), flush=True)
    for n in (5, 10, 14, 20, 40):
        print(f"{n:3} units         alpha {units(n, rng):.1%}", flush=True)


if __name__ == "__main__":
    main()
