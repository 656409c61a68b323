"""``tocsin people``: organisations, persons and sharing groups."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tocsin.core.errors import RegisterError
from tocsin.interfaces.cli.console import Json, remark, say, table, write_json
from tocsin.interfaces.cli.showing import counted, end_of, minute, plain, start_of
from tocsin.interfaces.cli.visiting import Exercise, visiting

if TYPE_CHECKING:
    from tocsin.core.register import Group, Person

Id = Annotated[str, typer.Argument(metavar="ID", help="Lower-case letters, digits and hyphens.")]
GroupId = Annotated[str, typer.Argument(metavar="GROUP", help="The group's identifier.")]
Member = Annotated[str, typer.Option("--organisation", metavar="ID", help="The organisation's identifier.")]
Roles = Annotated[
    list[str] | None,
    typer.Option(
        "--role", metavar="ROLE", help="reader, analyst, desk officer, convenor or steward; repeatable; reader if none."
    ),
]
Affiliated = Annotated[str | None, typer.Option("--affiliation", metavar="HOW", help="member or client.")]


def register(everybody: typer.Typer) -> None:
    """Hang the commands below ``tocsin people``."""
    everybody.command("list")(listing)
    groups: tuple[tuple[str, str, dict[str, Callable[..., None]]], ...] = (
        ("organisation", "Organisations.", {"add": add_organisation}),
        ("person", "Persons and their accounts.", {"add": add_person, "change": change_person, "close": close_person}),
        (
            "group",
            "Sharing groups and their members.",
            {"add": add_group, "join": join_group, "leave": leave_group, "back-fill": back_fill},
        ),
    )
    for name, told, commands in groups:
        below = typer.Typer(help=told, no_args_is_help=True, rich_markup_mode=None)
        below.callback()(lambda: None)
        for word, command in commands.items():
            below.command(word)(command)
        everybody.add_typer(below, name=name)


def listing(exercise: Exercise = False, json: Json = False) -> None:
    """List organisations, persons and groups, as far as you may know of them."""
    from tocsin.desk.people import directory

    with visiting(exercise=exercise, administers=True) as visit:
        known, now = directory(visit), visit.store.clock()
    if json:
        write_json(
            {
                "organisations": list(known.organisations.values()),
                "persons": [_person(one) for one in known.persons.values()],
                "groups": [_group(one) for one in known.groups.values()],
            }
        )
        return
    table(("Organisation", "Name"), [(one.id, plain(one.name)) for one in known.organisations.values()])
    say("")
    rows = [
        (
            one.id,
            plain(one.name),
            one.organisation,
            one.affiliation.value,
            ", ".join(sorted(one.roles)),
            one.email,
            "" if one.active else "closed",
        )
        for one in known.persons.values()
    ]
    table(("Person", "Name", "Organisation", "As", "Roles", "Email", ""), rows)
    say("")
    groups = [
        (
            one.id,
            plain(one.name),
            one.keeper,
            ", ".join(sorted(one.members(now))),
            ", ".join(f"{id} from {minute(spell.since)}" for id, spell in one.expected(now).items()),
        )
        for one in known.groups.values()
    ]
    table(("Group", "Name", "Kept by", "Members", "To join"), groups)


def add_organisation(
    id: Id,
    name: Annotated[str, typer.Option(metavar="NAME", help="Its name.")],
    exercise: Exercise = False,
    json: Json = False,
) -> None:
    """Let an organisation take part."""
    from tocsin.desk import people

    with visiting(exercise=exercise, administers=True) as visit:
        added = people.add_organisation(visit, id=id, name=name)
    _told(added, f"Added {added.id}.", json)


def add_person(
    id: Id,
    name: Annotated[str, typer.Option(metavar="NAME", help="Their name.")],
    organisation: Member,
    role: Roles = None,
    affiliation: Affiliated = None,
    email: Annotated[str, typer.Option(metavar="ADDRESS", help="Joins the account to an identity provider.")] = "",
    exercise: Exercise = False,
    json: Json = False,
) -> None:
    """Open an account for a person."""
    from tocsin.desk import people

    with visiting(exercise=exercise, administers=True) as visit:
        added = people.add_person(
            visit,
            id=id,
            name=name,
            organisation=organisation,
            roles=role or ["reader"],
            affiliation=affiliation or "member",
            email=email,
        )
    _told(_person(added), f"Added {added.id} of {added.organisation}: {', '.join(sorted(added.roles))}.", json)


def change_person(
    id: Id,
    name: Annotated[str | None, typer.Option(metavar="NAME", help="Another name.")] = None,
    role: Annotated[
        list[str] | None, typer.Option("--role", metavar="ROLE", help="All the roles to have from now on; repeatable.")
    ] = None,
    affiliation: Affiliated = None,
    reopen: Annotated[bool, typer.Option("--reopen", help="Open an account that was closed.")] = False,
    exercise: Exercise = False,
    json: Json = False,
) -> None:
    """Change a person's name, roles or affiliation, or open their account again."""
    from tocsin.desk import people

    if name is None and not role and affiliation is None and not reopen:
        raise RegisterError(
            "nothing is given to change", field="options", remedy="See `--help` for what can be changed"
        )
    with visiting(exercise=exercise, administers=True) as visit:
        changed = people.change_person(
            visit, id, name=name, roles=role or None, affiliation=affiliation, active=True if reopen else None
        )
    _told(_person(changed), f"{changed.id}: {', '.join(sorted(changed.roles))}, {changed.affiliation.value}.", json)


