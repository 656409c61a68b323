"""The frozen procedure as read from its data file: every number that moves a monthly forecast, in one place."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any, Literal

from tocsin.core.errors import ForecastError

_FILE = "data/methods/fatalities.toml"


@dataclass(frozen=True)
class Member:
    """One of the distributions that are pooled.

    kind: ``history`` (own past, decayed) or ``forest`` (what followed elsewhere). weight: share of the pool. draws: how
    many stand for it. Of ``history``: half_life in months; noise, the standard deviation of the logarithm of the factor
    by which each draw is spread. Of ``forest``: see ``forest.Grown``.
    """

    kind: Literal["history", "forest"]
    weight: float
    draws: int
    half_life: float = 0.0
    noise: float = 0.0
    trees: int = 0
    leaf: int = 0
    step: int = 1
    share: float = 1.0


@dataclass(frozen=True)
class Procedure:
    """The procedure of ``data/methods/fatalities.toml``. first_history: months that a country must be covered."""

    version: str
    members: tuple[Member, ...]
    seed: int
    first_history: int


@lru_cache(maxsize=1)
def fatalities_method() -> Procedure:
    """The procedure this version of Tocsin uses.

    Errors: ForecastError if the packaged file lacks an entry, or its weights do not sum to one.
    """
    raw: dict[str, Any] = tomllib.loads(files("tocsin").joinpath(_FILE).read_text(encoding="utf-8"))
    try:
        members = tuple(Member(**one) for one in raw["members"])
        found = Procedure(raw["version"], members, raw["seed"], raw["first_history"])
    except (KeyError, TypeError) as error:
        raise ForecastError(
            f"the method file lacks or misnames an entry ({error})", where=_FILE, remedy="Reinstall the package"
        ) from None
    if abs(sum(one.weight for one in members) - 1) > 1e-9:
        raise ForecastError("the weights of the pool do not sum to one", where=_FILE, remedy="Reinstall the package")
    return found
