"""Organisations, persons and sharing groups: who may know of whom, and every change of them.

A group to which somebody's organisation is no party does not exist for them: not in a list, not in an error, not as an
identifier that is taken already (which is why only stewards, who see every group, add groups).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from tocsin.core.errors import AccessError, RegisterError
from tocsin.core.instant import Instant, written
from tocsin.core.register import (
    BackFilled,
    Entry,
    Group,
    GroupAdded,
    MemberJoined,
    MemberLeft,
    Organisation,
    OrganisationAdded,
    Person,
    PersonAdded,
    PersonChanged,
    Register,
    Spell,
)
from tocsin.core.seeing import Affiliation, Role
from tocsin.desk import backfill, registering
from tocsin.desk.node import LOCAL, OPERATOR
from tocsin.desk.visit import Sight, Visit
from tocsin.store import tables
from tocsin.store.reading import Reader

_EMAIL = re.compile(r"[^\s@]+@[^\s@]+", re.ASCII)

_RESERVED = frozenset({LOCAL, OPERATOR.person})
"""Persons of that name act without an account of their own; nobody else may be taken for them."""

_KEEPERS = (Role.CONVENOR, Role.STEWARD)


@dataclass(frozen=True)
class BackFill:
    """What a back-fill opens.

    statements: how many, of those that the asker may see; ``more``: at least this many, not counted on.
    people: open accounts of the organisation. done: whether it has been recorded.
    """

    group: str
    organisation: str
    opened: Instant
    statements: int
    more: bool
    people: int
    done: bool


def known_to(sight: Sight) -> Register:
    """The register as this visitor may know it; a steward knows all of it."""
    if Role.STEWARD in sight.visit.roles:
        return sight.reader.register
    return sight.reader.register.known_to(sight.visit.actor, sight.visit.store.clock())


def directory(visit: Visit) -> Register:
    """Organisations, persons and groups as this visitor may know them (see ``Register.known_to``)."""
    with visit.reading() as sight:
        return known_to(sight)


def add_organisation(visit: Visit, *, id: str, name: str) -> Organisation:
    """Let an organisation take part.

    Errors: AccessError unless asked by a steward; RegisterError names the field.
    """
    visit.need(Role.STEWARD, to="add an organisation")

    def change(known: Register, at: Instant, reader: Reader) -> Entry:
        if id in known.organisations:
            raise registering.taken("organisation", id)
        return registering.entry(OrganisationAdded, id=id, name=name)

    return registering.record(visit, change).organisations[id]


def add_person(
    visit: Visit,
    *,
    id: str,
    name: str,
    organisation: str,
    roles: Iterable[Role | str] = (Role.READER,),
    affiliation: Affiliation | str = Affiliation.MEMBER,
    email: str = "",
) -> Person:
    """Open an account for a person; how they sign in is settled apart.

    Only a steward of the person's own organisation, or whoever holds the machine, speaks for who belongs to it.

    Errors: AccessError unless asked by a steward; RegisterError names the field.
    """
    visit.need(Role.STEWARD, to="add a person")
    address = email.strip()
    given = {"roles": _roles(roles), "affiliation": _affiliation(affiliation), "email": address}

    def change(known: Register, at: Instant, reader: Reader) -> Entry:
        if id in known.persons or id in _RESERVED:
            raise registering.taken("person", id)
        registering.among(known.organisations, "org", organisation, "organisation")
        _at_home(visit, organisation, to="open an account there")
        _email(known, address)
        return registering.entry(PersonAdded, id=id, name=name, organisation=organisation, **given)

    return registering.record(visit, change).persons[id]


def change_person(
    visit: Visit,
    id: str,
    *,
    name: str | None = None,
    roles: Iterable[Role | str] | None = None,
    affiliation: Affiliation | str | None = None,
    active: bool | None = None,
) -> Person:
    """Change what is given of a person's account; ``active=False`` closes it, and they see nothing from then on.

    Every steward may take away; only one of the person's own organisation gives: a role, membership, or an account
    that was closed. Otherwise one organisation could let people into what is another's.

    Errors: AccessError unless asked by a steward; RegisterError names the field, also when the last steward would go.
    """
    visit.need(Role.STEWARD, to="change a person's account")
    given: dict[str, Any] = {
        "name": name,
        "roles": None if roles is None else _roles(roles),
        "affiliation": None if affiliation is None else _affiliation(affiliation),
        "active": active,
    }

    def change(known: Register, at: Instant, reader: Reader) -> Entry | None:
        registering.among(known.persons, "person", id, "id")
        person = known.persons[id]
        fresh = {field: value for field, value in given.items() if value not in (None, getattr(person, field))}
        if not fresh:
            return None
        if (
            fresh.get("active")
            or "name" in fresh
            or fresh.get("affiliation") is Affiliation.MEMBER
            or fresh.get("roles", set()) - person.roles
        ):
            _at_home(visit, person.organisation, to="give an account more than it has, or another name")
        entry = registering.entry(PersonChanged, id=id, **fresh)
        stewards = _stewards(known, reader)
        if id in stewards and not _stewards(Register.fold([entry], known), reader):
            raise RegisterError(
                "this is the last steward of the node",
                field="active" if active is False else "roles",
                remedy="Make somebody else a steward first",
            )
        return entry

    return registering.record(visit, change).persons[id]


def add_group(visit: Visit, *, id: str, name: str, purpose: str = "", keeper: str | None = None) -> Group:
    """Add a sharing group, kept by an organisation (the visitor's own if none is given); nobody is a member yet.

    Errors: AccessError unless asked by a steward; RegisterError names the field.
    """
    visit.need(Role.STEWARD, to="add a group")
    kept_by = keeper or visit.actor.organisation

    def change(known: Register, at: Instant, reader: Reader) -> Entry:
        if id in known.groups:
            raise registering.taken("group", id)
        registering.among(known.organisations, "org", kept_by, "keeper")
        _at_home(visit, kept_by, to="add a group that it keeps")
        return registering.entry(GroupAdded, id=id, name=name, purpose=purpose, keeper=kept_by)

    return registering.record(visit, change).groups[id]


def join_group(visit: Visit, group: str, organisation: str, *, since: Instant | None = None) -> Group:
    """Make an organisation a member from now on, or from a later instant.

    It cannot join in the past: that would open what was shared before, which only a back-fill does, and says so.

    Errors: AccessError unless asked by a convenor or steward of the keeper; RegisterError names the field.
    """
    _keeps(visit, group, to="manage the members of a group")

    def change(known: Register, at: Instant, reader: Reader) -> Entry:
        registering.among(known.organisations, "org", organisation, "organisation")
        if spell := _stay(known.groups[group], organisation, at):
            state = (
                "is a member already" if spell.since <= at else f"is to join on {registering.day(spell.since)} already"
            )
            raise RegisterError(
                f"{organisation} {state}",
                field="organisation",
                remedy="Record its leaving first if that is to change",
            )
        return registering.entry(
            MemberJoined, group=group, organisation=organisation, since=registering.ahead(since, at, "since")
        )

    return registering.record(visit, change).groups[group]


def leave_group(visit: Visit, group: str, organisation: str, *, until: Instant | None = None) -> Group:
    """End an organisation's stay now, or at a later instant; a stay that has not begun is called off.

    Errors: AccessError unless asked by a convenor or steward of the keeper; RegisterError names the field.
    """
    _keeps(visit, group, to="manage the members of a group")

    def change(known: Register, at: Instant, reader: Reader) -> Entry:
        spell = _member(known, group, organisation, at)
        if until is None:
            return registering.entry(MemberLeft, group=group, organisation=organisation, until=max(at, spell.since))
        end = registering.ahead(until, at, "until")
        if end < spell.since:
            raise RegisterError(
                f"it would leave before it joins on {registering.day(spell.since)}",
                field="until",
                remedy="Give a later date, or none to call the joining off",
            )
        return registering.entry(MemberLeft, group=group, organisation=organisation, until=end)

    return registering.record(visit, change).groups[group]


def back_fill(visit: Visit, group: str, organisation: str, *, opened: Instant, dry_run: bool = False) -> BackFill:
    """Open a group's older statements, from an instant on, to a member that joined after them; what that opens.

    dry_run: only say what it would open.

    Errors: AccessError unless asked by a convenor or steward of the keeper; RegisterError names the field.
    """
    # Whoever holds the machine sees nothing of the group, so they could not know what they open.
    _keeps(visit, group, to="back-fill a group", operator=False)
    told: list[BackFill] = []

    def change(known: Register, at: Instant, reader: Reader) -> Entry | None:
        spell = _member(known, group, organisation, at)
        if not 0 <= opened < spell.opened:
            raise RegisterError(
                f"what was shared since {written(spell.opened)} is open to {organisation} already",
                field="opened",
                remedy="Give an earlier date",
            )
        entry = registering.entry(BackFilled, group=group, organisation=organisation, opened=opened)
        then = max(at, spell.since)
        found = backfill.opens(Sight(visit, reader), organisation, known, Register.fold([entry], known), then)
        people = sum(one.organisation == organisation and one.active for one in known.persons.values())
        told.append(BackFill(group, organisation, opened, *found, people=people, done=not dry_run))
        return None if dry_run else entry

    if dry_run:
        with visit.store.reading() as reader:
            change(reader.register, visit.store.clock(), reader)
    else:
        registering.record(visit, change)
    return told[0]


def _roles(given: Iterable[Role | str]) -> frozenset[Role]:
    try:
        roles = frozenset(Role(one) for one in given)
    except ValueError:
        roles = frozenset()
    if not roles:
        raise RegisterError("that is no list of roles", field="roles", remedy="Give one or more of " + ", ".join(Role))
    return roles


def _affiliation(given: Affiliation | str) -> Affiliation:
    try:
        return Affiliation(given)
    except ValueError:
        raise RegisterError(
            "there is no such affiliation", field="affiliation", remedy="Give one of " + ", ".join(Affiliation)
        ) from None


def _email(known: Register, email: str) -> None:
    """An address joins an account to an identity provider, so it must be one, and lead to one account only."""
    if email and not _EMAIL.fullmatch(email):
        raise RegisterError("this is no email address", field="email", remedy="Write it as name@example.org")
    if email and any(person.email.casefold() == email.casefold() for person in known.persons.values()):
        raise RegisterError(
            "another account has this email address", field="email", remedy="Give another, or leave it out"
        )


def _keeps(visit: Visit, group: str, *, to: str, operator: bool = True) -> None:
    """Whether this visitor may manage this group.

    Errors: AccessError; RegisterError, alike whether there is no such group or it is none of theirs to know of.
    """
    visit.need(*_KEEPERS, to=to)
    try:
        known = directory(visit)
        registering.among(known.groups, "group", group, "group")
    except RegisterError:
        visit.note("denied", detail={"to": to})
        raise
    if known.groups[group].keeper == visit.actor.organisation:
        return
    if operator and not visit.actor.organisation and Role.STEWARD in visit.roles:
        return
    visit.note("denied", detail={"to": to, "group": group})
    keeper = known.groups[group].keeper
    raise AccessError(
        f"only a convenor or steward of {keeper}, which keeps the group, may {to}", remedy="Ask one of them"
    )


def _at_home(visit: Visit, organisation: str, *, to: str) -> None:
    """Whether the visitor is a steward of this organisation, or holds the machine.

    Errors: AccessError; the refusal is written down.
    """
    if visit.actor.organisation not in ("", organisation) and visit.actor.person != LOCAL:
        visit.note("denied", detail={"to": to, "organisation": organisation})
        raise AccessError(
            f"only a steward of {organisation} may {to}",
            remedy="Ask one of them, or whoever looks after this machine",
        )


def _stay(group: Group, organisation: str, at: Instant) -> Spell | None:
    """The stay of an organisation that is under way or recorded to begin."""
    return group.members(at).get(organisation) or group.expected(at).get(organisation)


def _member(known: Register, group: str, organisation: str, at: Instant) -> Spell:
    registering.among(known.organisations, "org", organisation, "organisation")
    spell = _stay(known.groups[group], organisation, at)
    if spell is None:
        raise RegisterError(
            f"{organisation} is no member of {group}", field="organisation", remedy="Choose one of its members"
        )
    return spell


def _stewards(known: Register, reader: Reader) -> frozenset[str]:
    """Who can look after this node: on one with accounts not its former one person, on one without only they."""
    team = reader.connection.execute(select(tables.meta).where(tables.meta.c.name == "team")).first()
    return frozenset(
        person.id
        for person in known.persons.values()
        if person.active and Role.STEWARD in person.roles and (person.id == LOCAL) != bool(team)
    )
