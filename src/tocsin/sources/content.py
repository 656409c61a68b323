"""Is this the file we asked for? A look at the bytes themselves, whatever the server said about them.

An error page served with status 200, a pointer to large-file storage, half a file: each would pass for data if
only the headers were read.
"""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from pathlib import Path

from tocsin.core.errors import ContentError
from tocsin.sources.archive import only_member
from tocsin.sources.receipts import unreadable

_HEAD, _TAIL = 4096, 262_144
_UNPACKED_LIMIT, _ARCHIVE_LIMIT = 500_000_000, 20_000_000_000
_WRONG_STARTS = (
    (b"<", "an HTML or XML page"),
    (b"{", "JSON"),
    (b"version https://git-lfs", "a pointer to large-file storage, not the file itself"),
    (b"PK\x03\x04", "a zip archive"),
    (b"\x1f\x8b", "gzip-compressed data"),
    (b"%PDF", "a PDF"),
)
_REMEDY = "Fetch it again with `tocsin pull`; if that fails the same way, the provider has moved the file"


def check_content(path: Path, format: str) -> None:
    """Check that a file is a whole CSV or workbook, or an archive of one CSV.

    Errors: ContentError says what the bytes are instead.
    """
    try:
        if path.stat().st_size == 0:
            raise ContentError("the file is empty", where=str(path), remedy=_REMEDY)
        if format == "xlsx":
            _check_workbook(path)
        elif format == "zip":
            only_member(path, max_bytes=_ARCHIVE_LIMIT)
        else:
            _check_csv(path)
    except OSError as error:
        raise unreadable(path, error) from None


def _check_csv(path: Path) -> None:
    with path.open("rb") as file:
        head = file.read(_HEAD)
        file.seek(max(0, path.stat().st_size - _TAIL))
        tail = file.read()
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    for start, name in _WRONG_STARTS:
        if text.lower().startswith(start.lower()):
            raise ContentError(f"this is {name}, not CSV", where=str(path), remedy=_REMEDY)
    if b"\0" in head or b"\0" in tail:
        raise ContentError("there are zero bytes in what should be text", where=str(path), remedy=_REMEDY)
    # Every provider here ends the last row with a line break. Without it the last number may be cut in the middle
    # and still look like a number, so a missing line break is taken as a missing end.
    if not tail.endswith((b"\n", b"\r")):
        last = tail.splitlines()[-1].decode("utf-8", "replace")
        have, want = (len(next(csv.reader(io.StringIO(line)), [])) for line in (last, _first_line(text)))
        raise ContentError(
            f"the file is cut off: its last row has {have} of {want} fields and no line end",
            where=str(path),
            remedy=_REMEDY,
        )


def _first_line(text: bytes) -> str:
    return text.splitlines()[0].decode("utf-8", "replace") if text else ""


def _check_workbook(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as book:
            if "[Content_Types].xml" not in book.namelist():
                raise ContentError("this is a zip archive, not a workbook", where=str(path), remedy=_REMEDY)
            if sum(entry.file_size for entry in book.infolist()) > _UNPACKED_LIMIT:
                raise ContentError("the workbook unpacks to more than it should", where=str(path), remedy=_REMEDY)
            if broken := book.testzip():
                raise ContentError(f"the part {broken} of the workbook is damaged", where=str(path), remedy=_REMEDY)
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError) as error:
        raise ContentError(f"this is not a whole Excel workbook ({error})", where=str(path), remedy=_REMEDY) from None
