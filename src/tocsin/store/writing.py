"""Writing to a store: statements, entries of the register and lines of the audit log, all in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, func, insert, select, text

from tocsin.core.errors import StoreError
from tocsin.core.instant import Instant, written
from tocsin.core.marking import Marking
from tocsin.core.register import Entry, PersonChanged
from tocsin.core.statement import Statement, canonical, digest
from tocsin.store import accounts, chain, tables
from tocsin.store.held import Held
from tocsin.store.reading import Reader
from tocsin.store.words import INSERT, indexed

if TYPE_CHECKING:
    from tocsin.store.opening import Store


BACK = 300 * 1_000_000
"""Microseconds by which a clock that is being set may go back."""


class Writer(Reader):
    """One transaction. What is added is sent to the database together when the transaction ends."""

    def __init__(self, store: Store, connection: Connection) -> None:
        super().__init__(store, connection)
        self._rows: dict[str, list[dict[str, Any]]] = {}
        self._numbers: dict[str, int] = {}
        self._new: dict[str, Held] = {}
        self._last = max(
            connection.execute(select(func.max(column))).scalar() or 0
            for column in (tables.statement.c.recorded_at, tables.register.c.recorded_at, tables.blob.c.recorded_at)
        )
        last = connection.execute(
            select(tables.audit.c.seq, tables.audit.c.at, tables.audit.c.hash)
            .order_by(tables.audit.c.seq.desc())
            .limit(1)
        ).first()
        self._line: int = last.seq if last else 0
        self._noted: Instant = last.at if last else 0
        self._hash: str = last.hash if last else chain.GENESIS

    def tick(self) -> Instant:
        """The instant of what is recorded next: later than anything recorded before, even if the clock went back a bit.

        Errors: StoreError if it went back further. What was then recorded would be dated by a clock that was wrong, and
        who may see it with it.
        """
        now = self.store.clock()
        if self._last > now + BACK:
            raise StoreError(
                f"this machine's clock says {written(now)}, and the newest record is of {written(self._last)}",
                remedy="Set the clock; if it was wrong when that was recorded, restore the backup made before it",
            )
        self._last = max(now, self._last + 1)
        return self._last

    def find(self, ids: Iterable[str]) -> dict[str, Held]:
        """The heads of these identities, also of what this transaction has added."""
        wanted = set(ids)
        added = {id: self._new[id] for id in wanted if id in self._new}
        return added | super().find(wanted - added.keys()) if len(added) < len(wanted) else added

    def add(self, statement: Statement) -> Held:
        """Record a statement. Its rules have been checked by ``desk``.

        Errors: StoreError if it is here already.
        """
        if self.find([statement.id]):
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
            attribution=statement.attribution,
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
            attribution=head.attribution.value,
            marking=number,
            open=statement.open_bytes,
            sealed=statement.sealed_bytes,
        )
        for relation, target in links(statement):
            self._row("link", source=at, relation=relation, target=target)
        if row := indexed(at, statement, number):
            self._row("search", **row)
        return head

    def enter(self, entry: Entry, person: str | None) -> Instant:
        """Record a change of the register, by this person; an account that it closes signs nobody in any more."""
        at = self.tick()
        if isinstance(entry, PersonChanged) and entry.active is False:
            accounts.end_everything(self.connection, entry.id, at)
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
        """Add a line to the audit log, at an instant that is never before that of the line above it."""
        line = chain.told(line)
        self._line += 1
        self._noted = max(self.store.clock(), self._noted)
        row = chain.sealed(self._line, self._noted, line, self._hash)
        self._hash = row["hash"]
        self._row("audit", **row)
        for object in line.objects:
            self._row("audit_object", object=object, seq=self._line)

    def finish(self) -> None:
        """Send everything to the database, in an order in which every reference is there before it is used.

        The log vouches for every row of the record, so that none can be changed without breaking its chain.
        """
        for line in chain.vouching(self._rows):
            self.note(line)
        for name in ("marking", "statement", "link", "register", "blob", "audit", "audit_object"):
            if rows := self._rows.pop(name, None):
                self.connection.execute(insert(tables.metadata.tables[name]), rows)
        if rows := self._rows.pop("search", None):
            self.connection.execute(text(INSERT[self._dialect]), rows)

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
        """From when its audience is counted, and the subject under which it is found: see ``placed``."""
        wanted = leads(statement)
        known = {id: self._new[id] for id in wanted if id in self._new}
        if missing := wanted - known.keys():
            known |= self.find(missing)
        return placed(statement, at, known)


def leads(statement: Statement) -> set[str]:
    """The identities of the statements on which it depends to whom a statement is open."""
    wanted = {statement.subject.id} if statement.subject.type == "statement" else set()
    if statement.body.tells_of_inputs:
        wanted.update(statement.inputs)
    return wanted


def placed(statement: Statement, at: Instant, known: Mapping[str, Held]) -> tuple[Instant, str]:
    """From when a statement's audience is counted, and the subject under which it is found.

    A statement about another one is found where that one is, and is open to nobody to whom that one is shut; one that
    tells what it was made from is open to nobody to whom any of that is shut. known: the heads of ``leads``.
    """
    opened = min([at, *(known[id].opened_at for id in leads(statement) if id in known)])
    about = known.get(statement.subject.id) if statement.subject.type == "statement" else None
    return opened, about.subject if about else statement.subject.key


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
    return list(dict.fromkeys(found))
