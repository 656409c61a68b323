"""How often somebody may try: for one account and from one address, over all processes of a node.

An attempt is counted before it is looked into and taken back when it went well, so that many at once are no way
around. A name that no account has is counted like any other: a lock tells nothing of who has an account.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address

from tocsin.core.errors import TooManyAttempts
from tocsin.core.instant import Instant
from tocsin.store import accounts
from tocsin.store.opening import Store
from tocsin.store.writing import Writer

_SECOND = 1_000_000

REMEMBERED = 12 * 3600 * _SECOND
"""Microseconds after the last failure at which all is forgiven."""


@dataclass(frozen=True)
class Limit:
    """So many failures are free; each one after them doubles the wait.

    first, longest: seconds.
    """

    free: int
    first: int
    longest: int

    def wait(self, failures: int) -> int:
        """Seconds to wait after so many failures.

        >>> [ACCOUNT.wait(failures) for failures in (4, 5, 6, 50)]
        [0, 30, 60, 900]
        """
        beyond = failures - self.free
        return 0 if beyond < 0 else min(self.first * 2 ** min(beyond, 20), self.longest)


ACCOUNT = Limit(free=5, first=30, longest=15 * 60)
"""Not longer: whoever fails on purpose must not be able to keep somebody out of their own account."""
CODE = Limit(free=5, first=30, longest=3600)
"""Who gets this far knows the password, so guesses at six digits are made few."""
ADDRESS = Limit(free=20, first=30, longest=3600)
"""Many people may sit behind one address."""


def of_account(name: str) -> str:
    """The key of whatever was typed as a name; what was typed, which may be a password, is not kept."""
    return "account " + hashlib.sha256(name.strip().casefold().encode()).hexdigest()


def of_code(person: str) -> str:
    """The key of a person's second factor."""
    return f"code {person}"


def of_address(address: str) -> str:
    """The key of an address; in IPv6 that of its network, because one machine has as many addresses as it likes.

    >>> of_address("2001:db8::1:2"), of_address("192.0.2.7")
    ('address 2001:db8::/64', 'address 192.0.2.7')
    """
    try:
        found = ip_address(address)
    except ValueError:
        return "address unknown"
    if isinstance(found, IPv6Address) and found.ipv4_mapped is None:
        network = int(found) >> 64 << 64
        return f"address {IPv6Address(network)}/64"
    return f"address {getattr(found, 'ipv4_mapped', None) or found}"


def begin(store: Store, limits: Mapping[str, Limit]) -> None:
    """Count an attempt against each of these keys before looking into it.

    Errors: TooManyAttempts says how long to wait; then nothing was counted.
    """
    with store.writing() as writer:
        now = store.clock()
        known = accounts.attempts(writer.connection, limits)
        blocked = max((one.blocked_until for one in known.values()), default=0)
        if blocked > now:
            raise refusal(blocked - now)
        for key, limit in limits.items():
            failures = _recent(known.get(key), now) + 1
            until = now + limit.wait(failures) * _SECOND if limit.wait(failures) else 0
            accounts.put_attempt(writer.connection, accounts.Attempt(key, failures, now, until))


def forgive(writer: Writer, key: str, *, all: bool) -> None:
    """The attempt went well: take it back, or ``all`` failures of the key.

    For an address only the one is taken back: whoever has an account of their own must not wipe out by signing in
    what they have guessed at others'.
    """
    known = accounts.attempts(writer.connection, [key]).get(key)
    if known:
        failures = 0 if all else known.failures - 1
        accounts.put_attempt(writer.connection, accounts.Attempt(key, failures, known.last, 0))


def locked(writer: Writer, key: str) -> int:
    """Seconds for which nothing more is tried for this key; 0 if it is not locked."""
    known = accounts.attempts(writer.connection, [key]).get(key)
    return max(0, known.blocked_until - writer.store.clock()) // _SECOND if known else 0


def refusal(microseconds: int) -> TooManyAttempts:
    """What somebody reads who must wait."""
    seconds = microseconds // _SECOND + 1
    told = f"{seconds} seconds" if seconds < 120 else f"{-(-seconds // 60)} minutes"
    return TooManyAttempts(
        "there were too many attempts", seconds=seconds, remedy=f"Wait {told}, then try again, or ask a steward"
    )


def _recent(known: accounts.Attempt | None, now: Instant) -> int:
    return known.failures if known and known.last > now - REMEMBERED else 0
