"""One frame beside another: what corresponds, in whose view and why, and what is left over on both sides."""

from __future__ import annotations

from typing import Any

from tocsin.desk.lexicon import Concept, Gap, Mapping, crosswalk_view, vocabulary_version
from tocsin.desk.reading import facts, read
from tocsin.desk.visit import Visit
from tocsin.interfaces.web.labels import Labels
from tocsin.interfaces.web.page import Page, Params, Table, table
from tocsin.interfaces.web.pages.lexicon_words import RELATIONS, WORDS


def crosswalk_page(visit: Visit, params: Params, source: str, target: str) -> Page:
    """``/lexicon/{scheme}?to=``: every mapping from one scheme to another, and the gaps of both. The two exist."""
    view, labels = crosswalk_view(source, target), Labels.read(params)
    titles = {key: one.get(labels.language, one["en"]) for key, one in view.titles.items()}
    mappings = tuple(one for one in view.mappings if source != target or not one.derived)
    return Page(
        stem=f"/lexicon/{source}",
        title=f"{titles[source]}: {titles[target]}",
        facts=facts(read(visit.settings)),
        content={
            **WORDS,
            "shape": "crosswalk",
            "labels": labels,
            "view": view,
            "mappings": mappings,
            "version": vocabulary_version(),
            "counts": {relation: sum(one.relation == relation for one in mappings) for relation in RELATIONS},
        },
        twin={"vocabulary": vocabulary_version(), "from": source, "to": target},
        tables={
            "mappings": table(
                "Mappings, in the order of the first",
                MAPPING,
                [mapping_row(one) for one in mappings],
            ),
            "unmapped": _gaps("Left over in the first", view.unmapped, view.concepts),
            "unreached": _gaps("Left over in the second", view.unreached, view.concepts),
        },
        query={"to": target},
    )


def mapping_row(one: Mapping) -> dict[str, Any]:
    """A mapping as a machine reads it; no target where nothing corresponds."""
    return {name: getattr(one, name) for name in MAPPING}


MAPPING = ("source", "relation", "inverted", "target", "target_scheme", "author", "date", "note", "derived")


def _gaps(title: str, gaps: tuple[Gap, ...], concepts: dict[str, Concept]) -> Table:
    rows = [
        {
            "concept": one.concept,
            "label": concepts[one.concept].label(),
            "stated": one.stated,
            "reason": one.note or None,
        }
        for one in gaps
    ]
    return table(title, ("concept", "label", "stated", "reason"), rows)
