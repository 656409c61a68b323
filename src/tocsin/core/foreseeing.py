"""What is foreseen: moments at which risk may turn, and instruments with the time that they need.

A moment is about a place. The scenario that it belongs to is what it was derived from, a link of the sealed part:
whoever may see a moment need not know of the scenario.
"""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, Strict, StrictBool, field_validator, model_validator

from tocsin.core import edtf
from tocsin.core.body import Concept, Derivable, Line, Part, Text, no_longer_than
from tocsin.core.errors import PeriodError


class Sort(StrEnum):
    """What kind of moment it is."""

    ELECTION = "election"
    MANDATE = "end of term or mandate"
    PEACE_OPERATION = "peace-operation renewal"
    SANCTIONS = "sanctions renewal"
    VERDICT = "verdict"
    ANNIVERSARY = "anniversary"
    CENSUS = "census"
    REFERENDUM = "referendum"
    WITHDRAWAL = "withdrawal"
    AID_CLIFF = "aid cliff"
    RAINY_SEASON = "rainy season"
    OTHER = "other"


class Timing(StrEnum):
    """How much is known of when it comes.

    A fixed moment has its day, a windowed one falls within some days, a conditional one comes if something happens
    first, an undated one may come on any day, and a recurring one comes again by a rule.
    """

    FIXED = "fixed"
    WINDOWED = "windowed"
    CONDITIONAL = "conditional"
    UNDATED = "undated"
    RECURRING = "recurring"


class Certainty(StrEnum):
    """Whether it comes at all, in the eyes of whoever puts it on the calendar."""

    CONFIRMED = "confirmed"
    EXPECTED = "expected"
    POSSIBLE = "possible"
    CALLED_OFF = "called off"


Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
Note = Annotated[str, Field(max_length=2000), no_longer_than(2000)]


class Clock(Part):
    """The time of day of a moment that does not take the whole day.

    starts: as 14:30 on the wall where it takes place. minutes: how long it takes. zone: the name of that wall's time in
    the IANA database, as Africa/Khartoum.
    """

    starts: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$")]
    minutes: Annotated[int, Strict(), Field(ge=0, le=366 * 1440)] = 0
    zone: Annotated[str, Field(max_length=60)]

    @field_validator("zone")
    @classmethod
    def _known(cls, value: str) -> str:
        from zoneinfo import ZoneInfo

        try:
            ZoneInfo(value)
        except (ValueError, KeyError, OSError):  # no such name, or none that a file could have
            raise ValueError(f"there is no time zone {value!r}; write it as Africa/Khartoum, or UTC") from None
        return value


