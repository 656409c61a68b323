"""One scheme to read: terms with each owner's sense beside the others', or a frame with its factors and indicators."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tocsin.core.errors import NotFound
from tocsin.desk.lexicon import (
    LANGUAGES,
    Concept,
    CrosswalkView,
    Scheme,
    TermView,
    crosswalk_view,
    lexicon_view,
    scheme_view,
    terms_view,
    vocabulary_version,
)
from tocsin.desk.reading import facts, read
from tocsin.desk.visit import Visit
from tocsin.interfaces.web.labels import Labels
from tocsin.interfaces.web.page import Page, Params, Table, table
from tocsin.interfaces.web.pages.lexicon import TERMS
from tocsin.interfaces.web.pages.lexicon_crosswalk import MAPPING, crosswalk_page, mapping_row
from tocsin.interfaces.web.pages.lexicon_words import WORDS, threshold


def scheme_page(visit: Visit, params: Params) -> Page:
    """``/lexicon/{scheme}?to=&fold=``: a scheme; with ``to``, how it reads in another.

    Errors: NotFound if there is no such scheme.
    """
    key, to = known(params["scheme"]), params.get("to", "").strip()
    if to:
        return crosswalk_page(visit, params, key, known(to))
    return _terms(visit, params) if key == TERMS else _frame(visit, params, key)


def known(key: str) -> str:
    """The key of a scheme, if there is such a scheme. Errors: NotFound names those there are."""
    keys = [one.key for one in lexicon_view().schemes]
    if key not in keys:
        raise NotFound("the lexicon has no scheme of this name", remedy=f"Choose one of: {', '.join(keys)}")
    return key


def _terms(visit: Visit, params: Params) -> Page:
    scheme, view = scheme_view(TERMS), crosswalk_view(TERMS, TERMS)
    terms = terms_view()
    beside = {one.term.key: _beside(one.term.members, view) for one in terms}
    rows = [
        {f"word_{language}": one.term.labels.get(language) for language in LANGUAGES}
        | {"key": one.term.key, "what_differs": one.term.note, "senses": " ".join(one.term.members)}
        for one in terms
    ]
    return _page(
        visit,
        params,
        scheme,
        content={
            "shape": "terms",
            "terms": terms,
            "beside": beside,
            "concepts": view.concepts,
            "anchors": _anchors(terms),
        },
        tables={
            "terms": table(
                "Terms, and what differs between their owners",
                ("key", *(f"word_{language}" for language in LANGUAGES), "what_differs", "senses"),
                rows,
            ),
            "concepts": _concepts("Senses, each of one owner", scheme.concepts),
            "mappings": table(
                "How senses stand to one another",
                MAPPING,
                [mapping_row(one) for one in view.mappings if not one.derived],
            ),
        },
    )


def _anchors(terms: tuple[TermView, ...]) -> dict[tuple[str, str], str]:
    """The anchor of each sense below each of its terms: its notation where it stands first, as links know it."""
    taken: dict[tuple[str, str], str] = {}
    for one in terms:
        for sense in one.senses:
            first = sense.notation not in taken.values()
            taken[one.term.key, sense.id] = sense.notation if first else f"{one.term.key}-{sense.notation}"
    return taken


def _beside(members: tuple[str, ...], view: CrosswalkView) -> list[Any]:
    """What is said of two senses of one term, each pair once and as it was written."""
    return [one for one in view.mappings if not one.derived and one.source in members and one.target in members]


def _frame(visit: Visit, params: Params, key: str) -> Page:
    scheme, folded = scheme_view(key), bool(params.get("fold", "").strip())
    others = [one for one in lexicon_view().schemes if one.key not in (key, TERMS)]
    views = {one.key: crosswalk_view(key, one.key) for one in others}
    leads: dict[str, list[Any]] = {}
    for view in views.values():
        for one in view.mappings:
            if one.target and one.relation != "none":
                leads.setdefault(one.source, []).append(one)
    return _page(
        visit,
        params,
        scheme,
        content={
            "shape": "frame",
            "others": [(one, len(views[one.key].mappings)) for one in others],
            "parts": {one.id: one for one in scheme.concepts},
            "leads": leads,
            "far": {id: one for view in views.values() for id, one in view.concepts.items()},
            "titles": {one.key: one.titles for one in others},
            "crimes": {one.term.key: one.term.labels for one in terms_view()},
            "folded": folded,
        },
        tables={"concepts": _concepts("Factors, questions or variables", scheme.concepts)},
    )


def _page(visit: Visit, params: Params, scheme: Scheme, *, content: dict[str, Any], tables: dict[str, Table]) -> Page:
    labels = Labels.read(params)
    return Page(
        stem=f"/lexicon/{scheme.key}",
        title=scheme.title(labels.language),
        facts=facts(read(visit.settings)),
        content={
            **WORDS,
            "labels": labels,
            "scheme": scheme,
            "version": vocabulary_version(),
            "compared": sum(one.compared for one in scheme.concepts),
        }
        | content,
        twin={
            "vocabulary": vocabulary_version(),
            "scheme": {
                name: value for name, value in vars(scheme).items() if name not in ("concepts", "terms", "notes")
            }
            | {"notes": list(scheme.notes)},
        },
        tables=tables,
    )


def _concepts(title: str, concepts: Iterable[Concept]) -> Table:
    rows = [
        {f"label_{language}": one.labels.get(language) for language in LANGUAGES}
        | {
            **{name: getattr(one, name) for name in _PLAIN},
            "owner": one.owned_by() or None,
            "threshold": threshold(one) or None,
            "url": one.url or None,
            "broader": " ".join(one.broader) or None,
            "terms": " ".join(one.terms) or None,
            "crimes": " ".join(one.crimes) or None,
            "notes": " ".join(one.notes) or None,
        }
        for one in concepts
    ]
    labels = tuple(f"label_{language}" for language in LANGUAGES)
    return table(title, ("id", "notation", *labels, *_PLAIN[2:], *_WRITTEN), rows)


_PLAIN = ("id", "notation", "sense", "sign", "definition", "source", "paragraph", "compared")
_WRITTEN = ("owner", "threshold", "url", "broader", "terms", "crimes", "notes")
