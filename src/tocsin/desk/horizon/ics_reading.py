"""Reading an iCalendar file (RFC 5545): every event becomes a moment or is refused by name; the rest goes on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tocsin.core.errors import ContentError
from tocsin.core.foreseeing import Certainty, Sort, Timing
from tocsin.core.tlp import TLP
from tocsin.desk.horizon.taken import MOST, Content, Refused, Taken

_STATUS = {"CONFIRMED": Certainty.CONFIRMED, "TENTATIVE": Certainty.POSSIBLE, "CANCELLED": Certainty.CALLED_OFF}

_FOLD = re.compile(rb"\r?\n[ \t]")
_MARK = re.compile(rb"^(?P<mark>BEGIN|END):(?P<name>VEVENT|VTODO)\r?$", re.MULTILINE)
# Up to the next beginning at most: otherwise many without an end would each be followed to the end of the file.
_ZONE = re.compile(rb"^BEGIN:VTIMEZONE\r?$(?:(?!^BEGIN:VTIMEZONE\r?$).)*?^END:VTIMEZONE\r?$", re.DOTALL | re.MULTILINE)
_BEGINS = re.compile(rb"^BEGIN:(VEVENT|VTODO)\r?$", re.MULTILINE)


Event = Any
"""A component of icalendar; what its properties are is known only when they are looked at."""


class _Unfit(ValueError):
    """An event that cannot be a moment; the words say why."""


def read_ics(content: bytes, *, source: str, sort: Sort = Sort.OTHER) -> Content:
    """The moments of an iCalendar file.

    source: in words, where the file comes from; it stands in every moment that does not name its own. sort: of events
    that say none.

    A day or days become a fixed or a windowed moment, a rule a recurring one. One event of a rule that was moved
    (RECURRENCE-ID) is a moment of its own, and its day is left out of the rule.

    Errors: ContentError if it is no iCalendar file at all, or not in UTF-8.
    """
    if b"BEGIN:VCALENDAR" not in content[:10_000].upper():
        raise ContentError("this is no iCalendar file", where=source, remedy="Save it from the calendar as .ics")
    # Unfolded here, because a line may be folded within a letter (RFC 5545, 3.1), which no text survives.
    content = _FOLD.sub(b"", content)
    try:
        content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ContentError(
            f"line {line}, as unfolded, is not UTF-8", where=source, remedy="Save the calendar anew, in UTF-8"
        ) from None
    found: list[tuple[str, Event]] = []
    refused: list[Refused] = []
    for called, event in _events(content):
        if isinstance(event, str):
            refused.append(Refused(called, event))
        elif len(found) >= MOST:
            refused.append(Refused(called, f"there are more than {MOST} events; put them into several files"))
        else:
            found.append((called, event))
    moved = _moved(found)
    taken: list[Taken] = []
    for called, event in found:
        try:
            taken.append(_taken(called, event, source, sort, moved.get(str(event.get("UID", "")), set())))
        except _Unfit as error:
            refused.append(Refused(called, str(error)))
        except Exception as error:  # the reader behind it raises classes of many libraries at what is broken
            refused.append(Refused(called, f"it cannot be read ({error})"))
    return Content(tuple(taken), tuple(refused))


def _events(content: bytes) -> Iterator[tuple[str, Any]]:
    """Each event with what it is called, or what is wrong with it instead of the event."""
    from icalendar import Calendar

    try:
        calendars = Calendar.from_ical(content, multiple=True)
        events = [one for calendar in calendars for one in calendar.walk() if one.name in ("VEVENT", "VTODO")]
        if len(events) == len(_BEGINS.findall(content)):
            yield from ((_called(one, number), one) for number, one in enumerate(events, 1))
            return
    except ValueError:
        pass
    # Something is broken; each event is then read for itself, so that one does not take the others along.
    zones = b"\r\n".join(one.group() for one in _ZONE.finditer(content))
    number, begun = 0, None
    for mark in _MARK.finditer(content):
        begins, name = mark["mark"] == b"BEGIN", mark["name"]
        if begins and begun:
            yield f"event {number}", "it has no end"
        if begins:
            number, begun = number + 1, mark
        elif begun and begun["name"] == name:
            yield _alone(content[begun.start() : mark.end()], zones, number)
            begun = None
    if begun:
        yield f"event {number}", "it has no end"


def _alone(text: bytes, zones: bytes, number: int) -> tuple[str, Any]:
    """One event read for itself, beside the zones of its file."""
    from icalendar import Calendar

    alone = b"\r\n".join((b"BEGIN:VCALENDAR", zones, text.strip(), b"END:VCALENDAR", b""))
    try:
        event = next(part for part in Calendar.from_ical(alone).walk() if part.name in ("VEVENT", "VTODO"))
    except (ValueError, StopIteration) as error:
        return f"event {number}", f"it cannot be read ({error})"
    return _called(event, number), event


def _called(event: Event, number: int) -> str:
    with suppress(Exception):  # a broken property says so wherever it is touched
        if title := " ".join(str(event.get("SUMMARY", "")).split()):
            return f"event {number}, {title[:100]}"
    return f"event {number}"


def _moved(found: list[tuple[str, Event]]) -> dict[str, set[str]]:
    """For each rule, by its UID, the days on which one of its times is an event of its own."""
    moved: dict[str, set[str]] = {}
    for _, event in found:
        with suppress(Exception):
            if "RECURRENCE-ID" in event:
                moved.setdefault(str(event["UID"]), set()).add(_day(event["RECURRENCE-ID"].dt).isoformat())
    return moved


def _taken(called: str, event: Event, source: str, sort: Sort, moved: set[str]) -> Taken:
    for name, why in event.errors:
        raise _Unfit(f"{name} is wrong: {why}")
    for name in ("DTSTART", "DTEND", "DURATION"):
        if isinstance(event.get(name), list):
            raise _Unfit(f"{name} stands in it more than once")
    if "RDATE" in event:
        raise _Unfit("it lists further dates (RDATE), which are not read; make them events of their own")
    ours = {name: str(event[key]) for name in _OURS if (key := f"X-TOCSIN-{name.upper()}") in event}
    title = ours.get("title") or " ".join(str(event.get("SUMMARY", "")).split())
    if not title:
        raise _Unfit("it has no SUMMARY, so that nobody would know what it is")
    uid = str(event.get("UID", "")).strip()
    body: dict[str, Any] = {
        "title": title[:300],
        "text": ours.get("text", "" if ours else str(event.get("DESCRIPTION", ""))[:20_000]),
        "sort": ours.get("sort") or _sort(event, sort),
        "certainty": ours.get("certainty") or _STATUS.get(str(event.get("STATUS", "")).upper(), Certainty.EXPECTED),
        "source": ours.get("source") or source,
        "condition": ours.get("condition", ""),
        "factors": ours.get("factors", "").split(),
        "uid": uid[:300],
    }
    body |= _when(event, ours)
    if "RECURRENCE-ID" in event:
        body["uid"] = f"{uid}#{_day(event['RECURRENCE-ID'].dt)}"[:300]
    elif moved:
        body["skipped"] = sorted({*body.get("skipped", ()), *moved})
    place = ours.get("place") or str(event.get("LOCATION", "")).strip()
    subject = place if place.startswith("place:") else None
    label = ours.get("marking", "").split(" ")[0]
    return Taken(called, subject, body, TLP.read(label) if label else None, place)


_OURS = ("title", "text", "place", "marking", "sort", "timing", "when", "condition", "certainty", "source", "factors")
"""What ``interfaces.feeds.ics`` writes beside what iCalendar has words for."""


def _when(event: Event, ours: dict[str, str]) -> dict[str, Any]:
    """Timing, date, clock and rule. Where Tocsin wrote the file, the timing and the date are as it wrote them."""
    if "DTSTART" not in event:
        if ours.get("timing"):
            return {"timing": ours["timing"], "when": ours.get("when")}
        raise _Unfit("it has no DTSTART, so that it has no date")
    starts = event["DTSTART"].dt
    first = _day(starts)
    found: dict[str, Any] = {"when": first.isoformat(), "timing": Timing.FIXED.value}
    if isinstance(starts, datetime):
        found["clock"] = _clock(event, starts)
    elif (last := _last(event, first)) > first and "RRULE" not in event:
        found |= {"when": f"{first}/{last}", "timing": Timing.WINDOWED.value}
    if "RRULE" in event:
        if isinstance(event["RRULE"], list):
            raise _Unfit("it has several rules (RRULE); make them events of their own")
        found |= {"timing": Timing.RECURRING.value, "recurrence": _rule(event, starts), "skipped": _skipped(event)}
    if ours.get("timing"):
        found |= {"timing": ours["timing"], "when": ours.get("when")}
    return found


def _rule(event: Event, starts: date) -> str:
    """The rule as text, its end as the last day on the wall where the event takes place."""
    text = event["RRULE"].to_ical().decode()
    parts = dict(part.split("=", 1) for part in text.split(";"))
    if "COUNT" not in parts and "UNTIL" not in parts:
        raise _Unfit("it never ends: its rule has neither COUNT nor UNTIL; give it an end in its calendar")
    if "UNTIL" in parts:
        (until,) = event["RRULE"]["UNTIL"]
        parts["UNTIL"] = f"{_until(until, starts):%Y%m%d}"
    return ";".join(f"{name}={value}" for name, value in parts.items())


def _until(until: date, starts: date) -> date:
    """The last day on which it may come. An end before that day's time of the event leaves the day out."""
    if not isinstance(until, datetime) or not isinstance(starts, datetime):
        return _day(until)
    local = until.astimezone(starts.tzinfo) if until.tzinfo else until
    return local.date() - timedelta(days=1 if local.time() < starts.time() else 0)


