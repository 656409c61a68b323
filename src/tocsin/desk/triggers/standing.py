"""Where a trigger stands: tested, in force, with an alarm; who is on duty; what is late. Computed, never stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Literal

from tocsin.core.errors import StatementError
from tocsin.core.instant import Instant, instant, moment
from tocsin.core.statement import canonical, digest
from tocsin.core.triggering import Activation, AgreedStep, Backtest, Duty, Event, Happening, Rule, Trigger
from tocsin.desk import views
from tocsin.desk.triggers.agreed import duties
from tocsin.desk.views import View, shown
from tocsin.desk.visit import Sight, Visit
from tocsin.store.held import Held

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)

Where = Literal["waits", "acknowledged", "confirmed", "dismissed", "stood down"]
"""Where an alarm is: it waits for somebody on duty, somebody has it, or a person has decided."""

OPEN: tuple[Where, ...] = ("waits", "acknowledged", "confirmed")
"""An alarm that is not over."""


@dataclass(frozen=True)
class Task:
    """Something that somebody has to do by a moment. key: of an agreed step; None for the acknowledgement.

    late: it was not done by then. escalated: whom it is with now, if it is late and somebody is named for that.
    """

    what: str
    by: Duty
    until: Instant
    done: Instant | None
    late: bool
    key: str | None = None
    escalated: Duty | None = None


@dataclass(frozen=True)
class Alarm:
    """An alarm of a trigger: the month in which its rule was met, where it is, and what is to be done by when."""

    month: str
    where: Where
    raised: Instant
    seen: tuple[str, ...]
    tasks: tuple[Task, ...]
    happenings: tuple[View, ...]

    @property
    def open(self) -> bool:
        """Whether it is not over."""
        return self.where in OPEN

    @property
    def late(self) -> tuple[Task, ...]:
        """What was not done in time, while it is open."""
        return tuple(one for one in self.tasks if one.late and one.done is None) if self.open else ()


@dataclass(frozen=True)
class Agreed:
    """A trigger with all that was said about it, of what the reader may see, oldest first.

    activation: what put it in force; None if nothing does. vacant: duties for which nobody is named, each with the
    field that gives it. now: what the rule says today, where it is in force and was asked; else empty.
    """

    view: View
    backtests: tuple[View, ...]
    activation: View | None
    alarms: tuple[Alarm, ...]
    others: tuple[View, ...] = field(repr=False, default=())
    now: str = ""

    @property
    def body(self) -> Trigger:
        """What was agreed."""
        assert isinstance(self.view.body, Trigger)
        return self.view.body

    @property
    def in_force(self) -> bool:
        """Whether an alarm can be raised."""
        return self.activation is not None and self.view.state == "current"

    @property
    def alarm(self) -> Alarm | None:
        """The alarm that is open; None if there is none."""
        return self.alarms[-1] if self.alarms and self.alarms[-1].open else None

    @property
    def vacant(self) -> tuple[tuple[str, Duty], ...]:
        """Duties for which nobody is named."""
        return tuple((field, one) for field, one in duties(self.body) if not one.persons)

    @property
    def words(self) -> str:
        """Where it stands, in a line, with what the rule says now: where nobody can tell, it is not quiet."""
        return f"{self._words}; {self.now}" if self.now else self._words

    @property
    def _words(self) -> str:
        if self.view.state != "current":
            return {"recalled": "withdrawn", "superseded": "superseded by another version"}[self.view.state]
        if self.alarm:
            late = "; something is late" if self.alarm.late else ""
            return f"alarm of {self.alarm.month}: {WORDS[self.alarm.where]}{late}"
        if self.activation is None:
            return "tested, not in force" if self.backtests else "not tested and not in force"
        return "in force, no alarm is open"

    @property
    def views(self) -> tuple[View, ...]:
        """Every statement in it."""
        return (self.view, *self.others)


WORDS: Mapping[str, str] = {
    "waits": "waits for somebody on duty",
    "acknowledged": "somebody on duty has it; it waits to be confirmed or dismissed",
    "confirmed": "confirmed; the agreed steps are due",
    "dismissed": "dismissed",
    "stood down": "stood down",
}


def rule_digest(rule: Rule) -> str:
    """By what a back-test says which rule it tried: the SHA-256 of the rule's canonical JSON."""
    return digest(canonical(rule.model_dump(mode="json")))


def pin(body: Backtest) -> str:
    """By what an activation says which back-test was read: the SHA-256 of its canonical JSON."""
    return digest(canonical(body.model_dump(mode="json")))


def agreed(visit: Visit, id: str) -> Agreed:
    """A trigger as it stands, as far as this person may see, with what its rule says now if it is in force.

    Errors: NotFound; StatementError if it is something else.
    """
    with visit.reading() as sight:
        found = standing_of(sight, id)
    return _asked(visit, (found,))[0]


