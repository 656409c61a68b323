"""A PostgreSQL server of the tests' own: in a folder of its own, on a socket, gone when they end."""

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

SECONDS = 60
"""How long a server may take to start or stop."""


class NoServer(Exception):
    """There is no PostgreSQL here, and why."""


def binaries() -> Path:
    """The folder with ``initdb`` and ``postgres``."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    on_path = shutil.which("postgres")
    for folder in [*versions, *([Path(on_path).parent] if on_path else [])]:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise NoServer("no PostgreSQL server here: set TOCSIN_TEST_DATABASE, or install one (Debian: postgresql)")


class Server:
    """A server in a new folder. ``durable``: it writes to the disk as in earnest."""

    def __init__(self, *, durable: bool = False) -> None:
        self._bin = binaries()
        self.folder = Path(tempfile.mkdtemp(prefix="tocsin-pg-", dir="/tmp"))
        self._durable = durable
        # The server refuses to run as root.
        self._user = None
        if os.geteuid() == 0:
            self._user = next((name for name in ("postgres", "nobody") if _known(name)), None)
            if self._user is None:
                raise NoServer("PostgreSQL does not run as root, and there is no user postgres or nobody")
            shutil.chown(self.folder, self._user)
        self._run(
            "initdb", "-D", str(self.folder / "data"), "-U", "tocsin", "-E", "UTF8", "--locale=C", "-N", "-A", "trust"
        )
        self.start()

    @property
    def address(self) -> str:
        """The database that every server has."""
        return f"postgresql://tocsin@/postgres?host={self.folder}"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        settings = {"listen_addresses": "", "unix_socket_directories": str(self.folder), "max_connections": "200"}
        if not self._durable:
            settings |= {"fsync": "off", "full_page_writes": "off"}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        command = [str(self._bin / "postgres"), "-D", str(self.folder / "data"), *options]
        log = (self.folder / "log").open("ab")
        self._process = subprocess.Popen(command, stdout=log, stderr=log, cwd="/", **self._as())
        log.close()
        until = time.monotonic() + SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > until:
                raise NoServer(f"PostgreSQL did not start: {(self.folder / 'log').read_text()[-500:]}")
            time.sleep(0.05)

    def stop(self, how: signal.Signals = signal.SIGQUIT) -> None:
        """Stop it: SIGQUIT without any tidying, as when the power fails."""
        self._process.send_signal(how)
        self._process.wait(SECONDS)

    def close(self) -> None:
        """Stop it, and take its folder away."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _answers(self) -> bool:
        engine = create_engine(make_url(self.address).set(drivername="postgresql+psycopg"))
        try:
            with engine.connect():
                return True
        except OperationalError:
            return False
        finally:
            engine.dispose()

    def _run(self, name: str, *options: str) -> None:
        done = subprocess.run([str(self._bin / name), *options], capture_output=True, text=True, cwd="/", **self._as())
        if done.returncode:
            raise NoServer(f"{name} failed: {done.stderr[-500:]}")

    def _as(self) -> dict[str, object]:
        if self._user is None:
            return {}
        group = pwd.getpwnam(self._user).pw_gid
        return {"user": self._user, "group": group, "extra_groups": []}


def _known(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


@contextmanager
def fresh(server: str) -> Iterator[str]:
    """A database of one's own on a server, by the address of another one there."""
    url = make_url(server).set(drivername="postgresql+psycopg")
    name = f"tocsin_test_{secrets.token_hex(6)}"
    # No connection is kept: the server may have been started anew in between.
    engine = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    try:
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0"))
        yield url.set(drivername="postgresql", database=name).render_as_string(hide_password=False)
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    finally:
        engine.dispose()
