"""Which state a Gleditsch-Ward number stands for in which year: UCDP's ``country_id`` as Tocsin places."""

from __future__ import annotations

from functools import lru_cache

import polars as pl

from tocsin.core.errors import PeriodError
from tocsin.core.period import month_id, year_and_month
from tocsin.core.place import places

FIRST_MONTH, LAST_MONTH = month_id(1989, 1), month_id(2100, 12)
"""UCDP's events begin in January 1989; Tocsin's years end with 2100."""


@lru_cache(maxsize=8)
def states(first_year: int, last_year: int) -> pl.DataFrame:
    """Country numbers by year: ``country`` (Int32, Gleditsch-Ward), ``year`` (Int32), ``place`` (Tocsin place id).

    A number has at most one place in a year; the year goes to the state that existed on 31 December. A place with no
    number in a year, such as Palestine or a state not yet founded, has no row then: no event can be attributed to it.
    """
    found = [
        (int(code.code), year, state.id)
        for state in places()
        for code in state.codes.get("gw", ())
        for year in range(first_year, last_year + 1)
        if code.holds(year)
    ]
    return pl.DataFrame(found, schema={"country": pl.Int32, "year": pl.Int32, "place": pl.String}, orient="row")


def month_of(day: pl.Expr) -> pl.Expr:
    """The VIEWS month number of a date (January 1980 = 1, Int32)."""
    return (day.dt.year() - 1980) * 12 + day.dt.month().cast(pl.Int32)


def year_of(month: pl.Expr) -> pl.Expr:
    """The calendar year of a VIEWS month number (Int32)."""
    return ((month - 1) // 12 + 1980).cast(pl.Int32)


def span(months: tuple[int, int]) -> tuple[int, int]:
    """First and last month, both included, checked.

    Errors: PeriodError where they run backward, or leave January 1989 to December 2100.

    >>> span((109, 540))
    (109, 540)
    """
    first, last = months
    if not FIRST_MONTH <= first <= last <= LAST_MONTH:
        raise PeriodError(
            f"the months {first} to {last} are no span within January 1989 to December 2100",
            remedy="Give the VIEWS numbers of the first and the last month, for example 109 and 540",
        )
    return first, last


def years_of(months: tuple[int, int]) -> tuple[int, int]:
    """The calendar years of the first and the last month.

    >>> years_of((109, 540))
    (1989, 2024)
    """
    return year_and_month(months[0])[0], year_and_month(months[1])[0]
