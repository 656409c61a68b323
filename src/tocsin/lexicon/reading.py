"""Turtle files as graphs: those in the package, each read once a process, and any other by its path.

rdflib is imported when a file is first read, not before: most commands and pages do without the lexicon.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tocsin.core.errors import LexiconError
from tocsin.lexicon.names import LANGUAGES, TYPE

if TYPE_CHECKING:
    from rdflib import Graph

MAX_BYTES = 20_000_000
"""The largest file that is read: some two hundred times the largest scheme in the package."""

SHOWN = 40
"""How many characters of the text a syntax error shows."""


class Written(NamedTuple):
    """One thing said of a subject: an IRI or a literal.

    text: the IRI or the words. language: of the words, or empty. number: the value if it is a whole number.
    """

    text: str
    language: str = ""
    is_iri: bool = False
    number: int | None = None


class Description(dict[str, tuple[Written, ...]]):
    """What a file says of one subject: by property, each in the order of its words."""

    def all(self, name: str) -> tuple[str, ...]:
        """The texts of a property."""
        return tuple(one.text for one in self.get(name, ()))

    def one(self, name: str, otherwise: str = "") -> str:
        """The text of a property that has one value; another where it has none."""
        found = self.get(name)
        return found[0].text if found else otherwise

    def by_language(self, name: str) -> dict[str, str]:
        """The words of a property by language: the lexicon's languages first, then others."""
        found = {one.language: one.text for one in self.get(name, ())}
        first = [language for language in LANGUAGES if language in found]
        return {language: found[language] for language in (*first, *sorted(set(found) - set(first)))}


@dataclass(frozen=True)
class TurtleFile:
    """A Turtle file that has been read.

    name: the file's name, or its path if it is not in the package. text: what it holds. graph: its triples.
    """

    name: str
    text: str
    graph: Graph

    @cached_property
    def subjects(self) -> dict[str, Description]:
        """Every subject with what is said of it: one pass over the graph, whose own look-ups are much slower."""
        from rdflib import Literal

        said: dict[str, dict[str, list[Written]]] = {}
        for subject, name, value in self.graph:
            if isinstance(value, Literal):
                plain = value.value
                number = plain if isinstance(plain, int) and not isinstance(plain, bool) else None
                one = Written(str(value), value.language or "", number=number)
            else:
                one = Written(str(value), is_iri=True)
            said.setdefault(str(subject), {}).setdefault(str(name), []).append(one)
        return {
            subject: Description({name: tuple(sorted(values)) for name, values in properties.items()})
            for subject, properties in sorted(said.items())
        }

    def of_type(self, kind: str) -> dict[str, Description]:
        """The subjects of a type, by IRI in order."""
        return {iri: one for iri, one in self.subjects.items() if kind in one.all(TYPE)}

    def line(self, subject: str) -> int | None:
        """The line on which the description of a subject begins, by its IRI; None if it is not at a line's start."""
        tokens = [f"<{subject}>"] + [
            f"{prefix}:{subject.removeprefix(namespace)}"
            for prefix, namespace in self._prefixes
            if subject.startswith(namespace)
        ]
        return min((self._begins[token] for token in tokens if token in self._begins), default=None)

    @cached_property
    def _prefixes(self) -> tuple[tuple[str, str], ...]:
        return tuple((prefix, str(namespace)) for prefix, namespace in self.graph.namespaces())

    @cached_property
    def _begins(self) -> dict[str, int]:
        """The first line that begins with each token."""
        found: dict[str, int] = {}
        for number, line in enumerate(self.text.splitlines(), start=1):
            found.setdefault(line.split(" ", 1)[0], number)
        return found

    def where(self, subject: str) -> str:
        """The place of a subject in the file, as ``terms.ttl, line 40``."""
        line = self.line(subject)
        return self.name if line is None else f"{self.name}, line {line}"


@cache
def packaged() -> dict[str, bytes]:
    """The bytes of every Turtle file in the package by its name, in order; with line ends as ``\\n``."""
    folder = files("tocsin") / "data" / "schemes"
    found = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".ttl")), key=lambda entry: entry.name)
    return {entry.name: entry.read_bytes().replace(b"\r\n", b"\n") for entry in found}


@cache
def packaged_file(name: str) -> TurtleFile:
    """One file of the package, read.

    Errors: LexiconError if it is not Turtle, which means that the installation is damaged.
    """
    return parse(packaged()[name], name)


def read(path: Path) -> TurtleFile:
    """Any Turtle file by its path.

    Errors: LexiconError if it cannot be read or is not Turtle, with the file, the line and what to do.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise LexiconError(
                "the file is too large for a vocabulary",
                where=str(path),
                remedy=f"Give a Turtle file of at most {MAX_BYTES // 1_000_000} MB",
            )
        content = path.read_bytes()
    except OSError as error:
        raise LexiconError(
            f"the file cannot be read ({error.strerror or error})", where=str(path), remedy="Name a file that is there"
        ) from None
    return parse(content, str(path))


def parse(content: bytes, name: str) -> TurtleFile:
    """A Turtle text as a graph. Nothing is fetched: Turtle has no imports, and names are not looked up.

    name: what to call the file in errors.

    Errors: LexiconError if it is not UTF-8 or not Turtle, with the line.
    """
    from rdflib import Graph

    from tocsin.lexicon.turtle import Parser, quiet

    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise LexiconError(
            "these bytes are not UTF-8",
            where=f"{name}, line {line}",
            remedy="Save the file as UTF-8",
        ) from None
    graph = Graph()
    # The parser itself, not Graph.parse: on some slips it fails an assertion that does not say where, and only the
    # parser knows the line it had come to.
    parser = Parser(graph)
    try:
        with quiet():
            parser.startDoc()
            parser.feed(text)
            parser.endDoc()
    except (SyntaxError, AssertionError, LookupError, ValueError, TypeError) as error:
        raise LexiconError(
            f"this is not Turtle: {_why(error)}",
            where=f"{name}, line {parser.lines + 1}",
            remedy="Correct what stands there or just before it",
        ) from None
    except RecursionError:
        raise LexiconError(
            "brackets are nested too deeply", where=name, remedy="Give each thing a name instead of nesting it"
        ) from None
    for prefix, namespace in parser._bindings.items():
        graph.bind(prefix, namespace, override=True, replace=True)
    return TurtleFile(name, text, graph)


def _why(error: Exception) -> str:
    why = getattr(error, "_why", "") or "something is cut short or out of place"
    rest = getattr(error, "_str", b"")
    rest = rest.decode("utf-8", errors="replace") if isinstance(rest, bytes) else str(rest)
    near = " ".join(rest[getattr(error, "_i", 0) :].split())[:SHOWN]
    return f"{why}, near '{near}'" if near else str(why)
