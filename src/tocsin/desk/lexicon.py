"""The lexicon for whoever asks: terms by owner, frames of assessment, crosswalks, checks and exports.

It is reference, open to everybody, and says nothing of anyone's statements: no marking and no line in the audit log.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tocsin.core.errors import LexiconError
from tocsin.lexicon.concepts import THRESHOLDS, Concept, Scheme, Term
from tocsin.lexicon.crosswalk import Gap, Mapping, Rendered, Rendering, mappings, render
from tocsin.lexicon.export import export
from tocsin.lexicon.integrity import RULES, Finding, check
from tocsin.lexicon.names import LANGUAGES
from tocsin.lexicon.scheme import concept, scheme, schemes, version

__all__ = [
    "LANGUAGES",
    "RULES",
    "THRESHOLDS",
    "Concept",
    "ConceptView",
    "CrosswalkView",
    "Finding",
    "Gap",
    "LexiconView",
    "Mapping",
    "Rendered",
    "Rendering",
    "Scheme",
    "SchemeLine",
    "Term",
    "TermView",
    "check_lexicon",
    "concept_view",
    "crosswalk_view",
    "export_scheme",
    "lexicon_view",
    "rendered_in",
    "scheme_view",
    "term_view",
    "terms_view",
    "vocabulary_version",
]

TERMS = "terms"
"""The scheme whose concepts are senses of terms; the others are frames."""


@dataclass(frozen=True)
class SchemeLine:
    """A scheme in the list of schemes. compared: how many definitions have been read against their source."""

    key: str
    titles: dict[str, str]
    version: str
    issued: str
    source: str
    concepts: int
    compared: int


@dataclass(frozen=True)
class LexiconView:
    """What there is. version: what a statement writes into its vocabulary field."""

    version: str
    schemes: tuple[SchemeLine, ...]


@dataclass(frozen=True)
class TermView:
    """A term with the senses that its owners give it, side by side."""

    term: Term
    senses: tuple[Concept, ...]


@dataclass(frozen=True)
class ConceptView:
    """A concept with what stands around it.

    scheme: title of its scheme by language. siblings: other owners' senses of the same terms. mappings: all of them,
    its own and those that follow as inverses; concepts: every concept named here, by id.
    """

    concept: Concept
    scheme: dict[str, str]
    siblings: tuple[str, ...]
    mappings: tuple[Mapping, ...]
    concepts: dict[str, Concept]


@dataclass(frozen=True)
class CrosswalkView:
    """One frame beside another: every mapping between them, and what is left over on both sides.

    unmapped: concepts of the first frame that lead nowhere, and unreached: of the second that nothing leads to; where
    all below a concept is left over, only the concept is named. concepts: every concept named here, by id.
    """

    source: str
    target: str
    titles: dict[str, dict[str, str]]
    mappings: tuple[Mapping, ...]
    unmapped: tuple[Gap, ...]
    unreached: tuple[Gap, ...]
    concepts: dict[str, Concept]


def vocabulary_version() -> str:
    """What a statement writes into ``vocabulary``: it pins every scheme and mapping. Parses nothing."""
    return version()


def lexicon_view() -> LexiconView:
    """Every scheme, and the version that pins them together."""
    lines = (
        SchemeLine(
            key=one.key,
            titles=dict(one.titles),
            version=one.version,
            issued=one.issued,
            source=one.source,
            concepts=len(one.concepts),
            compared=sum(concept.compared for concept in one.concepts),
        )
        for one in schemes().values()
    )
    return LexiconView(version(), tuple(lines))


def scheme_view(key: str) -> Scheme:
    """One scheme with its concepts. Errors: LexiconError names the schemes there are."""
    return scheme(key)


def terms_view() -> tuple[TermView, ...]:
    """Every term with its senses, by English label."""
    return tuple(_term(one) for one in sorted(scheme(TERMS).terms, key=lambda term: term.label().casefold()))


def term_view(key: str) -> TermView:
    """One term with its senses, by its key, for example ``genocide``.

    Errors: LexiconError names the terms there are.
    """
    known = {one.key: one for one in scheme(TERMS).terms}
    if key not in known:
        raise LexiconError(f"no term is called {key!r}", remedy=f"Choose one of: {', '.join(sorted(known))}")
    return _term(known[key])


def concept_view(id: str) -> ConceptView:
    """One concept by ``SCHEME:NOTATION``, with its siblings and mappings.

    Errors: LexiconError names the concepts that are nearest.
    """
    found = concept(id)
    own = scheme(found.scheme)
    siblings = tuple(
        member for term in own.terms if term.key in found.terms for member in term.members if member != found.id
    )
    mapped = tuple(one for key in schemes() for one in mappings(found.scheme, key) if one.source == found.id)
    named = {*siblings, *found.broader, *found.narrower, *(one.target for one in mapped if one.target)}
    return ConceptView(
        concept=found,
        scheme=dict(own.titles),
        siblings=tuple(dict.fromkeys(siblings)),
        mappings=mapped,
        concepts={one: concept(one) for one in sorted(named)},
    )


def crosswalk_view(source: str, target: str) -> CrosswalkView:
    """One frame beside another, or the senses of terms among themselves.

    Errors: LexiconError names the schemes there are.
    """
    ends = scheme(source), scheme(target)
    found = mappings(source, target)
    whole = [one.id for one in ends[0].tops]
    forth = render(whole, target)
    back = render([one.id for one in ends[1].tops], source)
    named = {
        *(end for one in found for end in (one.source, one.target) if end),
        *(gap.concept for gap in (*back.unreached, *forth.unreached)),
    }
    return CrosswalkView(
        source=source,
        target=target,
        titles={one.key: dict(one.titles) for one in ends},
        mappings=found,
        unmapped=back.unreached,
        unreached=forth.unreached,
        concepts={one: concept(one) for one in sorted(named)},
    )


def rendered_in(concepts: Sequence[str], to_scheme: str) -> Rendering:
    """What concepts of one frame lead to in another, with the gaps on both sides.

    Errors: LexiconError if a concept or the scheme does not exist.
    """
    return render(tuple(concepts), to_scheme)


def check_lexicon(paths: Sequence[Path] = ()) -> tuple[Finding, ...]:
    """Everything wrong with the lexicon, or with it once these files have taken their places in it.

    Errors: LexiconError if a path cannot be read.
    """
    return check(paths)


def export_scheme(key: str, form: str = "turtle") -> str:
    """A scheme, or ``crosswalks``, as Turtle or JSON-LD.

    Errors: LexiconError if there is no such scheme or form.
    """
    return export(key, form)


def _term(term: Term) -> TermView:
    return TermView(term, tuple(concept(member) for member in term.members))
