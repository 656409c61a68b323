"""Rules for mappings: both ends exist, somebody has signed with a reason, and no two contradict each other."""

from __future__ import annotations

from collections.abc import Iterator

from tocsin.lexicon import names
from tocsin.lexicon.faults import Entry, Fault, Shelf, is_date

RULES = {
    "end": "a mapping begins and ends at concepts that are there, or ends at a scheme where the relation is none",
    "relation": "its relation is exact, close, broad, narrow or none",
    "signed": "it has an author, a date and a reason",
    "contradiction": "two concepts stand in one relation; none to a scheme and a mapping into it exclude each other",
}

_OWN = names.VOCABULARY
_INVERSE = {"broad": "narrow", "narrow": "broad"}


def faults(shelf: Shelf) -> Iterator[Fault]:
    """Every fault of mappings."""
    for iri, entry in shelf.mappings.items():
        yield from _ends(shelf, iri, entry)
        yield from _signed(iri, entry)
    yield from _contradictions(shelf)


def _ends(shelf: Shelf, iri: str, entry: Entry) -> Iterator[Fault]:
    file, said = entry
    starts, ends, schemes = (said.all(f"{_OWN}{name}") for name in ("from", "to", "toScheme"))
    relations = [names.RELATIONS.get(one) for one in said.all(f"{_OWN}relation")]
    if len(relations) != 1 or relations[0] is None:
        remedy = "Give one of skos:exactMatch, closeMatch, broadMatch, narrowMatch or tocsin:noMatch"
        yield Fault(file, iri, "relation", "its relation is missing or unknown", remedy)
    if len(starts) != 1 or len(ends) + len(schemes) != 1:
        what = "it does not have one beginning and one end"
        yield Fault(file, iri, "end", what, "Give one tocsin:from, and one tocsin:to or tocsin:toScheme")
    for concept in (*starts, *ends):
        if concept not in shelf.concepts:
            what = f"it leads to nowhere: there is no concept {names.short(concept)}"
            yield Fault(file, iri, "end", what, "Correct the name, or describe that concept")
    for scheme in schemes:
        if scheme not in shelf.schemes:
            what = f"it leads to nowhere: there is no scheme {names.short(scheme)}"
            yield Fault(file, iri, "end", what, "Correct the name, or describe that scheme")
    if schemes and relations != ["none"]:
        yield Fault(file, iri, "end", "it maps to a whole scheme", "Name a concept, or say tocsin:noMatch")
    if starts and starts == ends:
        yield Fault(file, iri, "end", "it maps a concept to itself", "Name another concept")


def _signed(iri: str, entry: Entry) -> Iterator[Fault]:
    file, said = entry
    if not said.one(f"{names.DCT}creator").strip():
        yield Fault(file, iri, "signed", "it has no author", "Add dct:creator")
    if not is_date(said.one(f"{names.DCT}issued")):
        yield Fault(file, iri, "signed", "it has no date", "Add dct:issued as 2026-11-25")
    if not said.one(f"{names.SKOS}note").strip():
        yield Fault(file, iri, "signed", "it gives no reason", "Add skos:note that says why")


def _contradictions(shelf: Shelf) -> Iterator[Fault]:
    pairs: dict[tuple[str, str], tuple[str, bool, str]] = {}
    into: dict[tuple[str, str], list[tuple[str, str]]] = {}
    denied: list[tuple[str, str, str]] = []
    for iri, (file, said) in shelf.mappings.items():
        start, end, scheme = (said.one(f"{_OWN}{name}") for name in ("from", "to", "toScheme"))
        relation = names.RELATIONS.get(said.one(f"{_OWN}relation"), "")
        if scheme:
            denied.append((iri, start, scheme))
            continue
        if not end:
            continue
        # Both directions of a pair are one statement: the second is turned round before the two are compared.
        turned = start > end
        seen = (_INVERSE.get(relation, relation) if turned else relation, said.one(f"{_OWN}inverted") == "true", iri)
        pair = (end, start) if turned else (start, end)
        first = pairs.setdefault(pair, seen)
        if first[2] != iri:
            what = (
                f"{names.short(first[2])} says the same"
                if first[:2] == seen[:2]
                else f"{names.short(first[2])} gives the same two another relation"
            )
            yield Fault(file, iri, "contradiction", what, "Keep one of the two")
        if relation != "none":
            for one, other in ((start, end), (end, start)):
                into.setdefault((one, other.rpartition("/")[0]), []).append((iri, other))
    for iri, start, scheme in denied:
        for other, end in into.get((start, scheme), ()):
            what = f"{names.short(other)} maps the same concept to {names.short(end)}"
            yield Fault(shelf.mappings[iri].file, iri, "contradiction", what, "Keep the mapping or the denial")
