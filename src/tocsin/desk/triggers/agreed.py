"""What must hold of a trigger, a scenario and what is said about them: nothing refers to what is not there.

Every statement passes here on its way into the record, whichever door it came through.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from tocsin.core.errors import LexiconError, StatementError
from tocsin.core.foreseeing import Certainty, Moment
from tocsin.core.instant import Instant, moment
from tocsin.core.marking import Caveat
from tocsin.core.statement import Attribution, Evidence, Statement
from tocsin.core.triggering import (
    Activation,
    Backtest,
    Duty,
    Happening,
    MomentCondition,
    RatingCondition,
    Scenario,
    SeriesCondition,
    Sign,
    Trigger,
)
from tocsin.desk import people
from tocsin.desk.assessing import frames
from tocsin.desk.visit import Sight
from tocsin.horizon import scenarios
from tocsin.store.held import Held


def check(statement: Statement, subject: Held | None, sight: Sight, now: Instant) -> None:
    """Whether a statement may be stored, if it is a trigger, a scenario or about one.

    Errors: StatementError names the field, the rule and the remedy.
    """
    match statement.body:
        case Trigger():
            _of_place(statement)
            _attributed(statement)
            _replaceable(statement, sight)
            _rule(statement, statement.body, sight)
            for field, duty in duties(statement.body):
                _on_duty(statement, field, duty, sight)
        case Activation() | Backtest() | Happening():
            _about(subject, "trigger")
        case Scenario():
            _of_place(statement)
            _tree(statement, statement.body, sight, now)
        case Sign():
            _about(subject, "scenario")
            assert subject is not None
            _signpost(statement.body, subject, sight, now)


def duties(body: Trigger) -> Iterator[tuple[str, Duty]]:
    """Everybody whom a trigger gives something to do, with the field that says so."""
    yield "body.duty", body.duty
    yield "body.escalate_to", body.escalate_to
    for number, step in enumerate(body.steps):
        yield f"body.steps.{number}.by", step.by


def cited(statement: Statement, key: str) -> Evidence | None:
    """The item of evidence with a key, if it is a statement."""
    return next((one for one in statement.evidence if one.key == key and one.type == "statement"), None)


def _of_place(statement: Statement) -> None:
    if statement.subject.type != "place":
        raise StatementError(
            f"a {statement.kind} is about a place", field="subject.type", remedy="Give place and its code"
        )


def _attributed(statement: Statement) -> None:
    if Caveat.CHATHAM_HOUSE in statement.marking.caveats:
        raise StatementError(
            "a trigger says who agreed it and who acts, which the Chatham House Rule forbids",
            field="marking.caveats",
            remedy="Take the caveat out, and narrow the audience instead",
        )
    if statement.attribution is Attribution.NONE:
        raise StatementError(
            "a trigger says at least which organisation agreed it",
            field="attribution",
            remedy="Attribute it to your organisation, or by name",
        )


def _replaceable(statement: Statement, sight: Sight) -> None:
    """A new version would take an open alarm off the board, with all that is still to be done under it; and two new
    versions of one would both stand, and both could be put in force.
    """
    # Read late: where a trigger stands is computed from these rules.
    from tocsin.desk.triggers.standing import standing

    replaced = sight.only(sight.reader.find(statement.supersedes).values())
    for one in standing(sight, [head for head in replaced if head.kind == "trigger"]):
        if one.view.state == "superseded":
            raise StatementError(
                "another version took the place of this one already",
                field="supersedes",
                remedy=f"Look at it, and supersede that one: {one.view.superseded_by[-1]}",
            )
        if one.alarm:
            raise StatementError(
                f"the alarm of {one.alarm.month} is open under the version that this would take the place of",
                field="supersedes",
                remedy="Dismiss it or stand it down first, with the reason",
            )


def _rule(statement: Statement, body: Trigger, sight: Sight) -> None:
    for number, one in enumerate(body.rule.conditions):
        field = f"body.rule.conditions.{number}"
        match one:
            case SeriesCondition():
                _series(one.series, f"{field}.series", statement.subject.id, sight)
            case RatingCondition():
                _factor(one, field)
            case MomentCondition():
                _moment(statement, one.moment, f"{field}.moment", sight)


def _series(name: str, field: str, place: str, sight: Sight) -> None:
    # Read late: the series need the data, which take a while to import.
    from tocsin.desk.triggers.loading import named

    known = named()
    if name not in known:
        near = difflib.get_close_matches(name, known, n=2)
        remedy = f"Did you mean {' or '.join(near)}?" if near else f"Choose one of {', '.join(known)}"
        raise StatementError(f"no series is called {name[:60]!r}", field=field, remedy=remedy)
    found = known[name].load(sight.visit.settings, place)
    if found is None:
        raise StatementError(
            f"the data of {name} are not on this node, so nobody could tell whether the rule is met",
            field=field,
            remedy="Fetch them with `tocsin pull`, or choose another series",
        )
    if not found.values:
        raise StatementError(
            f"{name} does not cover {place}", field=field, remedy="Choose a place that it covers, or another series"
        )


def _factor(one: RatingCondition, field: str) -> None:
    part = "frame"
    try:
        frame = frames.frame(one.frame)
        part = "factor"
        frames.factor(frame, one.factor)
    except LexiconError as error:
        raise StatementError(error.what, field=f"{field}.{part}", remedy=error.remedy) from None


def _moment(statement: Statement, key: str, field: str, sight: Sight) -> None:
    item = cited(statement, key)
    if item is None:
        raise StatementError(
            f"no item of evidence of type statement has the key {key}",
            field=field,
            remedy="Cite the moment by its identity as an item of evidence with this key",
        )
    head = sight.reader.find([item.reference]).get(item.reference)
    made = sight.reader.statements([head])[head.id][1].body if head else None
    if head is None or not isinstance(made, Moment) or head.recalled:
        raise StatementError(
            f"the item {key} is no moment of the calendar that stands", field=field, remedy="Cite a moment"
        )
    if head.subject != statement.subject.key:
        raise StatementError(
            f"the moment {key} is about {head.subject}, and this is about {statement.subject.key}",
            field=field,
            remedy="Cite a moment of the same place",
        )
    if made.certainty is Certainty.CALLED_OFF:
        raise StatementError(f"the moment {key} is called off", field=field, remedy="Cite one that may come")


def _on_duty(statement: Statement, field: str, duty: Duty, sight: Sight) -> None:
    """The organisation is known to the author; whoever is named belongs to it and would see the trigger."""
    known = people.known_to(sight)
    if duty.organisation not in known.organisations:
        raise StatementError(
            f"nobody here is called org:{duty.organisation}",
            field=f"{field}.organisation",
            remedy="Choose one from the list, or have a steward add it",
        )
    if not duty.persons:
        return
    sees = frozenset(sight.reader.register.preview(statement.marking, sight.visit.store.clock()).persons)
    for number, id in enumerate(duty.persons):
        person = known.persons.get(id)
        if person is None or person.organisation != duty.organisation or not person.active:
            raise StatementError(
                f"nobody of {duty.organisation} whom you may know has an open account called {id}",
                field=f"{field}.persons.{number}",
                remedy="Name somebody from the list, or nobody: the role is then shown as vacant",
            )
        if id not in sees:
            raise StatementError(
                f"{id} is on duty and would not see the trigger",
                field=f"{field}.persons.{number}",
                remedy="Widen the audience to them, or name somebody who is in it",
            )


def _about(subject: Held | None, kind: str) -> None:
    if subject is None or subject.kind != kind:
        raise StatementError(f"it is about a {kind}", field="subject", remedy=f"Name a {kind} by its identity")


def _tree(statement: Statement, body: Scenario, sight: Sight, now: Instant) -> None:
    if body.until < moment(now).date():
        raise StatementError(f"{body.until} is over", field="body.until", remedy="Give today or a later day")
    if fault := scenarios.fault(body.branches):
        raise StatementError(fault.what, field=f"body.branches.{fault.branch}", remedy=fault.remedy)
    for number, branch in enumerate(body.branches):
        for key in branch.moments:
            _moment(statement, key, f"body.branches.{number}.moments", sight)


def _signpost(body: Sign, subject: Held, sight: Sight, now: Instant) -> None:
    scenario = sight.reader.statements([subject])[subject.id][1].body
    assert isinstance(scenario, Scenario)
    branch = next((one for one in scenario.branches if one.key == body.branch), None)
    if branch is None:
        keys = ", ".join(one.key for one in scenario.branches)
        raise StatementError(
            f"the scenario has no branch {body.branch}", field="body.branch", remedy=f"Choose one of {keys}"
        )
    if body.signpost not in {sign.key for sign in branch.signposts}:
        keys = ", ".join(sign.key for sign in branch.signposts) or "none"
        raise StatementError(
            f"the branch {body.branch} has no signpost {body.signpost}",
            field="body.signpost",
            remedy=f"Its signposts are: {keys}",
        )
    if body.seen > moment(now).date():
        raise StatementError(f"{body.seen} is still to come", field="body.seen", remedy="Give the day it was seen")
