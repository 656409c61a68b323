"""Proof that a form was sent from one of our own pages: a word that only they can read.

The word follows from the browser's cookie, so nothing needs to be kept. On a page it is hidden under a fresh random
pad, so that it looks different every time and cannot be guessed from the length of compressed answers.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

FIELD, HEADER = "csrf", "x-csrf-token"
"""Where the word is expected: a field of the form, or a header of what our own scripts send."""


def secret_of(cookie: str) -> bytes:
    """The word of a browser, 32 bytes."""
    return hashlib.sha256(b"csrf " + cookie.encode()).digest()


def masked(secret: bytes) -> str:
    """The word as a page carries it.

    >>> fits(secret_of("a"), masked(secret_of("a"))), fits(secret_of("a"), masked(secret_of("b")))
    (True, False)
    """
    pad = secrets.token_bytes(len(secret))
    return base64.urlsafe_b64encode(pad + _over(pad, secret)).decode()


def fits(secret: bytes, text: str) -> bool:
    """Whether this is the word, as a page carried it."""
    try:
        given = base64.urlsafe_b64decode(text.encode("ascii"))
    except ValueError:
        return False
    half = len(secret)
    return len(given) == 2 * half and hmac.compare_digest(_over(given[:half], given[half:]), secret)


def _over(pad: bytes, text: bytes) -> bytes:
    return bytes(one ^ other for one, other in zip(pad, text, strict=True))
