"""What a stretch of months without a change costs: minus the log likelihood of its deaths under one level.

A cost tells, for a stretch [s, t) of a monthly series x, how badly one unchanging law fits it. Four are here:

    gaussian   sum of (y - mean y)^2 / (2 v),   y = log(1 + x), v one variance for the whole series
    normal     - log integral of N(y | m, v) over m | v ~ N(1, v / k), v ~ InverseGamma(a, b)
    poisson    - log integral of Poisson(x | l) over l ~ Gamma(1/2, 1/100)
    negative-binomial
               - log mean over r of integral of NB(x | r, p) over p ~ Beta(1/2, 1/2),   r in 0.1, 0.3, 1, 3

The last lets a level be near zero or in the thousands, and its months be as uneven as deaths are. All are closed forms
of running sums, so a stretch costs the same whatever its length. A month that is not covered (NaN) adds nothing: it is
neither zero nor a break.

Source: Bernardo and Smith (1994), Bayesian Theory, appendix A (the marginal laws); Fearnhead (2006), Statistics and
Computing 16:203-213 (their use for stretches).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from tocsin.core.errors import SignalError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

Law = Literal["gaussian", "normal", "poisson", "negative-binomial"]
"""The law that a stretch of months is taken to follow."""

Cost = Callable[[Ints, int], Floats]
"""cost(starts, end): the cost of each stretch x[start:end], (len(starts),), in nats; starts are below end."""

SHAPES = (0.1, 0.3, 1.0, 3.0)
"""Shapes r of the negative binomial, alike likely beforehand: 0.1 is a few bursts among zeros, 3 nearly even months."""


def counts(deaths: object) -> Floats:
    """A monthly series as (n,) floats: deaths a month, NaN where a month is not covered.

    Errors: SignalError if it is not one row of numbers, or a number is negative or infinite.
    """
    try:
        x = np.asarray(deaths, dtype=np.float64)
    except (TypeError, ValueError):
        raise SignalError(
            "a series has a month that is not a number", remedy="Give deaths, or NaN if not covered"
        ) from None
    if x.ndim != 1:
        raise SignalError(
            f"a series has {x.ndim} dimensions", remedy="Give one row of months, oldest first, for one place"
        )
    if (wrong := np.flatnonzero((x < 0) | np.isinf(x))).size:
        raise SignalError(
            f"{x[wrong[0]]:g} deaths in a month", where=f"month {wrong[0]}", remedy="Give numbers from 0 up"
        )
    return x


def cost_of(x: Floats, law: Law = "negative-binomial") -> Cost:
    """The cost of stretches of a series under a law. x: (n,) as ``counts`` gives it.

    Errors: SignalError if the law is unknown.

    >>> cost = cost_of(np.array([0.0, 0.0, 0.0, 40.0, 60.0, 50.0]))
    >>> whole, parts = cost(np.array([0]), 6)[0], cost(np.array([0]), 3)[0] + cost(np.array([3]), 6)[0]
    >>> bool(parts < whole)
    True
    """
    if law not in get_args(Law):
        raise SignalError(f"no law is called {law!r}", remedy=f"Choose one of: {', '.join(get_args(Law))}")
    return {
        "gaussian": _gaussian,
        "normal": _normal,
        "poisson": _poisson,
        "negative-binomial": _negative_binomial,
    }[law](x)


def _running(values: Floats) -> Floats:
    """Sums of the first 0, 1, ... n values, (n + 1,); what is missing adds nothing."""
    return np.concatenate([[0.0], np.cumsum(np.nan_to_num(values))])


def _gaussian(x: Floats) -> Cost:
    y = np.log1p(x)
    steps = np.diff(y[~np.isnan(y)])
    variance = max(float(np.mean(steps**2)) / 2, 0.05) if steps.size else 1.0
    number, first, second = _running(~np.isnan(y) * 1.0), _running(y), _running(y**2)

    def cost(starts: Ints, end: int) -> Floats:
        n, total = number[end] - number[starts], first[end] - first[starts]
        squares = second[end] - second[starts] - total**2 / np.maximum(n, 1)
        found: Floats = np.maximum(squares, 0.0) / (2 * variance)
        return found

    return cost


def _normal(x: Floats, *, centre: float = 1.0, k: float = 0.1, a: float = 1.0, b: float = 0.5) -> Cost:
    from scipy.special import gammaln

    y = np.log1p(x) - centre
    number, first, second = _running(~np.isnan(y) * 1.0), _running(y), _running(y**2)

    def cost(starts: Ints, end: int) -> Floats:
        n, total, squares = (sums[end] - sums[starts] for sums in (number, first, second))
        rest = b + np.maximum(squares - total**2 / (k + n), 0.0) / 2
        found: Floats = (
            (a + n / 2) * np.log(rest) - a * np.log(b) - gammaln(a + n / 2) + gammaln(a) + np.log1p(n / k) / 2
        ) + n / 2 * np.log(2 * np.pi)
        return found

    return cost


def _poisson(x: Floats, *, a: float = 0.5, b: float = 0.01) -> Cost:
    from scipy.special import gammaln

    number, total, fixed = _running(~np.isnan(x) * 1.0), _running(x), _running(gammaln(x + 1))

    def cost(starts: Ints, end: int) -> Floats:
        n, s = number[end] - number[starts], total[end] - total[starts]
        found: Floats = (
            (a + s) * np.log(b + n) - a * np.log(b) - gammaln(a + s) + gammaln(a) + fixed[end] - fixed[starts]
        )
        return found

    return cost


def _negative_binomial(x: Floats, *, a: float = 0.5, b: float = 0.5) -> Cost:
    from scipy.special import betaln, gammaln

    r = np.array(SHAPES)[:, None]
    number, total = _running(~np.isnan(x) * 1.0), _running(x)
    own = gammaln(x + r) - gammaln(r) - gammaln(x + 1)
    fixed = np.stack([_running(row) for row in own])
    by_number = gammaln(a + r * np.arange(x.size + 1))

    def cost(starts: Ints, end: int) -> Floats:
        n, s = number[end] - number[starts], total[end] - total[starts]
        beta = by_number[:, n.astype(np.int64)] + gammaln(b + s) - gammaln(a + r * n + b + s)
        each = fixed[:, end, None] - fixed[:, starts] + beta - betaln(a, b)
        top: Floats = each.max(axis=0)
        found: Floats = np.log(r.size) - top - np.log(np.exp(each - top).sum(axis=0))
        return found

    return cost
