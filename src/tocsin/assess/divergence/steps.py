"""Shares kept in whole steps, as money is kept in pence, so that they add up to the bit.

Floating-point shares sum to their total only up to rounding, and to another last digit in another order. Multiples of
2^-32 are added without rounding as long as the sum stays below two million, whatever the order.
"""

from __future__ import annotations

from collections.abc import Sequence

STEP = 2.0**-32
"""A step of log-odds, 2.3e-10: some ten million times finer than anything that is shown."""


def whole(value: float) -> int:
    """The nearest number of steps, half to even, so that -x has as many as x.

    >>> whole(1.0) == 2**32, whole(1e-15), whole(-0.3) == -whole(0.3)
    (True, 0, True)
    """
    return round(value / STEP)


def apportioned(shares: Sequence[float], total: float) -> list[int]:
    """Each share in whole steps, with the steps lost in rounding given to the largest share (the first of equals).

    shares: at least one, in an order that does not depend on how they came, summing to ``total`` up to rounding.

    >>> [steps - whole(1 / 3) for steps in apportioned([1 / 3, 1 / 3, 1 / 3], 1.0)]
    [1, 0, 0]
    """
    steps = [whole(share) for share in shares]
    largest = max(range(len(shares)), key=lambda i: abs(shares[i]))
    steps[largest] += whole(total) - sum(steps)
    return steps
