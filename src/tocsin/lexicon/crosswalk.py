"""Mappings between the concepts of different frames, and an assessment made in one frame read in another.

A mapping is a statement by an author on a date, with a reason. Its relation is read from its source: *exact*; *close*
(one may stand for the other in a first reading, the note says where they part); *broad* (the target is broader than
the source); *narrow* (the target is narrower); *none*. Only one direction is written down, the inverse follows. None
comes in two kinds: of two concepts, that they must not be taken for each other; of a concept and a whole scheme, that
nothing there corresponds. Nothing written is a third thing: nobody has said.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal, cast

from tocsin.lexicon import names
from tocsin.lexicon.concepts import in_order
from tocsin.lexicon.reading import TurtleFile, packaged_file
from tocsin.lexicon.scheme import CROSSWALKS, concept, scheme

Relation = Literal["exact", "close", "broad", "narrow", "none"]

Bearing = Literal["exact", "close", "broad", "narrow", "overlap"]
"""How a concept that was asked about bears on a target: its own mapping's relation, or what follows from one of its
parts or of what holds it. overlap: a part of it lies in a target that is broader than the part."""

INVERSE: dict[Relation, Relation] = {
    "exact": "exact",
    "close": "close",
    "broad": "narrow",
    "narrow": "broad",
    "none": "none",
}
"""The relation seen from the other end."""


@dataclass(frozen=True)
class Mapping:
    """How one concept stands to another, or that a whole scheme has nothing for it.

    source, target: ids of concepts; target is None where nothing in target_scheme corresponds. inverted: what is
    present in one is absent in the other. derived: the inverse of what is written down.
    """

    source: str
    target: str | None
    target_scheme: str
    relation: Relation
    inverted: bool
    author: str
    date: str
    note: str
    derived: bool = False


@dataclass(frozen=True)
class Rendered:
    """What a concept leads to in the other frame.

    via: the concept whose mapping it is: the concept itself, a part of it below, or what holds it above.
    """

    concept: str
    target: str
    relation: Bearing
    inverted: bool
    note: str
    author: str
    via: str


@dataclass(frozen=True)
class Gap:
    """A concept without a counterpart.

    stated: somebody has said so, for the reason in the note; otherwise nobody has said anything.
    """

    concept: str
    stated: bool
    note: str = ""


@dataclass(frozen=True)
class Rendering:
    """Concepts of one frame, read in another.

    found: what they lead to. unmapped: those that lead nowhere. unreached: concepts of the other frame to which none
    leads; where all below a concept is unreached, only the concept is named.
    """

    to_scheme: str
    found: tuple[Rendered, ...]
    unmapped: tuple[Gap, ...]
    unreached: tuple[Gap, ...]


def mappings(source_scheme: str, target_scheme: str) -> tuple[Mapping, ...]:
    """Every mapping from one scheme to another, those that follow as inverses included, in the order of the source.

    Errors: LexiconError if there is no such scheme.
    """
    scheme(source_scheme), scheme(target_scheme)
    return _between().get((source_scheme, target_scheme), ())


def render(keys: tuple[str, ...] | list[str], to_scheme: str) -> Rendering:
    """What concepts of one frame lead to in another, and what is left over on both sides.

    keys: ids of concepts, as ``un-framework-2014:6``. A concept without a mapping of its own takes that of what is
    above it; the mappings of what is below it count as parts.

    >>> [(one.target, one.relation) for one in render(["un-framework-2014:3.4"], "eu-checklist").found]
    [('eu-checklist:2.3', 'exact')]

    Errors: LexiconError if a concept or the scheme does not exist.
    """
    asked = tuple(dict.fromkeys(concept(key).id for key in keys))
    scheme(to_scheme)
    found: list[Rendered] = []
    unmapped: list[Gap] = []
    for id in asked:
        leads = list(_leads(id, to_scheme))
        found += leads
        if not leads:
            unmapped.append(_gap(id, to_scheme))
    return Rendering(to_scheme, tuple(found), tuple(unmapped), tuple(_unreached(found, asked, to_scheme)))


def mappings_in(file: TurtleFile) -> tuple[Mapping, ...]:
    """The mappings that a file writes down. The file has passed the integrity checks."""
    own = names.VOCABULARY
    return tuple(
        Mapping(
            source=names.short(one.one(f"{own}from")),
            target=names.short(one.one(f"{own}to")) or None,
            target_scheme=names.short(one.one(f"{own}toScheme") or one.one(f"{own}to")).partition(":")[0],
            relation=cast(Relation, names.RELATIONS[one.one(f"{own}relation")]),
            inverted=one.one(f"{own}inverted") == "true",
            author=one.one(f"{names.DCT}creator"),
            date=one.one(f"{names.DCT}issued"),
            note=one.one(f"{names.SKOS}note"),
        )
        for one in file.of_type(f"{own}Mapping").values()
    )


def inverse(mapping: Mapping) -> Mapping | None:
    """The same mapping seen from its other end; None if it has no other end.

    That a concept has no counterpart in a scheme says nothing of any one concept there.
    """
    if mapping.target is None:
        return None
    return replace(
        mapping,
        source=mapping.target,
        target=mapping.source,
        target_scheme=mapping.source.partition(":")[0],
        relation=INVERSE[mapping.relation],
        derived=not mapping.derived,
    )


@cache
def stated() -> tuple[Mapping, ...]:
    """Every mapping that is written down in the package."""
    return mappings_in(packaged_file(f"{CROSSWALKS}.ttl"))


@cache
def _between() -> dict[tuple[str, str], tuple[Mapping, ...]]:
    both = [one for written in stated() for one in (written, inverse(written)) if one is not None]
    both.sort(key=lambda one: (in_order(one.source), in_order(one.target or one.target_scheme)))
    found: dict[tuple[str, str], tuple[Mapping, ...]] = {}
    for one in both:
        ends = (one.source.partition(":")[0], one.target_scheme)
        found[ends] = (*found.get(ends, ()), one)
    return found


@cache
def _from(id: str, to_scheme: str) -> tuple[Mapping, ...]:
    return tuple(one for one in _between().get((id.partition(":")[0], to_scheme), ()) if one.source == id)


def _leads(id: str, to_scheme: str) -> Iterator[Rendered]:
    """Mappings of the concept itself, then of its parts; if there are none, of what holds it."""
    direct = {one.target for one in _from(id, to_scheme) if one.relation != "none"}
    for one in _from(id, to_scheme):
        if one.relation != "none":
            yield _rendered(id, one, cast(Bearing, one.relation))
    parts = [
        one
        for below in _below(id)
        for one in _from(below, to_scheme)
        if one.relation != "none" and one.target not in direct
    ]
    for one in parts:
        # What corresponds to a part is narrower than the whole; what is broader than a part need not be.
        yield _rendered(id, one, "overlap" if one.relation == "broad" else "narrow")
    if not direct and not parts and not _denied(id, to_scheme):
        for above in _above(id):
            held = [one for one in _from(above, to_scheme) if one.relation in ("exact", "close", "broad")]
            for one in held:
                yield _rendered(id, one, "broad")
            if held:
                return


def _rendered(id: str, mapping: Mapping, relation: Bearing) -> Rendered:
    target = cast(str, mapping.target)
    return Rendered(id, target, relation, mapping.inverted, mapping.note, mapping.author, mapping.source)


def _denied(id: str, to_scheme: str) -> Mapping | None:
    """Who said that nothing in the scheme corresponds to the concept, if anybody."""
    return next((one for one in _from(id, to_scheme) if one.relation == "none" and one.target is None), None)


def _gap(id: str, to_scheme: str) -> Gap:
    for one in (id, *_above(id)):
        if denied := _denied(one, to_scheme):
            return Gap(id, stated=True, note=denied.note)
    return Gap(id, stated=False)


def _unreached(found: list[Rendered], asked: tuple[str, ...], to_scheme: str) -> Iterator[Gap]:
    whole = {one.target for one in found if one.relation not in ("broad", "overlap")}
    touched = {one.target for one in found}
    touched |= {above for target in touched for above in _above(target)}
    sources = tuple(dict.fromkeys(id.partition(":")[0] for id in asked))

    def walk(id: str) -> Iterator[Gap]:
        if id in whole:
            return
        if id not in touched:
            gaps = [_gap(id, source) for source in sources]
            yield next((gap for gap in gaps if gap.stated), Gap(id, stated=False))
            return
        for below in concept(id).narrower:
            yield from walk(below)

    for top in scheme(to_scheme).tops:
        if top.id not in asked:
            yield from walk(top.id)


def _above(id: str) -> Iterator[str]:
    """What holds the concept, nearest first."""
    for parent in concept(id).broader:
        yield parent
        yield from _above(parent)


def _below(id: str) -> Iterator[str]:
    """The parts of the concept, at every depth."""
    for part in concept(id).narrower:
        yield part
        yield from _below(part)
