"""A structured assessment in words: the judgement, what was found of each factor, and on what it rests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tocsin.core.assessing import Assessment, Rated
from tocsin.core.belief import one_in, percent, times
from tocsin.core.errors import LexiconError
from tocsin.desk.assessing import frames
from tocsin.desk.document import Block, Bullets, Heading, KeyFigure, Paragraph, Table


def assessment(body: Assessment, sources: Mapping[str, str] | None = None) -> list[Block]:
    """A structured assessment. sources: what its items of evidence are, by key, as far as the reader may know."""
    sources = sources or {}
    overall = body.overall
    lines = [
        f"{percent(overall.probability)}, between {percent(overall.low)} and {percent(overall.high)}; "
        f"confidence {overall.confidence}.",
        f"Outcome: {_sense(overall.outcome)}, within {overall.horizon} months.",
    ]
    if overall.base_rate:
        lines.append(f"{times(overall.probability / overall.base_rate).capitalize()} the base rate given.")
    lines.append(saw_model(body))
    title, labels = _frame(body)
    names = [f"{one.factor} {labels.get(one.factor, '')}".rstrip() for one in body.ratings]
    rated = tuple((name, *_rated(one, sources)) for name, one in zip(names, body.ratings, strict=True))
    resilient = tuple((one.what, *_rated(one, sources)) for one in body.resilience)
    left = unrated(body)
    columns = ("Factor", "Found", "Direction", "Confidence", "Importance", "Rests on")
    return [
        KeyFigure(one_in(overall.probability), tuple(lines)),
        *(Paragraph(line) for line in body.summary.splitlines() if line.strip()),
        Heading(f"Factors of {title}"),
        Table(columns, rated),
        *([Paragraph(left)] if left else []),
        Heading("Resilience"),
        Table(("What", *columns[1:]), resilient) if resilient else Paragraph(f"None named: {body.no_resilience}"),
        Heading("Protective actors"),
        Bullets(tuple(f"{one.group}: {one.protects}" for one in body.protectors))
        if body.protectors
        else Paragraph(f"None named: {body.no_protectors}"),
        *_listed("Possible perpetrators, as groups", [f"{p.group}: {p.motive} {p.means}" for p in body.perpetrators]),
        *_listed("Possible targets, as groups", [f"{t.group}: {t.why}" for t in body.targets]),
        *_listed("Assumptions", body.assumptions),
        *_listed("What would change this judgement", body.would_change),
    ]


def saw_model(body: Assessment) -> str:
    """Whether the assessor had seen the model's number, as far as they said."""
    if body.saw_model is None:
        return "The assessor did not say that they had seen the model's number."
    return f"The assessor {'had' if body.saw_model else 'said that they had not'} seen the model's number."


def unrated(body: Assessment) -> str:
    """How many of the factors that its frame wants rated an assessment leaves out; empty if none.

    An indicator that is rated does not rate its factor.
    """
    if body.frame not in frames.frames():
        return ""
    rated, asked = {one.factor for one in body.ratings}, frames.asked(body.frame)
    left = sum(one.notation not in rated for one in asked)
    return f"{left} of {len(asked)} factors not rated." if left else ""


def sources(evidence: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """What each item of evidence that has a key is called, in a few words.

    >>> sources([{"key": "e1", "type": "source", "reference": "Evening news"}])
    {'e1': 'Evening news'}
    """
    return {
        one["key"]: one["reference"][:120] if one["type"] == "source" else f"{one['type']} {one['reference'][:12]}"
        for one in evidence
        if one.get("key")
    }


def _frame(body: Assessment) -> tuple[str, dict[str, str]]:
    """The title of a frame and the labels of its factors; its key, and none, where the lexicon of today has it not."""
    known = frames.frames().get(body.frame)
    return (known.title(), {one.notation: one.label() for one in known.concepts}) if known else (body.frame, {})


def _sense(id: str) -> str:
    """A sense of a term in words; its identifier where the lexicon of today has no such sense any more."""
    try:
        return f"{frames.outcome(id).label()} ({id})"
    except LexiconError:
        return id


def _cited(key: str, sources: Mapping[str, str]) -> str:
    return f"{key} ({sources[key]})" if key in sources else key


def _rated(one: Rated, sources: Mapping[str, str]) -> tuple[str, ...]:
    found = f"{one.status}, {one.level}" if one.level else str(one.status)
    rests = ", ".join(_cited(cited.item, sources) for cited in one.evidence) or (
        "judgement alone" if one.judged else "nothing cited"
    )
    reason = f": {one.reason}" if one.reason else ""
    return found, str(one.direction), str(one.confidence), str(one.importance), rests + reason


def _listed(title: str, items: Sequence[str]) -> list[Block]:
    return [Heading(title), Bullets(tuple(items))] if items else []
