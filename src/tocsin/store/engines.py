"""The two kinds of database: how each is reached, and what is set on every connection so that nothing is lost."""

from __future__ import annotations

import os
import sqlite3
import time
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from tocsin.core.errors import StoreError

WAIT_SECONDS = 60
"""How long a writer waits for the others."""

_CONNECT_SECONDS = 10

_POOL = {"pool_size": 20, "max_overflow": 40}
"""More than the threads of one process, each of which reads on at most one connection while one of them writes."""

_PRAGMAS = ("synchronous=FULL", "fullfsync=ON", "foreign_keys=ON", "trusted_schema=OFF", "cache_size=-16384")


def sqlite(path: Path) -> Engine:
    """One file. It and what lies beside it can be read by its owner alone."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        for one in (path.parent, path, *path.parent.glob(f"{path.name}-*")):
            if one.stat().st_mode & 0o077:
                one.chmod(0o700 if one.is_dir() else 0o600)
    except OSError as error:
        raise StoreError(
            f"the file of the store cannot be opened ({error.strerror or error})",
            where=str(path),
            remedy="Give this user the right to write there, or set TOCSIN_HOME to a folder of your own",
        ) from None
    engine = create_engine(
        f"sqlite:///{path}", connect_args={"timeout": WAIT_SECONDS, "check_same_thread": False}, **_POOL
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _: Any) -> None:
        # Transactions are begun by us (below): the driver's own way begins them late and upgrades locks, which fails
        # under concurrent writers however long one is ready to wait.
        connection.isolation_level = None
        _write_ahead(connection)
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("tocsin_writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Change a new file to write-ahead logging; two processes that do so at once get an error instead of a wait."""
    until = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(0.01)


def postgresql(where: str) -> Engine:
    """A database of a server, by its address.

    Errors: StoreError if it is no address or the driver is missing. Nothing is asked of the server yet.
    """
    try:
        url = make_url(where)
    except (ArgumentError, ValueError):
        url = None
    if url is None or url.get_backend_name() != "postgresql":
        raise StoreError(
            "this is no address of a PostgreSQL database",
            where="TOCSIN_DATABASE",
            remedy="Write postgresql://USER:PASSWORD@HOST/DATABASE, or unset it to keep a file in TOCSIN_HOME",
        )
    # A server or a role may be set to acknowledge before the disk has it; ours never are.
    given = url.query.get("options", "")
    options = f"{given if isinstance(given, str) else ' '.join(given)} -c synchronous_commit=on"
    options += f" -c lock_timeout={WAIT_SECONDS}s"
    connect_args = {"options": options.strip()}
    if "connect_timeout" not in url.query:
        connect_args["connect_timeout"] = str(_CONNECT_SECONDS)
    try:
        return create_engine(
            url.set(drivername="postgresql+psycopg").difference_update_query(["options"]),
            isolation_level="REPEATABLE READ",
            pool_pre_ping=True,
            connect_args=connect_args,
            **_POOL,
        )
    except ModuleNotFoundError:
        raise StoreError(
            "the PostgreSQL driver is not installed",
            where="TOCSIN_DATABASE",
            remedy="Install tocsin[postgresql]",
        ) from None
