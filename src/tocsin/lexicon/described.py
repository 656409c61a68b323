"""From Turtle to values: the schemes that a file describes. The file has passed the integrity checks."""

from __future__ import annotations

from tocsin.core.errors import LexiconError
from tocsin.lexicon import names
from tocsin.lexicon.concepts import SENSES, SIGNS, Concept, Scheme, Term, in_order
from tocsin.lexicon.reading import Description, TurtleFile

_SKOS, _OWN, _DCT = names.SKOS, names.VOCABULARY, names.DCT


def schemes_in(file: TurtleFile) -> tuple[Scheme, ...]:
    """The schemes that a file describes.

    Errors: LexiconError if something that every scheme or concept has is missing.
    """
    return tuple(_scheme(file, iri, one) for iri, one in file.of_type(f"{_SKOS}ConceptScheme").items())


def _scheme(file: TurtleFile, iri: str, one: Description) -> Scheme:
    key = names.short(iri)
    members = {
        concept: said
        for concept, said in file.of_type(f"{_SKOS}Concept").items()
        if iri in said.all(f"{_SKOS}inScheme")
    }
    terms = [_term(word, said) for word, said in file.of_type(f"{_SKOS}Collection").items()]
    below: dict[str, list[str]] = {}
    for concept, said in members.items():
        for above in said.all(f"{_SKOS}broader"):
            below.setdefault(above, []).append(names.short(concept))
    source, url = _source(file, one)
    scheme = Scheme(
        key=key,
        titles=one.by_language(f"{_DCT}title"),
        version=_needed(file, iri, one, f"{names.OWL}versionInfo"),
        issued=_needed(file, iri, one, f"{_DCT}issued"),
        description=one.one(f"{_DCT}description"),
        source=source,
        url=url,
        owner=one.by_language(f"{_OWN}owner"),
        notes=one.all(f"{_SKOS}note"),
        concepts=(),
    )
    concepts = sorted(
        (_concept(file, concept, said, scheme, terms, below.get(concept, [])) for concept, said in members.items()),
        key=lambda concept: in_order(concept.notation),
    )
    rank = {concept.id: (SENSES.index(concept.sense) if concept.sense else 0, concept.id) for concept in concepts}
    return Scheme(
        **vars(scheme)
        | {
            "concepts": tuple(concepts),
            "terms": tuple(
                Term(term.key, term.labels, term.note, tuple(sorted(term.members, key=rank.__getitem__)))
                for term in terms
            ),
        }
    )


def _term(iri: str, one: Description) -> Term:
    members = tuple(names.short(member) for member in one.all(f"{_SKOS}member"))
    return Term(iri.removeprefix(names.TERM), one.by_language(f"{_SKOS}prefLabel"), one.one(f"{_SKOS}note"), members)


def _concept(
    file: TurtleFile, iri: str, one: Description, scheme: Scheme, terms: list[Term], below: list[str]
) -> Concept:
    id = names.short(iri)
    above = one.all(f"{_SKOS}broader")
    crimes = one.all(f"{_OWN}crime")
    for parent in above:  # an indicator is about the crimes that its factor is about
        crimes = crimes or file.subjects.get(parent, Description()).all(f"{_OWN}crime")
    source, url = _source(file, one)
    sense, sign = one.one(f"{_OWN}sense"), one.one(f"{_OWN}sign")
    return Concept(
        id=id,
        scheme=scheme.key,
        notation=_needed(file, iri, one, f"{_SKOS}notation"),
        labels=one.by_language(f"{_SKOS}prefLabel"),
        definition=_needed(file, iri, one, f"{_SKOS}definition"),
        source=source or scheme.source,
        paragraph=one.one(f"{_OWN}locator"),
        url=url if source else scheme.url,
        owner=one.by_language(f"{_OWN}owner") or scheme.owner,
        compared=one.one(f"{_OWN}compared") == "true",
        sense=next((known for known in SENSES if known == sense), None),
        sign=next((known for known in SIGNS if known == sign), None),
        terms=tuple(term.key for term in terms if id in term.members),
        crimes=crimes,
        thresholds={
            name.removeprefix(_OWN): values[0].number
            for name, values in sorted(one.items())
            if name.startswith(_OWN) and values[0].number is not None
        },
        notes=one.all(f"{_SKOS}note") + one.all(f"{_SKOS}scopeNote"),
        broader=tuple(sorted((names.short(parent) for parent in above), key=in_order)),
        narrower=tuple(sorted(below, key=in_order)),
    )


def _source(file: TurtleFile, one: Description) -> tuple[str, str]:
    """The citation and the address of what a thing is taken from; both empty if it names no source."""
    cited = one.one(f"{_DCT}source")
    said = file.subjects.get(cited, Description())
    return said.one(f"{_DCT}bibliographicCitation", cited), said.one(f"{names.RDFS}seeAlso")


def _needed(file: TurtleFile, iri: str, one: Description, name: str) -> str:
    found = one.one(name)
    if not found:
        raise LexiconError(
            f"{names.short(iri)} has no {name.rpartition('#')[2].rpartition('/')[2]}",
            where=file.where(iri),
            remedy="Add it; `tocsin lexicon check` names everything that is missing",
        )
    return found
