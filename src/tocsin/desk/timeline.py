"""On which days something was said about a subject, so that a reader can go back to any of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tocsin.core.instant import NEVER, moment
from tocsin.desk.views import COUNTED, MOST
from tocsin.desk.visit import Visit


@dataclass(frozen=True)
class Timeline:
    """Days, in UTC, on which this node recorded something about a subject that this person may see, in order.

    today: the last day that can be asked for. complete: False if there is more, longer ago than the first day.
    """

    days: tuple[date, ...]
    today: date
    complete: bool

    @property
    def first(self) -> date:
        """The earliest day of the timeline; today if nothing was said."""
        return self.days[0] if self.days else self.today

    @property
    def span(self) -> int:
        """Days from the first to today."""
        return (self.today - self.first).days


def timeline(visit: Visit, subject: str) -> Timeline:
    """The days of the newest thousand statements about a subject."""
    days: set[date] = set()
    seen, before, complete = 0, NEVER, False
    with visit.reading() as sight:
        while seen < COUNTED and not complete:
            heads = sight.reader.heads(sight.scope, subject=subject, before=before, limit=MOST)
            allowed = sight.only(heads)
            days |= {moment(head.recorded_at).date() for head in allowed}
            seen += len(allowed)
            complete = len(heads) < MOST
            before = heads[-1].recorded_at if heads else before
    return Timeline(tuple(sorted(days)), moment(visit.store.clock()).date(), complete)
