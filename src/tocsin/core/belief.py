"""Probabilities with their intervals, and the few ways in which a person is shown them.

At most two significant figures on screen, never a probability without its interval, its "1 in N" and its ratio to
the base rate (design, rule 4).
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import Decimal

from tocsin.core.errors import ForecastError

_FIGURE = r"\d+(?:[.,]\d+)?|[.,]\d+"
_PER_CENT = re.compile(rf"({_FIGURE})%")
_ONE_IN = re.compile(rf"({_FIGURE})(?:in|/)({_FIGURE})", re.IGNORECASE)
_SPACES = re.compile(r"[\s\u202f\u00a0]+")
_ARABIC = str.maketrans({"\u066a": "%", "\u066b": "."})
_THOUSANDS = re.compile(r"[1-9]\d*,\d{3}(?!\d)")


def typed_number(text: str) -> float:
    """A number as people type it: with a point or a comma before its decimals, in any digits.

    A comma before exactly three digits is refused where it may part thousands.

    Errors: ForecastError says how to write it.

    >>> typed_number("1 200"), typed_number("-3,5"), typed_number("0,125")
    (1200.0, -3.5, 0.125)
    """
    plain = _SPACES.sub("", text).translate(_ARABIC).replace("\u2212", "-")
    found = re.fullmatch(rf"[+-]?(?:{_FIGURE})", plain)
    if found and _THOUSANDS.search(plain):
        remedy = f"Write it without commas: {plain.replace(',', '')}"
        raise ForecastError(f"{text[:40]!r} may be read in two ways", remedy=remedy)
    if not found:
        raise ForecastError(f"{text[:40]!r} is no number", remedy="Write it in figures, for example 1200 or 3.5")
    return float(plain.replace(",", "."))


def typed_probability(text: str) -> float:
    """A probability as people type it: per cent, a share of one, or a frequency.

    A number of 1 or more without a sign is refused: "5" may mean 5 % or, mistyped, 0.5, and "1" may mean certainty.

    Errors: ForecastError says how to write it.

    >>> typed_probability("5 %"), typed_probability("0.05"), typed_probability("1 in 20"), typed_probability("1,3%")
    (0.05, 0.05, 0.05, 0.013)
    """
    plain = _SPACES.sub("", text).translate(_ARABIC)
    try:
        if _THOUSANDS.search(plain):
            raise ValueError
        if per_cent := _PER_CENT.fullmatch(plain):
            # In decimals, so that 1.3 % is the same number as 0.013.
            value = float(Decimal(per_cent[1].replace(",", ".")) / 100)
        elif one_in_many := _ONE_IN.fullmatch(plain):
            value = typed_number(one_in_many[1]) / typed_number(one_in_many[2])
        else:
            value = typed_number(plain)
            if value >= 1:
                raise ValueError
    except (ValueError, ZeroDivisionError, ForecastError):
        value = math.nan
    if not 0 <= value <= 1:
        shown = " ".join(text.split())[:40]
        raise ForecastError(
            f"{shown!r} is no probability" if shown else "there is no probability",
            remedy="Write it as 5 %, 0.05 or 1 in 20",
        )
    return value


@dataclass(frozen=True)
class Belief:
    """A probability with an interval.

    probability, low, high: in [0, 1], low <= high; the point may lie outside a percentile interval only if the
    method allows it, so it is not checked against it.
    coverage: nominal coverage of the interval, for example 0.9.
    base_rate: the share of all states in which the event came true over the reference years, or None if unknown.
    """

    probability: float
    low: float
    high: float
    coverage: float = 0.9
    base_rate: float | None = None

    def __post_init__(self) -> None:
        for name, value in (("probability", self.probability), ("low", self.low), ("high", self.high)):
            if not (math.isfinite(value) and 0.0 <= value <= 1.0):
                raise ForecastError(
                    f"{name} is {value}, which is not a probability", remedy="Give a number from 0 to 1"
                )
        if self.low > self.high:
            raise ForecastError(f"the interval {self.low} to {self.high} is upside down", remedy="Give low <= high")

    @property
    def ratio(self) -> float | None:
        """How many times the base rate; None if there is no base rate above zero."""
        return self.probability / self.base_rate if self.base_rate else None


def significant(value: float, figures: int = 2) -> str:
    """Write a number with at most so many significant figures and no exponent.

    >>> significant(8.1234), significant(0.04567), significant(12.6), significant(130.0), significant(0.0)
    ('8.1', '0.046', '13', '130', '0')
    """
    if value == 0 or abs(value) < 1e-300:
        return "0"
    digits = figures - 1 - math.floor(math.log10(abs(value)))
    rounded = round(value, digits)
    digits = figures - 1 - math.floor(math.log10(abs(rounded)))
    return f"{rounded:.{max(digits, 0)}f}"


def percent(probability: float) -> str:
    """A probability as per cent with at most two significant figures.

    >>> percent(0.08123), percent(0.0004), percent(0.25), percent(0.996), percent(0.99999)
    ('8.1 %', '0.040 %', '25 %', '> 99 %', '> 99 %')
    """
    if probability > 0.99:
        return "> 99 %"
    if 0 < probability < 0.0001:
        return "< 0.01 %"
    return f"{significant(100 * probability)} %"


def one_in(probability: float) -> str:
    """A probability as a frequency, with at most two significant figures above one hundred.

    >>> one_in(0.0812), one_in(0.0039), one_in(0.0), one_in(0.9)
    ('1 in 12', '1 in 260', 'none', '9 in 10')
    """
    if probability <= 0:
        return "none"
    if probability < 1e-6:
        return "less than 1 in a million"
    if probability > 0.4:
        return f"{round(probability * 10)} in 10"
    n = 1 / probability
    return f"1 in {round(n) if n < 100 else significant(n)}"


def times(ratio: float) -> str:
    """A ratio to the base rate in words of number.

    >>> times(5.23), times(0.31), times(1.04), times(17.4)
    ('5.2 times', '0.31 times', '1.0 times', '17 times')
    """
    if ratio > 1e6:
        return "more than a million times"
    return f"{significant(ratio)} times"