def standing_of(sight: Sight, id: str) -> Agreed:
    """As ``agreed``, within one consistent view."""
    head = sight.find(id)
    if head.kind != "trigger":
        raise StatementError(
            "this is no trigger", field="trigger", remedy="Name a trigger; `tocsin trigger list` shows them"
        )
    return standing(sight, [head])[0]


def listed(visit: Visit, subject: str | None = None, *, asked: bool = True) -> tuple[Agreed, ...]:
    """The triggers that stand: with an open alarm first, then those in force, then the others; newest first in each.

    asked: with what the rules of those in force say now, which reads their data.
    """
    heads = [view.head for view in views.every(visit, subject=subject, kind="trigger")]
    with visit.reading() as sight:
        found = standing(sight, heads)
    if asked:
        found = _asked(visit, found)
    return tuple(sorted(found, key=lambda one: (one.alarm is None, not one.in_force, -one.view.head.recorded_at)))


def _asked(visit: Visit, found: tuple[Agreed, ...]) -> tuple[Agreed, ...]:
    # Read late: what a rule says is computed from where the trigger stands, and needs the data.
    from tocsin.desk.triggers.evaluating import looks

    said = looks(visit, found)
    return tuple(replace(one, now=said[one.view.id].words) if one.view.id in said else one for one in found)


def concerns(visit: Visit, one: Agreed) -> bool:
    """Whether the visitor is on duty for a trigger, or of an organisation that is, or that agreed it."""
    actor = visit.actor
    with_duty = {duty.organisation for _, duty in duties(one.body)}
    return actor.organisation in with_duty | {one.view.head.organisation}


def standing(sight: Sight, heads: Sequence[Held]) -> tuple[Agreed, ...]:
    """Where each of these triggers stands, as far as the reader may see."""
    beside: dict[str, list[Held]] = {head.id: [] for head in heads}
    for link in sight.reader.links_to(beside, "about"):
        if link.source.kind in ("backtest", "activation", "happening") and not link.source.recalled:
            beside[link.target].append(link.source)
    told = {id: sight.only(found) for id, found in beside.items()}
    seen = {view.id: view for view in shown(sight, [*heads, *(one for found in told.values() for one in found)])}
    now = sight.visit.store.clock()
    return tuple(_folded(seen[head.id], [seen[one.id] for one in told[head.id]], now) for head in heads)


def _folded(view: View, about: Sequence[View], now: Instant) -> Agreed:
    body = view.body
    assert isinstance(body, Trigger)
    activation: View | None = None
    runs: list[list[View]] = []
    for one in about:
        match one.body:
            case Activation():
                activation = one
            case Happening(event=Event.RETIRED):
                activation = None
            case Happening(event=Event.RAISED):
                runs.append([one])
            case Happening() if runs:
                runs[-1].append(one)
    tests = tuple(one for one in about if isinstance(one.body, Backtest))
    alarms = tuple(_alarm(body, run, now) for run in runs)
    return Agreed(view, tests, activation, alarms, tuple(about))


_LEADS: Mapping[Event, Where] = {
    Event.ACKNOWLEDGED: "acknowledged",
    Event.CONFIRMED: "confirmed",
    Event.DISMISSED: "dismissed",
    Event.STOOD_DOWN: "stood down",
}


def _alarm(body: Trigger, run: Sequence[View], now: Instant) -> Alarm:
    where: Where = "waits"
    first: dict[Event, Instant] = {}
    done: dict[str, Instant] = {}
    for one in run:
        assert isinstance(one.body, Happening)
        where = _LEADS.get(one.body.event, where)
        first.setdefault(one.body.event, one.head.recorded_at)
        if one.body.step:
            done.setdefault(one.body.step, one.head.recorded_at)
    raised = run[0].body
    assert isinstance(raised, Happening)
    assert raised.month is not None
    return Alarm(raised.month, where, first[Event.RAISED], raised.seen, _tasks(body, first, done, now), tuple(run))


def _tasks(
    body: Trigger, first: Mapping[Event, Instant], done: Mapping[str, Instant], now: Instant
) -> tuple[Task, ...]:
    until = instant(moment(first[Event.RAISED]) + body.acknowledge_hours * _HOUR)
    # Whoever confirms or dismisses has it in hand too.
    had = min((at for event, at in first.items() if event in (*_LEADS,)), default=None)
    late = (now if had is None else had) > until
    has_it = Task(
        "Say that you have it", body.duty, until, had, late, escalated=body.escalate_to if late and not had else None
    )
    if Event.CONFIRMED not in first:
        return (has_it,)
    return (has_it, *(_step(one, first[Event.CONFIRMED], done.get(one.key), now, body) for one in body.steps))


def _step(one: AgreedStep, confirmed: Instant, done: Instant | None, now: Instant, body: Trigger) -> Task:
    """Due at the end of its last day, in UTC."""
    day = moment(confirmed).replace(hour=0, minute=0, second=0, microsecond=0)
    until = instant(day + (one.within_days + 1) * _DAY) - 1
    late = (now if done is None else done) > until
    return Task(one.what, one.by, until, done, late, one.key, body.escalate_to if late and done is None else None)
