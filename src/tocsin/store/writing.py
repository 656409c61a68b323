"""Writing to a store: statements, entries of the register and lines of the audit log, all in one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, func, insert, select, text

from tocsin.core.errors import StoreError
from tocsin.core.instant import Instant
from tocsin.core.kinds import words
from tocsin.core.marking import Marking
from tocsin.core.register import Entry
from tocsin.core.statement import Statement, canonical, digest
from tocsin.store import chain, tables
from tocsin.store.held import Held
from tocsin.store.reading import Reader, own_word

if TYPE_CHECKING:
    from tocsin.store.opening import Store

_SEARCH = {
    "sqlite": "INSERT INTO search (rowid, words, marking) VALUES (:recorded_at, :words, :marks)",
    "postgresql": "INSERT INTO search (recorded_at, marking, words) "
    "VALUES (:recorded_at, :marking, to_tsvector('simple', :words))",
}


class Writer(Reader):
    """One transaction. What is added is sent to the database together when the transaction ends."""

    def __init__(self, store: Store, connection: Connection) -> None:
        super().__init__(store, connection)
        self._rows: dict[str, list[dict[str, Any]]] = {}
        self._numbers: dict[str, int] = {}
        self._new: dict[str, Held] = {}
        self._last = max(
            connection.execute(select(func.max(column))).scalar() or 0
            for column in (tables.statement.c.recorded_at, tables.register.c.recorded_at)
        )
        last = connection.execute(
            select(tables.audit.c.seq, tables.audit.c.hash).order_by(tables.audit.c.seq.desc()).limit(1)
        ).first()
        self._line: int = last.seq if last else 0
        self._hash: str = last.hash if last else chain.GENESIS

    def tick(self) -> Instant:
        """The instant of what is recorded next: later than anything recorded before, even if the clock went back."""
        self._last = max(self.store.clock(), self._last + 1)
        return self._last

    def add(self, statement: Statement) -> Held:
        """Record a statement. Its rules have been checked by ``desk``.

        Errors: StoreError if it is here already.
        """
        if statement.id in self._new or self.find([statement.id]):
            raise StoreError("this statement is stored already", where=statement.id, remedy="Nothing needs to be done")
        at = self.tick()
        opened, subject = self._about(statement, at)
        head = Held(
            id=statement.id,
            recorded_at=at,
            opened_at=opened,
            kind=statement.kind,
            subject=subject,
            organisation=statement.author.organisation,
            person=statement.author.person,
            marking=statement.marking,
            recalled=False,
        )
        number = self._number(statement.marking)
        self._new[head.id] = head
        self._row(
            "statement",
            recorded_at=at,
            id=head.id,
            opened_at=head.opened_at,
            kind=head.kind,
            subject=head.subject,
            organisation=head.organisation,
            person=head.person,
            marking=number,
            open=statement.open_bytes,
            sealed=statement.sealed_bytes,
        )
        for relation, target in links(statement):
            self._row("link", source=at, relation=relation, target=target)
        if said := words(statement.body):
            marks = f"m{number} own{own_word(head.organisation, head.person)}"
            self._row("search", recorded_at=at, words=said, marking=number, marks=marks)
        return head

    def enter(self, entry: Entry, person: str | None) -> Instant:
        """Record a change of the register, by this person."""
        at = self.tick()
        self._row("register", recorded_at=at, person=person, entry=entry.model_dump_json())
        return at

    def keep(self, content: bytes, media_type: str, organisation: str, person: str | None) -> str:
        """Keep a file and record who brought it; its digest."""
        id = self.store.blobs.put(content)
        known = self.connection.execute(select(tables.blob.c.id).where(tables.blob.c.id == id)).first()
        if not known and all(row["id"] != id for row in self._rows.get("blob", ())):
            self._row(
                "blob",
                id=id,
                recorded_at=self.tick(),
                size=len(content),
                media_type=media_type,
                organisation=organisation,
                person=person,
            )
        return id

    def note(self, line: chain.Line) -> None:
        """Add a line to the audit log."""
        self._line += 1
        row = chain.sealed(self._line, self.store.clock(), line, self._hash)
        self._hash = row["hash"]
        self._row("audit", **row)
        for object in dict.fromkeys(line.objects):
            self._row("audit_object", object=object, seq=self._line)

    def finish(self) -> None:
        """Send everything to the database, in an order in which every reference is there before it is used."""
        for name in ("marking", "statement", "link", "register", "blob", "audit", "audit_object"):
            if rows := self._rows.pop(name, None):
                self.connection.execute(insert(tables.metadata.tables[name]), rows)
        if rows := self._rows.pop("search", None):
            self.connection.execute(text(_SEARCH[self._dialect]), rows)

    def _row(self, table: str, **values: Any) -> None:
        self._rows.setdefault(table, []).append(values)

    def _number(self, marking: Marking) -> int:
        """The number of a marking, given now if it is new."""
        content = canonical(marking.model_dump(mode="json"))
        id = digest(content)
        if id not in self._numbers:
            known = self.connection.execute(select(tables.marking.c.id).where(tables.marking.c.digest == id)).scalar()
            if known is None:
                known = len(self.markings) + 1 + len(self._rows.get("marking", ()))
                self._row("marking", id=known, digest=id, canonical=content.decode())
            self._numbers[id] = known
        return self._numbers[id]

    def _about(self, statement: Statement, at: Instant) -> tuple[Instant, str]:
        """From when a statement's audience is counted, and the subject under which it is found.

        A statement about another one is found where that one is, and is open to nobody to whom that one is shut.
        """
        subject = statement.subject
        if subject.type != "statement":
            return at, subject.key
        about = self._new.get(subject.id) or self.find([subject.id]).get(subject.id)
        return (min(at, about.opened_at), about.subject) if about else (at, subject.key)


def links(statement: Statement) -> list[tuple[str, str]]:
    """Every reference of a statement: relation and target, each once."""
    found = [("supersedes", id) for id in statement.supersedes]
    found += [("derived", id) for id in statement.inputs]
    if statement.subject.type == "statement":
        found.append(("about", statement.subject.id))
    if statement.recalls:
        found.append(("recalls", statement.recalls))
    found += [("file", item.reference) for item in statement.evidence if item.type == "attachment"]
    body = statement.body
    match body.kind:
        case "forecast":
            found.append(("file", body.table))
        case "release":
            found += [("file", id) for id in body.tables.values()]
        case "lineage":
            found += [("lineage", id) for id in (*body.sources, *body.approvals)]
    return list(dict.fromkeys(found))
