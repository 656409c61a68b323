"""What organisations, groups and persons are called, as far as the visitor may know them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tocsin.core.marking import COMMUNITY, EVERYONE, Audience
from tocsin.core.register import Register
from tocsin.desk.people import directory
from tocsin.desk.visit import Visit


@dataclass(frozen=True)
class Names:
    """Names by identifier; whoever is not here is called by their identifier."""

    organisations: Mapping[str, str]
    groups: Mapping[str, str]
    persons: Mapping[str, str]

    def organisation(self, id: str) -> str:
        """An organisation's name."""
        return self.organisations.get(id, id)

    def person(self, id: str) -> str:
        """A person's name."""
        return self.persons.get(id, id)

    def token(self, token: str) -> str:
        """Whom one word of an audience names.

        >>> Names({"aa": "Alpha"}, {}, {}).token("org:aa"), Names({}, {}, {}).token("everyone")
        ('Alpha', 'everyone')
        """
        kind, _, id = token.partition(":")
        return {
            EVERYONE: "everyone",
            COMMUNITY: "everyone with an account here",
            "org": self.organisations.get(id, id),
            "group": f"the group {self.groups.get(id, id)}",
            "person": self.persons.get(id, id),
        }.get(kind, token)

    def audience(self, audience: Audience) -> str:
        """Everybody in an audience, in words; an empty one is nobody.

        >>> names = Names({"aa": "Alpha", "bb": "Beta"}, {"s": "Sahel"}, {})
        >>> names.audience(Audience((("org:aa", "org:bb"), ("group:s",))))
        'whoever is in the group Sahel, and also in Alpha or Beta'
        >>> names.audience(Audience.of("org:aa", "org:bb", "group:s")), names.audience(Audience.nobody())
        ('the group Sahel, Alpha or Beta', 'nobody')
        """
        clauses = [self.clause(clause) for clause in audience.root]
        if not clauses:
            return "nobody"
        if len(clauses) == 1:
            return clauses[0]
        return "whoever is in " + ", and also in ".join(clauses)

    def clause(self, tokens: tuple[str, ...]) -> str:
        """Whoever one of these names."""
        names = [self.token(token) for token in tokens]
        return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


def names_of(visit: Visit) -> Names:
    """The names of all whom this visitor may know."""
    return named(directory(visit))


def named(register: Register) -> Names:
    """The names in a register."""
    return Names(
        {one.id: one.name for one in register.organisations.values()},
        {one.id: one.name for one in register.groups.values()},
        {one.id: one.name for one in register.persons.values()},
    )
