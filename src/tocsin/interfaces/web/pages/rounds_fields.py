"""What a participant types into a round's forms, as ``desk`` takes it and back, and which box an error belongs to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tocsin.core.belief import typed_number, typed_probability
from tocsin.core.convening import Answer, Closing, Given, Question, Wishes
from tocsin.core.errors import ForecastError, StatementError
from tocsin.interfaces.web.composing import Typed

NUMBERS = ("lowest", "highest", "best")
"""In the order of the IDEA protocol: whoever begins with the ends is less sure of the middle."""

ESTIMATE = (*NUMBERS, "confidence", "reason")
"""The boxes of an estimate."""

LEAST_WISHES, MOST_WISHES = 3, 5
"""Boxes for recommendations: at first, and at most."""

LABELS = {
    "lowest": "Lowest",
    "highest": "Highest",
    "best": "Best",
    "confidence": "Confidence",
    "reason": "Reason",
}
"""The boxes of an estimate as the form calls them."""

PREFIX = "round:"
"""With what the name of every draft of a round's forms begins."""


def draft_name(round: str, stage: str, what: str) -> str:
    """Under which name a form of a round is kept: one for each stage and question."""
    return f"{PREFIX}{round}:{stage}:{what}"[:120]


def kept(sent: Typed) -> dict[str, list[str]]:
    """What a draft keeps of a form of a round: its own fields and nothing else that was sent."""
    names = (*ESTIMATE, "recommendation")
    more = (name for name in sent.fields if name.startswith(("dissent-", "support-")))
    return {name: list(sent.fields[name]) for name in (*names, *more) if sent.fields.get(name)}


def estimate(question: Question, sent: Typed) -> dict[str, Any]:
    """What ``answering.estimate`` takes.

    Errors: StatementError names the box and how to write what belongs there.
    """
    numbers = {name: number(question, sent.one(name), name) for name in NUMBERS}
    # Nobody is asked to be less than half sure, so a number without a sign can only mean per cent.
    said_so = sent.one("confidence").strip()
    bare = said_so.isdecimal() and 50 <= int(said_so) <= 100
    confidence = probability(f"{said_so} %" if bare else said_so, "confidence")
    if not numbers["lowest"] <= numbers["best"] <= numbers["highest"]:
        # Told as it was typed: 40 % is not 0.4 to whoever typed it, and a place on a scale is a word.
        low, best, high = (_typed(question, sent.one(name)) for name in ("lowest", "best", "highest"))
        raise StatementError(
            f"lowest {low}, best {best} and highest {high} are not in order",
            field="best",
            remedy="The best estimate lies between the lowest and the highest",
        )
    return {**numbers, "confidence": confidence, "reason": said(sent.one("reason"))}


def _typed(question: Question, text: str) -> str:
    """What was typed as its author reads it: on a scale the word, not its number."""
    text = text.strip()
    if question.answer is Answer.ORDINAL and text.isdecimal() and 1 <= int(text) <= len(question.scale):
        return question.scale[int(text) - 1]
    return text


def number(question: Question, text: str, field: str) -> float:
    """A value that answers a question, as it was typed.

    Errors: StatementError names the field and how to write it.
    """
    if question.answer is Answer.PROBABILITY:
        return probability(text, field)
    try:
        return typed_number(text)
    except ForecastError as error:
        what = error.what if text.strip() else f"the {field} is missing"
        remedy = "Choose a place on the scale" if question.answer is Answer.ORDINAL else error.remedy
        raise StatementError(what, field=field, remedy=remedy) from None


def probability(text: str, field: str) -> float:
    """A probability as it was typed.

    Errors: StatementError names the field and how to write it.
    """
    try:
        return typed_probability(text)
    except ForecastError as error:
        raise StatementError(error.what, field=field, remedy=error.remedy) from None


def said(text: str) -> str:
    """A text as it is kept, with the line ends of a text."""
    return text.replace("\r\n", "\n")


def from_given(question: Question, given: Given) -> Typed:
    """An estimate as the form shows it, so that it comes back as the same numbers."""

    def written(value: float) -> str:
        return f"{100 * value:.12g} %" if question.answer is Answer.PROBABILITY else f"{value:.15g}"

    fields = {name: [written(getattr(given, name))] for name in NUMBERS}
    return Typed(fields | {"confidence": [f"{100 * given.confidence:.12g} %"], "reason": [given.reason]})


def from_wishes(wishes: Wishes | None) -> Typed:
    """Proposed recommendations as the form shows them."""
    return Typed({"recommendation": list(wishes.recommendations) if wishes else []})


def wishes(sent: Typed) -> dict[str, Any]:
    """What ``answering.wish`` takes: the boxes that are not empty."""
    return {"recommendations": [said(one) for one in sent.all("recommendation") if one.strip()]}


def boxes(sent: Typed) -> list[str]:
    """Recommendations as typed, with empty boxes after them."""
    filled = [one for one in sent.all("recommendation") if one.strip()]
    return (filled + [""] * LEAST_WISHES)[: min(max(LEAST_WISHES, len(filled) + 1), MOST_WISHES)]


def from_closing(closing: Closing | None, places: Iterable[str]) -> Typed:
    """Dissents and support as the form shows them. places: identities of the recommendations."""
    if closing is None:
        return Typed({})
    dissents = {f"dissent-{key}": [text] for key, text in closing.dissents.items()}
    return Typed(dissents | {f"support-{id}": [closing.support[id]] for id in places if id in closing.support})


def closing(sent: Typed) -> dict[str, Any]:
    """What ``answering.close`` takes: the dissents that are not empty, and every choice that was made."""
    found: dict[str, dict[str, str]] = {"dissent": {}, "support": {}}
    for name in sent.fields:
        what, _, key = name.partition("-")
        if what in found and sent.one(name).strip():
            found[what][key] = said(sent.one(name))
    return {"dissents": found["dissent"], "support": found["support"]}


def label(name: str) -> str:
    """What a person calls a box of a round's forms; empty if it is none.

    >>> label("reason"), label("recommendation-1"), label("dissent-onset"), label("")
    ('Reason', 'Recommendation 2', 'Dissent', '')
    """
    first, _, rest = name.partition("-")
    if first == "recommendation" and rest.isdecimal():
        return f"Recommendation {int(rest) + 1}"
    return LABELS.get(name) or {"dissent": "Dissent", "support": "Support"}.get(first, "")


def box(error: StatementError, question: Question | None = None) -> str:
    """The name of the box that an error's field belongs to; empty if it is none.

    >>> box(StatementError("not in order", field="statement")), box(StatementError("late", field="stage"))
    ('best', '')
    """
    first, *rest = error.field.split(".")
    if first in ESTIMATE:
        return first
    if first == "statement":
        return "best"
    if first == "recommendations":
        return f"recommendation-{rest[0]}" if rest else "recommendation-0"
    return (
        f"{'dissent' if first == 'dissents' else 'support'}-{rest[0]}"
        if first in ("dissents", "support") and rest
        else ""
    )
