"""Dates that are only as certain as somebody is: the Extended Date/Time Format, levels 0 and 1 and a little of 2.

Source: ISO 8601-2:2019, clause 4 and annex A; Library of Congress, *Extended Date/Time Format Specification* (2019).
Read are days, months, years, sub-year groupings (seasons, quarters, halves), unspecified digits (``202X``,
``2027-XX``), the qualifiers ``?`` (uncertain), ``~`` (approximate), ``%`` (both), and intervals with an open (``..``)
or unknown (empty) end. Not read are times of day, sets, exponents and years outside 0001 to 9999.
"""

from __future__ import annotations

import re
from calendar import monthrange
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from tocsin.core.errors import PeriodError

_FORM = re.compile(
    r"(?P<year>[0-9]{4}|[0-9]{3}X|[0-9]{2}XX|[0-9]XXX)(?:-(?P<month>[0-9X]{2}))?(?:-(?P<day>[0-9X]{2}))?(?P<sign>[?~%]?)",
    re.ASCII,
)

_HOW = "Write 2027, 2027-05, 2027-05-14, 2027-21 (spring), 202X, 2027-05~, 2027-03/2027-05 or 2027-03/.."

LONGEST = 60
"""Letters that a date may have."""

GROUPS = {
    **{season: (first, 3) for season, first in zip((21, 22, 23, 24), (3, 6, 9, 12), strict=True)},
    **{season: (first, 3) for season, first in zip((25, 26, 27, 28), (3, 6, 9, 12), strict=True)},
    **{season: (first, 3) for season, first in zip((29, 30, 31, 32), (9, 12, 3, 6), strict=True)},
    **{quarter: (first, 3) for quarter, first in zip((33, 34, 35, 36), (1, 4, 7, 10), strict=True)},
    **{third: (first, 4) for third, first in zip((37, 38, 39), (1, 5, 9), strict=True)},
    **{half: (first, 6) for half, first in zip((40, 41), (1, 7), strict=True)},
}
"""Groupings of months: the first month of each and how many there are.

A season whose hemisphere is not said (21 to 24) is read as the northern one, three whole months from March on; winter
ends in February of the next year. Whoever means a rainy season writes its months.
"""

_NAMES = {
    **dict(zip(range(21, 25), ("spring", "summer", "autumn", "winter"), strict=True)),
    **dict(zip(range(25, 29), (f"northern {one}" for one in ("spring", "summer", "autumn", "winter")), strict=True)),
    **dict(zip(range(29, 33), (f"southern {one}" for one in ("spring", "summer", "autumn", "winter")), strict=True)),
    **{33 + n: f"quarter {n + 1}" for n in range(4)},
    **{37 + n: f"third {n + 1} of the year" for n in range(3)},
    **{40 + n: f"half {n + 1}" for n in range(2)},
}


@dataclass(frozen=True)
class When:
    """A date as it was written, and the days that it may mean.

    text: as written. earliest, latest: the first and the last day that fit; None where that end is open or unknown.
    approximate: somewhere near these days (``~``); uncertain: whether it is these days at all is in doubt (``?``).
    """

    text: str
    earliest: date | None
    latest: date | None
    approximate: bool = False
    uncertain: bool = False

    @property
    def days(self) -> int | None:
        """How many days it may mean, both ends counted; None if an end is open."""
        return None if self.earliest is None or self.latest is None else (self.latest - self.earliest).days + 1

    @property
    def day(self) -> date | None:
        """The day, if it means just one."""
        return self.earliest if self.days == 1 else None

    def within(self, first: date, last: date) -> bool:
        """Whether it may fall between two days, both counted."""
        return (self.earliest is None or self.earliest <= last) and (self.latest is None or self.latest >= first)

    def __str__(self) -> str:
        return self.text


@lru_cache(maxsize=8192)
def read(text: str) -> When:
    """The days that a written date may mean.

    Errors: PeriodError says what is wrong and how to write it.

    >>> found = read("2028-02~")
    >>> str(found.earliest), str(found.latest), found.approximate
    ('2028-02-01', '2028-02-29', True)
    >>> read("2027-02-30")
    Traceback (most recent call last):
    tocsin.core.errors.PeriodError: 2027-02-30: February 2027 has 28 days. Write the day as it is in the calendar.
    """
    text = text.strip()
    if len(text) > LONGEST:
        raise PeriodError(f"a date has at most {LONGEST} letters", where=text[:LONGEST], remedy=_HOW)
    first, slash, last = text.partition("/")
    if not slash:
        return _one(text)
    if "/" in last:
        raise PeriodError("an interval has one beginning and one end", where=text, remedy=_HOW)
    if first in ("", "..") and last in ("", ".."):
        raise PeriodError("neither end of the interval is known", where=text, remedy="Give one end, or no date at all")
    begins = None if first in ("", "..") else _one(first)
    ends = None if last in ("", "..") else _one(last)
    known = [one for one in (begins, ends) if one is not None]
    if begins and ends and begins.earliest and ends.latest and begins.earliest > ends.latest:
        raise PeriodError("the interval ends before it begins", where=text, remedy="Write the earlier date first")
    return When(
        text,
        begins.earliest if begins else None,
        ends.latest if ends else None,
        any(one.approximate for one in known),
        any(one.uncertain for one in known),
    )