def close_person(id: Id, exercise: Exercise = False, json: Json = False) -> None:
    """Close a person's account: they see nothing from now on."""
    from tocsin.desk import people

    with visiting(exercise=exercise, administers=True) as visit:
        closed = people.change_person(visit, id, active=False)
    _told(_person(closed), f"Closed the account of {closed.id}.", json)


def add_group(
    id: Id,
    name: Annotated[str, typer.Option(metavar="NAME", help="Its name.")],
    purpose: Annotated[str, typer.Option(metavar="TEXT", help="What it is for.")] = "",
    keeper: Annotated[
        str | None, typer.Option(metavar="ID", help="The organisation that keeps it; your own if not given.")
    ] = None,
    exercise: Exercise = False,
    json: Json = False,
) -> None:
    """Add a sharing group; nobody is a member yet."""
    from tocsin.desk import people

    with visiting(exercise=exercise, administers=True) as visit:
        added = people.add_group(visit, id=id, name=name, purpose=purpose, keeper=keeper)
    _told(_group(added), f"Added {added.id}, kept by {added.keeper}.", json)


def join_group(
    group: GroupId,
    organisation: Member,
    since: Annotated[
        str | None, typer.Option(metavar="DATE", help="From the beginning of this day; now if none.")
    ] = None,
    exercise: Exercise = False,
    json: Json = False,
) -> None:
    """Make an organisation a member of a group; what was shared before stays closed to it."""
    from tocsin.desk import people

    at = start_of(since, "--since")
    with visiting(exercise=exercise, administers=True) as visit:
        joined = people.join_group(visit, group, organisation, since=at)
    from_then = minute(joined.spells[-1].since)
    _told(_group(joined), f"{organisation} is in {group} from {from_then} UTC.", json)


def leave_group(
    group: GroupId,
    organisation: Member,
    until: Annotated[str | None, typer.Option(metavar="DATE", help="At the end of this day; now if none.")] = None,
    exercise: Exercise = False,
    json: Json = False,
) -> None:
    """End an organisation's stay in a group: it sees nothing of the group's then, old or new."""
    from tocsin.desk import people

    at = end_of(until, "--until")
    with visiting(exercise=exercise, administers=True) as visit:
        left = people.leave_group(visit, group, organisation, until=at)
    _told(_group(left), f"{organisation} is out of {group}{f' from {until}' if until else ''}.", json)


def back_fill(
    group: GroupId,
    organisation: Member,
    opened: Annotated[
        str, typer.Option(metavar="DATE", help="Open what was shared from the beginning of this day on.")
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what it would open.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Open it without asking.")] = False,
    exercise: Exercise = False,
    json: Json = False,
) -> None:
    """Open a group's older statements to a member that joined after them.

    You are told how many it opens, and asked, before it is done. It cannot be undone but by ending the stay.
    """
    from tocsin.desk import people

    at = start_of(opened, "--opened") or 0
    with visiting(exercise=exercise, administers=True) as visit:
        told = people.back_fill(visit, group, organisation, opened=at, dry_run=True)
        number = f"{'at least ' if told.more else ''}{told.statements} statement{'s' * (told.statements != 1)}"
        text = f"{number} that you may see, to {counted(told.people)} of {organisation}."
        if dry_run:
            _told(told, f"It would open {text}", json)
            return
        if not yes:
            remark(f"This opens {text}")
            if not sys.stdin.isatty():
                raise RegisterError("nobody can be asked here", field="--yes", remedy="Run it again with --yes")
            typer.confirm("Open them?", abort=True, err=True)
        done = people.back_fill(visit, group, organisation, opened=at)
    _told(done, f"Opened {text}", json)


def _told(result: object, text: str, json: bool) -> None:
    if json:
        write_json(result)
    else:
        say(text)


def _person(one: Person) -> dict[str, Any]:
    return {**vars(one), "affiliation": one.affiliation.value, "roles": sorted(one.roles)}


def _group(one: Group) -> dict[str, Any]:
    """A group for machines; instants as text, None for what has no end."""
    from tocsin.core.instant import NEVER, written

    return {
        **vars(one),
        "spells": [
            {
                "organisation": spell.organisation,
                "since": written(spell.since),
                "opened": written(spell.opened),
                "until": None if spell.until == NEVER else written(spell.until),
            }
            for spell in one.spells
        ],
    }
