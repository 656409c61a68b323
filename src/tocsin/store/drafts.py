"""What somebody has typed and not yet sent: it comes and goes, and is nobody else's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection, delete, insert, select

from tocsin.core.instant import Instant
from tocsin.store.tables import draft

if TYPE_CHECKING:
    from tocsin.store.opening import Store

KEPT = 100
"""Drafts of one person; when there are more, the oldest go."""


def put(store: Store, person: str, form: str, saved: Instant, fields: str) -> None:
    """Keep the fields of a form, as JSON text, in place of what was kept of it before."""
    with store.writing() as writer:
        _remove(writer.connection, person, form)
        writer.connection.execute(insert(draft), {"person": person, "form": form, "saved": saved, "fields": fields})
        mine = select(draft.c.form).where(draft.c.person == person)
        for old in writer.connection.execute(mine.order_by(draft.c.saved.desc()).offset(KEPT)).scalars().all():
            _remove(writer.connection, person, old)


def get(store: Store, person: str, form: str) -> tuple[Instant, str] | None:
    """When it was kept and its fields, as JSON text; None if nothing is."""
    with store.reading() as reader:
        row = reader.connection.execute(
            select(draft.c.saved, draft.c.fields).where(draft.c.person == person, draft.c.form == form)
        ).first()
    return (row.saved, row.fields) if row else None


def drop(store: Store, person: str, form: str) -> None:
    """Forget what was kept of a form."""
    with store.writing() as writer:
        _remove(writer.connection, person, form)


def _remove(connection: Connection, person: str, form: str) -> None:
    connection.execute(delete(draft).where(draft.c.person == person, draft.c.form == form))
