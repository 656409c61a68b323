"""Time zones as iCalendar wants them spelt out: every change of a clock between two years, one after the other.

A rule for the changes would be shorter, and lists of changes in one component are shorter still; but the first is not
known for zones that change by decree, and programs that read calendars do not agree on the second.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from icalendar import Timezone

_STEP = timedelta(hours=18)
"""Clocks do not change twice within this time."""


def zone(name: str, first: int, last: int) -> Timezone:
    """A zone of the IANA database with its changes from the beginning of one year to the end of another."""
    from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

    here = ZoneInfo(name)
    begins, ends = datetime(first, 1, 1, tzinfo=UTC), datetime(last, 12, 31, tzinfo=UTC)
    made = Timezone()
    made.add("tzid", name)
    for at, before in [(begins, _offset(begins, here)), *changes(here, begins, ends)]:
        local = at.astimezone(here)
        part = TimezoneDaylight() if local.dst() else TimezoneStandard()
        # The beginning is told on the clock as it stood before the change (RFC 5545, 3.6.5).
        part.add("dtstart", (at + before).replace(tzinfo=None))
        part.add("tzoffsetfrom", before)
        part.add("tzoffsetto", _offset(at, here))
        part.add("tzname", local.tzname())
        made.add_component(part)
    return made


def changes(here: ZoneInfo, begins: datetime, ends: datetime) -> Iterator[tuple[datetime, timedelta]]:
    """The instants at which the clocks of a zone change, in UTC, each with the offset before it."""
    at = begins
    while at < ends:
        later = at + _STEP
        if (before := _offset(at, here)) != _offset(later, here):
            low, high = at, later
            while high - low > timedelta(seconds=1):
                middle = low + (high - low) // 2
                middle = middle.replace(microsecond=0)
                low, high = (middle, high) if _offset(middle, here) == before else (low, middle)
            yield high, before
        at = later


def _offset(at: datetime, here: ZoneInfo) -> timedelta:
    return at.astimezone(here).utcoffset() or timedelta()
