"""How credible a change is: exact posterior probabilities over all cuts of a series into stretches.

Every cut with m changes weighs

    exp(-w * (sum of cost(stretch) + penalty * m)),

that is, its probability when each month begins a new stretch with odds exp(-w * penalty) and the costs are minus log
likelihoods, tempered by w in (0, 1]. w below 1 pays for months that depend on one another: a series of n such months
tells as much as w * n independent ones. The cheapest cut for this penalty is the most probable one, so the changes that
``segments.optimal`` finds and the probabilities given here belong together. Sums over the 2^(n-1) cuts are exact, by a
forward and a backward recursion.

Source: Fearnhead (2006), Statistics and Computing 16:203-213; run lengths: Fearnhead and Liu (2007), Journal of the
Royal Statistical Society B 69:589-605, and Adams and MacKay (2007), arXiv:0710.3742; the exponent: Bissiri, Holmes and
Walker (2016), Journal of the Royal Statistical Society B 78:1103-1130.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tocsin.core.errors import SignalError
from tocsin.horizon.costs import Cost, Floats, Ints


@dataclass(frozen=True)
class Cuts:
    """The posterior over all cuts of a series of n months.

    begins: (n,) probability that a new stretch begins with each month; 0 for the first. stretches: (n + 1, n + 1)
    probability that [s, t) is a stretch.
    """

    begins: Floats
    stretches: Floats

    def within(self, month: int, either_side: int) -> float:
        """The probability that at least one change lies at most so many months from a month."""
        low, high = max(month - either_side, 1), min(month + either_side, len(self.begins) - 1)
        if low > high:
            return 0.0
        # No change in [low, high] means one stretch begins before low and ends after high.
        return float(np.clip(1.0 - self.stretches[:low, high + 1 :].sum(), 0.0, 1.0))


def cuts(cost: Cost, n: int, penalty: float, *, shortest: int = 1, temper: float = 1.0) -> Cuts:
    """The posterior over all cuts whose stretches have at least ``shortest`` months, the last one included.

    Errors: SignalError if n has no such cut, or the temper is not in (0, 1].
    """
    weight, forward = _forward(cost, n, penalty, shortest, temper)
    weight[np.subtract.outer(np.arange(n + 1), np.arange(n + 1)) > -shortest] = -np.inf  # stretches that are too short
    if not np.isfinite(forward[n]):
        raise SignalError(
            f"{n} months cannot be cut into stretches of at least {shortest}", remedy="Give a longer series"
        )
    odds = -temper * penalty
    backward = np.full(n + 1, -np.inf)  # of all cuts of [t, n), the change at t itself included
    backward[n] = 0.0
    for start in range(n - 1, 0, -1):
        backward[start] = odds + _log_sum(weight[start, start + 1 :] + backward[start + 1 :])
    first = forward[:-1] + np.where(np.arange(n) > 0, odds, 0.0)
    stretches = np.zeros((n + 1, n + 1))
    stretches[:-1] = np.exp(first[:, None] + weight[:-1] + backward[None, :] - forward[n])
    begins = np.exp(forward[:-1] + backward[:-1] - forward[n])
    begins[0] = 0.0
    return Cuts(begins, stretches)


def run_lengths(cost: Cost, n: int, penalty: float, *, shortest: int = 1, temper: float = 1.0) -> Floats:
    """At the end of each month, from the months up to it alone, how probable it is that its stretch began when.

    Returns (n, n): row t, column s is the probability, as of the end of month t, that the stretch that month t lies in
    began with month s; rows sum to 1, and are 0 beyond t. Stretches that are over have at least ``shortest`` months;
    the one that lasts may be as short as one, so that a change can be noticed in its first month.

    Errors: SignalError as ``cuts``.
    """
    weight, forward = _forward(cost, n, penalty, shortest, temper)
    odds = -temper * penalty
    first = forward[:-1] + np.where(np.arange(n) > 0, odds, 0.0)
    found = np.zeros((n, n))
    for end in range(1, n + 1):
        log = first[:end] + weight[:end, end]
        found[end - 1, :end] = np.exp(log - _log_sum(log))
    return found


def _forward(cost: Cost, n: int, penalty: float, shortest: int, temper: float) -> tuple[Floats, Floats]:
    """log weight of each stretch, however short, (n + 1, n + 1), and of all cuts of the first t months, (n + 1,)."""
    if not 0 < temper <= 1 or shortest < 1 or not penalty >= 0:
        raise SignalError(
            f"a temper of {temper:g}, a penalty of {penalty:g} and a shortest stretch of {shortest} cannot be used",
            remedy="Give a temper above 0 and at most 1, a penalty from 0 up and at least one month",
        )
    weight = np.full((n + 1, n + 1), -np.inf)
    forward = np.full(n + 1, -np.inf)
    forward[0] = 0.0
    odds = np.where(np.arange(n + 1) > 0, -temper * penalty, 0.0)
    for end in range(1, n + 1):
        starts: Ints = np.arange(end, dtype=np.int64)
        weight[:end, end] = -temper * cost(starts, end)
        if (last := end - shortest + 1) > 0:
            forward[end] = _log_sum(forward[:last] + weight[:last, end] + odds[:last])
    return weight, forward


def _log_sum(values: Floats) -> float:
    top = float(values.max(initial=-np.inf))
    return top + float(np.log(np.exp(values - top).sum())) if np.isfinite(top) else -np.inf
