"""Two assessments as the two sides of a comparison: one frame for both, and the same item under the same name.

What a reader may not see of the evidence stands as an item of its own that nobody else has, whatever it is.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tocsin.assess.divergence import Factor, Item, Relation, Side
from tocsin.assess.divergence.side import HEAVIEST
from tocsin.core.assessing import GRADE, ODDS, Assessment, Cited, Rated, Status
from tocsin.core.errors import LexiconError
from tocsin.core.statement import Evidence
from tocsin.desk.assessing import frames
from tocsin.desk.assessing.rendering import best, graded
from tocsin.lexicon.crosswalk import Bearing, Rendered, render

MEANS: dict[Bearing, Relation] = {
    "exact": "exact",
    "close": "close",
    "broad": "narrow",
    "narrow": "broad",
    "overlap": "broad",
}
"""What a crosswalk says of the target, as what the side means: where the target is broader, the side means less."""

_ALIKE: tuple[Relation, ...] = ("exact", "close")
"""Relations close enough for a factor that is not rated to be taken as no information on the other's."""

_WORST: tuple[Relation, ...] = ("exact", "close", "narrow", "broad", "none")


@dataclass(frozen=True)
class Whole:
    """An assessment with all that a reader may know of its evidence, by key; None for an item that is not for them."""

    id: str
    name: str
    body: Assessment
    evidence: Mapping[str, Evidence | None]


def side(whole: Whole, frame: str, wanted: frozenset[str]) -> Side:
    """An assessment in a frame.

    wanted: ids of the factors that the other side rates. What leads to none of them, and closely to none that the
    other side's frame asks for, is this side's alone.

    Errors: AssessmentError if its probability is certainty, or something else has no odds.
    """
    overall = whole.body.overall
    unrated, inapplicable = _silent(whole.body, frame, wanted)
    return Side(
        name=whole.name,
        probability=overall.probability,
        outcome=overall.outcome,
        horizon=float(overall.horizon),
        factors=(*_of_frame(whole, frame, wanted), *_resilience(whole)),
        base_rate=overall.base_rate,
        also_saw=frozenset(_identity(whole, key) for key in {*whole.evidence, *whole.body.cited}),
        outcome_label=_outcome(overall.outcome),
        unrated=unrated,
        inapplicable=inapplicable,
    )


def rated(body: Assessment) -> frozenset[str]:
    """The ids of the factors that an assessment rates and that apply."""
    return frozenset(f"{body.frame}:{one.factor}" for one in body.ratings if one.status is not Status.NOT_APPLICABLE)


def _silent(body: Assessment, frame: str, wanted: frozenset[str]) -> tuple[frozenset[str], frozenset[str]]:
    """The factors of the common frame that the assessment's own frame asks for in the same or nearly the same sense,
    without a rating: those that it does not rate, and those of which it says that they do not apply.
    """
    own = frames.frames().get(body.frame)
    if own is None:
        return frozenset(), frozenset()
    found = {one.factor: one.status for one in body.ratings}
    left = {one.id: found.get(one.notation) for one in own.concepts}
    open_ = [id for id, status in left.items() if status in (None, Status.NOT_APPLICABLE)]
    if body.frame == frame:
        leads = [(id, id) for id in open_]
    else:
        leads = [(one.concept, one.target) for one in render(open_, frame).found if MEANS[one.relation] in _ALIKE]
    unrated = frozenset(target for id, target in leads if left[id] is None)
    return unrated, frozenset(target for id, target in leads if left[id] is not None) - unrated


def _of_frame(whole: Whole, frame: str, wanted: frozenset[str]) -> list[Factor]:
    """The frame's factors, those joined that lead to one of the other frame."""
    body = whole.body
    own = frames.frames().get(body.frame)
    together: dict[str, list[Factor]] = {}
    for rating in body.ratings:
        if rating.status is Status.NOT_APPLICABLE:
            continue
        id = f"{body.frame}:{rating.factor}"
        concept = own.get(rating.factor) if own else None
        sign = frames.sign(concept) if concept else 0
        label = f"{rating.factor} {concept.label()}" if concept else rating.factor
        factor = _factor(whole, id, rating, sign, label, inverted=False)
        if body.frame == frame:
            together.setdefault(id, []).append(factor)
            continue
        lead = _lead(id, frame, wanted) if concept else None
        if lead is None:
            together.setdefault(id, []).append(replace(factor, relation="none"))
            continue
        if lead.inverted:
            factor = _factor(whole, id, rating, sign, label, inverted=True)
        together.setdefault(lead.target, []).append(replace(factor, relation=MEANS[lead.relation]))
    known = frames.frames().get(frame)
    found: list[Factor] = []
    for key, parts in together.items():
        target = known.get(key.partition(":")[2]) if known and key.startswith(f"{frame}:") else None
        found += joined(key, parts, f"{target.notation} {target.label()}" if target else parts[0].label)
    return found


