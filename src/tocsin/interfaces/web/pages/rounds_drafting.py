"""What a convenor types to register a round, as ``desk`` takes it, and which box an error belongs to."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tocsin.core.belief import typed_number, typed_probability
from tocsin.core.errors import ForecastError, PlaceError, StatementError
from tocsin.core.statement import Subject
from tocsin.desk.visit import Visit
from tocsin.interfaces.web import asked, composing
from tocsin.interfaces.web.composing import Typed

DRAFT = "round:register"
"""The name under which the form is kept."""

QUESTIONS, INVITED, SOURCES = 40, 64, 30
"""Questions, invitations and rows of the background pack at most."""

QUESTION = (
    "text",
    "key",
    "answer",
    "outcome",
    "horizon",
    "criteria",
    "examples",
    "term",
    "unit",
    "least",
    "most",
    "scale",
    "base_rate",
    "base_rate_source",
)
"""The boxes of a question, which have its number after them."""

ROUND = (
    "subject",
    "title",
    "purpose",
    "attributed",
    "method",
    "first_until",
    "second_until",
    "closing_until",
    "tlp",
    "caveat",
    "audience",
    "within",
)
"""The boxes of the round itself."""

COUNTS = ("questions", "invitations")
"""How many of each are on the form."""

_ENDS = ("first_until", "second_until", "closing_until")


def kept(sent: Typed) -> dict[str, list[str]]:
    """What a draft keeps: the form's own fields and nothing else that was sent."""
    rows = [
        *(f"{name}-{number}" for number in range(QUESTIONS) for name in QUESTION),
        *(f"{name}-{number}" for number in range(INVITED) for name in ("organisation", "role")),
        *(f"{name}-{number}" for number in range(SOURCES) for name in composing.ROW),
    ]
    return {name: list(sent.fields[name]) for name in (*ROUND, *COUNTS, *rows) if sent.fields.get(name)}


def shown(sent: Typed, name: str, most: int) -> int:
    """How many questions or invitations are on the form: one at least.

    >>> shown(Typed({"questions": ["3"]}), "questions", 40), shown(Typed({"questions": ["x"]}), "questions", 40)
    (3, 1)
    """
    text = sent.one(name)
    return min(max(int(text), 1), most) if text.isascii() and text.isdecimal() and len(text) < 4 else 1


def given(visit: Visit, sent: Typed) -> dict[str, Any]:
    """What ``registering.register`` takes.

    Errors: StatementError names the box and how to write what belongs there.
    """
    return {
        "body": {
            "title": sent.one("title"),
            "purpose": _text(sent.one("purpose")),
            "questions": [_question(sent, number) for number in range(shown(sent, "questions", QUESTIONS))],
            "invitations": invitations(sent),
            "attributed": sent.one("attributed"),
            "method": sent.one("method") or "median",
            **{name: _moment(sent.one(name), name) for name in _ENDS},
        },
        "subject": _subject(visit, sent.one("subject")),
        "marking": composing.marking(visit, sent),
        "evidence": _sources(sent),
    }


def _subject(visit: Visit, text: str) -> dict[str, Any]:
    try:
        found: Subject = asked.subject(visit, text)
    except PlaceError as error:
        raise StatementError(error.what, field="subject", remedy=error.remedy) from None
    return found.model_dump(mode="json")


def _question(sent: Typed, number: int) -> dict[str, Any]:
    cells = {name: sent.one(f"{name}-{number}").strip() for name in QUESTION}
    numbers = {
        name: _read(cells[name], f"body.questions.{number}.{name}", name == "base_rate")
        for name in ("least", "most", "base_rate")
    }
    return {
        **{name: _text(cells[name]) for name in ("text", "answer", "outcome", "horizon", "criteria")},
        **{name: cells[name] for name in ("unit", "base_rate_source")},
        **numbers,
        "key": cells["key"] or f"q{number + 1}",
        "examples": _lines(cells["examples"]),
        "scale": _lines(cells["scale"]),
        "term": cells["term"] or None,
    }


