"""What is foreseen, in words: a moment and an instrument, for lists, pages and paper."""

from __future__ import annotations

import re
from datetime import date

from tocsin.core import edtf
from tocsin.core.foreseeing import Certainty, Days, Instrument, Moment, Timing
from tocsin.desk.document import Block, Bullets, Paragraph


def headline(body: Moment) -> str:
    """One line for a list: what, and when."""
    off = "called off: " if body.certainty is Certainty.CALLED_OFF else ""
    return f"{off}{body.title} ({when(body)})"


def when(body: Moment) -> str:
    """When it comes, in words; never a date that nobody gave."""
    said = edtf.in_words(body.span) if body.span else ""
    match body.timing:
        case Timing.UNDATED:
            return "could be any day"
        case Timing.CONDITIONAL:
            return f"could be any day {said}".strip() if said else "could be any day"
        case Timing.RECURRING:
            said = f"{said} and again"
    if body.clock:
        said += f", {body.clock.starts} {body.clock.zone}"
    return said


def condition(body: Moment) -> str:
    """What must happen first, as a line that begins with *If*, also where whoever wrote it began so; empty if nothing
    is said.
    """
    said = body.condition.strip()
    if not said:
        return ""
    return f"I{said[1:]}" if re.match(r"if\b", said, re.IGNORECASE) else f"If {said}"


def moment(body: Moment) -> list[Block]:
    """A moment as blocks of a document."""
    lines = [
        f"{body.sort.value.capitalize()}, {body.timing.value}, {body.certainty.value}: {when(body)}.",
        *([said] if (said := condition(body)) else []),
        *([f"It comes again by the rule {body.recurrence}."] if body.recurrence else []),
        *([f"Not on {', '.join(_day(one) for one in body.skipped)}."] if body.skipped else []),
        f"Source: {body.source}",
    ]
    told: list[Block] = [Paragraph(part.strip()) for part in body.text.split("\n\n") if part.strip()]
    told += [Paragraph(line) for line in lines]
    return [*told, *([Paragraph(f"Risk factors: {', '.join(body.factors)}")] if body.factors else [])]


def instrument(body: Instrument) -> list[Block]:
    """An instrument as blocks of a document."""
    times = (
        f"To decide: {days(body.deciding)}",
        *(f"To be agreed by {one.who}: {days(one.days)}" for one in body.approvals),
        f"Until it has an effect: {days(body.effect)}",
    )
    told: list[Block] = [Paragraph(part.strip()) for part in body.text.split("\n\n") if part.strip()]
    use = "In use" if body.in_use else "Not in use at present"
    return [*told, Paragraph(f"{use}; decided by: {body.owner}"), Bullets(times), Paragraph(f"Source: {body.source}")]


def days(given: Days) -> str:
    """How long something takes, in words."""
    if given.low == given.high:
        return _many(given.low)
    return f"usually {_many(given.typical)}, from {given.low} to {_many(given.high)}"


def _many(number: int) -> str:
    return "1 day" if number == 1 else f"{number} days"


def _day(text: str) -> str:
    day = date.fromisoformat(text)
    return f"{day.day} {day:%B} {day.year}"
