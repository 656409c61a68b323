"""Signing in: a password and then a code, an invitation that sets both, or an identity provider.

Every way counts the attempt first, does the same work for names that nobody has, and says the same when it fails.
"""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import dataclass, replace

from tocsin.core.errors import AccessError, SignInNeeded, StatementError
from tocsin.core.register import Person, Register
from tocsin.core.statement import digest
from tocsin.desk import attempts, second_factor
from tocsin.desk.attempts import ACCOUNT, ADDRESS, CODE
from tocsin.desk.node import LOCAL, Node
from tocsin.desk.passwords import check_password, hashed, matches, outdated
from tocsin.desk.sessions import Stage, line, start, unfinished
from tocsin.store import accounts
from tocsin.store.writing import Writer


@dataclass(frozen=True)
class Enrolment:
    """What somebody's application needs to show codes: a key to type, or an address to read from a picture."""

    person: str
    key: str
    address: str


def with_password(node: Node, name: str, password: str, address: str) -> str:
    """The first of two steps; the cookie of a session that waits for the code.

    name: the person's identifier or email. address: where the request comes from.

    Errors: AccessError if name and password do not belong together; TooManyAttempts.
    """
    with node.store.reading() as reader:
        person = _named(reader.register, name)
        kept = accounts.credential_of(reader.connection, person.id) if person else None
    account, place = attempts.of_account(person.id if person else name), attempts.of_address(address)
    attempts.begin(node.store, {account: ACCOUNT, place: ADDRESS})
    right = matches(kept.password if kept else None, password)
    if not (right and person and person.active and kept and kept.password):
        _failed(node, person, (account, place), at="password", address=address)
        raise AccessError(
            "name and password do not belong to an account here",
            remedy="Check both; if you have forgotten the password, ask a steward to reset your account",
        )
    fresh = hashed(password) if outdated(kept.password) else kept.password
    with node.store.writing() as writer:
        attempts.forgive(writer, account, all=True)
        attempts.forgive(writer, place, all=False)
        now = accounts.credential_of(writer.connection, person.id)
        if now and now.password == kept.password and fresh != kept.password:
            accounts.put_credential(writer.connection, replace(now, password=fresh))
        return start(writer, person.id, Stage.CODE)


def with_code(node: Node, cookie: str, code: str, address: str) -> str:
    """The second step; the cookie of the open session.

    Errors: SignInNeeded if the first step was too long ago; AccessError if it is not the code of now, or was used;
    TooManyAttempts.
    """
    session = unfinished(node, cookie, Stage.CODE)
    limited, place = attempts.of_code(session.person), attempts.of_address(address)
    attempts.begin(node.store, {limited: CODE, place: ADDRESS})
    with node.store.writing() as writer:
        person = writer.register.persons[session.person]
        if _takes(writer, session.person, code):
            attempts.forgive(writer, limited, all=True)
            attempts.forgive(writer, place, all=False)
            accounts.end_session(writer.connection, session.digest)
            writer.note(line(person, "signed in", through="password and code", address=address))
            return start(writer, session.person, Stage.OPEN)
    _failed(node, person, (limited, place), at="code", address=address)
    raise wrong_code()


def with_invitation(node: Node, invitation: str, password: str, address: str) -> str:
    """The first use of an account: the cookie of a session that waits for the code of a new key.

    The password and the key count only when a code has shown that the application has the key.

    Errors: AccessError if there is no such invitation; StatementError if the password is too easy; TooManyAttempts.
    """
    place = attempts.of_address(address)
    attempts.begin(node.store, {place: ADDRESS})
    known = digest(as_written(invitation).encode())
    with node.store.reading() as reader:
        id = accounts.invited(reader.connection, known, node.store.clock())
        person = reader.register.persons.get(id) if id else None
        organisation = reader.register.organisations[person.organisation].name if person else ""
    if person is None or not person.active:
        _failed(node, None, (place,), at="invitation", address=address)
        raise AccessError(
            "this invitation is not valid, has been used, or has run out",
            remedy="Check the code, or ask a steward for a new one",
        )
    check_password(password, names_of(person, organisation))
    pending = {"invitation": known, "password": hashed(password), "totp": second_factor.new_key()}
    with node.store.writing() as writer:
        attempts.forgive(writer, place, all=False)
        return start(writer, person.id, Stage.INVITED, json.dumps(pending))


