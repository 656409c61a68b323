"""Does it matter? How often mass killing or escalation followed elections, coups and jumps in killing."""

from __future__ import annotations

from dataclasses import asdict

from tocsin.desk.does_it_matter import Line, matter_view
from tocsin.desk.reading import facts, read
from tocsin.desk.visit import Visit
from tocsin.interfaces.web.labels import Labels
from tocsin.interfaces.web.page import Page, Params, table

_NUMBERS = (
    "unit",
    "first",
    "last",
    "given",
    "set_aside",
    "events",
    "followed",
    "rate",
    "rate_low",
    "rate_high",
    "base_rate",
    "matched",
    "expected",
    "difference",
    "difference_low",
    "difference_high",
    "ratio",
    "ratio_low",
    "ratio_high",
    "placebo_p",
    "strength",
    "sentence",
)
COLUMNS = ("event", "outcome", *_NUMBERS, "beware", "definition", "horizon", "vintage", "method_version", "licence")
"""Of a comparison as a machine reads it."""


def matter_page(visit: Visit, params: Params) -> Page:
    """``/does-it-matter``: one line for each kind of event and outcome, with the verdict that the numbers allow."""
    view = matter_view()
    groups: dict[str, list[Line]] = {}
    for one in view.lines:
        groups.setdefault(one.event, []).append(one)
    defined = {one.title: one.definition for one in (*view.events, *view.outcomes)}
    rows = [
        asdict(one)
        | {
            "rate_low": one.interval[0] if one.interval else None,
            "rate_high": one.interval[1] if one.interval else None,
            "difference_low": one.difference_interval[0] if one.difference_interval else None,
            "difference_high": one.difference_interval[1] if one.difference_interval else None,
            "ratio_low": one.ratio_interval[0] if one.ratio_interval else None,
            "ratio_high": one.ratio_interval[1] if one.ratio_interval else None,
            "beware": " ".join(one.beware) or None,
            "definition": f"{defined[one.event]} {defined[one.outcome]}",
            "horizon": one.outcome,
            "vintage": "; ".join(f"{title}: {vintage}" for title, vintage, _, _ in view.sources),
            "method_version": view.method_version,
            "licence": view.licence,
        }
        for one in view.lines
    ]
    return Page(
        stem="/does-it-matter",
        title="Does it matter?",
        facts=facts(read(visit.settings)),
        content={"labels": Labels.read(params), "view": view, "groups": groups, "defined": defined},
        twin={
            "method_version": view.method_version,
            "computed": view.computed,
            "level": view.level,
            "licence": view.licence,
            "events": [asdict(one) for one in view.events],
            "outcomes": [asdict(one) for one in view.outcomes],
            "sources": [
                {"title": title, "vintage": vintage, "licence": licence, "citation": citation}
                for title, vintage, licence, citation in view.sources
            ],
        },
        tables={"comparisons": table("What followed, against periods alike", COLUMNS, rows, of_model=False)},
    )
