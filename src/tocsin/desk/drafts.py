"""Drafts: what somebody typed into a form is kept until it is stored or they discard it, and only they see it.

They are sealed with the node's key: a draft may be of an estimate that nobody is to read yet.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tocsin.core.errors import AccessError, SealError, StatementError
from tocsin.core.instant import Instant
from tocsin.core.statement import LARGEST
from tocsin.desk.visit import Visit
from tocsin.store import drafts as kept
from tocsin.store.sealing import MARK

LONGEST_NAME = 120
"""Characters of the name of a form."""

Fields = Mapping[str, Sequence[str]]
"""What was typed: every field with its values, of which a group of boxes has several."""


@dataclass(frozen=True)
class Draft:
    """What was typed into a form, and when it was kept.

    lost: whether something was kept that cannot be read, because the node's key is not there or is another; it then has
    no fields.
    """

    saved: Instant
    fields: Fields
    lost: bool = False


def save(visit: Visit, form: str, fields: Fields) -> Draft:
    """Keep what this person has typed into a form, in place of what was kept of it before.

    form: its name, for example ``compose:place:SDN``; at most 120 characters.

    Errors: StatementError if it is longer than a statement may be; AccessError if the account is closed; SealError if
    the node's key is gone.
    """
    if not visit.actor.active:
        raise AccessError("this account is closed, so nothing is kept for it", remedy="Ask a steward")
    if len(form) > LONGEST_NAME:
        raise StatementError("the name of the form is too long", field="form", remedy="Open the form again")
    text = json.dumps({name: list(values) for name, values in fields.items()}, ensure_ascii=False)
    if len(text.encode()) > LARGEST:
        raise StatementError(
            f"a draft is kept up to {LARGEST // 1024} KiB; this one is longer",
            field="text",
            remedy="Shorten it, or keep the long part in a file",
        )
    now = visit.store.clock()
    person = visit.actor.person
    kept.put(visit.store, person, form, now, visit.store.seal.seal(_context(person, form), text.encode()))
    return Draft(now, json.loads(text))


def load(visit: Visit, form: str) -> Draft | None:
    """What this person typed into a form and has not sent; None if nothing is kept.

    One that cannot be read is told of as lost: the form opens without it, and it stays until it is discarded or another
    takes its place, since the key may be put back.
    """
    if not visit.actor.active:
        return None
    found = kept.get(visit.store, visit.actor.person, form[:LONGEST_NAME])
    if not found:
        return None
    saved, text = found
    if text.startswith(MARK):
        try:
            text = visit.store.seal.open(_context(visit.actor.person, form[:LONGEST_NAME]), text).decode()
        except SealError:
            return Draft(saved, {}, lost=True)
    return Draft(saved, json.loads(text))


def clear(visit: Visit, form: str) -> None:
    """Forget what this person typed into a form."""
    kept.drop(visit.store, visit.actor.person, form[:LONGEST_NAME])


def _context(person: str, form: str) -> dict[str, str]:
    """What a sealed draft is bound to."""
    return {"draft": form, "person": person}
