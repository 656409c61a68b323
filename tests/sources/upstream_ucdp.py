"""What UCDP's interface and its archive are like, with made-up events, and how they may go wrong."""

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tocsin.sources.ged import COLUMNS

from .conftest import Handler

TOKEN = "s3cret-0f-n0body"
Event = dict[str, Any]


def event(number: int, **values: Any) -> Event:
    """One made-up event with all columns of GED, some of them null."""
    made: Event = {name: f"{name} {number}" for name in COLUMNS}
    made |= {"id": number, "year": 2001, "type_of_violence": 1 + number % 3, "active_year": True, "best": number % 7}
    made |= {"latitude": 10.5, "longitude": -3.25, "gwnob": None, "source_headline": 'A "line",\nbroken'}
    return {**made, "date_start": "2001-02-03 00:00:00.000", "date_end": "2001-02-04 00:00:00.000", **values}


class Upstream:
    """Answers as UCDP's interface does; a fault changes what one page says before it is sent."""

    def __init__(self, events: list[Event], size: int = 10) -> None:
        self.events, self.size, self.asked = events, size, 0
        self.faults: dict[int, Callable[[dict[str, Any]], None]] = {}
        self.acts: dict[int, Callable[[Handler], None]] = {}
        self.pages: list[int] = []

    def __call__(self, handler: Handler) -> None:
        if handler.headers.get("x-ucdp-access-token") != TOKEN:
            return handler.give(401, b'{"message": "no token"}', Content_Type="application/json")
        asked = parse_qs(urlsplit(handler.path).query)
        number, size = int(asked["page"][0]), int(asked["pagesize"][0])
        self.pages.append(number)
        if act := self.acts.pop(number, None):
            return act(handler)
        pages = -(-len(self.events) // size)
        here = handler.path.partition("?")[0]
        said = {
            "TotalCount": len(self.events),
            "TotalPages": pages,
            "PreviousPageUrl": None,
            "NextPageUrl": f"https://elsewhere.example{here}?page={number + 1}" if number < pages - 1 else "",
            "Result": self.events[number * size : (number + 1) * size],
        }
        if fault := self.faults.get(number):
            fault(said)
        return handler.give(200, json.dumps(said).encode(), Content_Type="application/json; charset=utf-8")


def as_csv(events: list[Event], names: tuple[str, ...] = COLUMNS) -> bytes:
    """Events as the archive's CSV has them."""
    import csv

    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([["" if one[name] is None else one[name] for name in names] for one in events])
    return text.getvalue().encode()


def archive(*members: tuple[str, bytes]) -> bytes:
    """A zip archive of these files."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members:
            packed.writestr(name, content)
    return body.getvalue()
