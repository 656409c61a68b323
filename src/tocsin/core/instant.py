"""Moments as whole microseconds since 1970 in UTC: exact, ordered, the same in every database and language."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

Instant = int
"""Microseconds since 1970-01-01T00:00:00Z."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

EVER, NEVER = 0, 2**62
"""Before and after everything that Tocsin records."""


def instant(moment: datetime) -> Instant:
    """The microseconds of a moment that knows its zone.

    Errors: ValueError if it has no zone.

    >>> instant(datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC))
    1000000
    """
    if moment.tzinfo is None:
        raise ValueError("the time has no zone; write it in UTC with a Z at its end, as in 2026-11-23T09:00:00Z")
    return (moment - _EPOCH) // timedelta(microseconds=1)


def moment(microseconds: Instant) -> datetime:
    """The moment of an instant, in UTC."""
    return _EPOCH + timedelta(microseconds=microseconds)


def written(microseconds: Instant) -> str:
    """An instant as RFC 3339 text in UTC, always with six decimals so that text sorts as time does.

    >>> written(1000000)
    '1970-01-01T00:00:01.000000Z'
    """
    # Not strftime, which writes the year 900 in three digits.
    return moment(microseconds).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def parse(text: str) -> Instant:
    """An instant from RFC 3339 text; a date alone is the last moment of that day in UTC.

    Errors: ValueError says how to write it.

    >>> written(parse("2026-11-23"))
    '2026-11-23T23:59:59.999999Z'
    """
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"{text[:40]!r} is no date; write 2026-11-23 or 2026-11-23T09:00:00Z") from None
    if "T" not in text and " " not in text.strip():
        return instant(found.replace(tzinfo=UTC) + timedelta(days=1)) - 1
    return instant(found)
