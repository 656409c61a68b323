"""Look-ups: every scheme, one scheme, one concept, and the one version that pins them all.

The schemes are SKOS in Turtle in ``data/schemes``. Concepts of different owners are never merged: what relates them is
a mapping, with an author (see ``tocsin.lexicon.crosswalk``).
"""

from __future__ import annotations

import difflib
import hashlib
from functools import cache

from tocsin.core.errors import LexiconError
from tocsin.lexicon.concepts import Concept, Scheme, Sense, Sign, Term
from tocsin.lexicon.described import schemes_in
from tocsin.lexicon.reading import packaged, packaged_file

__all__ = ["EDITION", "Concept", "Scheme", "Sense", "Sign", "Term", "concept", "scheme", "schemes", "version"]

EDITION = "2026.1"
"""The edition of the lexicon as a whole; a scheme has a version of its own beside it."""

CROSSWALKS = "crosswalks"
"""The key of the file of mappings, which is no scheme but can be exported like one."""


@cache
def schemes() -> dict[str, Scheme]:
    """Every scheme in the package by its key. Read once a process, when first asked for.

    >>> list(schemes())
    ['eu-checklist', 'model-variables', 'terms', 'un-framework-2014', 'us-araf']
    """
    read = (packaged_file(name) for name in packaged() if name != f"{CROSSWALKS}.ttl")
    found = {one.key: one for file in read for one in schemes_in(file)}
    return dict(sorted(found.items()))


def scheme(key: str) -> Scheme:
    """One scheme by its key, for example ``un-framework-2014``.

    Errors: LexiconError names the keys there are.
    """
    known = schemes()
    if key not in known:
        raise LexiconError(f"no scheme is called {key!r}", remedy=f"Choose one of: {', '.join(known)}")
    return known[key]


def concept(id: str) -> Concept:
    """One concept by ``SCHEME:NOTATION``.

    >>> concept("un-framework-2014:6.2").label("fr")
    'Absence de société civile forte ou de médias libres'

    Errors: LexiconError names the concepts that are nearest.
    """
    known = _concepts()
    if id in known:
        return known[id]
    key, colon, notation = id.partition(":")
    if not colon:
        raise LexiconError(f"{id!r} names no concept", remedy="Give SCHEME:NOTATION, for example un-framework-2014:6.2")
    scheme(key)
    near = difflib.get_close_matches(id, [one for one in known if one.startswith(f"{key}:")], n=3)
    hint = f"Did you mean {' or '.join(near)}?" if near else f"`tocsin lexicon show {key}` lists what there is"
    raise LexiconError(f"{key} has no concept {notation!r}", remedy=hint)


@cache
def _concepts() -> dict[str, Concept]:
    return {one.id: one for scheme in schemes().values() for one in scheme.concepts}


@cache
def version() -> str:
    """The edition and a digest of every file: what a statement writes into ``vocabulary`` to pin what its words meant.

    Any change of any file changes it, so that nobody can alter a meaning under an old name. No file is parsed for it.

    >>> version().startswith("lexicon-2026.1-")
    True
    """
    digest = hashlib.sha256()
    for name, content in packaged().items():
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return f"lexicon-{EDITION}-{digest.hexdigest()[:12]}"
