"""One assessment as a page: the judgement, what it rests on, the model beside it, and what its edits changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from tocsin.core.assessing import Assessment
from tocsin.core.body import Body
from tocsin.core.errors import LexiconError, StatementError
from tocsin.core.marking import strictest
from tocsin.core.statement import Standing
from tocsin.desk import exporting, views
from tocsin.desk.assessing import changes, evidence, frames, model, rendering, signing, worded
from tocsin.desk.assessing.changes import Change
from tocsin.desk.assessing.rendering import Rendering
from tocsin.desk.reading import facts, read
from tocsin.desk.views import View
from tocsin.desk.visit import Visit
from tocsin.interfaces.web.items import item, twin
from tocsin.interfaces.web.labels import Labels
from tocsin.interfaces.web.naming import names_of
from tocsin.interfaces.web.page import Page, Params, Table, table
from tocsin.interfaces.web.pages.statement import may_correct
from tocsin.interfaces.web.words import CREDIBILITY, RELIABILITY, STANDINGS

OTHERS = 20
"""Other assessments of the same place that are offered for comparison."""

RATING_COLUMNS = (
    "factor",
    "label",
    "status",
    "level",
    "direction",
    "confidence",
    "importance",
    "evidence",
    "judged",
    "reason",
)
CHANGE_COLUMNS = ("statement", "path", "before", "after")
RENDERED_COLUMNS = (
    "factor",
    "label",
    "relation",
    "inverted",
    "rated",
    "rated_label",
    "status",
    "level",
    "note",
    "author",
)


@dataclass(frozen=True)
class Edit:
    """One version and what it changed."""

    view: View
    made: datetime
    changes: tuple[Change, ...]


def assessment_page(visit: Visit, params: Params) -> Page:
    """``/assessment/{id}?frame=``: an assessment, and read in another frame if one is named.

    Errors: NotFound, which reads the same whether there is none or it is not for the visitor; StatementError if it is
    no assessment, or there is no such frame.
    """
    return built(visit, params["id"].strip().lower(), Labels.read(params), frame=params.get("frame", "").strip())


def built(visit: Visit, id: str, labels: Labels, *, frame: str = "", problem: StatementError | None = None) -> Page:
    """The page; problem: of a sign-off that was refused."""
    view, body = rendering.assessment(visit, id)
    if visit.act == "exported":
        exporting.may_leave(visit, view.head)
    chain = [one for one in views.chain_of(visit, id) if isinstance(one.body, Assessment)]
    edits = [Edit(new, _made(new), changes.differences(old.shown, new.shown)) for old, new in pairwise(chain)]
    rendered = rendering.rendered(visit, id, frame) if frame and frame != body.frame else None
    place = view.head.subject.partition(":")[2]
    stand = views.current(visit, subject=view.head.subject, kind="assessment", limit=OTHERS + 1).views
    others = [one for one in stand if one.id not in {link.id for link in chain}][:OTHERS]
    names = names_of(visit)
    above = signing.next_standing(view)
    known = _frame_of(body)
    return Page(
        stem=f"/assessment/{id}",
        title=body.title,
        facts=facts(read(visit.settings)),
        content={
            "labels": labels,
            "told": item(view, names, labels),
            "body": body,
            "place": place,
            "outcome": outcome_of(body),
            "saw_model": worded.saw_model(body),
            "unrated": worded.unrated(body),
            "frame_title": known.title() if known else body.frame,
            "factors": {one.notation: one.label() for one in known.concepts} if known else {},
            "beside": model.beside(visit, place),
            "evidence": _evidence(visit, view),
            "sources": worded.sources(view.shown["evidence"]),
            "standing": STANDINGS[Standing(view.shown["standing"])],
            "frames": [one for one in frames.frames().values() if one.key != body.frame],
            "rendered": rendered,
            "relations": rendering.IN_WORDS,
            "edits": edits[::-1],
            "plain": plain,
            "others": [item(one, names, labels) for one in others],
            "may_correct": may_correct(visit, view),
            "may_sign": signing.may_sign(visit, view),
            "above": above,
            "above_in_words": STANDINGS[above] if above else "",
            "problem": problem,
            "fictional": visit.store.world == "exercise",
        },
        twin=twin(view)
        | {
            "outcome": {"id": body.overall.outcome, "label": outcome_of(body)},
            "model": _beside(visit, place),
            "edits": [{"statement": one.view.id, "changes": [_change(each) for each in one.changes]} for one in edits],
        },
        tables=_tables(view, body, edits, rendered),
        marking=strictest(*(one.head.marking for one in (view, *chain, *others))),
        query={"frame": frame} if rendered else {},
    )


def _made(view: View) -> datetime:
    return datetime.fromisoformat(view.shown["made_at"])


def _frame_of(body: Assessment) -> frames.Scheme | None:
    """The frame it was made in, if the lexicon still has it."""
    return frames.frames().get(body.frame)


def outcome_of(body: Body) -> str:
    """The outcome of an assessment as its owner calls it; its id if the lexicon has it no more."""
    assert isinstance(body, Assessment)
    try:
        return frames.outcome(body.overall.outcome).label()
    except LexiconError:
        return body.overall.outcome


def _evidence(visit: Visit, view: View) -> list[dict[str, Any]]:
    """The items as the page shows them; of one that is not for the visitor, that it is there."""
    told: list[dict[str, Any]] = []
    for key, one in evidence.of(visit, view.id).items():
        if one is None:
            told.append({"key": key, "entry": None})
            continue
        # How a statement was graded stands in the sealed part.
        graded = None if one.type == "statement" else (RELIABILITY[one.reliability], CREDIBILITY[one.credibility])
        told.append({"key": key, "entry": one, "graded": graded})
    return told


def _beside(visit: Visit, place: str) -> dict[str, Any]:
    found = model.beside(visit, place)
    if found.belief is None:
        return {"forecast": None, "reason": found.absence}
    told = found.belief
    return {
        "forecast": {"probability": told.probability, "low": told.low, "high": told.high, "coverage": told.coverage},
        "base_rate": told.base_rate,
        "outcome": found.facts.outcome.model_dump(),
        "horizon": found.facts.horizon,
        "vintage": found.facts.vintage,
        "licence": found.facts.licence,
    }


def _tables(view: View, body: Assessment, edits: list[Edit], rendered: Rendering | None) -> dict[str, Table]:
    known = _frame_of(body)
    labels = {one.notation: one.label() for one in known.concepts} if known else {}
    ratings = [
        one.model_dump(mode="json")
        | {
            "label": labels.get(one.factor),
            "evidence": " ".join(f"{c.item}:{c.points_to}" if c.points_to else c.item for c in one.evidence),
        }
        for one in body.ratings
    ]
    changed = [{"statement": one.view.id, **_change(each)} for one in edits for each in one.changes]
    tables = {
        "ratings": table("Ratings", RATING_COLUMNS, ratings, view.head.marking),
        "changes": table(
            "What each edit changed",
            CHANGE_COLUMNS,
            changed,
            strictest(view.head.marking, *(one.view.head.marking for one in edits)),
        ),
    }
    if rendered:
        tables["rendered"] = table(
            f"The ratings in {rendered.shown_in.title()}", RENDERED_COLUMNS, _rendered(rendered), view.head.marking
        )
    return tables


def _rendered(found: Rendering) -> list[dict[str, Any]]:
    """Ratings by the factor to which they lead, then what is left over here and there, with the relation none."""
    empty = dict.fromkeys(RENDERED_COLUMNS)
    rows = [
        {
            "factor": row.target.notation,
            "label": row.target.label(),
            "relation": lead.relation,
            "inverted": lead.inverted,
            "rated": lead.source.notation,
            "rated_label": lead.source.label(),
            "status": str(lead.rating.status),
            "level": lead.rating.level and str(lead.rating.level),
            "note": lead.note,
            "author": lead.author,
        }
        for row in found.rows
        for lead in row.leads
    ]
    for one in found.here:
        left = {"rated": one.factor.notation, "rated_label": one.factor.label(), "note": one.note or None}
        if one.rating:
            left |= {"status": str(one.rating.status), "level": one.rating.level and str(one.rating.level)}
        rows.append(empty | {"relation": "none"} | left)
    for one in found.there:
        left = {"factor": one.factor.notation, "label": one.factor.label(), "note": one.note or None}
        rows.append(empty | {"relation": "none"} | left)
    return rows


def _change(one: Change) -> dict[str, Any]:
    """A change as JSON. What was not there is left empty, which nothing else is."""
    return {
        "path": one.path,
        "before": None if one.before is changes.NOTHING else one.before,
        "after": None if one.after is changes.NOTHING else one.after,
    }


def plain(value: Any) -> str:
    """A value that was changed, as it is read; what is in it and empty is left out.

    >>> plain(["a", "b"]), plain({"level": None, "status": "absent"}), plain(None), plain("")
    ('a, b', 'status absent', '(none)', '(empty)')
    """
    match value:
        case changes.NOTHING:
            return "(not there)"
        case None:
            return "(none)"
        case bool():
            return "yes" if value else "no"
        case dict():
            return "; ".join(f"{name} {plain(one)}" for name, one in value.items() if one or one == 0)
        case list() | tuple():
            return ", ".join(plain(one) for one in value) or "(none)"
        case _:
            return str(value) or "(empty)"