def _skipped(event: Event) -> list[str]:
    given = event.get("EXDATE", [])
    lists = given if isinstance(given, list) else [given]
    return sorted({_day(one.dt).isoformat() for each in lists for one in each.dts})


_NO_ZONE = "its time zone {!r} is in no list of zones; name it as Africa/Khartoum"


def _clock(event: Event, starts: datetime) -> dict[str, Any]:
    if starts.tzinfo is None and (named := event["DTSTART"].params.get("TZID")):
        raise _Unfit(_NO_ZONE.format(named))
    if starts.tzinfo is None:
        raise _Unfit("its time has no zone, so that it is another moment in every place; give DTSTART a TZID or a Z")
    zone = getattr(starts.tzinfo, "key", None) or ("UTC" if not starts.utcoffset() else None)
    try:
        ZoneInfo(zone or "")
    except (ValueError, KeyError, OSError):
        named = event["DTSTART"].params.get("TZID", str(starts.tzinfo))
        raise _Unfit(_NO_ZONE.format(named)) from None
    if "DURATION" in event:
        length = event["DURATION"].dt
    elif "DTEND" in event:
        ends = event["DTEND"].dt
        if not isinstance(ends, datetime) or ends.tzinfo is None:
            raise _Unfit("it begins at a time with a zone and ends without one")
        length = ends - starts
    else:
        length = timedelta()
    if length < timedelta():
        raise _Unfit("it ends before it begins")
    return {"starts": _written(starts), "minutes": round(length / timedelta(minutes=1)), "zone": zone}


def _written(at: datetime) -> str:
    return f"{at:%H:%M:%S}" if at.second else f"{at:%H:%M}"


def _last(event: Event, first: date) -> date:
    """The last day of an event of whole days, whose end is the day after it."""
    if "DTEND" in event:
        end = _day(event["DTEND"].dt)
    elif "DURATION" in event:
        end = first + event["DURATION"].dt
    else:
        return first
    if end < first:
        raise _Unfit("it ends before it begins")
    return max(first, end - timedelta(days=1))


def _sort(event: Event, default: Sort) -> str:
    given = event.get("CATEGORIES")
    lists = given if isinstance(given, list) else [given] if given is not None else []
    words = {str(word).strip().casefold() for each in lists for word in each.cats}
    return next((sort.value for sort in Sort if sort.value in words), default.value)


def _day(at: date) -> date:
    return at.date() if isinstance(at, datetime) else at
