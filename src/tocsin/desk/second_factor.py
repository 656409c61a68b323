"""The second factor: codes of six digits that an application on the person's telephone shows (RFC 6238)."""

from __future__ import annotations

import hmac
import re

import pyotp

from tocsin.core.instant import Instant

_SECONDS = 30

_AROUND = (0, -1, 1)
"""Steps that are taken: this one, and one to either side for clocks that differ and people who type slowly."""


def new_key() -> str:
    """A key of 160 random bits, in base 32."""
    return pyotp.random_base32()


def step_of(key: str, code: str, at: Instant) -> int | None:
    """The step whose code this is, at this time; None if it is no code of now. Blanks do not matter.

    >>> key = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    >>> step_of(key, "503 347", 30_000_000), step_of(key, "503347", 90_000_000)
    (1, None)
    """
    typed = re.sub(r"\s", "", code).encode()
    now = at // 1_000_000 // _SECONDS
    # All are compared, so that the time it takes does not tell which it was.
    steps = [max(now + around, 0) for around in _AROUND]
    found = [step for step in steps if hmac.compare_digest(pyotp.HOTP(key).at(step).encode(), typed)]
    return found[0] if found else None


def address(key: str, person: str, issuer: str) -> str:
    """What the application reads from the picture: an ``otpauth://`` address."""
    return pyotp.TOTP(key, interval=_SECONDS).provisioning_uri(name=person, issuer_name=issuer)
