"""Trying a trigger on the past: what it would have raised, how often, and what followed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tocsin.core.errors import StatementError
from tocsin.core.instant import moment
from tocsin.core.period import month_id
from tocsin.core.seeing import Role
from tocsin.core.triggering import Backtest, PastAlarm, Rate, Rule, SeriesCondition, Sought, Trigger
from tocsin.desk.reading import read
from tocsin.desk.triggers.agreeing import record
from tocsin.desk.triggers.conditions import month_of, shifted, threshold
from tocsin.desk.triggers.loading import Loaded, named
from tocsin.desk.triggers.sentences import verdict
from tocsin.desk.triggers.standing import Agreed, rule_digest, standing_of
from tocsin.desk.triggers.worded import condition
from tocsin.desk.views import View, statement
from tocsin.desk.visit import Sight, Visit
from tocsin.horizon.replay import Interval, Outcome, Replay, deaths_outcome, one_vintage, replay
from tocsin.horizon.rules import State, month_name

METHOD = "replay-1"
"""Changes whenever the same rule on the same data would come to other numbers."""

DEATHS, ONSET = "deaths.state-based", "mass-killing.onset"
OUTCOMES = (DEATHS, ONSET)
"""What a back-test can look for."""

MOST_DEATHS = 10_000_000
"""Deaths in a month that a back-test can look for."""

MOST = 500
"""Alarms that a back-test tells one by one."""


@dataclass(frozen=True)
class Wanted:
    """What to look for. at_least: deaths in one month; within: months after an alarm. None: as fits the rule."""

    outcome: str | None = None
    at_least: float | None = None
    within: int | None = None


def backtest(visit: Visit, id: str, wanted: Wanted = Wanted()) -> View:
    """Try exactly this version of a trigger on the past, and put what came out on record beside it.

    Errors: as ``tried``; AccessError if the role does not suffice.
    """
    role = visit.need(Role.ANALYST, Role.DESK_OFFICER, to="test a trigger")
    body = tried(visit, id, wanted)
    with visit.store.writing() as writer:
        made = record(writer, visit, standing_of(Sight(visit, writer), id), role, body)
    return statement(visit, made)


def tried(visit: Visit, id: str, wanted: Wanted = Wanted()) -> Backtest:
    """What a back-test comes to, with nothing stored.

    Errors: NotFound; StatementError if what is looked for is not known or its data are not on this node.
    """
    with visit.reading() as sight:
        found = standing_of(sight, id)
    return _tried(visit, found, wanted)


def _tried(visit: Visit, found: Agreed, wanted: Wanted) -> Backtest:
    body, place = found.body, found.view.head.subject.partition(":")[2]
    tested = [one for one in body.rule.conditions if isinstance(one, SeriesCondition)]
    untested = tuple(condition(one) for one in body.rule.conditions if not isinstance(one, SeriesCondition))
    wanted = _chosen(body, wanted)
    sought = _sought(visit, wanted)
    if not tested:
        return _without(visit, body.rule, sought, untested)
    loaded = [_load(visit, one.series, place) for one in tested]
    series = [named()[one.series] for one in tested]
    outcome = _outcome(visit, place, wanted)
    lag = max(one.lag for one in series)
    given = [shifted(one.values, each.lag - lag) for one, each in zip(loaded, series, strict=True)]
    first = max(min(values) for values in given) + lag
    last = min(max(values) for values in given) + lag
    made = replay(
        [threshold(one) for one in tested],
        _needed(body.rule, len(tested)),
        one_vintage(given),
        outcome,
        first,
        last,
        lag=lag,
    )
    told = _body(body.rule, made, sought, loaded, untested, lag)
    states = [one.state for one in made.verdicts if one.state is not State.CANNOT_TELL]
    raised, before = states.count(State.RAISED), states[:1] == [State.RAISED]
    return told.model_copy(update={"verdict": verdict(told, _revised(loaded), raised, before, body.rule)})


def _needed(rule: Rule, tested: int) -> int:
    """How many of the conditions that can be tested must hold: where all must, those that cannot count as if they held,
    so that alarms are at most too many; otherwise as if they did not, so that they are at most too few.
    """
    return tested if rule.combine == "all" else min(rule.needed, tested)


def _chosen(body: Trigger, wanted: Wanted) -> Wanted:
    """What fits the rule, where it was not said: the deaths that it enters at, or an onset of mass killing."""
    deaths = [
        one.enter
        for one in body.rule.conditions
        if isinstance(one, SeriesCondition) and one.series.startswith("deaths.") and one.side == "over"
    ]
    outcome = wanted.outcome or (DEATHS if deaths else ONSET)
    if outcome not in OUTCOMES:
        raise StatementError(
            f"no outcome is called {outcome[:60]!r}", field="outcome", remedy=f"Choose one of {', '.join(OUTCOMES)}"
        )
    if outcome == ONSET:
        if wanted.at_least is not None or wanted.within not in (None, 12):
            raise StatementError(
                "an onset is looked for in the year after the one of the alarm",
                field="outcome",
                remedy="Leave the number of deaths and of months out, or look for deaths",
            )
        return Wanted(ONSET, None, 12)
    at_least = max([25.0, *deaths]) if wanted.at_least is None else wanted.at_least
    within = 3 if wanted.within is None else wanted.within
    if not (1 <= at_least <= MOST_DEATHS and 1 <= within <= 36):
        raise StatementError(
            f"it looks for 1 to {MOST_DEATHS:,} deaths in a month, within 1 to 36 months",
            field="outcome",
            remedy="Give other numbers",
        )
    return Wanted(DEATHS, at_least, within)


def _sought(visit: Visit, wanted: Wanted) -> Sought:
    assert wanted.within is not None
    if wanted.outcome == ONSET:
        told = read(visit.settings).release.outcome
        definition = f"{told.definition} In the calendar year after the one of the alarm. Definition: {told.source}."
        return Sought(name=ONSET, definition=definition, months=12)
    series = named()[DEATHS]
    definition = (
        f"At least {wanted.at_least:g} deaths in one of the {wanted.within} months after the month of the alarm. "
        f"{series.definition}"
    )
    return Sought(name=DEATHS, definition=definition, at_least=wanted.at_least, months=wanted.within)


def _load(visit: Visit, name: str, place: str) -> Loaded:
    found = named()[name].load(visit.settings, place) if name in named() else None
    if found is None or not found.values:
        raise StatementError(
            f"the data of {name} for {place} are not on this node",
            field="rule",
            remedy="Fetch them with `tocsin pull`, then test the trigger again",
        )
    return found


def _outcome(visit: Visit, place: str, wanted: Wanted) -> Outcome:
    assert wanted.within is not None
    if wanted.outcome == DEATHS:
        assert wanted.at_least is not None
        return deaths_outcome(_load(visit, DEATHS, place).values, wanted.at_least, wanted.within)
    begins = _load(visit, "forecast.mass-killing-onset", place).begins or {}
    years = range(min(begins) - 1, max(begins) + 1) if begins else range(0)
    followed = {month_id(year, month): begins.get(year + 1) for year in years for month in range(1, 13)}
    starts = tuple(month_id(year, 1) for year, onset in sorted(begins.items()) if onset)
    return Outcome(followed, starts, 12, frozenset(starts))


def _body(
    rule: Rule,
    made: Replay,
    sought: Sought,
    loaded: Sequence[Loaded],
    untested: tuple[str, ...],
    lag: int,
) -> Backtest:
    alarms = tuple(
        PastAlarm(
            raised=month_name(one.raised),
            left=None if one.left is None else month_name(one.left),
            followed=one.followed,
            lead=one.lead,
        )
        for one in made.alarms[-MOST:]
    )
    return Backtest(
        rule=rule_digest(rule),
        method=METHOD,
        first=month_name(made.verdicts[0].month),
        last=month_name(made.verdicts[-1].month),
        months=len(made.verdicts),
        unknown=made.unknown,
        lag=lag,
        vintages=max(1, made.vintages),
        sought=sought,
        sources=tuple(dict.fromkeys(one.source for one in loaded)),
        untested=untested,
        alarms=alarms,
        per_year=_rate(made.per_year),
        followed=_rate(made.followed),
        base=_rate(made.base),
        base_quiet=_rate(made.base_quiet),
        met=made.met,
        missed=made.missed,
        not_told=made.not_told,
        leads=made.leads[-MOST:],
        verdict=("Not put into words yet.",),
    )


def _without(visit: Visit, rule: Rule, sought: Sought, untested: tuple[str, ...]) -> Backtest:
    """Nothing of the rule has a past to be tried on; said so, so that whoever activates it has read it."""
    today = moment(visit.store.clock()).date()
    here = month_name(month_of(today))
    none = Backtest(
        rule=rule_digest(rule),
        method=METHOD,
        first=here,
        last=here,
        months=0,
        unknown=0,
        lag=0,
        vintages=1,
        sought=sought,
        sources=("No series of data is in this rule.",),
        untested=untested,
        alarms=(),
        per_year=None,
        followed=None,
        base=None,
        base_quiet=None,
        met=0,
        missed=0,
        not_told=0,
        verdict=("Not put into words yet.",),
    )
    return none.model_copy(update={"verdict": verdict(none, ())})


def _revised(loaded: Sequence[Loaded]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.source.partition(";")[0] for one in loaded if one.revised))


def _rate(one: Interval | None) -> Rate | None:
    return None if one is None else Rate(**vars(one))
