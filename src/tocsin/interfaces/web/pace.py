"""How much one caller may ask: nobody, signed in or not, keeps a node from the others by asking without end."""

from __future__ import annotations

import time
from collections.abc import Callable
from math import ceil

from tocsin.core.errors import TooManyAttempts

RATE, BURST = 100.0, 1000.0
"""Requests that one caller may make each second for long, and at once: far more than people and careful programs do."""

REMEMBERED = 10_000
"""Callers that are counted at the same time."""


class Pace:
    """A bucket for each caller that empties by one at each request and fills up again with time."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: dict[str, tuple[float, float]] = {}

    def step(self, caller: str) -> None:
        """Count one request.

        Errors: TooManyAttempts says how long to wait.

        >>> pace = Pace(lambda: 0.0)
        >>> for _ in range(int(BURST)):
        ...     pace.step("anna")
        >>> pace.step("bela")
        >>> pace.step("anna")
        Traceback (most recent call last):
        tocsin.core.errors.TooManyAttempts: too many requests came from here. Wait a second, then go on more slowly.
        """
        now = self._clock()
        left, then = self._kept.pop(caller, (BURST, now))
        left = min(BURST, left + RATE * (now - then))
        while len(self._kept) >= REMEMBERED:
            del self._kept[next(iter(self._kept))]
        # The newest stand at the end.
        self._kept[caller] = (max(left - 1, 0.0) if left >= 1 else left, now)
        if left < 1:
            raise TooManyAttempts(
                "too many requests came from here",
                seconds=ceil((1 - left) / RATE),
                remedy="Wait a second, then go on more slowly",
            )