class Moment(Derivable):
    """A moment at a place at which risk may turn.

    when: the day or days in EDTF (``core.edtf``); None if nothing is known. condition: what must happen first, in
    words. recurrence: a rule of RFC 5545 that begins on ``when`` and has an end; skipped: days of it on which it does
    not take place. clock: None if it takes the whole day. source: who says so. factors: concepts of the lexicon on
    which it bears. uid: by what name the calendar knows it from which it was taken in.
    """

    kind: Literal["moment"] = "moment"
    title: Line
    text: Annotated[str, Field(max_length=20_000), no_longer_than(20_000)] = ""
    sort: Sort
    timing: Timing
    when: Annotated[str, Field(max_length=edtf.LONGEST)] | None = None
    condition: Note = ""
    recurrence: Annotated[str, Field(max_length=300)] = ""
    skipped: Annotated[tuple[Day, ...], Field(max_length=400)] = ()
    clock: Clock | None = None
    certainty: Certainty
    source: Line
    factors: Annotated[tuple[Concept, ...], Field(max_length=64)] = ()
    uid: Annotated[str, Field(max_length=300)] = ""

    searched = ("title", "text", "condition")

    @field_validator("when")
    @classmethod
    def _read(cls, value: str | None) -> str | None:
        if value is None or not value.strip():
            return None
        try:
            return edtf.read(value).text
        except PeriodError as error:
            raise ValueError(str(error)) from None

    @field_validator("recurrence")
    @classmethod
    def _ends(cls, value: str) -> str:
        return rule(value) if value.strip() else ""

    @field_validator("skipped")
    @classmethod
    def _days(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for one in value:
            date.fromisoformat(one)
        return tuple(sorted(set(value)))

    @model_validator(mode="after")
    def _timed(self) -> Self:
        day = self.span.day if self.span else None
        match self.timing:
            case Timing.FIXED if day is None:
                raise ValueError("a fixed moment has one day; write it as 2027-05-14, or make the moment windowed")
            case Timing.WINDOWED if self.span is None or day is not None:
                raise ValueError("a windowed moment falls within some days; write them as 2027-05 or 2027-03/2027-05")
            case Timing.UNDATED if self.when is not None:
                raise ValueError(
                    "an undated moment has no date; make it conditional if it can only come within some days"
                )
            case Timing.RECURRING if day is None or not self.recurrence:
                raise ValueError("a recurring moment has the day on which it first comes, and a rule with an end")
            case Timing.CONDITIONAL | Timing.UNDATED if not self.condition.strip():
                raise ValueError(f"say in words under which condition a moment comes that is {self.timing.value}")
        if self.timing is not Timing.RECURRING and (self.recurrence or self.skipped):
            raise ValueError("it has a rule by which it comes again; make it recurring, or leave the rule out")
        if self.clock and day is None:
            raise ValueError("it has a time of day, but no single day; leave one of them out")
        return self

    @property
    def span(self) -> edtf.When | None:
        """The days that it may fall on; for a recurring one, the first day; None if nothing is known."""
        return edtf.read(self.when) if self.when else None


Whole = Annotated[int, Strict(), Field(ge=0, le=1830)]
"""A whole number of days, at most five years of them."""


class Days(Part):
    """How many days something takes: at the least, usually, and at the most. Both ends can happen."""

    low: Whole
    typical: Whole
    high: Whole

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.low <= self.typical <= self.high:
            raise ValueError("the least is not more than the usual, and the usual not more than the most")
        return self


class Approval(Part):
    """Somebody, as a role or a body, who must agree before anything is done; and the days that this takes."""

    who: Line
    days: Days


class Instrument(Derivable):
    """Something that can be done, and the time that it needs before it has an effect.

    It is about a place, if its times hold there, or about the period for which they hold everywhere. deciding: days
    from the proposal to the decision. approvals: who must then agree, one after the other. effect: days from the last
    agreement to an effect. owner: the role that would decide. in_use: whether it can be chosen at present.
    """

    kind: Literal["instrument"] = "instrument"
    name: Line
    text: Annotated[str, Field(max_length=20_000), no_longer_than(20_000)] = ""
    deciding: Days
    approvals: Annotated[tuple[Approval, ...], Field(max_length=12)] = ()
    effect: Days
    owner: Line
    in_use: StrictBool = True
    source: Text

    searched = ("name", "text")

    @property
    def parts(self) -> tuple[Days, ...]:
        """Everything that takes time, in the order in which it happens."""
        return (self.deciding, *(one.days for one in self.approvals), self.effect)


_DAYS = r"(?:[+-]?\d{1,2})?(?:MO|TU|WE|TH|FR|SA|SU)"
_BY = {
    "BYMONTH": (r"\d{1,2}", range(1, 13)),
    "BYMONTHDAY": (r"[+-]?\d{1,2}", range(1, 32)),
    "BYYEARDAY": (r"[+-]?\d{1,3}", range(1, 367)),
    "BYWEEKNO": (r"[+-]?\d{1,2}", range(1, 54)),
    "BYSETPOS": (r"[+-]?\d{1,3}", range(1, 367)),
    "BYDAY": (_DAYS, range(54)),
}
MOST_TIMES = 1000
"""Times that a rule may come."""


def rule(text: str) -> str:
    """A recurrence rule, in capitals and with its parts in one order, once it is known to be sound and to end.

    It repeats by days, weeks, months or years, and says COUNT or UNTIL (a day).

    Errors: ValueError says which part is wrong.

    >>> rule("freq=monthly;count=6;bymonthday=-1")
    'FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=6'
    """
    parts: dict[str, str] = {}
    for one in text.strip().upper().removeprefix("RRULE:").split(";"):
        name, equals, value = one.partition("=")
        if not equals or not value or name in parts:
            raise ValueError(f"{one[:40]!r} is no part of a rule, or stands twice; write FREQ=YEARLY;COUNT=5")
        parts[name] = value
    if parts.get("FREQ") not in ("DAILY", "WEEKLY", "MONTHLY", "YEARLY"):
        raise ValueError("FREQ is missing, or finer than a day; write DAILY, WEEKLY, MONTHLY or YEARLY")
    ends = [name for name in ("COUNT", "UNTIL") if name in parts]
    if not ends:
        raise ValueError("it never ends; add COUNT= with how often it comes, or UNTIL= with its last day")
    if len(ends) == 2:
        raise ValueError("it has both COUNT and UNTIL; keep one of them")
    for name, value in parts.items():
        if trouble := _trouble(name, value):
            raise ValueError(trouble)
    if trouble := _together(parts):
        raise ValueError(trouble)
    order = ("FREQ", "INTERVAL", *_BY, "WKST", "COUNT", "UNTIL")
    return ";".join(f"{name}={parts[name]}" for name in order if name in parts)


def _trouble(name: str, value: str) -> str:
    """What is wrong with one part of a rule; empty if nothing is."""
    match name:
        case "FREQ":
            return ""
        case "INTERVAL" | "COUNT":
            most = MOST_TIMES if name == "COUNT" else 366
            fits = re.fullmatch(r"\d{1,4}", value, re.ASCII) and 1 <= int(value) <= most
            return "" if fits else f"{name} is a number from 1 to {most}"
        case "UNTIL":
            try:
                date(int(value[:4]), int(value[4:6]), int(value[6:]))
            except ValueError:
                return "UNTIL is a day, as 20291231"
            return "" if re.fullmatch(r"\d{8}", value, re.ASCII) else "UNTIL is a day, as 20291231"
        case "WKST":
            return "" if re.fullmatch("MO|TU|WE|TH|FR|SA|SU", value) else "WKST is a day of the week, as MO"
        case _ if name in _BY:
            form, numbers = _BY[name]
            for one in value.split(","):
                digits = re.sub(r"\D", "", one, flags=re.ASCII)
                if not re.fullmatch(form, one, re.ASCII) or (digits and int(digits) not in numbers):
                    return f"{one[:20]!r} does not fit {name}"
            return ""
    return f"{name[:20]} is not a part that is read here"


_ONLY = {
    "BYWEEKNO": ("YEARLY",),
    "BYYEARDAY": ("YEARLY",),
    "BYMONTHDAY": ("DAILY", "MONTHLY", "YEARLY"),
    "BYSETPOS": ("MONTHLY", "YEARLY"),
}
"""Parts that RFC 5545 (3.3.10) allows with some frequencies only. BYSETPOS of a day or a week is left out besides."""


def _together(parts: dict[str, str]) -> str:
    """What in a rule does not go together; empty if nothing. Mostly what never comes at all."""
    frequency = parts["FREQ"]
    for name, fits in _ONLY.items():
        if name in parts and frequency not in fits:
            return f"{name} does not go with FREQ={frequency}"
    if re.search(r"\d", parts.get("BYDAY", "")) and (frequency not in ("MONTHLY", "YEARLY") or "BYWEEKNO" in parts):
        return "a numbered day of the week, as 2TU, goes with FREQ=MONTHLY or YEARLY, and not with BYWEEKNO"
    if "BYSETPOS" in parts and not any(name in parts for name in _BY if name != "BYSETPOS"):
        return "BYSETPOS chooses among what another part gives, as BYDAY; there is none"
    months = [int(one) for one in parts.get("BYMONTH", "").split(",") if one] or list(range(1, 13))
    numbers = [abs(int(one)) for one in parts.get("BYMONTHDAY", "").split(",") if one]
    if numbers and not any(number <= _LONGEST_MONTH[month - 1] for number in numbers for month in months):
        return "no month of BYMONTH has such a day as BYMONTHDAY says, so that it never comes"
    return ""


_LONGEST_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
