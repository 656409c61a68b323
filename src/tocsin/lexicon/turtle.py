"""rdflib's parser of Turtle, stricter and quieter: names must be names, and it writes nothing to standard error.

To be imported only when a file is read: it brings rdflib.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, MutableSequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from rdflib import Graph, URIRef
from rdflib.plugins.parsers.notation3 import RDFSink, SinkParser

_NO_NAME = re.compile(r"[\x00-\x20<>\"{}|^`\\]")
"""What no name may hold: Turtle 1.1, production 18, IRIREF."""


class Parser(SinkParser):
    """A parser that fails where a name cannot be one.

    rdflib takes blanks and line ends into names and warns on standard error; what then stands in the graph can neither
    be written again nor found by its name.
    """

    def __init__(self, graph: Graph) -> None:
        super().__init__(RDFSink(graph), baseURI="", turtle=True)

    def uri_ref2(self, argstr: str, i: int, res: MutableSequence[Any]) -> int:
        """As rdflib's, for a name that is one."""
        end: int = super().uri_ref2(argstr, i, res)
        if end >= 0 and res and isinstance(res[-1], URIRef) and (wrong := _NO_NAME.search(res[-1])):
            held = {" ": "a blank", "\n": "a line end", "\r": "a line end", "\t": "a tab"}
            self.BadSyntax(argstr, i, f"a name holds {held.get(wrong[0], repr(wrong[0]))}")
        return end


_QUIET: ContextVar[bool] = ContextVar("_QUIET", default=False)


class _Unless(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        return not _QUIET.get()


_UNLESS = _Unless()


@contextmanager
def quiet() -> Iterator[None]:
    """Without rdflib's warnings of what it reads here: faults are found by the rules and told once."""
    # A filter and not a level: other threads, and whoever uses rdflib beside us, keep theirs.
    logging.getLogger("rdflib.term").addFilter(_UNLESS)
    before = _QUIET.set(True)
    try:
        yield
    finally:
        _QUIET.reset(before)
