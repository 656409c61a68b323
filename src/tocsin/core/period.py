"""Years, forecast windows and months, checked once at the door.

An annual model speaks of years and of a window of whole years; a monthly one of months numbered as VIEWS does, from
January 1980 = 1.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tocsin.core.errors import PeriodError

FIRST_YEAR, LAST_YEAR = 1945, 2100
"""The years that Tocsin speaks of; sources may reach further back."""

_MONTHS_FROM = 1980


def year(value: int | str) -> int:
    """A calendar year as a whole number.

    Errors: PeriodError if it is not a whole number, or lies outside 1945 to 2100.

    >>> year("2025")
    2025
    """
    text = str(value).strip()
    if not (text.isascii() and text.isdecimal()):
        raise PeriodError(f"{value!r} is not a year", remedy="Write a year with four digits, for example 2025")
    number = int(text)
    if not FIRST_YEAR <= number <= LAST_YEAR:
        raise PeriodError(
            f"the year {number} lies outside {FIRST_YEAR} to {LAST_YEAR}", remedy="Check the year for a slip of the key"
        )
    return number


@dataclass(frozen=True)
class Window:
    """The calendar years that a forecast speaks of: ``years`` of them, from ``first_year`` on."""

    first_year: int
    years: int = 2

    def __post_init__(self) -> None:
        if self.years < 1:
            raise PeriodError(f"a window of {self.years} years is empty", remedy="Give at least one year")
        year(self.first_year)
        year(self.last_year)

    @property
    def last_year(self) -> int:
        """The last year that the forecast speaks of."""
        return self.first_year + self.years - 1

    @property
    def label(self) -> str:
        """The window as a person reads it.

        >>> Window(2025).label, Window(2025, years=1).label
        ('2025-2026', '2025')
        """
        return str(self.first_year) if self.years == 1 else f"{self.first_year}-{self.last_year}"

    def __contains__(self, value: int) -> bool:
        return self.first_year <= value <= self.last_year


def years_range(text: str) -> range:
    """The years from ``FIRST:LAST``, both included; a single year stands for itself.

    Errors: PeriodError if it is not of this form, runs backward, or leaves 1945 to 2100.

    >>> years_range("1991:2021")
    range(1991, 2022)
    """
    found = re.fullmatch(r"\s*(\d+)\s*(?::\s*(\d+)\s*)?", text, flags=re.ASCII)
    if found is None:
        raise PeriodError(f"{text!r} is not a range of years", remedy="Write FIRST:LAST, for example 1991:2021")
    first = year(found[1])
    last = year(found[2] or first)
    if last < first:
        raise PeriodError(f"the range {text!r} runs backward", remedy=f"Write {last}:{first}")
    return range(first, last + 1)


def month_id(year_: int, month: int) -> int:
    """The VIEWS number of a month: January 1980 is 1.

    Errors: PeriodError if there is no such month, or it lies before January 1980.

    >>> month_id(1980, 1), month_id(1990, 1), month_id(2021, 12)
    (1, 121, 504)
    """
    if not 1 <= month <= 12:
        raise PeriodError(f"{month} is not a month", remedy="Give a number from 1 to 12")
    if year(year_) < _MONTHS_FROM:
        raise PeriodError(f"the month {year_}-{month:02d} has no number", remedy="Numbers begin with January 1980")
    return 12 * (year_ - _MONTHS_FROM) + month


def year_and_month(number: int) -> tuple[int, int]:
    """The calendar year and month of a VIEWS month number.

    Errors: PeriodError if the number is below 1 or lies after 2100.

    >>> year_and_month(121), year_and_month(571)
    ((1990, 1), (2027, 7))
    """
    if number < 1:
        raise PeriodError(f"{number} is not the number of a month", remedy="Numbers begin with 1, January 1980")
    years, months = divmod(number - 1, 12)
    return year(_MONTHS_FROM + years), months + 1
