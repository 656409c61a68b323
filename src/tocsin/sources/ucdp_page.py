"""One answer of UCDP's interface, believed no further than it is whole."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from tocsin.core.errors import ContentError, ContractError

LATER = "Run the pull again: the pages that came are kept and it goes on from there"
_MOST_PAGES, _MOST_EVENTS = 100_000, 20_000_000


@dataclass(frozen=True, eq=False)
class Page:
    """One page of the answer: events with numbers as texts, the totals it gives, whether it says that more follow."""

    total: int
    pages: int
    rows: list[dict[str, Any]]
    more: bool


def read_page(body: bytes, *, where: str) -> Page:
    """What one answer says.

    Errors: ContentError (an HTML page, no whole JSON, not the answer that the interface describes).
    """
    text = body.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"<"):
        raise ContentError("this is an HTML or XML page, not JSON", where=where, remedy="Try again later")
    try:
        # Numbers stay as they are written: nothing is rounded on the way to the contract.
        said = json.loads(text, parse_float=str, parse_int=str, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise ContentError(f"this is no whole JSON ({error})", where=where, remedy=LATER) from None
    remedy = "Compare it with https://ucdp.uu.se/apidocs/"
    if not isinstance(said, dict):
        raise ContentError("the answer is not an object", where=where, remedy=remedy)
    for name in ("TotalCount", "TotalPages", "NextPageUrl", "Result"):
        if name not in said:
            raise ContentError(f"the answer has no {name!r}", where=where, remedy=remedy)
    rows = said["Result"]
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ContentError("'Result' is not a list of events", where=where, remedy=remedy)
    total, pages = (_count(said[name], name, where) for name in ("TotalCount", "TotalPages"))
    if total > _MOST_EVENTS or pages > _MOST_PAGES:
        what = f"{total} events on {pages} pages are more than a release can have"
        raise ContentError(what, where=where, remedy=remedy)
    return Page(total, pages, rows, bool(said["NextPageUrl"]))


def text_of(value: Any, name: str, where: str) -> str:
    """A value as GED's CSV has it; what is null is empty, never 0. Errors: ContractError for a list or an object."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return value
    raise ContractError(
        f"{name!r} holds no single value", where=where, remedy="Compare it with the columns of UCDP GED"
    )


def _count(value: Any, name: str, where: str) -> int:
    text = str(value)
    if isinstance(value, bool) or not (text.isascii() and text.isdecimal() and len(text) < 12):
        raise ContentError(f"{name!r} is no count", where=where, remedy="Compare it with https://ucdp.uu.se/apidocs/")
    return int(text)


def _no_number(text: str) -> str:
    raise ValueError(f"{text} is no number")
