"""What is wrong with a form, box by box, with the label that a person knows each box by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tocsin.core.errors import ShapeError, StatementError, TocsinError


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong. box: the name of its box, empty if it is of the whole; label: empty if it has none."""

    box: str
    label: str
    words: str

    @property
    def told(self) -> str:
        """The fault in a sentence, its box named by its label.

        >>> Fault("summary", "Summary", "it is empty").told, Fault("", "", "it is empty").told
        ('Summary: it is empty.', 'It is empty.')
        """
        said = f"{self.label}: {self.words}" if self.label else self.words[:1].upper() + self.words[1:]
        return said if said.endswith((".", "?", "!")) else f"{said}."


def faults(
    error: TocsinError | None, box: Callable[[StatementError], str], label: Callable[[str], str]
) -> tuple[Fault, ...]:
    """Everything that an error says is wrong, each box once. box: of an error's field. label: of a box."""
    if error is None:
        return ()
    if isinstance(error, ShapeError):
        parts = [StatementError(words, field=field) for field, words in error.faults]
    elif isinstance(error, StatementError):
        parts = [error]
    else:
        return (Fault("", "", " ".join(part for part in (_ended(error.what), error.remedy) if part)),)
    found: dict[str, Fault] = {}
    for part in parts:
        name = box(part)
        words = f"{_ended(part.what)} {part.remedy}" if part.remedy else part.what
        found.setdefault(name, Fault(name, label(name), words))
    return tuple(found.values())


def _ended(words: str) -> str:
    return words if words.endswith((".", "?", "!")) else f"{words}."
