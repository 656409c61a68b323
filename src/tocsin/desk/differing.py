"""Differing understandings: two assessments of one place, and what their difference rests on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tocsin.assess.divergence import CAUSES, Cause, Divergence, Exchange, Reason, diverge
from tocsin.assess.kappa import Kappa
from tocsin.core.assessing import Assessment
from tocsin.core.errors import StatementError
from tocsin.core.marking import Marking
from tocsin.desk import people
from tocsin.desk.assessing.agreement import of_pair
from tocsin.desk.assessing.evidence import known
from tocsin.desk.assessing.sides import Whole, rated, side
from tocsin.desk.views import View, every, shown
from tocsin.desk.visit import Sight, Visit

__all__ = ["CAUSES", "Cause", "Differing", "Divergence", "Exchange", "Reason", "comparable", "differing"]

TITLE = 60
"""Letters of a title that stand for an assessment in a sentence."""


@dataclass(frozen=True)
class Differing:
    """What the difference of two assessments rests on.

    frame: the one in which both were read, a's. unseen: whether there is evidence that is not for this reader, which
    was taken as something that the other side has not seen. kappa: Cohen's, with quadratic weights, of the factors that
    both found; None where the two were made in different frames.
    """

    a: View
    b: View
    frame: str
    found: Divergence
    unseen: bool
    kappa: Kappa | None

    @property
    def marking(self) -> Marking:
        """The join of both markings: what is found tells of both."""
        return self.a.head.marking.join(self.b.head.marking)


def differing(visit: Visit, a: str, b: str) -> Differing:
    """What the difference of two assessments rests on, as far as this person may know what they rest on.

    Errors: NotFound; StatementError if one is no assessment, both are the same, or they are of different places;
    AssessmentError if one of them gives certainty, which has no odds.
    """
    with visit.reading() as sight:
        heads = [sight.find(a), sight.find(b)]
        views = shown(sight, heads)
        stated = [sight.reader.statements([head])[head.id][1] for head in heads]
        for field, view in zip("ab", views, strict=True):
            if not isinstance(view.body, Assessment):
                raise StatementError(
                    f"this is a {view.head.kind}, no assessment", field=field, remedy="Name two assessments"
                )
        first, second = views
        if first.id == second.id:
            raise StatementError("both are the same assessment", field="b", remedy="Name another one of this place")
        if first.head.subject != second.head.subject:
            raise StatementError(
                f"they are of different places, {first.head.subject} and {second.head.subject}",
                field="b",
                remedy="Name two assessments of one place",
            )
        names = _names(sight, first, second)
        one, two = (
            Whole(view.id, name, view.body, known(view, made))
            for view, made, name in zip(views, stated, names, strict=True)
            if isinstance(view.body, Assessment)
        )
    frame = one.body.frame
    found = diverge(side(one, frame, rated(two.body)), side(two, frame, rated(one.body)))
    unseen = any(item is None for whole in (one, two) for item in whole.evidence.values())
    return Differing(first, second, frame, found, unseen, of_pair(one.body, two.body))


def comparable(visit: Visit) -> tuple[View, ...]:
    """The assessments that stand and that this person may see, by place, the newest first: what can be compared."""
    return tuple(sorted(every(visit, kind="assessment"), key=lambda view: view.head.subject))


def _names(sight: Sight, a: View, b: View) -> tuple[str, str]:
    """What the two are called: their organisations as attributed; their titles if those are the same, with the day and
    at last the identity if those are the same as well.
    """
    known = people.known_to(sight).organisations
    told = []
    for view in (a, b):
        id = view.shown["author"].get("organisation")
        told.append((known[id].name if id in known else id) if id else "An assessment without attribution")
    if told[0] != told[1]:
        return told[0], told[1]
    first, second = (_title(view) for view in (a, b))
    if first != second:
        return first, second
    days = [f"{datetime.fromisoformat(view.shown['made_at']):%-d %b %Y}" for view in (a, b)]
    if days[0] != days[1]:
        return f"{first} ({days[0]})", f"{second} ({days[1]})"
    return f"{first} ({a.id[:6]})", f"{second} ({b.id[:6]})"


def _title(view: View) -> str:
    """A title short enough to stand in a sentence."""
    title = str(view.shown["body"]["title"])
    return title if len(title) <= TITLE else f"{title[: TITLE - 1].rstrip()}…"
