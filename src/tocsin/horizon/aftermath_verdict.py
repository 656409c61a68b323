"""What may be said of one comparison: a verdict by rule, never stronger than the numbers, never about causes.

The rule was written down before anything was counted (``docs/methods/does-it-matter.md``). The first that fits holds:

1. too few: fewer than 20 matched events, in fewer than 10 countries, or fewer than 5 followed, observed and expected
   together;
2. not distinguishable: the 90 % interval of the matched difference holds 0, or the placebo p is above 0.10, or the two
   point in opposite directions;
3. weak: the wide interval, at 1 - 0.10 / tried, holds 0, or the placebo p is above 0.10 / tried, or fewer than 10 were
   followed;
4. association: else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tocsin.horizon.aftermath_matching import Matched
from tocsin.horizon.aftermath_placebo import Placebo

LEVEL = 0.90
"""Of every interval shown; one less it, divided by the comparisons tried, is what an association must pass."""

LEAST_EVENTS, LEAST_COUNTRIES, LEAST_FOLLOWED, ENOUGH_FOLLOWED = 20, 10, 5, 10

Strength = Literal["too few", "not distinguishable", "weak", "association"]
STRENGTHS: tuple[Strength, ...] = ("too few", "not distinguishable", "weak", "association")
"""From the weakest on."""


@dataclass(frozen=True)
class Verdict:
    """How much may be said (``strength``), the direction (1 more often, -1 less often, 0 none), and the sentence."""

    strength: Strength
    direction: int
    sentence: str


def verdict(
    found: Matched, difference: tuple[float, float], wide: tuple[float, float], dates: Placebo, tried: int
) -> Verdict:
    """The verdict of one comparison.

    found: matched rates. difference, wide: intervals of the matched difference at 90 % and at 1 - 0.10 / tried. dates:
    the placebo test. tried: comparisons in all.
    """
    if few := _too_few(found):
        return Verdict("too few", 0, f"Too few cases to say: {few}.")
    if doubt := _doubt(found, difference, dates):
        return Verdict("not distinguishable", 0, f"Not distinguishable from the base rate of periods alike: {doubt}.")
    direction = 1 if found.difference > 0 else -1
    often = "more often" if direction > 0 else "less often"
    if weakness := _weakness(found, wide, dates, tried):
        return Verdict("weak", direction, f"Weak evidence that it followed {often} than in periods alike: {weakness}.")
    return Verdict(
        "association",
        direction,
        f"It followed {often} than in periods alike, by more than chance and {tried} comparisons explain; "
        "that is no evidence of a cause.",
    )


def _too_few(found: Matched) -> str:
    if found.events < LEAST_EVENTS:
        return f"{found.events} matched events, fewer than {LEAST_EVENTS}"
    if found.places < LEAST_COUNTRIES:
        return f"events in {found.places} countries, fewer than {LEAST_COUNTRIES}"
    if not found.followed + found.events * found.expected >= LEAST_FOLLOWED:
        return f"fewer than {LEAST_FOLLOWED} outcomes, observed and expected together"
    return ""


def _doubt(found: Matched, difference: tuple[float, float], dates: Placebo) -> str:
    if not (difference[0] > 0 or difference[1] < 0):
        return "the interval of the difference holds zero"
    if not dates.p <= 1 - LEVEL:
        return f"random dates in the same countries do as much (p = {dates.p:.2f})"
    if dates.more != (found.difference > 0):
        return "the matched comparison and the random dates point in opposite directions"
    return ""


def _weakness(found: Matched, wide: tuple[float, float], dates: Placebo, tried: int) -> str:
    if found.followed < ENOUGH_FOLLOWED:
        return f"only {found.followed} events were followed"
    if not (wide[0] > 0 or wide[1] < 0):
        return f"among {tried} comparisons, the interval that allows for all of them holds zero"
    if not dates.p <= (1 - LEVEL) / tried:
        return f"among {tried} comparisons, random dates do as much too often (p = {dates.p:.3f})"
    return ""
