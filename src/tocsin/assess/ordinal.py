"""The answers to an ordinal question: how many chose each word, and the word in the middle.

Words on a scale have an order but no distances, so they are neither averaged nor turned into odds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from tocsin.assess.estimates import checked
from tocsin.core.errors import AssessmentError


@dataclass(frozen=True)
class Places:
    """Where the answers lie on a scale of k words.

    counts: (k,), how many chose each place; cumulative: (k,), the share that chose it or a lower one, empty if nobody
    answered. lower, upper: the two middle places, from 1, the same where the middle is clear; None if nobody answered.
    """

    counts: tuple[int, ...]
    cumulative: tuple[float, ...]
    lower: int | None
    upper: int | None
    missing: int

    @property
    def n(self) -> int:
        """How many answered."""
        return sum(self.counts)


def pool_places(values: ArrayLike, scale: int) -> Places:
    """Distribution and median of places on a scale.

    values: (participants,), 1 for the lowest word to ``scale`` for the highest; None or NaN where there is none. The
    lower median is the lowest place that at least half reach from below, the upper that at least half reach from above.

    Errors: AssessmentError if a place is not on the scale.

    >>> told = pool_places([1, 2, 2, 4, 4, None, 5, 5], scale=5)
    >>> told.counts, told.lower, told.upper, told.missing
    ((1, 2, 0, 2, 2), 4, 4, 1)
    >>> pool_places([1, 3], scale=3).lower, pool_places([1, 3], scale=3).upper
    (1, 3)
    """
    given = checked(values, "ordinal")
    places = given[~np.isnan(given)].astype(np.int64)
    beyond = places[(places < 1) | (places > scale)]
    if beyond.size:
        raise AssessmentError(f"place {beyond[0]} is not on a scale of {scale} words", remedy=f"Give 1 to {scale}")
    counts = np.bincount(places, minlength=scale + 1)[1:]
    n = places.size
    ordered = np.sort(places)
    return Places(
        counts=tuple(counts.tolist()),
        cumulative=tuple((np.cumsum(counts) / n).tolist()) if n else (),
        lower=int(ordered[(n - 1) // 2]) if n else None,
        upper=int(ordered[n // 2]) if n else None,
        missing=given.size - n,
    )
