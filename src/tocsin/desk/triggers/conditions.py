"""A rule's conditions as series of numbers: of data, of ratings, of days until a moment, as known on a day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from tocsin.core.assessing import Assessment, Level, Status
from tocsin.core.foreseeing import Certainty, Moment
from tocsin.core.instant import Instant, moment, parse
from tocsin.core.marking import Marking
from tocsin.core.period import month_id, year_and_month
from tocsin.core.statement import Statement
from tocsin.core.triggering import MomentCondition, RatingCondition, SeriesCondition, Trigger
from tocsin.desk.triggers.agreed import cited
from tocsin.desk.triggers.loading import named
from tocsin.desk.triggers.moved import saw, standing_at, versions_of, withdrawn_at
from tocsin.desk.views import MOST
from tocsin.desk.visit import Sight
from tocsin.horizon.rules import Series, Threshold
from tocsin.store.held import Held

GRADES = {"absent": 0.0, Level.LOW: 1.0, Level.MEDIUM: 2.0, Level.HIGH: 3.0}
"""Ratings as numbers, so that a threshold can be put between them."""

OVER = 1e6
"""Days until a moment that is over: more than any rule asks for."""


@dataclass(frozen=True)
class Read:
    """A condition, ready to be asked. series: by the month of asking. source: what it rests on, in a sentence.

    untold: months whose number is of a statement that was withdrawn since and that the reader may not see any more:
    the verdict stays what it was, and the number is not told.
    """

    threshold: Threshold
    series: Series
    source: str
    untold: frozenset[int] = frozenset()


def conditions(sight: Sight, head: Held, statement: Statement, as_of: Instant) -> tuple[Read, ...]:
    """Every condition of a trigger with its series as known at an instant, by the month in which it is asked.

    What others said is read only where everybody who may see the trigger may see it too, so that a verdict tells nobody
    of what is not for them, and only where the reader may see it. What counts in a month is what was on record at its
    end (in the last month, at the instant): what came later does not count yet, what was withdrawn later counts still.
    """
    body = statement.body
    assert isinstance(body, Trigger)
    return tuple(_read(sight, head, statement, one, as_of) for one in body.rule.conditions)


def threshold(one: SeriesCondition) -> Threshold:
    """A condition over a series of data."""
    series = named().get(one.series)
    return Threshold(
        name=one.series,
        enter=one.enter,
        leave=one.leave,
        over=one.side == "over",
        months=one.months,
        leave_months=one.leave_months,
        unit=series.unit if series else "",
        lag=series.lag if series else 0,
    )


def month_of(day: date) -> int:
    """The number of a day's month."""
    return month_id(day.year, day.month)


def shifted(values: Series, by: int) -> Series:
    """A series by the month in which each value is known, ``by`` months after its own."""
    return {month + by: value for month, value in values.items()} if by else values


def _read(
    sight: Sight,
    head: Held,
    statement: Statement,
    one: SeriesCondition | RatingCondition | MomentCondition,
    as_of: Instant,
) -> Read:
    place = statement.subject.id
    match one:
        case SeriesCondition():
            series = named().get(one.series)
            found = series.load(sight.visit.settings, place) if series else None
            if series is None or found is None:
                return Read(threshold(one), {}, f"{one.series}: the data are not on this node.")
            return Read(threshold(one), shifted(found.values, series.lag), found.source)
        case RatingCondition():
            name = f"Factor {one.factor} of {one.frame} (0 absent, 1 low, 2 medium, 3 high)"
            least = GRADES[one.at_least]
            return _ratings(sight, statement.subject.key, head.marking, one, Threshold(name, least, least), as_of)
        case MomentCondition():
            return _days(sight, head.marking, statement, one, as_of)


