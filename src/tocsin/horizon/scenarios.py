"""A tree of scenarios: whether it is one, how likely each path is, and which signposts of a path have been seen."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import fsum

from tocsin.core.triggering import Branch

DEEPEST = 4
"""Branches on top of each other; more is not read by anybody."""

TOLERANCE = 1e-9
"""By how much the probabilities of a fork may miss one: what adding decimals costs, and no more."""


@dataclass(frozen=True)
class Fault:
    """What is wrong with a tree: the position of the branch concerned, what, and what to do."""

    branch: int
    what: str
    remedy: str


@dataclass(frozen=True)
class Path:
    """One branch in its place.

    depth: 1 for what goes on from now. probability: of the whole way to it. leaf: nothing goes on from it.
    lit: the keys of its signposts that were seen, with those of the branches above; signposts: how many there are.
    """

    branch: Branch
    depth: int
    probability: float
    leaf: bool
    lit: tuple[tuple[str, str], ...]
    signposts: int


def fault(branches: Sequence[Branch]) -> Fault | None:
    """What is wrong with a tree; None if it is one.

    Every key stands once, every parent is there and leads back to now, no branch is deeper than ``DEEPEST``, and the
    probabilities of each fork sum to one within ``TOLERANCE``.
    """
    place: dict[str, int] = {}
    for position, one in enumerate(branches):
        place.setdefault(one.key, position)
    for position, one in enumerate(branches):
        if place[one.key] != position:
            return Fault(position, f"two branches have the key {one.key}", "Give each branch a key of its own")
        if one.parent is not None and one.parent not in place:
            return Fault(position, f"there is no branch {one.parent} to go on from", "Name a branch of this tree")
        if len({sign.key for sign in one.signposts}) < len(one.signposts):
            return Fault(position, f"two signposts of {one.key} have the same key", "Give each a key of its own")
    known = {one.key: one for one in branches}
    for position, one in enumerate(branches):
        above = _above(one, known)
        if above is None:
            return Fault(
                position, f"the branch {one.key} goes on from itself", "Let it go on from now or another branch"
            )
        if len(above) >= DEEPEST:
            deep = len(above) + 1
            return Fault(position, f"the branch {one.key} is {deep} deep; there is room for {DEEPEST}", "Cut the tree")
    for parent, fork in forks(branches).items():
        total = fsum(one.probability for one in fork)
        if abs(total - 1) > TOLERANCE:
            where = f"after {parent}" if parent else "from now"
            return Fault(
                place[fork[0].key],
                f"the probabilities of the branches {where} sum to {total:.12g}, not to 1",
                "Change them, or add a branch for what else may come",
            )
    return None


def forks(branches: Sequence[Branch]) -> dict[str | None, list[Branch]]:
    """The branches that go on from each branch, and from now (None), in their order."""
    found: dict[str | None, list[Branch]] = {}
    for one in branches:
        found.setdefault(one.parent, []).append(one)
    return found


def paths(branches: Sequence[Branch], lit: Collection[tuple[str, str]] = ()) -> tuple[Path, ...]:
    """Every branch in its place, each before those that go on from it.

    The probability of a path is the product of those along it, as its author gave them: a signpost that was seen
    changes no number, because only its author can say by how much. lit: pairs of branch and signpost that were seen.
    """
    after, known, seen = forks(branches), {one.key: one for one in branches}, set(lit)
    found: list[Path] = []

    def walk(one: Branch, depth: int, probability: float) -> None:
        chain = (*(_above(one, known) or ()), one)
        signs = [(each.key, sign.key) for each in chain for sign in each.signposts]
        on = tuple(sign for sign in signs if sign in seen)
        chance = probability * one.probability
        found.append(Path(one, depth, chance, one.key not in after, on, len(signs)))
        for below in after.get(one.key, ()):
            walk(below, depth + 1, chance)

    for one in after.get(None, ()):
        walk(one, 1, 1.0)
    return tuple(found)


def _above(one: Branch, known: Mapping[str, Branch]) -> tuple[Branch, ...] | None:
    """The branches from now to this one, without it; None if they lead in a circle."""
    chain: list[Branch] = []
    while one.parent is not None:
        one = known[one.parent]
        if one in chain or len(chain) > len(known):
            return None
        chain.append(one)
    return tuple(reversed(chain))
