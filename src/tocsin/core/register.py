"""Organisations, persons, roles and sharing groups over time, folded from what was recorded about them.

Nothing here is overwritten: every change is an entry, and the register at any instant is what the entries up to it
say.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from tocsin.core.body import no_longer_than
from tocsin.core.instant import NEVER, Instant
from tocsin.core.marking import IDENTIFIER, Marking
from tocsin.core.seeing import Actor, Affiliation, Role, World, named, reach

Identifier = Annotated[str, StringConstraints(pattern=rf"^{IDENTIFIER}$")]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True), no_longer_than(200)]


class Entry(BaseModel):
    """One recorded change of the register."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class OrganisationAdded(Entry):
    """An organisation takes part, under a name that can be corrected by adding it again."""

    entry: Literal["organisation added"] = "organisation added"
    id: Identifier
    name: Name


class PersonAdded(Entry):
    """A person has an account. ``email`` joins the account to an identity provider."""

    entry: Literal["person added"] = "person added"
    id: Identifier
    name: Name
    organisation: Identifier
    affiliation: Affiliation = Affiliation.MEMBER
    roles: frozenset[Role] = frozenset({Role.READER})
    email: Annotated[str, StringConstraints(max_length=254)] = ""


class PersonChanged(Entry):
    """Roles, affiliation or standing of an account change; None leaves as it was."""

    entry: Literal["person changed"] = "person changed"
    id: Identifier
    name: Name | None = None
    roles: frozenset[Role] | None = None
    affiliation: Affiliation | None = None
    active: bool | None = None


class GroupAdded(Entry):
    """A sharing group, kept by one organisation."""

    entry: Literal["group added"] = "group added"
    id: Identifier
    name: Name
    purpose: Annotated[str, StringConstraints(max_length=2000)] = ""
    keeper: Identifier


class MemberJoined(Entry):
    """An organisation is in a group from an instant on, which may lie ahead."""

    entry: Literal["member joined"] = "member joined"
    group: Identifier
    organisation: Identifier
    since: Instant


class MemberLeft(Entry):
    """An organisation leaves a group at an instant; from then on it sees nothing of the group's, old or new."""

    entry: Literal["member left"] = "member left"
    group: Identifier
    organisation: Identifier
    until: Instant


class BackFilled(Entry):
    """A group's older statements, from an instant on, are opened to a member that joined after them."""

    entry: Literal["back-filled"] = "back-filled"
    group: Identifier
    organisation: Identifier
    opened: Instant


AnyEntry = Annotated[
    OrganisationAdded | PersonAdded | PersonChanged | GroupAdded | MemberJoined | MemberLeft | BackFilled,
    Field(discriminator="entry"),
]


@dataclass(frozen=True)
class Organisation:
    """An organisation with accounts on this node."""

    id: str
    name: str


@dataclass(frozen=True)
class Person:
    """A person with an account.

    roles: at least one; none means that it is not for the reader to know.
    """

    id: str
    name: str
    organisation: str
    affiliation: Affiliation
    roles: frozenset[Role]
    email: str = ""
    active: bool = True


@dataclass(frozen=True)
class Spell:
    """One stay of an organisation in a group: from ``since`` to before ``until``; what it sees begins at ``opened``."""

    organisation: str
    since: Instant
    opened: Instant
    until: Instant = NEVER


@dataclass(frozen=True)
class Group:
    """A sharing group with every stay of every member, in the order they were recorded."""

    id: str
    name: str
    purpose: str
    keeper: str
    spells: tuple[Spell, ...] = ()

    def members(self, at: Instant) -> dict[str, Spell]:
        """The stay of each organisation that is a member at an instant."""
        return {spell.organisation: spell for spell in self.spells if spell.since <= at < spell.until}

    def expected(self, at: Instant) -> dict[str, Spell]:
        """The stay of each organisation that is no member yet but is recorded to become one."""
        return {spell.organisation: spell for spell in self.spells if at < spell.since < spell.until}

    def parties(self, at: Instant) -> frozenset[str]:
        """The organisations that know of the group at an instant: members, those expected, and its keeper."""
        return frozenset({*self.members(at), *self.expected(at), self.keeper})


@dataclass(frozen=True)
class Preview:
    """Who will see something stored under a marking now.

    organisations: how many persons of each. persons: ids of those among them whom the asker may know by name.
    through: for each name of the audience, how many persons it lets in. later: organisations that are recorded to join
    a group of the audience, whose persons will see it only if it is back-filled, with the number of persons.
    """

    marking: Marking
    organisations: Mapping[str, int]
    persons: tuple[str, ...]
    through: Mapping[str, int]
    later: Mapping[str, int]

    def naming(self, known: Container[str]) -> Preview:
        """The same numbers, with only those persons by name whose ids are known."""
        return replace(self, persons=tuple(id for id in self.persons if id in known))


