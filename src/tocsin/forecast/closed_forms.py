"""CRPS of counts that follow a Poisson or negative binomial law, plain, zero-inflated or with a hurdle at zero.

All come from one identity, CRPS = E|X - y| - 1/2 E|X - X'|, and two facts about the parent law Z with mean mu and size
r (variance mu + mu^2 / r; the Poisson law is r = infinity):

    E|Z - y| = y - mu + 2 E max(Z - y, 0),   from two tail probabilities;
    E|Z - Z'| = 1/pi integral over x of (1 - phi) exp(-x) dx,   phi = |E exp(i t Z)|^2 at t = 2 arctan(exp(x)).

phi is (1 + 4 s q)^-r with s = mu (r + mu) / r^2 and q = sin^2(t/2), or exp(-4 mu q). The integrand is smooth and falls
off on both sides, so that equal steps give it to rounding: the tests hold it to finite sums, to Bessel functions and to
scoringrules. The published form with Gauss' 2F1 is the same number, but scipy's 2F1 has no value for a large size.

``active`` a is the probability of the part that is not a zero put in: zero-inflated X = B Z with P(B = 1) = a, hurdle
P(X > 0) = a with X > 0 distributed as Z given Z > 0. A hurdle is a zero-inflated law with a / P(Z > 0) for a.

Outcomes may be any number from 0. Sources: Wei and Held (2014), Jordan, Krüger and Lerch (2019) for the two closed
forms; Cameron and Trivedi (2013) for the laws.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from tocsin.core.errors import ScoreError
from tocsin.forecast.draws import Floats

STEP = 0.1
REACH = 37.0
"""exp(-37) is below rounding: how far the integral goes beyond where its integrand turns."""
ROWS = 4096
LEAST = 1e-6
"""Smallest P(Z > 0) that a hurdle can be put on: below it the difference of large numbers is not accurate."""


def crps_point(value: ArrayLike, observed: ArrayLike) -> Floats:
    """CRPS of a forecast that is certain of one value: the absolute error. Shapes as numpy broadcasts them.

    >>> crps_point([0.0, 3.0], [2.0, 3.0]).tolist()
    [2.0, 0.0]
    """
    v, y = np.broadcast_arrays(np.asarray(value, dtype=np.float64), _outcomes(observed))
    if not np.isfinite(v).all():
        raise ScoreError("a forecast is not a finite number", remedy="Leave it out; a missing forecast is not a zero")
    return np.asarray(np.abs(v - y))


def crps_poisson(mean: ArrayLike, observed: ArrayLike) -> Floats:
    """CRPS of a Poisson law; mean 0 is certainty of zero. Shapes as numpy broadcasts them.

    >>> crps_poisson([1.0, 0.0], [2, 2]).round(4).tolist()
    [0.6835, 2.0]
    """
    return crps_zero_inflated(1.0, mean, np.inf, observed)


def crps_negative_binomial(mean: ArrayLike, size: ArrayLike, observed: ArrayLike) -> Floats:
    """CRPS of a negative binomial law with variance mean + mean^2 / size. Shapes as numpy broadcasts them.

    >>> crps_negative_binomial(1.0, 1.0, [2]).round(4).tolist()
    [0.8333]
    """
    return crps_zero_inflated(1.0, mean, size, observed)


def crps_zero_inflated(active: ArrayLike, mean: ArrayLike, size: ArrayLike, observed: ArrayLike) -> Floats:
    """CRPS of a zero-inflated law: 0 with probability 1 - active, else a count of ``mean`` and ``size`` (inf: Poisson).

    Errors: ScoreError if ``active`` is not a probability, a mean negative, a size not positive, an outcome negative or
    unknown.
    """
    a, mu, r, y = _parameters(active, mean, size, observed)
    return _mixed(a, mu, r, y)


def crps_hurdle(active: ArrayLike, mean: ArrayLike, size: ArrayLike, observed: ArrayLike) -> Floats:
    """CRPS of a hurdle law: 0 with probability 1 - active, else a count from 1.

    ``mean`` and ``size`` (inf: Poisson) are those of the law before zero is cut off. Errors: as ``crps_zero_inflated``,
    and for a law that is zero with a probability above 1 - 1e-6: give draws instead.
    """
    a, mu, r, y = _parameters(active, mean, size, observed)
    positive = probability_above(0, mu, r)
    if np.any(positive < LEAST):
        raise ScoreError(
            "the law behind a hurdle is almost surely zero", remedy="Give its mean before zero is cut off, or draws"
        )
    return _mixed(a / positive, mu, r, y)


def probability_above(count: ArrayLike, mean: ArrayLike, size: ArrayLike) -> Floats:
    """P(Z > count) for whole counts from -1, accurate far into the tail.

    >>> probability_above([-1, 0], 1.0, 1.0).tolist()
    [1.0, 0.5]
    """
    from scipy import special

    k, mu, r = np.broadcast_arrays(*(np.asarray(v, dtype=np.float64) for v in (count, mean, size)))
    above = np.maximum(k, 0) + 1
    poisson = np.isinf(r)
    some = np.where(poisson, 1.0, r)
    out = np.where(poisson, special.gammainc(above, mu), special.betainc(above, some, mu / (some + mu)))
    return np.asarray(np.where(k < 0, 1.0, out))


def mean_beyond(point: ArrayLike, mean: ArrayLike, size: ArrayLike) -> Floats:
    """E max(Z - point, 0) for points from 0: also the most that a CRPS can change if Z is cut at ``point``.

    >>> mean_beyond([0, 1], 1.0, 1.0).tolist()
    [1.0, 0.5]
    """
    y, mu, r = np.broadcast_arrays(*(np.asarray(v, dtype=np.float64) for v in (point, mean, size)))
    whole = np.floor(y)
    # sum of z P(Z = z) above y: mu times the tail of the same law (Poisson), or of size r + 1 and the same odds
    grown = np.where(np.isinf(r), mu, mu * (1 + 1 / r))
    return np.asarray(
        np.maximum(mu * probability_above(whole - 1, grown, r + 1) - y * probability_above(whole, mu, r), 0)
    )


def half_mean_difference(mean: ArrayLike, size: ArrayLike) -> Floats:
    """1/2 E|Z - Z'| of two independent counts, the spread term of the CRPS.

    >>> half_mean_difference([1.0], [1.0]).round(9).tolist()
    [0.666666667]
    """
    mu, r = np.broadcast_arrays(np.asarray(mean, dtype=np.float64), np.asarray(size, dtype=np.float64))
    pairs, where = np.unique(np.stack([mu.ravel(), r.ravel()]), axis=1, return_inverse=True)
    out = np.concatenate(
        [_integral(pairs[0, i : i + ROWS], pairs[1, i : i + ROWS]) for i in range(0, pairs.shape[1], ROWS)]
    )
    return np.asarray(out[where].reshape(mu.shape))


def _integral(mu: Floats, r: Floats) -> Floats:
    """By the trapezoidal rule in x; its error falls as exp(-pi^2 / (2 STEP))."""
    poisson = np.isinf(r)
    size = np.where(poisson, 1.0, r)
    s = np.where(poisson, mu, mu * (size + mu) / size**2)
    turn = 0.5 * np.log1p(4 * float(np.max(s * np.maximum(size, 1), initial=0.0)))
    total = np.zeros(mu.size)
    for x in np.arange(-REACH - turn, REACH, STEP):
        q = 1 / (1 + np.exp(-2 * x))
        exponent = np.where(poisson, 4 * s * q, size * np.log1p(4 * s * q))
        total -= np.expm1(-exponent) * np.exp(-x)
    return np.asarray(total * STEP / (2 * np.pi))


def _mixed(a: Floats, mu: Floats, r: Floats, y: Floats) -> Floats:
    """CRPS of (1 - a) at zero and a of Z; a above 1 takes zeros out."""
    distance = (1 - a) * y + a * (y - mu + 2 * mean_beyond(y, mu, r))
    spread = a * (1 - a) * mu + a * a * half_mean_difference(mu, r)
    return np.maximum(distance - spread, 0)


def _outcomes(observed: ArrayLike) -> Floats:
    y = np.asarray(observed, dtype=np.float64)
    if not (np.all(y >= 0) and np.isfinite(y).all()):
        raise ScoreError(
            "an outcome is negative or unknown", remedy="Leave forecasts out while their outcome is unknown"
        )
    return y


def _parameters(
    active: ArrayLike, mean: ArrayLike, size: ArrayLike, observed: ArrayLike
) -> tuple[Floats, Floats, Floats, Floats]:
    a, mu, r, y = np.broadcast_arrays(
        *(np.asarray(value, dtype=np.float64) for value in (active, mean, size)), _outcomes(observed)
    )
    if not np.all((a >= 0) & (a <= 1)):
        raise ScoreError("a share is not a probability", remedy="Give numbers from 0 to 1")
    if not (np.all(mu >= 0) and np.isfinite(mu).all() and np.all(r > 0)):
        raise ScoreError("a mean is negative or a size is not positive", remedy="Give means from 0 and sizes above 0")
    return a, mu, r, y
