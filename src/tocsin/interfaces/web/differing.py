"""How two texts differ, line by line, with signs in front, so that no colour is needed to read it."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Line:
    """A line of a difference: kept, taken out or put in."""

    sign: Literal[" ", "−", "+"]
    text: str


def lines(old: str, new: str) -> tuple[Line, ...]:
    """Every line of both texts in order.

    >>> [(line.sign, line.text) for line in lines("one\\ntwo", "one\\nthree")]
    [(' ', 'one'), ('−', 'two'), ('+', 'three')]
    """
    before, after = old.splitlines(), new.splitlines()
    # Popular lines are not set aside: a text is short, and every line of it counts.
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    found: list[Line] = []
    for change, a, b, c, d in matcher.get_opcodes():
        if change == "equal":
            found += [Line(" ", text) for text in before[a:b]]
        else:
            found += [Line("−", text) for text in before[a:b]] + [Line("+", text) for text in after[c:d]]
    return tuple(found)
