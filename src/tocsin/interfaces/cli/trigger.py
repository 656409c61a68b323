"""``tocsin trigger``: agree a trigger, test it on the past, put it in force, and act on its alarms."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tocsin.core.errors import StatementError
from tocsin.interfaces.cli import noting, showing
from tocsin.interfaces.cli.console import Json, remark, say, table, write_json
from tocsin.interfaces.cli.statements import one, subject_of
from tocsin.interfaces.cli.visiting import Exercise, visiting

if TYPE_CHECKING:
    from tocsin.core.register import Preview
    from tocsin.core.triggering import Backtest
    from tocsin.desk.triggers.evaluating import Looked
    from tocsin.desk.triggers.standing import Agreed, Alarm
    from tocsin.desk.visit import Visit

Identity = Annotated[str, typer.Argument(metavar="ID", help="The identity of a trigger.")]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; whoever sees the trigger reads it.")]
Look = Annotated[bool, typer.Option("--preview", help="Only check it and tell who would see it.")]
Yes = Annotated[bool, typer.Option("--yes", help="Store it without asking.")]
Where = Annotated[str | None, typer.Argument(metavar="[PLACE]", help="A name or a code; all places if none.")]


def add(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The trigger as TOML: subject, marking, body.")],
    preview: Look = False,
    yes: Yes = False,
    exercise: Exercise = False,
    json: Json = False,
) -> None:
    """Agree a trigger from a file. It is not in force before it was tested and activated.

    You are told who will see it, and asked, before it is stored.
    """
    from tocsin.desk.triggers import agreeing

    given = read_file(file, exercise)
    with visiting(exercise=exercise) as visit:
        if not looked(visit, agreeing.check(visit, given), preview, yes, json):
            one(agreeing.add(visit, given), json)


def listed(place: Where = None, exercise: Exercise = False, json: Json = False) -> None:
    """List triggers, those with an open alarm first, then those in force."""
    from tocsin.desk.triggers import standing

    with visiting(exercise=exercise) as visit:
        found = standing.listed(visit, subject_of(visit, place) if place else None)
        label = showing.highest(visit, [view for each in found for view in each.views])
        if json:
            write_json({"marking": label, "triggers": [_as_dict(each) for each in found]})
            return
        with showing.under(label):
            for each in found:
                showing.item(each.view)
                vacant = f"; {len(each.vacant)} vacant" if each.vacant else ""
                say(f"  {each.words}{vacant}")
            if not found:
                say("There is nothing, or nothing for you.")


def show(id: Identity, exercise: Exercise = False, json: Json = False) -> None:
    """Show a trigger: its rule, who is on duty, its back-tests, its alarms and what is late."""
    from tocsin.desk.triggers import standing

    with visiting(exercise=exercise) as visit:
        found = standing.agreed(visit, id)
        label = showing.highest(visit, found.views)
        if json:
            write_json({"marking": label, "trigger": _as_dict(found)})
            return
        with showing.under(label):
            showing.whole(found.view)
            say(f"\nNow: {found.words}.")
            for field, _ in found.vacant:
                say(f"VACANT: nobody is named for {field.removeprefix('body.')}.")
            for test in found.backtests:
                say(f"back-test {test.id} of {showing.minute(test.head.recorded_at)} UTC")
            for alarm in found.alarms:
                _told(alarm)


def backtest(
    id: Identity,
    outcome: Annotated[
        str | None, typer.Option(metavar="NAME", help="What to look for: deaths.state-based or mass-killing.onset.")
    ] = None,
    at_least: Annotated[float | None, typer.Option(metavar="N", help="Deaths in one month.")] = None,
    within: Annotated[int | None, typer.Option(metavar="MONTHS", help="In the months after the alarm.")] = None,
    preview: Annotated[bool, typer.Option("--preview", help="Only show what it comes to; store nothing.")] = False,
    exercise: Exercise = False,
    json: Json = False,
) -> None:
    """Try a trigger on the past: alarms a year, what followed them, what was missed. It is kept beside the trigger."""
    from tocsin.core.triggering import Backtest
    from tocsin.desk.triggers import backtesting, standing

    wanted = backtesting.Wanted(outcome, at_least, within)
    with visiting(exercise=exercise) as visit:
        if preview:
            label = showing.highest(visit, standing.agreed(visit, id).views)
            body, stored = backtesting.tried(visit, id, wanted), ""
        else:
            made = backtesting.backtest(visit, id, wanted)
            assert isinstance(made.body, Backtest)
            label, body, stored = made.head.marking.label, made.body, made.id
        if json:
            write_json({"marking": label, "backtest": body.model_dump(mode="json"), "id": stored or None})
            return
        with showing.under(label):
            _tried(body)
            if stored:
                say(f"\nid: {stored}")


def activate(
    id: Identity,
    backtest: Annotated[str, typer.Option(metavar="ID", help="The back-test of this version that you have read.")],
    reason: Reason,
    exercise: Exercise = False,
    json: Json = False,
) -> None:
    """Put a trigger in force, in your own name."""
    from tocsin.desk.triggers import agreeing, evaluating

    with visiting(exercise=exercise) as visit:
        made = agreeing.activate(visit, id, backtest, reason)
        found = evaluating.look(visit, id)
        if found.cannot_tell:
            remark(showing.plain(f"Warning: {found.words}. It raises no alarm before there are numbers."))
        one(made, json)


def evaluate(
    id: Identity,
    as_of: Annotated[
        str | None, typer.Option(metavar="DATE", help="As of the end of this day; nothing is stored then.")
    ] = None,
    exercise: Exercise = False,
    json: Json = False,
) -> None:
    """Look at a trigger's rule; an alarm is put on record if it is met today and the trigger is in force."""
    from tocsin.desk.triggers import evaluating

    with visiting(exercise=exercise) as visit:
        found = evaluating.look(visit, id, _day(as_of)) if as_of else evaluating.evaluate(visit, id)
        label = showing.highest(visit, found.agreed.views)
        if json:
            write_json({"marking": label, **_looked(found)})
            return
        with showing.under(label):
            since = f", since {found.since}" if found.since else ""
            say(f"{found.agreed.body.title}, as of {found.as_of}: {found.state.value}{since}")
            for line in (*found.reasons, *found.sources):
                say(f"  {showing.plain(line)}")
            if found.alarm:
                say(f"A NEW ALARM is on record. {found.agreed.words}.")


