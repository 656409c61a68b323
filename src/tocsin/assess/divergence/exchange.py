"""The one exchange between two sides, of an item of evidence or of a definition, that would close most of the gap."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from tocsin.assess.divergence.definition import alone, blurred, matched, outcome_offset, over
from tocsin.assess.divergence.level import with_item
from tocsin.assess.divergence.side import Side, expit
from tocsin.assess.divergence.steps import STEP, whole
from tocsin.core.belief import percent


@dataclass(frozen=True)
class Exchange:
    """What one side would take over from the other, and what that would do.

    kind: an item of evidence or a definition. about: the item's identity, the factor's key, ``outcome`` or
    ``horizon``. to: the name of the side that moves. closes: by how much the gap shrinks, in log-odds, above zero.
    probability_a, probability_b: the two conclusions afterwards. words: the same in a sentence.
    """

    kind: Literal["evidence", "definition"]
    about: str
    to: str
    closes: float
    probability_a: float
    probability_b: float
    words: str


@dataclass(frozen=True)
class _Move:
    """A side's log-odds after an exchange, what to do to bring it about, and by what that is reckoned."""

    kind: Literal["evidence", "definition"]
    about: str
    mover: Side
    log_odds: float
    order: str
    by: str = "by the declared weights"


def best_exchange(a: Side, b: Side) -> Exchange | None:
    """The single exchange that closes most of the gap, or None if none closes any.

    Tried are: each item that one side alone has seen, given to the other; each factor that one side alone has, taken
    in by the other; and each factor meant more broadly or narrowly, each difference of outcome (if both base rates are
    known) and of horizon, settled on either sense. Equal ones are told apart by their names, never by which is a.
    """
    gap = b.log_odds - a.log_odds

    def closed(move: _Move) -> int:
        after = move.log_odds - a.log_odds if move.mover is b else b.log_odds - move.log_odds
        return whole(abs(gap) - abs(after))

    moves = [*_of_evidence(a, b), *_of_evidence(b, a), *_of_definition(a, b)]
    moves.sort(key=lambda move: (-closed(move), move.kind, move.about, move.mover.name))
    if not moves or closed(moves[0]) <= 0:
        return None
    best = moves[0]
    closes = closed(best) * STEP
    after_a = expit(best.log_odds) if best.mover is a else a.probability
    after_b = expit(best.log_odds) if best.mover is b else b.probability
    words = (
        f"{best.order}: {best.by} this would close {_part(closes / abs(gap))} the gap, with "
        f"{a.name} at {percent(after_a)} and {b.name} at {percent(after_b)}."
    )
    return Exchange(best.kind, best.about, best.mover.name, closes, after_a, after_b, words)


def _of_evidence(holder: Side, receiver: Side) -> Iterator[_Move]:
    """The receiver's conclusion with each item that it has not seen, over all factors for which the holder cites it."""
    keys = matched(holder, receiver)
    for identity in sorted(holder.seen - receiver.seen):
        citing = [key for key in keys if identity in holder.by_key[key].cited]
        moves = [
            receiver.by_key[key].pull
            * (with_item(key, identity, holder, receiver) - (receiver.by_key[key].level or 0.0))
            for key in citing
        ]
        if moves:
            item = holder.by_key[citing[0]].cited[identity]
            order = f"Let {receiver.name} see “{item.label or identity}”, seen so far by {holder.name} alone"
            yield _Move("evidence", identity, receiver, math.fsum([receiver.log_odds, *moves]), order)


def _of_definition(a: Side, b: Side) -> Iterator[_Move]:
    for one in alone(a, b):
        order = f"Let {one.without.name} take in “{one.factor.name}”, with the rating and weight of {one.holder.name}"
        yield _Move("definition", one.factor.key, one.without, one.without.log_odds + one.factor.contribution, order)
    for key in blurred(a, b):
        settled, mover = _common_sense_first(key, a, b)
        change = settled.by_key[key].contribution - mover.by_key[key].contribution
        order = f"Settle on the sense of “{settled.by_key[key].name}” for {settled.name}, and on its rating and weight"
        yield _Move("definition", key, mover, mover.log_odds + change, order)
    for settled, mover in ((a, b), (b, a)):
        offset = outcome_offset(mover, settled)
        if a.outcome != b.outcome and offset is not None:
            order = f"Settle on one outcome, “{settled.outcome_name}”"
            yield _Move("definition", "outcome", mover, mover.log_odds + offset, order, "by the base rates given")
        if a.horizon != b.horizon:
            order = f"Settle on one horizon, {settled.horizon:g} months"
            converted = over(mover.probability, mover.horizon, settled.horizon)
            yield _Move("definition", "horizon", mover, converted, order, "at a constant hazard")


def _part(share: float) -> str:
    return f"{percent(share)} of" if share < 0.99 else "all of" if share > 0.999 else "nearly all of"


def _common_sense_first(key: str, a: Side, b: Side) -> tuple[Side, Side]:
    """The side whose sense of the factor is nearer to the common concept, then the other; by name if neither is."""
    first, second = sorted((a, b), key=lambda side: (side.by_key[key].relation in ("broad", "narrow"), side.name))
    return first, second
