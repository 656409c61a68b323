"""Opening a store: one SQLite file or one PostgreSQL database, brought to the newest form, of one world only."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, RootTransaction, insert, inspect, select, text

from tocsin.core.errors import StoreError
from tocsin.core.instant import Instant
from tocsin.core.seeing import World
from tocsin.store import engines
from tocsin.store.engines import WAIT_SECONDS
from tocsin.store.failures import UNCERTAIN, UNCHANGED, told
from tocsin.store.tables import meta

if TYPE_CHECKING:
    from tocsin.store.chain import Line
    from tocsin.store.reading import Reader
    from tocsin.store.writing import Writer

NEWEST = "0002"
"""The newest migration."""

OLDEST_SERVER = 15
"""The oldest PostgreSQL that is tested."""

_LOCK = 0x746F6373696E
"""The key of PostgreSQL's advisory lock under which a store is written to; one writer at a time keeps one order."""


class _Thread(threading.local):
    """What one thread is doing: whether it writes, and lines of the audit log to be written when it has."""

    def __init__(self) -> None:
        self.writes = False
        self.later: list[Line] = []


class Store:
    """A store that is open. ``folder`` holds its attachments and tables; ``clock`` tells the time."""

    def __init__(
        self, engine: Engine, folder: Path, world: World, clock: Callable[[], Instant], key: Path | None = None
    ) -> None:
        from tocsin.store.blobs import Blobs
        from tocsin.store.journal import Journal
        from tocsin.store.known import Known
        from tocsin.store.sealing import Seal

        self.engine, self.world, self.clock = engine, world, clock
        self.blobs = Blobs(folder / "blobs")
        self.known = Known()
        self.journal = Journal(self)
        self.folder = folder
        # Beside the folder, not in it: whoever copies the folder does not take the key along.
        self.seal = Seal(self, key or folder.with_name(f"{folder.name}.key"))
        self._turn = threading.Lock()
        self._thread = _Thread()

    @property
    def sqlite(self) -> bool:
        """Whether this is the one-file store."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Reader]:
        """One consistent view of what is stored."""
        from tocsin.store.reading import Reader

        password = self.engine.url.password
        with told(password=password), self.engine.connect() as connection, connection.begin() as view:
            yield Reader(self, connection)
            # There is nothing to keep, and a damaged file refuses to.
            view.rollback()

    @contextmanager
    def writing(self) -> Iterator[Writer]:
        """One transaction that writes; it is durable when the block ends and undone if the block raises.

        Writers take turns, on both databases: the order of what is recorded is then one order, and the chain of the
        audit log one chain.

        Errors: StoreError if the database fails; what was to be written is then not there, except where the
        connection broke while it was acknowledged, which the error says.
        """
        if self._thread.writes:
            raise RuntimeError("a writing inside a writing would wait for itself")
        # Threads of one process queue here, in order and without holding a connection each.
        if not self._turn.acquire(timeout=WAIT_SECONDS):
            raise StoreError("others have been writing for a minute", remedy="Nothing was changed; try again")
        self._thread.writes = True
        try:
            with self._transaction() as writer:
                yield writer
        finally:
            self._thread.writes = False
            self._turn.release()
            later, self._thread.later = self._thread.later, []
            if later:
                self.journal.note(*later)

    def later(self, lines: Iterable[Line]) -> bool:
        """Keep lines of the audit log until this thread's writing has ended; False if it is not writing."""
        if self._thread.writes:
            self._thread.later += lines
        return self._thread.writes

    @contextmanager
    def _transaction(self) -> Iterator[Writer]:
        from tocsin.store.writing import Writer

        password = self.engine.url.password
        with told(password=password), self.engine.connect() as connection, self.turn(connection) as ending:
            writer = Writer(self, connection)
            yield writer
            writer.finish()
            with told(remedy=UNCHANGED if self.sqlite else UNCERTAIN, password=password):
                ending.commit()

    @contextmanager
    def turn(self, connection: Connection) -> Iterator[RootTransaction]:
        """A transaction on this connection that begins when no other writes, and sees all that they wrote."""
        # Under REPEATABLE READ a writer would see what was there when it began to wait, not when its turn came.
        options = {"tocsin_writes": True} if self.sqlite else {"isolation_level": "READ COMMITTED"}
        connection = connection.execution_options(**options)
        with connection.begin() as ending:
            if not self.sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            yield ending

    def remember(self, name: str, value: str, line: Line) -> None:
        """Keep something about the store itself, unless something of this name is kept already."""
        with self.writing() as writer:
            if not writer.connection.execute(select(meta.c.name).where(meta.c.name == name)).first():
                writer.connection.execute(insert(meta), {"name": name, "value": value})
                writer.note(line)

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()


