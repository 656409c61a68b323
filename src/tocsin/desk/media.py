"""What an attachment may be: media types, the endings of their names, and what their bytes must look like.

Only forms that a reader opens without running anything: no page, script, drawing with script, or document with macros.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

LARGEST_JSON = 4 * 2**20
"""Bytes of a JSON file."""

_MEMBERS = 10_000
"""Entries that the directory of a document may list."""


@dataclass(frozen=True)
class Medium:
    """A media type: the endings a name may have, and whether bytes are of it."""

    endings: tuple[str, ...]
    fits: Callable[[bytes], bool]


def _begins(*signatures: bytes) -> Callable[[bytes], bool]:
    return lambda content: content.startswith(signatures)


def _webp(content: bytes) -> bool:
    return content[:4] == b"RIFF" and content[8:12] == b"WEBP"


def _parquet(content: bytes) -> bool:
    return len(content) >= 12 and content[:4] == content[-4:] == b"PAR1"


def _mp4(content: bytes) -> bool:
    return content[4:8] == b"ftyp"


def _text(content: bytes) -> bool:
    try:
        return "\x00" not in content.decode("utf-8")
    except UnicodeDecodeError:
        return False


def _json(content: bytes) -> bool:
    # What is read takes thirty times the room of what it is read from.
    if len(content) > LARGEST_JSON:
        return False
    try:
        json.loads(content)
    except (ValueError, RecursionError):
        return False
    return True


def _office(part: str) -> Callable[[bytes], bool]:
    """An Office Open XML document with this main part and without macros."""

    def fits(content: bytes) -> bool:
        names = _members(content)
        return {"[Content_Types].xml", part} <= names and not any(name.endswith("vbaProject.bin") for name in names)

    return fits


def _open_document(media_type: str) -> Callable[[bytes], bool]:
    """An OpenDocument file, which says what it is in its first member, and holds no macros."""
    # The member is stored as it is, its name of eight letters right after the fixed 30 bytes of its header.
    said = b"mimetype" + media_type.encode()

    def fits(content: bytes) -> bool:
        names = _members(content)
        return (
            content[30 : 30 + len(said)] == said
            and "content.xml" in names
            and not any(name.startswith(("Basic/", "Scripts/")) for name in names)
        )

    return fits


def _members(content: bytes) -> frozenset[str]:
    """The names in a ZIP file's directory; nothing is unpacked."""
    # How many entries there are stands in the last record, before anything is read of them.
    end = content.rfind(b"PK\x05\x06")
    if end < 0 or int.from_bytes(content[end + 10 : end + 12], "little") > _MEMBERS:
        return frozenset()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            found = packed.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return frozenset()
    return frozenset(found) if len(found) <= _MEMBERS else frozenset()


_OOXML, _ODF = "application/vnd.openxmlformats-officedocument.", "application/vnd.oasis.opendocument."

MEDIA: dict[str, Medium] = {
    "application/pdf": Medium((".pdf",), _begins(b"%PDF-")),
    "application/vnd.apache.parquet": Medium((".parquet",), _parquet),
    "application/json": Medium((".json",), _json),
    "application/geo+json": Medium((".geojson", ".json"), _json),
    "audio/ogg": Medium((".ogg", ".oga", ".opus"), _begins(b"OggS")),
    "image/jpeg": Medium((".jpg", ".jpeg"), _begins(b"\xff\xd8\xff")),
    "image/png": Medium((".png",), _begins(b"\x89PNG\r\n\x1a\n")),
    "image/webp": Medium((".webp",), _webp),
    "text/csv": Medium((".csv",), _text),
    "text/plain": Medium((".txt", ".text", ".log", ".md"), _text),
    "video/mp4": Medium((".mp4", ".m4v"), _mp4),
    f"{_OOXML}wordprocessingml.document": Medium((".docx",), _office("word/document.xml")),
    f"{_OOXML}spreadsheetml.sheet": Medium((".xlsx",), _office("xl/workbook.xml")),
    f"{_ODF}text": Medium((".odt",), _open_document(f"{_ODF}text")),
    f"{_ODF}spreadsheet": Medium((".ods",), _open_document(f"{_ODF}spreadsheet")),
}
"""Every media type that an attachment may have, by its name."""
