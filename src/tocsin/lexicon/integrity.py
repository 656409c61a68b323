"""Whether vocabularies and crosswalks hold together. Every fault is found in one go, with its place and its remedy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tocsin.core.errors import LexiconError
from tocsin.lexicon import hierarchy_rules, mapping_rules, names, scheme_rules
from tocsin.lexicon.faults import Fault, Shelf
from tocsin.lexicon.reading import TurtleFile, packaged, packaged_file, read

RULES = {
    "turtle": "a file is Turtle in UTF-8",
    **scheme_rules.RULES,
    **hierarchy_rules.RULES,
    **mapping_rules.RULES,
}
"""What each rule asks, by its name."""


@dataclass(frozen=True)
class Finding:
    """One fault. where: file, line and subject; rule: a key of ``RULES``; remedy: what to do."""

    where: str
    rule: str
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what} [{self.rule}]. {self.remedy}."


def check(paths: Sequence[Path] = ()) -> tuple[Finding, ...]:
    """Everything that is wrong with the lexicon, or with it once these files have taken their places in it.

    A file that describes a scheme of the package stands in for it, so that a change can be checked before it is made,
    with every mapping into it. An empty result means that nothing is wrong.

    >>> check()
    ()

    Errors: LexiconError if a path cannot be read.
    """
    given: list[TurtleFile] = []
    broken: list[Finding] = []
    for path in paths:
        if not path.is_file():
            raise LexiconError("there is no such file", where=str(path), remedy="Name a Turtle file that is there")
        try:
            given.append(read(path))
        except LexiconError as error:
            broken.append(Finding(error.where, "turtle", error.what, error.remedy))
    taken = {iri for file in given for iri in _holds(file)}
    kept = [file for file in map(packaged_file, packaged()) if not taken & set(_holds(file))]
    return (*broken, *_findings([*kept, *given]))


def _holds(file: TurtleFile) -> Iterator[str]:
    yield from file.of_type(f"{names.SKOS}ConceptScheme")
    yield from file.of_type(f"{names.VOCABULARY}Crosswalk")


def _findings(files: Sequence[TurtleFile]) -> Iterator[Finding]:
    shelf = Shelf.of(files)
    faults: list[Fault] = [
        *scheme_rules.faults(shelf),
        *hierarchy_rules.faults(shelf),
        *mapping_rules.faults(shelf),
    ]
    for fault in faults:
        place = f"{fault.file.where(fault.subject)}, {names.short(fault.subject)}" if fault.subject else fault.file.name
        yield Finding(place, fault.rule, fault.what, fault.remedy)
