"""What an address asks for, read once: days, cursors, subjects. What cannot be read is refused with the field."""

from __future__ import annotations

from datetime import date

from tocsin.core.errors import StatementError
from tocsin.core.instant import NEVER, Instant, parse
from tocsin.core.kinds import KINDS
from tocsin.core.place import place, resolve
from tocsin.core.statement import Subject
from tocsin.desk import fiction
from tocsin.desk.visit import Visit
from tocsin.interfaces.web.page import Params


def until_day(params: Params, field: str) -> Instant:
    """The last moment of the day that a field names; never-ending where it is empty.

    Errors: StatementError if it is no day.
    """
    text = params.get(field, "").strip()
    if not text:
        return NEVER
    try:
        return parse(date.fromisoformat(text).isoformat())
    except (ValueError, OverflowError):
        raise StatementError(
            f"{text[:40]!r} is no day", field=field, remedy="Write year, month and day, as in 2026-11-23"
        ) from None


def cursor(params: Params) -> Instant:
    """Where a list goes on: before this instant; at the newest where there is none.

    Errors: StatementError if it is no cursor.
    """
    text = params.get("before", "").strip()
    if not text:
        return NEVER
    if not (text.isascii() and text.isdecimal() and len(text) < 20):
        raise StatementError("this is no place in the list", field="before", remedy="Begin again at its first page")
    return min(int(text), NEVER)


def kind(params: Params) -> str | None:
    """The kind of statement asked for; None for all.

    Errors: StatementError if there is no such kind.
    """
    text = params.get("kind", "").strip()
    if text and text not in KINDS:
        raise StatementError("there is no such kind of statement", field="kind", remedy=f"Choose {', '.join(KINDS)}")
    return text or None


def subject(visit: Visit, text: str) -> Subject:
    """A subject from its key, or a state from any of its names; in an exercise, a fictional state by its code.

    Errors: PlaceError if no state is meant; StatementError if it is neither a place nor a period.
    """
    kind, colon, id = text.strip().partition(":")
    if kind == "place" or not colon:
        if visit.store.world == "exercise":
            return Subject(type="place", id=fiction.state(id or kind).id)
        return Subject(type="place", id=place(id).id if colon else resolve(kind).id)
    try:
        found = Subject.read(text.strip())
    except ValueError:
        found = None
    if found is None or found.type != "period":
        raise StatementError("this is no subject", field="subject", remedy="Write place:SDN or period:2025-2026")
    return found