def in_words(when: When) -> str:
    """A date for people, in English; what is doubtful is said.

    >>> in_words(read("2027-05-14")), in_words(read("2027-22~")), in_words(read("2027-03/.."))
    ('14 May 2027', 'about summer 2027', 'from March 2027 on')
    """
    first, slash, last = when.text.partition("/")
    if not slash:
        said = _said(first)
    elif last in ("", ".."):
        said = f"from {_said(first)} on" + ("" if last else ", until an unknown day")
    elif first in ("", ".."):
        said = f"up to {_said(last)}" + ("" if first else ", from an unknown day")
    else:
        said = f"{_said(first)} to {_said(last)}"
    return ("about " if when.approximate else "") + said + (" (uncertain)" if when.uncertain else "")


def _one(text: str) -> When:
    found = _FORM.fullmatch(text)
    if not found:
        raise PeriodError(f"{text[:40]!r} is no date", where="", remedy=_HOW)
    year, month, day, sign = found.group("year", "month", "day", "sign")
    lowest, highest = max(1, int(year.replace("X", "0"))), int(year.replace("X", "9"))
    if highest < 1:
        raise PeriodError("there is no year 0000 in our calendar", where=text, remedy=_HOW)
    if month is not None and "X" not in month and int(month) in GROUPS:
        earliest, latest = _group(text, lowest, highest, int(month), day)
    else:
        earliest, latest = _calendar(text, lowest, highest, month, day)
    return When(text, earliest, latest, sign in ("~", "%") and bool(sign), sign in ("?", "%") and bool(sign))


def _group(text: str, lowest: int, highest: int, group: int, day: str | None) -> tuple[date, date]:
    if day is not None:
        raise PeriodError(
            f"{_NAMES[group]} has no numbered days", where=text, remedy="Leave the day out, or write a month"
        )
    first, months = GROUPS[group]
    over, last = divmod(first + months - 2, 12)
    # The winter that begins in December 9999 ends where the calendar does.
    end = date.max if highest + over > date.max.year else _last(highest + over, last + 1)
    return date(lowest, first, 1), end


def _calendar(text: str, lowest: int, highest: int, month: str | None, day: str | None) -> tuple[date, date]:
    if "X" not in text and month is not None and day is not None:
        # The common case; what is not in the calendar is told below.
        with suppress(ValueError):
            return (date(lowest, int(month), int(day)),) * 2
    months = [one for one in range(1, 13) if _fits(month, one)]
    if not months:
        raise PeriodError(f"there is no month {month}", where=text, remedy="Write a month from 01 to 12, or a season")
    if day is None:
        return date(lowest, months[0], 1), _last(highest, months[-1])
    earliest = _first_fit(range(lowest, highest + 1), months, day)
    latest = _first_fit(range(highest, lowest - 1, -1), months[::-1], day, backwards=True)
    if earliest is None or latest is None:
        if len(months) == 1 and lowest == highest and "X" not in day and day != "00":
            has = f"{date(lowest, months[0], 1):%B} {lowest} has {monthrange(lowest, months[0])[1]} days"
        else:
            has = f"there is no day {day} in it"
        raise PeriodError(has, where=text, remedy="Write the day as it is in the calendar")
    return earliest, latest


def _first_fit(years: range, months: list[int], day: str, *, backwards: bool = False) -> date | None:
    """The first day that fits, going forwards or backwards. Eight years hold a leap year wherever they begin."""
    for year in years[:9]:
        for month in months:
            days = [one for one in range(1, monthrange(year, month)[1] + 1) if _fits(day, one)]
            if days:
                return date(year, month, days[-1] if backwards else days[0])
    return None


def _fits(written: str | None, number: int) -> bool:
    return written is None or all(
        letter in ("X", digit) for letter, digit in zip(written, f"{number:02d}", strict=True)
    )


def _last(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def _said(text: str) -> str:
    """One date in words, without its qualifier; unspecified digits stay as they were written."""
    plain = text.rstrip("?~%")
    if "X" in plain:
        return plain
    year, *rest = plain.split("-")
    if not rest:
        return str(int(year))
    if int(rest[0]) in _NAMES:
        return f"{_NAMES[int(rest[0])]} {int(year)}"
    month = f"{date(int(year), int(rest[0]), 1):%B} {int(year)}"
    return f"{int(rest[1])} {month}" if rest[1:] else month
