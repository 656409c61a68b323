"""Differing understandings: how much of the gap between two assessments each of four causes explains.

Method page: docs/methods/differing-understandings.md.
"""

from tocsin.assess.divergence.exchange import Exchange
from tocsin.assess.divergence.gap import CAUSES, Cause, Divergence, Reason, diverge
from tocsin.assess.divergence.side import Factor, Item, Relation, Side

__all__ = [
    "CAUSES",
    "Cause",
    "Divergence",
    "Exchange",
    "Factor",
    "Item",
    "Reason",
    "Relation",
    "Side",
    "diverge",
]
