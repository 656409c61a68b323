"""``tocsin horizon``: the next eighteen months, by what must be decided first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tocsin.core.belief import percent
from tocsin.interfaces.cli import showing
from tocsin.interfaces.cli.calendar import From, Until, as_dict, day, span
from tocsin.interfaces.cli.console import Json, say, write_json
from tocsin.interfaces.cli.horizon_months import months, tell
from tocsin.interfaces.cli.statements import subject_of
from tocsin.interfaces.cli.visiting import Exercise, visiting

if TYPE_CHECKING:
    from tocsin.desk.horizon.board import Board, Window
    from tocsin.desk.triggers.standing import Agreed
    from tocsin.desk.visit import Visit

Names = Mapping[str, str]
"""What subjects are called, by their keys."""


def horizon(
    place: Annotated[
        str | None, typer.Argument(metavar="[PLACE]", help="A name or a code; all places if none.")
    ] = None,
    first: From = None,
    last: Until = None,
    as_of: Annotated[str | None, typer.Option(metavar="DATE", help="As known at the end of this day.")] = None,
    exercise: Exercise = False,
    json: Json = False,
) -> None:
    """Show what is coming and by when each instrument must be decided, what closes first at the top.

    Beneath are the triggers in force with who is on duty, and what the months say of each place.
    """
    from tocsin.core.instant import NEVER
    from tocsin.desk.horizon import calendar
    from tocsin.desk.horizon.board import board
    from tocsin.desk.triggers import standing

    at = showing.end_of(as_of, "--as-of")
    with visiting(exercise=exercise) as visit:
        subject = subject_of(visit, place) if place else None
        known = NEVER if at is None else at
        found = board(visit, subject=subject, first=day(first, "--from"), last=day(last, "--until"), as_of=known)
        # Where a trigger stands, and what the months say, is told as of now alone.
        told = standing.listed(visit, subject) if at is None else ()
        triggers = [one for one in told if one.in_force or one.alarm]
        keys = dict.fromkeys([*([subject] if subject else []), *(one.view.head.subject for one in found.coming)])
        codes = [key.partition(":")[2] for key in keys] if at is None and visit.store.world != "exercise" else []
        by_month = months(visit.settings, codes) if codes else None
        label = showing.highest(visit, [*found.views, *(view for one in triggers for view in one.views)])
        if json:
            beside = {"triggers": [_trigger(one) for one in triggers], "by_month": by_month}
            write_json({"marking": label, **_as_dict(found), **beside})
            return
        names = {key: called(visit, key) for key in (*keys, *(one.view.head.subject for one in triggers))}
        with showing.under(label):
            _tell(found, names, calendar.today(visit, known))
            if at is None:
                _tell_triggers(triggers, names)
            if by_month:
                tell(by_month, {key.partition(":")[2]: name for key, name in names.items()})


def called(visit: Visit, subject: str) -> str:
    """What a subject is called: a place by its name, all else as it is written."""
    from tocsin.desk.horizon import feeds

    return feeds.called(visit, subject) if subject.startswith("place:") else subject.partition(":")[2]


def _tell(found: Board, names: Names, today: date) -> None:
    def passed(day: date) -> str:
        return ", has passed" if day < today else ""

    say(f"The horizon, {found.first} to {found.last}")
    if found.windows:
        say("\nTo be decided, what closes first at the top:")
        for one in found.windows:
            by = one.by
            assert by is not None
            sure, even = f"by {by.sure} (9 in 10{passed(by.sure)})", f"{by.even} (1 in 2{passed(by.even)})"
            say(f"  {sure}, {even}: {_named(one)}")
            say(f"    for {span(one.coming)}, {_title(one, names)}; in time if begun today: {percent(by.today)}")
    if found.any_day:
        say("\nCould be any day:")
        for one in found.any_day:
            needed = f"{one.needs[0]} days (1 in 2), {one.needs[1]} (9 in 10)"
            say(f"  {_title(one, names)}: {_named(one)} would need {needed}")
    if found.closed:
        say("\nHardly time any more:")
        for one in found.closed:
            assert one.by is not None
            say(f"  {_named(one)} for {_title(one, names)}, {span(one.coming)}: had to be decided by {one.by.even}")
    if found.unmatched:
        say("\nNo instrument in use applies:")
        for row in found.unmatched:
            say(f"  {span(row)}  {names[row.view.head.subject]}  {showing.plain(row.body.title)}")
    if not found.coming:
        say("\nThere is nothing, or nothing for you.")


def _tell_triggers(found: Sequence[Agreed], names: Names) -> None:
    from tocsin.desk.triggers.worded import duty

    if not found:
        say("\nNo trigger that you may see is in force here, so nobody is on duty for one.")
        return
    say("\nTriggers in force:")
    for one in found:
        title = " ".join(showing.plain(one.body.title).split())
        say(f"  {names[one.view.head.subject]}: {title}: {one.words}")
        vacant = f"; duties that are vacant: {len(one.vacant)}" if one.vacant else ""
        say(f"    on duty: {showing.plain(duty(one.body.duty))}{vacant}")


def _trigger(one: Agreed) -> dict[str, Any]:
    return {
        "id": one.view.id,
        "subject": one.view.head.subject,
        "title": one.body.title,
        "state": one.words,
        "duty": one.body.duty.model_dump(mode="json"),
        "vacant": [field for field, _ in one.vacant],
        "alarm": one.alarm.month if one.alarm else None,
    }


def _named(one: Window) -> str:
    return " ".join(showing.plain(one.instrument.name).split())


def _title(one: Window, names: Names) -> str:
    return f"{' '.join(showing.plain(one.coming.body.title).split())} ({names[one.coming.view.head.subject]})"


def _as_dict(found: Board) -> dict[str, Any]:
    return {
        "first": found.first,
        "last": found.last,
        "windows": [_window(one) for one in found.windows],
        "any_day": [_window(one) for one in found.any_day],
        "closed": [_window(one) for one in found.closed],
        "unmatched": [row.view.id for row in found.unmatched],
        "coming": [as_dict(row) for row in found.coming],
        "instruments": [showing.as_dict(view) for view in found.instruments],
    }


def _window(one: Window) -> dict[str, Any]:
    by = one.by
    return {
        "moment": one.coming.view.id,
        "first": one.coming.first,
        "last": one.coming.last,
        "instrument": one.view.id,
        "decide_by": {"nine_in_ten": by.sure, "one_in_two": by.even, "in_time_today": by.today} if by else None,
        "needs_days": {"one_in_two": one.needs[0], "nine_in_ten": one.needs[1]},
    }
