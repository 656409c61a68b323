"""What the lexicon's few fixed values are called on a page: kinds of sense, signs, relations, numbers of a sense."""

from __future__ import annotations

from collections.abc import Mapping

from tocsin.desk.lexicon import Concept

SENSES = {
    "legal": "in law",
    "policy": "in policy",
    "statistical": "in statistics",
}
"""In which kind of sense an owner uses a word."""

SIGNS = {
    "raises": "present means more risk",
    "lowers": "present means less risk",
    "absence": "present means more risk, because something protective is missing",
    "unsigned": "present says neither more nor less risk",
}
"""What it means that a factor is present."""

RELATIONS = {
    "exact": "is the same as",
    "close": "is close to",
    "broad": "is narrower than",
    "narrow": "is broader than",
    "none": "is not to be taken for",
}
"""How a concept stands to another, read from the first to the second."""

MEANT = {
    "exact": "one may be written for the other",
    "close": "one may stand for the other in a first reading; the reason says where they part",
    "broad": "what it is mapped to takes in more",
    "narrow": "what it is mapped to is only a part of it",
    "none": "somebody has looked: the two differ, or nothing over there corresponds",
}
"""What follows from each relation for whoever reads one frame in another."""

NOTHING = "has nothing that corresponds"

TURNED = "turned round: what is present in one is absent in the other"

SILENT = "Nobody has said whether anything corresponds."

_DIRECTIONS = {"ar": "rtl"}


def threshold(concept: Concept) -> str:
    """The numbers that a statistical sense sets, as one phrase; empty if it sets none.

    >>> from tocsin.desk.lexicon import concept_view
    >>> threshold(concept_view("terms:mass-killing.ewp").concept)
    'at least 1,000 deaths, within 1 year'
    """
    phrases = {
        "minimumDeaths": lambda number: f"at least {number:,} deaths",
        "minimumDeathsPerEvent": lambda number: (
            f"at least {number:,} deaths in one event" if number else "no least number of deaths in an event"
        ),
        "windowYears": lambda number: f"within {number} {'year' if number == 1 else 'years'}",
        "horizonYears": lambda number: f"{number} {'year' if number == 1 else 'years'} ahead",
    }
    return ", ".join(phrases[name](concept.thresholds[name]) for name in phrases if name in concept.thresholds)


def direction(language: str) -> str:
    """In which direction a language is written, as HTML has it.

    >>> direction("ar"), direction("fr")
    ('rtl', 'ltr')
    """
    return _DIRECTIONS.get(language, "ltr")


def languages(labels: Mapping[str, str], language: str) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    """A label in a language, which language that is, and the same in every other.

    The English stands in where there is none.

    >>> languages({"en": "trigger", "fr": "déclencheur"}, "ar")
    ('trigger', 'en', (('fr', 'déclencheur'),))
    """
    shown = language if language in labels else "en"
    return labels[shown], shown, tuple((code, text) for code, text in labels.items() if code != shown)


WORDS = {
    "senses": SENSES,
    "signs": SIGNS,
    "relations": RELATIONS,
    "meant": MEANT,
    "nothing": NOTHING,
    "turned": TURNED,
    "silent": SILENT,
    "direction": direction,
    "in_languages": languages,
    "threshold": threshold,
}
"""All of it as the templates read it."""
