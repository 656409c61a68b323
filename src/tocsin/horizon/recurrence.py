"""The days on which something comes again, by a rule of RFC 5545 that has an end."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice

from tocsin.core.errors import PeriodError

LONGEST_YEARS = 60
"""Years after the first time beyond which no rule is followed, so that one that never fits comes to an end."""


def days(
    rule: str, first: date, *, skipped: Collection[date] = (), since: date | None = None, until: date | None = None
) -> tuple[date, ...]:
    """The days of a rule that begins on ``first``, those skipped left out, in order.

    rule: as ``core.foreseeing.rule`` writes it, with COUNT or UNTIL. The first day counts as a time only if it fits the
    rule (RFC 5545, 3.8.5.3, leaves it open otherwise; most calendars do as here). since, until: only days from and to
    these; the count still runs from the first.

    Errors: PeriodError if the rule has no end, or cannot be followed.

    >>> [str(day) for day in days("FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=3", date(2027, 1, 31), skipped=[date(2027, 2, 28)])]
    ['2027-01-31', '2027-03-31']
    """
    gone = set(skipped)
    return tuple(
        day
        for day in _every(rule, first)
        if day not in gone and (since is None or day >= since) and (until is None or day <= until)
    )


@lru_cache(maxsize=1024)
def _every(rule: str, first: date) -> tuple[date, ...]:
    """All the days of a rule."""
    from dateutil.rrule import rrulestr

    parts = dict(part.split("=", 1) for part in rule.split(";"))
    count, last = parts.pop("COUNT", None), parts.pop("UNTIL", None)
    if count is None and last is None:
        raise PeriodError("the rule never ends", where=rule, remedy="Add COUNT or UNTIL")
    end = min(_later(first, LONGEST_YEARS), date.fromisoformat(last) if last else date.max)
    # The end goes in as UNTIL and the times are counted here: a rule that fits few days would otherwise be followed
    # for centuries while its count waits.
    parts["UNTIL"] = f"{end:%Y%m%d}".rjust(8, "0")
    try:
        found = rrulestr(";".join(f"{name}={value}" for name, value in parts.items()), dtstart=_midnight(first))
        return tuple(one.date() for one in islice(found, int(count) if count else None))
    except (ValueError, TypeError, OverflowError) as error:
        raise PeriodError(f"the rule cannot be followed ({error})", where=rule, remedy="Write a simpler rule") from None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())


def _later(day: date, years: int) -> date:
    try:
        return day + timedelta(days=round(365.2425 * years))
    except OverflowError:
        return date.max
