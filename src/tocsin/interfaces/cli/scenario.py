"""``tocsin scenario``: a small tree of what may come about in a place, and the signposts that were seen since."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tocsin.core.belief import percent
from tocsin.interfaces.cli import showing
from tocsin.interfaces.cli.console import Json, say, write_json
from tocsin.interfaces.cli.statements import one, subject_of
from tocsin.interfaces.cli.trigger import Look, Where, Yes, looked, read_file
from tocsin.interfaces.cli.visiting import Exercise, visiting

if TYPE_CHECKING:
    from tocsin.desk.scenarios import Seen

Identity = Annotated[str, typer.Argument(metavar="ID", help="The identity of a scenario.")]


def add(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The scenario as TOML: subject, marking, body.")],
    preview: Look = False,
    yes: Yes = False,
    exercise: Exercise = False,
    json: Json = False,
) -> None:
    """Put a scenario on record from a file.

    You are told who will see it, and asked, before it is stored.
    """
    from tocsin.desk import scenarios

    given = read_file(file, exercise)
    with visiting(exercise=exercise) as visit:
        if not looked(visit, scenarios.check(visit, given), preview, yes, json):
            one(scenarios.add(visit, given), json)


def listed(place: Where = None, exercise: Exercise = False, json: Json = False) -> None:
    """List the scenarios that stand, newest first."""
    from tocsin.desk import scenarios

    with visiting(exercise=exercise) as visit:
        found = scenarios.listed(visit, subject_of(visit, place) if place else None)
        label = showing.highest(visit, [view for each in found for view in each.views])
        if json:
            write_json({"marking": label, "scenarios": [_as_dict(each) for each in found]})
            return
        with showing.under(label):
            for each in found:
                showing.item(each.view)
                say(f"  until {each.body.until}; signposts seen: {len(each.signs)}")
            if not found:
                say("There is nothing, or nothing for you.")


def show(id: Identity, exercise: Exercise = False, json: Json = False) -> None:
    """Show a scenario as a tree, with the chance of every path and the signposts that were seen."""
    from tocsin.desk import scenarios

    with visiting(exercise=exercise) as visit:
        found = scenarios.seen(visit, id)
        label = showing.highest(visit, found.views)
        if json:
            write_json({"marking": label, "scenario": _as_dict(found)})
            return
        with showing.under(label):
            say(f"{showing.plain(found.body.title)}, until {found.body.until}\n\n{showing.plain(found.body.text)}\n")
            for each in found.paths:
                indent = "  " * each.depth
                path = f"; {percent(each.probability)} from now" if each.depth > 1 else ""
                say(f"{indent}{showing.plain(each.branch.title)}: {percent(each.branch.probability)}{path}")
                lit = {sign for branch, sign in each.lit if branch == each.branch.key}
                for sign in each.branch.signposts:
                    state = "SEEN" if sign.key in lit else "not seen"
                    say(f"{indent}  [{state}] {sign.key}: {showing.plain(sign.text)}")
            for view in found.signs:
                showing.item(view)


def sign(
    id: Identity,
    branch: Annotated[str, typer.Argument(metavar="BRANCH", help="The key of the branch.")],
    signpost: Annotated[str, typer.Argument(metavar="SIGNPOST", help="The key of the signpost.")],
    seen: Annotated[str, typer.Option(metavar="DATE", help="The day it was seen.")],
    source: Annotated[str, typer.Option(metavar="TEXT", help="Where it is known from.")],
    text: Annotated[str, typer.Option(metavar="TEXT", help="What was seen.")] = "",
    exercise: Exercise = False,
    json: Json = False,
) -> None:
    """Say that a signpost was seen, under the scenario's marking."""
    from tocsin.desk import scenarios

    given = {"branch": branch, "signpost": signpost, "seen": seen, "source": source, "text": text}
    with visiting(exercise=exercise) as visit:
        one(scenarios.light(visit, id, given), json)


def register(group: typer.Typer) -> None:
    """Add the commands to their group."""
    group.command("add")(add)
    group.command("list")(listed)
    group.command("show")(show)
    group.command("sign")(sign)


def _as_dict(found: Seen) -> dict[str, Any]:
    return {
        **showing.as_dict(found.view),
        "paths": [
            {"branch": each.branch.key, "depth": each.depth, "probability": each.probability, "lit": each.lit}
            for each in found.paths
        ],
        "signs": [showing.as_dict(view) for view in found.signs],
        "moments": {key: showing.as_dict(view) for key, view in found.moments.items()},
    }
