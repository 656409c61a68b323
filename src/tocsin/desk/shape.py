"""What the schemas find wrong, said so that nobody needs to read a schema: every field, and what it takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError

from tocsin.core.errors import ShapeError
from tocsin.core.kinds import KINDS

_STEPS = frozenset({"function-after", "function-before"})
"""Parts of a path that are the schema's and no field."""

_PATTERNS = {
    r"^[0-9a-f]{64}$": "an identity is 64 digits from 0 to 9 and a to f",
    r"^[a-z0-9][a-z0-9-]{0,39}$": "a key has small letters a to z, digits and hyphens, at most 40, and no blank",
    r"^\d{4}-\d{2}-\d{2}$": "a day is written as 2026-01-31",
    r"^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$": "a time of day is written as 14:30",
    r"^[A-Za-z0-9][A-Za-z0-9:._-]{0,119}$": "write it as the lexicon does, as 7.2 or terms:genocide.convention",
}
"""What the patterns of the fields that people fill in say, in words."""

_DAY = "a day is written as 2026-01-31"
_MOMENT = "a moment is written as 2026-01-31T12:00:00Z"

_TYPES = {
    "bool": "answer yes or no (true or false)",
    "int": "it takes a whole number",
    "float": "it takes a number",
    "finite": "it takes a finite number",
    "string": "it takes a text",
    "tuple": "it takes a list",
    "list": "it takes a list",
    "dict": "it takes named fields",
    "model": "it takes named fields",
    "date": _DAY,
    "datetime": _MOMENT,
}
"""What a field takes, by the first word of the error's type."""


def in_words(error: ValidationError) -> ShapeError:
    """Everything that a schema finds wrong: each field by its path, and in plain words what it takes."""
    faults = dict[str, str]()
    for one in error.errors(include_url=False):
        faults.setdefault(_field(one), _words(one))
    return ShapeError(list(faults.items()), remedy="Correct the field" if len(faults) == 1 else "Correct these fields")


def _field(found: Mapping[str, Any]) -> str:
    path = [str(part) for part in found["loc"] if part not in _STEPS]
    # A choice between kinds puts the kind's name into the path; a person looks for the field.
    if path[:1] == ["body"] and path[1:2] and path[1] in KINDS:
        del path[1]
    if found["type"].startswith("union_tag"):
        path.append("kind")  # no such kind, or none is named
    return ".".join(path) or "statement"


def _words(found: Mapping[str, Any]) -> str:
    """One fault in words; the library's own where a type is met that nobody has put into words yet."""
    kind, limits = str(found["type"]), found.get("ctx") or {}
    if made := _LIMITS.get(kind):
        return made(limits, found)
    if kind in ("value_error", "assertion_error"):
        return str(found["msg"]).removeprefix("Value error, ").removeprefix("Assertion failed, ")
    return _TYPES.get(kind.partition("_")[0]) or str(found["msg"])


def _bounded(limits: Mapping[str, Any], found: Mapping[str, Any]) -> str:
    """What a number is from and to; a confidence and a probability are told whole, whichever end was missed."""
    if found["loc"] and found["loc"][-1] == "confidence":
        return "the confidence is from 50 % to 100 %"
    words = {"ge": "it is at least", "gt": "it is more than", "le": "it is at most", "lt": "it is less than"}
    return "; ".join(f"{words[name]} {limit:g}" for name, limit in limits.items() if name in words)


def _many(count: int, one: str) -> str:
    return f"{count} {one}" if count == 1 else f"{count} {one}s"


_Made = Callable[[Mapping[str, Any], Mapping[str, Any]], str]

_LIMITS: dict[str, _Made] = {
    "missing": lambda _, __: "it is missing",
    "extra_forbidden": lambda _, __: "there is no such field",
    "string_too_short": lambda of, _: (
        "it is empty" if of["min_length"] == 1 else f"it has at least {_many(of['min_length'], 'letter')}"
    ),
    "string_too_long": lambda of, _: f"it has at most {_many(of['max_length'], 'letter')}",
    "too_short": lambda of, _: "give at least " + ("one" if of["min_length"] == 1 else str(of["min_length"])),
    "too_long": lambda of, _: f"give at most {of['max_length']}",
    "string_pattern_mismatch": lambda of, _: _PATTERNS.get(
        of["pattern"], "it has letters or blanks that it cannot take"
    ),
    "greater_than_equal": _bounded,
    "greater_than": _bounded,
    "less_than_equal": _bounded,
    "less_than": _bounded,
    "literal_error": lambda of, _: f"choose one of: {_plain(of['expected'])}",
    "enum": lambda of, _: f"choose one of: {_plain(of['expected'])}",
    "union_tag_not_found": lambda _, __: "its kind is missing",
    "union_tag_invalid": lambda of, _: f"there is no such kind; choose one of: {_plain(of['expected_tags'])}",
}
"""What is said of each type of error, from its limits and the whole of it."""


def _plain(expected: Any) -> str:
    """A list of choices without the quotes of a program.

    >>> _plain("'low', 'medium' or 'high'")
    'low, medium or high'
    """
    return str(expected).replace("'", "")