def acknowledge(id: Identity, exercise: Exercise = False, json: Json = False) -> None:
    """Say that you have the open alarm of a trigger."""
    from tocsin.desk.triggers import acting

    with visiting(exercise=exercise) as visit:
        one(acting.acknowledge(visit, id), json)


def confirm(
    id: Identity,
    reason: Reason,
    evidence: Annotated[
        list[str] | None,
        typer.Option(metavar="ITEM", help='Provenance, grade and source, as "witness:B2:A nurse"; repeatable.'),
    ] = None,
    exercise: Exercise = False,
    json: Json = False,
) -> None:
    """Confirm the open alarm, with the evidence that was agreed to be needed; its steps are then due."""
    from tocsin.desk.triggers import acting

    items = [_item(text) for text in evidence or []]
    with visiting(exercise=exercise) as visit:
        one(acting.confirm(visit, id, reason, items), json)


def dismiss(id: Identity, reason: Reason, exercise: Exercise = False, json: Json = False) -> None:
    """Dismiss the open alarm, with the reason."""
    from tocsin.desk.triggers import acting

    with visiting(exercise=exercise) as visit:
        one(acting.dismiss(visit, id, reason), json)


def step(
    id: Identity,
    key: Annotated[str, typer.Argument(metavar="KEY", help="The key of an agreed step.")],
    note: Annotated[str, typer.Option(metavar="TEXT", help="What came of it.")] = "",
    exercise: Exercise = False,
    json: Json = False,
) -> None:
    """Say that an agreed step was done."""
    from tocsin.desk.triggers import acting

    with visiting(exercise=exercise) as visit:
        one(acting.done(visit, id, key, note), json)


def stand_down(id: Identity, reason: Reason, exercise: Exercise = False, json: Json = False) -> None:
    """End a confirmed alarm, with the reason."""
    from tocsin.desk.triggers import acting

    with visiting(exercise=exercise) as visit:
        one(acting.stand_down(visit, id, reason), json)


def retire(id: Identity, reason: Reason, exercise: Exercise = False, json: Json = False) -> None:
    """Take a trigger out of force, with the reason."""
    from tocsin.desk.triggers import agreeing

    with visiting(exercise=exercise) as visit:
        one(agreeing.retire(visit, id, reason), json)


def register(group: typer.Typer) -> None:
    """Add the commands to their group."""
    group.command("add")(add)
    group.command("list")(listed)
    group.command("show")(show)
    group.command("backtest")(backtest)
    group.command("activate")(activate)
    group.command("evaluate")(evaluate)
    group.command("acknowledge")(acknowledge)
    group.command("confirm")(confirm)
    group.command("dismiss")(dismiss)
    group.command("step")(step)
    group.command("stand-down")(stand_down)
    group.command("retire")(retire)


