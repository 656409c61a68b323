"""The board: by when each instrument in use must be decided for each moment ahead, what closes first at the top."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from tocsin.core.foreseeing import Certainty, Instrument
from tocsin.core.instant import NEVER, Instant
from tocsin.desk.horizon import looking
from tocsin.desk.horizon.calendar import AHEAD, Coming, expanded, today
from tocsin.desk.views import View, shown
from tocsin.desk.visit import Visit
from tocsin.horizon.deciding import DecideBy, LeadTime, decide_by, lead_time, widened

GONE = 0.05
"""Below this chance that there is still time, the window counts as closed."""


@dataclass(frozen=True)
class Window:
    """One instrument for one moment.

    by: by when it must be decided; None if the moment may come on any day. needs: days that are enough in one case of
    two, and in nine of ten.
    """

    coming: Coming
    view: View
    instrument: Instrument
    by: DecideBy | None
    needs: tuple[int, int]

    @property
    def closed(self) -> bool:
        """Whether there is hardly time any more."""
        return self.by is not None and self.by.today < GONE


@dataclass(frozen=True)
class Board:
    """What is ahead.

    first, last: the window of days. coming: every moment in it. windows: what is still open and has a date, what closes
    first at the top. any_day: what may be needed on any day. closed: what there is hardly time for any more, the latest
    to close first. unmatched: moments to which no instrument applies.
    """

    first: date
    last: date
    coming: tuple[Coming, ...]
    windows: tuple[Window, ...]
    any_day: tuple[Window, ...]
    closed: tuple[Window, ...]
    unmatched: tuple[Coming, ...]
    instruments: tuple[View, ...]

    @property
    def views(self) -> tuple[View, ...]:
        """Every statement on it."""
        return (*(one.view for one in self.coming), *self.instruments)


def board(
    visit: Visit,
    *,
    subject: str | None = None,
    first: date | None = None,
    last: date | None = None,
    sort: str | None = None,
    as_of: Instant = NEVER,
) -> Board:
    """The next eighteen months, for all places or one, as known at an instant.

    subject: the key of a place. sort: only moments of this kind. What has been called off stays among ``coming`` and
    has no window.
    """
    now = today(visit, as_of)
    begins = first or now
    ends = last or begins + timedelta(days=AHEAD)
    with visit.reading() as sight:
        moments = expanded(sight, looking.standing(sight, "moment", subject=subject, as_of=as_of), begins, ends, sort)
        kept = looking.standing(sight, "instrument", as_of=as_of)
        bodies = {head.id: made.body for head, made in kept if isinstance(made.body, Instrument) and made.body.in_use}
        views = shown(sight, [head for head, _ in kept if head.id in bodies])
    pairs = [(view, bodies[view.id], lead_time(bodies[view.id].parts)) for view in views]
    windows = [
        _window(one, view, body, lead, now)
        for one in moments
        if one.body.certainty is not Certainty.CALLED_OFF
        for view, body, lead in pairs
        if applies(view.head.subject, one.view.head.subject, *_days(one, now))
    ]
    matched = {(one.coming.view.id, one.coming.first) for one in windows}
    dated = sorted((one for one in windows if one.by), key=_closing)
    return Board(
        begins,
        ends,
        moments,
        tuple(one for one in dated if not one.closed),
        tuple(sorted((one for one in windows if not one.by), key=lambda one: -one.needs[1])),
        tuple(one for one in reversed(dated) if one.closed),
        tuple(
            one
            for one in moments
            if (one.view.id, one.first) not in matched and one.body.certainty is not Certainty.CALLED_OFF
        ),
        views,
    )


def applies(key: str, place: str, first: date, last: date) -> bool:
    """Whether an instrument about this subject is for a moment between these days (both counted) at this place, both by
    their keys: it is about the same place, or about a period of which some day is among these.
    """
    kind, _, id = key.partition(":")
    return key == place if kind == "place" else _holds(id, first, last)


def _days(one: Coming, now: date) -> tuple[date, date]:
    """The days of which an instrument must hold for one: those of the moment. Where an end of them is not known, today,
    or the day next to it on which the moment may come.
    """
    if one.first is not None and one.last is not None:
        return one.first, one.last
    day = max(now, one.first or now) if one.last is None else min(now, one.last)
    return day, day


def _holds(period: str, first: date, last: date) -> bool:
    """Whether one of these days is in a period, as ``2026``, ``2026-11``, ``2026-11-23`` or ``2025-2026``."""
    begins, _, ends = period.partition("-")
    if len(ends) != 4:
        begins = ends = period
    # ISO days in the order of their letters: a shorter one stands for all that begin with it.
    return begins <= last.isoformat() and first.isoformat()[: len(ends)] <= ends


def _window(one: Coming, view: View, body: Instrument, lead: LeadTime, now: date) -> Window:
    span = None if one.any_day else widened(one.when)
    by = decide_by(span, lead, now) if span else None
    return Window(one, view, body, by, (lead.within(0.5), lead.within(0.9)))


def _closing(one: Window) -> tuple[date, date, str, str]:
    assert one.by is not None
    return one.by.sure, one.by.even, one.coming.body.title, one.instrument.name
