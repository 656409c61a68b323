"""The estimates of a question, checked once at the door: what is missing stays missing, what cannot be is refused."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tocsin.core.errors import AssessmentError

Floats = NDArray[np.float64]

Kind = Literal["probability", "numeric", "ordinal"]
"""How a question is answered: a probability, a number, or a place on a scale of words, lowest first.

Places are whole numbers, from 1 or, where the lowest word is that there is nothing, from 0.
"""

LARGEST = 1e100
"""Beyond this a number is a slip of the hand, and its square would soon be no number at all."""


def numbers(values: ArrayLike, what: str) -> Floats:
    """Numbers as floats, None as NaN; any shape.

    Errors: AssessmentError if one is no number, or the rows differ in length; ``what`` names it.
    """
    try:
        return np.array(values, dtype=float)
    except (TypeError, ValueError) as error:
        raise AssessmentError(
            f"{what} is not a number, or the rows differ in length", remedy="Give numbers, and None where there is none"
        ) from error


def checked(values: ArrayLike, kind: Kind, dimensions: int = 1) -> Floats:
    """Estimates as floats, with NaN for each that is missing (None or NaN).

    values: (participants,), or (participants, questions) with ``dimensions=2``.

    Errors: AssessmentError names the first estimate that is no number, no probability in [0, 1], or no place on a
    scale; a missing one is no error.

    >>> checked([0.2, None, 0.3], "probability").tolist()
    [0.2, nan, 0.3]
    """
    if kind not in get_args(Kind):
        raise AssessmentError(
            f"no question is answered by {kind!r}", remedy=f"Choose one of: {', '.join(get_args(Kind))}"
        )
    given = numbers(values, "an estimate")
    if given.ndim != dimensions:
        shape = "(participants,)" if dimensions == 1 else "(participants, questions)"
        raise AssessmentError(f"the estimates have {given.ndim} dimensions", remedy=f"Give them as {shape}")
    given = given + 0.0  # so that -0.0 and 0.0, which are equal, are also the same to the last bit
    _refuse(given, np.isinf(given) | (np.abs(given) > LARGEST), "is too large to be meant", "Give a finite number")
    if kind == "probability":
        _refuse(given, (given < 0) | (given > 1), "is not a probability", "Give a number from 0 to 1")
    if kind == "ordinal":
        _refuse(given, (given < 0) | (given != np.floor(given)), "is no place on a scale", "Give a whole number")
    return given


def _refuse(given: Floats, wrong: NDArray[np.bool_], what: str, remedy: str) -> None:
    wrong = wrong & ~np.isnan(given)
    if wrong.any():
        place = tuple(int(i) for i in np.argwhere(wrong)[0])
        names = ("participant", "question") if given.ndim == 2 else ("estimate",)
        where = ", ".join(f"{name} {i + 1}" for name, i in zip(names, place, strict=True))
        raise AssessmentError(f"{given[place]:g} {what}", where=where, remedy=remedy)
