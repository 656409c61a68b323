"""From one yardstick to another: what a word becomes for a reader of other words, and how much of it is lost.

For use where only the word has come down to us. Where the number is known it is told afresh (``telling``), and nothing
is lost. A word is taken to spread its meaning evenly over its published band, which is an assumption: no owner says
how probabilities lie within a band.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from tocsin.core.belief import significant
from tocsin.lexicon.yardstick import Band, Yardstick, yardstick


@dataclass(frozen=True)
class Share:
    """Which share of a word's band, in [0, 1], the other yardstick calls by ``term``."""

    term: str
    share: float


@dataclass(frozen=True)
class Translation:
    """One word of a yardstick, read by another.

    source, target: keys of the yardsticks. term, low, high: the word and its published band, as probabilities.
    shares: for each word of the target, lowest first, the share of the band that gets it. uncovered: the share that
    the target has no word for; all shares and it sum to 1.
    nearest: of the target's words whose published bands have something in common with this one, the one that moves the
    number least; None if there is none. shift: by how much it moves on average, in probability (``shift``); None
    without a word.
    loss: how much of the meaning the two do not share, in [0, 1] (``loss``); 0 if ``nearest`` has the same band, 1 if
    there is none.
    """

    source: str
    target: str
    term: str
    low: float
    high: float
    shares: tuple[Share, ...]
    uncovered: float
    nearest: str | None
    shift: float | None
    loss: float
    sentence: str


@dataclass(frozen=True)
class Table:
    """Every word of a yardstick, read by another.

    loss: the mean over the source's words. wordless: the source's words that the target cannot render at all.
    unused: the target's words that are nearest to none of the source's.
    """

    source: str
    target: str
    rows: tuple[Translation, ...]
    loss: float
    wordless: tuple[str, ...]
    unused: tuple[str, ...]


def translate(word: str, source: str, target: str) -> Translation:
    """What a word of one yardstick becomes on another.

    >>> found = translate("unlikely", "icd203", "phia")
    >>> found.nearest, round(found.loss, 2), round(found.uncovered, 2)
    ('unlikely', 0.6, 0.4)

    Errors: LexiconError if a yardstick or the word is not known; it names those that are.
    """
    from_, to = yardstick(source), yardstick(target)
    return _row(from_, from_.named(word), to)


def table(source: str, target: str) -> Table:
    """What every word of one yardstick becomes on another.

    >>> table("icd203", "icd203").loss
    0.0

    Errors: LexiconError if a yardstick is not known; it names those that are.
    """
    from_, to = yardstick(source), yardstick(target)
    rows = tuple(_row(from_, band, to) for band in from_.bands)
    used = {row.nearest for row in rows}
    return Table(
        source=source,
        target=target,
        rows=rows,
        loss=sum(row.loss for row in rows) / len(rows),
        wordless=tuple(row.term for row in rows if row.nearest is None),
        unused=tuple(band.term for band in to.bands if band.term not in used),
    )


def loss(one: Band, other: Band) -> float:
    """Share of the meaning that two bands do not have in common: 1 - overlap / wider of the two, in [0, 1].

    It is the total variation distance between even spreads over the two bands. Breadth gained counts as breadth lost
    does: who hears a wider word knows less than was said, who hears a narrower one believes more.

    >>> round(loss(Band("a", 0.20, 0.45), Band("b", 0.25, 0.35)), 9)
    0.6
    """
    common = min(one.high, other.high) - max(one.low, other.low)
    return 1 - max(0.0, common) / max(one.width, other.width)


def shift(one: Band, other: Band) -> float:
    """How far a number moves on average, in probability, if one band is heard as the other.

    Each place of one band goes to the same place of the other: the integral over u from 0 to 1 of |(1 - u) a + u b|,
    where a is the difference of the lower ends and b that of the upper ends. It is the Wasserstein-1 distance between
    even spreads over the two bands.

    >>> round(shift(Band("a", 0.20, 0.45), Band("b", 0.25, 0.35)), 4)
    0.0417
    """
    a, b = one.low - other.low, one.high - other.high
    if a * b >= 0:
        return abs(a + b) / 2
    return (a * a + b * b) / (2 * (abs(a) + abs(b)))


def _row(source: Yardstick, band: Band, target: Yardstick) -> Translation:
    shares, uncovered = _shares(band, target)
    akin = [other for other in target.bands if loss(band, other) < 1]
    # Between equals the higher: a warning is not to shrink in translation.
    nearest = min(akin, key=lambda other: (shift(band, other), -other.low, -other.high), default=None)
    return Translation(
        source=source.key,
        target=target.key,
        term=band.term,
        low=band.low,
        high=band.high,
        shares=shares,
        uncovered=uncovered,
        nearest=nearest.term if nearest else None,
        shift=shift(band, nearest) if nearest else None,
        loss=loss(band, nearest) if nearest else 1.0,
        sentence=_sentence(source, band, target, shares, uncovered, nearest),
    )


def _shares(band: Band, target: Yardstick) -> tuple[tuple[Share, ...], float]:
    """Cut the band wherever the target's word may change, and give each piece to the word of its middle."""
    ends = {end for other in target.bands for end in (other.low, other.high) if band.low < end < band.high}
    cuts = [band.low, *sorted(ends), band.high]
    parts = dict.fromkeys((other.term for other in target.bands), 0.0)
    uncovered = 0.0
    for low, high in pairwise(cuts):
        part = (high - low) / band.width
        if other := target.band((low + high) / 2):
            parts[other.term] += part
        else:
            uncovered += part
    return tuple(Share(term, share) for term, share in parts.items()), uncovered


def _sentence(
    source: Yardstick,
    band: Band,
    target: Yardstick,
    shares: tuple[Share, ...],
    uncovered: float,
    nearest: Band | None,
) -> str:
    said = f"{source.title} '{band.term}' ({band.span})"
    if nearest is None:
        return f"{said} has no counterpart on {target.title}: nothing of it gets a word there. Loss 1 of 1."
    pieces = [f"'{one.term}' for {_part(one.share)}" for one in shares if one.share > 0]
    if uncovered > 0:
        pieces.append(f"no word for {_part(uncovered)}")
    return (
        f"{said} comes nearest to {target.title} '{nearest.term}' ({nearest.span}). For the numbers it may stand for, "
        f"{target.title} has {_listed(pieces)}. Heard as that word, the number moves by "
        f"{significant(100 * shift(band, nearest))} points on average; loss {loss(band, nearest):.2f} of 1."
    )


def _part(share: float) -> str:
    """A share of the range, so written that what is little is not shown as nothing, nor what is not all as all.

    >>> _part(0.4), _part(0.001), _part(0.999), _part(1.0)
    ('40 %', 'under 1 %', 'over 99 %', 'all of them')
    """
    if share > 1 - 1e-9:
        return "all of them"
    if share < 0.01:
        return "under 1 %"
    return "over 99 %" if share > 0.99 else f"{round(100 * share)} %"


def _listed(pieces: list[str]) -> str:
    return pieces[0] if len(pieces) == 1 else f"{', '.join(pieces[:-1])} and {pieces[-1]}"
