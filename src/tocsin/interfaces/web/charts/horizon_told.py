"""What the picture of the horizon shows, and the same in sentences for those who do not see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Mark:
    """A moment with a date, or one time of a recurring one.

    said: its days in words. first, last: the days that it may fall on. state: ``certain`` if it is confirmed, ``open``
    if it is expected or possible, ``off`` if it was called off. doubtful: whether its date is. named: whether its title
    is written out; of a recurring one it is at the first time.
    """

    title: str
    said: str
    first: date
    last: date
    state: str
    doubtful: bool = False
    named: bool = True


@dataclass(frozen=True)
class Bar:
    """An instrument for a moment. sure, even: the last days on which whoever begins is in time with nine chances in
    ten, and with one in two. until: the first day on which the moment may come.
    """

    name: str
    title: str
    sure: date
    even: date
    until: date


@dataclass(frozen=True)
class Loose:
    """A moment that may come on any day. first, last: between which days; None where that end is open."""

    title: str
    said: str
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True)
class Line:
    """A country. Each ``more`` counts what is in the tables and not in the picture."""

    name: str
    marks: Sequence[Mark]
    bars: Sequence[Bar] = ()
    loose: Sequence[Loose] = ()
    more_marks: int = 0
    more_bars: int = 0
    more_loose: int = 0


def describe(lines: Sequence[Line], first: date, last: date, today: date) -> str:
    """The picture in sentences, for those who do not see it."""
    told = [f"From {_day(first)} to {_day(last)}; today is {_day(today)}."]
    for line in lines:
        parts = [f"{one.title}, {one.said}{_STATES[one.state]}" for one in line.marks if one.named]
        parts += [
            f"{one.name} for {one.title} to be decided by {_day(one.sure)} for nine chances in ten, by "
            f"{_day(one.even)} for one in two"
            for one in line.bars
        ]
        parts += [f"{one.title}, {one.said}" for one in line.loose]
        left = line.more_marks + line.more_bars + line.more_loose
        more = f"; {left} more in the tables" if left else ""
        told.append(f"{line.name}: {'; '.join(parts)}{more}.")
    return " ".join(told)


_STATES = {"certain": "", "open": ", not confirmed", "off": ", called off"}


def _day(day: date) -> str:
    return f"{day.day} {day:%B} {day.year}"
