"""Releasing a less restricted text: the form that drafts one, the proposals there are, and how one stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from tocsin.core.errors import NotFound, StatementError, TocsinError
from tocsin.core.kinds import Note
from tocsin.core.marking import TLP, Caveat
from tocsin.core.register import Preview
from tocsin.core.seeing import Affiliation, Role
from tocsin.desk import drafts, proposals, views
from tocsin.desk.dissents import Dissenting
from tocsin.desk.lineage import lineage
from tocsin.desk.people import directory
from tocsin.desk.proposals import Proposed, Redaction
from tocsin.desk.reading import facts, read
from tocsin.desk.views import View
from tocsin.desk.visit import Visit
from tocsin.interfaces.web import composing, lost, words
from tocsin.interfaces.web.composing import Typed
from tocsin.interfaces.web.items import called, dissenter, item, markings, statements, twin
from tocsin.interfaces.web.labels import Labels
from tocsin.interfaces.web.naming import Names, named, names_of
from tocsin.interfaces.web.page import Page, Params, over
from tocsin.interfaces.web.pages.compose import offers, seen

KEPT = ("title", "text", "sources", "tlp", "caveat", "audience", "attribution", "reason")
"""The fields of the form."""

_LINEAGE = (
    ("Made from", "sources"),
    ("With the approval of", "approvals"),
    ("Sources withdrawn since", "recalls"),
    ("Used in", "used_in"),
    ("Released from it", "released"),
    ("Proposed for release from it", "proposals"),
)
"""The groups of a lineage with their headings."""


@dataclass(frozen=True)
class Tried:
    """What came of what was sent: what is wrong, or what the release would leave out and who would see it."""

    problem: TocsinError | None = None
    left_out: tuple[Redaction, ...] = ()
    preview: Preview | None = None


def proposals_page(visit: Visit, params: Params) -> Page:
    """``/proposals``: the newest proposed releases, those that wait for the visitor first."""
    labels, names = Labels.read(params), names_of(visit)
    found = sorted(proposals.proposals(visit), key=lambda one: not any(source.yours for source in one.sources))
    shown = [one.view for one in found]
    return Page(
        stem="/proposals",
        title="Proposed releases",
        facts=facts(read(visit.settings)),
        content={
            "labels": labels,
            "found": [(one, item(one.view, names, labels)) for one in found],
        },
        twin={"proposals": [_twin(one) for one in found]},
        tables={"proposals": statements("Proposed releases", shown, visit)},
        marking=markings(shown),
    )


def proposal_page(visit: Visit, params: Params) -> Page:
    """``/proposal/{id}``.

    Errors: NotFound, which reads the same whether there is none or it is not for the visitor.
    """
    return proposal(visit, params["id"].strip().lower(), Labels.read(params))


def proposal(
    visit: Visit, id: str, labels: Labels, *, problem: TocsinError | None = None, reason: str = "", told: str = ""
) -> Page:
    """The page. problem, reason, told: what came of what was sent from it."""
    found = proposals.proposed(visit, id)
    register = directory(visit)
    names = named(register)
    shown = [found.view, *(one.view for one in found.sources)]
    return Page(
        stem=f"/proposal/{id}",
        title=f"Proposed release: {found.body.note.title}",
        facts=facts(read(visit.settings)),
        content={
            "labels": labels,
            "found": found,
            "told": replace(item(found.view, names, labels), dissents=_dissents(found, names)),
            "sources": [(one, item(one.view, names, labels)) for one in found.sources],
            "subject": called(found.body.about, labels),
            "by": names.organisation(found.body.by) if found.body.by else "nobody: not attributed",
            "preview": seen(found.audience, names, register),
            "may_release": _may_release(visit, found),
            "problem": problem,
            "reason": reason,
            "sentence": told,
        },
        twin=twin(found.view) | _twin(found),
        tables={"sources": statements("The proposal and what it was drafted from", shown, visit)},
        marking=markings(shown),
    )


def lineage_page(visit: Visit, params: Params) -> Page:
    """``/lineage/{id}``: where a statement comes from and what became of it.

    Errors: NotFound, which reads the same whether there is none or it is not for the visitor.
    """
    id, labels, names = params["id"].strip().lower(), Labels.read(params), names_of(visit)
    found = lineage(visit, id)
    groups = {title: getattr(found, name) for title, name in _LINEAGE}
    shown = [found.statement, *(view for group in groups.values() for view in group)]
    told = item(found.statement, names, labels)
    return Page(
        stem=f"/lineage/{id}",
        title=f"Where it comes from: {told.headline}",
        facts=facts(read(visit.settings)),
        content={
            "labels": labels,
            "told": told,
            "recalled": found.source_recalled,
            "groups": {title: [item(view, names, labels) for view in group] for title, group in groups.items()},
            "redactions": found.redactions,
        },
        twin={
            "id": id,
            "source_recalled": found.source_recalled,
            **{name: [view.id for view in getattr(found, name)] for _, name in _LINEAGE},
            "difference": _lines(found.redactions),
        },
        tables={"statements": statements("A statement with where it comes from and what became of it", shown, visit)},
        marking=markings(shown),
    )


def _dissents(found: Proposed, names: Names) -> tuple[tuple[str, str], ...]:
    """Those that the released note would carry, all of them counted; their words from the sources that show them."""
    known = {one.id: one for source in found.sources for one in source.view.dissents}
    carried = (known.get(id, Dissenting(id)) for id in found.body.note.dissents)
    return tuple((one.words, dissenter(one.by, names)) for one in carried)


def derive_page(visit: Visit, params: Params) -> Page:
    """``/derive/{id}``: the form for a release from a statement, as it was left, or filled in with its words.

    Errors: NotFound for a statement that is not for the visitor; AccessError if their roles propose none.
    """
    id = params["id"].strip().lower()
    visit.need(Role.DESK_OFFICER, Role.ANALYST, to="propose a release")
    view = views.statement(visit, id)
    draft = drafts.load(visit, draft_name(id))
    kept = lost.readable(draft)
    page = derive(visit, view, Typed(kept.fields) if kept else _opened(view), Labels.read(params))
    return lost.told(page, draft, "derive")


def derive(visit: Visit, view: View, typed: Typed, labels: Labels, tried: Tried | None = None) -> Page:
    """The form with what was typed, and what came of it."""
    header, register = facts(read(visit.settings)), directory(visit)
    names = named(register)
    tried = tried or Tried()
    field = tried.problem.field if isinstance(tried.problem, StatementError) else ""
    now = composing.readable(visit, typed)
    told = item(view, names, labels)
    return Page(
        stem=f"/derive/{view.id}",
        title=f"Propose a release from: {told.headline}",
        facts=header,
        content={
            "labels": labels,
            "told": told,
            "typed": typed,
            "tried": tried,
            "field": field,
            "draft": draft_name(view.id),
            "preview": seen(tried.preview, names, register) if tried.preview else None,
            "all_labels": [(one, words.LABELS[one]) for one in TLP],
            "all_caveats": [(one, words.CAVEATS[one]) for one in Caveat if one is not Caveat.EXERCISE],
            "offered": offers(register, names, visit),
        },
        twin={"source": twin(view), "typed": {name: list(typed.fields.get(name, ())) for name in KEPT}},
        marking=over(header, view.head.marking, *([now] if now else [])),
    )


def given(visit: Visit, typed: Typed, view: View) -> tuple[list[str], dict[str, Any]]:
    """What ``proposing.propose`` takes: the sources, and the fields of the release."""
    more = typed.one("sources").lower().split()
    return [view.id, *more], {
        "title": typed.one("title"),
        "text": typed.one("text").replace("\r\n", "\n"),
        "subject": view.head.subject,
        "marking": composing.marking(visit, typed),
        "attribution": typed.one("attribution") or None,
        "reason": typed.one("reason").replace("\r\n", "\n"),
    }


def draft_name(id: str) -> str:
    """Under which name what is typed is kept."""
    return f"derive:{id}"


def _opened(view: View) -> Typed:
    if not isinstance(view.body, Note):
        raise NotFound("only a note is drawn on here", where=view.id, remedy="Open a note and release from that")
    shown = {"title": [view.body.title], "text": [view.body.text], "attribution": ["organisation"]}
    return Typed(shown | {"tlp": ["TLP:CLEAR"], "audience": ["everyone"]})


def _may_release(visit: Visit, found: Proposed) -> bool:
    # As attributed: an offer to a colleague of whoever proposed it unnamed would tell who that was.
    return (
        found.ready
        and Role.DESK_OFFICER in visit.roles
        and visit.actor.affiliation is Affiliation.MEMBER
        and found.view.organisation == visit.actor.organisation
    )


def _twin(found: Proposed) -> dict[str, Any]:
    return {
        "id": found.view.id,
        "ready": found.ready,
        "released": found.released,
        "sources": [
            {"id": one.view.id, "needs_approval": one.needs, "approval": one.approval, "yours": one.yours}
            for one in found.sources
        ],
        "difference": _lines(found.redactions),
    }


def _lines(redactions: Iterable[Redaction]) -> list[dict[str, Any]]:
    return [{"source": one.source, "lines": [f"{mark} {line}" for mark, line in one.lines]} for one in redactions]
