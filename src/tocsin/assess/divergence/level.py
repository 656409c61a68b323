"""The level of a factor that both sides rate, on one side's evidence and in the other's judgement.

An item counts as seen by a side that cites it anywhere: a report that one side has and does not count for this factor
is a matter of judgement, not of evidence.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from tocsin.assess.divergence.side import Factor, Item, Side


def crossed(key: str, evidence: Side, judge: Side) -> float:
    """The level that ``judge`` would give on the evidence of ``evidence``; both the same side: the level it gave.

    * No information on one side only: if both saw all items, the judge decides between none and the level, otherwise
      the evidence does.
    * Every item read: mean of the readings of the items that would count, plus what the judge adds to the mean of its
      own (its level less that mean). Not cut to [0, 1], or the shares would not add up.
    * Otherwise: (1 - J) * level of ``evidence`` + J * level of ``judge``, where J is the share of the items that both
      saw (Jaccard's similarity of the two sets), 1 if there is none.
    """
    mine, theirs = judge.by_key[key], evidence.by_key[key]
    if evidence is judge:
        return mine.level or 0.0
    alike = similarity(key, evidence, judge)
    if mine.level is None or theirs.level is None:
        return (mine if alike == 1 else theirs).level or 0.0
    if readable(key, evidence, judge):
        return math.fsum([_mean(_counted(key, evidence, judge)), mine.level, -_mean(mine.evidence)])
    return (1 - alike) * theirs.level + alike * mine.level


def with_item(key: str, identity: str, holder: Side, receiver: Side) -> float:
    """The level that ``receiver`` would give after seeing one more item, which ``holder`` cites for this factor.

    Every item read: the mean of its own readings and the holder's of the new one, plus what it adds to the mean of its
    own, cut to [0, 1]. Otherwise: one part in n of the way to the holder's level, n being the items of both together.
    An item from which the holder drew no level moves nothing.
    """
    mine, theirs = receiver.by_key[key], holder.by_key[key]
    before = mine.level or 0.0
    if theirs.level is None:
        return before
    if mine.level is not None and readable(key, holder, receiver):
        more = _mean((*mine.evidence, theirs.cited[identity]))
        return min(max(math.fsum([more, mine.level, -_mean(mine.evidence)]), 0.0), 1.0)
    return before + (theirs.level - before) / len(_union(mine, theirs))


def similarity(key: str, a: Side, b: Side) -> float:
    """The share of the items cited for this factor that both sides saw, in [0, 1]; 1 if none is cited."""
    union = _union(a.by_key[key], b.by_key[key])
    return len(union & a.seen & b.seen) / len(union) if union else 1.0


def readable(key: str, a: Side, b: Side) -> bool:
    """Whether every item cited for this factor has a reading, and some item would count either way round."""
    cited = (*a.by_key[key].evidence, *b.by_key[key].evidence)
    if any(item.reading is None for item in cited):
        return False
    both_cite = a.by_key[key].evidence and b.by_key[key].evidence
    return bool(both_cite and _counted(key, a, b) and _counted(key, b, a))


def _counted(key: str, evidence: Side, judge: Side) -> list[Item]:
    """The items of ``evidence`` that count in the eyes of ``judge``, as the judge reads them if it has seen them."""
    mine = [item for item in judge.by_key[key].evidence if item.identity in evidence.seen]
    new = [item for item in evidence.by_key[key].evidence if item.identity not in judge.seen]
    return [*mine, *new]


def _union(mine: Factor, theirs: Factor) -> set[str]:
    return {*mine.cited, *theirs.cited}


def _mean(items: Iterable[Item]) -> float:
    readings = [item.reading for item in items if item.reading is not None]
    return math.fsum(readings) / len(readings)
