"""Countries through time: from a code or a name, with a year, to the one state that is meant.

``resolve("Russia", year=1975)`` is the Soviet Union, ``resolve(345, scheme="cow", year=2010)`` is Serbia. Matching
takes no notice of case, accents and punctuation. What cannot be told apart is an error that lists the candidates, never
a guess.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from functools import lru_cache
from itertools import repeat

from tocsin.core.errors import AmbiguousPlace, PlaceError, UnknownPlace, UnresolvedPlaces
from tocsin.core.place_table import CODE_SCHEMES, Code, Place, Reading, plain, spelling, table

__all__ = ["SCHEMES", "Code", "Place", "place", "places", "resolve", "resolve_many"]

SCHEMES = ("name", *CODE_SCHEMES, "pace")
"""``name``: names and aliases; ``pace``: names as the PaCE forecasts write them; the rest are codes.

The numeric schemes other than ``m49`` also take names, as that source writes them: ``Congo`` is ambiguous, but in
``views`` it is the Republic of the Congo.
"""

_LETTERS = ("iso3", "worldbank")
_TITLES = {
    "iso3": "ISO 3166-1 alpha-3 code",
    "m49": "UN M49 number",
    "cow": "Correlates of War number",
    "gw": "Gleditsch-Ward number",
    "vdem": "V-Dem country id",
    "views": "VIEWS country id",
    "worldbank": "World Bank code",
}
_LIST = "The places with all their codes and names are in places.csv and place_aliases.csv"


@lru_cache(maxsize=256)
def places(year: int | None = None) -> tuple[Place, ...]:
    """The states, by English name: those that existed at some time in the year, or all there are if no year is given.

    >>> [state.id for state in places(1975) if "Viet" in state.names["en"]]
    ['RVN', 'VNM']
    """
    every = sorted(table().places.values(), key=lambda p: spelling(p.names["en"]))
    return tuple(
        p for p in every if year is None or (p.valid_from <= year and (p.valid_to is None or year <= p.valid_to))
    )


def place(id: str) -> Place:
    """The place with this id.

    Errors: UnknownPlace, with the nearest ids.
    """
    found = table().places.get(id)
    if found is None:
        raise UnknownPlace(f"no place has the id {id!r}", remedy=_suggest(id, "id"))
    return found


def resolve(text_or_code: str | int, *, scheme: str | None = None, year: int | None = None) -> Place:
    """The one state that a name or a code means.

    Parameters
    ----------
    text_or_code: a name in English, French or Arabic, an alias, or a code; numbers may come as text.
    scheme: one of ``SCHEMES``; None tries place ids and ISO alpha-3 codes, then names. A number needs a scheme.
    year: the year that the row is about; None takes the state that exists today, or the only one there was.

    Errors: UnknownPlace (nothing has this code or name, or not in this year), AmbiguousPlace (several states do).

    >>> resolve("Côte d'Ivoire").id, resolve("ivory coast").id, resolve(678, scheme="gw", year=1995).id
    ('CIV', 'CIV', 'YEM')
    """
    if scheme is not None and scheme not in SCHEMES:
        raise PlaceError(f"{scheme!r} is not a scheme of codes or names", remedy=f"Use one of {', '.join(SCHEMES)}")
    return _resolve(str(text_or_code).strip(), scheme, year)


def resolve_many(
    values: Sequence[str | int | None], years: Iterable[int | None] | None = None, scheme: str | None = None
) -> list[str]:
    """The place id of each value, in order.

    Parameters
    ----------
    values: n names or codes, all of one scheme; None or empty text is a failure of that row, never a place.
    years: n years, or None for no year at all.

    Errors: UnresolvedPlaces names every row that fails at once; its ``failures`` gives the error of each by position.
    """
    found: list[str] = []
    failures: dict[int, PlaceError] = {}
    pairs = zip(values, repeat(None, len(values)) if years is None else years, strict=True)
    for row, (value, year) in enumerate(pairs):
        try:
            found.append(resolve("" if value is None else value, scheme=scheme, year=year).id)
        except (UnknownPlace, AmbiguousPlace) as error:
            failures[row] = error
    if failures:
        kinds = list(dict.fromkeys(error.what for error in failures.values()))
        more = f"; and {len(kinds) - 5} more kinds of failure" if len(kinds) > 5 else ""
        raise UnresolvedPlaces(
            f"{len(failures)} of {len(values)} rows lead to no single state: {'; '.join(kinds[:5])}{more}",
            remedy=f"Correct these rows or set them aside. For the first: {next(iter(failures.values())).remedy}",
            failures=failures,
        )
    return found


@lru_cache(maxsize=65536)
def _resolve(text: str, scheme: str | None, year: int | None) -> Place:
    number = text.isdecimal()
    if not spelling(text):
        raise UnknownPlace("the name or code is empty", remedy="Give a name or a code")
    if scheme is None and number:
        raise _number_alone(plain(text), year)
    if scheme is None:
        exact = table().places.get(plain(text))
        if exact is not None and (year is None or exact.recorded(year)):
            return exact
        coded = table().codes.get(("id", plain(text)), ())
        named = _named(text, "name", year)
        fits = [r for r in coded if year is None or r.holds(year)]
        return _choose(fits or [*named, *coded], text, "name", year)
    if scheme in _LETTERS or number:
        kind = scheme if scheme in CODE_SCHEMES else "name"
        return _choose(table().codes.get((scheme, plain(text)), ()), text, kind, year)
    if scheme == "m49":
        raise UnknownPlace(
            f"{text!r} is not a number", remedy="UN M49 codes are numbers; use the scheme 'name' for names"
        )
    return _choose(_named(text, scheme, year), text, "name", year)


def _named(text: str, scheme: str, year: int | None) -> Sequence[Reading]:
    readings = table().names.get(spelling(text), ())
    own = [r for r in readings if scheme in r.schemes and (year is None or r.holds(year))]
    general = [r for r in readings if not r.schemes]
    if own or year is None or any(r.holds(year) for r in general):
        return own or general
    # A source may count a territory in years in which no other one does: V-Dem follows colonies back to 1900.
    counted = [r for r in general for code in r.place.codes.get(scheme, ()) if code.holds(year)]
    return [r._replace(first=year, last=year) for r in counted] or general


def _choose(readings: Sequence[Reading], text: str, kind: str, year: int | None) -> Place:
    shown = f'"{text}"' if kind == "name" else f"the {_TITLES[kind]} {text}"
    if not readings:
        raise UnknownPlace(
            f"no state has the name or code {shown}" if kind == "name" else f"no state has {shown}",
            remedy=_suggest(text, kind),
        )
    if year is None:
        fits = [r for r in readings if r.last is None] or list(readings)
    else:
        fits = [r for r in readings if r.holds(year)]
    found = list(dict.fromkeys(r.place for r in fits))
    if len(found) == 1:
        return found[0]
    if not found and year is not None:
        raise _not_then(readings, shown, year)
    then = "" if year is None else f" in {year}"
    dated = year is None and len({r.last for r in fits}) > 1  # a year would tell them apart
    raise AmbiguousPlace(
        f"{shown} fits more than one state{then}: {', '.join(map(str, found))}",
        remedy="Write the full name or the id" + (", or give the year" if dated else ""),
    )


def _not_then(readings: Sequence[Reading], shown: str, year: int) -> UnknownPlace:
    spans = "; ".join(f"{r.place} {r.first}" + (f"-{r.last}" if r.last else " on") for r in readings)
    instead = {
        other: None for r in readings for other in (_before(r.place, year) if year < r.first else _after(r.place, year))
    }
    remedy = f"In {year} look for {', '.join(map(str, instead))}" if instead else "Check the year, or leave the row out"
    return UnknownPlace(f"{shown} means no state in {year}; known: {spans}", remedy=remedy)


def _before(state: Place, year: int) -> list[Place]:
    """The states, recorded in this year, that a later state came out of, however many steps back."""
    earlier = [p for p in map(place, state.predecessors) if p.valid_from < state.valid_from]
    return [e for e in earlier if e.recorded(year)] or [b for e in earlier for b in _before(e, year)]


def _after(state: Place, year: int) -> list[Place]:
    """The states, recorded in this year, that an earlier state became part of or broke into."""
    later = [p for p in table().places.values() if state.id in p.predecessors]
    return [p for p in later if p.recorded(year)] or [a for p in later for a in _after(p, year)]


def _number_alone(number: str, year: int | None) -> PlaceError:
    meanings = [
        f"{scheme} {number} is {reading.place}"
        for scheme in CODE_SCHEMES
        for reading in table().codes.get((scheme, number), ())
        if year is None or reading.holds(year)
    ]
    if not meanings:
        return UnknownPlace(f"the number {number} stands for no state in any scheme", remedy=_LIST)
    return AmbiguousPlace(
        f"the number {number} means different states in different codes: {', '.join(meanings)}",
        remedy=f"Say which scheme it is: {', '.join(scheme for scheme in CODE_SCHEMES if scheme not in _LETTERS)}",
    )


def near(text: str) -> tuple[Place, ...]:
    """States that have a name, in any language or spelling we know, written somewhat like the text; nearest first.

    >>> [state.id for state in near("Birma")]
    ['MMR']
    """
    close = get_close_matches(spelling(text), table().names, n=6, cutoff=0.72)
    return tuple(dict.fromkeys(reading.place for name in close for reading in table().names[name]))


@lru_cache(maxsize=4096)  # a column of a thousand misspelt rows asks for the same few names
def _suggest(text: str, kind: str) -> str:
    """Up to three near names or codes, as a remedy."""
    if kind == "name":
        meant = list(near(text))
    elif kind in ("id", *_LETTERS):
        pool = [code for scheme, code in table().codes if scheme == kind]
        close = get_close_matches(text.upper(), pool, n=3, cutoff=0.6)
        meant = [reading.place for code in close for reading in table().codes[kind, code]]
    else:
        meant = []
    first = [str(p) for p in dict.fromkeys(meant)][:3]
    return f"Did you mean {', '.join(first)}?" if first else _LIST
