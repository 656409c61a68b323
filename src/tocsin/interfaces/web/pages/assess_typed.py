"""What a person types into the form for an assessment, as a statement's fields and back, and which box an error is of.

A factor's boxes are called ``un.7.2-found``: the frame's first word, the factor, the cell; those of a row in a list
``evidence-0-reference``. So what was typed in one frame is still there when somebody comes back to it from another.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tocsin.core.belief import typed_probability
from tocsin.core.errors import StatementError, TocsinError
from tocsin.desk.assessing import frames
from tocsin.desk.assessing.frames import Concept, Scheme
from tocsin.desk.visit import Visit
from tocsin.interfaces.web import composing
from tocsin.interfaces.web.composing import Typed

LISTS = {"evidence": 1, "resilience": 1, "protector": 1, "perpetrator": 1, "target": 1}
"""The lists of rows, with how many rows the form opens with."""

MOST_ROWS = 40

FOUND = {
    "": "not rated",
    "absent": "absent",
    "low": "present, low",
    "medium": "present, medium",
    "high": "present, high",
    "no information": "no information",
    "not applicable": "not applicable",
}
"""What can be found of a factor: one choice, so that a level never stands without presence."""

KEPT = (
    *("frame", "title", "summary", "as_of", "standing", "attribution", "tlp", "caveat", "audience", "within"),
    *("no_resilience", "no_protectors", "assumptions", "would_change"),
    *("outcome", "horizon", "low", "probability", "high", "confidence", "base_rate", "saw_model"),
    *(f"rows-{name}" for name in LISTS),
)
"""The boxes beside factors and rows."""

_CELL = re.compile(rf"(?:{'|'.join(LISTS)})-\d\d?-[a-z]{{1,12}}|[a-z]{{1,12}}\.[A-Za-z0-9._]{{1,60}}-[a-z]{{1,12}}")
_DEFAULTS = {"direction": "unknown", "importance": "minor", "reliability": "F", "credibility": "6"}
_SURE_ENOUGH = ("no information", "not applicable")


@dataclass(frozen=True)
class Boxes:
    """Where on the form each entry of a list of the statement was typed."""

    ratings: list[str] = field(default_factory=list)
    resilience: list[str] = field(default_factory=list)
    evidence: list[str] = field(default_factory=list)
    protectors: list[str] = field(default_factory=list)
    perpetrators: list[str] = field(default_factory=list)
    targets: list[str] = field(default_factory=list)


def kept(typed: Typed) -> dict[str, list[str]]:
    """What a draft keeps: what was typed into the form's own boxes, and nothing else that was sent."""
    return {
        name: list(values)
        for name, values in typed.fields.items()
        if any(values) and (name in KEPT or _CELL.fullmatch(name))
    }


def prefix(frame: Scheme, factor: Concept) -> str:
    """What the names of a factor's boxes begin with.

    >>> un = frames.frame("un-framework-2014")
    >>> prefix(un, un.get("7.2"))
    'un.7.2'
    """
    return f"{frame.key.partition('-')[0]}.{factor.notation}"


def begun(typed: Typed, frame: Scheme, factor: Concept) -> bool:
    """Whether anything is typed for a factor; what the form proposes is not."""
    return _used(typed, prefix(frame, factor), [])


def rows(typed: Typed, name: str) -> int:
    """How many rows of a list to show: as many as before, and all that are in use."""
    begun = (one for one, values in typed.fields.items() if one.startswith(f"{name}-") and any(values))
    used = [int(one.split("-")[1]) + 1 for one in begun if _CELL.fullmatch(one)]
    before = typed.one(f"rows-{name}")
    shown = int(before) if before.isascii() and before.isdecimal() and len(before) < 4 else LISTS[name]
    return min(max(shown, *used, 1), MOST_ROWS)


def with_row(typed: Typed, name: str) -> Typed:
    """What was typed, with a further row of a list to show; as it was if there is no such list."""
    return Typed({**typed.fields, f"rows-{name}": [str(rows(typed, name) + 1)]}) if name in LISTS else typed


