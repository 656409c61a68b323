"""The boxes of the form for an assessment as a person knows them: by their labels, and which must be filled in."""

from __future__ import annotations

from tocsin.desk.assessing.frames import Scheme

REQUIRED = frozenset(
    {"title", "outcome", "horizon", "low", "probability", "high", "confidence", "would_change", "summary"}
)
"""The boxes beside factors and rows that must not be empty."""

SAW_MODEL = {"": "not said", "no": "no, I had not seen it", "yes": "yes, I had seen it"}
"""What an assessor says of the model's number for the place; nothing is taken for granted."""

_LABELS = {
    "frame": "Frame",
    "title": "Title",
    "evidence": "Evidence",
    "no_resilience": "Resilience, or why none can be named",
    "no_protectors": "Protective actors, or why none can be named",
    "outcome": "Outcome",
    "horizon": "Horizon",
    "low": "Lowest",
    "probability": "Best",
    "high": "Highest",
    "confidence": "Confidence",
    "base_rate": "Base rate",
    "would_change": "What would change my mind",
    "assumptions": "Key assumptions",
    "summary": "Summary",
    "saw_model": "The model's number",
    "as_of": "As of",
    "standing": "Standing",
    "attribution": "Shown as author",
    "tlp": "Label",
    "caveat": "Caveats",
    "audience": "Audience",
}

_ROWS = {
    "evidence": "Item",
    "resilience": "Resilience factor",
    "protector": "Protective actor",
    "perpetrator": "Possible perpetrator",
    "target": "Possible target",
}

_CELLS = {
    "key": "key",
    "reference": "what it is",
    "provenance": "provenance",
    "reliability": "source",
    "credibility": "information",
    "consent": "consent to its use",
    "label": "its own label",
    "remark": "remark",
    "found": "found",
    "direction": "direction",
    "confidence": "confidence",
    "importance": "importance",
    "cites": "rests on",
    "judged": "judged, without evidence",
    "reason": "reason",
    "what": "what it is",
    "group": "group or body",
    "protects": "how it shields them",
    "motive": "motive",
    "means": "means",
    "why": "why it",
}


def label(box: str, frame: Scheme) -> str:
    """What a person calls a box of the form in a frame; empty if it is none.

    >>> from tocsin.desk.assessing.frames import frame
    >>> un = frame("un-framework-2014")
    >>> label("would_change", un), label("evidence-0-consent", un), label("un.9-confidence", un), label("", un)
    ('What would change my mind', 'Item 1, consent to its use', 'Factor 9, confidence', '')
    """
    if box in _LABELS:
        return _LABELS[box]
    at, _, cell = box.rpartition("-")
    told = _CELLS.get(cell, cell)
    name, _, row = at.partition("-")
    if name in _ROWS and row.isdecimal():
        return f"{_ROWS[name]} {int(row) + 1}, {told}"
    own = f"{frame.key.partition('-')[0]}."
    return f"Factor {at.removeprefix(own)}, {told}" if at.startswith(own) else ""
