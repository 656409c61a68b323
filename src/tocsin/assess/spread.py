"""How far apart estimates or ratings lie, and whether one organisation gave most of them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from tocsin.assess.estimates import Kind, checked


@dataclass(frozen=True)
class Spread:
    """Where the answers to one question, or the ratings of one factor, lie.

    lowest, lower, middle, upper, highest: minimum, quartiles and maximum; all None if nobody answered.
    apart: how far two answers drawn at random lie apart on average (Gini's mean difference, over pairs of different
    participants), in the question's unit or in steps of its scale; None with fewer than two.
    """

    n: int
    missing: int
    lowest: float | None
    lower: float | None
    middle: float | None
    upper: float | None
    highest: float | None
    apart: float | None


def spread(values: ArrayLike, kind: Kind = "probability") -> Spread:
    """The spread of one question's answers.

    values: (participants,), None or NaN where there is none. Quartiles interpolate between answers (Hyndman and Fan
    1996, type 7, R's default); of an ordinal question they are answers that were given (type 1).

    Errors: AssessmentError if an answer is impossible.

    >>> told = spread([0.1, 0.2, 0.4, None])
    >>> told.lowest, told.middle, told.highest, round(told.apart, 3)
    (0.1, 0.2, 0.4, 0.2)
    """
    given = checked(values, kind)
    x = np.sort(given[~np.isnan(given)])
    n = x.size
    if n == 0:
        return Spread(0, given.size, None, None, None, None, None, None)
    method: Literal["inverted_cdf", "linear"] = "inverted_cdf" if kind == "ordinal" else "linear"
    lower, middle, upper = (float(q) for q in np.quantile(x, [0.25, 0.5, 0.75], method=method))
    apart = None
    if n > 1:
        pairs = math.fsum((2 * i - n + 1) * value for i, value in enumerate(x.tolist()))
        apart = max(0.0, 2 * pairs / (n * (n - 1)))
    return Spread(n, given.size - n, float(x[0]), lower, middle, upper, float(x[-1]), apart)


def spread_per_factor(ratings: Mapping[str, ArrayLike], kind: Kind = "ordinal") -> dict[str, Spread]:
    """The spread of each factor's ratings, widest first; factors that fewer than two rated come last.

    ratings: factor to (raters,). Equal spreads keep the order given.

    >>> list(spread_per_factor({"a": [1, 1, 2], "b": [1, None, 4], "c": [3, None, None]}))
    ['b', 'a', 'c']
    """
    told = {factor: spread(values, kind) for factor, values in ratings.items()}
    return dict(sorted(told.items(), key=lambda item: -1.0 if item[1].apart is None else item[1].apart, reverse=True))


def majority(organisations: Sequence[str | None]) -> bool:
    """Whether more than half of the estimates came from one organisation.

    organisations: that of each estimate given; None where it is not known, which is no organisation but does count
    among the estimates.

    >>> majority(["a", "a", "b"]), majority(["a", "a", "b", "c"]), majority([])
    (True, False, False)
    """
    most = Counter(one for one in organisations if one is not None).most_common(1)
    return bool(most) and 2 * most[0][1] > len(organisations)
