"""Accounts in SQL: credentials, sessions, tokens, and how often somebody has tried.

Secrets that somebody presents are here only as their SHA-256, passwords only as Argon2. Every function works on the
connection of a reader or a writer; writers take turns, so a row that is read and then written is nobody else's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, delete, func, insert, or_, select, update

from tocsin.core.instant import Instant
from tocsin.store.tables import attempt, credential, feed, session, token


@dataclass(frozen=True)
class Credential:
    """How a person signs in: Argon2 of the password, the key of the one-time codes, the last step that was used."""

    person: str
    password: str | None
    totp: str | None
    totp_used: int
    invitation: str | None
    invited_until: Instant


@dataclass(frozen=True)
class Session:
    """A browser that somebody uses. stage: how far they have come; pending: what waits for the next step, as JSON."""

    digest: str
    person: str
    stage: str
    pending: str | None
    created: Instant
    seen: Instant
    expires: Instant


@dataclass(frozen=True)
class Token:
    """An API token. scopes: words with blanks between them."""

    digest: str
    id: str
    person: str
    name: str
    scopes: str
    created: Instant
    expires: Instant
    revoked: Instant | None


@dataclass(frozen=True)
class Attempt:
    """How often it went wrong for one account or from one address, and until when nothing more is tried."""

    key: str
    failures: int
    last: Instant
    blocked_until: Instant


# Asked at every request, so they are put together once.
_SESSION = select(session).where(session.c.digest == bindparam("presented"))
_TOKEN = select(token).where(token.c.digest == bindparam("presented"))


def credential_of(connection: Connection, person: str) -> Credential | None:
    """How this person signs in; None if they never could."""
    row = connection.execute(select(credential).where(credential.c.person == person)).first()
    return Credential(**row._mapping) if row else None


def invited(connection: Connection, invitation: str, now: Instant) -> str | None:
    """The person whose invitation has this digest, if it still holds."""
    return connection.execute(
        select(credential.c.person).where(credential.c.invitation == invitation, credential.c.invited_until > now)
    ).scalar()


def put_credential(connection: Connection, given: Credential) -> None:
    """Keep how a person signs in, in place of what was kept."""
    connection.execute(delete(credential).where(credential.c.person == given.person))
    connection.execute(insert(credential), vars(given))


def use_step(connection: Connection, person: str, step: int) -> bool:
    """Take a step of the one-time codes; False if it, or a later one, has been used."""
    taken = connection.execute(
        update(credential).where(credential.c.person == person, credential.c.totp_used < step).values(totp_used=step)
    )
    return taken.rowcount == 1


def add_session(connection: Connection, given: Session) -> None:
    """Keep a session."""
    connection.execute(insert(session), vars(given))


def session_of(connection: Connection, digest: str) -> Session | None:
    """The session of a browser, whether or not it has run out."""
    row = connection.execute(_SESSION, {"presented": digest}).first()
    return Session(**row._mapping) if row else None


def see_session(connection: Connection, digest: str, now: Instant) -> None:
    """The session is in use now."""
    connection.execute(update(session).where(session.c.digest == digest).values(seen=now))


def end_session(connection: Connection, digest: str) -> None:
    """The browser is nobody's any more."""
    connection.execute(delete(session).where(session.c.digest == digest))


def end_sessions(connection: Connection, person: str) -> int:
    """End every session of a person; how many there were."""
    return connection.execute(delete(session).where(session.c.person == person)).rowcount


def forget(connection: Connection, before: Instant) -> None:
    """Drop sessions and attempts that no question asks for any more."""
    connection.execute(delete(session).where(session.c.expires < before))
    connection.execute(delete(attempt).where(attempt.c.last < before, attempt.c.blocked_until < before))


def add_token(connection: Connection, given: Token) -> None:
    """Keep a token."""
    connection.execute(insert(token), vars(given))


def token_of(connection: Connection, digest: str) -> Token | None:
    """The token of this digest, whether or not it still holds."""
    row = connection.execute(_TOKEN, {"presented": digest}).first()
    return Token(**row._mapping) if row else None


def tokens_of(connection: Connection, person: str, limit: int) -> list[Token]:
    """A person's tokens: those that were not revoked first, each kind newest first."""
    order = (token.c.revoked.is_not(None), token.c.created.desc(), token.c.id)
    rows = connection.execute(select(token).where(token.c.person == person).order_by(*order).limit(limit))
    return [Token(**row._mapping) for row in rows]


def open_tokens(connection: Connection, person: str, now: Instant) -> int:
    """How many tokens of a person still hold."""
    held = (token.c.person == person, token.c.expires > now, token.c.revoked.is_(None))
    return connection.execute(select(func.count()).select_from(token).where(*held)).scalar_one()


def revoke_token(connection: Connection, person: str, id: str, now: Instant) -> bool:
    """End one token of a person; False if there is no such token or it was ended before."""
    ended = connection.execute(
        update(token).where(token.c.person == person, token.c.id == id, token.c.revoked.is_(None)).values(revoked=now)
    )
    return ended.rowcount == 1


def end_everything(connection: Connection, person: str, now: Instant) -> None:
    """Nothing signs this person in or shows what they see any more: no session, token, feed or invitation."""
    end_sessions(connection, person)
    connection.execute(update(token).where(token.c.person == person, token.c.revoked.is_(None)).values(revoked=now))
    connection.execute(update(feed).where(feed.c.person == person, feed.c.revoked.is_(None)).values(revoked=now))
    connection.execute(update(credential).where(credential.c.person == person).values(invitation=None, invited_until=0))


def attempts(connection: Connection, keys: Iterable[str]) -> dict[str, Attempt]:
    """What is known of these accounts and addresses."""
    rows = connection.execute(select(attempt).where(or_(*(attempt.c.key == key for key in keys))))
    return {row.key: Attempt(**row._mapping) for row in rows}


def put_attempt(connection: Connection, given: Attempt) -> None:
    """Keep how often it went wrong; with no failure there is nothing to keep."""
    connection.execute(delete(attempt).where(attempt.c.key == given.key))
    if given.failures > 0:
        connection.execute(insert(attempt), vars(given))