def elsewhere(typed: Typed, frame: Scheme) -> list[tuple[str, str]]:
    """What was typed in other frames: the form carries it along unseen, so that it is there when one is back."""
    own = f"{frame.key.partition('-')[0]}."
    return [
        (name, values[0])
        for name, values in typed.fields.items()
        if "." in name and not name.startswith(own) and any(values) and _CELL.fullmatch(name)
    ]


def given(visit: Visit, typed: Typed, place: str, frame: Scheme, supersedes: str) -> tuple[dict[str, Any], Boxes]:
    """What ``making.make`` takes, and where each entry was typed.

    Errors: StatementError whose field is ``form.`` and the name of a box, for what is no number or half filled in.
    """
    boxes = Boxes()
    body = {
        "kind": "assessment",
        "title": typed.one("title"),
        "frame": frame.key,
        "ratings": [
            _rated(typed, prefix(frame, one), one) | {"factor": one.notation}
            for one in frame.concepts
            if _used(typed, prefix(frame, one), boxes.ratings)
        ],
        "resilience": [
            _rated(typed, row, None) | {"what": typed.one(f"{row}-what")}
            for row in _rows(typed, "resilience", ("what", "found", "cites", "reason"), boxes.resilience)
        ],
        "no_resilience": _text(typed, "no_resilience"),
        "protectors": _groups(typed, "protector", ("protects",), boxes.protectors),
        "no_protectors": _text(typed, "no_protectors"),
        "perpetrators": _groups(typed, "perpetrator", ("motive", "means"), boxes.perpetrators),
        "targets": _groups(typed, "target", ("why",), boxes.targets),
        "assumptions": _several(typed, "assumptions"),
        "would_change": _several(typed, "would_change"),
        "overall": _overall(typed),
        "summary": _text(typed, "summary"),
        "saw_model": {"yes": True, "no": False}.get(typed.one("saw_model")),
    }
    return {
        "body": body,
        "subject": {"type": "place", "id": place},
        "marking": composing.marking(visit, typed),
        "as_of": typed.one("as_of").strip() or None,
        "standing": typed.one("standing") or None,
        "attribution": typed.one("attribution") or None,
        "evidence": _evidence(typed, boxes.evidence),
        "supersedes": [supersedes] if supersedes else [],
    }, boxes


def box(error: TocsinError, boxes: Boxes) -> str:
    """The name of the box that an error belongs to; empty if it is of the whole."""
    parts = error.field.split(".") if isinstance(error, StatementError) else []
    match parts:
        case ["form", *rest]:
            return ".".join(rest)
        case ["body", ("ratings" | "resilience") as name, number, *rest]:
            cells = {"status": "found", "level": "found", "factor": "found", "what": "what"}
            cells |= {one: one for one in ("direction", "confidence", "importance", "reason")}
            return _at(getattr(boxes, name), number, cells.get(rest[0] if rest else "", "cites"))
        case ["body", ("protectors" | "perpetrators" | "targets") as name, number, *rest]:
            cell = rest[0] if rest else "group"
            return _at(getattr(boxes, name), number, "cites" if cell == "evidence" else cell)
        case ["body", "overall", *rest]:
            return rest[0] if rest and rest[0] in KEPT else "probability"
        case ["body", name, *_] if name in KEPT:
            return name
        case ["body", "ratings"]:
            return "frame"
        case ["body"]:
            return "no_protectors" if "protective" in error.what else "no_resilience"
        case ["evidence", number, *rest]:
            cell = {"note": "remark", "tlp": "label", "type": "reference"}.get(rest[0] if rest else "", "")
            return _at(boxes.evidence, number, cell or (rest[0] if rest else "reference"))
        case ["derived_from", *_]:
            return _at(boxes.evidence, "0", "reference")
        case _:
            return composing.box(".".join(parts)) if parts else ""


