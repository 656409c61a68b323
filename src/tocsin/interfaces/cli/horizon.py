"""``tocsin horizon``: the next eighteen months, by what must be decided first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from tocsin.core.belief import percent
from tocsin.interfaces.cli import showing
from tocsin.interfaces.cli.calendar import From, Until, as_dict, day, span
from tocsin.interfaces.cli.console import Json, say, write_json
from tocsin.interfaces.cli.statements import subject_of
from tocsin.interfaces.cli.visiting import Exercise, visiting

if TYPE_CHECKING:
    from tocsin.desk.horizon.board import Board, Window


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
    """Show what is coming and by when each instrument must be decided, what closes first at the top."""
    from tocsin.core.instant import NEVER
    from tocsin.desk.horizon.board import board

    at = showing.end_of(as_of, "--as-of")
    with visiting(exercise=exercise) as visit:
        found = board(
            visit,
            subject=subject_of(visit, place) if place else None,
            first=day(first, "--from"),
            last=day(last, "--until"),
            as_of=NEVER if at is None else at,
        )
        label = showing.highest(visit, found.views)
        if json:
            write_json({"marking": label, **_as_dict(found)})
            return
        with showing.under(label):
            _tell(found)


def _tell(found: Board) -> None:
    say(f"The horizon, {found.first} to {found.last}")
    if found.windows:
        say("\nTo be decided, what closes first at the top:")
        for one in found.windows:
            assert one.by is not None
            say(f"  by {one.by.sure} (9 in 10), {one.by.even} (1 in 2): {_named(one)}")
            say(f"    for {span(one.coming)}, {_title(one)}; in time if begun today: {percent(one.by.today)}")
    if found.any_day:
        say("\nCould be any day:")
        for one in found.any_day:
            say(f"  {_title(one)}: {_named(one)} would need {one.needs[0]} days (1 in 2), {one.needs[1]} (9 in 10)")
    if found.closed:
        say("\nHardly time any more:")
        for one in found.closed:
            assert one.by is not None
            say(f"  {_named(one)} for {_title(one)}, {span(one.coming)}: had to be decided by {one.by.even}")
    if found.unmatched:
        say("\nNo instrument in use applies:")
        for row in found.unmatched:
            say(f"  {span(row)}  {row.view.head.subject}  {showing.plain(row.body.title)}")
    if not found.coming:
        say("\nThere is nothing, or nothing for you.")


def _named(one: Window) -> str:
    return " ".join(showing.plain(one.instrument.name).split())


def _title(one: Window) -> str:
    return f"{' '.join(showing.plain(one.coming.body.title).split())} ({one.coming.view.head.subject})"


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
