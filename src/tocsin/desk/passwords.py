"""Passwords: which are too easy, and how one is kept and compared.

Source of the parameters: RFC 9106 (2021), section 4, second recommended option, with one lane, so that a sign-in
holds one processor. Source of the rules: NIST SP 800-63B (2017), section 5.1.1.2: length and a list of what is
obvious, no mixture of kinds of letters.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterable

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from tocsin.core.errors import StatementError, TooManyAttempts

SHORTEST, LONGEST = 12, 1000
"""Characters of a password."""

_LEFT_OVER, _DISTINCT = 6, 5
"""Characters that must be left without the obvious words, and different characters that there must be."""

# fmt: off
_OBVIOUS = (
    "password", "passwort", "passord", "motdepasse", "contrasena", "letmein", "welcome", "bienvenue",
    "iloveyou", "changeme", "administrator", "admin", "secret", "correcthorsebatterystaple", "qwertyuiop",
    "qwertzuiop", "azertyuiop", "asdfghjkl", "qwerty", "qwertz", "azerty", "asdf", "zxcvbnm", "yxcvbnm",
    "abcdefghijklmnopqrstuvwxyz", "abcdef", "1234567890", "0987654321", "123456789", "12345678", "1234567",
    "123456", "12345", "1234", "tocsin",
)
# fmt: on

_TOGETHER = threading.BoundedSemaphore(4)
"""Each comparison takes 64 MiB; a flood of them must not take the machine."""

_SECONDS_TO_WAIT = 20

NOBODYS = "$argon2id$v=19$m=65536,t=3,p=1$BsMrXiHcUtMb9avx7ryfpg$murM5IGiezGTEyekOvXHyaxpeVOuZj6ttH/q51ONSG4"
"""What is compared where nothing was kept: the same parameters, so the same work."""

_hasher = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=1)


def check_password(password: str, names: Iterable[str]) -> None:
    """Whether a password is good enough; ``names``: of the person and their organisation, which anybody would try.

    Errors: StatementError says what to change; the password is not in it.
    """
    told = "Take four or more unusual words, or let a password manager make one"
    if len(password) < SHORTEST:
        raise StatementError(f"a password has at least {SHORTEST} characters", field="password", remedy=told)
    if len(password) > LONGEST:
        raise StatementError(f"a password has at most {LONGEST} characters", field="password", remedy="Shorten it")
    left = _bare(password)
    words = {_bare(part) for name in names for part in (name, *re.split(r"[\W_]+", name))}
    for word in sorted({word for word in words if len(word) > 2} | set(_OBVIOUS), key=len, reverse=True):
        left = left.replace(word, "")
    if len(left) < _LEFT_OVER or len(set(_bare(password))) < _DISTINCT:
        raise StatementError(
            "this password is among the first that anybody would try (a name, a usual word, a row of keys)",
            field="password",
            remedy=told,
        )


def hashed(password: str) -> str:
    """A password as it is kept.

    Errors: TooManyAttempts if too many others sign in at this moment.
    """
    with _Place():
        return _hasher.hash(_composed(password))


def matches(kept: str | None, password: str) -> bool:
    """Whether this is the password that was kept; the same work where none was.

    Errors: TooManyAttempts if too many others sign in at this moment.
    """
    with _Place():
        try:
            return _hasher.verify(kept or NOBODYS, _composed(password[: LONGEST + 1])) and kept is not None
        except (VerificationError, InvalidHashError):
            return False


def outdated(kept: str) -> bool:
    """Whether it was kept with weaker parameters than those of now."""
    return _hasher.check_needs_rehash(kept)


def _composed(password: str) -> str:
    """The same letters give the same password, however the keyboard puts them together."""
    return unicodedata.normalize("NFKC", password)


def _bare(text: str) -> str:
    """Letters and digits only, without case, so that ``P-assword`` is ``password``."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).casefold())


class _Place:
    """One of the few comparisons that run at the same time."""

    def __enter__(self) -> None:
        if not _TOGETHER.acquire(timeout=_SECONDS_TO_WAIT):
            raise TooManyAttempts("too many people are signing in", seconds=30, remedy="Try again in half a minute")

    def __exit__(self, *_: object) -> None:
        _TOGETHER.release()
