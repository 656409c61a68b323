"""``tocsin calendar import``, ``export`` and ``feed``: the calendar to and from other programs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tocsin.core.errors import StatementError
from tocsin.interfaces.cli import showing
from tocsin.interfaces.cli.calendar import Sorted, day
from tocsin.interfaces.cli.console import Json, remark, say, table, write_file, write_json
from tocsin.interfaces.cli.statements import Caveats, To, marking_of, subject_of
from tocsin.interfaces.cli.visiting import Exercise, visiting

if TYPE_CHECKING:
    from tocsin.desk.horizon.feeds import FeedView
    from tocsin.desk.horizon.importing import Imported

SHOWN = 20
"""Refusals that are named on the screen; all of them are in the JSON."""

PlaceOption = Annotated[str | None, typer.Option("--place", metavar="PLACE", help="Of one place only.")]


def import_(
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="A file .ics or .csv; none with --reign.")
    ] = None,
    source: Annotated[str, typer.Option(metavar="TEXT", help="Where the file comes from.")] = "",
    place: Annotated[str | None, typer.Option(metavar="PLACE", help="The place of what names none.")] = None,
    sort: Sorted = "other",
    tlp: Annotated[
        str | None, typer.Option("--tlp", metavar="LABEL", help="TLP label: RED, AMBER+STRICT, AMBER, GREEN, CLEAR.")
    ] = None,
    to: To = None,
    caveat: Caveats = None,
    reign: Annotated[bool, typer.Option("--reign", help="Elections of REIGN instead of a file.")] = False,
    since: Annotated[int, typer.Option(metavar="YEAR", help="With --reign: the first year.")] = 1946,
    attribution: Annotated[
        str | None, typer.Option(metavar="MODE", help="named, organisation or non-attributed.")
    ] = None,
    preview: Annotated[bool, typer.Option("--preview", help="Only tell what would be taken in.")] = False,
    exercise: Exercise = False,
    json: Json = False,
) -> None:
    """Take moments in from a calendar, a table, or REIGN's list of past elections.

    What cannot be taken is named, one by one; the rest goes on. Taken in again, nothing is doubled.
    """
    from tocsin.desk.horizon import importing

    if reign == (file is not None):
        raise StatementError("there is no file", field="FILE", remedy="Name a file .ics or .csv, or give --reign alone")
    with visiting(exercise=exercise) as visit:
        if file is None:
            done = importing.elections(visit, since=since, dry=preview)
        else:
            if tlp is None:
                raise StatementError("the label is missing", field="--tlp", remedy="Give one, as --tlp GREEN")
            done = importing.import_file(
                visit,
                _content(file),
                _form(file),
                source=source or file.name,
                marking=marking_of(visit, tlp, to, caveat),
                place=subject_of(visit, place) if place else None,
                sort=importing.sort_of(sort),
                attribution=attribution,
                dry=preview,
            )
    _tell(done, preview, json)


def export(
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where to write it, as .ics or .atom.")],
    place: PlaceOption = None,
    ceiling: Annotated[
        str, typer.Option(metavar="LABEL", help="The strictest label in it: CLEAR, GREEN, AMBER.")
    ] = "GREEN",
    first: Annotated[
        str | None, typer.Option("--from", metavar="DAY", help="The first day; 31 days ago if not given.")
    ] = None,
    exercise: Exercise = False,
) -> None:
    """Write the calendar to a file for other programs. That you took it goes on record."""
    from tocsin.desk.horizon import feeds
    from tocsin.interfaces.feeds import served

    form = out.suffix.lower().removeprefix(".")
    if form not in served.FORMS:
        raise StatementError("it is no form of a calendar", field="--out", remedy="End the name in .ics or .atom")
    with visiting(exercise=exercise) as visit:
        subject = subject_of(visit, place) if place else None
        found = feeds.export(visit, ceiling, subject=subject, since=day(first, "--from"))
        write_file(out, served.FORMS[form][1](found), "--out")
    remark(f"{found.marking.label}: handle the file accordingly. {len(found.items)} moments.")
    say(str(out))


def new(
    name: Annotated[str, typer.Option(metavar="TEXT", help="Who reads it, as my telephone.")],
    ceiling: Annotated[
        str, typer.Option(metavar="LABEL", help="The strictest label in it: CLEAR, GREEN, AMBER.")
    ] = "GREEN",
    place: PlaceOption = None,
    days: Annotated[int, typer.Option(metavar="NUMBER", help="How many days it holds.")] = 365,
    exercise: Exercise = False,
    json: Json = False,
) -> None:
    """Make a secret address at which a calendar program reads what you may see; it is printed this one time."""
    from tocsin.desk.horizon import feeds
    from tocsin.interfaces.feeds import served

    with visiting(exercise=exercise) as visit:
        subject = subject_of(visit, place) if place else None
        secret, made = feeds.new(visit, name, ceiling, subject=subject, days=days)
        settings = visit.settings
        origin = settings.origin or f"http://{settings.host}:{settings.port}"
    addresses = {form: f"{origin}{served.address(secret, form)}" for form in served.FORMS}
    if json:
        write_json({"addresses": addresses, "feed": _as_dict(made)})
        return
    for address in addresses.values():
        say(address)
    remark(
        f"Shown this one time. Whoever has it reads what you may see, up to {made.ceiling.label}; end it with "
        f"`tocsin calendar feed revoke {made.id}`."
    )


def feeds_(exercise: Exercise = False, json: Json = False) -> None:
    """List your feeds, without their secrets."""
    from tocsin.core.instant import moment
    from tocsin.desk.horizon import feeds

    with visiting(exercise=exercise) as visit:
        found = feeds.listed(visit)
    if json:
        write_json([_as_dict(one) for one in found])
        return
    rows = [
        (one.id, one.name, one.ceiling.label, one.subject or "all places", f"{moment(one.expires):%Y-%m-%d}", one.state)
        for one in found
    ]
    table(("id", "for", "up to", "about", "until", "state"), rows)


def revoke(
    id: Annotated[str, typer.Argument(metavar="FEED", help="The feed's id, from `tocsin calendar feed list`.")],
    exercise: Exercise = False,
) -> None:
    """End one of your feeds: its address finds nothing from now on."""
    from tocsin.desk.horizon import feeds

    with visiting(exercise=exercise) as visit:
        feeds.revoke(visit, id)
    remark(f"The feed {id} is revoked.")


def _tell(done: Imported, preview: bool, json: bool) -> None:
    if json:
        write_json(done)
        return
    would = "would be " if preview else ""
    say(
        f"{len(done.new)} {would}taken in, {len(done.moved)} {would}moved, {done.unchanged} here already, "
        f"{len(done.refused)} refused"
    )
    for one in done.refused[:SHOWN]:
        remark(showing.plain(f"  {one.called}: {one.why}"))
    if len(done.refused) > SHOWN:
        remark(f"  and {len(done.refused) - SHOWN} more; --json names all")


def _content(file: Path) -> bytes:
    from tocsin.desk.horizon.taken import LARGEST

    try:
        with file.open("rb") as opened:
            return opened.read(LARGEST + 1)
    except OSError as error:
        raise StatementError(
            f"the file cannot be read ({error.strerror or error})", field="FILE", remedy="Check its name"
        ) from None


def _form(file: Path) -> str:
    form = file.suffix.lower().removeprefix(".")
    if form not in ("ics", "csv"):
        raise StatementError("it is neither .ics nor .csv", field="FILE", remedy="Save it as one of them")
    return form


def _as_dict(one: FeedView) -> dict[str, object]:
    from tocsin.core.instant import moment

    return {
        "id": one.id,
        "name": one.name,
        "ceiling": one.ceiling.label,
        "subject": one.subject,
        "created": moment(one.created),
        "expires": moment(one.expires),
        "state": one.state,
    }
