"""What a person types into the form for a note, as a statement's fields and back, and which box an error belongs to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tocsin.core.errors import TocsinError
from tocsin.core.marking import Caveat, Marking
from tocsin.core.register import Preview
from tocsin.core.statement import Subject, canonical, digest
from tocsin.desk.making import read_marking
from tocsin.desk.views import View
from tocsin.desk.visit import Visit

ROWS = 3
"""Rows for evidence at the least; there is always an empty one."""

MOST_ROWS = 64
"""Rows of evidence that a statement may have."""

KEPT = ("title", "text", "about", "as_of", "standing", "attribution", "tlp", "caveat", "audience", "within")
"""The fields of the form beside the rows of evidence."""

CARRIED = ("vocabulary", "method")
"""Fields of a corrected statement that the form does not show and hands on."""

ROW = ("reference", "reliability", "credibility", "remark")
"""The fields of a row of evidence, which have its number after them."""


@dataclass(frozen=True)
class Typed:
    """What was typed, as it was typed."""

    fields: Mapping[str, Sequence[str]]

    def one(self, name: str) -> str:
        """The value of a field; empty if nothing was typed."""
        values = self.fields.get(name, ())
        return values[0] if values else ""

    def all(self, name: str) -> tuple[str, ...]:
        """The values of a group of boxes."""
        return tuple(value for value in self.fields.get(name, ()) if value)

    @property
    def rows(self) -> int:
        """How many rows of evidence to show: what was typed and an empty one."""
        filled = [row for row in range(MOST_ROWS) if self.one(f"reference-{row}") or self.one(f"remark-{row}")]
        return min(max(ROWS, max(filled, default=-1) + 2), MOST_ROWS)

    @property
    def kept(self) -> dict[str, list[str]]:
        """What a draft keeps: the form's own fields and nothing else that was sent."""
        names = [*KEPT, *CARRIED, *(f"{name}-{row}" for row in range(MOST_ROWS) for name in ROW)]
        return {name: list(self.fields[name]) for name in names if self.fields.get(name)}


def given(visit: Visit, typed: Typed, subject: Subject, supersedes: str) -> dict[str, Any]:
    """What ``making.make`` takes."""
    return {
        "body": {"kind": "note", "title": typed.one("title"), "text": typed.one("text").replace("\r\n", "\n")},
        "subject": {"type": subject.type, "id": subject.id},
        "marking": marking(visit, typed),
        "about": typed.one("about").strip() or None,
        "as_of": typed.one("as_of").strip() or None,
        "standing": typed.one("standing") or None,
        "attribution": typed.one("attribution") or None,
        "evidence": _evidence(typed),
        **{name: typed.one(name) or None for name in CARRIED},
        "supersedes": [supersedes] if supersedes else [],
    }


def marking(visit: Visit, typed: Typed) -> dict[str, Any]:
    """The marking as typed: one clause of ticked names, and those of a corrected statement that are kept beside it."""
    caveats = set(typed.all("caveat"))
    if visit.store.world == "exercise":
        caveats.add(Caveat.EXERCISE)
    named = list(typed.all("audience"))
    return {
        "tlp": typed.one("tlp"),
        "caveats": sorted(caveats),
        "audience": [named, *(clause.split() for clause in typed.all("within"))] if named else [],
    }


def readable(visit: Visit, typed: Typed) -> Marking | None:
    """The marking as typed, if it is one."""
    try:
        return read_marking(marking(visit, typed))
    except TocsinError:
        return None


def _evidence(typed: Typed) -> list[dict[str, str]]:
    found = []
    for row in range(MOST_ROWS):
        cells = {name: typed.one(f"{name}-{row}").strip() for name in ROW}
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


def from_view(view: View) -> Typed:
    """The form filled in with a statement that is to be corrected."""
    shown = view.shown
    first, *others = view.head.marking.audience.root or ((),)
    fields = {
        "title": [shown["body"]["title"]],
        "text": [shown["body"]["text"]],
        "about": [shown["about"] or ""],
        "as_of": [shown["as_of"] or ""],
        "standing": [shown["standing"]],
        "attribution": [shown["attribution"]],
        "tlp": [view.head.marking.tlp.label],
        "caveat": sorted(view.head.marking.caveats),
        "audience": list(first),
        "within": [" ".join(clause) for clause in others],
    }
    fields |= {name: [shown[name]] for name in CARRIED if shown[name]}
    # What it was made from stands in the sealed part, without its grades.
    made_from = [{"reference": id, "reliability": "F", "credibility": "6", "note": ""} for id in view.derived_from]
    for row, entry in enumerate([*shown["evidence"], *made_from]):
        cells = {**entry, "remark": entry["note"]}
        fields |= {f"{name}-{row}": [cells[name]] for name in ROW}
    return Typed(fields)


def blank(visit: Visit) -> Typed:
    """The form as it opens: for the visitor's own organisation, until they choose."""
    return Typed({"tlp": ["TLP:AMBER"], "audience": [f"org:{visit.actor.organisation}"], "standing": ["note"]})


def seal(preview: Preview) -> str:
    """The digest of a preview: only what was previewed just so is stored."""
    return digest(
        canonical(
            {
                "marking": preview.marking.model_dump(mode="json"),
                "organisations": dict(preview.organisations),
                "through": dict(preview.through),
                "later": dict(preview.later),
            }
        )
    )


def draft_name(subject: Subject, supersedes: str) -> str:
    """Under which name the form is kept: one for each subject, and one for each statement that is corrected."""
    return f"compose:{subject.key}" + (f":{supersedes[:12]}" if supersedes else "")


def box(field: str) -> str:
    """The name of the box that an error's field belongs to.

    >>> box("body.note.title"), box("evidence.2.note"), box("marking.audience"), box("marking.tlp"), box("statement")
    ('title', 'remark-2', 'audience', 'tlp', 'attribution')
    """
    parts = field.split(".")
    match parts:
        case ["body", *_]:
            return "title" if parts[-1] == "title" else "text"
        case ["evidence", row, *rest]:
            last = rest[-1] if rest else ""
            return f"{'remark' if last == 'note' else last if last in ROW else 'reference'}-{row}"
        case ["marking", *rest]:
            return "tlp" if "tlp" in rest else "caveat" if "caveats" in rest else "audience"
        case ["about" | "as_of" | "standing" | "attribution", *_]:
            return parts[0]
        case ["derived_from", *_]:
            return "reference-0"
        case _:
            return "attribution" if field == "statement" else ""
