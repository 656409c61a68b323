"""The lexicon as an assessment needs it: frames with their factors, outcomes, and links from one frame to another.

A frame is a scheme whose concepts say what being present does to the risk. A scheme of terms is none.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from tocsin.core.errors import LexiconError
from tocsin.lexicon.scheme import Concept, Scheme, Term, concept, schemes, version

__all__ = [
    "Concept",
    "Group",
    "Scheme",
    "Term",
    "asked",
    "factor",
    "frame",
    "frames",
    "grouped",
    "offered",
    "outcome",
    "senses",
    "sign",
    "version",
]

EVENTS = (
    "mass-killing",
    "atrocity-crime",
    "genocide",
    "crimes-against-humanity",
    "war-crimes",
    "ethnic-cleansing",
    "mass-atrocity",
    "one-sided-violence",
)
"""The terms for something that can come about, in the order in which they are offered as an outcome."""


@cache
def frames() -> Mapping[str, Scheme]:
    """Every frame by its key."""
    return {key: one for key, one in schemes().items() if any(concept.sign for concept in one.concepts)}


def offered() -> tuple[Scheme, ...]:
    """The frames that people are asked to assess in: those that group their factors, as a list of variables does not.

    The UN's frame comes first: it is the one that all of them know.
    """
    grouped = [one for one in frames().values() if any(concept.broader for concept in one.concepts)]
    return tuple(sorted(grouped, key=lambda one: (not one.key.startswith("un-"), one.key)))


def frame(key: str) -> Scheme:
    """One frame by its key.

    Errors: LexiconError names the frames there are.
    """
    found = frames().get(key)
    if found is None:
        raise LexiconError(f"no frame is called {key[:60]!r}", remedy=f"Choose one of: {', '.join(frames())}")
    return found


def factor(frame: Scheme, notation: str) -> Concept:
    """A factor of a frame by its notation.

    Errors: LexiconError suggests the nearest.
    """
    found = frame.get(notation)
    if found is None:
        by_name = {name: one for one in frame.concepts for name in (one.notation, one.label().casefold())}
        near = difflib.get_close_matches(notation.casefold(), by_name, n=3)
        told = "; ".join(f"{by_name[name].notation} ({by_name[name].label()})" for name in near)
        first, last = frame.tops[0].notation, frame.tops[-1].notation
        remedy = f"Did you mean {told}?" if near else f"Write a notation of the frame, as {first} to {last}"
        raise LexiconError(f"the frame {frame.key} has no factor {notation[:60]!r}", remedy=remedy)
    return found


@cache
def senses() -> tuple[tuple[Term, tuple[Concept, ...]], ...]:
    """The terms for something that can come about, each with its owners' senses."""
    known = {term.key: term for one in schemes().values() for term in one.terms}
    ordered = [known[key] for key in EVENTS if key in known]
    return tuple((term, tuple(concept(id) for id in term.members)) for term in ordered)


def outcome(id: str) -> Concept:
    """A sense of a term, by ``SCHEME:NOTATION``.

    Errors: LexiconError suggests the nearest.
    """
    every = {one.id: one for scheme in schemes().values() for one in scheme.concepts if one.sense}
    found = every.get(id)
    if found is None:
        near = difflib.get_close_matches(id, every, n=3) or [one.id for _, members in senses() for one in members][:3]
        raise LexiconError(f"{id[:60]!r} is no sense of a term", remedy=f"Did you mean {' or '.join(near)}?")
    return found


@dataclass(frozen=True)
class Group:
    """Factors under one heading, in the frame's order, those below them included. own: whether the heading is rated."""

    head: Concept
    own: bool
    factors: tuple[Concept, ...]


@cache
def grouped(key: str) -> tuple[Group, ...]:
    """A frame as it is rated: a heading with its factors, or a factor with its indicators.

    A section of which nothing raises or lowers the risk holds no factors, but what an assessment leads to or what is
    done about it; it is left out.

    >>> [group.head.notation for group in grouped("us-araf")]
    ['1', '2', '3', '4']

    Errors: LexiconError names the frames there are.
    """
    scheme = frame(key)
    by_id = {one.id: one for one in scheme.concepts}

    def below(concept: Concept) -> list[Concept]:
        return [each for id in concept.narrower for each in (by_id[id], *below(by_id[id]))]

    found = [Group(top, bool(sign(top)) or not top.narrower, tuple(below(top))) for top in scheme.tops]
    return tuple(group for group in found if any(sign(one) for one in (group.head, *group.factors)))


def asked(key: str) -> tuple[Concept, ...]:
    """The factors that a frame wants rated: its headings, or what stands under a heading that is none; no indicators.

    >>> len(asked("un-framework-2014"))
    14
    """
    return tuple(
        one
        for group in grouped(key)
        for one in ([group.head] if group.own else [each for each in group.factors if group.head.id in each.broader])
    )


def sign(concept: Concept) -> int:
    """What being present does to the risk: 1 raises it, -1 lowers it, 0 says nothing of it.

    A factor that names the lack of something protective raises it.
    """
    return {"raises": 1, "absence": 1, "lowers": -1}.get(concept.sign or "", 0)
