"""What a person types into the forms for a moment and for an instrument, as a statement's fields and back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from tocsin.core import edtf
from tocsin.core.errors import PeriodError, PlaceError, ShapeError, StatementError
from tocsin.core.foreseeing import Moment, Timing
from tocsin.core.marking import Caveat
from tocsin.core.register import Preview
from tocsin.core.statement import Subject
from tocsin.desk import making
from tocsin.desk.views import View
from tocsin.desk.visit import Visit
from tocsin.interfaces.web import asked, composing
from tocsin.interfaces.web.composing import Typed
from tocsin.interfaces.web.pages.horizon_boxes import APPROVALS, DAYS, HANDLING, INSTRUMENT, MOMENT

Kind = Literal["moment", "instrument"]

PATHS: Mapping[Kind, str] = {"moment": "/horizon/moment", "instrument": "/horizon/instrument"}

KEPT = ("about", "as_of", "standing", "vocabulary", "method")
"""Fields of a corrected statement that the form does not show and hands on."""

_YEARS = re.compile(r"\d{4}(-\d{4}|-\d\d(-\d\d)?)?", re.ASCII)


@dataclass(frozen=True)
class Sheet:
    """One of the forms. subject: the place of a moment; None for an instrument, whose place or years are typed."""

    kind: Kind
    subject: Subject | None
    corrects: View | None
    typed: Typed
    saved: str = ""

    @property
    def supersedes(self) -> str:
        """The identity of the statement that is corrected; empty if none is."""
        return self.corrects.id if self.corrects else ""

    @property
    def draft(self) -> str:
        """Under which name what is typed is kept."""
        about = f":{self.subject.key}" if self.subject else ""
        return f"{self.kind}{about}" + (f":{self.supersedes[:12]}" if self.corrects else "")

    @property
    def query(self) -> dict[str, str]:
        """What the address of the form is asked."""
        about = {"subject": self.subject.key} if self.subject else {}
        return about | ({"supersedes": self.supersedes} if self.corrects else {})

    @property
    def address(self) -> str:
        """Where the form is opened again."""
        asking = "&".join(f"{name}={value}" for name, value in self.query.items())
        return f"{PATHS[self.kind]}?{asking}" if asking else PATHS[self.kind]

    @property
    def kept(self) -> dict[str, list[str]]:
        """What a draft keeps: the form's own fields and nothing else that was sent."""
        names = [*(MOMENT if self.kind == "moment" else INSTRUMENT), *HANDLING]
        if self.kind == "instrument":
            names += [f"{name}-{row}" for row in range(APPROVALS) for name in ("who", *DAYS)]
        return {name: list(self.typed.fields[name]) for name in names if self.typed.fields.get(name)}


def check(visit: Visit, sheet: Sheet) -> tuple[dict[str, Any], Preview]:
    """What ``making.make`` takes, and who would see it, with nothing stored.

    Errors: StatementError; if several things are wrong, a ShapeError that names all of them.
    """
    subject, faults = _subject(visit, sheet)
    given = _given(visit, sheet, subject)
    # A marking that cannot be read must not hide what else is wrong: the rest is tried as if for the author's eyes.
    try:
        making.preview(visit, given["marking"])
    except StatementError as error:
        faults += _parts(error)
    own = {"tlp": "TLP:RED", "audience": [[f"person:{visit.actor.person}"]]}
    caveats = [Caveat.EXERCISE.value] if visit.store.world == "exercise" else []
    tried = given | ({"marking": own | {"caveats": caveats}} if faults else {})
    try:
        preview = making.check(visit, tried)
    except StatementError as error:
        known = {field for field, _ in faults}
        faults += [
            one for one in _parts(error) if not (known and one[0].startswith(("marking", "subject", "supersedes")))
        ]
        if len(faults) == 1 and not known:
            raise
    if faults:
        raise ShapeError(faults, remedy="Correct these fields")
    return given, preview


def _parts(error: StatementError) -> list[tuple[str, str]]:
    if isinstance(error, ShapeError):
        return list(error.faults)
    return [(error.field, f"{error.what}. {error.remedy}" if error.remedy else error.what)]


