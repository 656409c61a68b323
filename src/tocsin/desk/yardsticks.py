"""Words for probabilities: yardsticks by owner, a probability told to a reader, a word carried to another yardstick."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.core.settings import Settings
from tocsin.desk.reading import read
from tocsin.lexicon.telling import APART, Reader, Told, languages, tell, tell_belief
from tocsin.lexicon.translation import Share, Table, Translation, table, translate
from tocsin.lexicon.yardstick import Band, Yardstick, yardstick, yardsticks

__all__ = [
    "Band",
    "Reader",
    "Share",
    "Spread",
    "Table",
    "Told",
    "Translation",
    "Yardstick",
    "languages",
    "spread",
    "table",
    "tell",
    "tell_belief",
    "translate",
    "yardstick",
    "yardsticks",
]


@dataclass(frozen=True)
class Spread:
    """How the forecasts of the serving release fall on a yardstick.

    words: the word, or the phrase where there is none, with the number of states that get it, in order of
    probability; words that no state gets are left out. of: states with a forecast. highest: the largest forecast.
    apart: states whose forecast is at least twice the base rate. hidden: how many of those get the base rate's word.
    """

    yardstick: str
    horizon: str
    words: tuple[tuple[str, int], ...]
    of: int
    highest: float
    base_rate: float
    apart: int
    hidden: int


def spread(settings: Settings, key: str) -> Spread:
    """How many states of the release get each word: what words alone would tell a reader of the whole list.

    Errors: LexiconError names the yardsticks there are; ReleaseError if no release can be read.
    """
    reader, release = Reader(key), read(settings).release
    told = sorted(
        (tell(country.probability, reader, base_rate=release.base_rate) for country in release.countries),
        key=lambda one: one.probability,
    )
    counts: dict[str, int] = {}
    for one in told:
        counts[one.word] = counts.get(one.word, 0) + 1
    apart = [one for one in told if one.ratio is not None and one.ratio >= APART]
    return Spread(
        yardstick=key,
        horizon=release.horizon,
        words=tuple(counts.items()),
        of=len(told),
        highest=told[-1].probability,
        base_rate=release.base_rate,
        apart=len(apart),
        hidden=sum(one.erased for one in apart),
    )