def _ratings(
    sight: Sight, subject: str, marking: Marking, one: RatingCondition, asked: Threshold, as_of: Instant
) -> Read:
    """By month, the factor in the newest assessment of this frame that was on record by its end."""
    heads, before = list[Held](), as_of + 1
    while batch := sight.reader.heads(sight.scope, subject=subject, kind="assessment", before=before, limit=MOST):
        heads += [head for head in batch if saw(sight, head) and not marking.looser_than(head.marking)]
        before = batch[-1].recorded_at
    withdrawn = withdrawn_at(sight, heads)
    sight.reads(sight.only(heads))
    made: list[tuple[Held, float | None]] = []
    for head, (_, stated) in zip(heads, sight.reader.statements(heads).values(), strict=True):
        assert isinstance(stated.body, Assessment)
        if stated.body.frame == one.frame:
            made.append((head, _grade(stated.body, one.factor)))
    last = month_of(moment(as_of).date())
    values: dict[int, float | None] = {}
    untold: set[int] = set()
    for head, grade in reversed(made):  # oldest first, so that a newer one takes over from its month on
        first = month_of(moment(head.recorded_at).date())
        gone = withdrawn.get(head.id, as_of + 1)
        months = range(first, last + 1 if gone > as_of else min(last + 1, month_of(moment(gone).date())))
        values |= dict.fromkeys(months, grade)
        untold = untold | set(months) if not sight.sees(head) else untold - set(months)
    standing = sum(withdrawn.get(head.id, as_of + 1) > as_of for head, _ in made)
    told = f"{standing} assessments of this frame on this node, the newest in force in each month"
    return Read(asked, values, f"Factor {one.factor} of {one.frame}: {told}.", frozenset(untold))


def _grade(body: Assessment, factor: str) -> float | None:
    """A rating as a number. No information, or no rating, is None, not zero."""
    rating = next((each for each in body.ratings if each.factor == factor), None)
    if rating is None:
        return None
    if rating.status is Status.ABSENT:
        return GRADES["absent"]
    return GRADES[rating.level] if rating.level is not None else None


def _days(sight: Sight, marking: Marking, statement: Statement, one: MomentCondition, as_of: Instant) -> Read:
    """By month, days from its end (in the last month, from the day that is asked for) until a moment may come."""
    within = float(one.within_days)

    def found(told: str, values: Series, untold: Iterable[int] = ()) -> Read:
        asked = Threshold(f"Days until {told}", within, within, over=False)
        return Read(asked, values, f"Calendar: {told}.", frozenset(untold))

    item = cited(statement, one.moment)
    versions = versions_of(sight, item.reference, marking) if item else []
    head = standing_at(versions, as_of)
    if head is None:
        return found(f"the moment {one.moment}, which is not on record then or was withdrawn", {})
    day = moment(as_of).date()
    last = month_of(day)
    values: dict[int, float | None] = {}
    untold: list[int] = []
    for month in range(last - 24, last + 1):
        asked = day if month == last else _end(month)
        stood = standing_at(versions, end_of(asked))
        if stood is not None:
            values[month] = _until(stood.moment, asked)
            if not sight.sees(stood.head):
                untold.append(month)
    sight.reads(sight.only(one.head for one in versions))
    if not sight.sees(head.head):
        return found(f"the moment {one.moment}, which was withdrawn since", values, untold)
    body = head.moment
    if body.certainty is Certainty.CALLED_OFF:
        told = f"{body.title}, which is called off"
    elif body.span is None or body.span.earliest is None:
        told = f"{body.title}, which has no date"
    else:
        told = f"{body.title} ({body.span})"
    return found(told, values, untold)


def _until(one: Moment, asked: date) -> float | None:
    """Days from a day until a moment may come; OVER if it is called off or over, None if it has no date."""
    if one.certainty is Certainty.CALLED_OFF:
        return OVER
    if one.span is None or one.span.earliest is None:
        return None
    over = one.span.latest is not None and asked > one.span.latest
    return OVER if over else float(max(0, (one.span.earliest - asked).days))


def _end(month: int) -> date:
    year, number = year_and_month(month + 1)
    return date(year, number, 1) - timedelta(days=1)


def end_of(day: date) -> Instant:
    """The last instant of a day."""
    return parse(day.isoformat())
