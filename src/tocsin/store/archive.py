"""The file that a backup is: a gzipped tar of rows as JSON lines, files by digest, and last a manifest of all of it.

``rows/TABLE/NUMBER.jsonl`` holds some rows of a table, one JSON array a line with the columns that the manifest names;
``files/DIGEST`` holds the bytes of an attachment or table; ``manifest.json`` holds the SHA-256 of every other member,
the counts, and the number and hash of the audit log's last line. Nothing in it depends on the database it came from.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tocsin.core.errors import StoreError
from tocsin.core.kinds import Digest
from tocsin.core.seeing import World
from tocsin.core.statement import digest

MANIFEST = "manifest.json"

LARGEST = 1 << 30
"""Bytes of one member: more than any attachment may have."""

_PACKED = 3
"""How hard gzip tries: beyond this it takes much longer and saves little."""


class Head(BaseModel):
    """The last line of the audit log: its number and its hash."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seq: int
    hash: str


class Manifest(BaseModel):
    """What an archive holds.

    revision: form of the store it came from. columns, rows: of each table. members: SHA-256 of every other member.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    form: Literal["tocsin-backup-1"] = "tocsin-backup-1"
    tocsin: str
    revision: str
    world: World
    made_at: str
    columns: dict[str, list[str]]
    rows: dict[str, Annotated[int, Field(ge=0)]]
    members: dict[str, Digest]
    head: Head


class Packing:
    """An archive being written."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self.members: dict[str, str] = {}

    def add(self, name: str, content: bytes) -> None:
        """Add a member."""
        self.members[name] = digest(content)
        self._put(name, content)

    def close(self, manifest: Manifest) -> None:
        """Add the manifest, which ends the archive."""
        self._put(MANIFEST, manifest.model_dump_json(indent=1).encode())

    def _put(self, name: str, content: bytes) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode = len(content), 0o600
        self._tar.addfile(member, io.BytesIO(content))


@contextmanager
def packing(path: Path) -> Iterator[Packing]:
    """Write an archive whole or not at all; on the disk, and readable by its owner alone, when the block ends.

    Errors: StoreError if there is a file of this name already or it cannot be written.
    """
    if path.exists():
        raise StoreError("there is a file of this name already", where=str(path), remedy="Name a new file")
    name = None
    try:
        handle, name = tempfile.mkstemp(dir=path.absolute().parent, prefix=f".{path.name}.part-")
        with os.fdopen(handle, "wb") as raw:
            with (
                gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=_PACKED, mtime=0, filename="") as packed,
                tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as tar,
            ):
                yield Packing(tar)
            raw.flush()
            os.fsync(raw.fileno())
        os.replace(name, path)
        folder = os.open(path.absolute().parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise StoreError(
            f"the file cannot be written ({error.strerror or error})",
            where=str(path),
            remedy="Name a new file in a folder that is there, can be written and has room",
        ) from error
    finally:
        if name:
            Path(name).unlink(missing_ok=True)


def members(path: Path) -> Iterator[tuple[str, bytes]]:
    """Every member in order: name and content.

    Errors: StoreError if the file cannot be read to its end.
    """
    try:
        with (
            path.open("rb") as raw,
            gzip.GzipFile(fileobj=raw, mode="rb") as packed,
            tarfile.open(fileobj=packed, mode="r|") as tar,
        ):
            for member in tar:
                content = tar.extractfile(member) if member.isreg() and member.size <= LARGEST else None
                if content is None:
                    raise unfit(path, f"it holds {member.name[:80]!r}, which is no member of a backup")
                # Read here, where what is wrong with it is told, and whole: a member is as large as an attachment.
                yield member.name, content.read()
            # The digest of a gzip file is checked when its last byte is read, which tar has no need of.
            while packed.read(1 << 20):
                pass
    except (EOFError, zlib.error, gzip.BadGzipFile, tarfile.TarError) as error:
        raise unfit(path, f"it is cut short or has changed ({error})") from None
    except OSError as error:
        raise StoreError(
            f"the file cannot be read ({error.strerror or error})", where=str(path), remedy="Name a file that is there"
        ) from None


def verified(path: Path) -> Manifest:
    """The manifest of an archive, all of whose members are what it says.

    Errors: StoreError if one is not, is missing or is too many.
    """
    found: dict[str, str] = {}
    manifest: Manifest | None = None
    for name, content in members(path):
        if manifest or name in found:
            raise unfit(path, f"{name} is there twice or comes after the manifest")
        if name == MANIFEST:
            try:
                manifest = Manifest.model_validate_json(content)
            except ValidationError:
                raise unfit(path, "its manifest is not one that this Tocsin can read") from None
        else:
            found[name] = digest(content)
    if manifest is None:
        raise unfit(path, "it has no manifest")
    if wrong := sorted({name for name, _ in found.items() ^ manifest.members.items()}):
        raise unfit(path, f"{wrong[0]} is not what the manifest says ({len(wrong)} members in all)")
    return manifest


def lines(content: bytes) -> list[list[object]]:
    """The rows of a member."""
    return [json.loads(line) for line in content.splitlines()]


def unfit(path: Path, what: str) -> StoreError:
    """The refusal of an archive."""
    return StoreError(
        f"this is no sound backup: {what}", where=str(path), remedy="Fetch the file again, or take an earlier backup"
    )
