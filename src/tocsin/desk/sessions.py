"""Who somebody is by what their browser or their program presents: sessions and API tokens.

A session's cookie and a token are random; the store knows only their SHA-256. The account is looked up at every
request; when it is closed, its sessions and tokens end for good (``store.writing``).
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from enum import StrEnum

from tocsin.core.errors import SignInNeeded
from tocsin.core.register import Person
from tocsin.core.seeing import Actor, Role
from tocsin.core.statement import digest
from tocsin.desk.node import Node
from tocsin.desk.visit import Visit
from tocsin.store import accounts
from tocsin.store.chain import Line
from tocsin.store.writing import Writer

_SECOND = 1_000_000

IDLE = 3600 * _SECOND
"""Microseconds without a request after which a session is over."""
LONGEST = 12 * 3600 * _SECOND
"""Microseconds after which a session is over in any case."""
UNFINISHED = 15 * 60 * _SECOND
"""Microseconds in which a sign-in must be brought to its end."""
KEPT = 7 * 24 * 3600 * _SECOND
"""How long it stays known whose a session was that has run out, so that what they had typed is kept for them."""
_SEEN_EVERY = 60 * _SECOND

PREFIX = "tocsin_"
"""How every API token begins, so that one that was published by mistake can be found."""


class Stage(StrEnum):
    """How far somebody has come in signing in. Nothing is shown before OPEN."""

    INVITED = "invited"
    CODE = "code"
    OPEN = "open"


class Scope(StrEnum):
    """What an API token may do at most; its owner's roles bound it further."""

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"


MAY = {
    Scope.READ: frozenset({Role.READER}),
    Scope.WRITE: frozenset(Role) - {Role.STEWARD},
    Scope.ADMIN: frozenset(Role),
}
"""The roles in which a token of each scope may act."""


@dataclass(frozen=True)
class SignedIn:
    """A visit with the names that the pages show: the person's and their organisation's."""

    visit: Visit
    name: str
    organisation: str


def start(writer: Writer, person: str, stage: Stage, pending: str | None = None) -> str:
    """A new session; what the browser is given to present."""
    cookie, now = secrets.token_urlsafe(32), writer.store.clock()
    accounts.forget(writer.connection, now - KEPT)
    lasts = LONGEST if stage is Stage.OPEN else UNFINISHED
    accounts.add_session(
        writer.connection, accounts.Session(digest(cookie.encode()), person, stage, pending, now, now, now + lasts)
    )
    return cookie


def by_session(node: Node, cookie: str, door: str) -> SignedIn:
    """Whoever is signed in with this browser.

    Errors: SignInNeeded if nobody is, or no longer.
    """
    known, now = _look_up(node, cookie), node.store.clock()
    if known is None or known.session.stage != Stage.OPEN or not known.person.active or _over(known.session, now):
        raise _needed()
    if now - known.session.seen > _SEEN_EVERY:
        with node.store.writing() as writer:
            accounts.see_session(writer.connection, known.session.digest, now)
    return SignedIn(known.visit(node, door), known.person.name, known.organisation)


def unfinished(node: Node, cookie: str, stage: Stage) -> accounts.Session:
    """The session of somebody who is on the way in.

    Errors: SignInNeeded if there is none at this stage, or no longer.
    """
    known = _look_up(node, cookie)
    if (
        known is None
        or known.session.stage != stage
        or not known.person.active
        or _over(known.session, node.store.clock())
    ):
        raise SignInNeeded("this sign-in has taken too long or was ended", remedy="Begin again")
    return known.session


def run_out(node: Node, cookie: str) -> Visit | None:
    """Whose session this was if it has only run out, to keep for them what they had typed; None if there is none."""
    known = _look_up(node, cookie)
    if known is None or known.session.stage != Stage.OPEN or not known.person.active:
        return None
    return known.visit(node, "web") if _over(known.session, node.store.clock()) else None


def sign_out(visit: Visit, cookie: str) -> None:
    """End the session of this browser."""
    with visit.store.writing() as writer:
        accounts.end_session(writer.connection, digest(cookie.encode()))
        writer.note(visit.line("signed out"))


def sign_out_everywhere(visit: Visit) -> int:
    """End every session of this person; how many there were."""
    with visit.store.writing() as writer:
        ended = accounts.end_sessions(writer.connection, visit.actor.person)
        writer.note(visit.line("signed out everywhere", sessions=ended))
    return ended


def by_token(node: Node, token: str, door: str) -> Visit:
    """Whoever an API token stands for, with no more than it may do.

    Errors: SignInNeeded, in the same words for one that is unknown, has run out, or was revoked.
    """
    with node.store.reading() as reader:
        known = accounts.token_of(reader.connection, digest(token.encode()))
        register = reader.register
    now = node.store.clock()
    person = register.persons.get(known.person) if known else None
    if known is None or person is None or not person.active or known.revoked is not None or known.expires <= now:
        raise SignInNeeded(
            "this API token is not valid", remedy="Make a new one on your account page and send it as a Bearer token"
        )
    actor = register.actor(person.id, now, node.store.world)
    return Visit(node.settings, node.store, actor, door, MAY[Scope(known.scopes)])


def line(person: Person | None, act: str, **detail: object) -> Line:
    """A line of the audit log about somebody who is not signed in yet."""
    return Line(person.id if person else None, person.organisation if person else None, "web", act, (), detail)


@dataclass(frozen=True)
class _Known:
    """A session, its person, their organisation's name, and the actor they are now."""

    session: accounts.Session
    person: Person
    organisation: str
    actor: Actor

    def visit(self, node: Node, door: str) -> Visit:
        return Visit(node.settings, node.store, self.actor, door)


def _look_up(node: Node, cookie: str) -> _Known | None:
    if not cookie:
        return None
    with node.store.reading() as reader:
        session = accounts.session_of(reader.connection, digest(cookie.encode()))
        register = reader.register if session else None
    person = register.persons.get(session.person) if session and register else None
    if session is None or register is None or person is None:
        return None
    return _Known(
        session,
        person,
        register.organisations[person.organisation].name,
        register.actor(person.id, node.store.clock(), node.store.world),
    )


def _over(session: accounts.Session, now: int) -> bool:
    return now >= session.expires or (session.stage == Stage.OPEN and now - session.seen > IDLE)


def _needed() -> SignInNeeded:
    return SignInNeeded("nobody is signed in here, or no longer", remedy="Sign in")
