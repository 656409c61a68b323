"""Opening a store: one SQLite file or one PostgreSQL database, brought to the newest form, of one world only."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, create_engine, event, insert, inspect, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError

from tocsin.core.errors import StoreError
from tocsin.core.instant import Instant
from tocsin.core.seeing import World
from tocsin.store.tables import meta

if TYPE_CHECKING:
    from tocsin.store.reading import Reader
    from tocsin.store.writing import Writer

NEWEST = "0001"
"""The newest migration."""

_LOCK = 0x746F6373696E
"""The key of PostgreSQL's advisory lock under which a store is written to; one writer at a time keeps one order."""

WAIT_SECONDS = 60
"""How long a writer waits for the others."""


class Store:
    """A store that is open. ``folder`` holds its attachments and tables; ``clock`` tells the time."""

    def __init__(self, engine: Engine, folder: Path, world: World, clock: Callable[[], Instant]) -> None:
        from tocsin.store.blobs import Blobs
        from tocsin.store.journal import Journal
        from tocsin.store.known import Known

        self.engine, self.world, self.clock = engine, world, clock
        self.blobs = Blobs(folder / "blobs")
        self.known = Known()
        self.journal = Journal(self)
        self.folder = folder

    @property
    def sqlite(self) -> bool:
        """Whether this is the one-file store."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Reader]:
        """One consistent view of what is stored."""
        from tocsin.store.reading import Reader

        with _told(), self.engine.connect() as connection, connection.begin():
            yield Reader(self, connection)

    @contextmanager
    def writing(self) -> Iterator[Writer]:
        """One transaction that writes; it is durable when the block ends and undone if the block raises.

        Writers take turns, on both databases: the order of what is recorded is then one order, and the chain of the
        audit log one chain.
        """
        from tocsin.store.writing import Writer

        with _told(), self.engine.connect() as connection:
            # A PostgreSQL writer must see what the one before it wrote while it waited for the lock.
            options = {"tocsin_writes": True} if self.sqlite else {"isolation_level": "READ COMMITTED"}
            connection = connection.execution_options(**options)
            with connection.begin():
                if not self.sqlite:
                    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
                writer = Writer(self, connection)
                yield writer
                writer.finish()

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()


def open_store(where: str, folder: Path, *, clock: Callable[[], Instant], world: World = "real") -> Store:
    """The store at an address, made or brought to the newest form if need be.

    where: ``postgresql://...``, or empty for the file ``node.db`` in ``folder``.

    Errors: StoreError if it cannot be opened, belongs to the other world, or is of a newer Tocsin.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    engine = _postgresql(where) if where else _sqlite(folder / "node.db")
    store = Store(engine, folder, world, clock)
    with _told():
        _bring_up(store)
    return store


def _sqlite(path: Path) -> Engine:
    engine = create_engine(
        f"sqlite:///{path}",
        connect_args={"timeout": WAIT_SECONDS, "check_same_thread": False},
        pool_size=20,
        max_overflow=40,
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _: Any) -> None:
        # Transactions are begun by us (below): the driver's own way begins them late and upgrades locks, which fails
        # under concurrent writers however long one is ready to wait.
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "trusted_schema=OFF"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("tocsin_writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _postgresql(where: str) -> Engine:
    try:
        url = make_url(where)
    except ArgumentError:
        url = None
    if url is None or url.get_backend_name() != "postgresql":
        raise StoreError(
            "this is no address of a PostgreSQL database",
            where="TOCSIN_DATABASE",
            remedy="Write postgresql://USER:PASSWORD@HOST/DATABASE, or unset it to keep a file in TOCSIN_HOME",
        )
    try:
        return create_engine(
            url.set(drivername="postgresql+psycopg"),
            isolation_level="REPEATABLE READ",
            pool_size=20,
            max_overflow=40,
            pool_pre_ping=True,
        )
    except ModuleNotFoundError:
        raise StoreError(
            "the PostgreSQL driver is not installed",
            where="TOCSIN_DATABASE",
            remedy="Install tocsin[postgresql]",
        ) from None


@contextmanager
def _told() -> Iterator[None]:
    """A database that cannot do its part is told as our error; nothing of what was asked goes into the sentence."""
    try:
        yield
    except OperationalError as error:
        raise StoreError(
            f"the database did not answer ({_short(error)})",
            remedy="Nothing was changed; see that it runs and has room, then try again (`tocsin doctor` says more)",
        ) from error


def _short(error: DBAPIError) -> str:
    lines = str(error.orig).strip().splitlines()
    return lines[0][:160] if lines else type(error.orig).__name__


def _bring_up(store: Store) -> None:
    with store.engine.connect() as connection:
        inspector = inspect(connection)
        version = None
        if inspector.has_table("alembic_version"):
            version = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if version != NEWEST:
        _migrate(store, version)
    with store.engine.connect() as connection:
        rows = dict(connection.execute(select(meta.c.name, meta.c.value)).all())
    if rows["world"] != store.world:
        raise StoreError(
            f"this store is for {rows['world']} statements, not for {store.world} ones",
            where=str(store.folder),
            remedy="Exercise and real statements never share a store; point TOCSIN_HOME or TOCSIN_DATABASE elsewhere",
        )


def _migrate(store: Store, version: str | None) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    with store.engine.connect() as connection:
        connection = connection.execution_options(tocsin_writes=True)
        with connection.begin():
            if not store.sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
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
