"""Rules for what is said of schemes, concepts and terms, after SKOS and the lexicon's own promises."""

from __future__ import annotations

from collections.abc import Iterator

from tocsin.lexicon import names
from tocsin.lexicon.concepts import SENSES, SIGNS, THRESHOLDS
from tocsin.lexicon.faults import Entry, Fault, Shelf, is_date
from tocsin.lexicon.reading import Description, TurtleFile

RULES = {
    "empty": "a file describes a scheme or mappings",
    "twice": "one file describes a subject, not two",
    "untyped": "what stands in a scheme is declared a concept",
    "property": "no property of SKOS or of the lexicon is misspelt",
    "scheme": "a scheme has a title in each language, a version and a date",
    "language": "a label, once, in English, French and Arabic",
    "label": "a label belongs to one concept of its scheme in its language",
    "notation": "one notation, which ends the concept's identifier and belongs to it alone",
    "definition": "a definition in English",
    "source": "a source with its citation, and the paragraph",
    "owner": "a sense of a term has an owner and a kind",
    "value": "senses, signs and crimes are ones that exist; thresholds are whole numbers from 0",
    "member": "what a term gathers is there",
}

_SKOS, _OWN, _DCT = names.SKOS, names.VOCABULARY, names.DCT

_KNOWN = {
    *(
        f"{_SKOS}{name}"
        for name in (
            *("inScheme", "topConceptOf", "hasTopConcept", "broader", "narrower", "related", "member"),
            *("notation", "prefLabel", "altLabel", "hiddenLabel", "definition", "example"),
            *("note", "scopeNote", "editorialNote", "changeNote", "historyNote"),
            *("exactMatch", "closeMatch", "broadMatch", "narrowMatch", "relatedMatch"),
        )
    ),
    *(
        f"{_OWN}{name}"
        for name in (
            *("owner", "sense", "sign", "crime", "locator", "compared"),
            *("from", "to", "toScheme", "relation", "inverted"),
            *THRESHOLDS,
        )
    ),
}


def faults(shelf: Shelf) -> Iterator[Fault]:
    """Every fault of schemes, concepts and terms."""
    for file in shelf.files:
        yield from _file(file)
    for file, subject in shelf.twice:
        yield Fault(file, subject, "twice", "another file describes it too", "Describe it in one file")
    for iri, entry in shelf.schemes.items():
        yield from _scheme(iri, entry)
    for iri, entry in shelf.concepts.items():
        yield from _words(shelf, iri, entry)
        yield from _values(shelf, iri, entry)
    yield from _unique(shelf)
    yield from _terms(shelf)


def _file(file: TurtleFile) -> Iterator[Fault]:
    kinds = (f"{_SKOS}ConceptScheme", f"{_OWN}Mapping")
    if not any(file.of_type(kind) for kind in kinds):
        yield Fault(file, "", "empty", "it describes no scheme and no mapping", "Declare a skos:ConceptScheme")
    for iri, said in file.subjects.items():
        if f"{_SKOS}inScheme" in said and f"{_SKOS}Concept" not in said.all(names.TYPE):
            yield Fault(
                file, iri, "untyped", "it stands in a scheme but is no concept", "Begin it with: a skos:Concept"
            )
        for name in said:
            if name.startswith((_SKOS, _OWN)) and name not in _KNOWN:
                yield Fault(file, iri, "property", f"nothing is called {name}", "Correct the name of the property")


def _scheme(iri: str, entry: Entry) -> Iterator[Fault]:
    missing = set(names.LANGUAGES) - set(entry.said.by_language(f"{_DCT}title"))
    if missing:
        yield Fault(entry.file, iri, "scheme", f"it has no title in {', '.join(sorted(missing))}", "Add dct:title")
    if not entry.said.one(f"{names.OWL}versionInfo"):
        yield Fault(entry.file, iri, "scheme", "it has no version", "Add owl:versionInfo")
    if not is_date(entry.said.one(f"{_DCT}issued")):
        yield Fault(entry.file, iri, "scheme", "it has no date", "Add dct:issued as 2026-11-25")


