"""Saying something about a country: the form, the preview of who will see it, and what was typed so far."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tocsin.core.errors import StatementError, TocsinError
from tocsin.core.instant import moment
from tocsin.core.marking import COMMUNITY, EVERYONE, TLP, Audience, Caveat, Marking
from tocsin.core.register import Preview, Register
from tocsin.core.statement import Standing, Subject
from tocsin.desk import drafts, views
from tocsin.desk.people import directory
from tocsin.desk.reading import facts, read
from tocsin.desk.rules import MAY_ISSUE
from tocsin.desk.views import View
from tocsin.desk.visit import Visit
from tocsin.interfaces.web import asked, composing, lost, words
from tocsin.interfaces.web.composing import Typed
from tocsin.interfaces.web.items import called
from tocsin.interfaces.web.labels import Labels
from tocsin.interfaces.web.naming import Names, named
from tocsin.interfaces.web.page import Page, Params, over


@dataclass(frozen=True)
class Sheet:
    """A form for one subject: the statement that it corrects, if it does, and what is typed into it."""

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
        return composing.draft_name(self.subject, self.supersedes)

    @property
    def address(self) -> str:
        """Where the form is opened again."""
        corrects = f"&supersedes={self.supersedes}" if self.corrects else ""
        return f"/compose?subject={self.subject.key}{corrects}"


def compose_page(visit: Visit, params: Params) -> Page:
    """``/compose?subject=&supersedes=``: the form as it was left, or as it opens.

    Errors: AccessError if the visitor's roles make no statements; NotFound for a statement that they may not see.
    """
    sheet = opened(visit, params.get("subject", ""), params.get("supersedes", ""))
    draft = drafts.load(visit, sheet.draft)
    if kept := lost.readable(draft):
        sheet = Sheet(sheet.subject, sheet.corrects, Typed(kept.fields), words.day(moment(kept.saved)))
    return lost.told(built(visit, sheet, Labels.read(params)), draft, "compose")


def opened(visit: Visit, subject: str, supersedes: str, typed: Typed | None = None) -> Sheet:
    """The form for a subject or for the correction of a statement.

    Errors: as ``compose_page``.
    """
    visit.need(*MAY_ISSUE[Standing.NOTE], to="make a statement")
    if id := supersedes.strip().lower():
        old = views.statement(visit, id)
        if old.head.kind != "note":
            raise StatementError(
                "only a note is corrected with this form", field="supersedes", remedy="Open its own page"
            )
        return Sheet(Subject.read(old.head.subject), old, typed or composing.from_view(old))
    return Sheet(asked.subject(visit, subject), None, typed or composing.blank(visit))


def built(
    visit: Visit,
    sheet: Sheet,
    labels: Labels,
    *,
    preview: Preview | None = None,
    problem: TocsinError | None = None,
    told: str = "",
) -> Page:
    """The form with what was typed, who would see it, and what is wrong with it.

    told: a sentence above the form about what happened to what was sent.
    """
    header, register = facts(read(visit.settings)), directory(visit)
    names, typed = named(register), sheet.typed
    name = called(sheet.subject.key, labels)
    field = composing.box(problem.field) if isinstance(problem, StatementError) else ""
    standings = [one for one in Standing if any(role in visit.roles for role in MAY_ISSUE[one])]
    caveats = [one for one in Caveat if one is not Caveat.EXERCISE]
    offered = offers(register, names, visit)
    others = [token for token in typed.all("audience") if not any(token in dict(found) for _, found in offered)]
    old = [sheet.corrects.head.marking] if sheet.corrects else []
    now = composing.readable(visit, typed)
    return Page(
        stem="/compose",
        title=f"{'Correct a statement on' if sheet.corrects else 'Say something about'} {name}",
        facts=header,
        content={
            "labels": labels,
            "sheet": sheet,
            "typed": typed,
            "name": name,
            "standings": [(one, words.STANDINGS[one]) for one in standings],
            "attributions": list(words.ATTRIBUTIONS.items()),
            "reliabilities": words.RELIABILITY,
            "credibilities": words.CREDIBILITY,
            "all_labels": [(one, words.LABELS[one]) for one in TLP],
            "all_caveats": [(one, words.CAVEATS[one]) for one in caveats],
            "offered": offered,
            "others": [(token, names.token(token)) for token in others],
            "within": [(clause, names.clause(tuple(clause.split()))) for clause in typed.all("within")],
            "preview": seen(preview, names, register) if preview else None,
            "problem": problem,
            "field": field,
            "told": told,
        },
        twin={
            "subject": sheet.subject.key,
            "supersedes": sheet.supersedes or None,
            "typed": typed.kept,
            "standings": [str(one) for one in standings],
            "labels": [{"label": one.label, "allows": words.LABELS[one]} for one in TLP],
            "caveats": [{"caveat": str(one), "asks": words.CAVEATS[one]} for one in caveats],
            "audience": [{"title": title, "names": found} for title, found in offered],
        },
        marking=over(header, *old, now or _ticked(typed)),
        query={"subject": sheet.subject.key} | ({"supersedes": sheet.supersedes} if sheet.corrects else {}),
    )


def _ticked(typed: Typed) -> Marking:
    """The marking of a page on which something is typed under a label that does not fit its audience yet: for nobody
    else, under the label that is ticked, the strictest where that is none.
    """
    try:
        label = TLP.read(typed.one("tlp"))
    except ValueError:
        label = TLP.RED
    return Marking(tlp=label, audience=Audience.nobody())


def offers(register: Register, names: Names, visit: Visit) -> list[tuple[str, dict[str, str]]]:
    """Whom the visitor may name in an audience, in lists with titles: names by the token that stands for them."""
    people: dict[str, str] = {}
    for person in sorted(register.persons.values(), key=lambda one: (one.organisation, one.name)):
        if person.active and person.id != visit.actor.person:
            people[f"person:{person.id}"] = f"{person.name}, {names.organisation(person.organisation)}"
    groups = {f"group:{one.id}": one.name for one in sorted(register.groups.values(), key=lambda one: one.name)}
    organisations = {
        f"org:{one.id}": one.name for one in sorted(register.organisations.values(), key=lambda one: one.name)
    }
    everybody = {COMMUNITY: names.token(COMMUNITY), EVERYONE: names.token(EVERYONE)}
    lists = [("Sharing groups", groups), ("Organisations", organisations), ("Persons", people), ("All", everybody)]
    return [(title, found) for title, found in lists if found]


def seen(preview: Preview, names: Names, register: Register) -> dict[str, Any]:
    """Who will see it, in names and numbers."""
    return {
        "people": sum(preview.organisations.values()),
        "organisations": [(names.organisation(id), number) for id, number in preview.organisations.items()],
        "through": [(names.token(token), number) for token, number in preview.through.items()],
        "later": [(names.organisation(id), number) for id, number in preview.later.items()],
        "persons": [f"{names.person(id)}" for id in preview.persons if id in register.persons],
        "audience": names.audience(preview.marking.audience),
        "marking": preview.marking,
        "public": EVERYONE in preview.marking.audience.tokens,
        "seal": composing.seal(preview),
    }
