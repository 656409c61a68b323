"""Looking after accounts: invitations and resets, one's own password, API tokens."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace

from tocsin.core.errors import AccessError, NotFound, RegisterError, StatementError
from tocsin.core.instant import Instant
from tocsin.core.register import Person
from tocsin.core.seeing import Role
from tocsin.core.statement import digest
from tocsin.desk import attempts, second_factor
from tocsin.desk.node import LOCAL
from tocsin.desk.passwords import check_password, hashed, matches
from tocsin.desk.sessions import MAY, PREFIX, Scope, Stage, start
from tocsin.desk.signing_in import as_written, names_of, new_invitation, wrong_code
from tocsin.desk.visit import Visit
from tocsin.store import accounts

_HOUR, _DAY = 3600 * 1_000_000, 24 * 3600 * 1_000_000

INVITED_FOR = 72 * _HOUR
"""Microseconds in which an invitation must be used."""

LONGEST_DAYS, MOST_TOKENS, LISTED = 365, 20, 10
"""Days an API token may hold, tokens that one person may have at a time, and how many are listed."""


@dataclass(frozen=True)
class Invitation:
    """A code with which somebody sets their password and second factor, once; it is shown this one time."""

    person: str
    code: str
    until: Instant


@dataclass(frozen=True)
class TokenView:
    """An API token as its owner sees it: never the token itself."""

    id: str
    name: str
    scope: Scope
    created: Instant
    expires: Instant
    state: str


def invite(visit: Visit, person: str) -> Invitation:
    """Let somebody who has an account sign in for the first time.

    Errors: AccessError unless asked by a steward of their organisation or by whoever holds the machine;
    RegisterError if there is no such account or it signs in already.
    """
    return _invite(visit, person, again=False)


def reset(visit: Visit, person: str) -> Invitation:
    """Take password, second factor, sessions and tokens from an account and invite its person anew.

    Errors: as ``invite``.
    """
    return _invite(visit, person, again=True)


def change_password(visit: Visit, current: str, new: str, code: str) -> str:
    """Set another password; every session ends, and the cookie of a new one is returned.

    Errors: StatementError names the field; TooManyAttempts.
    """
    me = visit.actor.person
    limited = attempts.of_code(me)
    attempts.begin(visit.store, {limited: attempts.CODE})
    with visit.store.reading() as reader:
        kept = accounts.credential_of(reader.connection, me)
        person = reader.register.persons[me]
        organisation = reader.register.organisations[person.organisation].name
    if not matches(kept.password if kept else None, current):
        visit.note("password change refused")
        raise StatementError("this is not your password of now", field="current", remedy="Type it again")
    check_password(new, names_of(person, organisation))
    fresh = hashed(new)
    with visit.store.writing() as writer:
        now = accounts.credential_of(writer.connection, me)
        step = second_factor.step_of(now.totp, code, visit.store.clock()) if now and now.totp else None
        if (
            now
            and kept
            and now.password == kept.password
            and step is not None
            and accounts.use_step(writer.connection, me, step)
        ):
            attempts.forgive(writer, limited, all=True)
            accounts.put_credential(writer.connection, replace(now, password=fresh, totp_used=step))
            accounts.end_sessions(writer.connection, me)
            writer.note(visit.line("changed their password"))
            return start(writer, me, Stage.OPEN)
    visit.note("password change refused")
    raise wrong_code()


def make_token(visit: Visit, name: str, scope: str, days: int) -> tuple[str, TokenView]:
    """A new API token, shown this one time, and how it is listed from now on.

    Errors: StatementError names the field; AccessError if asked with a token.
    """
    if visit.may != frozenset(Role) or visit.door != "web":
        raise AccessError("a token makes no tokens", remedy="Sign in to the pages and make it on your account page")
    named, wanted = _named(name), _scope(visit, scope)
    if not 1 <= days <= LONGEST_DAYS:
        raise StatementError(
            f"a token holds for 1 to {LONGEST_DAYS} days", field="days", remedy="Choose how long you need it"
        )
    text, now = PREFIX + secrets.token_urlsafe(32), visit.store.clock()
    made = accounts.Token(
        digest(text.encode()), secrets.token_hex(4), visit.actor.person, named, wanted, now, now + days * _DAY, None
    )
    with visit.store.writing() as writer:
        if accounts.open_tokens(writer.connection, visit.actor.person, now) >= MOST_TOKENS:
            raise StatementError(
                f"nobody has more than {MOST_TOKENS} tokens at a time",
                field="name",
                remedy="Revoke one that is not needed",
            )
        accounts.add_token(writer.connection, made)
        writer.note(visit.line("made a token", token=made.id, scope=wanted.value, days=days))
    return text, _view(made, now)


def tokens(visit: Visit) -> list[TokenView]:
    """This person's newest tokens."""
    now = visit.store.clock()
    with visit.store.reading() as reader:
        return [_view(one, now) for one in accounts.tokens_of(reader.connection, visit.actor.person, LISTED)]


