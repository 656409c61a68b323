"""``tocsin calendar``: put moments and instruments on the calendar, move them, list what is coming."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tocsin.core.errors import StatementError
from tocsin.interfaces.cli import noting, showing
from tocsin.interfaces.cli.console import Json, remark, say, write_json
from tocsin.interfaces.cli.statements import Caveats, Identity, Label, Place, To, marking_of, one, subject_of
from tocsin.interfaces.cli.visiting import Exercise, visiting

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tocsin.core.register import Preview
    from tocsin.desk.horizon.calendar import Coming, Move
    from tocsin.desk.visit import Visit

Attributed = Annotated[str | None, typer.Option(metavar="MODE", help="named, organisation or non-attributed.")]
Look = Annotated[bool, typer.Option("--preview", help="Only check it and tell who would see it.")]
Yes = Annotated[bool, typer.Option("--yes", help="Store it without asking.")]
When = Annotated[
    str | None,
    typer.Option(metavar="DATE", help="2027-05-14, 2027-05, 2027-21 (spring), 2027-03/2027-05, 2027-05~ (about)."),
]
Sorted = Annotated[
    str, typer.Option(metavar="KIND", help="election, referendum, census, verdict, withdrawal, other...")
]
From = Annotated[str | None, typer.Option("--from", metavar="DAY", help="The first day; today if not given.")]
Until = Annotated[str | None, typer.Option("--until", metavar="DAY", help="The last day; 18 months on if not given.")]


def add(
    place: Place,
    title: Annotated[str, typer.Option(metavar="TEXT", help="One line.")],
    source: Annotated[str, typer.Option(metavar="TEXT", help="Who says so.")],
    tlp: Label,
    when: When = None,
    sort: Sorted = "other",
    timing: Annotated[
        str | None,
        typer.Option(
            metavar="KIND", help="fixed, windowed, conditional, undated or recurring; by the date if not given."
        ),
    ] = None,
    certainty: Annotated[str, typer.Option(metavar="KIND", help="confirmed, expected or possible.")] = "expected",
    condition: Annotated[str, typer.Option(metavar="TEXT", help="What must happen first.")] = "",
    rule: Annotated[str, typer.Option(metavar="RRULE", help="How it comes again, as FREQ=YEARLY;COUNT=5.")] = "",
    skip: Annotated[
        list[str] | None, typer.Option(metavar="DAY", help="A day left out of the rule; repeatable.")
    ] = None,
    at: Annotated[
        str | None, typer.Option(metavar="TIME", help="Time of day and zone, as 14:30@Africa/Khartoum.")
    ] = None,
    minutes: Annotated[int, typer.Option(metavar="NUMBER", help="How long it takes from that time on.")] = 0,
    text: Annotated[str, typer.Option(metavar="TEXT", help="Why it matters.")] = "",
    factor: Annotated[
        list[str] | None, typer.Option(metavar="CONCEPT", help="A risk factor, as un-framework-2014:1; repeatable.")
    ] = None,
    scenario: Annotated[str, typer.Option(metavar="ID", help="The scenario that it belongs to.")] = "",
    to: To = None,
    caveat: Caveats = None,
    attribution: Attributed = None,
    preview: Look = False,
    yes: Yes = False,
    exercise: Exercise = False,
    json: Json = False,
) -> None:
    """Put a moment at which risk may turn on the calendar.

    You are told who will see it, and asked, before it is stored.
    """
    from tocsin.desk.horizon import calendar

    body = {
        "title": title,
        "text": text,
        "sort": sort,
        "timing": timing or _timing(when, condition, rule),
        "when": when,
        "condition": condition,
        "recurrence": rule,
        "skipped": skip or [],
        "clock": _clock(at, minutes) if at else None,
        "certainty": certainty,
        "source": source,
        "factors": factor or [],
    }
    with visiting(exercise=exercise) as visit:
        given = {"body": body, **_about(visit, subject_of(visit, place), tlp, to, caveat, attribution)}
        if not _looked(visit, calendar.check_put(visit, given, scenario), preview, yes, json):
            one(calendar.put(visit, given, scenario), json)


def move(
    id: Identity,
    when: When = None,
    off: Annotated[bool, typer.Option("--off", help="It is called off.")] = False,
    certainty: Annotated[
        str | None, typer.Option(metavar="KIND", help="confirmed, expected, possible or called off.")
    ] = None,
    rule: Annotated[str | None, typer.Option(metavar="RRULE", help="Another rule by which it comes again.")] = None,
    at: Annotated[
        str | None, typer.Option(metavar="TIME", help="Time of day and zone, as 14:30@Africa/Khartoum.")
    ] = None,
    source: Annotated[str | None, typer.Option(metavar="TEXT", help="Who says so.")] = None,
    exercise: Exercise = False,
    json: Json = False,
) -> None:
    """Move a moment, or call it off.

    The old version stays on record; decide-by dates follow, and feeds tell whoever has one of them.
    """
    from tocsin.desk.horizon import calendar

    changes: dict[str, Any] = {
        "when": when,
        "certainty": "called off" if off else certainty,
        "recurrence": rule,
        "clock": _clock(at, 0) if at else None,
        "source": source,
    }
    with visiting(exercise=exercise) as visit:
        kept = {name: value for name, value in changes.items() if value is not None}
        one(calendar.move(visit, id, kept), json)


def listing(
    place: Annotated[
        str | None, typer.Argument(metavar="[PLACE]", help="A name or a code; all places if none.")
    ] = None,
    sort: Annotated[str | None, typer.Option(metavar="KIND", help="Only of this kind, as election.")] = None,
    first: From = None,
    last: Until = None,
    as_of: Annotated[str | None, typer.Option(metavar="DATE", help="As known at the end of this day.")] = None,
    moved: Annotated[bool, typer.Option("--moved", help="Only what was moved in the last seven days.")] = False,
    exercise: Exercise = False,
    json: Json = False,
) -> None:
    """List what is coming, those with a date first; a recurring moment once for each of its times."""
    from tocsin.core.instant import NEVER
    from tocsin.desk.horizon import calendar

    at = showing.end_of(as_of, "--as-of")
    with visiting(exercise=exercise) as visit:
        subject = subject_of(visit, place) if place else None
        if moved:
            _moves(calendar.moves(visit), subject, visit, json)
            return
        found = calendar.coming(
            visit,
            day(first, "--from"),
            day(last, "--until"),
            subject=subject,
            sort=sort,
            as_of=NEVER if at is None else at,
        )
        label = showing.highest(visit, [row.view for row in found])
        if json:
            write_json({"marking": label, "coming": [as_dict(row) for row in found]})
            return
        with showing.under(label):
            for row in found:
                say(f"{span(row)}  {row.view.head.subject}  {showing.plain(row.body.title)}")
                say(f"  {row.body.sort}, {row.body.certainty}; {row.view.head.marking.label}  {row.view.id}")
            if not found:
                say("There is nothing, or nothing for you.")


def instrument(
    name: Annotated[str, typer.Option(metavar="TEXT", help="What can be done, in one line.")],
    deciding: Annotated[str, typer.Option(metavar="DAYS", help="Days to decide: least, usual, most, as 3,5,10.")],
    effect: Annotated[str, typer.Option(metavar="DAYS", help="Days from the last agreement to an effect.")],
    owner: Annotated[str, typer.Option(metavar="ROLE", help="The role that would decide.")],
    source: Annotated[str, typer.Option(metavar="TEXT", help="On what these times rest.")],
    tlp: Label,
    place: Annotated[str | None, typer.Option(metavar="PLACE", help="The place where these times hold.")] = None,
    period: Annotated[
        str | None, typer.Option(metavar="YEARS", help="Or the years for which they hold everywhere, as 2026-2027.")
    ] = None,
    approval: Annotated[
        list[str] | None,
        typer.Option(metavar="WHO=DAYS", help='Who must agree then, as "Council=5,10,20"; repeatable, in order.'),
    ] = None,
    text: Annotated[str, typer.Option(metavar="TEXT", help="More about it.")] = "",
    unused: Annotated[bool, typer.Option("--not-in-use", help="It cannot be chosen at present.")] = False,
    to: To = None,
    caveat: Caveats = None,
    attribution: Attributed = None,
    preview: Look = False,
    yes: Yes = False,
    exercise: Exercise = False,
    json: Json = False,
) -> None:
    """Say how much time an instrument needs, so that decide-by dates can be worked out."""
    from tocsin.desk import making

    if (place is None) == (period is None):
        raise StatementError(
            "an instrument is about a place or a period", field="--place", remedy="Give one of --place and --period"
        )
    body = {
        "kind": "instrument",
        "name": name,
        "text": text,
        "deciding": _days(deciding, "--deciding"),
        "approvals": [_approval(each) for each in approval or []],
        "effect": _days(effect, "--effect"),
        "owner": owner,
        "in_use": not unused,
        "source": source,
    }
    with visiting(exercise=exercise) as visit:
        subject = subject_of(visit, place) if place else f"period:{period}"
        given = {"body": body, **_about(visit, subject, tlp, to, caveat, attribution)}
        if not _looked(visit, making.check(visit, given), preview, yes, json):
            one(making.make(visit, given), json)


def span(row: Coming) -> str:
    """The days of a moment for a line."""
    from tocsin.desk.horizon import foreseen

    if row.any_day or row.first is None or row.last is None:
        return foreseen.when(row.body)
    about = "about " if row.when.approximate else ""
    shown = f"{row.first}" if row.first == row.last else f"{row.first} to {row.last}"
    return f"{about}{shown}" + (" (uncertain)" if row.when.uncertain else "")


def as_dict(row: Coming) -> dict[str, Any]:
    """A moment for machines: its days here, and the whole statement."""
    return {"first": row.first, "last": row.last, "any_day": row.any_day, **showing.as_dict(row.view)}


def day(text: str | None, option: str) -> date | None:
    """A day that was typed.

    Errors: StatementError names the option.
    """
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise StatementError(f"{text[:40]!r} is no day", field=option, remedy="Write it as 2027-05-14") from None


def _moves(told: Sequence[Move], subject: str | None, visit: Visit, json: bool) -> None:
    """What was moved, and from when."""
    from tocsin.desk.horizon import foreseen

    found = [row for row in told if subject in (None, row.now.head.subject)]
    label = showing.highest(visit, [view for row in found for view in (row.now, row.before)])
    if json:
        rows = [{"now": showing.as_dict(row.now), "before": showing.as_dict(row.before)} for row in found]
        write_json({"marking": label, "moves": rows})
        return
    with showing.under(label):
        for row in found:
            showing.item(row.now)
            say(f"  before: {foreseen.when(row.before.body)}")  # type: ignore[arg-type]
        if not found:
            say("Nothing was moved, or nothing for you.")


def _timing(when: str | None, condition: str, rule: str) -> str:
    from tocsin.core import edtf

    if rule:
        return "recurring"
    if condition:
        return "conditional" if when else "undated"
    return "fixed" if when and edtf.read(when).days == 1 else "windowed"


def _clock(text: str, minutes: int) -> Mapping[str, Any]:
    starts, found, zone = text.partition("@")
    if not found:
        raise StatementError(
            "the zone is missing", field="--at", remedy="Write time and zone, as 14:30@Africa/Khartoum"
        )
    return {"starts": starts.strip(), "zone": zone.strip(), "minutes": minutes}


def _days(text: str, option: str) -> dict[str, int]:
    found = re.fullmatch(r"\s*(\d{1,4})\s*(?:,\s*(\d{1,4})\s*,\s*(\d{1,4})\s*)?", text, re.ASCII)
    if not found:
        raise StatementError(
            f"{text[:40]!r} is no number of days", field=option, remedy="Write least, usual and most, as 3,5,10; or one"
        )
    low, typical, high = found.groups()
    return {"low": int(low), "typical": int(typical or low), "high": int(high or low)}


def _approval(text: str) -> dict[str, Any]:
    who, _, days = text.rpartition("=")
    return {"who": who, "days": _days(days, "--approval")}


def _about(
    visit: Visit, subject: str, tlp: str, to: list[str] | None, caveat: list[str] | None, attribution: str | None
) -> dict[str, Any]:
    kind, _, id = subject.partition(":")
    marking = marking_of(visit, tlp, to, caveat)
    return {"subject": {"type": kind, "id": id}, "marking": marking, "attribution": attribution}


def _looked(visit: Visit, told: Preview, preview: bool, yes: bool, json: bool) -> bool:
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
