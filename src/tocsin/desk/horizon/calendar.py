"""The calendar: putting a moment on it, moving it, and what is coming.

What depends on a moment is worked out when it is read, never stored, so that it moves when the moment moves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from tocsin.core import edtf
from tocsin.core.errors import NotFound, PeriodError, StatementError
from tocsin.core.foreseeing import Moment, Timing
from tocsin.core.instant import NEVER, Instant, moment
from tocsin.core.register import Preview
from tocsin.desk import making
from tocsin.desk.horizon import looking
from tocsin.desk.views import View, shown
from tocsin.desk.visit import Sight, Visit
from tocsin.horizon import recurrence
from tocsin.store.held import Held

AHEAD = 548
"""Days of the horizon: eighteen months."""

MOVED_FOR = 7 * 24 * 3600 * 1_000_000
"""Microseconds for which it is told that a moment was moved."""


@dataclass(frozen=True)
class Coming:
    """A moment, or one time of a recurring one, within a window.

    first, last: the days that it may fall on, both counted; None where that end is open or nothing is known.
    """

    view: View
    body: Moment
    first: date | None
    last: date | None

    @property
    def any_day(self) -> bool:
        """Whether it may come on any day, so that it has no date to count from."""
        return self.body.timing in (Timing.UNDATED, Timing.CONDITIONAL) or self.first is None or self.last is None

    @property
    def when(self) -> edtf.When:
        """The days that it may fall on, with what is doubtful about them."""
        span = self.body.span
        doubtful = (span.approximate, span.uncertain) if span else (False, False)
        return edtf.When(span.text if span else "", self.first, self.last, *doubtful)


@dataclass(frozen=True)
class Move:
    """A moment that was moved: as it stands, and as it stood before the first of its moves that are told."""

    now: View
    before: View


def put(visit: Visit, given: Mapping[str, Any], scenario: str = "") -> View:
    """Put a moment on the calendar; what was stored.

    given: as for ``making.make``, the body without its kind. scenario: the identity of the scenario that it belongs to,
    which binds its marking as everything does that a statement is made from.

    Errors: as ``making.make``.
    """
    return making.make(visit, _given(given, scenario))


def check_put(visit: Visit, given: Mapping[str, Any], scenario: str = "") -> Preview:
    """All that ``put`` would check, and who would see it, with nothing stored.

    Errors: as ``put``.
    """
    return making.check(visit, _given(given, scenario))


def move(visit: Visit, id: str, changes: Mapping[str, Any]) -> View:
    """Move a moment: a version that supersedes it, under the same marking; what was stored.

    changes: fields of the body that are other than before, mostly ``when``. A moment of one day that is given several
    becomes windowed, and the other way round, unless ``timing`` is given.

    Errors: NotFound; StatementError if it is no moment, was moved or withdrawn already, or nothing changes.
    """
    return making.make(visit, moved_given(visit, id, changes))


def moved_given(visit: Visit, id: str, changes: Mapping[str, Any]) -> dict[str, Any]:
    """What ``move`` would store, as ``making.make`` takes it.

    Errors: as ``move``.
    """
    from tocsin.desk.views import statement

    view = statement(visit, id)
    if not isinstance(view.body, Moment):
        raise StatementError("this is no moment", field="id", remedy="Choose one from the calendar")
    if view.state != "current":
        newer = f"; it is now {view.superseded_by[-1]}" if view.superseded_by else ""
        raise StatementError(
            f"this moment is {view.state} already{newer}", field="id", remedy="Move the one that stands"
        )
    before = {name: value for name, value in view.shown["body"].items() if name != "dissents"}
    body = _fitting(before, dict(changes))
    if body == before:
        raise StatementError("nothing would change", field="when", remedy="Give the new day, or call it off")
    kept = ("subject", "marking", "attribution", "about", "as_of", "standing", "vocabulary", "method")
    known = {name: view.shown[name] for name in kept if view.shown.get(name) is not None}
    # The origin is not kept: whoever moves what was taken in from a file says so themselves.
    return {**known, "body": body, "evidence": view.shown["evidence"], "supersedes": [id]}


def coming(
    visit: Visit,
    first: date | None = None,
    last: date | None = None,
    *,
    subject: str | None = None,
    sort: str | None = None,
    as_of: Instant = NEVER,
) -> tuple[Coming, ...]:
    """What may come from one day to another, as known at an instant: dated first, in order; then what may be any day.

    first: today if not given; last: eighteen months on. A recurring moment stands once for each of its times.
    """
    begins = first or today(visit, as_of)
    ends = last or begins + timedelta(days=AHEAD)
    with visit.reading() as sight:
        return expanded(sight, looking.standing(sight, "moment", subject=subject, as_of=as_of), begins, ends, sort)


def expanded(
    sight: Sight, found: list[tuple[Held, Any]], first: date, last: date, sort: str | None = None
) -> tuple[Coming, ...]:
    """The times of these moments that may fall between two days, as ``coming`` orders them."""
    wanted: list[tuple[Held, Moment, date | None, date | None]] = []
    for head, made in found:
        body = made.body
        if isinstance(body, Moment) and (sort is None or body.sort == sort):
            wanted += [(head, body, begins, ends) for begins, ends in times(body, first, last)]
    views = {view.id: view for view in shown(sight, list({head.id: head for head, *_ in wanted}.values()))}
    rows = [Coming(views[head.id], body, begins, ends) for head, body, begins, ends in wanted]
    return tuple(sorted(rows, key=lambda row: (row.any_day, row.first or first, row.last or last, row.body.title)))


def times(body: Moment, first: date, last: date) -> list[tuple[date | None, date | None]]:
    """The spans, within two days, that a moment may fall on: one, or one for each of its times."""
    span = body.span
    if span is None:
        return [(None, None)]
    if body.timing is Timing.RECURRING:
        day = span.day
        assert day is not None
        gone = [date.fromisoformat(one) for one in body.skipped]
        found = recurrence.days(body.recurrence, day, skipped=gone, since=first, until=last)
        return [(one, one) for one in found]
    return [(span.earliest, span.latest)] if span.within(first, last) else []


def moves(visit: Visit, since: Instant | None = None) -> tuple[Move, ...]:
    """The moments that were moved since an instant (the last seven days), newest first, each once however often.

    It is told to whoever may see both versions; for others there was no move.
    """
    edge = visit.store.clock() - MOVED_FOR if since is None else since
    pairs: list[tuple[Held, Held]] = []
    with visit.reading() as sight:
        for head, made in looking.standing(sight, "moment", since=edge):
            if not made.supersedes:
                continue
            # What was recalled is told to nobody, not even as what there was before.
            chain = [(one, made) for one, made in looking.versions(sight, head) if sight.sees(one)]
            before, then = ([pair for pair in chain if pair[0].recorded_at <= edge][-1:] or chain[:1])[0]
            if before.id != head.id and _when(then.body) != _when(chain[-1][1].body):
                pairs.append((head, before))
        views = {view.id: view for view in shown(sight, [one for pair in pairs for one in pair])}
    return tuple(Move(views[now.id], views[before.id]) for now, before in pairs)


def today(visit: Visit, as_of: Instant = NEVER) -> date:
    """The day on which somebody looks, in UTC."""
    return moment(visit.store.clock() if as_of == NEVER else as_of).date()


def the_moment(visit: Visit, id: str) -> View:
    """One moment.

    Errors: NotFound if there is none of this identity for the visitor.
    """
    from tocsin.desk.views import statement

    view = statement(visit, id)
    if not isinstance(view.body, Moment):
        raise NotFound("there is no such moment, or it is not for you", where=id, remedy="Choose one from the calendar")
    return view


def _given(given: Mapping[str, Any], scenario: str) -> dict[str, Any]:
    made = {**given, "body": {**(given.get("body") or {}), "kind": "moment"}}
    if scenario:
        made["derived_from"] = [*(given.get("derived_from") or ()), scenario]
    return made


def _fitting(before: Mapping[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """The body with what changes, its timing fitted to the new date unless that is said too."""
    body = {**before, **changes}
    if "timing" in changes or not changes.get("when"):
        return body
    try:
        days = edtf.read(str(changes["when"])).days
    except PeriodError as error:
        raise StatementError(f"{error.where}: {error.what}", field="body.when", remedy=error.remedy) from None
    match before["timing"]:
        case Timing.FIXED if days != 1:
            return {**body, "timing": Timing.WINDOWED.value, "clock": changes.get("clock")}
        case Timing.WINDOWED | Timing.UNDATED if days == 1:
            return {**body, "timing": Timing.FIXED.value}
        case Timing.UNDATED:
            return {**body, "timing": Timing.WINDOWED.value}
    return body


def _when(body: Any) -> tuple[Any, ...]:
    assert isinstance(body, Moment)
    return body.when, body.timing, body.recurrence, body.skipped, body.clock, body.certainty == "called off"
