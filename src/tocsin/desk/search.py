"""Finding a country from what somebody typed."""

from __future__ import annotations

import unicodedata

from tocsin.core import place
from tocsin.core.errors import PlaceError
from tocsin.core.place import Place, places, resolve
from tocsin.core.settings import Settings
from tocsin.desk.reading import read

MOST_SUGGESTIONS = 8


def find(settings: Settings, text: str) -> tuple[Place, ...]:
    """The state that a code or name stands for; failing that, states whose names hold the text, or are like it.

    One place means that there is no doubt; none means that nothing is like it.
    """
    if not text.strip():
        return ()
    try:
        return (resolve(text),)
    except PlaceError:
        return _holding(settings, _folded(text)) or near(settings, text)


def _holding(settings: Settings, wanted: str) -> tuple[Place, ...]:
    found = []
    for state in places(read(settings).release.data_year):
        names = [_folded(name) for name in state.names.values()]
        if any(wanted in name for name in names):
            starts = any(name.startswith(wanted) for name in names)
            found.append((not starts, state.names["en"], state))
    return tuple(state for *_, state in sorted(found, key=lambda entry: entry[:2])[:MOST_SUGGESTIONS])


def near(settings: Settings, text: str) -> tuple[Place, ...]:
    """States of the release's year with a name spelt somewhat like the text, nearest first."""
    there = set(places(read(settings).release.data_year))
    return tuple(state for state in place.near(text) if state in there)


def _folded(text: str) -> str:
    """Without case and accents: "COTE" finds "Côte"."""
    plain = unicodedata.normalize("NFKD", text.strip().casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))
