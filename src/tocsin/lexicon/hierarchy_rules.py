"""Rules for where concepts stand: in one scheme, below a top concept, and never below themselves."""

from __future__ import annotations

from collections.abc import Iterator

from tocsin.lexicon import names
from tocsin.lexicon.faults import Entry, Fault, Shelf

RULES = {
    "in-scheme": "a concept stands in one scheme that is there",
    "broader": "what is broader is there and in the same scheme",
    "orphan": "a concept is, or stands below, a top concept of its scheme",
    "cycle": "no concept stands below itself",
    "inverse": "narrower and top concepts agree with what they are the inverse of",
}

_SKOS = names.SKOS


def faults(shelf: Shelf) -> Iterator[Fault]:
    """Every fault of where concepts stand."""
    above = {iri: _all_above(shelf, iri) for iri in shelf.concepts}
    ringed = {iri for iri, ups in above.items() if iri in ups}
    for iri, entry in shelf.concepts.items():
        yield from _place(shelf, iri, entry)
        yield from _inverses(shelf, iri, entry)
        # What stands in a ring, or below one, is told of the ring.
        if not ringed & {iri, *above[iri]} and not any(_is_top(shelf, one) for one in (iri, *above[iri])):
            remedy = "Give it skos:broader, or skos:topConceptOf its scheme"
            yield Fault(entry.file, iri, "orphan", "nothing leads to it from a top concept", remedy)
    yield from _rings(shelf, ringed)


def _place(shelf: Shelf, iri: str, entry: Entry) -> Iterator[Fault]:
    own = entry.said.all(f"{_SKOS}inScheme")
    if len(own) != 1 or own[0] not in shelf.schemes:
        what = "it stands in no scheme that is there, or in several"
        yield Fault(entry.file, iri, "in-scheme", what, "Give it one skos:inScheme")
    for above in entry.said.all(f"{_SKOS}broader"):
        if above not in shelf.concepts:
            what = f"there is no {names.short(above)} for it to stand below"
            yield Fault(entry.file, iri, "broader", what, "Correct skos:broader, or describe that concept")
        elif shelf.concepts[above].said.all(f"{_SKOS}inScheme") != own:
            what = f"{names.short(above)} is of another scheme"
            yield Fault(entry.file, iri, "broader", what, "Relate schemes by a mapping")


def _inverses(shelf: Shelf, iri: str, entry: Entry) -> Iterator[Fault]:
    for below in entry.said.all(f"{_SKOS}narrower"):
        if below not in shelf.concepts or iri not in shelf.concepts[below].said.all(f"{_SKOS}broader"):
            what = f"{names.short(below)} does not say that it stands below"
            remedy = "Write skos:broader there, and leave out skos:narrower here"
            yield Fault(entry.file, iri, "inverse", what, remedy)
    for scheme in entry.said.all(f"{_SKOS}inScheme"):
        tops = shelf.schemes[scheme].said.all(f"{_SKOS}hasTopConcept") if scheme in shelf.schemes else ()
        if tops and (iri in tops) != (scheme in entry.said.all(f"{_SKOS}topConceptOf")):
            what = "it and its scheme differ on whether it is a top concept"
            remedy = "Write skos:topConceptOf, and leave out skos:hasTopConcept"
            yield Fault(entry.file, iri, "inverse", what, remedy)


def _is_top(shelf: Shelf, iri: str) -> bool:
    said = shelf.concepts[iri].said
    return f"{_SKOS}topConceptOf" in said or any(
        iri in shelf.schemes[scheme].said.all(f"{_SKOS}hasTopConcept")
        for scheme in said.all(f"{_SKOS}inScheme")
        if scheme in shelf.schemes
    )


def _ups(shelf: Shelf, iri: str) -> tuple[str, ...]:
    return tuple(up for up in shelf.concepts[iri].said.all(f"{_SKOS}broader") if up in shelf.concepts)


def _all_above(shelf: Shelf, iri: str) -> set[str]:
    seen: set[str] = set()
    waiting = [iri]
    while waiting:
        new = set(_ups(shelf, waiting.pop())) - seen
        seen |= new
        waiting += new
    return seen


def _rings(shelf: Shelf, ringed: set[str]) -> Iterator[Fault]:
    """Rings until each of their members has been told of in one, each by the shortest way round."""
    told: set[str] = set()
    for start in sorted(ringed):
        if start in told:
            continue
        ring = _way_round(shelf, start)
        told |= set(ring)
        what = "it stands below itself: " + " below ".join(names.short(one) for one in (*ring, start))
        yield Fault(shelf.concepts[start].file, start, "cycle", what, "Take out one skos:broader of the ring")


def _way_round(shelf: Shelf, start: str) -> list[str]:
    """The shortest way up from a member of a ring back to itself, without its end."""
    ways = [[start]]
    seen: set[str] = set()
    for way in ways:  # grows while it is read: nearest first
        for up in _ups(shelf, way[-1]):
            if up == start:
                return way
            if up not in seen:
                seen.add(up)
                ways.append([*way, up])
    return [start]
