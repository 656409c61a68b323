"""Sealing: texts that nobody can read who has the store but not the node's key.

The key is a file of its own beside the store's folder (or where ``TOCSIN_KEY`` says), is in no backup and in no log.
What is sealed is encrypted with AES-256-GCM (NIST SP 800-38D) under a key derived from it by HKDF-SHA256 (RFC 5869) for
one context, to which the text is also bound: moved to another context, it does not open. Before that it is filled up to
a power of two of bytes, so that its length tells little.
"""

from __future__ import annotations

import base64
import os
import secrets
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import select, update

from tocsin.core.errors import SealError
from tocsin.core.statement import canonical, digest
from tocsin.store import tables
from tocsin.store.chain import Line

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    from tocsin.store.opening import Store

MARK = "sealed-1:"
"""With what a sealed text begins."""

_KEY_BYTES, _NONCE_BYTES, _LEAST = 32, 12, 1024

_NAME = "seal"
"""Under which name the store remembers which key is its own: a digest, from which the key cannot be found."""

_RENEW = "if it is lost for good, the operator runs `tocsin key renew`"


class Seal:
    """The seal of one store. The key is made when something is first sealed."""

    def __init__(self, store: Store, path: Path) -> None:
        self.path = path
        self._store = store
        self._key: tuple[_Stamp, bytes] | None = None
        self._lock = threading.Lock()

    def seal(self, context: Any, content: bytes) -> str:
        """The text that ``open`` turns back into these bytes, for the same context (any JSON) alone.

        Errors: SealError if the node's key is gone or is another store's, so that nothing is sealed that nobody could
        open again.
        """
        nonce = secrets.token_bytes(_NONCE_BYTES)
        cipher = _cipher(self._own(), context)
        return MARK + base64.b64encode(nonce + cipher.encrypt(nonce, _filled(content), canonical(context))).decode()

    def open(self, context: Any, sealed: str) -> bytes:
        """What was sealed.

        Errors: SealError if the key is gone, or the text was sealed with another key, for another context, or changed.
        """
        from cryptography.exceptions import InvalidTag

        cipher = _cipher(self._own(), context)
        try:
            raw = base64.b64decode(sealed.removeprefix(MARK), validate=True)
            filled = cipher.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], canonical(context))
        except (ValueError, InvalidTag):
            raise SealError(
                "a sealed text does not open: it was changed, or belongs elsewhere",
                remedy="Run `tocsin doctor`; if the store is damaged, restore a backup",
            ) from None
        return filled[4 : 4 + int.from_bytes(filled[:4], "big")]

    def state(self) -> str:
        """Whether the key is there and the store's own, in words.

        Errors: SealError if it is not.
        """
        if self._known() is None:
            return "none yet: it is made when something is first sealed"
        self._own()
        stamp = _stamp(self.path)
        if stamp and stamp.mode & 0o077:
            raise SealError(
                "others on this machine can read the node's key",
                where=str(self.path),
                remedy="Let its owner alone read it: chmod 600",
            )
        return f"{self.path}; no backup holds it, so keep a copy apart from them"

    def renew(self, line: Line) -> None:
        """Make a new key the store's own, where the old one is lost; what was sealed with that stays shut for good.

        A file that lies in its place and is another key is kept beside it. line: who does it, for the audit log.

        Errors: SealError if the store's own key is there, if it has none yet, or if the file cannot be read or written.
        """
        with self._lock:
            known = self.missing()
            if self._lying() is not None:
                _aside(self.path)
            new = _made(self.path)
            # Until this is written the new file is another's key, and renewing can be done again.
            with self._store.writing() as writer:
                here = (tables.meta.c.name == _NAME) & (tables.meta.c.value == known)
                taken = writer.connection.execute(update(tables.meta).where(here).values(value=_fingerprint(new)))
                if taken.rowcount != 1:
                    raise SealError(
                        "somebody else has just renewed the node's key", remedy="Run `tocsin doctor` and look at key"
                    )
                writer.note(line)
            self._key = None

    def missing(self) -> str:
        """The digest of the key that is the store's own and is not there.

        Errors: SealError if it is there, if the store has none yet, or if what lies there cannot be read.
        """
        known, key = self._known(), self._lying()
        if known is None:
            raise SealError(
                "this node has sealed nothing yet, so no key of it can be lost",
                remedy="Go on; the key is made when something is first sealed",
            )
        if key is not None and _fingerprint(key) == known:
            raise SealError(
                "the node's key is there and is its own, and everything that is sealed opens with it",
                where=str(self.path),
                remedy="Leave it as it is; a new key would lose what is sealed",
            )
        return known

    def _own(self) -> bytes:
        with self._lock:
            # The file may be lost or exchanged while the node runs: what is sealed with a key that only this process
            # still has would be lost when it ends.
            stamp = _stamp(self.path)
            if self._key is None or stamp is None or self._key[0] != stamp:
                self._key = None
                key = self._found()
                # The file may have been made just now; one that was exchanged since it was read is read again.
                self._key = (stamp or _stamp(self.path) or _NEVER, key)
            return self._key[1]

    def _known(self) -> str | None:
        """The digest of the key that is the store's own; None if it has none yet."""
        with self._store.reading() as reader:
            found = select(tables.meta.c.value).where(tables.meta.c.name == _NAME)
            known: str | None = reader.connection.execute(found).scalar()
            return known

    def _found(self) -> bytes:
        """The key, which the store must know as its own; made if the store knows none yet."""
        known, key = self._known(), self._read()
        if known is None:
            key = key or _made(self.path)
            line = Line(None, None, "node", "made the node's key")
            self._store.remember(_NAME, _fingerprint(key), line)
            # Two processes may have begun at once; the one whose word stands is the store's.
            return self._found()
        if key is None:
            raise SealError(
                "the key with which this node seals is not there",
                where=str(self.path),
                remedy=f"Have the operator put it back from where it is kept apart from the backups; {_RENEW}",
            )
        if _fingerprint(key) != known:
            raise SealError(
                "the node's key was replaced: this is not the key with which this node has sealed",
                where=str(self.path),
                remedy=f"Have the operator put this node's own key back; {_RENEW}",
            )
        return key

    def _read(self) -> bytes | None:
        key = self._lying()
        if key is not None and len(key) != _KEY_BYTES:
            raise SealError(
                f"the node's key was replaced or cut off: it is {len(key)} bytes long, not {_KEY_BYTES}",
                where=str(self.path),
                remedy=f"Have the operator put this node's own key back; {_RENEW}",
            )
        return key

    def _lying(self) -> bytes | None:
        """What lies where the key is to be, whatever it is; None if nothing does."""
        try:
            return self.path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise SealError(
                f"the node's key cannot be read ({error.strerror or error})",
                where=str(self.path),
                remedy="Give this user the right to read it",
            ) from None


