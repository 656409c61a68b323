"""A probability told to a reader: number, frequency, ratio to the base rate, and the word of the reader's yardstick.

At low probabilities words erase the signal: 18 % and 6 % are both "very unlikely" on ICD 203, though one is three
times the other. Where the word does that, ``Told`` says so. The phrases live in ``data/telling.toml``.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from tocsin.core.belief import Belief, one_in, percent, times
from tocsin.core.errors import LexiconError
from tocsin.lexicon.yardstick import Band, Yardstick, checked, yardstick

APART = 2.0
"""From this ratio on, up or down, a probability is apart from the base rate; a word that hides it is flagged."""

RAREST = 1e-6
"""Below this a frequency is given as a bound, and no ratio is taken to it: no estimate is that fine."""

FARTHEST = 1000.0
"""Beyond this, or below its inverse, a ratio is given as a bound."""

NEARLY_ALL = 0.95
"""Above this a frequency counts the exceptions; "10 in 10" would be said of what may well not happen."""


@cache
def _phrases() -> dict[str, dict[str, str]]:
    return tomllib.loads((files("tocsin") / "data" / "telling.toml").read_text(encoding="utf-8"))


def languages() -> tuple[str, ...]:
    """The languages in which a probability can be told; the word itself stays in its yardstick's language."""
    return tuple(_phrases())


@dataclass(frozen=True)
class Reader:
    """For whom a probability is told: the key of a yardstick, and a language.

    Errors: LexiconError names the yardsticks or languages there are.
    """

    yardstick: str = "icd203"
    language: str = "en"

    def __post_init__(self) -> None:
        yardstick(self.yardstick)
        if self.language not in languages():
            raise LexiconError(
                f"a probability cannot be told in {self.language!r}",
                where="language",
                remedy=f"Choose one of: {', '.join(languages())}",
            )


@dataclass(frozen=True)
class Told:
    """A probability as one reader is told it.

    low, high: ends of its interval, None if none is given. base_rate: None if not known. ratio: to the base rate; None
    if that is not known or below ``RAREST``.
    percent, frequency, times: the numbers as text in the reader's language; ``times`` is empty without a ratio.
    word: the yardstick's word, or a phrase that says that there is none; word_lang: its language, a BCP 47 tag; gloss:
    the word in English, empty where the word is English; span: the word's band, empty where there is none.
    erased: the base rate gets the same word, though the probability is at least twice or at most half as large.
    warning: says so in a sentence; empty unless ``erased``. sentence: everything above, ready to be read.
    """

    probability: float
    low: float | None
    high: float | None
    base_rate: float | None
    ratio: float | None
    yardstick: str
    language: str
    percent: str
    frequency: str
    times: str
    word: str
    word_lang: str
    gloss: str
    span: str
    erased: bool
    warning: str
    sentence: str


def tell_belief(belief: Belief, reader: Reader) -> Told:
    """Tell a belief to one reader, with its interval and base rate.

    >>> told = tell_belief(Belief(0.25, 0.12, 0.4, base_rate=0.0155), Reader("scrc", "fr"))
    >>> print(told.sentence)
    25 % (1 sur 4, entre 12 % et 40 %), 16 fois le taux de base de 1,6 %. SCRC : « probablement pas » (20 à 40 %).
    """
    return tell(belief.probability, reader, low=belief.low, high=belief.high, base_rate=belief.base_rate)


