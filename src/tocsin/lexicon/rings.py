"""Rings in what stands below what: which concepts stand below themselves, and by which way.

Tarjan, R. E. (1972): Depth-first search and linear graph algorithms. SIAM Journal on Computing 1(2), 146-160.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

Ups = Mapping[str, Sequence[str]]
"""What each concept stands directly below; every concept is a key."""


def tangles(ups: Ups) -> tuple[frozenset[str], ...]:
    """The sets of concepts that stand below each other and so below themselves, in the order of their first names.

    They are the strongly connected components with a ring in them, by one pass of Tarjan's over concepts and relations
    (without recursion: a chain may be as long as a file).

    >>> [sorted(one) for one in tangles({"a": "b", "b": "c", "c": "b", "d": "d", "e": ""})]
    [['b', 'c'], ['d']]
    """
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    standing: set[str] = set()
    found: list[frozenset[str]] = []

    def entered(one: str) -> tuple[str, Iterator[str]]:
        index[one] = low[one] = len(index)
        stack.append(one)
        standing.add(one)
        return one, iter(ups[one])

    for root in ups:
        path = [] if root in index else [entered(root)]
        while path:
            here, others = path[-1]
            other = next(others, None)
            if other is None:
                path.pop()
                if path:
                    low[path[-1][0]] = min(low[path[-1][0]], low[here])
                if low[here] == index[here]:
                    at = len(stack) - 1
                    while stack[at] != here:
                        at -= 1
                    tangle = stack[at:]
                    del stack[at:]
                    standing.difference_update(tangle)
                    if len(tangle) > 1 or here in ups[here]:
                        found.append(frozenset(tangle))
            elif other not in index:
                path.append(entered(other))
            elif other in standing:
                low[here] = min(low[here], index[other])
    return tuple(sorted(found, key=min))


def way_round(ups: Ups, tangle: frozenset[str], start: str) -> list[str]:
    """The shortest way up from a member of a tangle back to itself, without its end.

    >>> way_round({"a": "bc", "b": "c", "c": "a"}, frozenset("abc"), "a")
    ['a', 'c']
    """
    came: dict[str, str] = {}
    waiting = [start]
    for here in waiting:  # grows while it is read: nearest first
        for up in ups[here]:
            if up == start:
                way = [here]
                while way[-1] != start:
                    way.append(came[way[-1]])
                return way[::-1]
            if up in tangle and up not in came:
                came[up] = here
                waiting.append(up)
    return [start]