def _words(shelf: Shelf, iri: str, entry: Entry) -> Iterator[Fault]:
    file, said = entry
    labels = [one.language for one in said.get(f"{_SKOS}prefLabel", ()) if one.text.strip()]
    for language in names.LANGUAGES:
        if labels.count(language) != 1:
            what = f"it has {labels.count(language) or 'no'} labels in {language}"
            yield Fault(file, iri, "language", what, f"Give it one skos:prefLabel with @{language}")
    if "en" not in said.by_language(f"{_SKOS}definition"):
        yield Fault(file, iri, "definition", "it has no definition", "Add skos:definition in English, in our own words")
    notations = said.all(f"{_SKOS}notation")
    if len(notations) != 1 or not iri.endswith(f"/{notations[0]}"):
        what = "its notation is missing, given twice, or not the end of its identifier"
        yield Fault(file, iri, "notation", what, "Give it one skos:notation, the same as the end of its name")
    yield from _source(shelf, iri, entry)


def _source(shelf: Shelf, iri: str, entry: Entry) -> Iterator[Fault]:
    file, said = entry
    inherited = (shelf.schemes[one].said for one in said.all(f"{_SKOS}inScheme") if one in shelf.schemes)
    cited = next((one.one(f"{_DCT}source") for one in (said, *inherited) if one.one(f"{_DCT}source")), "")
    if not cited:
        yield Fault(file, iri, "source", "neither it nor its scheme has a source", "Add dct:source")
    elif cited.startswith(names.SOURCE) and not file.subjects.get(cited, Description()).one(
        f"{_DCT}bibliographicCitation"
    ):
        yield Fault(file, iri, "source", f"its source {cited} is not described", "Add its dct:bibliographicCitation")
    if not said.one(f"{_OWN}locator"):
        yield Fault(file, iri, "source", "no paragraph or page is given", "Add tocsin:locator")


def _values(shelf: Shelf, iri: str, entry: Entry) -> Iterator[Fault]:
    file, said = entry
    known = {term.removeprefix(names.TERM) for term in shelf.terms}
    for name, allowed in (("sense", set(SENSES)), ("sign", set(SIGNS)), ("crime", known)):
        for value in said.all(f"{_OWN}{name}"):
            if value not in allowed:
                remedy = f"Choose one of: {', '.join(sorted(allowed))}"
                yield Fault(file, iri, "value", f"there is no {name} {value!r}", remedy)
    for name in THRESHOLDS:
        for one in said.get(f"{_OWN}{name}", ()):
            if one.number is None or one.number < 0:
                yield Fault(file, iri, "value", f"{name} is {one.text!r}", "Give a whole number from 0, without quotes")


def _unique(shelf: Shelf) -> Iterator[Fault]:
    labels: dict[tuple[str, str, str], str] = {}
    notations: dict[tuple[str, str], str] = {}
    for iri, (file, said) in shelf.concepts.items():
        for scheme in said.all(f"{_SKOS}inScheme"):
            for one in said.get(f"{_SKOS}prefLabel", ()):
                first = labels.setdefault((scheme, one.language, one.text.strip().casefold()), iri)
                if first != iri:
                    what = f"{names.short(first)} has the label '{one.text}' in {one.language} too"
                    yield Fault(
                        file, iri, "label", what, "Say in the label what sets them apart, as the owner or source"
                    )
            for notation in said.all(f"{_SKOS}notation"):
                first = notations.setdefault((scheme, notation), iri)
                if first != iri:
                    what = f"{names.short(first)} has the notation {notation!r} too"
                    yield Fault(file, iri, "notation", what, "Give each concept a notation of its own")


def _terms(shelf: Shelf) -> Iterator[Fault]:
    for iri, (file, said) in shelf.terms.items():
        missing = set(names.LANGUAGES) - set(said.by_language(f"{_SKOS}prefLabel"))
        if missing:
            yield Fault(file, iri, "language", f"it has no label in {', '.join(sorted(missing))}", "Add skos:prefLabel")
        for member in said.all(f"{_SKOS}member"):
            if member not in shelf.concepts:
                remedy = "Correct skos:member, or describe that concept"
                yield Fault(file, iri, "member", f"there is no {names.short(member)}", remedy)
                continue
            sense = shelf.concepts[member].said
            if f"{_OWN}sense" not in sense or set(names.LANGUAGES) - set(sense.by_language(f"{_OWN}owner")):
                what = f"{names.short(member)} does not say whose sense it is, or of which kind"
                yield Fault(file, iri, "owner", what, "Give it tocsin:sense, and tocsin:owner in each language")
