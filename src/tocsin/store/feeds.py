"""Feeds in SQL: whose sight a secret address shows, up to which label. The secret is here only as its SHA-256."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select, update

from tocsin.core.instant import Instant
from tocsin.store.tables import feed


@dataclass(frozen=True)
class Feed:
    """A feed. ceiling: the strictest label in it. subject: the key of the one place it is about; None for all."""

    digest: str
    id: str
    person: str
    name: str
    ceiling: str
    subject: str | None
    created: Instant
    expires: Instant
    revoked: Instant | None

    def holds(self, now: Instant) -> bool:
        """Whether it is still served."""
        return self.revoked is None and self.expires > now


def add(connection: Connection, given: Feed) -> None:
    """Keep a feed."""
    connection.execute(insert(feed), vars(given))


def of_digest(connection: Connection, digest: str) -> Feed | None:
    """The feed of this digest, whether or not it still holds."""
    row = connection.execute(select(feed).where(feed.c.digest == digest)).first()
    return Feed(**row._mapping) if row else None


def of_person(connection: Connection, person: str, limit: int) -> list[Feed]:
    """A person's feeds: those that were not revoked first, each kind newest first."""
    order = (feed.c.revoked.is_not(None), feed.c.created.desc(), feed.c.id)
    rows = connection.execute(select(feed).where(feed.c.person == person).order_by(*order).limit(limit))
    return [Feed(**row._mapping) for row in rows]


def number(connection: Connection, person: str, now: Instant) -> int:
    """How many feeds of a person still hold."""
    held = (feed.c.person == person, feed.c.expires > now, feed.c.revoked.is_(None))
    return connection.execute(select(func.count()).select_from(feed).where(*held)).scalar_one()


def revoke(connection: Connection, person: str, id: str, now: Instant) -> bool:
    """End one feed of a person; False if there is no such feed or it was ended before."""
    ended = connection.execute(
        update(feed).where(feed.c.person == person, feed.c.id == id, feed.c.revoked.is_(None)).values(revoked=now)
    )
    return ended.rowcount == 1
