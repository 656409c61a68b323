"""Minimise many small quadratics with an absolute-value penalty at once: the inner problem of a Newton step.

For each of k fits::

    minimise over b:   1/2 b'Qb + c'b + sum_j penalty_j |b_j|

Method: an active set with signs. Solve the linear system of the columns that are in play, all fits in one batched
call; where a coefficient would cross zero, go either to the point with all crossing coefficients set to zero or, if
that is not lower, to the first crossing; once no coefficient crosses, let in the columns whose gradient exceeds their
penalty. The value never rises, so no set of columns and signs comes back and the search ends (in exact arithmetic).

Source: Lee, Battle, Raina & Ng (2006), Efficient sparse coding algorithms, section 3 (feature-sign search); the
projection that is tried first, and the batching, are ours.
"""

from __future__ import annotations

import numpy as np

from tocsin.forecast.elasticnet.checks import Array

_ROUNDS = 100
"""More rounds than any search has needed; a fit that is cut off here is caught by the check of the outer loop."""


def minimise(quadratic: Array, linear: Array, penalty: Array, start: Array) -> Array:
    """Minimise k penalised quadratics.

    quadratic: (k, m, m), positive definite; linear, penalty, start: (k, m); penalty 0 = not penalised.
    Returns the minimisers (k, m), zeros exact, in the precision of ``quadratic``.
    """
    solution = start.copy()
    todo = np.arange(len(start))
    q, c, weight, b = quadratic, linear, penalty, start
    slack = weight * (1 + np.finfo(q.dtype).eps ** 0.75)
    free = weight == 0
    slope = _times(q, b) + c
    sign = np.where(b != 0, np.sign(b), np.where(np.abs(slope) > slack, -np.sign(slope), 0)).astype(q.dtype)
    sign[free] = 0
    diagonal = np.arange(q.shape[1])
    for _ in range(_ROUNDS):
        active = free | (sign != 0)
        system = q * (active[:, :, None] & active[:, None, :])
        system[:, diagonal, diagonal] += ~active
        goal = np.linalg.solve(system, np.where(active, -c - weight * sign, 0)[..., None])[..., 0]
        crossing = goal * sign < 0
        settled = ~crossing.any(axis=1)
        if not settled.all():
            goal = _shorten(q, c, weight, b, goal, crossing)
            sign[crossing & (goal == 0)] = 0
        b = goal
        slope = _times(q, b) + c
        entering = (sign == 0) & ~free & (np.abs(slope) > slack) & settled[:, None]
        sign = np.where(entering, -np.sign(slope), sign)
        more = ~settled | entering.any(axis=1)
        solution[todo] = b
        if not more.any():
            break
        if not more.all():
            todo, q, c, weight, slack, free, b, sign = (
                part[more] for part in (todo, q, c, weight, slack, free, b, sign)
            )
    return solution


def _shorten(q: Array, c: Array, weight: Array, b: Array, goal: Array, crossing: Array) -> Array:
    """The lower of two points on the way to ``goal``: crossing coefficients set to zero, or the first crossing."""
    projected = np.where(crossing, 0, goal)
    move = goal - b
    reach = np.divide(-b, move, out=np.ones_like(b), where=crossing)
    step = reach.min(axis=1, keepdims=True)
    first = np.where(crossing & (reach <= step), 0, b + step * move)
    lower = _value(q, c, weight, projected) <= _value(q, c, weight, first)
    return np.where(lower[:, None], projected, first)


def _times(matrices: Array, vectors: Array) -> Array:
    product: Array = (matrices @ vectors[..., None])[..., 0]
    return product


def _value(q: Array, c: Array, weight: Array, b: Array) -> Array:
    value: Array = ((0.5 * _times(q, b) + c) * b + weight * np.abs(b)).sum(axis=1)
    return value
