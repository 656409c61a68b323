"""What the lexicon holds: terms by owner, frames of assessment, crosswalks between them, yardsticks."""

from __future__ import annotations

from typing import Any

from tocsin.desk.lexicon import LANGUAGES, crosswalk_view, lexicon_view, terms_view
from tocsin.desk.reading import facts, read
from tocsin.desk.visit import Visit
from tocsin.desk.yardsticks import yardsticks
from tocsin.interfaces.web.labels import Labels
from tocsin.interfaces.web.page import Page, Params, Table, table
from tocsin.interfaces.web.pages.lexicon_words import WORDS

TERMS = "terms"
"""The scheme of terms; the others are frames."""


def lexicon_page(visit: Visit, params: Params) -> Page:
    """``/lexicon``: every scheme, every term, how far each frame is mapped to each other, every yardstick."""
    view, labels = lexicon_view(), Labels.read(params)
    frames = tuple(one for one in view.schemes if one.key != TERMS)
    pairs = _pairs([one.key for one in frames])
    terms = terms_view()
    return Page(
        stem="/lexicon",
        title="Lexicon",
        facts=facts(read(visit.settings)),
        content={
            **WORDS,
            "labels": labels,
            "view": view,
            "frames": frames,
            "senses_of": next((one for one in view.schemes if one.key == TERMS), None),
            "terms": terms,
            "pairs": {(row["from"], row["to"]): row for row in pairs},
            "yardsticks": tuple(yardsticks().values()),
        },
        twin={"vocabulary": view.version, "languages": list(LANGUAGES)},
        tables=_tables(pairs),
    )


def _pairs(frames: list[str]) -> list[dict[str, Any]]:
    """Every ordered pair of frames with how much of one is mapped to the other, and the terms among themselves."""
    asked = [(one, other) for one in frames for other in frames if one != other] + [(TERMS, TERMS)]
    found = ((one, other, crosswalk_view(one, other)) for one, other in asked)
    return [
        {
            "from": one,
            "to": other,
            "mappings": len(view.mappings),
            "left_over_from": len(view.unmapped),
            "left_over_to": len(view.unreached),
        }
        for one, other, view in found
    ]


def _tables(pairs: list[dict[str, Any]]) -> dict[str, Table]:
    schemes = [
        {f"title_{language}": one.titles.get(language) for language in LANGUAGES} | vars(one)
        for one in lexicon_view().schemes
    ]
    terms = [
        {f"word_{language}": one.term.labels.get(language) for language in LANGUAGES}
        | {"key": one.term.key, "senses": len(one.senses), "owners": "; ".join(s.owned_by() for s in one.senses)}
        for one in terms_view()
    ]
    titles, words = (tuple(f"{name}_{language}" for language in LANGUAGES) for name in ("title", "word"))
    return {
        "schemes": table(
            "Schemes: the terms by owner, and the frames of assessment",
            ("key", *titles, "version", "issued", "source", "concepts", "compared"),
            schemes,
        ),
        "terms": table("Terms with their owners", ("key", *words, "senses", "owners"), terms),
        "crosswalks": table("How far each frame is mapped to each other", ("from", "to", "mappings", *_LEFT), pairs),
        "yardsticks": table(
            "Yardsticks: whose words for probabilities",
            ("key", "title", "owner", "lang", "words", "source", "paragraph", "url"),
            [vars(one) | {"words": len(one.bands)} for one in yardsticks().values()],
        ),
    }


_LEFT = ("left_over_from", "left_over_to")
