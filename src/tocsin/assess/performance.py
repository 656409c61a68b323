"""Weights from how well contributors have forecast before.

The weight is the inverse of the mean score, which for the Brier score is the mean squared error: the weights that
Bates and Granger (1969) give to forecasts whose errors are independent. Scores of few questions are mostly luck, so
each contributor's is first drawn towards the group's, as if they had answered some further questions as well as the
group did. That also keeps weights finite: of rare events a run of zeros costs nothing and shows nothing.
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from tocsin.assess.estimates import Floats, numbers
from tocsin.core.errors import AssessmentError

Rule = Literal["brier", "log"]

ENOUGH = 20
"""Scored questions that every contributor must have; our choice."""

SHRINK = 20
"""How many questions at the group's mean score are added to each contributor's; our choice."""


def weights(scores: ArrayLike, questions: ArrayLike, rule: Rule = "brier", enough: int = ENOUGH) -> Floats:
    """Weights that sum to one, (contributors,).

    scores: (contributors,), each one's mean Brier or logarithmic score, lower being better; questions: (contributors,),
    how many it is the mean of.

        w_i  proportional to  1 / s_i,  s_i = (n_i * score_i + 20 * mean score) / (n_i + 20)

    A contributor with n scored questions weighs at most (n + 20) / 20 times one at the mean.

    Errors: AssessmentError if any contributor has fewer than ``enough`` scored questions (it says how many lack them,
    not who), or a score is negative, infinite, or a Brier score above 1.

    >>> [round(float(w), 3) for w in weights([0.05, 0.10, 0.20], [40, 40, 40])]
    [0.475, 0.325, 0.199]
    """
    s, n = numbers(scores, "a score"), numbers(questions, "a count of questions")
    if s.ndim != 1 or s.shape != n.shape or s.size == 0:
        raise AssessmentError(
            f"{s.size} scores and {n.size} counts of questions do not match", remedy="Give one of each a contributor"
        )
    short = int(np.sum(~(n >= enough)))
    if short:
        raise AssessmentError(
            f"{short} of {s.size} contributors have fewer than {enough} scored questions",
            remedy="Weight by performance once all have enough; until then choose another way to pool",
        )
    if not np.all(np.isfinite(s) & (s >= 0)) or (rule == "brier" and np.any(s > 1)):
        raise AssessmentError(
            "a mean score is out of range", where=rule, remedy="Brier scores lie from 0 to 1; log scores must be finite"
        )
    mean = math.fsum(s.tolist()) / s.size
    drawn = (n * s + SHRINK * mean) / (n + SHRINK)
    if mean == 0:
        return np.full(s.size, 1 / s.size)
    inverse = 1 / drawn
    return np.asarray(inverse / math.fsum(inverse.tolist()))
