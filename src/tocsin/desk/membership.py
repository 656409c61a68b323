"""Sharing groups as somebody may know them now: who is in, who is to join, who was, and who looks after each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tocsin.core.instant import Instant
from tocsin.core.register import Group, Spell
from tocsin.core.seeing import Role
from tocsin.desk.people import directory
from tocsin.desk.visit import Visit


@dataclass(frozen=True)
class Membership:
    """A group now. past: stays that are over, of those the visitor may know. manages: whether they may change it."""

    group: Group
    members: Mapping[str, Spell]
    expected: Mapping[str, Spell]
    past: tuple[Spell, ...]
    manages: bool


def memberships(visit: Visit) -> tuple[Membership, ...]:
    """The groups that this visitor may know of, by name."""
    now = visit.store.clock()
    groups = sorted(directory(visit).groups.values(), key=lambda one: (one.name.casefold(), one.id))
    return tuple(_now(visit, group, now) for group in groups)


def _now(visit: Visit, group: Group, now: Instant) -> Membership:
    keeps = bool(visit.roles & {Role.CONVENOR, Role.STEWARD}) and group.keeper == visit.actor.organisation
    return Membership(
        group=group,
        members=group.members(now),
        expected=group.expected(now),
        past=tuple(spell for spell in group.spells if spell.until <= now),
        manages=keeps,
    )
