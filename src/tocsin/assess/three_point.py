"""Lowest, best and highest with a confidence: brought to one confidence, then averaged end by end.

Participants choose how sure they are that the truth lies between their lowest and their highest. Before their ends can
be compared they are stretched or shrunk about the best estimate to a common confidence, 80 %, as the IDEA protocol
does (Hemming et al. 2018, Methods in Ecology and Evolution 9:169-180). Averaging ends is averaging quantiles
(Lichtendahl, Grushka-Cockayne and Winkler 2013, Management Science 59(7):1594-1611): the group's interval is as wide as
its members' on average, and does not grow because they disagree; the spread of the best estimates shows that.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from tocsin.assess.aggregators import DEFAULT, Parameters
from tocsin.assess.estimates import Floats, checked
from tocsin.assess.pooling import pool
from tocsin.core.errors import AssessmentError

STANDARD = 0.8
"""The confidence to which intervals are brought."""

PROBABILITIES = (0.0, 1.0)
"""The possible range of a probability."""


@dataclass(frozen=True)
class Standardised:
    """Intervals at one confidence: lowest, best, highest, (participants,), NaN throughout where one was missing."""

    lowest: Floats
    best: Floats
    highest: Floats
    confidence: float


@dataclass(frozen=True)
class PooledInterval:
    """The group's interval; its numbers are None if nobody gave a whole one."""

    lowest: float | None
    best: float | None
    highest: float | None
    confidence: float
    n: int
    missing: int


def standardise(
    lowest: ArrayLike,
    best: ArrayLike,
    highest: ArrayLike,
    confidence: ArrayLike,
    *,
    ends: tuple[float, float] = PROBABILITIES,
    to: float = STANDARD,
) -> Standardised:
    """Bring intervals to one confidence by linear extrapolation about the best estimate, within the possible range.

        lowest'  = max(least, best - (best - lowest) * to / confidence)
        highest' = min(most,  best + (highest - best) * to / confidence)

    lowest, best, highest, confidence: (participants,); a participant who lacks any of the four counts as missing.
    ends: least and most that are possible, infinite where there is no bound; to: in [0.5, 1].

    Errors: AssessmentError if the four are out of order, out of range, or differ in length, or a confidence is not
    from 0.5 to 1: the protocol asks for no less than 50 %.

    >>> told = standardise([0.10], [0.20], [0.50], [0.60])
    >>> round(float(told.lowest[0]), 4), round(float(told.highest[0]), 4)
    (0.0667, 0.6)
    """
    low, mid, high, sure = (checked(part, "numeric") for part in (lowest, best, highest, confidence))
    if not low.shape == mid.shape == high.shape == sure.shape:
        raise AssessmentError(
            f"{low.size} lowest, {mid.size} best, {high.size} highest and {sure.size} confidences do not match",
            remedy="Give one of each a participant",
        )
    least, most = ends
    if not 0.5 <= to <= 1:
        raise AssessmentError(f"intervals cannot be brought to {to}", remedy="Give a confidence from 0.5 to 1")
    whole = ~np.isnan(low + mid + high + sure)
    with np.errstate(invalid="ignore"):
        for wrong, what, remedy in (
            (
                ~((low <= mid) & (mid <= high)),
                "lowest, best and highest are not in order",
                "Give lowest <= best <= highest",
            ),
            (
                ~((low >= least) & (high <= most)),
                f"an end lies outside {least:g} to {most:g}",
                "Keep to what is possible",
            ),
            (~((sure >= 0.5) & (sure <= 1)), "the confidence is not from 0.5 to 1", "Widen the interval until you are"),
        ):
            if np.any(wrong & whole):
                raise AssessmentError(what, where=f"estimate {np.flatnonzero(wrong & whole)[0] + 1}", remedy=remedy)
    stretch = to / sure
    return Standardised(
        lowest=np.where(whole, np.maximum(least, mid - (mid - low) * stretch), np.nan),
        best=np.where(whole, mid, np.nan),
        highest=np.where(whole, np.minimum(most, mid + (high - mid) * stretch), np.nan),
        confidence=to,
    )


def pool_intervals(
    lowest: ArrayLike,
    best: ArrayLike,
    highest: ArrayLike,
    confidence: ArrayLike,
    *,
    ends: tuple[float, float] = PROBABILITIES,
    to: float = STANDARD,
    method: str = "mean",
    parameters: Parameters = DEFAULT,
) -> PooledInterval:
    """The group's interval: each end, and the best estimate, pooled over participants at one confidence.

    method: mean (the protocol's), median or trimmed mean; each keeps lowest <= best <= highest. The rest as in
    ``standardise``. Ordinal answers have no distances to stretch and are not for this function.

    Errors: AssessmentError as ``standardise`` and ``pooling.pool``.

    >>> told = pool_intervals([0.1, 0.2, None], [0.2, 0.3, 0.4], [0.4, 0.4, 0.6], [0.8, 0.8, 0.8])
    >>> [round(x, 3) for x in (told.lowest, told.best, told.highest)], told.missing
    ([0.15, 0.25, 0.4], 1)
    """
    told = standardise(lowest, best, highest, confidence, ends=ends, to=to)
    low, mid, high = (
        pool(part, method, "numeric", parameters=parameters) for part in (told.lowest, told.best, told.highest)
    )
    return PooledInterval(low.value, mid.value, high.value, to, mid.n, mid.missing)
