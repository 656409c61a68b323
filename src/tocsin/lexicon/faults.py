"""What the rules of integrity look at, and what they find."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from tocsin.lexicon import names
from tocsin.lexicon.reading import Description, TurtleFile


class Fault(NamedTuple):
    """A fault of one subject of one file; subject is empty where it is the file's."""

    file: TurtleFile
    subject: str
    rule: str
    what: str
    remedy: str


class Entry(NamedTuple):
    """A subject where it is described."""

    file: TurtleFile
    said: Description


@dataclass(frozen=True)
class Shelf:
    """Files that stand side by side: their schemes, concepts, terms and mappings by IRI.

    twice: subjects that two files describe.
    """

    files: tuple[TurtleFile, ...]
    schemes: dict[str, Entry]
    concepts: dict[str, Entry]
    terms: dict[str, Entry]
    mappings: dict[str, Entry]
    twice: tuple[tuple[TurtleFile, str], ...]

    @classmethod
    def of(cls, files: Sequence[TurtleFile]) -> Shelf:
        """These files, side by side."""
        twice: list[tuple[TurtleFile, str]] = []

        def gathered(kind: str) -> dict[str, Entry]:
            found: dict[str, Entry] = {}
            for file in files:
                for iri, said in file.of_type(kind).items():
                    if iri in found:
                        twice.append((file, iri))
                    found.setdefault(iri, Entry(file, said))
            return found

        return cls(
            files=tuple(files),
            schemes=gathered(f"{names.SKOS}ConceptScheme"),
            concepts=gathered(f"{names.SKOS}Concept"),
            terms=gathered(f"{names.SKOS}Collection"),
            mappings=gathered(f"{names.VOCABULARY}Mapping"),
            twice=tuple(twice),
        )


def is_date(text: str) -> bool:
    """Whether a text is a day, as 2026-11-25."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
