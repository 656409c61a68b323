"""The names of the lexicon: where its identifiers begin, and how they are written short.

Identifiers are IRIs below ``https://tocsin.invalid/``. The ending ``.invalid`` is reserved (RFC 2606) and nobody can
ever own it: the names claim no domain, cannot come to lead to somebody else's page, and no tool that looks them up
can make a node reach out. A ``urn:tocsin:`` would need a registered namespace (RFC 8141), and an address of ours would
have to be kept alive for as long as any statement uses it. Whoever wants to serve the schemes changes one prefix.
"""

from __future__ import annotations

BASE = "https://tocsin.invalid/"
SCHEME = f"{BASE}scheme/"
CROSSWALK = f"{BASE}crosswalk/"
TERM = f"{BASE}term/"
SOURCE = f"{BASE}source/"
VOCABULARY = f"{BASE}vocabulary/"

DCT = "http://purl.org/dc/terms/"
OWL = "http://www.w3.org/2002/07/owl#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"

LANGUAGES = ("en", "fr", "ar")
"""The languages in which every concept has a label."""

RELATIONS = {
    f"{SKOS}exactMatch": "exact",
    f"{SKOS}closeMatch": "close",
    f"{SKOS}broadMatch": "broad",
    f"{SKOS}narrowMatch": "narrow",
    f"{VOCABULARY}noMatch": "none",
}
"""The relation of a mapping, by the property that stands for it; SKOS has none for "nothing corresponds"."""


def scheme_iri(key: str) -> str:
    """The IRI of a scheme.

    >>> scheme_iri("us-araf")
    'https://tocsin.invalid/scheme/us-araf'
    """
    return SCHEME + key


def concept_iri(id: str) -> str:
    """The IRI of a concept by ``SCHEME:NOTATION``.

    >>> concept_iri("us-araf:3.1")
    'https://tocsin.invalid/scheme/us-araf/3.1'
    """
    return SCHEME + id.replace(":", "/", 1)


def short(iri: str) -> str:
    """An IRI as people write it: a scheme by its key, a concept as ``SCHEME:NOTATION``; anything else as it is.

    >>> short("https://tocsin.invalid/scheme/un-framework-2014/6.1")
    'un-framework-2014:6.1'
    >>> short("https://tocsin.invalid/scheme/terms")
    'terms'
    >>> short("https://example.org/else")
    'https://example.org/else'
    """
    if not iri.startswith(SCHEME):
        return iri
    key, slash, notation = iri.removeprefix(SCHEME).partition("/")
    return f"{key}:{notation}" if slash else key
