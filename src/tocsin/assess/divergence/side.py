"""One side of a comparison: what an assessor concluded, from which factors, on which items of evidence.

The model is Good's weight of evidence: log-odds = start + sum over factors of sign * weight * level, with the start
being whatever makes it exact.

Source: Good (1950), Probability and the Weighing of Evidence.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, get_args

from tocsin.core.errors import AssessmentError

Relation = Literal["exact", "close", "broad", "narrow", "none"]
"""How a side's factor relates to the concept of the common frame.

``exact`` in the side's own frame; ``broad`` where the side means more than the concept, ``narrow`` where it means less;
``none`` where nothing in the common frame is like it.
"""

SURE = 1e-9
"""A probability nearer to 0 or 1 than this is a certainty, and certainty has no odds to compare."""

HEAVIEST = 20.0
"""The largest weight: odds times five hundred million. Above it, somebody has given odds in place of log-odds."""

RESERVED = ("outcome", "horizon", "start")
"""What a gap can rest on besides factors."""

SHORTEST, LONGEST = 0.25, 1200.0
"""Horizons in months: from about a week to a century."""


@dataclass(frozen=True)
class Item:
    """An item of evidence, as one side reads it for one factor.

    identity: the same for both sides if and only if it is the same item. reading: the level in [0, 1] to which it
    points by itself, or None if not said. label: what a person calls it.
    """

    identity: str
    reading: float | None = None
    label: str = ""

    def __post_init__(self) -> None:
        _named(self.identity, "an item of evidence")
        if self.reading is not None:
            _within(self.reading, 0.0, 1.0, f"the reading of {self.identity}", where="reading")


@dataclass(frozen=True)
class Factor:
    """A factor as one side rates it.

    key: in the common frame. level: in [0, 1], 0 being absent; None is no information, which is not 0. weight: how far
    the factor at full level moves the log-odds, as the assessor declares, in [0, 20]. sign: +1 for risk, -1 for
    resilience. relation: of the side's factor to the concept of the key. evidence: each item once.
    named: in the author's own words and not from a frame. unrated: it stands in for a factor that the side's frame has
    and the side has not rated, which is no information.

    Errors: AssessmentError names the value that cannot be used.
    """

    key: str
    level: float | None
    weight: float
    sign: Literal[1, -1] = 1
    relation: Relation = "exact"
    evidence: tuple[Item, ...] = ()
    label: str = ""
    named: bool = False
    unrated: bool = False

    def __post_init__(self) -> None:
        _named(self.key, "a factor")
        if self.key in RESERVED:
            raise AssessmentError(
                f"no factor may be called {self.key!r}", where="key", remedy="Use its id in the frame"
            )
        if self.level is not None:
            _within(self.level, 0.0, 1.0, "the level", where=self.key, remedy="Leave it out for no information")
        _within(self.weight, 0.0, HEAVIEST, "the weight", where=self.key, remedy="Give it in log-odds, as log(3)")
        if self.sign not in (1, -1):
            raise AssessmentError(
                f"the sign is {self.sign}", where=self.key, remedy="Give +1 for risk or -1 for resilience"
            )
        if self.relation not in get_args(Relation):
            raise AssessmentError(
                f"no relation is called {self.relation!r}",
                where=self.key,
                remedy=f"Choose one of: {', '.join(get_args(Relation))}",
            )
        _once("the item", self.key, (item.identity for item in self.evidence))

    @cached_property
    def cited(self) -> dict[str, Item]:
        """The items by identity."""
        return {item.identity: item for item in self.evidence}

    @property
    def pull(self) -> float:
        """Sign times weight: the move of the log-odds at full level."""
        return self.sign * self.weight

    @property
    def contribution(self) -> float:
        """The move of the log-odds at the rated level; nothing where there is no information."""
        return self.pull * (self.level or 0.0)

    @property
    def name(self) -> str:
        """The label, or the key where there is none."""
        return self.label or self.key


@dataclass(frozen=True)
class Side:
    """An assessment, with its factors rendered into a common frame.

    name: of the organisation or team, different from the other side's. probability: of the outcome, strictly between
    0 and 1. outcome: the id of a sense of a term. horizon: months. base_rate: of this outcome over this horizon,
    strictly between 0 and 1, or None if unknown. factors: each key once. also_saw: identities of items that the side
    has seen without citing them for a factor. unrated: keys of factors that its frame asks for, in the same or nearly
    the same sense, and that it has not rated. inapplicable: keys of those of which it says that they do not apply.

    Errors: AssessmentError names the value that cannot be used.
    """

    name: str
    probability: float
    outcome: str
    horizon: float
    factors: tuple[Factor, ...] = ()
    base_rate: float | None = None
    also_saw: frozenset[str] = frozenset()
    outcome_label: str = ""
    unrated: frozenset[str] = frozenset()
    inapplicable: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        _named(self.name, "a side")
        _named(self.outcome, "an outcome")
        uncertain = "Give the nearest number that is no certainty, as 0.001 or 0.999; certainty has no odds"
        _within(self.probability, SURE, 1 - SURE, "the probability", where=self.name, remedy=uncertain)
        _within(self.horizon, SHORTEST, LONGEST, "the horizon", where=self.name, remedy="Give it in months")
        if self.base_rate is not None:
            unknown = "Leave it out if it is not known"
            _within(self.base_rate, SURE, 1 - SURE, "the base rate", where=self.name, remedy=unknown)
        _once("the factor", self.name, (factor.key for factor in self.factors))

    @cached_property
    def by_key(self) -> dict[str, Factor]:
        """The factors by key."""
        return {factor.key: factor for factor in self.factors}

    @cached_property
    def log_odds(self) -> float:
        """The conclusion in log-odds."""
        return logit(self.probability)

    @cached_property
    def start(self) -> float:
        """The log-odds before any factor: what is left of the conclusion without the contributions."""
        return math.fsum([self.log_odds, *(-factor.contribution for factor in self.factors)])

    @cached_property
    def seen(self) -> frozenset[str]:
        """The identities of all items that the side has seen, whatever it cites them for."""
        return self.also_saw.union(*(factor.cited for factor in self.factors))

    @property
    def outcome_name(self) -> str:
        """The label of the outcome, or its id where there is none."""
        return self.outcome_label or self.outcome


def logit(probability: float) -> float:
    """log(p / (1 - p)).

    >>> logit(0.5), round(logit(0.02), 4)
    (0.0, -3.8918)
    """
    return math.log(probability) - math.log1p(-probability)


def expit(log_odds: float) -> float:
    """The probability with these log-odds.

    >>> expit(0.0), round(expit(-3.8918), 4), expit(-2000.0)
    (0.5, 0.02, 0.0)
    """
    small = math.exp(-abs(log_odds))
    return (1.0 if log_odds >= 0 else small) / (1.0 + small)


def _within(value: float, low: float, high: float, what: str, *, where: str, remedy: str = "") -> None:
    # Written so that NaN, which compares as false, is refused.
    if not low <= value <= high:
        raise AssessmentError(f"{what} is {value:g}, not from {low:g} to {high:g}", where=where, remedy=remedy)


def _named(name: str, what: str) -> None:
    if not name.strip():
        raise AssessmentError(f"{what} has no name", remedy="Give each an identity, so that the two can be matched")


def _once(what: str, where: str, names: Iterable[str]) -> None:
    met: set[str] = set()
    for name in names:
        if name in met:
            raise AssessmentError(f"{what} {name} is there twice", where=where, remedy="Join what belongs together")
        met.add(name)
