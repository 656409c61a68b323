"""``tocsin audit``: whether the log is whole, who saw a statement, and what a person did."""

from __future__ import annotations

from typing import Annotated

import typer

from tocsin.interfaces.cli.console import Json, say, table, watching, write_json
from tocsin.interfaces.cli.showing import minute, plain
from tocsin.interfaces.cli.statements import Identity
from tocsin.interfaces.cli.visiting import Exercise, visiting

After = Annotated[str | None, typer.Option(metavar="LINE", help="Go on after this line of an earlier answer.")]
Limit = Annotated[int, typer.Option(min=1, max=200, help="At most so many lines, the newest.")]


def verify(exercise: Exercise = False, json: Json = False) -> None:
    """Check every line of the audit log against the one before it; the exit code is 1 if one is not as written."""
    from tocsin.desk import auditing

    with visiting(exercise=exercise, administers=True) as visit, watching() as progress:
        found = auditing.verify(visit, progress)
    if json:
        write_json({"lines": found.lines, "head": found.head, "broken": found.broken})
    elif found.broken:
        say(f"Line {found.broken.seq} is not as it was written: {found.broken.why}.")
        say(f"The {found.lines} lines before it are whole. Keep the store as it is, and compare it with a backup.")
    else:
        say(f"All {found.lines} lines are whole; the last one is {found.head}.")
        say("Lines cut off at the end show only against an earlier number: note this one elsewhere.")
    if found.broken:
        raise typer.Exit(1)


def who_saw(
    id: Identity, after: After = None, limit: Limit = 50, exercise: Exercise = False, json: Json = False
) -> None:
    """Tell who read a statement, when, and through which door."""
    from tocsin.desk import auditing

    with visiting(exercise=exercise) as visit:
        found = auditing.who_saw(visit, id, after=after, limit=limit)
    if json:
        write_json(found)
        return
    rows = [
        (
            minute(one.at),
            plain(f"{one.name} ({one.person})" if one.person else "somebody"),
            one.organisation or "",
            one.act,
            one.door,
        )
        for one in found.lines
    ]
    table(("When (UTC)", "Who", "Organisation", "Did", "Door"), rows)
    _more(found.more, "Nobody else has read it." if rows else "Nobody but its author has read it.")


def by(
    person: Annotated[str, typer.Argument(metavar="PERSON", help="The person's identifier.")],
    after: After = None,
    limit: Limit = 50,
    exercise: Exercise = False,
    json: Json = False,
) -> None:
    """Tell what a person did, as far as it is for you to know."""
    from tocsin.desk import auditing

    with visiting(exercise=exercise) as visit:
        found = auditing.by_person(visit, person, after=after, limit=limit)
    if json:
        write_json(found)
        return
    for one in found.lines:
        detail = "".join(f"; {name}: {plain(str(value))}" for name, value in one.detail.items())
        say(f"{minute(one.at)}  {one.door}  {one.act}{detail}")
        for id in one.objects:
            say(f"    {id}")
    _more(found.more, "There is nothing before that." if found.lines else "There is nothing, or nothing for you.")


def _more(line: str | None, end: str) -> None:
    say(f"There is more; go on with --after {line}" if line else end)