def enrolment(node: Node, cookie: str) -> Enrolment:
    """The key that somebody who was invited is to enter into their application.

    Errors: SignInNeeded if the invitation was used too long ago.
    """
    session = unfinished(node, cookie, Stage.INVITED)
    key = json.loads(session.pending or "{}")["totp"]
    issuer = node.settings.origin.partition("://")[2] or "this machine"
    return Enrolment(session.person, key, second_factor.address(key, session.person, f"Tocsin {issuer}"))


def enrol(node: Node, cookie: str, code: str, address: str) -> str:
    """Password and key are the account's from now on; the cookie of the open session.

    Errors: SignInNeeded, AccessError, TooManyAttempts, as in ``with_code``.
    """
    session = unfinished(node, cookie, Stage.INVITED)
    limited, place = attempts.of_code(session.person), attempts.of_address(address)
    attempts.begin(node.store, {limited: CODE, place: ADDRESS})
    pending = json.loads(session.pending or "{}")
    with node.store.writing() as writer:
        person = writer.register.persons[session.person]
        step = second_factor.step_of(pending["totp"], code, node.store.clock())
        # It may have been withdrawn, or used in another window, since the first step.
        holds = accounts.invited(writer.connection, pending["invitation"], node.store.clock()) == person.id
        if not holds:
            raise SignInNeeded("this invitation was withdrawn, or used in another window", remedy="Begin again")
        if step is not None:
            attempts.forgive(writer, limited, all=True)
            attempts.forgive(writer, place, all=False)
            accounts.put_credential(
                writer.connection,
                accounts.Credential(person.id, pending["password"], pending["totp"], step, None, 0),
            )
            accounts.end_sessions(writer.connection, person.id)
            writer.note(line(person, "set up their account", address=address))
            writer.note(line(person, "signed in", through="invitation", address=address))
            return start(writer, person.id, Stage.OPEN)
    _failed(node, person, (limited, place), at="code", address=address)
    raise wrong_code()


def with_provider(node: Node, email: str, address: str) -> str:
    """Whoever an identity provider vouches for by a verified email; the cookie of the open session.

    How strongly they signed in is the provider's matter: no code is asked for here.

    Errors: AccessError if no open account has this email.
    """
    with node.store.writing() as writer:
        held = [
            one for one in writer.register.persons.values() if one.email and one.email.casefold() == email.casefold()
        ]
        if len(held) == 1 and held[0].active:
            writer.note(line(held[0], "signed in", through="identity provider", address=address))
            return start(writer, held[0].id, Stage.OPEN)
        writer.note(line(None, "sign-in failed", at="identity provider", address=address))
    raise AccessError(
        "the identity provider knows you, but no account here has your email",
        remedy="Ask a steward to add you with that email, then sign in again",
    )


def new_invitation() -> str:
    """A code of 130 random bits, in groups that can be read out."""
    text = base64.b32encode(secrets.token_bytes(17)).decode().lower()[:26]
    return "-".join(text[place : place + 5] for place in range(0, len(text), 5))


def as_written(invitation: str) -> str:
    """An invitation however it was typed: blanks, hyphens and case do not matter."""
    return "".join(letter for letter in invitation.casefold() if letter.isalnum())


def names_of(person: Person, organisation: str) -> tuple[str, ...]:
    """What anybody would try as this person's password."""
    return (person.id, person.name, person.organisation, organisation, *person.email.split("@"))


def wrong_code() -> StatementError:
    """What somebody reads whose code is not taken."""
    return StatementError(
        "this is not the code of now, or it has been used",
        field="code",
        remedy="Wait for the next code in your application; if none is taken, set the clock of your telephone",
    )


def _takes(writer: Writer, person: str, code: str) -> bool:
    kept = accounts.credential_of(writer.connection, person)
    step = second_factor.step_of(kept.totp, code, writer.store.clock()) if kept and kept.totp else None
    return step is not None and accounts.use_step(writer.connection, person, step)


def _named(register: Register, name: str) -> Person | None:
    typed = name.strip().casefold()
    held = [one for one in register.persons.values() if one.email and one.email.casefold() == typed]
    found = register.persons.get(typed) or (held[0] if len(held) == 1 else None)
    return found if found and found.id != LOCAL else None


def _failed(node: Node, person: Person | None, keys: tuple[str, ...], **detail: str) -> None:
    with node.store.writing() as writer:
        writer.note(line(person, "sign-in failed", **detail))
        if seconds := max(attempts.locked(writer, key) for key in keys):
            writer.note(line(person, "locked", seconds=seconds, **detail))