@dataclass(frozen=True)
class Register:
    """Everybody known to a node, as recorded."""

    organisations: Mapping[str, Organisation] = field(default_factory=dict)
    persons: Mapping[str, Person] = field(default_factory=dict)
    groups: Mapping[str, Group] = field(default_factory=dict)

    @classmethod
    def fold(cls, entries: Iterable[Entry], onto: Register | None = None) -> Register:
        """What the entries, in the order they were recorded, make of the register."""
        start = onto or cls()
        organisations, persons, groups = dict(start.organisations), dict(start.persons), dict(start.groups)
        for entry in entries:
            match entry:
                case OrganisationAdded():
                    organisations[entry.id] = Organisation(entry.id, entry.name)
                case PersonAdded():
                    persons[entry.id] = Person(
                        entry.id, entry.name, entry.organisation, entry.affiliation, entry.roles, entry.email
                    )
                case PersonChanged():
                    changed = {
                        name: value
                        for name in ("name", "roles", "affiliation", "active")
                        if (value := getattr(entry, name)) is not None
                    }
                    persons[entry.id] = replace(persons[entry.id], **changed)
                case GroupAdded():
                    groups[entry.id] = Group(entry.id, entry.name, entry.purpose, entry.keeper)
                case MemberJoined():
                    spell = Spell(entry.organisation, entry.since, entry.since)
                    groups[entry.group] = replace(groups[entry.group], spells=(*groups[entry.group].spells, spell))
                case MemberLeft():
                    groups[entry.group] = _last_spell(groups[entry.group], entry.organisation, until=entry.until)
                case BackFilled():
                    groups[entry.group] = _last_spell(groups[entry.group], entry.organisation, opened=entry.opened)
        return cls(organisations, persons, groups)

    def actor(self, person: str, at: Instant, world: World = "real") -> Actor:
        """A person as an actor at an instant; one without an account is nobody's actor and sees nothing."""
        known = self.persons.get(person)
        if known is None:
            return Actor(person, "", active=False, world=world)
        return Actor(
            person=known.id,
            organisation=known.organisation,
            affiliation=known.affiliation,
            roles=known.roles,
            groups=self.groups_of(known.organisation, at),
            active=known.active,
            world=world,
        )

    def groups_of(self, organisation: str, at: Instant) -> dict[str, Instant]:
        """The groups of which an organisation is a member at an instant, each with the instant from which it sees."""
        return {
            group.id: spell.opened for group in self.groups.values() if (spell := group.members(at).get(organisation))
        }

    def known_to(self, actor: Actor, at: Instant) -> Register:
        """What an actor may know of everybody at an instant, without being a steward.

        All organisations by name; the groups to which their organisation is a party, with stays that are not over (all
        stays if it is the keeper); the persons of their own organisation, and of every other party to those groups
        those with an open account. No email but their own, and no roles outside their organisation.
        """
        own = actor.organisation
        if not actor.active or not own:
            return Register()
        groups = {
            group.id: group
            if group.keeper == own
            else replace(group, spells=tuple(spell for spell in group.spells if max(at, spell.since) < spell.until))
            for group in self.groups.values()
            if own in group.parties(at)
        }
        acquainted = frozenset({own}).union(*(group.parties(at) for group in groups.values()))
        return Register(
            self.organisations,
            {
                person.id: replace(
                    person,
                    roles=person.roles if person.organisation == own else frozenset(),
                    email=person.email if person.id == actor.person else "",
                )
                for person in self.persons.values()
                if person.organisation == own or (person.organisation in acquainted and person.active)
            },
            groups,
        )

    def unknown(self, marking: Marking) -> tuple[str, ...]:
        """Names of the audience that stand for nobody here."""
        known = {"org": self.organisations, "group": self.groups, "person": self.persons}
        pairs = ((token, *token.partition(":")[::2]) for token in sorted(marking.audience.tokens))
        return tuple(token for token, kind, name in pairs if name and name not in known[kind])

    def preview(self, marking: Marking, at: Instant, opened: Instant | None = None) -> Preview:
        """Who would see something stored under this marking at this instant, its author aside.

        opened: from when its audience counts, where that is earlier: what is about an older statement is shut to
        whoever came later, unless they are back-filled.
        """
        sees: list[Person] = []
        through: dict[str, int] = dict.fromkeys(sorted(marking.audience.tokens), 0)
        later: dict[str, int] = {}
        coming = {
            organisation
            for token in marking.audience.tokens
            if token.startswith("group:") and (group := self.groups.get(token.removeprefix("group:")))
            for organisation in group.expected(at)
        }
        for person in self.persons.values():
            actor = self.actor(person.id, at)
            since = reach(actor, marking)
            if since is not None and since <= (at if opened is None else opened):
                sees.append(person)
                for token in through:
                    through[token] += named(actor, token, marking.tlp) is not None
            elif since is not None or (person.active and person.organisation in coming):
                later[person.organisation] = later.get(person.organisation, 0) + 1
        counts: dict[str, int] = {}
        for person in sees:
            counts[person.organisation] = counts.get(person.organisation, 0) + 1
        return Preview(
            marking,
            dict(sorted(counts.items())),
            tuple(sorted(one.id for one in sees)),
            through,
            dict(sorted(later.items())),
        )


def _last_spell(
    group: Group, organisation: str, *, opened: Instant | None = None, until: Instant | None = None
) -> Group:
    """The group with the latest stay of an organisation changed."""
    spells = list(group.spells)
    for place in range(len(spells) - 1, -1, -1):
        spell = spells[place]
        if spell.organisation == organisation:
            spells[place] = replace(
                spell,
                opened=spell.opened if opened is None else opened,
                until=spell.until if until is None else until,
            )
            return replace(group, spells=tuple(spells))
    return group
