"""What an edit changed, field by field, so that none is lost between two versions of one assessment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

COMPARED = ("body", "evidence", "marking", "standing", "attribution", "about", "as_of", "vocabulary", "method")
"""The fields of a statement that are compared; who made it and when differ anyway."""

NAMED_BY = ("factor", "what", "group", "item", "key", "reference")
"""By which field an entry of a list is known again; a list whose entries have none is compared by its values."""


class Nothing(Enum):
    """What stands where there was no such field: not null, not empty, not nought."""

    THERE = "nothing"


NOTHING = Nothing.THERE


@dataclass(frozen=True)
class Change:
    """One field that differs. path: as ``body.ratings[3.2].level``. before, after: JSON values, or NOTHING."""

    path: str
    before: Any
    after: Any


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Change, ...]:
    """Every field in which the open parts of two statements differ, in the order of the fields.

    >>> old = {"body": {"ratings": [{"factor": "1", "level": "low"}], "assumptions": ["A", "B"]}}
    >>> new = {"body": {"ratings": [{"factor": "1", "level": "high"}], "assumptions": ["B"]}}
    >>> for one in differences(old, new):
    ...     print(one.path, one.before, one.after)
    body.ratings[1].level low high
    body.assumptions A Nothing.THERE
    """
    found: list[Change] = []
    for name in COMPARED:
        found += _compared(name, old.get(name, NOTHING), new.get(name, NOTHING))
    return tuple(found)


def _compared(path: str, old: Any, new: Any) -> Iterator[Change]:
    if old == new and type(old) is type(new):
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for name in dict.fromkeys((*old, *new)):
            yield from _compared(f"{path}.{name}", old.get(name, NOTHING), new.get(name, NOTHING))
    elif _is_list(old) and _is_list(new):
        yield from _lists(path, old, new)
    elif old != new:
        yield Change(path, old, new)


def _lists(path: str, old: Sequence[Any], new: Sequence[Any]) -> Iterator[Change]:
    before, after = _by_name(old), _by_name(new)
    if before is None or after is None:
        yield from _values(path, old, new)
        return
    for name in dict.fromkeys((*before, *after)):
        yield from _compared(f"{path}[{name}]", before.get(name, NOTHING), after.get(name, NOTHING))
    kept = [name for name in before if name in after]
    if kept != [name for name in after if name in before]:
        yield Change(f"{path} (order)", list(before), list(after))


def _values(path: str, old: Sequence[Any], new: Sequence[Any]) -> Iterator[Change]:
    """Values that one list has and the other has not; if only the order differs, that."""
    rest, gone = list(new), []
    for value in old:
        if value in rest:
            rest.remove(value)
        else:
            gone.append(value)
    yield from (Change(path, value, NOTHING) for value in gone)
    yield from (Change(path, NOTHING, value) for value in rest)
    if not gone and not rest:
        yield Change(f"{path} (order)", list(old), list(new))


def _by_name(entries: Sequence[Any]) -> dict[str, Any] | None:
    """Entries by what they are known by; None if some have no name, or two the same."""
    named: dict[str, Any] = {}
    for entry in entries:
        name = next((str(entry[one]) for one in NAMED_BY if entry.get(one)), "") if isinstance(entry, Mapping) else ""
        if not name or name in named:
            return None
        named[name] = entry
    return named


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)