def from_statement(shown: Mapping[str, Any], evidence: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    """The boxes filled in with an assessment that is to be corrected.

    shown: its open part. evidence: what of it the corrector may know, as JSON.
    """
    body = shown["body"]
    overall = body["overall"]
    fields = {name: [body[name]] for name in ("frame", "title", "summary", "no_resilience", "no_protectors")}
    fields |= {name: [shown[name] or ""] for name in ("as_of", "standing", "attribution")}
    fields |= {name: [str(overall[name])] for name in ("outcome", "horizon", "confidence")}
    # A bare 1 would be read as a slip for 1 %.
    fields |= {name: [f"{100 * overall[name]:.12g} %"] for name in ("low", "probability", "high")}
    fields["base_rate"] = ["" if overall["base_rate"] is None else f"{100 * overall['base_rate']:.12g} %"]
    fields["saw_model"] = ["" if body["saw_model"] is None else "yes" if body["saw_model"] else "no"]
    fields |= {name: [_joined(body[name])] for name in ("assumptions", "would_change")}
    known = frames.frames().get(body["frame"])
    for one in body["ratings"]:
        factor = known.get(one["factor"]) if known else None
        if known and factor:
            fields |= _cells(prefix(known, factor), one)
    for row, one in enumerate(body["resilience"]):
        fields |= _cells(f"resilience-{row}", one) | {f"resilience-{row}-what": [one["what"]]}
    for name, plural in (("protector", "protectors"), ("perpetrator", "perpetrators"), ("target", "targets")):
        for row, one in enumerate(body[plural]):
            fields |= {f"{name}-{row}-{cell}": [one[cell]] for cell in one if cell != "evidence"}
            fields[f"{name}-{row}-cites"] = [" ".join(one["evidence"])]
    for row, one in enumerate(evidence):
        cells = {"remark": one.get("note", ""), "label": one.get("tlp", "")} | dict(one)
        if one["type"] == "attachment":
            cells["reference"] = f"attachment:{one['reference']}"
        names = ("key", "reference", "reliability", "credibility", "provenance", "consent", "label", "remark")
        fields |= {f"evidence-{row}-{cell}": [str(cells.get(cell) or "")] for cell in names}
    return fields


def _rated(typed: Typed, at: str, factor: Concept | None) -> dict[str, Any]:
    """What was rated under this prefix. factor: of the frame, which may say nothing of the risk."""

    def cell(name: str) -> str:
        return typed.one(f"{at}-{name}").strip()

    found = cell("found")
    if not found:
        raise _half("something is typed here, but not what was found", f"{at}-found", "Choose a finding, or clear it")
    confidence = cell("confidence") or ("low" if found in _SURE_ENOUGH else "")
    if not confidence:
        raise _half("the confidence is missing", f"{at}-confidence", "Choose low, moderate or high")
    level = found if found in ("low", "medium", "high") else None
    importance = cell("importance") or default_importance(factor)
    return {
        "status": "present" if level else found,
        "level": level,
        "direction": cell("direction") or _DEFAULTS["direction"],
        "confidence": confidence,
        "importance": "none" if factor and not frames.sign(factor) else importance,
        "evidence": [_cited(one) for one in _keys(cell("cites"))],
        "judged": bool(cell("judged")),
        "reason": _text(typed, f"{at}-reason"),
    }


def default_importance(factor: Concept | None) -> str:
    """The importance that the form proposes: none for an indicator, which is told under its factor's."""
    below = factor is not None and any(
        frames.sign(one) for one in frames.frame(factor.scheme).concepts if one.id in factor.broader
    )
    return "none" if below else _DEFAULTS["importance"]


def _cited(text: str) -> dict[str, str]:
    """A key, and after a colon the level to which the item points by itself."""
    key, _, points = text.partition(":")
    return {"item": key, "points_to": points} if points else {"item": key}


def _used(typed: Typed, at: str, met: list[str]) -> bool:
    """Whether something is typed for a factor."""
    used = any(typed.one(f"{at}-{cell}").strip() for cell in ("found", "cites", "reason", "judged"))
    if used:
        met.append(at)
    return used


def _rows(typed: Typed, name: str, cells: Iterable[str], met: list[str]) -> list[str]:
    """The prefixes of the rows in use."""
    names = tuple(cells)
    found = [
        f"{name}-{row}" for row in range(MOST_ROWS) if any(typed.one(f"{name}-{row}-{cell}").strip() for cell in names)
    ]
    met.extend(found)
    return found


def _groups(typed: Typed, name: str, cells: tuple[str, ...], met: list[str]) -> list[dict[str, Any]]:
    return [
        {
            "group": typed.one(f"{at}-group"),
            **{cell: _text(typed, f"{at}-{cell}") for cell in cells},
            "evidence": _keys(typed.one(f"{at}-cites")),
        }
        for at in _rows(typed, name, ("group", *cells), met)
    ]


def _overall(typed: Typed) -> dict[str, Any]:
    def chance(name: str, words: str) -> float:
        try:
            return typed_probability(typed.one(name))
        except TocsinError as error:
            raise _half(f"{words}: {error.what}", name, error.remedy) from None

    horizon = typed.one("horizon").strip()
    if not (horizon.isascii() and horizon.isdecimal()):
        raise _half("the horizon is a number of months", "horizon", "Write 12 for a year")
    if not typed.one("confidence"):
        raise _half("the confidence is missing", "confidence", "Choose low, moderate or high")
    return {
        "outcome": typed.one("outcome"),
        "horizon": int(horizon),
        "low": chance("low", "lowest"),
        "probability": chance("probability", "best"),
        "high": chance("high", "highest"),
        "confidence": typed.one("confidence"),
        "base_rate": chance("base_rate", "base rate") if typed.one("base_rate").strip() else None,
    }


def _evidence(typed: Typed, met: list[str]) -> list[dict[str, Any]]:
    found = []
    for at in _rows(typed, "evidence", ("reference", "remark"), met):
        cells = {cell: typed.one(f"{at}-{cell}").strip() for cell in ("reference", "remark", "key", "label")}
        kind, reference = named(cells["reference"])
        chosen = {cell: typed.one(f"{at}-{cell}") or None for cell in ("provenance", "consent")}
        found.append(
            {
                "type": kind,
                "reference": reference,
                "reliability": typed.one(f"{at}-reliability") or _DEFAULTS["reliability"],
                "credibility": typed.one(f"{at}-credibility") or _DEFAULTS["credibility"],
                "note": cells["remark"],
                "key": cells["key"] or proposed_key(at),
                **chosen,
                "tlp": cells["label"] or None,
            }
        )
    return found


def named(reference: str) -> tuple[str, str]:
    """What a reference names: a statement by its 64 digits, an attachment as ``attachment:DIGEST``, else a source."""
    if found := re.fullmatch(r"attachment:([0-9a-f]{64})", reference):
        return "attachment", found[1]
    return ("statement" if re.fullmatch(r"[0-9a-f]{64}", reference) else "source"), reference


def proposed_key(at: str) -> str:
    """The key of a row of evidence where nobody gave another.

    >>> proposed_key("evidence-0")
    'e1'
    """
    return f"e{int(at.rpartition('-')[2]) + 1}"


def _half(what: str, name: str, remedy: str) -> StatementError:
    return StatementError(what, field=f"form.{name}", remedy=remedy)


def _keys(text: str) -> list[str]:
    return list(dict.fromkeys(one for one in re.split(r"[\s,;]+", text) if one))


def _text(typed: Typed, name: str) -> str:
    return typed.one(name).replace("\r\n", "\n")


def _several(typed: Typed, name: str) -> list[str]:
    """Texts, one a line; where there are empty lines, one a paragraph."""
    text = _text(typed, name).strip()
    parts = re.split(r"\n\s*\n", text) if re.search(r"\n\s*\n", text) else text.split("\n")
    return [one.strip() for one in parts if one.strip()]


def _joined(texts: Sequence[str]) -> str:
    """The inverse of ``_several``; a single text of several lines comes back as one a line."""
    return ("\n\n" if any("\n" in one for one in texts) else "\n").join(texts)


def _cells(at: str, one: Mapping[str, Any]) -> dict[str, list[str]]:
    cites = [f"{e['item']}:{e['points_to']}" if e["points_to"] else e["item"] for e in one["evidence"]]
    found = {"found": one["level"] or one["status"], "cites": " ".join(cites), "judged": "yes" if one["judged"] else ""}
    found |= {cell: one[cell] for cell in ("direction", "confidence", "importance", "reason")}
    return {f"{at}-{cell}": [value] for cell, value in found.items()}


def _at(entries: Sequence[str], number: str, cell: str) -> str:
    row = int(number) if number.isdecimal() else 0
    return f"{entries[row]}-{cell}" if row < len(entries) else ""
