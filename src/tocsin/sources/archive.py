"""A zip archive of one CSV: looked at before it is opened, and unpacked no further than it may be.

What an archive says of itself is not believed: the bytes are counted as they come out.
"""

from __future__ import annotations

import zipfile
import zlib
from fnmatch import fnmatch
from pathlib import Path

from tocsin.core.errors import ContentError
from tocsin.sources.receipts import disk_error, unreadable

_CHUNK = 1 << 20
_REMEDY = "Look at it on the provider's site; if it is right, correct the fact sheet"
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError)


def only_member(path: Path, *, max_bytes: int, name: str = "*.csv") -> zipfile.ZipInfo:
    """The one file in an archive.

    Parameters
    ----------
    max_bytes: the most it may say that it unpacks to.
    name: what it must be called; ``*`` stands for anything, and case makes no difference.

    Errors: ContentError (no whole archive, several files in it, another file, larger than it may be).
    """
    where = str(path)
    try:
        with zipfile.ZipFile(path) as archive:
            held = archive.infolist()
    except OSError as error:
        raise unreadable(path, error) from None
    except _BROKEN as error:
        raise ContentError(f"this is not a whole zip archive ({error})", where=where, remedy=_REMEDY) from None
    if len(held) != 1:
        shown = ", ".join(repr(one.filename[:60]) for one in held[:3])
        what = f"the archive holds {len(held)} files where one is expected" + (f": {shown}" if shown else "")
        raise ContentError(what, where=where, remedy=_REMEDY)
    (member,) = held
    if "/" in member.filename or "\\" in member.filename or not fnmatch(member.filename.lower(), name.lower()):
        raise ContentError(f"the archive holds {member.filename[:80]!r}, not {name}", where=where, remedy=_REMEDY)
    if member.flag_bits & 0x1:
        raise ContentError("the file in the archive is locked with a password", where=where, remedy=_REMEDY)
    if member.file_size > max_bytes:
        raise _too_large(where, max_bytes)
    return member


def unpack(path: Path, goal: Path, *, max_bytes: int, name: str = "*.csv") -> None:
    """Unpack the one file of an archive to ``goal``, whole or not at all; its checksum is checked.

    Errors: as ``only_member``, ContentError (damaged, or more comes out than it says or may), FetchError (disk).
    """
    member, size = only_member(path, max_bytes=max_bytes, name=name), 0
    goal.parent.mkdir(parents=True, exist_ok=True)
    try:
        with zipfile.ZipFile(path) as archive, archive.open(member) as packed, goal.open("wb") as plain:
            while chunk := packed.read(_CHUNK):
                size += len(chunk)
                if size > max_bytes:
                    raise _too_large(str(path), max_bytes)
                plain.write(chunk)
    except _BROKEN as error:
        goal.unlink(missing_ok=True)
        raise ContentError(f"the archive is damaged ({error})", where=str(path), remedy=_REMEDY) from None
    except ContentError:
        goal.unlink(missing_ok=True)
        raise
    except OSError as error:
        goal.unlink(missing_ok=True)
        raise disk_error(goal, error) from None


def _too_large(where: str, max_bytes: int) -> ContentError:
    return ContentError(f"the archive unpacks to more than {max_bytes:,} bytes", where=where, remedy=_REMEDY)
