"""Differing understandings: two assessments of one place, and what their difference rests on."""

from __future__ import annotations

from typing import Any

from tocsin.core.errors import NotFound, TocsinError
from tocsin.core.marking import Marking
from tocsin.desk import exporting
from tocsin.desk.assessing import frames
from tocsin.desk.differing import CAUSES, Differing, comparable, differing
from tocsin.desk.reading import facts, read
from tocsin.desk.visit import Visit
from tocsin.interfaces.web.charts.shares import shares_chart
from tocsin.interfaces.web.items import Item, called, item, markings
from tocsin.interfaces.web.labels import Labels
from tocsin.interfaces.web.naming import names_of
from tocsin.interfaces.web.page import Page, Params, Table, table
from tocsin.interfaces.web.pages.assess_shown import outcome_of

WORDS = {
    "definition": "they speak of different things: another outcome, another horizon, a factor that the other has not",
    "evidence": "they have seen different items",
    "weight": "with the same ratings they come to a different number",
    "judgement": "they have seen the same items and rate them differently",
}
"""What each cause means."""

SHARES, REASONS = ("cause", "log_odds", "means"), ("cause", "about", "log_odds", "words", "items")


def differ_page(visit: Visit, params: Params) -> Page:
    """``/differ?a=&b=``: the comparison of two assessments; without both, where to choose them.

    Errors: NotFound for one that the visitor may not see.
    """
    a, b = (params.get(name, "").strip().lower() for name in "ab")
    found: Differing | None = None
    problem: TocsinError | None = None
    if a and b:
        try:
            found = differing(visit, a, b)
        except NotFound:
            raise
        except TocsinError as error:
            problem = error
    if found and visit.act == "exported":
        for view in (found.a, found.b):
            exporting.may_leave(visit, view.head)
    labels, names = Labels.read(params), names_of(visit)
    told = found.found if found else None
    # What could be chosen is on the page only where one chooses: its marking would else be that of a comparison too.
    offered = [] if found or visit.act == "exported" else [item(view, names, labels) for view in comparable(visit)]
    return Page(
        stem="/differ",
        title="Differing understandings",
        facts=facts(read(visit.settings)),
        content={
            "labels": labels,
            "a": a,
            "b": b,
            "found": found,
            "told": told,
            "sides": [item(view, names, labels) for view in (found.a, found.b)] if found else [],
            "place": called(found.a.head.subject, labels) if found else "",
            "frame": frames.frames()[found.frame].title() if found and found.frame in frames.frames() else "",
            "chart": shares_chart(
                "shares", told.a, told.b, {str(cause): share for cause, share in told.shares.items()}, told.gap
            )
            if told
            else None,
            "reasons": {cause: [one for one in told.reasons if one.cause == cause] for cause in CAUSES} if told else {},
            "outcomes": [outcome_of(view.body) for view in (found.a, found.b)] if found else [],
            "words": WORDS,
            "problem": problem,
            "offered": _by_place(offered),
            "others": [one for one in (a, b) if one and one not in {each.view.id for each in offered}],
        },
        twin=_twin(found),
        tables=_tables(found),
        marking=found.marking if found else markings(one.view for one in offered),
        query={"a": a, "b": b} if a and b else {},
    )


def _by_place(offered: list[Item]) -> list[tuple[str, list[Item]]]:
    """What can be compared under the name of each place; of a place with one assessment alone, nothing can."""
    places: dict[str, list[Item]] = {}
    for one in offered:
        places.setdefault(one.subject, []).append(one)
    return sorted((name, found) for name, found in places.items() if len(found) > 1)


def _twin(found: Differing | None) -> dict[str, Any]:
    if found is None:
        return {"a": None, "b": None}
    told = found.found
    exchange = told.exchange
    return {
        "a": {"id": found.a.id, "name": told.a, "probability": told.probability_a},
        "b": {"id": found.b.id, "name": told.b, "probability": told.probability_b},
        "frame": found.frame,
        "gap": told.gap,
        "shares": dict(told.shares),
        "gross": told.gross,
        "untold": told.untold or None,
        "exchange": vars(exchange) if exchange else None,
        "kappa": vars(found.kappa) if found.kappa else None,
        "evidence_not_for_you": found.unseen,
    }


def _tables(found: Differing | None) -> dict[str, Table]:
    told = found.found if found else None
    marking: Marking | None = found.marking if found else None
    parts = told.shares.items() if told else ()
    shares = [{"cause": cause, "log_odds": share, "means": WORDS[cause]} for cause, share in parts]
    reasons = [
        {"cause": one.cause, "about": one.about, "log_odds": one.share, "words": one.words}
        | {"items": "; ".join(one.items)}
        for one in (told.reasons if told else ())
    ]
    return {
        "shares": table("Shares of the gap", SHARES, shares, marking),
        "reasons": table("What is behind each share", REASONS, reasons, marking),
    }
