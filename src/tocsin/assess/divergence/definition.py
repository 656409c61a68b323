"""Where two sides speak of different things: another outcome, another horizon, factors without a counterpart."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from tocsin.assess.divergence.side import Factor, Side, logit


@dataclass(frozen=True)
class Alone:
    """A factor of one side (``holder``) that has no counterpart on the other (``without``)."""

    factor: Factor
    holder: Side
    without: Side


def alone(a: Side, b: Side) -> tuple[Alone, ...]:
    """The factors that one side has and the other has not, or whose relation to the common concept is ``none``."""
    return tuple(
        Alone(factor, holder, without)
        for holder, without in ((a, b), (b, a))
        for key, factor in sorted(holder.by_key.items())
        if factor.relation == "none" or key not in without.by_key or without.by_key[key].relation == "none"
    )


def completed(side: Side, other: Side) -> Side:
    """A side with every factor that it has not rated, though its frame asks for it and the other side rates it.

    Such a factor holds no information, with the other side's weight and sign: nobody has declared another, and it moves
    nothing, so neither the conclusion nor the start changes.
    """
    silent = tuple(
        replace(factor, level=None, relation="exact", evidence=(), unrated=True)
        for key, factor in sorted(other.by_key.items())
        if key in side.unrated and key not in side.by_key and factor.relation != "none"
    )
    return replace(side, factors=(*side.factors, *silent)) if silent else side


def blurred(a: Side, b: Side) -> tuple[str, ...]:
    """The factors, by key, that both rate while at least one means something broader or narrower."""
    return tuple(key for key in _both(a, b) if {a.by_key[key].relation, b.by_key[key].relation} & {"broad", "narrow"})


def matched(a: Side, b: Side) -> tuple[str, ...]:
    """The factors, by key, that both rate and mean alike: exactly or closely."""
    return tuple(key for key in _both(a, b) if {a.by_key[key].relation, b.by_key[key].relation} <= {"exact", "close"})


def _both(a: Side, b: Side) -> list[str]:
    return sorted(
        key
        for key in a.by_key.keys() & b.by_key.keys()
        if "none" not in (a.by_key[key].relation, b.by_key[key].relation)
    )


def over(probability: float, months: float, to: float) -> float:
    """The log-odds that a probability over ``months`` has over another horizon, ``to``, at a constant hazard.

    1 - (1 - p)^(to / months), as a logit.

    >>> round(over(0.02, 12, 24), 4) == round(logit(1 - 0.98**2), 4)
    True
    """
    if months == to:
        return logit(probability)
    survival = math.log1p(-probability) * to / months
    return math.log(-math.expm1(survival)) - survival


def horizon_offset(a: Side, b: Side) -> float:
    """What the difference of horizons does to the log-odds, from a to b.

    The mean of what it does to a's conclusion taken to b's horizon and to b's conclusion taken from a's: the Shapley
    value of changing the horizon before everything else and after everything else.
    """
    if a.horizon == b.horizon:
        return 0.0
    first = over(a.probability, a.horizon, b.horizon) - a.log_odds
    last = b.log_odds - over(b.probability, b.horizon, a.horizon)
    return (first + last) / 2


def outcome_offset(a: Side, b: Side) -> float | None:
    """What the difference of outcomes does to the log-odds, from a to b; None if a base rate is missing.

    logit(base rate of b's outcome) - logit(base rate of a's); where the horizons differ, the mean over both horizons,
    with the base rates converted at a constant hazard.
    """
    if a.outcome == b.outcome:
        return 0.0
    if a.base_rate is None or b.base_rate is None:
        return None
    at_a = over(b.base_rate, b.horizon, a.horizon) - logit(a.base_rate)
    at_b = logit(b.base_rate) - over(a.base_rate, a.horizon, b.horizon)
    return (at_a + at_b) / 2
