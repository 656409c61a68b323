"""What a person types into the forms for a contribution and for a request, as a statement's fields and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from tocsin.core.errors import NotFound, StatementError, TocsinError
from tocsin.core.fielding import Consent, Precision, Provenance
from tocsin.core.marking import TLP, Audience, Caveat, Marking
from tocsin.core.register import Register
from tocsin.core.seeing import Role
from tocsin.core.statement import Standing, Subject
from tocsin.desk.rules import MAY_ISSUE
from tocsin.desk.views import View
from tocsin.desk.visit import Visit
from tocsin.interfaces.web import composing, words
from tocsin.interfaces.web.composing import Typed
from tocsin.interfaces.web.naming import Names
from tocsin.interfaces.web.pages.compose import offers

Kind = Literal["contribution", "request"]

BODY: Mapping[Kind, tuple[str, ...]] = {
    "contribution": (
        "title",
        "text",
        "observed",
        "where",
        "precision",
        "community",
        "provenance",
        "consent",
        "consent_note",
        "reliability",
        "credibility",
    ),
    "request": ("community", "asks", "purpose", "until", "instead"),
}
"""The boxes of each form that make up its body, in their order on the page."""

_NAMED = {"where": "within"}
"""Boxes that are called otherwise than their field: ``within`` is a part of the audience on every form."""

_MISSING = {
    "contribution": {
        "title": "a line that says what it is",
        "text": "what was seen or heard",
        "provenance": "where it comes from",
        "consent": "whether those from whom it comes agreed to its use",
    },
    "request": {
        "community": "whom you ask, as a group",
        "asks": "what you ask them",
        "purpose": "what it is for",
        "until": "the last day on which they are asked",
    },
}
"""What each form cannot do without, in words."""

HANDLING = ("attribution", "tlp", "caveat", "audience", "within")
"""The boxes of how it is handled, on both forms."""

PATHS: Mapping[Kind, str] = {"contribution": "/contribute", "request": "/requests"}

PROVENANCE = {
    Provenance.FIRST_HAND: "I saw or heard it myself",
    Provenance.WITNESS: "somebody who saw or heard it told me",
    Provenance.COMMUNITY: "people of the place say so",
    Provenance.OFFICIAL: "an authority said or wrote it",
    Provenance.MEDIA: "press, radio or social media",
    Provenance.RESEARCH: "a study or an inquiry",
    Provenance.DATA: "counts, measurements or images",
    Provenance.OTHER: "something else; say what in the text",
}
"""Where it comes from, in words."""

CONSENT = {
    Consent.GIVEN: "they agreed that it is used",
    Consent.LIMITED: "they agreed to one use; say in the note to which, and nobody else may use it otherwise",
    Consent.NOT_NEEDED: "it is public, or comes from nobody who could be harmed by it",
    Consent.NOT_ASKED: "they do not know; it stays under its marking, and is flagged wherever it is used",
}
"""What each consent means, in words."""

BOUND = {
    Consent.GIVEN: "those from whom it comes agreed that it is used",
    Consent.LIMITED: "only its contributor's organisation uses it otherwise; to use it as agreed, cite it as evidence "
    "with a note that begins “as agreed:” and says for what",
    Consent.NOT_NEEDED: "it is public, or comes from nobody who could be harmed by it",
    Consent.NOT_ASKED: "those from whom it comes do not know; nothing less restricted is released from it, and it is "
    "flagged wherever it is used",
}
"""What each consent asks of a reader, in words."""

PRECISION = {
    Precision.COUNTRY: "the country as a whole",
    Precision.REGION: "a region",
    Precision.DISTRICT: "a district",
    Precision.SETTLEMENT: "a town, village or camp",
    Precision.SITE: "one spot in it",
}
"""How precise a place is, in words."""


@dataclass(frozen=True)
class Sheet:
    """One of the forms for one subject: what it corrects, if it does, and what is typed into it."""

    kind: Kind
    subject: Subject
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
        return f"{self.kind}:{self.subject.key}" + (f":{self.supersedes[:12]}" if self.corrects else "")

    @property
    def query(self) -> dict[str, str]:
        """What the address of the form is asked."""
        return {"subject": self.subject.key} | ({"supersedes": self.supersedes} if self.corrects else {})

    @property
    def address(self) -> str:
        """Where the form is opened again."""
        return f"{PATHS[self.kind]}?" + "&".join(f"{name}={value}" for name, value in self.query.items())

    @property
    def kept(self) -> dict[str, list[str]]:
        """What a draft keeps: the form's own fields and nothing else that was sent."""
        names = (*BODY[self.kind], "request", *HANDLING)
        return {name: list(self.typed.fields[name]) for name in names if self.typed.fields.get(name)}


