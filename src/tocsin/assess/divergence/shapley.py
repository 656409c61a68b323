"""The Shapley value: what each player adds to a game, averaged over all orders in which they may join.

Source: Shapley (1953), A value for n-person games; Shorrocks (2013), Decomposition procedures for distributional
analysis, for its use in taking a difference apart.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import combinations
from typing import TypeVar

P = TypeVar("P")


def shapley(players: tuple[P, ...], value: Callable[[frozenset[P]], float]) -> dict[P, float]:
    """The share of each player: sum over S without i of |S|! (n - |S| - 1)! / n! * [v(S + i) - v(S)].

    players: n of them; value: v, asked once for each of the 2^n sets of players. The shares sum to v(all) - v(none).
    The sum is rounded once and each order has its reverse in it, so turning the game round (w(S) = v(all - S)) changes
    the signs of the shares and not a bit more.

    Two players that are worth something together only share it; one that adds 3 to any set gets 3:

    >>> shapley(("left", "right", "three"), lambda s: 12.0 * ({"left", "right"} <= s) + 3.0 * ("three" in s))
    {'left': 6.0, 'right': 6.0, 'three': 3.0}
    """
    n = len(players)
    sets = [frozenset(some) for size in range(n + 1) for some in combinations(players, size)]
    worth = {some: value(some) for some in sets}
    orders = [math.factorial(size) * math.factorial(n - size - 1) for size in range(n)]
    return {
        player: math.fsum(
            orders[len(some)] * (worth[some | {player}] - worth[some]) for some in sets if player not in some
        )
        / math.factorial(n)
        for player in players
    }
