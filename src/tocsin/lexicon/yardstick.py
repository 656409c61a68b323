"""Estimative yardsticks: the words that stand for bands of probability, each by its owner.

The number is stored, the yardstick is the reader's: "unlikely" is 20 to 45 % on one side of the Atlantic and
about 25 to 35 % on the other. The bands live in ``data/yardsticks.toml`` with their citations.
"""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from tocsin.core.errors import SettingsError, TocsinError


@dataclass(frozen=True)
class Band:
    """One band of a yardstick.

    term: the word; also: the second word the owner gives for the same band, or empty.
    low, high: ends as probabilities in [0, 1]; open_low, open_high: that end does not belong to the band.
    """

    term: str
    low: float
    high: float
    also: str = ""
    open_low: bool = False
    open_high: bool = False

    def holds(self, probability: float) -> bool:
        """Whether the probability lies in this band."""
        above = probability > self.low if self.open_low else probability >= self.low
        below = probability < self.high if self.open_high else probability <= self.high
        return above and below

    @property
    def span(self) -> str:
        """The band as a person reads it, for example ``20 to 45 %``."""
        return f"{round(100 * self.low)} to {round(100 * self.high)} %"


@dataclass(frozen=True)
class Yardstick:
    """An owner's words for probabilities, with the paragraph they come from.

    bands: lowest first; they may leave gaps, and need not reach 0 or 1.
    """

    key: str
    title: str
    owner: str
    source: str
    paragraph: str
    url: str
    note: str
    bands: tuple[Band, ...]

    def band(self, probability: float) -> Band | None:
        """The band that holds this probability, or None in a gap or off the scale.

        Where two bands share an end, the higher band has it.
        """
        return next((band for band in reversed(self.bands) if band.holds(probability)), None)

    def words(self, probability: float) -> str:
        """The owner's word for this probability; in a gap or off the scale, a phrase that says so.

        Errors: TocsinError if it is not a probability.
        """
        if not (math.isfinite(probability) and 0 <= probability <= 1):
            raise TocsinError(f"{probability} is not a probability", remedy="Give a number from 0 to 1")
        if band := self.band(probability):
            return band.term
        below = [band for band in self.bands if band.high <= probability]
        above = [band for band in self.bands if band.low >= probability]
        if not below:
            return f"below the scale, which starts {_edge(above[0].low, 'above', above[0].open_low)}"
        if not above:
            return f"above the scale, which ends {_edge(below[-1].high, 'below', below[-1].open_high)}"
        return f"between '{below[-1].term}' and '{above[0].term}'"


def _edge(end: float, beyond: str, is_open: bool) -> str:
    return f"{beyond if is_open else 'at'} {round(100 * end)} %"


@cache
def yardsticks() -> dict[str, Yardstick]:
    """Every yardstick by its key, in the order of the data file."""
    text = (files("tocsin") / "data" / "yardsticks.toml").read_text(encoding="utf-8")
    return {
        key: Yardstick(key=key, **entry | {"bands": tuple(map(_band, entry["bands"]))})
        for key, entry in tomllib.loads(text).items()
    }


def _band(entry: dict[str, Any]) -> Band:
    return Band(**entry | {"low": entry["low"] / 100, "high": entry["high"] / 100})


def yardstick(key: str) -> Yardstick:
    """One yardstick by its key, for example ``icd203``.

    Errors: SettingsError names the keys there are.
    """
    known = yardsticks()
    if key not in known:
        raise SettingsError(f"no yardstick is called {key!r}", remedy=f"Choose one of: {', '.join(known)}")
    return known[key]


def words(probability: float, key: str) -> str:
    """The words for a probability on the yardstick of this key.

    >>> words(0.12, "icd203"), words(0.12, "phia")
    ('very unlikely', 'highly unlikely')
    >>> words(0.37, "phia")
    "between 'unlikely' and 'realistic possibility'"
    >>> words(0.004, "icd203")
    'below the scale, which starts at 1 %'
    """
    return yardstick(key).words(probability)
