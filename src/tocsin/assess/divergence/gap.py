"""The gap between two assessments, taken apart into definition, evidence, weight and judgement.

v(S) is the conclusion, in log-odds, with the components in S taken from b and the rest from a; each cause's share is
its Shapley value. v is a sum over factors, start and definitions, so the shares are computed for each and added.

Sources: Shapley (1953); Good (1950). Method page: docs/methods/differing-understandings.md.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from tocsin.assess.divergence.definition import alone, blurred, completed, horizon_offset, matched, outcome_offset
from tocsin.assess.divergence.exchange import Exchange, best_exchange
from tocsin.assess.divergence.level import crossed
from tocsin.assess.divergence.shapley import shapley
from tocsin.assess.divergence.side import Side
from tocsin.assess.divergence.steps import STEP, apportioned
from tocsin.assess.divergence.wording import Wording
from tocsin.core.errors import AssessmentError

Cause = Literal["definition", "evidence", "weight", "judgement"]
CAUSES: tuple[Cause, ...] = ("definition", "evidence", "weight", "judgement")
"""The four players, in the order in which they are shown."""


@dataclass(frozen=True)
class Reason:
    """One piece of the gap.

    cause: one of the four. about: the factor's key, or ``outcome``, ``horizon`` or ``start``. share: in log-odds, from
    a to b, never zero. words: a sentence. items: the identities of the items of evidence behind it.
    """

    cause: Cause
    about: str
    share: float
    words: str
    items: tuple[str, ...] = ()


@dataclass(frozen=True)
class Divergence:
    """How far two conclusions lie apart, and why.

    a, b: the names. gap: logit(probability_b) - logit(probability_a), to the nearest 2^-32. definition, evidence,
    weight, judgement: its shares in log-odds, which sum to the gap exactly; they may have opposite signs. reasons: the
    pieces, largest first; those of a cause sum to its share exactly. untold: why definition and starting point cannot
    be told apart; empty if they can. exchange: the one that would close most, or None.
    """

    a: str
    b: str
    probability_a: float
    probability_b: float
    gap: float
    definition: float
    evidence: float
    weight: float
    judgement: float
    reasons: tuple[Reason, ...]
    untold: str
    exchange: Exchange | None

    @property
    def shares(self) -> dict[Cause, float]:
        """The share of each cause in log-odds, in the order of ``CAUSES``."""
        return {
            "definition": self.definition,
            "evidence": self.evidence,
            "weight": self.weight,
            "judgement": self.judgement,
        }

    @property
    def gross(self) -> float:
        """The sum of the sizes of all reasons: far above the gap's size where reasons cancel each other."""
        return math.fsum(abs(reason.share) for reason in self.reasons)


def diverge(a: Side, b: Side) -> Divergence:
    """Say how much of the gap between two assessments of one place is due to each of the four causes.

    Exchanging a and b changes the sign of every share and nothing else. The order of factors and items does not matter.

    Errors: AssessmentError if the two have the same name.

    Both see the same report and rate alike, but one lets the factor move the odds by 3, the other by 10:

    >>> from math import log
    >>> from tocsin.assess.divergence.side import Factor, Item, Side, expit
    >>> def side(name: str, weight: float) -> Side:
    ...     factor = Factor("militias", 1.0, weight, evidence=(Item("report"),))
    ...     return Side(name, expit(-4 + weight), "mass-killing", 12, (factor,))
    >>> found = diverge(side("North", log(3)), side("South", log(10)))
    >>> {cause: round(share, 4) for cause, share in found.shares.items()}
    {'definition': 0.0, 'evidence': 0.0, 'weight': 1.204, 'judgement': 0.0}
    >>> found.reasons[0].words
    'For North “militias” multiplies the odds by up to 3.0, for South it multiplies them by up to 10.'
    """
    if a.name == b.name:
        raise AssessmentError(
            f"both sides are called {a.name}", remedy="Add what tells them apart, for example the date"
        )
    a, b = completed(a, b), completed(b, a)
    wording = Wording(a, b)
    pieces = sorted(_pieces(a, b, wording), key=lambda piece: (CAUSES.index(piece.cause), piece.about, piece.words))
    gap = b.log_odds - a.log_odds
    steps = apportioned([piece.share for piece in pieces], gap)
    total = dict.fromkeys(CAUSES, 0)
    for piece, share in zip(pieces, steps, strict=True):
        total[piece.cause] += share
    reasons = [replace(piece, share=share * STEP) for piece, share in zip(pieces, steps, strict=True) if share]
    return Divergence(
        a=a.name,
        b=b.name,
        probability_a=a.probability,
        probability_b=b.probability,
        gap=sum(steps) * STEP,
        **{cause: share * STEP for cause, share in total.items()},
        reasons=tuple(sorted(reasons, key=lambda reason: -abs(reason.share))),
        untold=wording.untold() if outcome_offset(a, b) is None else "",
        exchange=best_exchange(a, b),
    )


def _pieces(a: Side, b: Side, wording: Wording) -> Iterator[Reason]:
    """Every piece of the gap, also those that are zero, not yet in whole steps; they sum to it up to rounding."""
    horizon, outcome = horizon_offset(a, b), outcome_offset(a, b)
    rest = math.fsum([b.start, -a.start, -horizon])
    if outcome is None:
        # Nobody can tell how far the outcomes differ, so all that no factor explains counts as definition.
        outcome = rest
    yield Reason("definition", "horizon", horizon, wording.horizon())
    yield Reason("definition", "outcome", outcome, wording.outcome())
    yield Reason("weight", "start", rest - outcome, wording.start())
    for one in alone(a, b):
        share = one.factor.contribution if one.holder is b else -one.factor.contribution
        yield Reason("definition", one.factor.key, share, wording.alone(one), tuple(sorted(one.factor.cited)))
    for key in blurred(a, b):
        share = b.by_key[key].contribution - a.by_key[key].contribution
        yield Reason("definition", key, share, wording.blurred(key))
    for key in matched(a, b):
        yield from _of_factor(key, a, b, wording)


def _of_factor(key: str, a: Side, b: Side, wording: Wording) -> Iterator[Reason]:
    """What evidence, weight and judgement do through a factor that both sides rate and mean alike."""

    def contribution(from_b: frozenset[Cause]) -> float:
        evidence, weight, judge = (b if cause in from_b else a for cause in ("evidence", "weight", "judgement"))
        return weight.by_key[key].pull * crossed(key, evidence, judge)

    share = shapley(CAUSES, contribution)
    apart, shared = wording.seen_by_one(key), wording.seen_by_both(key)
    yield Reason("evidence", key, share["evidence"], wording.evidence(key), apart)
    yield Reason("weight", key, share["weight"], wording.weight(key))
    yield Reason("judgement", key, share["judgement"], wording.judgement(key), shared)
