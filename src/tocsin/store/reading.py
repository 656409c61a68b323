"""Reading a store: heads of statements within what somebody may see, their parts, their links."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, String, TextClause, bindparam, select, text

from tocsin.core.instant import NEVER, Instant
from tocsin.core.kinds import spelled
from tocsin.core.marking import Marking
from tocsin.core.register import Register
from tocsin.core.statement import Statement
from tocsin.store import tables
from tocsin.store.held import COLUMNS, HEAD, Held, held
from tocsin.store.known import sound

if TYPE_CHECKING:
    from tocsin.store.opening import Store


@dataclass(frozen=True)
class Scope:
    """What somebody may see, as the database can use it.

    allowed: numbers of markings, each with the instant from which it is open to them. organisation, person: whose own
    statements are seen as well.
    """

    allowed: tuple[tuple[int, Instant], ...]
    organisation: str
    person: str

    @cached_property
    def json(self) -> str:
        """The allowed markings, as the queries take them."""
        return json.dumps(self.allowed)


@dataclass(frozen=True)
class Link:
    """One statement's reference to another (or to a file), by the source's head."""

    source: Held
    relation: str
    target: str


@dataclass(frozen=True)
class File:
    """An attachment or table: its digest, when it came, bytes, media type, and who brought it."""

    id: str
    recorded_at: Instant
    size: int
    media_type: str
    organisation: str
    person: str | None


_ALLOWED = {
    "sqlite": "SELECT CAST(value ->> 0 AS INTEGER) AS marking, CAST(value ->> 1 AS INTEGER) AS since "
    "FROM json_each(:allowed)",
    "postgresql": "SELECT (v ->> 0)::integer AS marking, (v ->> 1)::bigint AS since "
    "FROM jsonb_array_elements(CAST(:allowed AS jsonb)) AS v",
}

_NEWEST = (
    "SELECT t.recorded_at FROM statement t{by_marking} WHERE t.marking = a.marking AND t.recorded_at >= a.since "
    "AND t.opened_at >= a.since{only} AND t.recorded_at < :before AND t.recorded_at >= :after "
    "ORDER BY t.recorded_at DESC LIMIT :limit"
)
"""The newest of one marking: few steps in an index, however many statements there are under it and others."""

_OWN = (
    "SELECT o.recorded_at FROM statement o WHERE o.organisation = :organisation AND o.person = :person{own_only} "
    "AND o.recorded_at < :before AND o.recorded_at >= :after ORDER BY o.recorded_at DESC LIMIT :limit"
)

_HEADS = {
    # SQLite has no LATERAL; it runs a correlated list just as well. PostgreSQL does not.
    "sqlite": "WITH a AS ({allowed}), n AS (SELECT t.recorded_at FROM a CROSS JOIN statement t "
    "ON t.recorded_at IN ({newest}) UNION SELECT * FROM ({own})) SELECT {head} FROM "
    "(SELECT recorded_at FROM n ORDER BY recorded_at DESC LIMIT :limit) m "
    "CROSS JOIN statement s ON s.recorded_at = m.recorded_at ORDER BY s.recorded_at DESC",
    "postgresql": "WITH a AS ({allowed}), n AS (SELECT l.recorded_at FROM a CROSS JOIN LATERAL ({newest}) l "
    "UNION SELECT * FROM ({own}) w) SELECT {head} FROM "
    "(SELECT recorded_at FROM n ORDER BY recorded_at DESC LIMIT :limit) m "
    "JOIN statement s ON s.recorded_at = m.recorded_at ORDER BY s.recorded_at DESC",
}

_VISIBLE = (
    # Most markings are open from ever on: those are looked up as a set, which is far quicker than a join.
    "WHERE (s.marking IN (SELECT marking FROM a WHERE since = 0) "
    "OR s.opened_at >= (SELECT since FROM a WHERE since > 0 AND a.marking = s.marking) "
    "OR (s.organisation = :organisation AND s.person = :person))"
)

_RECENT = (
    "WITH a AS ({allowed}) SELECT {head} FROM (SELECT * FROM statement t{in_time} WHERE t.recorded_at < :before "
    "AND t.recorded_at >= :after{newest_only} ORDER BY t.recorded_at DESC LIMIT :window) s {visible} "
    "ORDER BY s.recorded_at DESC LIMIT :limit"
)
"""Of the newest of all, those in the scope: enough for whoever sees much, and cheap for everybody."""

_FOUND = {
    "sqlite": "SELECT {head} FROM search f CROSS JOIN statement s ON s.recorded_at = f.rowid "
    "WHERE search MATCH :words AND f.rowid < :before AND f.rowid >= :after{only} "
    "ORDER BY f.rowid DESC LIMIT :limit",
    "postgresql": "WITH a AS ({allowed}) SELECT {head} FROM search f JOIN statement s ON s.recorded_at = f.recorded_at "
    "WHERE f.words @@ plainto_tsquery('simple', :words) AND f.recorded_at < :before AND f.recorded_at >= :after "
    "AND (f.marking IN (SELECT marking FROM a) OR (s.organisation = :organisation AND s.person = :person)){only} "
    "ORDER BY f.recorded_at DESC LIMIT :limit",
}

_MATCHED = text(
    "SELECT rowid FROM search WHERE search MATCH :plain AND rowid < :before AND rowid >= :after "
    "ORDER BY rowid DESC LIMIT :window"
)
_OF_MATCHED = (
    "WITH a AS ({allowed}) SELECT {head} FROM json_each(:matched) f CROSS JOIN statement s "
    "ON s.recorded_at = f.value {visible}{only} ORDER BY s.recorded_at DESC LIMIT :limit"
)

WINDOW = 8
"""How many times as many as are wanted are looked at before the scope is walked marking by marking."""

_AT_ONCE = 5000
"""Identities in one query."""

_BY_ID = text(f"SELECT {HEAD} FROM statement s WHERE s.id IN :ids").bindparams(
    bindparam("ids", type_=String, expanding=True)
)
_OPENED = text(
    f"SELECT {HEAD} FROM statement s WHERE s.marking = :marking AND s.recorded_at >= :since "
    "AND s.recorded_at < :before AND s.opened_at >= :since AND s.opened_at < :until "
    "ORDER BY s.recorded_at DESC LIMIT :limit"
)
_LINKS = text(
    f"SELECT {HEAD}, l.relation, l.target FROM link l JOIN statement s ON s.recorded_at = l.source "
    "WHERE l.target IN :ids "
    "AND (CAST(:relation AS VARCHAR) IS NULL OR l.relation = :relation) "
    "AND (CAST(:kind AS VARCHAR) IS NULL OR s.kind = :kind) "
    "AND (CAST(:person AS VARCHAR) IS NULL OR (s.organisation = :organisation AND s.person = :person))"
).bindparams(bindparam("ids", type_=String, expanding=True))


class Reader:
    """One consistent view of a store. Nothing it gives has been through ``may_see`` yet: ``desk`` asks that."""

    def __init__(self, store: Store, connection: Connection) -> None:
        self.store, self.connection = store, connection
        self._dialect = connection.dialect.name

    @cached_property
    def register(self) -> Register:
        """Everybody, as recorded."""
        return self.store.known.register(self.connection)[1]

    @cached_property
    def markings(self) -> Mapping[int, Marking]:
        """Every marking in use, by its number."""
        return self.store.known.markings(self.connection)

    def heads(
        self,
        scope: Scope,
        *,
        subject: str | None = None,
        kind: str | None = None,
        before: Instant = NEVER,
        after: Instant = 0,
        limit: int,
    ) -> list[Held]:
        """At most ``limit`` heads in the scope, newest first, recorded in ``after <= time < before``."""
        given = {"before": before, "after": after, "limit": limit, "subject": subject, "kind": kind}
        found = self._ask(_RECENT, given | {"window": WINDOW * limit}, scope)
        # Whoever sees little of what is new is answered from an index by marking, whatever others have stored.
        return found if len(found) == limit else self._ask(_HEADS[self._dialect], given, scope)

    def search(
        self,
        scope: Scope,
        words: Sequence[str],
        *,
        subject: str | None = None,
        kind: str | None = None,
        before: Instant = NEVER,
        after: Instant = 0,
        limit: int,
    ) -> list[Held]:
        """As ``heads``, of statements that hold every word. Newest first: an order by relevance would tell how common
        a word is in statements that the asker may not see.
        """
        given = {"before": before, "after": after, "limit": limit, "subject": subject, "kind": kind}
        words = [one for word in words for one in spelled(word)]
        if not words:
            return []
        if self._dialect == "sqlite":
            quoted = " ".join('"' + word.replace('"', '""') + '"' for word in words)
            marks = " OR ".join([f"m{marking}" for marking, _ in scope.allowed] + [f"own{_own(scope)}"])
            given["words"] = f"words : ({quoted}) AND marking : ({marks})"
            # The newest that hold the words, of all: if these are all, or enough of them are in the scope, it is done.
            window = {"plain": f"words : ({quoted})", "before": before, "after": after, "window": WINDOW * limit}
            matched = list(self.connection.execute(_MATCHED, window).scalars())
            found = self._ask(_OF_MATCHED, given | {"matched": json.dumps(matched)}, scope)
            if len(found) == limit or len(matched) < WINDOW * limit:
                return found
        else:
            given["words"] = " ".join(words)
        return self._ask(_FOUND[self._dialect], given, scope)

    def opened(self, marking: int, since: Instant, until: Instant, *, before: Instant, limit: int) -> list[Held]:
        """At most ``limit`` heads under one marking, newest first, whose audience counts from ``since <= time < until``
        and that were recorded before an instant.
        """
        given = {"marking": marking, "since": since, "until": until, "before": before, "limit": limit}
        return [held(row, self.markings) for row in self.connection.execute(_OPENED, given)]

    def find(self, ids: Iterable[str]) -> dict[str, Held]:
        """The heads of these identities, of those that are here."""
        return {head.id: head for head in (held(row, self.markings) for row in self._in(_BY_ID, ids))}

    def parts(self, heads: Iterable[Held]) -> dict[str, tuple[bytes, bytes]]:
        """The open and the sealed part of each head, by identity."""
        stored = tables.statement.c
        query = select(stored.id, stored.open, stored.sealed).where(
            stored.recorded_at.in_([head.recorded_at for head in heads])
        )
        return {id: (bytes(shown), bytes(sealed)) for id, shown, sealed in self.connection.execute(query)}

    def statements(self, heads: Iterable[Held]) -> dict[str, tuple[bytes, Statement]]:
        """The open part and the whole statement of each head, by identity, in the order of the heads.

        Errors: StoreError if a stored statement has been damaged.
        """
        wanted, kept = list(heads), self.store.known.statements
        found = {head.id: known for head in wanted if (known := kept.get(head.id))}
        if missing := [head for head in wanted if head.id not in found]:
            with sound("a statement"):
                for id, (shown, sealed) in self.parts(missing).items():
                    found[id] = kept.put(id, (shown, Statement.from_parts(shown, sealed)))
        return {head.id: found[head.id] for head in wanted}

    def links_to(
        self,
        targets: Iterable[str],
        relation: str | None = None,
        *,
        kind: str | None = None,
        author: tuple[str, str] | None = None,
    ) -> list[Link]:
        """What refers to these identities, oldest first: all of it, or what refers in this relation, is of this kind,
        is by this organisation and person.
        """
        organisation, person = author or (None, None)
        only = {"relation": relation, "kind": kind, "organisation": organisation, "person": person}
        rows = self._in(_LINKS, targets, only)
        found = [Link(held(row, self.markings), row[COLUMNS], row[COLUMNS + 1]) for row in rows]
        return sorted(found, key=lambda link: link.source.recorded_at)

    def file(self, id: str) -> File | None:
        """What is recorded of an attachment or table; None if there is no such file."""
        row = self.connection.execute(select(tables.blob).where(tables.blob.c.id == id)).first()
        return File(**row._mapping) if row else None

    def _in(self, query: TextClause, ids: Iterable[str], given: Mapping[str, Any] | None = None) -> Iterator[Any]:
        """The rows of a query of ``:ids``, however many these are; a database takes only so many at once."""
        wanted = iter(dict.fromkeys(ids))
        while some := list(islice(wanted, _AT_ONCE)):
            yield from self.connection.execute(query, {"ids": some, **(given or {})})

    def _ask(self, template: str, given: Mapping[str, Any], scope: Scope) -> list[Held]:
        query, names = _query(self._dialect, template, bool(given["subject"]), bool(given["kind"]))
        whose = {"allowed": scope.json, "organisation": scope.organisation, "person": scope.person}
        # text() takes only what the query names; the rest of what is given would be an error.
        asked = {key: value for key, value in {**given, **whose}.items() if key in names}
        return [held(row, self.markings) for row in self.connection.execute(query, asked)]


@cache
def _query(dialect: str, template: str, subject: bool, kind: bool) -> tuple[TextClause, frozenset[str]]:
    """A query that is put together once, and the names of what it must be given."""
    only = _only(subject, kind)
    in_time, by_marking = _indexes(subject, kind) if dialect == "sqlite" else ("", "")
    written = template.format(
        allowed=_ALLOWED[dialect],
        head=HEAD,
        in_time=in_time,
        newest=_NEWEST.format(by_marking=by_marking, only=only.format(name="t")),
        own=_OWN.format(own_only=only.format(name="o")),
        only=only.format(name="s"),
        newest_only=only.format(name="t"),
        visible=_VISIBLE,
    )
    return text(written), frozenset(re.findall(r"(?<!:):(\w+)", written))


def _only(subject: bool, kind: bool) -> str:
    return (" AND {name}.subject = :subject" if subject else "") + (" AND {name}.kind = :kind" if kind else "")


def _indexes(subject: bool, kind: bool) -> tuple[str, str]:
    """The indexes that SQLite is to walk in time and by marking.

    It keeps no statistics unless it is told to, and with a wrong guess it walks everything said of a country.
    """
    match (subject, kind):
        case (False, False):
            return "", " INDEXED BY statement_by_marking"
        case (True, False):
            return " INDEXED BY statement_by_subject_in_time", " INDEXED BY statement_by_subject"
        case (False, True):
            return " INDEXED BY statement_by_kind_in_time", " INDEXED BY statement_by_kind"
        case _:
            together = " INDEXED BY statement_by_subject_and_kind"
            return f"{together}_in_time", together


def _own(scope: Scope) -> str:
    return own_word(scope.organisation, scope.person)


def own_word(organisation: str, person: str | None) -> str:
    """The word under which a person's own statements are indexed: letters and digits only, whatever the names hold."""
    return f"{organisation}/{person or ''}".encode().hex()
