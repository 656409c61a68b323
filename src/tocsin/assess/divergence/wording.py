"""The sentences that go with the pieces of a gap."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tocsin.assess.divergence.definition import Alone, horizon_offset, outcome_offset
from tocsin.assess.divergence.side import Factor, Side, expit
from tocsin.core.belief import percent, significant

_SENSE = {
    "exact": "the common sense",
    "close": "nearly the common sense",
    "broad": "a sense broader than the common one",
    "narrow": "a sense narrower than the common one",
}


@dataclass(frozen=True)
class Wording:
    """Sentences about a pair of sides, a named first."""

    a: Side
    b: Side

    def horizon(self) -> str:
        """That the two look ahead by different times."""
        return f"Horizon: {self.a.horizon:g} months for {self.a.name}, {self.b.horizon:g} for {self.b.name}."

    def outcome(self) -> str:
        """That the two speak of different outcomes."""
        told = [
            f"“{side.outcome_name}”"
            + (f" (base rate {percent(side.base_rate)} over {side.horizon:g} months)" if side.base_rate else "")
            + f" for {side.name}"
            for side in (self.a, self.b)
        ]
        return f"Outcome: {told[0]}, {told[1]}."

    def untold(self) -> str:
        """Why definition and starting point cannot be told apart."""
        missing = " or ".join(side.name for side in (self.a, self.b) if side.base_rate is None)
        return (
            f"The outcome is “{self.a.outcome_name}” for {self.a.name} and “{self.b.outcome_name}” for {self.b.name}, "
            f"without a base rate from {missing}. What the difference of outcomes does cannot be told apart from where "
            "the two start, so all of it counts as definition. Settle on one outcome, or add the base rates."
        )

    def start(self) -> str:
        """That the two would differ if they rated everything alike and meant the same by it."""
        defined = math.fsum([horizon_offset(self.a, self.b), outcome_offset(self.a, self.b) or 0.0])
        settled = " once its outcome and horizon are those of the other" if defined else ""
        before = percent(expit(self.a.start)), percent(expit(self.b.start - defined))
        return f"Before any factor: {before[0]} for {self.a.name}, {before[1]} for {self.b.name}{settled}."

    def alone(self, one: Alone) -> str:
        """That only one side has this factor, and how it comes that the other has not."""
        other = one.without.name
        if one.factor.key in one.without.inapplicable:
            why = f"{other} says that it does not apply"
        elif one.factor.named:
            why = f"{other} does not name it"
        else:
            why = f"the frame of {other} has none that matches it closely"
        return f"“{one.factor.name}” counts for {one.holder.name} alone; {why}."

    def blurred(self, key: str) -> str:
        """That the two mean different things by a factor."""
        senses = [f"{_SENSE[side.by_key[key].relation]} for {side.name}" for side in (self.a, self.b)]
        return f"“{self._name(key)}” has {senses[0]}, {senses[1]}."

    def weight(self, key: str) -> str:
        """That the two let a factor move the odds differently."""
        first, second = _moves(self.a.by_key[key], "the odds"), _moves(self.b.by_key[key], "them")
        return f"For {self.a.name} “{self._name(key)}” {first}, for {self.b.name} it {second}."

    def evidence(self, key: str) -> str:
        """That the two have seen different items."""
        apart = [
            f"seen by {side.name} alone: {', '.join(f'“{label}”' for label in labels)}"
            for side, other in ((self.a, self.b), (self.b, self.a))
            if (labels := [self._label(key, one) for one in self.seen_by_one(key) if one not in other.seen])
        ]
        return f"“{self._name(key)}”: {self._levels(key)}; {'; '.join(apart)}."

    def judgement(self, key: str) -> str:
        """That the two judge the same items differently."""
        shared = ", ".join(f"“{self._label(key, one)}”" for one in self.seen_by_both(key))
        on = f"on what both have seen: {shared}" if shared else "resting on nothing that both have seen"
        return f"“{self._name(key)}”: {self._levels(key)}; {on}."

    def seen_by_one(self, key: str) -> tuple[str, ...]:
        """The items cited for a factor that only one side has seen, by identity."""
        return tuple(one for one in self._cited(key) if one not in self.a.seen or one not in self.b.seen)

    def seen_by_both(self, key: str) -> tuple[str, ...]:
        """The items cited for a factor that both sides have seen, by identity."""
        return tuple(one for one in self._cited(key) if one in self.a.seen and one in self.b.seen)

    def _cited(self, key: str) -> list[str]:
        return sorted(self.a.by_key[key].cited.keys() | self.b.by_key[key].cited.keys())

    def _name(self, key: str) -> str:
        return self.a.by_key[key].label or self.b.by_key[key].name

    def _label(self, key: str, identity: str) -> str:
        cited = [side.by_key[key].cited[identity] for side in (self.a, self.b) if identity in side.by_key[key].cited]
        return next((item.label for item in cited if item.label), identity)

    def _levels(self, key: str) -> str:
        first, second = (side.by_key[key] for side in (self.a, self.b))
        same = " (what was seen and how it was judged cancel out)" if first.level == second.level else ""
        told = (_rated(factor, side) for factor, side in ((first, self.a), (second, self.b)))
        return f"{', '.join(told)}{same}"


def _rated(factor: Factor, side: Side) -> str:
    if factor.unrated:
        return f"{side.name} has not rated a factor that matches it"
    return f"{_level(factor)} for {side.name}"


def _level(factor: Factor) -> str:
    if factor.level is None:
        return "no information"
    return significant(factor.level) if factor.level else "absent"


def _moves(factor: Factor, what: str) -> str:
    if factor.weight == 0:
        return f"does not move {what}"
    return f"{'multiplies' if factor.sign > 0 else 'divides'} {what} by up to {significant(math.exp(factor.weight))}"
