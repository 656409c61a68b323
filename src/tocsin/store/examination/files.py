"""Attachments and tables: every file against its digest, and what lies beside them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import exists, select

from tocsin.store.blobs import PART
from tocsin.store.examination.look import Finding, Look
from tocsin.store.tables import blob, link

SETTLED = 3600
"""Seconds after which a file that nothing refers to was left behind: before, it may be on its way into the record."""

_LEFT = "It was left by an upload that was cut short, is part of nothing, and may be deleted"


_UNCITED = "Whoever brought it may still cite it; it is whole and recorded, and is kept"


def examine(look: Look) -> Iterator[Finding]:
    """Read every file again, then look for those that nobody recorded."""
    look.expect(blob)
    for row in look.stream(select(blob.c.id, blob.c.size).order_by(blob.c.recorded_at)):
        look.step()
        path = look.store.blobs.path(row.id)
        try:
            found, size = _digest(path)
        except OSError as error:
            gone = isinstance(error, FileNotFoundError)
            yield Finding("fail", "the file is gone" if gone else f"it cannot be read ({error.strerror})", str(path))
            continue
        if found != row.id:
            yield Finding("fail", "the file has changed", str(path))
        elif size != row.size:
            yield Finding("fail", f"the record gives it {row.size} bytes, it has {size}", str(path))
    yield from _left(look)
    yield from _uncited(look)


def _uncited(look: Look) -> Iterator[Finding]:
    """Files that were brought a while ago and that no statement cites: only whoever brought them can have them."""
    cited = exists().where(link.c.target == blob.c.id, link.c.relation == "file")
    before = look.store.clock() - 24 * SETTLED * 1_000_000
    for row in look.stream(select(blob.c.id).where(~cited, blob.c.recorded_at < before).order_by(blob.c.recorded_at)):
        yield Finding("warn", "no statement cites this file", str(look.store.blobs.path(row.id)), _UNCITED)


def _left(look: Look) -> Iterator[Finding]:
    now = look.store.clock() / 1_000_000
    for path in sorted(look.store.blobs.folder.glob("??/*")):
        try:
            young = now - path.stat().st_mtime < SETTLED
        except FileNotFoundError:
            continue
        if young:
            continue
        known = select(blob.c.id).where(blob.c.id == path.name)
        if path.name.startswith(PART) or not look.connection.execute(known).first():
            yield Finding("warn", "nothing in the record refers to this file", str(path), _LEFT)


def _digest(path: Path) -> tuple[str, int]:
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256")
        return found.hexdigest(), file.tell()
