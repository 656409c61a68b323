"""Which way text runs: that of its first letter, and how text of both directions falls into pieces of one.

Source: Unicode Standard Annex 9, Unicode Bidirectional Algorithm, rules P2 and P3 (the direction of a paragraph is that
of its first strong character), N1 and N2 (what has no direction takes that of its neighbours where they agree, else the
paragraph's).
"""

from __future__ import annotations

import unicodedata

_RIGHT, _LEFT = frozenset({"R", "AL"}), frozenset({"L"})
_MARKS = "\u200e\u200f"
"""Marks of direction: they keep a number in order, and say nothing of the text that holds it."""


def right_to_left(text: str, otherwise: bool = False) -> bool:
    """Whether text runs from right to left; ``otherwise`` where it has no letter.

    >>> right_to_left("12 قرية"), right_to_left("UNHCR في"), right_to_left("12", otherwise=True)
    (True, False, True)
    """
    return next((strong for strong in map(_strong, text) if strong is not None), otherwise)


def pieces(text: str, base: bool) -> tuple[tuple[str, bool], ...]:
    """Text cut where its direction changes: each piece, and whether it runs from right to left.

    base: whether the paragraph does.

    >>> pieces("see قرية 12 ب now", base=False)
    (('see ', False), ('قرية 12 ب', True), (' now', False))
    >>> pieces("بحسب UNHCR (12)", base=True)
    (('بحسب ', True), ('UNHCR', False), (' (12)', True))
    """
    found: list[tuple[str, bool]] = []
    waiting, last = "", base
    for letter in text:
        strong = _strong(letter)
        if strong is None:
            waiting += letter
            continue
        _join(found, waiting, last if last == strong else base)
        _join(found, letter, strong)
        waiting, last = "", strong
    _join(found, waiting, base)
    return tuple(found)


def _strong(letter: str) -> bool | None:
    kind = "" if letter in _MARKS else unicodedata.bidirectional(letter)
    return True if kind in _RIGHT else False if kind in _LEFT else None


def _join(found: list[tuple[str, bool]], text: str, way: bool) -> None:
    if not text:
        return
    if found and found[-1][1] == way:
        found[-1] = (found[-1][0] + text, way)
    else:
        found.append((text, way))
