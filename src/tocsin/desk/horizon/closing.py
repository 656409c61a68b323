"""Decide-by dates that are near or have passed, for what is due: worked out from what stands, never stored."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from tocsin.core import edtf
from tocsin.core.foreseeing import Certainty, Instrument, Moment, Timing
from tocsin.desk.horizon import looking
from tocsin.desk.horizon.board import GONE, applies
from tocsin.desk.horizon.calendar import AHEAD, times, today
from tocsin.desk.views import View, shown
from tocsin.desk.visit import Visit
from tocsin.horizon.deciding import DecideBy, LeadTime, decide_by, lead_time, widened
from tocsin.store.held import Held

NEAR = 30
"""Days within which a decide-by date is near."""

OVERDUE = 3
"""How many that have passed stand on the list even where it is full."""


@dataclass(frozen=True)
class Closing:
    """An instrument for a moment whose decide-by date is near, or has passed while there is still some chance.

    day: the date that passes next: at nine in ten, or, where that has passed, at one in two. passed: the first of these
    has. overdue: both have.
    """

    moment: View
    instrument: View
    by: DecideBy
    day: date
    passed: bool
    overdue: bool

    @property
    def title(self) -> str:
        """What to do for what, in a line."""
        assert isinstance(self.moment.body, Moment)
        assert isinstance(self.instrument.body, Instrument)
        return f"{self.instrument.body.name}: {self.moment.body.title}"


@dataclass(frozen=True)
class _Found:
    day: date
    moment: Held
    instrument: Held
    by: DecideBy
    passed: bool
    overdue: bool


def closing(visit: Visit, most: int) -> tuple[Closing, ...]:
    """The decide-by dates of the next ``NEAR`` days, the next first; each instrument once for each moment.

    Before them those whose days have both passed while the chance to be in time is still ``board.GONE`` or more. most:
    how many at most, except that up to ``OVERDUE`` of those that have passed are told whatever it is. Only what is
    returned goes on record as read.
    """
    now = today(visit)
    with visit.reading() as sight:
        bodies = [(head, made.body) for head, made in looking.standing(sight, "instrument")]
        usable = [
            (head, lead_time(body.parts)) for head, body in bodies if isinstance(body, Instrument) and body.in_use
        ]
        # Without an instrument nothing closes, and there may be thousands of past elections to read.
        moments = looking.standing(sight, "moment") if usable else []
        near = [
            one
            for head, made in moments
            if isinstance(made.body, Moment) and made.body.certainty is not Certainty.CALLED_OFF
            for one in _near(head, made.body, usable, now)
        ]
        found: dict[tuple[str, str], _Found] = {}
        for one in sorted(near, key=lambda one: (one.day, one.by.sure)):
            found.setdefault((one.moment.id, one.instrument.id), one)
        overdue = sum(one.overdue for one in found.values())
        kept = list(found.values())[: max(most, min(overdue, OVERDUE))]
        heads = {head.id: head for one in kept for head in (one.moment, one.instrument)}
        views = {view.id: view for view in shown(sight, list(heads.values()))}
    return tuple(
        Closing(views[one.moment.id], views[one.instrument.id], one.by, one.day, one.passed, one.overdue)
        for one in kept
    )


def _near(head: Held, body: Moment, usable: list[tuple[Held, LeadTime]], now: date) -> Iterator[_Found]:
    for (first, last), span in _spans(body, now):
        for instrument, lead in usable:
            if not applies(instrument.subject, head.subject, first, last):
                continue
            by = decide_by(span, lead, now)
            passed, overdue = by.sure < now, by.even < now
            day = by.even if passed else by.sure
            # Where there is a chance left, the moment itself is not over.
            if day <= now + timedelta(days=NEAR) and by.today >= GONE:
                yield _Found(day, head, instrument, by, passed, overdue)


def _spans(body: Moment, now: date) -> Iterator[tuple[tuple[date, date], tuple[date, date]]]:
    """The days of a moment that has a date, as the board has them: as they are known, and widened."""
    if body.timing in (Timing.UNDATED, Timing.CONDITIONAL) or body.span is None:
        return
    for first, last in times(body, now, now + timedelta(days=AHEAD)):
        if first is None or last is None:
            continue
        whole = edtf.When(body.span.text, first, last, body.span.approximate, body.span.uncertain)
        if span := widened(whole):
            yield (first, last), span
