"""The calendar as iCalendar (RFC 5545): what has a day as an event, what may come any day as a task without one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tocsin import __version__
from tocsin.core import edtf
from tocsin.core.foreseeing import Certainty, Moment, Timing
from tocsin.core.instant import moment
from tocsin.core.marking import TLP
from tocsin.desk.horizon import foreseen
from tocsin.desk.horizon.calendar import times
from tocsin.desk.horizon.feeds import Feed, Item
from tocsin.interfaces.feeds.zones import zone

if TYPE_CHECKING:
    from icalendar import Calendar, Component

MEDIA_TYPE = "text/calendar; charset=utf-8"

_STATUS = {
    Certainty.CONFIRMED: "CONFIRMED",
    Certainty.EXPECTED: "TENTATIVE",
    Certainty.POSSIBLE: "TENTATIVE",
    Certainty.CALLED_OFF: "CANCELLED",
}


def ics(feed: Feed) -> bytes:
    """The feed as an iCalendar stream; lines end as RFC 5545 has them."""
    from icalendar import Calendar

    made: Calendar = Calendar()
    made.add("prodid", f"-//Tocsin//Calendar {__version__}//EN")
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", f"{'EXERCISE ' if feed.exercise else ''}{feed.marking.tlp.label} {feed.name}")
    made.add("x-tocsin-marking", feed.marking.label)
    # Before the events that name them, because some programs read a calendar from the beginning to the end only once.
    _zones(made, feed.items)
    for item in feed.items:
        made.add_component(_component(item))
    return bytes(made.to_ical())


def _component(item: Item) -> Component:
    from icalendar import Event, Todo, vText

    body, span = item.body, item.body.span
    dated = span is not None and span.earliest is not None and span.latest is not None
    made: Component = Event() if dated else Todo()
    made.add("uid", item.uid)
    made.add("dtstamp", moment(item.changed))
    made.add("created", moment(item.first))
    made.add("last-modified", moment(item.changed))
    made.add("sequence", item.version)
    made.add("summary", f"{item.marking.label} {item.where}: {body.title}")
    made.add("description", _description(item))
    made.add("location", item.where)
    made.add("categories", [body.sort.value])
    made.add("class", "PUBLIC" if item.marking.tlp is TLP.CLEAR else "CONFIDENTIAL")
    if isinstance(made, Event):
        made.add("status", _STATUS[body.certainty])
        made.add("transp", "TRANSPARENT")
        _when(made, body)
    else:
        made.add("status", "CANCELLED" if body.certainty is Certainty.CALLED_OFF else "NEEDS-ACTION")
        if span and span.earliest:
            made.add("dtstart", span.earliest)
    for name, value in _ours(item).items():
        if value:
            # Named a text, because what a program has no word for is otherwise written as it is, line ends and all.
            made.add(f"x-tocsin-{name}", vText(value), parameters={"VALUE": "TEXT"})
    return made


def _ours(item: Item) -> dict[str, str]:
    """What iCalendar has no words for, so that a Tocsin that reads the file loses nothing."""
    body = item.body
    return {
        "id": item.id,
        "title": body.title,
        "text": body.text,
        "place": item.subject,
        "marking": item.marking.label,
        "sort": body.sort.value,
        "timing": body.timing.value,
        "when": body.when or "",
        "condition": body.condition,
        "certainty": body.certainty.value,
        "source": body.source,
        "factors": " ".join(body.factors),
    }


def _when(made: Component, body: Moment) -> None:
    span = body.span
    assert span is not None
    assert span.earliest is not None
    assert span.latest is not None
    if body.clock:
        starts = _at(span.earliest, body)
        made.add("dtstart", starts)
        if body.clock.minutes:
            made.add("duration", timedelta(minutes=body.clock.minutes))
    else:
        made.add("dtstart", span.earliest)
        if span.latest > span.earliest or body.timing is not Timing.RECURRING:
            # The end is the day after the last; the calendar's last day has none.
            made.add("dtend", min(span.latest, date.max - timedelta(days=1)) + timedelta(days=1))
    if body.recurrence:
        made.add("rrule", _rule(body))
    for one in body.skipped:
        day = date.fromisoformat(one)
        made.add("exdate", _at(day, body) if body.clock else day)


def _rule(body: Moment) -> dict[str, object]:
    """The rule as icalendar takes it; an end is a day or, where the moment has a time, the last instant of that day."""
    found: dict[str, object] = {}
    for part in body.recurrence.split(";"):
        name, _, value = part.partition("=")
        if name == "UNTIL":
            day = date.fromisoformat(value)
            if body.clock:
                last = datetime.combine(day, time(23, 59, 59), ZoneInfo(body.clock.zone))
                found[name] = last.astimezone(ZoneInfo("UTC"))
            else:
                found[name] = day
        else:
            many = value.split(",")
            found[name] = [int(one) if one.lstrip("+-").isdecimal() else one for one in many]
    return found


def _at(day: date, body: Moment) -> datetime:
    assert body.clock is not None
    return datetime.combine(day, time.fromisoformat(body.clock.starts), ZoneInfo(body.clock.zone))


def _description(item: Item) -> str:
    body = item.body
    lines = [
        item.marking.label,
        body.text,
        f"{body.sort.value}, {body.timing.value}, {body.certainty.value}: {foreseen.when(body)}",
        foreseen.condition(body),
        f"Written as {body.when}" if body.when and body.span and edtf.in_words(body.span) != body.when else "",
        f"Source: {body.source}",
    ]
    return "\n".join(line for line in lines if line)


def _zones(made: Calendar, items: Sequence[Item]) -> None:
    """The clocks of every zone that is named, for the years in which something takes place there."""
    years: dict[str, set[int]] = {}
    for item in items:
        if item.body.clock:
            told = years.setdefault(item.body.clock.zone, set())
            told.update(day.year for span in times(item.body, date.min, date.max) for day in span if day)
    for name, met in sorted(years.items()):
        if met and name != "UTC":
            made.add_component(zone(name, max(min(met) - 1, 1900), min(max(met) + 1, _LAST_YEAR)))


_LAST_YEAR = 2200
"""Beyond this year nobody knows how clocks will be set."""