class _Stamp(NamedTuple):
    """By what a file is told from another in its place and from itself before it was written to; who may read it."""

    device: int
    inode: int
    size: int
    modified: int
    changed: int
    mode: int


_NEVER = _Stamp(-1, -1, -1, -1, -1, 0)
"""The stamp of a file that went away while it was read: it fits none."""


def _stamp(path: Path) -> _Stamp | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return _Stamp(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_mode)


def _aside(path: Path) -> None:
    """Keep what is no key of this store beside where it was: it may be another node's, or what is left of one."""
    try:
        path.rename(path.with_name(f"{path.name}.not-own-{secrets.token_hex(4)}"))
    except OSError as error:
        raise SealError(
            f"what lies in the place of the node's key cannot be moved ({error.strerror or error})",
            where=str(path),
            remedy="Give this user the right to write there, or move the file yourself",
        ) from None


def _made(path: Path) -> bytes:
    """A new key, on the disk before it is used, and readable by its owner alone."""
    key = secrets.token_bytes(_KEY_BYTES)
    part = path.with_name(f".{path.name}.part-{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(key)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(part, path)
        except FileExistsError:
            return path.read_bytes()
        finally:
            part.unlink()
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise SealError(
            f"the node's key cannot be written ({error.strerror or error})",
            where=str(path),
            remedy="Give this user the right to write there, or set TOCSIN_KEY to another file",
        ) from None
    return key


def _fingerprint(key: bytes) -> str:
    return digest(b"tocsin node key " + key)


def _cipher(key: bytes, context: Any) -> AESGCM:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return AESGCM(HKDF(SHA256(), _KEY_BYTES, salt=None, info=b"tocsin seal 1 " + canonical(context)).derive(key))


def _filled(content: bytes) -> bytes:
    size = _LEAST
    while size < len(content) + 4:
        size *= 2
    return (len(content).to_bytes(4, "big") + content).ljust(size, b"\0")