def _read(text: str, field: str, probable: bool) -> float | None:
    if not text:
        return None
    try:
        return typed_probability(text) if probable else typed_number(text)
    except ForecastError as error:
        raise StatementError(error.what, field=field, remedy=error.remedy) from None


def invitations(sent: Typed) -> list[dict[str, Any]]:
    """Whom the form invites: the rows in which an organisation is chosen."""
    rows = range(shown(sent, "invitations", INVITED))
    found = [(sent.one(f"organisation-{row}"), sent.one(f"role-{row}")) for row in rows]
    return [{"organisation": id, "role": role or None} for id, role in found if id]


def _moment(text: str, name: str) -> str:
    """A moment as a browser sends it, in UTC.

    Errors: StatementError if it is none.
    """
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        what = f"{text[:40]!r} is no moment" if text.strip() else "the moment is missing"
        raise StatementError(
            what, field=f"body.{name}", remedy="Write day and time in UTC, as in 2026-12-01T18:00"
        ) from None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).isoformat()


def _sources(sent: Typed) -> list[dict[str, str]]:
    found = []
    for row in range(SOURCES):
        cells = {name: sent.one(f"{name}-{row}").strip() for name in composing.ROW}
        if cells["reference"] or cells["remark"]:
            stated = len(cells["reference"]) == 64 and not set(cells["reference"]) - set("0123456789abcdef")
            found.append(
                {
                    "type": "statement" if stated else "source",
                    "reference": cells["reference"],
                    "reliability": cells["reliability"] or "F",
                    "credibility": cells["credibility"] or "6",
                    "note": cells["remark"],
                }
            )
    return found


def _lines(text: str) -> list[str]:
    return [line.strip() for line in _text(text).split("\n") if line.strip()]


def _text(text: str) -> str:
    return text.replace("\r\n", "\n")


_LABELS = {
    "subject": "About",
    "title": "Title",
    "purpose": "Purpose",
    "attributed": "What is said is shown",
    "method": "Probabilities are pooled by",
    "first_until": "First estimates until",
    "second_until": "Second estimates until",
    "closing_until": "The ends of the stages",
    "tlp": "Label",
    "caveat": "Caveats",
    "audience": "Audience",
}

_OF_QUESTION = {"text": "the question", "answer": "answered by", "criteria": "how it is settled"} | {
    "examples": "worked examples",
    "base_rate_source": "the source of the base rate",
}


def label(box: str) -> str:
    """What a convenor calls a box of the form; empty if it is none.

    >>> label("purpose"), label("examples-1"), label("organisation-0"), label("reference-2"), label("")
    ('Purpose', 'Question 2, worked examples', 'Organisation 1', 'Source 3', '')
    """
    if box in _LABELS:
        return _LABELS[box]
    name, _, number = box.rpartition("-")
    if not number.isdecimal():
        return ""
    if name in QUESTION:
        return f"Question {int(number) + 1}, {_OF_QUESTION.get(name, name.replace('_', ' '))}"
    if name == "organisation":
        return f"Organisation {int(number) + 1}"
    told = {"reference": "", "reliability": ", reliability", "credibility": ", information", "remark": ", remark"}
    return f"Source {int(number) + 1}{told[name]}" if name in told else ""


def box(field: str) -> str:
    """The box that an error's field belongs to; empty if it is none.

    >>> box("body.questions.1.examples.0"), box("body.questions.0"), box("body.invitations.2"), box("body.first_until")
    ('examples-1', 'text-0', 'organisation-2', 'first_until')
    >>> box("marking.audience"), box("body"), box("evidence.0.reference"), box("subject.id")
    ('audience', 'closing_until', 'reference-0', 'subject')
    """
    match field.split("."):
        case ["body", "questions", number, *rest]:
            return f"{rest[0] if rest and rest[0] in QUESTION else 'text'}-{number}"
        case ["body", "invitations", *rest]:
            return f"organisation-{rest[0] if rest else 0}"
        case ["body", name, *_]:
            return {"questions": "text-0", "invitations": "organisation-0"}.get(name, name)
        case ["body"]:
            # What is wrong with the whole of it: the order of its ends, or two questions with one key.
            return "closing_until"
        case ["subject", *_]:
            return "subject"
        case _:
            return composing.box(field)
