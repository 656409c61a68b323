"""Rules for where concepts stand: in one scheme, below a top concept, and never below themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from tocsin.lexicon import names, rings
from tocsin.lexicon.faults import Entry, Fault, Shelf

RULES = {
    "in-scheme": "a concept stands in one scheme that is there",
    "broader": "what is broader is there and in the same scheme",
    "orphan": "a concept is, or stands below, a top concept of its scheme",
    "cycle": "no concept stands below itself",
    "inverse": "narrower and top concepts agree with what they are the inverse of",
}

MOST = 20
"""Rings that are told of one tangle: when they are taken out, another check tells what is left."""

NAMED = 12
"""Concepts that are named of one ring."""

_SKOS = names.SKOS


def faults(shelf: Shelf) -> Iterator[Fault]:
    """Every fault of where concepts stand, in time that grows with the number of concepts and relations."""
    ups = {iri: _ups(shelf, iri) for iri in shelf.concepts}
    downs: dict[str, list[str]] = {}
    for iri, above in ups.items():
        for up in above:
            downs.setdefault(up, []).append(iri)
    tangles = rings.tangles(ups)
    # What stands in a ring, or below one, is told of the ring.
    placed = _reached(downs, [*_tops(shelf), *(one for tangle in tangles for one in tangle)])
    for iri, entry in shelf.concepts.items():
        yield from _place(shelf, iri, entry)
        yield from _below(shelf, iri, entry)
        if iri not in placed:
            remedy = "Give it skos:broader, or skos:topConceptOf its scheme"
            yield Fault(entry.file, iri, "orphan", "nothing leads to it from a top concept", remedy)
    yield from _inverse_tops(shelf)
    for tangle in tangles:
        yield from _rings(shelf, ups, tangle)


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


def _below(shelf: Shelf, iri: str, entry: Entry) -> Iterator[Fault]:
    for below in entry.said.all(f"{_SKOS}narrower"):
        if below not in shelf.concepts or iri not in shelf.concepts[below].said.all(f"{_SKOS}broader"):
            what = f"{names.short(below)} does not say that it stands below"
            remedy = "Write skos:broader there, and leave out skos:narrower here"
            yield Fault(entry.file, iri, "inverse", what, remedy)


def _inverse_tops(shelf: Shelf) -> Iterator[Fault]:
    tops = {scheme: set(entry.said.all(f"{_SKOS}hasTopConcept")) for scheme, entry in shelf.schemes.items()}
    for iri, entry in shelf.concepts.items():
        for scheme in entry.said.all(f"{_SKOS}inScheme"):
            named = tops.get(scheme)
            if named and (iri in named) != (scheme in entry.said.all(f"{_SKOS}topConceptOf")):
                what = "it and its scheme differ on whether it is a top concept"
                remedy = "Write skos:topConceptOf, and leave out skos:hasTopConcept"
                yield Fault(entry.file, iri, "inverse", what, remedy)


def _tops(shelf: Shelf) -> Iterator[str]:
    """The concepts that say that they are top concepts, or whose scheme says so."""
    for iri, entry in shelf.concepts.items():
        if f"{_SKOS}topConceptOf" in entry.said:
            yield iri
    for scheme, entry in shelf.schemes.items():
        for iri in entry.said.all(f"{_SKOS}hasTopConcept"):
            if iri in shelf.concepts and scheme in shelf.concepts[iri].said.all(f"{_SKOS}inScheme"):
                yield iri


def _ups(shelf: Shelf, iri: str) -> tuple[str, ...]:
    return tuple(up for up in shelf.concepts[iri].said.all(f"{_SKOS}broader") if up in shelf.concepts)


def _reached(downs: Mapping[str, Sequence[str]], starts: Iterable[str]) -> set[str]:
    """These concepts and all that stand below one of them."""
    waiting = list(starts)
    found = set(waiting)
    while waiting:
        new = [one for one in downs.get(waiting.pop(), ()) if one not in found]
        found.update(new)
        waiting += new
    return found


def _rings(shelf: Shelf, ups: Mapping[str, Sequence[str]], tangle: frozenset[str]) -> Iterator[Fault]:
    """Rings until each member has been told of in one, each by the shortest way round; ``MOST`` of one tangle."""
    told: set[str] = set()
    found = 0
    for start in sorted(tangle):
        if start in told:
            continue
        found += 1
        ring = rings.way_round(ups, tangle, start)
        told.update(ring)
        what = f"it stands below itself: {_in_words([*ring, start])}"
        if found == MOST and (left := len(tangle) - len(told)):
            what += f"; so do {left} more that are tangled up with it"
        yield Fault(shelf.concepts[start].file, start, "cycle", what, "Take out one skos:broader of the ring")
        if found == MOST:
            return


def _in_words(ring: Sequence[str]) -> str:
    short = [names.short(one) for one in ring]
    if len(short) > NAMED:
        short[NAMED - 1 : -1] = [f"... {len(short) - NAMED} others ..."]
    return " below ".join(short)
