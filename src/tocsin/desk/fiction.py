"""What marks an exercise: states that do not exist, and the watermark on every page and file.

An exercise speaks of fictional states only, so that no invented atrocity is ever written down about a real people.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from tocsin.core.errors import UnknownPlace
from tocsin.core.seeing import World

WATERMARK = "EXERCISE · FICTIONAL"
"""What stands across every page and file of an exercise."""


@dataclass(frozen=True)
class FictionalState:
    """A state of an exercise: its code (XXA to XXZ, which ISO 3166-1 leaves to its users), name and a line about it."""

    id: str
    name: str
    about: str


@cache
def states() -> Mapping[str, FictionalState]:
    """The states of ``data/exercise/states.toml`` by their codes.

    >>> states()["XXA"].name
    'Valdria'
    """
    text = (files("tocsin") / "data" / "exercise" / "states.toml").read_text(encoding="utf-8")
    return {id: FictionalState(id, entry["name"], entry["about"]) for id, entry in tomllib.loads(text).items()}


def state(id: str) -> FictionalState:
    """The fictional state with this code.

    Errors: UnknownPlace names those there are; real states are none of them.
    """
    found = states().get(id)
    if found is None:
        known = ", ".join(f"{one.name} ({one.id})" for one in states().values())
        raise UnknownPlace(
            f"{id[:20]!r} is no state of the exercise; an exercise speaks of fictional states only",
            remedy=f"Choose one of {known}",
        )
    return found


def watermark(world: World) -> str:
    """What must stand across everything shown of this world; empty for the real one."""
    return WATERMARK if world == "exercise" else ""