def tell(
    probability: float,
    reader: Reader,
    *,
    low: float | None = None,
    high: float | None = None,
    base_rate: float | None = None,
) -> Told:
    """Tell a probability, with its interval and base rate where they are known, to one reader.

    >>> told = tell(0.18, Reader("icd203"), low=0.1, high=0.3, base_rate=0.06)
    >>> told.word, told.frequency, told.times, told.erased
    ('very unlikely', '1 in 6', '3.0 times', True)
    >>> tell(0.18, Reader("phia"), base_rate=0.06).erased
    False

    Errors: LexiconError if a number is no probability, if one end of the interval is missing, or if it is upside down.
    """
    _check(probability, low, high, base_rate)
    scale, speech = yardstick(reader.yardstick), _Speech(reader.language)
    band = scale.band(probability)
    ratio = None if base_rate is None or base_rate < RAREST else probability / base_rate
    number, often = speech.percent(probability), "" if ratio is None else speech.times(ratio)
    base = "" if base_rate is None else speech.percent(base_rate)
    erased = (
        base_rate is not None
        and ratio is not None
        and not 1 / APART < ratio < APART
        and scale.words(probability) == scale.words(base_rate)
    )
    warning = speech.say("erased", base=base, number=number, times=often) if erased else ""
    figures = speech.say(
        "sentence",
        number=number,
        frequency=speech.frequency(probability),
        interval=speech.interval(low, high),
        against=speech.against(often, base),
    )
    return Told(
        probability=probability,
        low=low,
        high=high,
        base_rate=base_rate,
        ratio=ratio,
        yardstick=scale.key,
        language=reader.language,
        percent=number,
        frequency=speech.frequency(probability),
        times=often,
        word=band.term if band else speech.wordless(scale, probability),
        word_lang=scale.lang if band else reader.language,
        gloss=band.gloss if band else "",
        span=speech.span(band) if band else "",
        erased=erased,
        warning=warning,
        sentence=" ".join(part for part in (figures, speech.word(scale, band, probability), warning) if part),
    )


def _check(probability: float, low: float | None, high: float | None, base_rate: float | None) -> None:
    for name, value in (("probability", probability), ("low", low), ("high", high), ("base rate", base_rate)):
        if value is not None:
            checked(value, name)
    if (low is None) != (high is None):
        raise LexiconError("the interval has one end only", where="low, high", remedy="Give both ends, or neither")
    if low is not None and high is not None and low > high:
        raise LexiconError(
            f"the interval {low} to {high} is upside down", where="low, high", remedy="Give the lower end first"
        )


class _Speech:
    """The numbers of ``core.belief`` and the phrases of one language, put together."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.phrases = _phrases()[language]

    def say(self, key: str, **parts: str) -> str:
        return self.phrases[key].format(**parts)

    def quoted(self, word: str) -> str:
        return self.say("quote", word=word)

    def percent(self, probability: float) -> str:
        return percent(probability).replace(".", self.phrases["mark"])

    def frequency(self, probability: float) -> str:
        if NEARLY_ALL < probability < 1:
            return self.say("all_but", frequency=self.frequency(1 - probability))
        if probability < RAREST:
            return self.phrases["rarest" if probability else "none"]
        return one_in(probability).replace("in", self.phrases["in"])

    def times(self, ratio: float) -> str:
        if ratio > FARTHEST:
            return self.phrases["far_above"]
        if 0 < ratio < 1 / FARTHEST:
            return self.phrases["far_below"]
        return times(ratio).replace(".", self.phrases["mark"]).replace("times", self.phrases["times"])

    def span(self, band: Band) -> str:
        return band.span.replace("to", self.phrases["to"])

    def interval(self, low: float | None, high: float | None) -> str:
        if low is None or high is None:
            return self.phrases["no_interval"]
        return self.say("interval", low=self.percent(low), high=self.percent(high))

    def against(self, often: str, base: str) -> str:
        if not base:
            return self.phrases["no_base"]
        return self.say("ratio", times=often, base=base) if often else self.say("no_ratio", base=base)

    def word(self, scale: Yardstick, band: Band | None, probability: float) -> str:
        if band is None:
            return self.say("no_word", title=scale.title, phrase=self.wordless(scale, probability))
        gloss = self.say("gloss", gloss=self.quoted(band.gloss)) if band.gloss and scale.lang != self.language else ""
        return self.say("word", title=scale.title, word=self.quoted(band.term), gloss=gloss, span=self.span(band))

    def wordless(self, scale: Yardstick, probability: float) -> str:
        below, above = scale.beside(probability)
        if below and above:
            return self.say("gap", below=self.quoted(below.term), above=self.quoted(above.term))
        if above:
            return self.say("below", word=self.quoted(above.term))
        # A probability without a word lies above a band if it does not lie below one.
        last = max(scale.bands, key=lambda band: band.high)
        return self.say("above", word=self.quoted(last.term))
