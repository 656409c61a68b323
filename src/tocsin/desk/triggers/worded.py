"""Triggers, what happens to them, and scenarios, in words: the same on paper, on a page and in a list."""

from __future__ import annotations

from collections.abc import Sequence

from tocsin.core.belief import percent, significant
from tocsin.core.body import Body
from tocsin.core.triggering import (
    Activation,
    AgreedStep,
    Backtest,
    Branch,
    Duty,
    Event,
    Happening,
    MomentCondition,
    PastAlarm,
    Rate,
    RatingCondition,
    Rule,
    Scenario,
    SeriesCondition,
    Sign,
    Trigger,
)
from tocsin.desk.document import Block, Bullets, Heading, Paragraph, Table

EVENTS = {
    Event.RAISED: "The rule of a trigger was met",
    Event.ACKNOWLEDGED: "An alarm was acknowledged",
    Event.CONFIRMED: "An alarm was confirmed",
    Event.DISMISSED: "An alarm was dismissed",
    Event.STEP_DONE: "An agreed step was done",
    Event.STOOD_DOWN: "An alarm was stood down",
    Event.RETIRED: "A trigger was taken out of force",
}


def headline(body: Body) -> str:
    """One line for a list."""
    match body:
        case Trigger():
            return f"Trigger: {body.title}"
        case Backtest():
            return f"A trigger tested on {body.first} to {body.last}"
        case Activation():
            return "A trigger was put in force"
        case Happening():
            step = f": {body.step}" if body.step else f" in {body.month}" if body.month else ""
            return EVENTS[body.event] + step
        case Scenario():
            return f"Scenario: {body.title}"
        case Sign():
            return f"A signpost was seen: {body.signpost}"
        case _:
            raise TypeError(f"there are no words for {type(body).__name__}")


def blocks(body: Body) -> list[Block]:
    """What is claimed, as blocks of a document."""
    match body:
        case Trigger():
            return _trigger(body)
        case Backtest():
            return _backtest(body)
        case Activation():
            return [*_paragraphs(body.reason), Paragraph(f"Back-test read: SHA-256 {body.backtest}.")]
        case Happening():
            day = [Paragraph(f"Looked at as of {body.as_of}.")] if body.as_of else []
            return [*_paragraphs(body.reason), *day, *([Bullets(body.seen)] if body.seen else [])]
        case Scenario():
            return _scenario(body)
        case Sign():
            lines = (f"Branch {body.branch}, seen on {body.seen}. Source: {body.source}",)
            return [*_paragraphs(body.text), *(Paragraph(line) for line in lines)]
        case _:
            raise TypeError(f"there are no words for {type(body).__name__}")


def rule(one: Rule) -> tuple[str, tuple[str, ...]]:
    """How the conditions are combined, and each in a sentence."""
    many = len(one.conditions)
    how = {"all": "All of these hold", "any": "Any of these holds"}.get(
        one.combine, f"At least {one.least} of these hold"
    )
    return ("This holds" if many == 1 else how, tuple(condition(each) for each in one.conditions))


def condition(one: SeriesCondition | RatingCondition | MomentCondition) -> str:
    """One condition in a sentence."""
    match one:
        case SeriesCondition():
            reaches, beyond = ("at or over", "under") if one.side == "over" else ("at or under", "over")
            row = f" for {one.months} months in a row" if one.months > 1 else ""
            out = f" for {one.leave_months} months in a row" if one.leave_months > 1 else ""
            return f"{one.series} {reaches} {one.enter:g}{row}; over again once {beyond} {one.leave:g}{out}"
        case RatingCondition():
            return f"Factor {one.factor} of {one.frame} is rated {one.at_least.value} or higher"
        case MomentCondition():
            return f"The moment {one.moment} is {one.within_days} days away or less, and not over"


def duty(one: Duty) -> str:
    """Who it is, a vacant role said so.

    >>> duty(Duty(role="duty officer", organisation="aa"))
    'duty officer, aa: VACANT, nobody is named'
    """
    return f"{one.role}, {one.organisation}: {', '.join(one.persons) or 'VACANT, nobody is named'}"


def step(one: AgreedStep) -> str:
    """An agreed step in a sentence."""
    return f"{one.what} By {duty(one.by)}. Within {days(one.within_days)} of the confirmation."


