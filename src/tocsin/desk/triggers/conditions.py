"""A rule's conditions as series of numbers: of data, of ratings, of days until a moment, as known on a day."""

from __future__ import annotations

from collections.abc import Mapping
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
    """A condition, ready to be asked. series: by the month of asking. source: what it rests on, in a sentence."""

    threshold: Threshold
    series: Series
    source: str


def conditions(sight: Sight, head: Held, statement: Statement, as_of: Instant) -> tuple[Read, ...]:
    """Every condition of a trigger with its series as known at an instant, by the month in which it is asked.

    What others said is read only where everybody who may see the trigger may see it too, so that a verdict tells nobody
    of what is not for them, and only where the reader may see it.
    """
    body = statement.body
    assert isinstance(body, Trigger)
    return tuple(_read(sight, head, statement, one, as_of) for one in body.rule.conditions)


def threshold(one: SeriesCondition) -> Threshold:
    """A condition over a series of data."""
    return Threshold(
        name=one.series,
        enter=one.enter,
        leave=one.leave,
        over=one.side == "over",
        months=one.months,
        leave_months=one.leave_months,
        unit=named()[one.series].unit,
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
            series = named()[one.series]
            found = series.load(sight.visit.settings, place)
            if found is None:
                return Read(threshold(one), {}, f"{one.series}: the data are not on this node.")
            return Read(threshold(one), shifted(found.values, series.lag), found.source)
        case RatingCondition():
            name = f"Factor {one.factor} of {one.frame} (0 absent, 1 low, 2 medium, 3 high)"
            least = GRADES[one.at_least]
            ratings, told = _ratings(sight, statement.subject.key, head.marking, one, as_of)
            return Read(Threshold(name, least, least), ratings, told)
        case MomentCondition():
            days, told = _days(sight, head.marking, statement, one, as_of)
            within = float(one.within_days)
            return Read(Threshold(f"Days until {told}", within, within, over=False), days, f"Calendar: {told}.")


def _ratings(
    sight: Sight, subject: str, marking: Marking, one: RatingCondition, as_of: Instant
) -> tuple[Mapping[int, float | None], str]:
    """By month, the factor in the newest assessment of this frame that was on record by its end."""
    heads, before = list[Held](), as_of + 1
    while batch := sight.reader.heads(sight.scope, subject=subject, kind="assessment", before=before, limit=MOST):
        heads += [head for head in sight.only(batch) if not head.recalled and not marking.looser_than(head.marking)]
        before = batch[-1].recorded_at
    sight.reads(heads)
    made: list[tuple[int, float | None]] = []
    for head, (_, stated) in zip(heads, sight.reader.statements(heads).values(), strict=True):
        assert isinstance(stated.body, Assessment)
        if stated.body.frame == one.frame:
            made.append((month_of(moment(head.recorded_at).date()), _grade(stated.body, one.factor)))
    last = month_of(moment(as_of).date())
    values: dict[int, float | None] = {}
    for month, grade in reversed(made):  # oldest first, so that a newer one takes over from its month on
        values |= dict.fromkeys(range(month, last + 1), grade)
    told = f"{len(made)} assessments of this frame on this node, the newest in force in each month"
    return values, f"Factor {one.factor} of {one.frame}: {told}."


def _grade(body: Assessment, factor: str) -> float | None:
    """A rating as a number. No information, or no rating, is None, not zero."""
    rating = next((each for each in body.ratings if each.factor == factor), None)
    if rating is None:
        return None
    if rating.status is Status.ABSENT:
        return GRADES["absent"]
    return GRADES[rating.level] if rating.level is not None else None


def _days(
    sight: Sight, marking: Marking, statement: Statement, one: MomentCondition, as_of: Instant
) -> tuple[Mapping[int, float | None], str]:
    """By month, days from its end (in the last month, from the day that is asked for) until a moment may come."""
    item = cited(statement, one.moment)
    found = _moved(sight, item.reference, marking, as_of) if item else None
    if found is None:
        return {}, f"the moment {one.moment}, which is not there any more"
    span, day = found.span, moment(as_of).date()
    last = month_of(day)
    if found.certainty is Certainty.CALLED_OFF:
        return dict.fromkeys(range(last - 24, last + 1), OVER), f"{found.title}, which is called off"
    if span is None or span.earliest is None:
        return {}, f"{found.title}, which has no date"
    values: dict[int, float | None] = {}
    for month in range(last - 24, last + 1):
        asked = day if month == last else _end(month)
        over = span.latest is not None and asked > span.latest
        values[month] = OVER if over else float(max(0, (span.earliest - asked).days))
    return values, f"{found.title} ({span})"


def _moved(sight: Sight, id: str, marking: Marking, as_of: Instant) -> Moment | None:
    """The moment as it stood at an instant, where it was moved to by then; None if it was withdrawn.

    Only what everybody may see who may see the trigger moves it.
    """
    found = sight.reader.find([id]).get(id)
    while found is not None:
        later = [
            link.source
            for link in sight.reader.links_to([found.id], "supersedes")
            if link.source.recorded_at <= as_of
            and sight.sees(link.source)
            and not link.source.recalled
            and not marking.looser_than(link.source.marking)
        ]
        if not later:
            break
        found = later[-1]
    if found is None or found.recalled or not sight.sees(found):
        return None
    sight.reads([found])
    made = sight.reader.statements([found])[found.id][1].body
    return made if isinstance(made, Moment) else None


def _end(month: int) -> date:
    year, number = year_and_month(month + 1)
    return date(year, number, 1) - timedelta(days=1)


def end_of(day: date) -> Instant:
    """The last instant of a day."""
    return parse(day.isoformat())
