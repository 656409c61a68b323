"""Estimative yardsticks: the words that stand for bands of probability, each by its owner.

The number is stored, the yardstick is the reader's: "unlikely" is 20 to 45 % on one side of the Atlantic and
about 25 to 35 % on the other. The bands live in ``data/yardsticks.toml`` with their citations. Some owners leave gaps
between their bands, others let them overlap; one rule reads both.
"""

from __future__ import annotations

import math
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from tocsin.core.errors import LexiconError


@dataclass(frozen=True)
class Band:
    """One band of a yardstick.

    term: the word; also: other words that the owner gives for the same band; gloss: the term in English, empty where
    it is English.
    low, high: ends as probabilities in [0, 1], low < high; open_low, open_high: that end does not belong to the band.

    Errors: LexiconError if the ends are not in order or not probabilities.
    """

    term: str
    low: float
    high: float
    also: tuple[str, ...] = ()
    gloss: str = ""
    open_low: bool = False
    open_high: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.low < self.high <= 1:
            raise LexiconError(
                f"the band {self.low} to {self.high} is not one of probabilities",
                where=self.term,
                remedy="Give two ends from 0 to 1, the lower first",
            )

    def holds(self, probability: float) -> bool:
        """Whether the probability lies in this band."""
        above = probability > self.low if self.open_low else probability >= self.low
        below = probability < self.high if self.open_high else probability <= self.high
        return above and below

    @property
    def terms(self) -> tuple[str, ...]:
        """Every word for this band, the term first."""
        return (self.term, *self.also)

    @property
    def width(self) -> float:
        """high - low."""
        return self.high - self.low

    @property
    def span(self) -> str:
        """The band as a person reads it, for example ``20 to 45 %``."""
        return f"{round(100 * self.low)} to {round(100 * self.high)} %"


@dataclass(frozen=True)
class Yardstick:
    """An owner's words for probabilities, with the paragraph they come from.

    lang: the language of the terms, a BCP 47 tag. bands: lowest first, by their lower and then their upper end; they
    may leave gaps, may overlap, and need not reach 0 or 1.

    Errors: LexiconError if there is no band, if they are out of order, or if a word stands for two of them.
    """

    key: str
    title: str
    lang: str
    owner: str
    source: str
    paragraph: str
    url: str
    note: str
    bands: tuple[Band, ...]

    def __post_init__(self) -> None:
        ends = [(band.low, band.high) for band in self.bands]
        if not ends or ends != sorted(set(ends)):
            raise LexiconError("the bands are not in order", where=self.key, remedy="List them lowest first, each once")
        words = [_plain(word) for band in self.bands for word in band.terms]
        if len(set(words)) < len(words):
            raise LexiconError("a word stands for two bands", where=self.key, remedy="Give each band words of its own")

    def band(self, probability: float) -> Band | None:
        """The band that gives this probability its word, or None in a gap or off the scale.

        Of the bands that hold it, one that ends there yields to one that begins there; of the rest the narrowest has
        it, which says as much as the owner's words can.
        """
        held = [band for band in self.bands if band.holds(probability)]
        begin = any(band.low == probability for band in held)
        kept = [band for band in held if not (begin and band.high == probability)]
        return min(kept, key=lambda band: (band.width, -band.low), default=None)

    def beside(self, probability: float) -> tuple[Band | None, Band | None]:
        """The nearest bands below and above a probability that has no word; None beyond either end of the scale."""
        below = [band for band in self.bands if band.high <= probability]
        above = [band for band in self.bands if band.low >= probability]
        return max(below, key=lambda band: band.high, default=None), above[0] if above else None

    def words(self, probability: float) -> str:
        """The owner's word for this probability; in a gap or off the scale, a phrase that says so.

        Errors: LexiconError if it is not a probability.
        """
        if band := self.band(checked(probability)):
            return band.term
        below, above = self.beside(probability)
        if below and above:
            return f"between '{below.term}' and '{above.term}'"
        if above:
            return f"below the scale, which starts {_edge(above.low, 'above', above.open_low)}"
        last = max(self.bands, key=lambda band: band.high)
        return f"above the scale, which ends {_edge(last.high, 'below', last.open_high)}"

    def named(self, word: str) -> Band:
        """The band that a word stands for; capitals, accents and spaces around it do not matter.

        Errors: LexiconError names the words there are.
        """
        for band in self.bands:
            if _plain(word) in map(_plain, band.terms):
                return band
        raise LexiconError(
            f"{self.title} has no word {word!r}",
            remedy=f"Choose one of: {', '.join(word for band in self.bands for word in band.terms)}",
        )


def checked(probability: float, name: str = "probability") -> float:
    """The number itself, if it is a probability. Errors: LexiconError says what to give."""
    if not (math.isfinite(probability) and 0 <= probability <= 1):
        raise LexiconError(
            f"{probability} is not a probability", where=name, remedy="Give a number from 0 to 1; 10 % is written 0.1"
        )
    return probability


def _edge(end: float, beyond: str, is_open: bool) -> str:
    return f"{beyond if is_open else 'at'} {round(100 * end)} %"


def _plain(word: str) -> str:
    """A word without capitals, accents and doubled spaces, so that it is found however it was typed."""
    letters = unicodedata.normalize("NFKD", word.casefold())
    return " ".join("".join(letter for letter in letters if not unicodedata.combining(letter)).split())


@cache
def yardsticks() -> dict[str, Yardstick]:
    """Every yardstick by its key, in the order of the data file."""
    text = (files("tocsin") / "data" / "yardsticks.toml").read_text(encoding="utf-8")
    return {
        key: Yardstick(key=key, **entry | {"bands": tuple(map(_band, entry["bands"]))})
        for key, entry in tomllib.loads(text).items()
    }


def _band(entry: dict[str, Any]) -> Band:
    ends = {"low": entry["low"] / 100, "high": entry["high"] / 100}
    return Band(**entry | ends | {"also": tuple(entry.get("also", ()))})


def yardstick(key: str) -> Yardstick:
    """One yardstick by its key, for example ``icd203``.

    Errors: LexiconError names the keys there are.
    """
    known = yardsticks()
    if key not in known:
        raise LexiconError(f"no yardstick is called {key!r}", remedy=f"Choose one of: {', '.join(known)}")
    return known[key]


def words(probability: float, key: str) -> str:
    """The words for a probability on the yardstick of this key.

    >>> words(0.12, "icd203"), words(0.12, "phia"), words(0.12, "ipcc")
    ('very unlikely', 'highly unlikely', 'unlikely')
    >>> words(0.37, "phia")
    "between 'unlikely' and 'realistic possibility'"
    >>> words(0.004, "icd203"), words(0.004, "ipcc")
    ('below the scale, which starts at 1 %', 'exceptionally unlikely')
    """
    return yardstick(key).words(probability)
