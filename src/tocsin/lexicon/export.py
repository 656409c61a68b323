"""A scheme or the crosswalks as Turtle or JSON-LD, for other tools that read SKOS."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal

from tocsin.core.errors import LexiconError
from tocsin.lexicon import names
from tocsin.lexicon.crosswalk import inverse, stated
from tocsin.lexicon.reading import packaged_file
from tocsin.lexicon.scheme import CROSSWALKS, schemes

if TYPE_CHECKING:
    from rdflib import Graph

Form = Literal["turtle", "json-ld"]

FORMS: dict[str, str] = {"turtle": "text/turtle", "json-ld": "application/ld+json"}
"""The media type of each form."""


def export(key: str, form: str = "turtle") -> str:
    """A scheme, or ``crosswalks``, as text. Both forms say the same: read back, they give equal graphs.

    Crosswalks come with the plain SKOS mapping properties beside the signed mappings, in both directions, so that a
    tool that does not know ours can follow them; where nothing corresponds, SKOS has no property.

    Errors: LexiconError if there is no such scheme or form.
    """
    if form not in FORMS:
        raise LexiconError(f"no form is called {form!r}", remedy=f"Choose one of: {', '.join(FORMS)}")
    graph = export_graph(key)
    if form == "turtle":
        return graph.serialize(format="turtle")
    # The prefixes are written into the file, so that nobody has to fetch a context to read it.
    context = {prefix: str(namespace) for prefix, namespace in graph.namespaces() if prefix}
    written = json.loads(graph.serialize(format="json-ld", context=context, auto_compact=False))
    return json.dumps(_ordered(written), ensure_ascii=False, indent=1) + "\n"


def _ordered(value: Any) -> Any:
    """The same JSON-LD in an order that does not change from process to process; its arrays are sets."""
    if isinstance(value, dict):
        return {name: _ordered(value[name]) for name in sorted(value)}
    if isinstance(value, list):
        return sorted(map(_ordered, value), key=lambda one: json.dumps(one, sort_keys=True))
    return value


def export_graph(key: str) -> Graph:
    """What an export says, as a graph of its own.

    Errors: LexiconError if there is no such scheme.
    """
    if key != CROSSWALKS and key not in schemes():
        known = (*schemes(), CROSSWALKS)
        raise LexiconError(f"no scheme is called {key!r}", remedy=f"Choose one of: {', '.join(known)}")
    from rdflib import Graph, URIRef

    source = packaged_file(f"{key}.ttl").graph
    graph = Graph(bind_namespaces="none")
    for prefix, namespace in source.namespaces():
        if any(str(namespace) in str(node) for triple in source for node in triple):
            graph.bind(prefix, namespace)
    graph += source
    if key == CROSSWALKS:
        properties = {relation: iri for iri, relation in names.RELATIONS.items() if iri.startswith(names.SKOS)}
        for written in stated():
            for one in (written, inverse(written)):
                if one is not None and one.target is not None and one.relation in properties:
                    ends = (URIRef(names.concept_iri(end)) for end in (one.source, one.target))
                    graph.add((next(ends), URIRef(properties[one.relation]), next(ends)))
    return graph
