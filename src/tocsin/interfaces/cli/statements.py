"""Commands that read statements: ``statements``, ``show``, ``history``, ``kinds``, ``preview``; and ``recall``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tocsin.core.errors import StatementError
from tocsin.interfaces.cli import showing
from tocsin.interfaces.cli.console import Json, remark, say, write_json
from tocsin.interfaces.cli.visiting import Exercise, visiting

if TYPE_CHECKING:
    from tocsin.desk.views import Differences, Listing, View
    from tocsin.desk.visit import Visit

Place = Annotated[str, typer.Argument(metavar="PLACE", help="A name or a code, for example Sudan or SDN.")]
Identity = Annotated[str, typer.Argument(metavar="ID", help="The 64 digits of a statement.")]
Label = Annotated[
    str, typer.Option("--tlp", metavar="LABEL", help="TLP label: RED, AMBER+STRICT, AMBER, GREEN, CLEAR.")
]
To = Annotated[
    list[str] | None,
    typer.Option(
        "--to", metavar="NAME", help="Who may see it: org:ID, group:ID, person:ID, community or everyone; repeatable."
    ),
]
Caveats = Annotated[
    list[str] | None,
    typer.Option("--caveat", metavar="CAVEAT", help="CHATHAM HOUSE RULE, ORIGINATOR CONTROL or EXERCISE; repeatable."),
]


def subject_of(visit: Visit, place: str) -> str:
    """The subject that a place's name or code means; in an exercise, one of its own states.

    Errors: UnknownPlace, AmbiguousPlace.
    """
    if visit.store.world == "exercise":
        from tocsin.desk.fiction import state, states

        by_name = {one.name.casefold(): id for id, one in states().items()}
        return f"place:{state(by_name.get(place.casefold(), place.upper())).id}"
    from tocsin.core.place import resolve

    return f"place:{resolve(place).id}"


def marking_of(visit: Visit, tlp: str, to: list[str] | None, caveats: list[str] | None) -> dict[str, object]:
    """A marking from what was typed; in an exercise with its caveat."""
    wanted = [one.upper() for one in caveats or []]
    if visit.store.world == "exercise" and "EXERCISE" not in wanted:
        wanted.append("EXERCISE")
    return {"tlp": tlp, "caveats": wanted, "audience": [to] if to else []}


def statements(
    place: Annotated[
        str | None, typer.Argument(metavar="[PLACE]", help="A name or a code; all places if none.")
    ] = None,
    kind: Annotated[str | None, typer.Option(metavar="KIND", help="Only this kind; `tocsin kinds` lists them.")] = None,
    as_of: Annotated[str | None, typer.Option(metavar="DATE", help="As it stood at the end of this day.")] = None,
    search: Annotated[str | None, typer.Option(metavar="WORDS", help="Only those that hold every word.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many, the newest.")] = 50,
    exercise: Exercise = False,
    json: Json = False,
) -> None:
    """List the statements that stand, newest first."""
    from tocsin.core.instant import NEVER
    from tocsin.core.kinds import KINDS
    from tocsin.desk import views

    at = showing.end_of(as_of, "--as-of")
    if kind is not None and kind not in KINDS:
        raise StatementError("there is no such kind", field="--kind", remedy="Write one of " + ", ".join(KINDS))
    with visiting(exercise=exercise) as visit:
        subject = subject_of(visit, place) if place else None

        def page(before: int, most: int) -> Listing:
            asked = {"subject": subject, "kind": kind, "as_of": NEVER if at is None else at, "before": before}
            if search is None:
                return views.current(visit, **asked, limit=most)  # type: ignore[arg-type]
            return views.search(visit, search, **asked, limit=most)  # type: ignore[arg-type]

        found: list[View] = []
        before: int | None = NEVER
        while before is not None and len(found) < limit:
            listing = page(before, limit - len(found))
            found += listing.views
            before = listing.more
        if json:
            write_json(showing.listed(visit, found, more=before is not None))
            return
        with showing.under(showing.highest(visit, found)):
            for view in found:
                showing.item(view)
            if not found:
                say("There is nothing, or nothing for you.")
            if before is not None:
                say("There is more; ask for it with --limit.")


def show(id: Identity, exercise: Exercise = False, json: Json = False) -> None:
    """Show one statement."""
    from tocsin.desk import views

    with visiting(exercise=exercise) as visit:
        one(views.statement(visit, id), json)


def history(
    place: Place,
    since: Annotated[
        str | None, typer.Option(metavar="DATE", help="Only what changed since the beginning of this day.")
    ] = None,
    until: Annotated[str | None, typer.Option(metavar="DATE", help="As it stood at the end of this day.")] = None,
    exercise: Exercise = False,
    json: Json = False,
) -> None:
    """Show everything said of a place, newest first, or what changed between two days."""
    from tocsin.core.instant import NEVER
    from tocsin.desk import views

    start, end = showing.start_of(since, "--since"), showing.end_of(until, "--until")
    end = NEVER if end is None else end
    with visiting(exercise=exercise) as visit:
        subject = subject_of(visit, place)
        if start is not None:
            _changed(visit, views.differences(visit, subject, since=start, until=end), json)
            return
        found: list[View] = []
        before: int | None = NEVER
        while before is not None:
            listing = views.history(visit, subject, as_of=end, before=before, limit=views.MOST)
            found += listing.views
            before = listing.more
        if json:
            write_json(showing.listed(visit, found))
            return
        with showing.under(showing.highest(visit, found)):
            for view in found:
                showing.item(view)
            if not found:
                say("There is nothing, or nothing for you.")


def _changed(visit: Visit, changes: Differences, json: bool) -> None:
    every = [*changes.added, *changes.gone, *(view for pair in changes.replaced for view in pair)]
    label = showing.highest(visit, every)
    if json:
        write_json(
            {
                "marking": label,
                "complete": changes.complete,
                "added": [showing.as_dict(view) for view in changes.added],
                "gone": [showing.as_dict(view) for view in changes.gone],
                "replaced": [[showing.as_dict(view) for view in pair] for pair in changes.replaced],
            }
        )
        return
    with showing.under(label):
        for view in changes.added:
            showing.item(view, "+ ")
        for old, new in changes.replaced:
            showing.item(old, "- ")
            showing.item(new, "+ ")
        for view in changes.gone:
            showing.item(view, "- ")
        if not changes.complete:
            say("There is more than can be compared at once: only the newest of each day were.")
        if not every:
            say("Nothing changed, or nothing that is for you.")


def recall(
    id: Identity,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why; whoever saw the statement reads it.")],
    exercise: Exercise = False,
    json: Json = False,
) -> None:
    """Withdraw a statement: only its originator still sees what it said."""
    from tocsin.desk.making import recall as withdraw

    with visiting(exercise=exercise) as visit:
        one(withdraw(visit, id, reason), json)


def one(view: View, json: bool) -> None:
    """Write one statement."""
    if json:
        write_json({"marking": view.head.marking.label, "statement": showing.as_dict(view)})
        return
    with showing.under(view.head.marking.label):
        showing.whole(view)


def preview(tlp: Label, to: To = None, caveat: Caveats = None, exercise: Exercise = False, json: Json = False) -> None:
    """Tell who would see something stored under a marking now."""
    from tocsin.desk import making, people

    with visiting(exercise=exercise) as visit:
        told = making.preview(visit, marking_of(visit, tlp, to, caveat))
        if json:
            write_json(told)
            return
        for line in showing.foreseen(told, people.directory(visit).organisations):
            say(line)


def kinds(
    kind: Annotated[str | None, typer.Argument(metavar="[KIND]", help="The kind; a list of all if none.")] = None,
    json: Json = False,
) -> None:
    """List the kinds of statement, or give the JSON Schema of one."""
    from tocsin.core.kinds import KINDS, json_schema

    if kind is None and json:
        write_json({name: json_schema(name) for name in KINDS})
    elif kind is None:
        for name, body in KINDS.items():
            say(f"{name}: {' '.join((body.__doc__ or '').partition('.')[0].split())}.")
        remark("`tocsin kinds KIND` gives the JSON Schema of one.")
    elif kind in KINDS:
        write_json(json_schema(kind))
    else:
        raise StatementError("there is no such kind", field="KIND", remedy="Write one of " + ", ".join(KINDS))
