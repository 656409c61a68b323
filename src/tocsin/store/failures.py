"""How a database's own errors are told: one sentence that says what to do, without a password or a value in it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from tocsin.core.errors import StoreError

UNCHANGED = "Nothing was changed; see that the database runs and has room, then try again (`tocsin doctor` says more)"
UNCERTAIN = "It is not certain whether this was stored: look for it before you try again"
DAMAGED = "Run `tocsin doctor`; if it is damaged, restore a backup into an empty folder (`tocsin restore FILE`)"


@contextmanager
def told(*, where: str = "", remedy: str = UNCHANGED, password: str | None = None) -> Iterator[None]:
    """Turn whatever a driver raises into a StoreError.

    where: the file or setting concerned. remedy: what to do if the database cannot be reached or has no room.
    password: what must not appear in the sentence, whatever the driver says.
    """
    try:
        yield
    except PoolTimeout as error:
        raise StoreError("too many are at the store at once", remedy="Try again in a moment") from error
    except DBAPIError as error:
        raise _told(error.orig or error, error, where, remedy, password) from error
    except sqlite3.Error as error:  # SQLAlchemy does not wrap what is raised while a connection is prepared
        raise _told(error, error, where, remedy, password) from error


def _told(raised: BaseException, error: Exception, where: str, remedy: str, password: str | None) -> StoreError:
    short = _short(raised, password)
    if isinstance(error, (IntegrityError, sqlite3.IntegrityError)) or short.endswith(" is append-only"):
        kept = "Nothing was changed: what is recorded is not altered or taken out"
        return StoreError(f"the database refused ({short})", where=where, remedy=kept)
    # Two kinds quote what was asked, which may be anybody's words: their text stays out.
    if isinstance(error, (DataError, ProgrammingError)):
        return StoreError(f"the database refused ({type(raised).__name__})", where=where, remedy=DAMAGED)
    if any(sign in short for sign in ("not a database", "malformed", "corrupt", "invalid page")):
        return StoreError(f"the database is damaged ({short})", where=where, remedy=DAMAGED)
    return StoreError(f"the database did not answer ({short})", where=where, remedy=remedy)


def _short(raised: BaseException, password: str | None) -> str:
    """What the driver says, on one line; of several tries to connect the last, of an error without its particulars."""
    lines = [line.strip() for line in str(raised).splitlines() if line.strip()]
    lines = [line for line in lines if not line.startswith(("DETAIL", "HINT", "LINE", "CONTEXT"))]
    text = (lines[-1].removeprefix("- ") if lines and "attempts failed" in lines[0] else " ".join(lines))[:240]
    text = text or type(raised).__name__
    return text.replace(password, "***") if password else text
