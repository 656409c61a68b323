"""Sharing groups: who is in each, who is to join, who was, who keeps it; and for its keeper, how to change that."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tocsin.core.errors import TocsinError
from tocsin.core.instant import NEVER, moment, written
from tocsin.core.marking import TLP, Audience, Marking
from tocsin.core.register import Spell
from tocsin.core.seeing import Role
from tocsin.desk.membership import Membership, memberships
from tocsin.desk.people import BackFill, directory
from tocsin.desk.reading import facts, read
from tocsin.desk.visit import Visit
from tocsin.interfaces.web.labels import Labels
from tocsin.interfaces.web.naming import Names, named
from tocsin.interfaces.web.page import Page, Params, over, table

COLUMNS = ("group", "name", "purpose", "keeper", "organisation", "state", "since", "opened", "until")


@dataclass(frozen=True)
class Try:
    """A change that was sent: to which form, what was typed, what was wrong, and what a back-fill would open."""

    part: str = ""
    typed: dict[str, Any] = field(default_factory=dict)
    problem: TocsinError | None = None
    opens: BackFill | None = None


def internal(visit: Visit) -> Marking:
    """The marking of what the register says of people and groups: for members of the visitor's organisation."""
    return Marking(tlp=TLP.AMBER_STRICT, audience=Audience.of(f"org:{visit.actor.organisation}"))


def groups_page(visit: Visit, params: Params) -> Page:
    """``/groups``: the groups to which the visitor's organisation is a party; a steward sees all."""
    return built(visit, Labels.read(params), Try())


def built(visit: Visit, labels: Labels, tried: Try) -> Page:
    """The page, with what was tried and did not succeed or waits for a second look."""
    header, register = facts(read(visit.settings)), directory(visit)
    names, found = named(register), memberships(visit)
    rows = [row for one in found for row in _rows(one)]
    return Page(
        stem="/groups",
        title="Sharing groups",
        facts=header,
        content={
            "labels": labels,
            "groups": found,
            "names": names,
            "own": visit.actor.organisation,
            "organisations": sorted(register.organisations.values(), key=lambda one: one.name.casefold()),
            "adds": Role.STEWARD in visit.roles,
            "tried": tried,
            "at": moment,
            "seal": seal,
            "never": NEVER,
        },
        twin={"groups": [_twin(one, names) for one in found]},
        tables={"members": table("Members of sharing groups over time", COLUMNS, rows, over(header, internal(visit)))},
        marking=internal(visit),
    )


def seal(opens: BackFill) -> str:
    """What the preview of a back-fill said, so that just this is opened."""
    more = "+" if opens.more else ""
    return f"{opens.organisation} {opens.opened} {opens.statements}{more} {opens.people}"


def _twin(one: Membership, names: Names) -> dict[str, Any]:
    return {
        "id": one.group.id,
        "name": one.group.name,
        "purpose": one.group.purpose,
        "keeper": one.group.keeper,
        "keeper_name": names.organisation(one.group.keeper),
        "members": [_stay(spell) for spell in one.members.values()],
        "expected": [_stay(spell) for spell in one.expected.values()],
        "past": [_stay(spell) for spell in one.past],
    }


def _stay(spell: Spell) -> dict[str, Any]:
    return {
        "organisation": spell.organisation,
        "since": written(spell.since),
        "opened": written(spell.opened),
        "until": None if spell.until >= NEVER else written(spell.until),
    }


def _rows(one: Membership) -> list[dict[str, Any]]:
    about = {"group": one.group.id, "name": one.group.name, "purpose": one.group.purpose, "keeper": one.group.keeper}
    states = [("member", one.members.values()), ("to join", one.expected.values()), ("past", one.past)]
    return [about | {"state": state} | _stay(spell) for state, spells in states for spell in spells]
