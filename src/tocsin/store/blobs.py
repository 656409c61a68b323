"""Attachments and tables, each in a file named by its SHA-256."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tocsin.core.errors import NotFound, StoreError
from tocsin.core.statement import digest

PART = ".part-"
"""How the name of a file begins that is not whole yet."""


class Blobs:
    """A folder of files that are never changed: ``ab/abcd...`` holds the bytes whose digest is ``abcd...``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, id: str) -> Path:
        """Where the bytes of a digest are."""
        return self.folder / id[:2] / id

    def put(self, content: bytes) -> str:
        """Keep these bytes; their digest. They are on the disk when this returns."""
        id = digest(content)
        path = self.path(id)
        try:
            # A file that is there but damaged is written again.
            if not self._sound(id):
                self._write(path, content)
            # Also where the file was there: another process may have named it a moment ago.
            for folder in (path.parent, self.folder, self.folder.parent):
                _sync_folder(folder)
        except OSError as error:
            raise StoreError(
                f"the file cannot be kept ({error.strerror or error})",
                where=str(path),
                remedy="Nothing was changed; free space there or give this user the right to write, then try again",
            ) from None
        return id

    def _sound(self, id: str) -> bool:
        try:
            return digest(self.path(id).read_bytes()) == id
        except FileNotFoundError:
            return False

    def _write(self, path: Path, content: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=PART)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise

    def get(self, id: str) -> bytes:
        """The bytes of a digest.

        Errors: NotFound if they are not here; StoreError if the file is not what its name says.
        """
        try:
            content = self.path(id).read_bytes()
        except FileNotFoundError:
            raise NotFound("there is no such file", where=id, remedy="Check the digest") from None
        if digest(content) != id:
            raise StoreError(
                "a stored file has changed",
                where=str(self.path(id)),
                remedy="Restore it from a backup; `tocsin doctor` lists every such file",
            )
        return content

    def all(self) -> Iterator[str]:
        """The digest of every file, in order."""
        for path in sorted(self.folder.glob("??/*")):
            if not path.name.startswith("."):
                yield path.name


def _sync_folder(folder: Path) -> None:
    """A new name in a folder survives a power cut only when the folder itself is on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
