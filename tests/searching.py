"""Looking for words in bytes as somebody would who has found a disk: raw, packed, encoded, escaped, compressed."""

from __future__ import annotations

import base64
import binascii
import gzip
import io
import lzma
import re
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress

DEEP = 3
"""How many wrappings, one inside the other, are taken off."""

_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{24,}={0,2}")
_HEX = re.compile(rb"(?:[0-9a-fA-F]{2}){16,}")
_ESCAPED = re.compile(rb"\\+u([0-9a-fA-F]{4})")
_OCTAL = re.compile(rb"\\([0-3][0-7]{2})")
_ZLIB = re.compile(rb"\x78[\x01\x5e\x9c\xda]")
_LARGEST = 1 << 26


def numbers(*values: float) -> dict[str, bytes]:
    """Needles for numbers: their digits, and the number as a machine keeps it."""
    found = {}
    for value in values:
        digits = repr(value).partition("e")[0].replace(".", "").strip("0")
        found[f"{value} in digits"] = digits.encode()
        found[f"{value} as a double"] = struct.pack(">d", value)
        found[f"{value} as a double, low byte first"] = struct.pack("<d", value)
    return found


def holding(content: bytes, needles: Mapping[str, bytes]) -> set[str]:
    """The names of the needles that the bytes hold, however they are wrapped."""
    found: set[str] = set()
    for form in _forms(content, DEEP):
        for name, needle in needles.items():
            if name not in found and _in(needle, form):
                found.add(name)
    return found


def _in(needle: bytes, form: bytes) -> bool:
    if needle in form:
        return True
    try:
        text = needle.decode()
    except UnicodeDecodeError:
        return False
    return any(text.encode(wide) in form for wide in ("utf-16-le", "utf-16-be")) or needle in form.replace(b".", b"")


def _forms(content: bytes, deep: int) -> Iterator[bytes]:
    """The bytes themselves, and all that can be unwrapped from them."""
    yield content
    if deep == 0 or len(content) > _LARGEST:
        return
    for inner in _unwrapped(content):
        yield from _forms(inner, deep - 1)


def _unwrapped(content: bytes) -> Iterator[bytes]:
    unescaped = _ESCAPED.sub(lambda found: chr(int(found[1], 16)).encode("utf-8", "replace"), content)
    if unescaped != content:
        yield unescaped
    plain = _OCTAL.sub(lambda found: bytes([int(found[1], 8)]), content)
    if plain != content:
        yield plain
    # All that reads as one encoding together: what lies side by side is looked through at once.
    yield b"\n".join(_decoded(content))
    for match in _HEX.finditer(content):
        yield binascii.unhexlify(match[0])
    if content[:2] == b"\x1f\x8b":
        with suppress(OSError, EOFError, zlib.error):
            yield gzip.decompress(content)
    if content[:6] == b"\xfd7zXZ\x00":
        yield lzma.decompress(content)
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            yield from (packed.read(name) for name in packed.namelist())
    if content[257:262] == b"ustar":
        with tarfile.open(fileobj=io.BytesIO(content)) as packed:
            for member in packed.getmembers():
                if file := packed.extractfile(member):
                    yield file.read()
    for match in _ZLIB.finditer(content):
        try:
            inner = zlib.decompressobj().decompress(content[match.start() : match.start() + (1 << 20)], _LARGEST)
        except zlib.error:
            continue
        if len(inner) > 8:
            yield inner


def _decoded(content: bytes) -> Iterator[bytes]:
    """Every run that may be base 64, also where it begins in the middle of a group of four."""
    for match in _BASE64.finditer(content):
        run = match[0].rstrip(b"=").replace(b"-", b"+").replace(b"_", b"/")
        for start in range(4):
            some = run[start:]
            some = some[: len(some) - (len(some) % 4 == 1)]
            yield base64.b64decode(some + b"=" * (-len(some) % 4))
