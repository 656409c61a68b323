"""The boxes of the forms for a moment and for an instrument: what each is called, and to which an error belongs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tocsin.core.errors import StatementError

MOMENT = {
    "title": "Title",
    "when": "When",
    "timing": "Timing",
    "sort": "Sort",
    "certainty": "Certainty",
    "condition": "Only if",
    "source": "Source",
    "text": "Why it matters",
    "factors": "Risk factors",
    "recurrence": "Rule by which it comes again",
    "skipped": "Days left out",
    "starts": "Time of day",
    "minutes": "Minutes",
    "zone": "Time zone",
}
"""The boxes of a moment, and what each is called."""

DAYS = ("low", "typical", "high")
"""The boxes of each time of an instrument: the least, the usual and the most."""

_CALLED = {"low": "least", "typical": "usual", "high": "most"}

APPROVALS = 12
"""Who must agree, at most."""

INSTRUMENT = {
    "where": "Place or years",
    "name": "Name",
    "text": "More about it",
    "owner": "Who decides",
    "source": "Source",
    "in_use": "In use",
    **{
        f"{part}-{box}": f"{name}, {_CALLED[box]}"
        for part, name in (("deciding", "Days to decide"), ("effect", "Days to an effect"))
        for box in DAYS
    },
}
"""The boxes of an instrument beside those of approvals, and what each is called."""

HANDLING = {"attribution": "Shown as author", "tlp": "Label", "caveat": "Caveats", "audience": "Audience", "within": ""}

REQUIRED: Mapping[str, frozenset[str]] = {
    "moment": frozenset({"title", "source"}),
    "instrument": frozenset({"where", "name", "owner", "source", "deciding-low", "effect-low"}),
}
"""What must be filled in."""


def box(problem: StatementError, rows: Sequence[int] = ()) -> str:
    """The name of the box that an error belongs to; empty if to none. rows: where the approvals were typed.

    >>> box(StatementError("", field="body.deciding.low"))
    'deciding-low'
    >>> box(StatementError("", field="body.approvals.1.who"), (0, 3))
    'who-3'
    """
    match problem.field.split("."):
        case ["body", "clock", *rest]:
            return rest[0] if rest else "starts"
        case ["body", ("deciding" | "effect") as part, *rest]:
            return f"{part}-{rest[0] if rest else 'low'}"
        case ["body", "approvals", row, *rest] if row.isdecimal() and int(row) < len(rows):
            at = rows[int(row)]
            return f"who-{at}" if rest[:1] == ["who"] else f"{rest[1] if rest[1:] else 'low'}-{at}"
        case ["body", "approvals", *_]:
            return "who-0"
        case ["body", name, *_]:
            return name
        case ["body"]:
            return _whole(problem.what)
        case ["marking", *rest]:
            return "tlp" if "tlp" in rest else "caveat" if "caveats" in rest else "audience"
        case ["where" | "subject", *_]:
            return "where"
        case ["statement" | "attribution", *_]:
            return "attribution"
        case _:
            return ""


def _whole(what: str) -> str:
    """The box of a fault of a moment as a whole: what does not go together is told by its words."""
    words = (("condition", "condition"), ("time of day", "starts"), ("rule by which", "recurrence"), ("rule", "when"))
    return next((name for told, name in words if told in what), "when")


def label(name: str) -> str:
    """What a person calls a box; empty if it is none.

    >>> label("deciding-low"), label("who-1"), label("high-0"), label("")
    ('Days to decide, least', 'Agreement 2, who', 'Agreement 1, most', '')
    """
    known = MOMENT | INSTRUMENT | HANDLING
    if name in known:
        return known[name]
    part, _, row = name.partition("-")
    return f"Agreement {int(row) + 1}, {_CALLED.get(part, part)}" if row.isdecimal() else ""