def revoke_token(visit: Visit, id: str) -> None:
    """End one of this person's tokens.

    Errors: NotFound if they have no such token that still holds.
    """
    with visit.store.writing() as writer:
        if not accounts.revoke_token(writer.connection, visit.actor.person, id, visit.store.clock()):
            raise NotFound("you have no such token that still holds", where=id, remedy="Choose one from the list")
        writer.note(visit.line("revoked a token", token=id))


def _invite(visit: Visit, id: str, *, again: bool) -> Invitation:
    visit.need(Role.STEWARD, to="invite somebody")
    code, now = new_invitation(), visit.store.clock()
    until = now + INVITED_FOR
    with visit.store.writing() as writer:
        person = writer.register.persons.get(id)
        _may_invite(visit, person, id)
        kept = accounts.credential_of(writer.connection, id)
        if kept and kept.password and not again:
            raise RegisterError(
                f"{id} signs in already",
                field="person",
                remedy="Reset the account if password or telephone are lost",
            )
        accounts.end_everything(writer.connection, id, now)
        known = digest(as_written(code).encode())
        accounts.put_credential(writer.connection, accounts.Credential(id, None, None, 0, known, until))
        writer.note(visit.line("reset an account" if again else "invited", account=id))
    return Invitation(id, code, until)


def _may_invite(visit: Visit, person: Person | None, id: str) -> None:
    """An invitation is a way into an account, so a steward makes one only for their own organisation's people."""
    if person is None or person.id == LOCAL or not person.active:
        raise RegisterError(
            f"nobody here has an open account called {id[:80]!r}", field="person", remedy="Add the person first"
        )
    if visit.actor.organisation not in ("", person.organisation):
        raise AccessError(
            "a steward invites and resets only the people of their own organisation",
            remedy=f"Ask a steward of {person.organisation}, or whoever looks after this machine",
        )


def _named(name: str) -> str:
    stripped = " ".join(name.split())
    if not stripped or len(stripped) > 200:
        raise StatementError("a token has a name of at most 200 characters", field="name", remedy="Say what it is for")
    return stripped


def _scope(visit: Visit, text: str) -> Scope:
    try:
        scope = Scope(text)
    except ValueError:
        raise StatementError(
            "there is no such scope", field="scope", remedy="Choose one of: " + ", ".join(Scope)
        ) from None
    if scope is not Scope.READ and not visit.roles & (MAY[scope] - MAY[_BELOW[scope]]):
        raise StatementError(f"none of your roles needs a token that may {scope}", field="scope", remedy="Choose read")
    return scope


_BELOW = {Scope.WRITE: Scope.READ, Scope.ADMIN: Scope.WRITE}


def _view(one: accounts.Token, now: Instant) -> TokenView:
    state = "revoked" if one.revoked is not None else "expired" if one.expires <= now else "valid"
    return TokenView(one.id, one.name, Scope(one.scopes), one.created, one.expires, state)
