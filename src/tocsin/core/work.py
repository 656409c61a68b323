"""How long work is run and watched: a ``map`` that may be serial, on processes or on a cluster, and a progress call."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol


class Map(Protocol):
    """Anything that calls like the built-in ``map``: ``map``, ``Pool.imap``, a Dask client's gather of map.

    Results come back in the order of the items.
    """

    def __call__(self, function: Callable[[Any], Any], items: Iterable[Any], /) -> Iterable[Any]:
        """Apply the function to every item, in order."""


Progress = Callable[[int, int, str], None]
"""Called as ``progress(done, total, what)`` while long work goes on."""


def silent(done: int, total: int, what: str) -> None:
    """Show no progress: the default of every function that takes a ``Progress``."""


def counted(results: Iterable[Any], total: int, what: str, progress: Progress) -> Iterator[Any]:
    """Pass results through while telling ``progress`` how many have come."""
    progress(0, total, what)
    for done, result in enumerate(results, start=1):
        progress(done, total, what)
        yield result
