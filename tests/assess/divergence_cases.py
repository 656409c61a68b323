"""Made-up pairs of assessments whose gap has causes known from how they were built, and slow oracles.

Nothing here calls what is under test: the sides' own arithmetic, the mixing of levels and the sum over the orders are
written again, as plainly as can be.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import permutations
from random import Random

from tocsin.assess.divergence import Factor, Item, Side

CAUSES = ("definition", "evidence", "weight", "judgement")


def log_odds(p: float) -> float:
    return math.log(p / (1 - p))


def chance(z: float) -> float:
    return 1 / (1 + math.exp(-z))


@dataclass
class Case:
    """Two sides under construction and the share that each cause is known to have."""

    rng: Random
    factors_a: list[Factor] = field(default_factory=list)
    factors_b: list[Factor] = field(default_factory=list)
    truth: dict[str, float] = field(default_factory=lambda: dict.fromkeys(CAUSES, 0.0))
    start_a: float = -3.0
    start_b: float = -3.0
    outcome_b: str = "mass-killing"
    horizon_b: float = 12
    bases: tuple[float | None, float | None] = (None, None)
    n: int = 0

    def key(self) -> str:
        self.n += 1
        return f"factor-{self.rng.randrange(1000):03d}-{self.n}"

    def items(self, n: int) -> list[Item]:
        self.n += 1
        return [Item(f"item-{self.n}-{i}") for i in range(n)]

    def weight(self) -> float:
        return self.rng.choice([math.log(1.5), math.log(3), math.log(10)])

    def sign(self) -> int:
        return self.rng.choice([1, 1, -1])

    def level(self) -> float:
        return self.rng.choice([0.0, 1 / 3, 2 / 3, 1.0])

    def two_levels(self) -> tuple[float, float]:
        low, high = self.rng.sample([0.0, 1 / 3, 2 / 3, 1.0], 2)
        return low, high

    def both(self, a: Factor, b: Factor) -> None:
        self.factors_a.append(a)
        self.factors_b.append(b)

    def same(self) -> None:
        level = self.rng.choice([None, self.level()])
        factor = Factor(self.key(), level, self.weight(), self.sign(), evidence=tuple(self.items(2)))
        self.both(factor, factor)

    def definition(self) -> None:
        way = self.rng.choice(["only a", "only b", "none", "blurred"])
        weight, sign, level = self.weight(), self.sign(), self.rng.choice([1 / 3, 2 / 3, 1.0])
        factor = Factor(self.key(), level, weight, sign)
        if way == "only a":
            self.factors_a.append(factor)
            self.truth["definition"] -= sign * weight * level
        elif way == "only b":
            self.factors_b.append(factor)
            self.truth["definition"] += sign * weight * level
        elif way == "none":
            other = Factor(factor.key, self.level(), self.weight(), relation="none")
            self.both(factor, other)
            self.truth["definition"] += other.weight * (other.level or 0) - sign * weight * level
        else:
            relation = self.rng.choice(["broad", "narrow"])
            other = Factor(factor.key, self.level(), self.weight(), sign, relation=relation)
            self.both(factor, other)
            self.truth["definition"] += sign * (other.weight * (other.level or 0) - weight * level)

    def evidence(self) -> None:
        way = self.rng.choice(["read", "apart", "no information", "one cites nothing"])
        key, weight, sign = self.key(), self.weight(), self.sign()
        if way == "read":
            readings = [self.rng.random() for _ in range(5)]
            pool = [Item(item.identity, r) for item, r in zip(self.items(5), readings, strict=True)]
            sets = [self.rng.sample(range(5), self.rng.randint(1, 4)) for _ in "ab"]
            means = [sum(readings[i] for i in some) / len(some) for some in sets]
            room = max(means)
            adds = self.rng.uniform(-min(means), 1 - room)
            levels = [mean + adds for mean in means]
            ev = [tuple(pool[i] for i in some) for some in sets]
        else:
            levels = list(self.two_levels())
            ev = [tuple(self.items(self.rng.randint(1, 3))) for _ in "ab"]
            if way != "apart":
                lacking = self.rng.randrange(2)
                ev[lacking] = ()
                if way == "no information":
                    levels[lacking] = None
        a, b = (Factor(key, levels[i], weight, sign, evidence=ev[i]) for i in (0, 1))
        self.both(a, b)
        self.truth["evidence"] += sign * weight * ((levels[1] or 0) - (levels[0] or 0))

    def judgement(self) -> None:
        way = self.rng.choice(["rated", "read", "without evidence", "no information"])
        key, weight, sign = self.key(), self.weight(), self.sign()
        levels: list[float | None] = list(self.two_levels())
        items = self.items(3)
        ev = [tuple(items), tuple(items)]
        if way == "read":
            ev = [tuple(Item(item.identity, self.rng.random()) for item in items) for _ in "ab"]
        elif way == "without evidence":
            ev = [(), ()]
        elif way == "no information":
            levels[self.rng.randrange(2)] = None
        a, b = (Factor(key, levels[i], weight, sign, evidence=ev[i]) for i in (0, 1))
        self.both(a, b)
        self.truth["judgement"] += sign * weight * ((levels[1] or 0) - (levels[0] or 0))

    def weighing(self) -> None:
        level = self.rng.choice([1 / 3, 2 / 3, 1.0])
        a = Factor(self.key(), level, self.weight(), self.sign(), evidence=tuple(self.items(2)))
        b = Factor(a.key, level, self.weight(), self.sign(), evidence=a.evidence)
        self.both(a, b)
        self.truth["weight"] += level * (b.sign * b.weight - a.sign * a.weight)

    def starting(self) -> None:
        move = self.rng.uniform(-1, 1)
        self.start_b += move
        self.truth["weight"] += move

    def other_outcome(self) -> None:
        self.outcome_b = "one-sided-violence"
        rates = self.rng.uniform(0.005, 0.05), self.rng.uniform(0.05, 0.3)
        self.bases = rates
        move = log_odds(rates[1]) - log_odds(rates[0])
        self.start_b += move
        self.truth["definition"] += move

    def sides(self) -> tuple[Side, Side]:
        return (
            Side("A", self.p("a"), "mass-killing", 12, tuple(self.factors_a), self.bases[0]),
            Side("B", self.p("b"), self.outcome_b, self.horizon_b, tuple(self.factors_b), self.bases[1]),
        )

    def p(self, which: str) -> float:
        start, factors = (self.start_a, self.factors_a) if which == "a" else (self.start_b, self.factors_b)
        return chance(start + sum(f.sign * f.weight * (f.level or 0) for f in factors))


def pure(cause: str, seed: int) -> Case:
    """A pair that differs for one cause alone, among factors that do not differ."""
    case = Case(Random(seed))
    case.start_a = case.start_b = case.rng.uniform(-5, -1)
    for _ in range(case.rng.randint(0, 3)):
        case.same()
    if cause == "weight":
        for _ in range(case.rng.randint(0, 3)):
            case.weighing()
        case.starting()
    else:
        for _ in range(case.rng.randint(1, 4)):
            getattr(case, cause)()
    if cause == "definition" and case.rng.random() < 0.5:
        case.other_outcome()
    return case


def mixed(seed: int) -> Case:
    """A pair in which each factor differs for one cause, all causes are there, and the truth is their sum."""
    case = Case(Random(seed))
    case.start_a = case.start_b = case.rng.uniform(-5, -1)
    kinds = ["definition", "evidence", "judgement", "weighing", "starting"]
    kinds += case.rng.choices(["definition", "evidence", "judgement", "weighing", "same", "other_outcome"], k=4)
    if kinds.count("other_outcome") > 1:
        kinds = [kind for kind in kinds if kind != "other_outcome"] + ["other_outcome"]
    case.rng.shuffle(kinds)
    for kind in kinds:
        getattr(case, kind)()
    if case.rng.random() < 0.5:
        # What a constant hazard makes of the horizon, first on A's number and last on B's; the start takes the rest.
        case.horizon_b = case.rng.choice([6, 24, 36])
        p, q, r = case.p("a"), case.p("b"), case.horizon_b / 12
        first = log_odds(1 - (1 - p) ** r) - log_odds(p)
        last = log_odds(q) - log_odds(1 - (1 - q) ** (1 / r))
        case.truth["definition"] += (first + last) / 2
        case.truth["weight"] -= (first + last) / 2
        if case.outcome_b != "mass-killing":
            # Base rates are told over the side's own horizon, so the outcomes are compared over both horizons.
            base_a, base_b = case.bases
            assert base_a is not None
            assert base_b is not None
            near = log_odds(1 - (1 - base_b) ** (1 / r)) - log_odds(base_a)
            far = log_odds(base_b) - log_odds(1 - (1 - base_a) ** r)
            as_built = log_odds(base_b) - log_odds(base_a)
            case.truth["definition"] += (near + far) / 2 - as_built
            case.truth["weight"] -= (near + far) / 2 - as_built
    return case


@dataclass
class Entangled:
    """One factor about which the two differ in everything: readings by item, level and weight of each side."""

    readings: tuple[dict[str, float | None], dict[str, float | None]]
    levels: tuple[float | None, float | None]
    pulls: tuple[float, float]

    def sides(self) -> tuple[Side, Side]:
        made = []
        for i, name in enumerate("AB"):
            items = tuple(Item(one, reading) for one, reading in self.readings[i].items())
            sign = 1 if self.pulls[i] >= 0 else -1
            factor = Factor("f", self.levels[i], abs(self.pulls[i]), sign, evidence=items)
            made.append(Side(name, chance(-2 + self.pulls[i] * (self.levels[i] or 0)), "o", 12, (factor,)))
        return made[0], made[1]

    def level(self, e: int, j: int) -> float:
        """The level with side e's evidence and side j's judgement, as the method page words it."""
        seen = [set(self.readings[0]), set(self.readings[1])]
        either, both = seen[0] | seen[1], seen[0] & seen[1]
        if e == j:
            return self.levels[e] or 0
        if None in self.levels:
            return self.levels[j if either == both else e] or 0
        unread = [r for side in self.readings for r in side.values() if r is None]
        if seen[0] and seen[1] and not unread:
            mine = self.readings[j]
            taken = [mine[i] if i in mine else self.readings[e][i] for i in self.readings[e]]
            return sum(taken) / len(taken) + self.levels[j] - sum(mine.values()) / len(mine)
        jaccard = len(both) / len(either) if either else 1
        return self.levels[e] + jaccard * (self.levels[j] - self.levels[e])

    def oracle(self) -> dict[str, float]:
        """Each cause's mean step over all 24 orders in which A's components are replaced by B's, one after another."""
        steps = {cause: [] for cause in CAUSES}
        for order in permutations(CAUSES):
            at = dict.fromkeys(CAUSES, 0)
            for cause in order:
                before = self.pulls[at["weight"]] * self.level(at["evidence"], at["judgement"])
                at[cause] = 1
                after = self.pulls[at["weight"]] * self.level(at["evidence"], at["judgement"])
                steps[cause].append(after - before)
        return {cause: sum(some) / 24 for cause, some in steps.items()}