def read_file(file: Path, exercise: bool) -> dict[str, Any]:
    """What a TOML file says; a day that TOML knows becomes text again, and an exercise adds its caveat.

    Errors: StatementError says what cannot be read.
    """
    try:
        given: dict[str, Any] = _plain(tomllib.loads(file.read_text(encoding="utf-8")))
    except OSError as error:
        raise StatementError(
            f"the file cannot be read ({error.strerror or error})", field="FILE", remedy="Check its name"
        ) from None
    except (ValueError, RecursionError) as error:  # besides what is no TOML, numbers and nesting beyond all measure
        raise StatementError(
            f"this is no TOML ({error})",
            field="FILE",
            remedy="Correct it; the reference of this command has an example",
        ) from None
    marking = given.get("marking")
    if exercise and isinstance(marking, dict):
        caveats = marking.get("caveats", [])
        if isinstance(caveats, list) and "EXERCISE" not in caveats:
            given["marking"] = marking | {"caveats": [*caveats, "EXERCISE"]}
    return given


def looked(visit: Visit, told: Preview, preview: bool, yes: bool, json: bool) -> bool:
    """Tell who would see it, and ask whether to go on; True if that was all that was wanted."""
    from tocsin.desk import people

    if preview and json:
        write_json(told)
        return True
    for line in showing.foreseen(told, people.directory(visit).organisations):
        (say if preview else remark)(line)
    if not (preview or yes):
        noting.agreed()
    return preview


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value.isoformat() if isinstance(value, (date, datetime)) else value


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise StatementError(
            f"{text[:40]!r} is no day", field="--as-of", remedy="Write year, month and day, as in 2026-11-23"
        ) from None


def _item(text: str) -> dict[str, str]:
    found = re.fullmatch(r"\s*([a-z][a-z ]*):([A-Fa-f])([1-6]):(.+)", text, re.DOTALL)
    if not found:
        raise StatementError(
            f"{text[:40]!r} is no item of evidence",
            field="--evidence",
            remedy='Write provenance, grade and source, as "witness:B2:A nurse in the town"',
        )
    return {
        "type": "source",
        "reference": found[4].strip(),
        "provenance": found[1].strip(),
        "reliability": found[2].upper(),
        "credibility": found[3],
    }


def _tried(body: Backtest) -> None:
    from tocsin.desk.triggers.worded import alarms_dated, past

    for line in body.verdict:
        say(f"- {showing.plain(line)}")
    say(f"\nLooked for: {showing.plain(body.sought.definition)}\n")
    if body.alarms:
        table(("alarm", "over", "followed", "lead"), [past(each) for each in body.alarms])
        if dated := alarms_dated(body):
            say(dated)
    for line in (*(f"Not tried: {each}" for each in body.untested), *body.sources):
        say(showing.plain(line))


def _told(alarm: Alarm) -> None:
    from tocsin.desk.triggers.standing import WORDS
    from tocsin.desk.triggers.worded import duty

    say(f"\nalarm of {alarm.month}: {WORDS[alarm.where]}")
    for line in alarm.seen:
        say(f"  {showing.plain(line)}")
    for each in alarm.tasks:
        done = f"done {showing.minute(each.done)}" if each.done is not None else f"until {showing.minute(each.until)}"
        late = " LATE" if each.late else ""
        key = f"{each.key}: " if each.key else ""
        say(f"  {key}{showing.plain(each.what)} {duty(each.by)}; {done} UTC{late}")
        if each.escalated:
            say(f"    now with {duty(each.escalated)}")


def _looked(found: Looked) -> dict[str, Any]:
    return {
        "trigger": found.agreed.view.id,
        "as_of": found.as_of,
        "state": found.state.value,
        "since": found.since,
        "reasons": found.reasons,
        "sources": found.sources,
        "alarm": found.alarm,
    }


def _as_dict(found: Agreed) -> dict[str, Any]:
    from tocsin.core.instant import written

    def alarm(each: Alarm) -> dict[str, Any]:
        tasks = [
            {
                "key": task.key,
                "what": task.what,
                "by": task.by,
                "until": written(task.until),
                "done": None if task.done is None else written(task.done),
                "late": task.late,
                "escalated": task.escalated,
            }
            for task in each.tasks
        ]
        return {"month": each.month, "where": each.where, "raised": written(each.raised), "tasks": tasks}

    return {
        **showing.as_dict(found.view),
        "stands": found.words,
        "in_force": found.in_force,
        "vacant": [field for field, _ in found.vacant],
        "backtests": [showing.as_dict(each) for each in found.backtests],
        "activation": showing.as_dict(found.activation) if found.activation else None,
        "alarms": [alarm(each) for each in found.alarms],
    }
