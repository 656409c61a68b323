"""An assessment read in another frame: what each rating leads to there, how well it fits, and what is left over.

Nothing is rated anew: each rating stands as its author gave it, beside the factor that it leads to.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from tocsin.core.assessing import GRADE, Assessment, Rating, Status
from tocsin.core.errors import LexiconError, StatementError
from tocsin.desk import views
from tocsin.desk.assessing import frames
from tocsin.desk.assessing.frames import Concept, Scheme
from tocsin.desk.views import View
from tocsin.desk.visit import Visit
from tocsin.lexicon.crosswalk import Bearing, Gap, Rendered, render

FIT: tuple[Bearing, ...] = ("exact", "close", "narrow", "broad", "overlap")
"""Relations from the best fit to the worst."""

IN_WORDS: dict[Bearing, str] = {
    "exact": "the same",
    "close": "nearly the same",
    "narrow": "covers more than this factor",
    "broad": "covers a part of this factor",
    "overlap": "overlaps with this factor",
}
"""What a relation says of a rating, seen from the factor to which it leads; a crosswalk's *broad* is of its target."""


@dataclass(frozen=True)
class Lead:
    """A rating as it bears on a factor of the other frame.

    source: the factor as it was rated. inverted: what is present in one is absent in the other. via: the factor whose
    mapping it is, where that is a part of the source or what holds it. author: of the mapping.
    """

    source: Concept
    rating: Rating
    relation: Bearing
    inverted: bool
    note: str
    author: str
    via: Concept | None


@dataclass(frozen=True)
class Row:
    """A factor of the other frame with the ratings that lead to it, the best fit first."""

    target: Concept
    leads: tuple[Lead, ...]


@dataclass(frozen=True)
class Unmapped:
    """A factor without a counterpart. stated: somebody has said so, for the reason in the note."""

    factor: Concept
    stated: bool
    note: str
    rating: Rating | None = None


@dataclass(frozen=True)
class Rendering:
    """An assessment in another frame.

    here: ratings that lead nowhere. there: factors of the other frame to which no rating leads.
    """

    view: View
    body: Assessment
    made_in: Scheme
    shown_in: Scheme
    rows: tuple[Row, ...]
    here: tuple[Unmapped, ...]
    there: tuple[Unmapped, ...]


def rendered(visit: Visit, id: str, frame: str) -> Rendering:
    """An assessment in another frame, through the crosswalks.

    Errors: NotFound; StatementError if it is no assessment, or there is no such frame.
    """
    view, body = assessment(visit, id)
    try:
        made_in, shown_in = frames.frame(body.frame), frames.frame(frame)
    except LexiconError as error:
        raise StatementError(error.what, field="frame", remedy=error.remedy) from None
    ratings = {rating.factor: rating for rating in body.ratings}
    known = {one.notation: one for one in made_in.concepts}
    # What the frame no longer holds was rated under an earlier lexicon; it has no counterpart today.
    gone = [rating for factor, rating in ratings.items() if factor not in known]
    asked = [known[factor].id for factor in ratings if factor in known]
    if made_in.key == shown_in.key:
        found: Sequence[Rendered] = [Rendered(id, id, "exact", False, "", "", id) for id in asked]
        here: Sequence[Gap] = ()
        there: Sequence[Gap] = [Gap(one.id, stated=False) for one in made_in.tops if one.id not in asked]
    else:
        read = render(asked, shown_in.key)
        found, here, there = read.found, read.unmapped, read.unreached
    by_id = {one.id: one for scheme in (made_in, shown_in) for one in scheme.concepts}
    leads: dict[str, list[Lead]] = {}
    for one in found:
        source = by_id[one.concept]
        via = by_id.get(one.via) if one.via not in (one.concept, one.target) else None
        lead = Lead(source, ratings[source.notation], one.relation, one.inverted, one.note, one.author, via)
        leads.setdefault(one.target, []).append(lead)
    return Rendering(
        view=view,
        body=body,
        made_in=made_in,
        shown_in=shown_in,
        rows=tuple(
            Row(concept, tuple(sorted(leads[concept.id], key=lambda lead: FIT.index(lead.relation))))
            for concept in shown_in.concepts
            if concept.id in leads
        ),
        here=(
            *(Unmapped(by_id[gap.concept], gap.stated, gap.note, ratings[by_id[gap.concept].notation]) for gap in here),
            *(Unmapped(_unknown(made_in, one), True, "The frame has this factor no more.", one) for one in gone),
        ),
        there=tuple(Unmapped(by_id[gap.concept], gap.stated, gap.note) for gap in there),
    )


def assessment(visit: Visit, id: str, field: str = "id") -> tuple[View, Assessment]:
    """An assessment that the visitor may see.

    Errors: NotFound; StatementError names the field if the statement is no assessment.
    """
    view = views.statement(visit, id)
    if not isinstance(view.body, Assessment):
        raise StatementError(f"this is a {view.head.kind}, no assessment", field=field, remedy="Name an assessment")
    return view, view.body


def graded(rating: Status, level: str | None) -> float | None:
    """A finding as a share of the full level; None where there is no information.

    >>> graded(Status.PRESENT, "high"), graded(Status.ABSENT, None), graded(Status.NO_INFORMATION, None)
    (1.0, 0.0, None)
    """
    if rating is Status.PRESENT and level is not None:
        return GRADE[level]
    return 0.0 if rating is Status.ABSENT else None


def best(leads: Iterable[Rendered], wanted: Collection[str]) -> Rendered | None:
    """The one lead of a factor that counts where it may count only once: the best fit of those to something wanted."""
    return min((one for one in leads if one.target in wanted), key=lambda one: FIT.index(one.relation), default=None)


def _unknown(frame: Scheme, rating: Rating) -> Concept:
    """A stand-in for a factor that the frame does not hold any more."""
    return Concept(
        id=f"{frame.key}:{rating.factor}",
        scheme=frame.key,
        notation=rating.factor,
        labels={"en": f"factor {rating.factor}"},
        definition="",
        source="",
        paragraph="",
        url="",
        owner={},
        compared=False,
    )