def entangled(seed: int) -> Entangled:
    """A random factor; about half the time every item is read, else some are not, or a side has no information."""
    rng = Random(seed)
    pool = [f"item-{i}" for i in range(5)]
    least = rng.choice([0, 1, 1])
    readings = tuple({one: rng.random() for one in rng.sample(pool, rng.randint(least, 4))} for _ in "ab")
    levels: list[float | None] = [rng.random(), rng.random()]
    if rng.random() < 0.3:
        for side in readings:
            for one in side:
                if rng.random() < 0.5:
                    side[one] = None
    if rng.random() < 0.2:
        levels[rng.randrange(2)] = None
    return Entangled(readings, (levels[0], levels[1]), (rng.uniform(-2, 2), rng.uniform(-2, 2)))


def anything(seed: int) -> tuple[Side, Side]:
    """Two sides with whatever may occur: no truth known, for the laws that hold for all."""
    rng = Random(seed)
    keys = [f"f{i}" for i in range(6)]
    pool = [f"item-{i}" for i in range(6)]
    sides = []
    for name in ("Ministry", "Observers"):
        factors = []
        for key in rng.sample(keys, rng.randint(0, 6)):
            read = rng.random() < 0.6
            items = [Item(one, rng.random() if read else None) for one in rng.sample(pool, rng.randint(0, 4))]
            relation = rng.choice(["exact", "exact", "exact", "close", "broad", "narrow", "none"])
            level = rng.choice([None, 0.0, rng.random(), rng.random()])
            factors.append(Factor(key, level, rng.uniform(0, 3), rng.choice([1, -1]), relation, tuple(items)))
        sides.append(
            Side(
                name,
                rng.uniform(0.001, 0.999),
                rng.choice(["mass-killing", "mass-killing", "one-sided-violence"]),
                rng.choice([6, 12, 12, 24]),
                tuple(factors),
                rng.choice([None, rng.uniform(0.01, 0.2)]),
                frozenset(rng.sample(pool, 1)),
            )
        )
    return sides[0], sides[1]
