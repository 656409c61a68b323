"""Who may see what: one pure, total function, asked by every channel alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, Protocol

from tocsin.core.instant import EVER, Instant
from tocsin.core.marking import COMMUNITY, EVERYONE, TLP, Caveat, Marking

World = Literal["real", "exercise"]
"""Fictional statements live in a store of their own, and nothing crosses."""


class Role(StrEnum):
    """What a person may do. A role never opens a statement: only its audience does."""

    READER = "reader"
    ANALYST = "analyst"
    DESK_OFFICER = "desk officer"
    CONVENOR = "convenor"
    STEWARD = "steward"


class Affiliation(StrEnum):
    """How a person belongs to an organisation. TLP:AMBER reaches clients, TLP:AMBER+STRICT only members."""

    MEMBER = "member"
    CLIENT = "client"


@dataclass(frozen=True)
class Actor:
    """Somebody who asks, with what they belong to at the moment of asking.

    groups: the sharing groups of which their organisation is a member now, each with the instant from which the group's
    statements are open to it: when it joined, or earlier by a back-fill.
    active: False for whoever has left or is locked out; such an actor sees nothing.
    """

    person: str
    organisation: str
    affiliation: Affiliation = Affiliation.MEMBER
    roles: frozenset[Role] = frozenset()
    groups: Mapping[str, Instant] = field(default_factory=dict)
    active: bool = True
    world: World = "real"


class Visible(Protocol):
    """What ``may_see`` asks of a statement as a node holds it.

    opened_at: when this node recorded it; a statement about another one counts from the earlier of the two, so that
    it is open to nobody to whom its subject is shut. attributed: whether whoever sees it learns where it comes from.
    recalled: withdrawn by its originator.
    """

    @property
    def marking(self) -> Marking: ...  # noqa: D102

    @property
    def person(self) -> str | None: ...  # noqa: D102

    @property
    def organisation(self) -> str: ...  # noqa: D102

    @property
    def attributed(self) -> bool: ...  # noqa: D102

    @property
    def opened_at(self) -> Instant: ...  # noqa: D102

    @property
    def recalled(self) -> bool: ...  # noqa: D102


@dataclass(frozen=True)
class Verdict:
    """Allowed or not, and why. The reason of a refusal goes into the audit log, never to the one refused."""

    allow: bool
    reason: str


def may_see(actor: Actor, statement: Visible) -> Verdict:
    """Whether this actor may see this statement, and why.

    Pure and total: it reads nothing but its arguments and answers for any of them.
    """
    marking = statement.marking
    if not actor.active:
        return Verdict(False, "the account is closed or locked")
    if (Caveat.EXERCISE in marking.caveats) != (actor.world == "exercise"):
        return Verdict(False, "exercise and real statements do not cross")
    if statement.person == actor.person and statement.organisation == actor.organisation:
        return Verdict(True, "they wrote it")
    if statement.recalled and not originates(actor, statement):
        return Verdict(False, "its originator has recalled it")
    since = reach(actor, marking)
    if since is None:
        return Verdict(False, "they are not in its audience")
    if statement.opened_at < since:
        return Verdict(False, "it is older than their membership and was not back-filled")
    return Verdict(True, "they are in its audience")


def originates(actor: Actor, statement: Visible) -> bool:
    """Whether the actor belongs to whoever a statement comes from, as far as its attribution lets them know.

    What is attributed to nobody is its author's alone: a colleague who could act on it, or still saw it when it was
    recalled, would learn where it came from.
    """
    if (statement.person, statement.organisation) == (actor.person, actor.organisation):
        return True
    member = statement.organisation == actor.organisation and actor.affiliation is Affiliation.MEMBER
    return statement.attributed and member


def reach(actor: Actor, marking: Marking) -> Instant | None:
    """The instant from which statements under this marking are open to the actor; None if none is.

    It speaks of the audience alone: not of authors, recalls or the exercise.
    """
    if not actor.active or not marking.fits:
        return None
    opened = EVER
    for clause in marking.audience.root:
        ways = [since for token in clause if (since := named(actor, token, marking.tlp)) is not None]
        if not ways:
            return None
        opened = max(opened, min(ways))
    return opened


def named(actor: Actor, token: str, tlp: TLP) -> Instant | None:
    """The instant from which this token names the actor; None if it does not."""
    if token == EVERYONE:
        return EVER
    if token == COMMUNITY:
        return EVER if actor.organisation else None
    kind, _, name = token.partition(":")
    if kind == "person":
        return EVER if name == actor.person else None
    if tlp is TLP.AMBER_STRICT and actor.affiliation is not Affiliation.MEMBER:
        return None
    if kind == "org":
        return EVER if name == actor.organisation else None
    return actor.groups.get(name) if kind == "group" else None
