"""Statements as pages, JSON and CSV show them: one way of reading a view, so that no channel says more than another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tocsin.core.errors import TocsinError
from tocsin.core.instant import moment, written
from tocsin.core.marking import Marking, strictest
from tocsin.core.place import place
from tocsin.core.statement import Standing, Subject
from tocsin.desk import exporting, fiction, wording
from tocsin.desk.rules import MAY_ISSUE
from tocsin.desk.views import View
from tocsin.desk.visit import Visit
from tocsin.interfaces.web.labels import Labels
from tocsin.interfaces.web.naming import Names
from tocsin.interfaces.web.page import Table, table

STATES = {"current": "stands", "superseded": "superseded", "recalled": "withdrawn"}

COLUMNS = (
    "id",
    "kind",
    "subject",
    "title",
    "text",
    "state",
    "organisation",
    "person",
    "standing",
    "origin",
    "made_at",
    "recorded_at",
    "about",
    "as_of",
    "tlp",
    "caveats",
    "audience",
    "supersedes",
    "superseded_by",
    "derived_from",
    "dissents",
    "dissent",
)


@dataclass(frozen=True)
class Item:
    """A statement with the words that a page puts around it.

    author: as attributed. audience: in names. headline: one line; words: the text, with its line breaks. dissents: the
    words of those that travel with it, and by whom as far as they are attributed.
    """

    view: View
    headline: str
    words: str
    author: str
    audience: str
    subject: str
    made: datetime
    recorded: datetime
    dissents: tuple[tuple[str, str], ...] = ()

    @property
    def marking(self) -> Marking:
        """Its marking."""
        return self.view.head.marking

    @property
    def state(self) -> str:
        """Whether it stands, in a word."""
        return STATES[self.view.state]

    @property
    def as_of(self) -> date | None:
        """The last day whose events its author knew of."""
        text = self.view.shown["as_of"]
        return date.fromisoformat(text) if text else None


def item(view: View, names: Names, labels: Labels) -> Item:
    """A statement as a page shows it."""
    headline, words = wording.headline(view.body), wording.text(view.body)
    return Item(
        view=view,
        headline=headline,
        words=words,
        author=author(view, names),
        audience=names.audience(view.head.marking.audience),
        subject=called(view.head.subject, labels),
        made=datetime.fromisoformat(view.shown["made_at"]),
        recorded=moment(view.head.recorded_at),
        dissents=tuple((one.words, dissenter(one.by, names)) for one in view.dissents),
    )


def dissenter(by: Sequence[str], names: Names) -> str:
    """Who dissents, in names, as attributed: identifiers of the organisation and of the person; empty if neither."""
    organisation, *person = by or ("",)
    called = names.organisation(organisation) if organisation else ""
    return f"{names.person(person[0])}, {called}" if person else called


def author(view: View, names: Names) -> str:
    """Who said it, as attributed: the same for every reader, so that what an author passes on tells no more."""
    shown = view.shown["author"]
    organisation, person = shown.get("organisation"), shown.get("person")
    if organisation is None:
        return "not attributed"
    called = names.organisation(organisation)
    if person is None:
        return f"{called} (model)" if view.shown["origin"] == "model" else called
    return f"{names.person(person)}, {called}"


def called(subject: str, labels: Labels) -> str:
    """A subject in words: a state's label, a period, or the short identity of a statement.

    >>> called("place:SDN", Labels()), called("period:2025-2026", Labels())
    ('Sudan', '2025-2026')
    """
    found = Subject.read(subject)
    if found.type == "place":
        try:
            return labels.of(place(found.id))
        except TocsinError:
            fictional = fiction.states().get(found.id)
            return fictional.name if fictional else found.id
    return found.id if found.type == "period" else f"statement {found.id[:12]}"


def may_say(visit: Visit) -> bool:
    """Whether the visitor's roles make statements at all."""
    return any(role in visit.roles for role in MAY_ISSUE[Standing.NOTE])


def markings(views: Iterable[View]) -> Marking | None:
    """The join of the markings of these statements; None where there are none."""
    found = [view.head.marking for view in views]
    return strictest(*found) if found else None


def twin(view: View) -> dict[str, Any]:
    """A statement as JSON: its open part as the identity vouches for it, and what this reader may know of its links."""
    return {
        "id": view.id,
        "state": view.state,
        "recorded_at": written(view.head.recorded_at),
        "organisation": view.shown["author"].get("organisation"),
        "person": view.shown["author"].get("person"),
        "about_subject": view.head.subject,
        "supersedes": list(view.supersedes),
        "superseded_by": list(view.superseded_by),
        "derived_from": list(view.derived_from),
        "dissents": [{"id": one.id, "text": one.text, "withdrawn": one.withdrawn} for one in view.dissents],
        "statement": view.shown,
    }


def statements(title: str, views: Iterable[View], visit: Visit) -> Table:
    """Statements as a table under the join of their markings; as a file it keeps back the words that make no file."""
    listed = list(views)
    return table(title, COLUMNS, [_row(view, visit) for view in listed], markings(listed), of_model=False)


def _row(view: View, visit: Visit) -> dict[str, Any]:
    headline, words = wording.headline(view.body), wording.text(view.body)
    said = words
    if visit.act == "exported" and (kept := exporting.stays(visit, view.head)):
        headline = words = f"(kept back: {kept[0]})"
    shown, marking = view.shown, view.head.marking
    return {
        "id": view.id,
        "kind": view.head.kind,
        "subject": view.head.subject,
        "title": headline,
        "text": words,
        "state": view.state,
        "organisation": shown["author"].get("organisation"),
        "person": shown["author"].get("person"),
        **{name: shown[name] for name in ("standing", "origin", "made_at", "about", "as_of")},
        "recorded_at": written(view.head.recorded_at),
        "tlp": marking.tlp.label,
        "caveats": "; ".join(sorted(marking.caveats)),
        "audience": " and ".join(" or ".join(clause) for clause in marking.audience.root),
        "supersedes": " ".join(view.supersedes),
        "superseded_by": " ".join(view.superseded_by),
        "derived_from": " ".join(view.derived_from),
        "dissents": len(view.dissents),
        "dissent": "; ".join(one.words for one in view.dissents) if words == said else "",
    }