def open_store(
    where: str, folder: Path, *, clock: Callable[[], Instant], world: World = "real", key: Path | None = None
) -> Store:
    """The store at an address, made or brought to the newest form if need be.

    where: ``postgresql://...``, or empty for the file ``node.db`` in ``folder``. key: the file of the node's key;
    None: beside the folder.

    Errors: StoreError if it cannot be opened, belongs to the other world, or is of a newer Tocsin.
    """
    engine = engines.postgresql(where) if where else engines.sqlite(folder / "node.db")
    _own(folder)
    store = Store(engine, folder, world, clock, key)
    try:
        with told(
            where="TOCSIN_DATABASE" if where else str(folder / "node.db"),
            remedy=_REMEDY if where else UNCHANGED,
            password=engine.url.password,
        ):
            _bring_up(store)
    except BaseException:
        store.close()
        raise
    return store


_REMEDY = "See that the server runs, that user and password are right, and that the database is there, then try again"


def _own(folder: Path) -> None:
    """The folder, which only its owner may look into."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if folder.stat().st_mode & 0o077:
            folder.chmod(0o700)
    except OSError as error:
        raise StoreError(
            f"the folder of the store cannot be made ({error.strerror or error})",
            where=str(folder),
            remedy="Give this user the right to write there, or set TOCSIN_HOME to a folder of your own",
        ) from None


def _bring_up(store: Store) -> None:
    with store.engine.connect() as connection:
        if not store.sqlite:
            _fit(connection)
        version = _version(connection)
    if version != NEWEST:
        _migrate(store, version)
    with store.engine.connect() as connection:
        rows = {row.name: row.value for row in connection.execute(select(meta))}
    if rows.get("world") != store.world:
        raise StoreError(
            f"this store is for {rows.get('world', 'no')} statements, not for {store.world} ones",
            where=str(store.folder) if store.sqlite else "TOCSIN_DATABASE",
            remedy="Exercise and real statements never share a store; point TOCSIN_HOME or TOCSIN_DATABASE elsewhere",
        )


def _fit(connection: Connection) -> None:
    """Whether a server can hold a store: new enough, and able to write every letter."""
    version, encoding = connection.execute(
        text("SELECT current_setting('server_version_num')::int, current_setting('server_encoding')")
    ).one()
    if version // 10000 < OLDEST_SERVER or encoding != "UTF8":
        raise StoreError(
            f"the server is PostgreSQL {version // 10000} with the encoding {encoding}",
            where="TOCSIN_DATABASE",
            remedy=f"Use PostgreSQL {OLDEST_SERVER} or newer and a database made with ENCODING 'UTF8'",
        )


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


def _migrate(store: Store, version: str | None) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    with store.engine.connect() as connection, store.turn(connection):
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise StoreError(
                f"this store was written by a newer Tocsin (form {version}; {error})",
                where=str(store.folder),
                remedy="Install that version, or point TOCSIN_HOME elsewhere",
            ) from None
        if not connection.execute(select(meta.c.name).where(meta.c.name == "world")).first():
            connection.execute(insert(meta), {"name": "world", "value": store.world})
