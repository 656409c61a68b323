"""The best cut of a series into stretches: an exact dynamic programme, and PELT, which prunes it.

A cut into stretches with changes at c_1 < ... < c_m costs

    sum of cost(stretch) + penalty * m,   every stretch at least ``shortest`` months long.

``optimal`` finds the cheapest cut whatever the cost: F(t) = min over s of F(s) + cost(s, t) + penalty. ``pelt`` drops a
start s for good once F(s) + cost(s, t) > F(t), which loses nothing where cutting never makes a stretch dearer
(cost(s, t) + cost(t, u) <= cost(s, u)). That holds for the least cost over a parameter, here ``gaussian``. It does not
hold for the marginal costs, whose every cut pays for another prior: for these use ``optimal``. With a shortest length a
start may be dropped only that many months after it lost, which implementations have got wrong; ours waits.

Source: Jackson et al. (2005), IEEE Signal Processing Letters 12:105-108; Killick, Fearnhead and Eckley (2012), Journal
of the American Statistical Association 107:1590-1598.
"""

from __future__ import annotations

import numpy as np

from tocsin.core.errors import SignalError
from tocsin.horizon.costs import Cost, Ints


def optimal(cost: Cost, n: int, penalty: float, shortest: int = 1) -> tuple[int, ...]:
    """The changes of the cheapest cut: the first month of each stretch but the first, counted from 0, in order.

    n: months; penalty: nats a change; shortest: months a stretch has at least. A series of fewer than two such
    stretches has no change. Of cuts that cost the same, the one whose last stretch is longest.

    Errors: SignalError if penalty is negative or shortest below 1.

    >>> from tocsin.horizon.costs import cost_of
    >>> x = np.array([1.0, 0, 2, 1, 0, 30, 44, 25, 38, 51])
    >>> optimal(cost_of(x), len(x), penalty=3.0)
    (5,)
    """
    return _cut(cost, n, penalty, shortest, prune=False)


def pelt(cost: Cost, n: int, penalty: float, shortest: int = 1) -> tuple[int, ...]:
    """As ``optimal``, faster on long series; exact only where cutting never makes a stretch dearer (``gaussian``)."""
    return _cut(cost, n, penalty, shortest, prune=True)


def _cut(cost: Cost, n: int, penalty: float, shortest: int, *, prune: bool) -> tuple[int, ...]:
    if not penalty >= 0 or shortest < 1:
        raise SignalError(
            f"a penalty of {penalty:g} and a shortest stretch of {shortest} months cannot be used",
            remedy="Give a penalty from 0 up and at least one month",
        )
    least = np.full(n + 1, np.inf)
    least[0] = -penalty  # the first stretch is no change
    before = np.zeros(n + 1, dtype=np.int64)
    starts: Ints = np.array([0], dtype=np.int64)
    dropped: list[Ints] = []  # starts that lost at t, by t: they may go once another stretch fits behind t
    for end in range(shortest, n + 1):
        if prune and len(dropped) >= shortest:
            starts = np.setdiff1d(starts, dropped[len(dropped) - shortest])
        without = least[starts] + cost(starts, end)
        best = int(np.argmin(without))
        least[end], before[end] = without[best] + penalty, starts[best]
        if prune:
            dropped.append(starts[without > least[end]])
        if (opened := end - shortest + 1) >= shortest:
            starts = np.append(starts, opened)
    changes: list[int] = []
    at = n if n >= shortest else 0
    while (at := int(before[at])) > 0:
        changes.append(at)
    return tuple(reversed(changes))
