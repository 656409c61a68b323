"""What the lexicon consists of: schemes, their concepts, and the terms whose senses stand side by side."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Sense = Literal["legal", "policy", "statistical"]
Sign = Literal["raises", "lowers", "absence", "unsigned"]

SENSES: tuple[Sense, ...] = ("legal", "policy", "statistical")
SIGNS: tuple[Sign, ...] = ("raises", "lowers", "absence", "unsigned")

THRESHOLDS = {
    "minimumDeaths": "deaths at least",
    "minimumDeathsPerEvent": "deaths in one event at least",
    "windowYears": "within years",
    "horizonYears": "years ahead",
}
"""The numbers that a statistical sense may have, and what people call them."""


@dataclass(frozen=True)
class Concept:
    """One owner's sense of a word, one factor or question of a frame, or one variable.

    id: ``SCHEME:NOTATION``. labels, owner: by language (en, fr, ar). definition: ours, in English. source, paragraph,
    url: where the owner says it; url may be empty. compared: the definition has been read against the source's own
    words. terms: the keys of the terms that it is a sense of; sense: which kind of sense, if it is one.
    sign: what "present" does to the risk: raises or lowers it; absence: it names the lack of something protective,
    so present means more risk; unsigned: nothing. None where that is no question.
    crimes: keys of the terms for the crimes that a factor is about. thresholds: numbers of a statistical sense by
    a name of ``THRESHOLDS``. broader, narrower: ids within the scheme.
    """

    id: str
    scheme: str
    notation: str
    labels: Mapping[str, str]
    definition: str
    source: str
    paragraph: str
    url: str
    owner: Mapping[str, str]
    compared: bool
    sense: Sense | None = None
    sign: Sign | None = None
    terms: tuple[str, ...] = ()
    crimes: tuple[str, ...] = ()
    thresholds: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    broader: tuple[str, ...] = ()
    narrower: tuple[str, ...] = ()

    def label(self, language: str = "en") -> str:
        """The label in a language, or in English if there is none in that."""
        return self.labels.get(language, self.labels["en"])

    def owned_by(self, language: str = "en") -> str:
        """The owner's name in a language, or in English; empty if the concept has no owner of its own."""
        return self.owner.get(language, self.owner.get("en", ""))


@dataclass(frozen=True)
class Term:
    """A word whose senses stand side by side. A term has no definition: that would be a merged meaning.

    members: ids of its senses, legal first, then policy, then statistical.
    """

    key: str
    labels: Mapping[str, str]
    note: str
    members: tuple[str, ...]

    def label(self, language: str = "en") -> str:
        """The word in a language, or in English if there is none in that."""
        return self.labels.get(language, self.labels["en"])


@dataclass(frozen=True)
class Scheme:
    """A scheme: a vocabulary or a frame of assessment, with its version.

    titles: by language. issued: ISO date of the version. source, url: the document that it renders; owner: whose frame
    it is, by language, empty where each concept has its own. concepts: in the order of their notations.
    """

    key: str
    titles: Mapping[str, str]
    version: str
    issued: str
    description: str
    source: str
    url: str
    owner: Mapping[str, str]
    notes: tuple[str, ...]
    concepts: tuple[Concept, ...]
    terms: tuple[Term, ...] = ()

    def title(self, language: str = "en") -> str:
        """The title in a language, or in English if there is none in that."""
        return self.titles.get(language, self.titles["en"])

    @property
    def tops(self) -> tuple[Concept, ...]:
        """The concepts that have none above them."""
        return tuple(concept for concept in self.concepts if not concept.broader)

    def get(self, notation: str) -> Concept | None:
        """The concept with this notation, or None."""
        return next((concept for concept in self.concepts if concept.notation == notation), None)


def in_order(notation: str) -> tuple[tuple[int, int, str], ...]:
    """What to sort notations or ids by, so that 1.10 comes after 1.9 and words after numbers.

    >>> sorted(["1.10", "1.9", "2", "a.b"], key=in_order)
    ['1.9', '1.10', '2', 'a.b']
    """
    parts = re.split(r"[.:]", notation)
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts)
