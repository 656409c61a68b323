"""Receipts: one JSON object a line for every file that came in, and never a secret.

A receipt says which bytes came from where, when, on what terms and for whom. It is what lets a later reader check
that the file at hand is the file that came.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit, urlunsplit

from tocsin.core.errors import ContentError, FetchError

Origin = Literal["cache", "mirror", "network"]
"""Where bytes were found: ``cache`` means a file that somebody laid into the cache by hand."""


@dataclass(frozen=True)
class Receipt:
    """What came: address, time (ISO 8601 with zone), SHA-256, size, terms, origin, for whom, which table."""

    url: str
    time: str
    sha256: str
    bytes: int
    terms: str
    origin: Origin
    who: str
    source: str
    table: str

    @property
    def when(self) -> datetime:
        """The time as a datetime with zone."""
        return datetime.fromisoformat(self.time)


@dataclass(frozen=True)
class ReceiptBook:
    """All receipts in the order written; ``unreadable`` holds the numbers of lines that are no receipt."""

    entries: tuple[Receipt, ...] = ()
    unreadable: tuple[int, ...] = ()

    def of(self, url: str) -> tuple[Receipt, ...]:
        """The receipts of one address, oldest first."""
        return tuple(entry for entry in self.entries if entry.url == url)


def public_url(url: str) -> str:
    """An address without user name, password, query and fragment: what may be written down and shown.

    >>> public_url("https://me:pw@example.org:8443/a%20b.csv?token=abc#x")
    'https://example.org:8443/a%20b.csv'
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    return urlunsplit((parts.scheme, f"{host}:{parts.port}" if parts.port else host, parts.path, "", ""))


def digest(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_receipts(path: Path) -> ReceiptBook:
    """Read the receipts; a file that is not there holds none.

    A line that is no receipt (a crash may leave half of one) is numbered, not fatal: the others still count.
    Errors: ContentError where the file is there and cannot be read.
    """
    try:
        lines = path.read_bytes().splitlines()
    except (FileNotFoundError, NotADirectoryError):
        return ReceiptBook()
    except OSError as error:
        raise unreadable(path, error) from None
    entries, spoiled = [], []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            receipt = Receipt(**json.loads(line))
            if receipt.when.tzinfo is None or receipt.origin not in ("cache", "mirror", "network"):
                raise ValueError
            if any(
                not isinstance(getattr(receipt, f.name), int if f.name == "bytes" else str) for f in fields(Receipt)
            ):
                raise ValueError
            entries.append(receipt)
        except (ValueError, TypeError):
            spoiled.append(number)
    return ReceiptBook(tuple(entries), tuple(spoiled))


def append_receipt(path: Path, receipt: Receipt) -> None:
    """Add one line in a single write, so that two processes cannot mix their lines.

    Errors: FetchError names the file and the remedy where it cannot be written.
    """
    line = json.dumps(asdict(receipt), ensure_ascii=False, sort_keys=True).encode() + b"\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            # A crash may have left the last line open; a receipt glued to it would be lost with it.
            if os.fstat(handle).st_size:
                os.lseek(handle, -1, os.SEEK_END)
                line = line if os.read(handle, 1) == b"\n" else b"\n" + line
            if os.write(handle, line) < len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        finally:
            os.close(handle)
    except OSError as error:
        raise disk_error(path, error) from None


def unreadable(path: Path, error: OSError) -> ContentError:
    """What a failing read means for the person at the keyboard."""
    return ContentError(
        f"this cannot be read ({error.strerror or error})",
        where=str(path),
        remedy="Give this user the right to read it, or move it aside and run `tocsin pull` again",
    )


def disk_error(path: Path, error: OSError) -> FetchError:
    """What a failing write means for the person at the keyboard."""
    return FetchError(
        f"cannot write here ({error.strerror or error})",
        where=str(path),
        remedy="Free space or set TOCSIN_HOME to a folder that can be written, then run `tocsin pull` again",
    )
