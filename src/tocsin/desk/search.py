"""Finding a country from what somebody typed."""

from __future__ import annotations

import difflib
import unicodedata

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
    for place in places(read(settings).release.data_year):
        names = [_folded(name) for name in place.names.values()]
        if any(wanted in name for name in names):
            starts = any(name.startswith(wanted) for name in names)
            found.append((not starts, place.names["en"], place))
    return tuple(place for *_, place in sorted(found, key=lambda entry: entry[:2])[:MOST_SUGGESTIONS])


def near(settings: Settings, text: str) -> tuple[Place, ...]:
    """States whose names are spelt somewhat like the text, nearest first."""
    named = {
        _folded(name): place for place in places(read(settings).release.data_year) for name in place.names.values()
    }
    close = difflib.get_close_matches(_folded(text), named, n=MOST_SUGGESTIONS, cutoff=0.6)
    return tuple({named[name].id: named[name] for name in close}.values())


def _folded(text: str) -> str:
    """Without case and accents: "COTE" finds "Côte"."""
    plain = unicodedata.normalize("NFKD", text.strip().casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))