def _subject(visit: Visit, sheet: Sheet) -> tuple[Subject, list[tuple[str, str]]]:
    """What it is about; and what is wrong with that, something else standing in for it meanwhile."""
    if sheet.subject:
        return sheet.subject, []
    text = sheet.typed.one("where").strip()
    try:
        if not text:
            raise PlaceError("it is missing", remedy="Name a country, or write the years")
        if _YEARS.fullmatch(text):
            return Subject(type="period", id=text), []
        return asked.subject(visit, text), []
    except (PlaceError, ValueError) as error:
        what, remedy = (error.what, error.remedy) if isinstance(error, PlaceError) else ("these are no years", "")
        remedy = remedy or "Write a year or two of them, as 2026-2027"
        return Subject(type="period", id="2000"), [("where", f"{what}. {remedy}")]


def _given(visit: Visit, sheet: Sheet, subject: Subject) -> dict[str, Any]:
    typed, old = sheet.typed, sheet.corrects
    body = _moment(typed) if sheet.kind == "moment" else _instrument(typed)
    if old and isinstance(old.body, Moment):
        body["uid"] = old.body.uid
    kept = {name: old.shown[name] for name in KEPT if old.shown.get(name) is not None} if old else {}
    return {
        **kept,
        "body": {"kind": sheet.kind, **body},
        "subject": {"type": subject.type, "id": subject.id},
        "marking": composing.marking(visit, typed),
        "attribution": typed.one("attribution") or None,
        "evidence": old.shown["evidence"] if old else [],
        "supersedes": [sheet.supersedes] if old else [],
    }


def _words(typed: Typed, name: str) -> str:
    return typed.one(name).replace("\r\n", "\n").strip()


def _moment(typed: Typed) -> dict[str, Any]:
    told = {name: _words(typed, name) for name in MOMENT}
    clock = None
    if told["starts"] or told["zone"] or told["minutes"]:
        clock = {"starts": told["starts"], "zone": told["zone"], "minutes": _number(told["minutes"] or "0")}
    return {
        **{name: told[name] for name in ("title", "text", "sort", "condition", "recurrence", "certainty", "source")},
        "when": told["when"] or None,
        "timing": told["timing"] or timing(told["when"], told["condition"], told["recurrence"]),
        "skipped": re.findall(r"[^\s,;]+", told["skipped"]),
        "factors": re.findall(r"[^\s,;]+", told["factors"]),
        "clock": clock,
    }


def timing(when: str, condition: str, rule: str) -> str:
    """What the date, the condition and the rule say of how much is known.

    >>> timing("2027-05-14", "", ""), timing("2027-05", "", ""), timing("", "the talks fail", "")
    ('fixed', 'windowed', 'undated')
    """
    if rule:
        return Timing.RECURRING.value
    if condition:
        return (Timing.CONDITIONAL if when else Timing.UNDATED).value
    try:
        return (Timing.FIXED if when and edtf.read(when).days == 1 else Timing.WINDOWED).value
    except PeriodError:
        return Timing.WINDOWED.value


def _instrument(typed: Typed) -> dict[str, Any]:
    return {
        **{name: _words(typed, name) for name in ("name", "text", "owner", "source")},
        "deciding": _days(typed, "deciding-{}"),
        "effect": _days(typed, "effect-{}"),
        "approvals": [
            {"who": _words(typed, f"who-{row}"), "days": _days(typed, f"{{}}-{row}")} for row in approvals(typed)
        ],
        "in_use": typed.one("in_use") != "no",
    }


def approvals(typed: Typed) -> list[int]:
    """The rows of approvals into which something is typed."""
    names = [[f"{name}-{row}" for name in ("who", *DAYS)] for row in range(APPROVALS)]
    return [row for row, some in enumerate(names) if any(_words(typed, name) for name in some)]


def _days(typed: Typed, pattern: str) -> dict[str, Any]:
    """The least, usual and most; where only one number is given, it is all three."""
    told = {box: _words(typed, pattern.format(box)) for box in DAYS}
    given = [value for value in told.values() if value]
    if len(given) == 1:
        told = dict.fromkeys(DAYS, given[0])
    return {box: _number(value) for box, value in told.items() if value}


def _number(text: str) -> Any:
    return int(text) if re.fullmatch(r"\d{1,6}", text, re.ASCII) else text