def _lead(id: str, frame: str, wanted: frozenset[str]) -> Rendered | None:
    """The factor of the frame to which another frame's leads: of those that the other side rates the best fit; where
    there is none, one that it could have rated, if that means the same or nearly the same.
    """
    found = render([id], frame).found
    alike = [one for one in found if MEANS[one.relation] in _ALIKE]
    return best(found, wanted) or best(alike, {one.target for one in alike})


def joined(key: str, parts: Sequence[Factor], label: str) -> list[Factor]:
    """Factors that lead to one, as one: its weight is the sum of theirs, its level their mean by weight, so that
    together they move the odds as far as before. What pulls the other way, or is too much, stays apart.
    """
    first, *others = sorted(parts, key=lambda one: _WORST.index(one.relation))
    taken, apart, weight = [first], [], first.weight
    for one in others:
        if one.sign == first.sign and weight + one.weight <= HEAVIEST:
            taken.append(one)
            weight += one.weight
        else:
            apart.append(replace(one, relation="none"))
    if len(taken) == 1:
        return [replace(first, key=key, label=label), *apart]
    told = [one for one in taken if one.level is not None]
    heavy = math.fsum(one.weight for one in told)
    level = None
    if told:
        levels = [(one.level or 0.0, one.weight if heavy else 1.0) for one in told]
        level = min(1.0, math.fsum(at * by for at, by in levels) / math.fsum(by for _, by in levels))
    whole = Factor(
        key=key,
        level=level,
        weight=heavy if told else weight,
        sign=first.sign,
        relation=taken[-1].relation,
        evidence=_once([item for one in taken for item in one.evidence]),
        label=label,
    )
    return [whole, *apart]


def _resilience(whole: Whole) -> list[Factor]:
    """What makes atrocities less likely, in the author's words: the same only where the words are."""
    return [
        replace(
            _factor(whole, f"resilience:{' '.join(one.what.casefold().split())}", one, -1, one.what, inverted=False),
            named=True,
        )
        for one in whole.body.resilience
        if one.status is not Status.NOT_APPLICABLE
    ]


def _factor(whole: Whole, key: str, rated: Rated, sign: int, label: str, *, inverted: bool) -> Factor:
    """A rating as a factor. One that says nothing of the risk has no weight, whatever importance was ticked."""
    level = graded(rated.status, rated.level)
    if inverted:
        level, sign = None if level is None else 1 - level, -sign
    return Factor(
        key=key,
        level=level,
        weight=math.log(ODDS[rated.importance]) if sign else 0.0,
        sign=-1 if sign < 0 else 1,
        evidence=_once([_item(whole, one, inverted) for one in rated.evidence]),
        label=label,
    )


def _item(whole: Whole, cited: Cited, inverted: bool) -> Item:
    points = None if cited.points_to is None else GRADE[cited.points_to]
    reading = 1 - points if inverted and points is not None else points
    return Item(_identity(whole, cited.item), reading, _label(whole, cited.item))


def _identity(whole: Whole, key: str) -> str:
    """What an item is the same by: a digest, an identity, or the words of a source."""
    entry = whole.evidence.get(key)
    if entry is None:
        return f"unseen:{whole.id}:{key}"
    return f"{entry.type}:{' '.join(entry.reference.casefold().split())}"


def _label(whole: Whole, key: str) -> str:
    entry = whole.evidence.get(key)
    if entry is None:
        return f"{key} (not for you)"
    return entry.reference[:120] if entry.type == "source" else f"{entry.type} {entry.reference[:12]}"


def _once(items: Sequence[Item]) -> tuple[Item, ...]:
    """Each item once; read differently in two places, it points between."""
    met: dict[str, list[Item]] = {}
    for item in items:
        met.setdefault(item.identity, []).append(item)
    return tuple(replace(same[0], reading=_mean([one.reading for one in same])) for same in met.values())


def _mean(readings: Sequence[float | None]) -> float | None:
    told = [one for one in readings if one is not None]
    return math.fsum(told) / len(told) if len(told) == len(readings) else None


def _outcome(id: str) -> str:
    try:
        return frames.outcome(id).label()
    except LexiconError:
        return id
