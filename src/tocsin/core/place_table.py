"""The states since 1945 as ``data/places.csv`` and ``data/place_aliases.csv`` hold them, and the indexes over them.

A code cell holds one or more codes separated by blanks; ``365@1991-`` is the code 365 from 1991 on, ``230@-1992`` the
code 230 up to 1992, and a code without ``@`` holds as long as the place is recorded. Years are whole and both ends
belong to the span. Where two states share a number, a year goes to the one that existed on 31 December.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import NamedTuple

LANGUAGES = ("en", "fr", "ar")
CODE_SCHEMES = ("iso3", "m49", "cow", "gw", "vdem", "views", "worldbank")


class Code(NamedTuple):
    """A code and the years, both included, in which it stands for a place; last None = to this day."""

    code: str
    first: int
    last: int | None

    def holds(self, year: int) -> bool:
        """Whether the code stands for the place in this year."""
        return self.first <= year and (self.last is None or year <= self.last)


@dataclass(frozen=True)
class Place:
    """A state, now or formerly.

    id: ISO 3166-1 alpha-3 where there is one; the retired ISO code or one of our own for states that ended.
    names: labels by language, ``en``, ``fr`` and ``ar``.
    codes: by scheme (``iso3``, ``m49``, ``cow``, ``gw``, ``vdem``, ``views``, ``worldbank``); none = it gives no code.
    region, region_code: the UN M49 sub-region.
    tile: (row, column) in the world's tile grid, from the top left; None for states that ended.
    valid_from, valid_to: first and last year in which the state existed, even for a day; valid_to None = it exists.
    recorded_from: first year for which a source we read keeps a record of the territory, such as the election before
    independence; never later than valid_from.
    predecessors: ids of the states it left or took in.
    """

    id: str
    names: Mapping[str, str] = field(hash=False)
    codes: Mapping[str, tuple[Code, ...]] = field(hash=False, repr=False)
    region: str
    region_code: str
    tile: tuple[int, int] | None
    valid_from: int
    valid_to: int | None
    recorded_from: int
    predecessors: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.names['en']} ({self.id})"

    def recorded(self, year: int) -> bool:
        """Whether sources keep a record of the place in this year."""
        return self.recorded_from <= year and (self.valid_to is None or year <= self.valid_to)


class Reading(NamedTuple):
    """One thing a code or a name may mean: a place, from first to last year, only in some schemes if any are named."""

    place: Place
    first: int
    last: int | None
    schemes: tuple[str, ...] = ()

    def holds(self, year: int) -> bool:
        """Whether the code or name means the place in this year."""
        return self.first <= year and (self.last is None or year <= self.last)


class Table(NamedTuple):
    """Every place by id, and what each (scheme, code) and each spelling of a name may mean."""

    places: Mapping[str, Place]
    codes: Mapping[tuple[str, str], tuple[Reading, ...]]
    names: Mapping[str, tuple[Reading, ...]]


def spelling(name: str) -> str:
    """A name without case, accents, punctuation or leading article, for comparison only.

    >>> spelling("Côte d’Ivoire"), spelling("St. Kitts & Nevis"), spelling("The Gambia")
    ('cote d ivoire', 'saint kitts and nevis', 'gambia')
    """
    bare = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    words = re.sub(r"[^\w]+", " ", bare.casefold().replace("&", " and ").replace("_", " ")).split()
    if len(words) > 1 and words[0] == "the":
        words = words[1:]
    return " ".join("saint" if word == "st" else word for word in words)


def plain(code: str) -> str:
    """A code as it is compared: upper case, numbers without leading zeros.

    >>> plain("deu"), plain("004"), plain(" 365 ")
    ('DEU', '4', '365')
    """
    code = code.strip().upper()
    return str(int(code)) if code.isdecimal() else code


@cache
def table() -> Table:
    """Read the places once; later calls return the same table."""
    places = {row["place"]: _place(row) for row in _rows("places.csv")}
    codes: dict[tuple[str, str], list[Reading]] = defaultdict(list)
    names: dict[str, list[Reading]] = defaultdict(list)
    for place in places.values():
        codes["id", place.id].append(Reading(place, place.recorded_from, place.valid_to))
        for scheme, held in place.codes.items():
            for code in held:
                codes[scheme, plain(code.code)].append(Reading(place, code.first, code.last))
                if scheme == "iso3" and code.code != place.id:
                    codes["id", code.code].append(Reading(place, code.first, code.last))
        for label in dict.fromkeys(spelling(label) for label in place.names.values()):
            names[label].append(Reading(place, place.recorded_from, place.valid_to))
    for row in _rows("place_aliases.csv"):
        place = places[row["place"]]
        first = int(row["from"] or place.recorded_from)
        last = int(row["to"]) if row["to"] else place.valid_to
        names[spelling(row["alias"])].append(Reading(place, first, last, tuple(row["scheme"].split())))
    return Table(
        MappingProxyType(places),
        {key: tuple(readings) for key, readings in codes.items()},
        {key: tuple(readings) for key, readings in names.items()},
    )


def _rows(name: str) -> Iterator[dict[str, str]]:
    text = files("tocsin").joinpath("data", name).read_text(encoding="utf-8")
    yield from csv.DictReader(text.splitlines())


def _place(row: Mapping[str, str]) -> Place:
    recorded_from = int(row["recorded_from"])
    valid_to = int(row["valid_to"]) if row["valid_to"] else None
    return Place(
        id=row["place"],
        names=MappingProxyType({language: row[language] for language in LANGUAGES}),
        codes=MappingProxyType(
            {
                scheme: tuple(_code(word, recorded_from, valid_to) for word in row[scheme].split())
                for scheme in CODE_SCHEMES
                if row[scheme]
            }
        ),
        region=row["region_name"],
        region_code=row["region"],
        tile=(int(row["tile_row"]), int(row["tile_col"])) if row["tile_row"] else None,
        valid_from=int(row["valid_from"]),
        valid_to=valid_to,
        recorded_from=recorded_from,
        predecessors=tuple(row["predecessors"].split()),
    )


def _code(word: str, recorded_from: int, valid_to: int | None) -> Code:
    code, _, span = word.partition("@")
    first, _, last = span.partition("-")
    return Code(code, int(first) if first else recorded_from, int(last) if last else valid_to)