def given(visit: Visit, sheet: Sheet) -> dict[str, Any]:
    """What ``fielding.contribute`` and ``fielding.request`` take.

    Errors: StatementError names the first box that may not be empty and is.
    """
    typed = sheet.typed
    body = {
        _NAMED.get(name, name): value
        for name in BODY[sheet.kind]
        if (value := typed.one(name).replace("\r\n", "\n").strip())
    }
    for name, called in _MISSING[sheet.kind].items():
        if name not in body:
            raise StatementError(f"{called} is missing", field=f"body.{name}", remedy="Fill it in")
    return {
        "body": body,
        "subject": {"type": sheet.subject.type, "id": sheet.subject.id},
        "marking": composing.marking(visit, typed),
        "attribution": typed.one("attribution") or None,
        "supersedes": [sheet.supersedes] if sheet.corrects else [],
    }


def blank(visit: Visit, kind: Kind) -> Typed:
    """A form as it opens: for the visitor's own organisation, until they choose."""
    fields = {"tlp": ["TLP:AMBER"], "audience": [f"org:{visit.actor.organisation}"]}
    grades = {"reliability": ["F"], "credibility": ["6"], "precision": [Precision.COUNTRY.value]}
    return Typed(fields | grades if kind == "contribution" else fields)


def from_view(view: View, kind: Kind) -> Typed:
    """The form filled in with a statement that is to be corrected."""
    body = view.shown["body"]
    first, *others = view.head.marking.audience.root or ((),)
    return Typed(
        {name: [str(body.get(_NAMED.get(name, name)) or "")] for name in BODY[kind]}
        | {
            "attribution": [view.shown["attribution"]],
            "tlp": [view.head.marking.tlp.label],
            "caveat": sorted(view.head.marking.caveats),
            "audience": list(first),
            "within": [" ".join(clause) for clause in others],
        }
    )


def box(problem: TocsinError) -> str:
    """The name of the box that an error belongs to; empty if to none.

    >>> box(StatementError("", field="body.within", remedy="")), box(NotFound("", where="", remedy=""))
    ('where', 'request')
    """
    if isinstance(problem, NotFound):
        return "request"
    if not isinstance(problem, StatementError):
        return ""
    match problem.field.split("."):
        case ["body", name, *_]:
            return next((shown for shown, field in _NAMED.items() if field == name), name)
        case ["marking", *rest]:
            return "tlp" if "tlp" in rest else "caveat" if "caveats" in rest else "audience"
        case ["request" | "derived_from", *_]:
            return "request"
        case ["statement" | "attribution", *_]:
            return "attribution"
        case _:
            return ""


def handling(visit: Visit, typed: Typed, names: Names, register: Register) -> dict[str, Any]:
    """What may be chosen of how a statement is handled."""
    offered = offers(register, names, visit)
    others = [token for token in typed.all("audience") if not any(token in dict(found) for _, found in offered)]
    return {
        "typed": typed,
        "attributions": list(words.ATTRIBUTIONS.items()),
        "all_labels": [(one, words.LABELS[one]) for one in TLP],
        "all_caveats": [(one, words.CAVEATS[one]) for one in Caveat if one is not Caveat.EXERCISE],
        "offered": offered,
        "others": [(token, names.token(token)) for token in others],
        "within": [(clause, names.clause(tuple(clause.split()))) for clause in typed.all("within")],
    }


def ticked(visit: Visit, typed: Typed) -> Marking:
    """The marking of a page on which something is typed: what is chosen, for nobody else while it does not fit yet."""
    if found := composing.readable(visit, typed):
        return found
    try:
        label = TLP.read(typed.one("tlp"))
    except ValueError:
        label = TLP.RED
    return Marking(tlp=label, audience=Audience.nobody())


def may_make(visit: Visit) -> tuple[Role, ...]:
    """The roles that may fill in a form.

    Errors: AccessError if the visitor has none of them.
    """
    visit.need(*MAY_ISSUE[Standing.NOTE], to="make a statement")
    return MAY_ISSUE[Standing.NOTE]
