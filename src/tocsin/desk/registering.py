"""One change of the register in one transaction, with its line in the audit log; what is said if it breaks a rule."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from pydantic import ValidationError

from tocsin.core.errors import RegisterError
from tocsin.core.instant import Instant, written
from tocsin.core.register import Entry, Register
from tocsin.desk.visit import Visit
from tocsin.store.reading import Reader

_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""Controls, line ends, and marks that turn the direction of a text: a name could use them to look like another."""

_LAST = 253_402_300_799_999_999
"""The end of the year 9999, beyond which no date can be written."""

Change = Callable[[Register, Instant, Reader], Entry | None]
"""What is to be recorded, given the register, the instant and the transaction; None if nothing changes."""


def record(visit: Visit, change: Change) -> Register:
    """One change in one transaction, checked against the register as it is when it is written."""
    with visit.store.writing() as writer:
        known = writer.register
        fresh = change(known, writer.tick(), writer)
        if fresh is None:
            return known
        writer.enter(fresh, visit.actor.person)
        told = fresh.model_dump(mode="json", exclude={"email"}, exclude_none=True)
        told |= {name: written(told[name]) for name in ("since", "until", "opened") if name in told}
        writer.note(visit.line("registered", **told))
        return Register.fold([fresh], known)


def entry(kind: type[Entry], **given: Any) -> Entry:
    """The entry, or what is wrong with the first field that is wrong."""
    for field in ("name", "purpose"):
        text = given.get(field)
        if isinstance(text, str) and _UNSEEN.search("".join(text.split()) if field == "purpose" else text.strip()):
            raise RegisterError("it holds control characters", field=field, remedy="Write visible letters only")
    try:
        return kind(**given)
    except ValidationError as error:
        first = error.errors()[0]
        field = str(first["loc"][0]) if first["loc"] else "entry"
        if first["type"] == "string_pattern_mismatch":
            raise RegisterError(
                f"{str(first['input'])[:80]!r} is no identifier",
                field=field,
                remedy="Write lower-case letters a to z, digits and hyphens, 63 at most, a letter or digit first",
            ) from None
        raise RegisterError(first["msg"].removeprefix("Value error, "), field=field, remedy="Correct it") from None


def among(known: Iterable[str], kind: str, id: str, field: str) -> None:
    """Whether this identifier stands for something the visitor may know of; the words are those of an audience."""
    if id not in known:
        raise RegisterError(
            f"nobody here is called {kind}:{str(id)[:80]}",
            field=field,
            remedy="Choose one from the list, or have a steward add it",
        )


def taken(kind: str, id: str) -> RegisterError:
    """The error of an identifier that is in use."""
    return RegisterError(f"there is a {kind} called {id} already", field="id", remedy="Choose another identifier")


def ahead(wanted: Instant | None, at: Instant, field: str) -> Instant:
    """The instant wanted, or now.

    Errors: RegisterError if it is over: what was shared until now must not change its audience unseen.
    """
    if wanted is not None and not at <= wanted <= _LAST:
        raise RegisterError(
            "this moment is over" if wanted < at else "there is no such year",
            field=field,
            remedy="Give a time to come, or none for this moment",
        )
    return at if wanted is None else wanted


def day(at: Instant) -> str:
    """The day of an instant, in UTC."""
    return written(at)[:10]