def days(number: int) -> str:
    """A number of days."""
    return "1 day" if number == 1 else f"{number} days"


def rate(one: Rate | None, *, share: bool = True) -> str:
    """A share or a rate with its interval; what could not be counted says so."""
    if one is None:
        return "cannot be told"
    cover = f"{round(100 * one.coverage)} % interval"
    if share:
        return f"{percent(one.value)} ({cover} {percent(one.low)} to {percent(one.high)}, of {one.of:g})"
    low, high = significant(one.low), significant(one.high)
    return f"{significant(one.value)} ({cover} {low} to {high}, over {significant(one.of)} years)"


def asked_in(one: Backtest) -> str:
    """The months in which a back-test asked the rule, and of which months the numbers were that it knew then."""
    if not one.lag:
        return f"Asked in each month from {one.first} to {one.last},"
    late = "the month before" if one.lag == 1 else f"{one.lag} months before"
    first, last = (_earlier(each, one.lag) for each in (one.first, one.last))
    return f"Asked in each month from {one.first} to {one.last}, knowing the numbers up to {late} ({first} to {last}),"


def alarms_dated(one: Backtest) -> str:
    """What the month of an alarm in a back-test is, where numbers come late; empty where they do not."""
    if not one.lag:
        return ""
    late = "the month before" if one.lag == 1 else f"{one.lag} months before"
    return (
        f"An alarm's month is the one in which it would have been raised; the newest numbers known then are of {late}."
    )


def _earlier(month: str, by: int) -> str:
    year, number = divmod(int(month[:4]) * 12 + int(month[5:]) - 1 - by, 12)
    return f"{year:04d}-{number + 1:02d}"


def past(one: PastAlarm) -> tuple[str, str, str, str]:
    """An alarm of a back-test as a row: raised, over, what followed, lead."""
    followed = {True: "yes", False: "no", None: "not known yet"}[one.followed]
    lead = "-" if one.lead is None else "1 month" if one.lead == 1 else f"{one.lead} months"
    return one.raised, one.left or "not yet", followed, lead


def _trigger(body: Trigger) -> list[Block]:
    how, conditions = rule(body.rule)
    wanted = tuple(
        f"{one.what}{' (' + ', '.join(one.kinds) + ')' if one.kinds else ''}" for one in body.evidence_wanted
    )
    return [
        *_paragraphs(body.text),
        Heading("Rule"),
        Paragraph(f"{how}:"),
        Bullets(conditions),
        Heading("Before an alarm is confirmed"),
        Bullets(wanted),
        Heading("On duty"),
        Paragraph(f"{duty(body.duty)}. To be acknowledged within {body.acknowledge_hours} hours."),
        Paragraph(f"After that with: {duty(body.escalate_to)}."),
        Heading("If it is confirmed"),
        Bullets(tuple(step(one) for one in body.steps)),
    ]


def _backtest(body: Backtest) -> list[Block]:
    rows = tuple(past(one) for one in body.alarms)
    table = [Table(("alarm", "over", "followed", "lead"), rows)] if rows else [Paragraph("No alarm.")]
    untested = [Paragraph(f"Not tested: {one}") for one in body.untested]
    return [
        Bullets(body.verdict),
        Paragraph(f"Looked for: {body.sought.definition}"),
        *_paragraphs(alarms_dated(body)),
        *table,
        *untested,
        *(Paragraph(one) for one in body.sources),
        Paragraph(f"Method {body.method}. Rule: SHA-256 {body.rule}."),
    ]


def _scenario(body: Scenario) -> list[Block]:
    known = {one.key: one for one in body.branches}
    return [*_paragraphs(body.text), Paragraph(f"Until {body.until}."), Bullets(_branches(body.branches, known))]


def _branches(branches: Sequence[Branch], known: dict[str, Branch]) -> tuple[str, ...]:
    def named(one: Branch) -> str:
        return (f"{known[one.parent].title}: " if one.parent in known else "") + one.title

    def signs(one: Branch) -> str:
        return f". Signposts: {'; '.join(sign.text for sign in one.signposts)}" if one.signposts else ""

    return tuple(f"{named(one)}, {percent(one.probability)} given that{signs(one)}" for one in branches)


def _paragraphs(words: str) -> list[Block]:
    return [Paragraph(line) for line in words.splitlines() if line.strip()]
