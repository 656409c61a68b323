"""Nothing acknowledged is lost: four processes make statements and are killed at random moments, again and again.

    python -m benchmarks.kill [--kills 200] [--database sqlite|postgresql|both] [--seed 1]

A kill is a SIGKILL to one writer while the others go on, or to all of them at once; on PostgreSQL now and then to the
server's process that serves a writer, which makes the whole server recover, or the server is stopped without any
tidying and started again. A writer writes down each statement's identity when ``make`` has returned. After every kill
each of these must be in the store; after every 25, and at the end, the examination must find no damage and a newly
opened node must go on. Ctrl-C stops it with what was counted so far.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text
from tests.postgresql import NoServer, Server, fresh

from tocsin.core.errors import StoreError
from tocsin.core.settings import Settings
from tocsin.desk import making
from tocsin.desk.node import clock, open_node
from tocsin.store.examination import examine
from tocsin.store.opening import Store, open_store

WRITERS = 4
EXAMINED_EVERY = 25
LONGEST_WAIT = 0.8
"""Seconds between kills are drawn from 0 to this: some hit a writer that has not even opened the store."""

GIVEN = {
    "subject": {"type": "place", "id": "SDN"},
    "marking": {"tlp": "TLP:AMBER", "audience": [["org:this-node"]]},
}


class Lost(Exception):
    """Something that was acknowledged is not there, or is damaged."""


class Trial:
    """One run on one kind of database."""

    def __init__(self, settings: Settings, dice: random.Random, server: Server | None = None) -> None:
        self.settings, self.dice, self.server = settings, dice, server
        self.writers: dict[int, int] = {}
        self.acknowledged: set[str] = set()
        self.counts: Counter[str] = Counter()
        self.works: Callable[[Settings, int], None] = write
        self._read = [0] * WRITERS
        open_node(settings).store.close()

    def run(self, kills: int) -> None:
        """Kill so many times.

        Errors: Lost says what is gone or damaged.
        """
        try:
            for done in range(1, kills + 1):
                self._spawn()
                time.sleep(self.dice.uniform(0, LONGEST_WAIT))
                self._kill()
                self._check()
                if done % EXAMINED_EVERY == 0 or done == kills:
                    self._stop(list(self.writers))
                    self._check()
                    self._examine()
                    print(f"  {done} kills, {len(self.acknowledged)} acknowledged, none lost, no damage", flush=True)
        finally:
            self._stop(list(self.writers))

    def _spawn(self) -> None:
        for number in range(WRITERS):
            if number not in self.writers:
                # A copy of this process, which has no connection open, starts at once; a new one takes a second.
                pid = os.fork()
                if pid == 0:
                    self.works(self.settings, number)
                self.writers[number] = pid

    def _kill(self) -> None:
        ways = ["one writer"] * 6 + ["every writer"] * 3
        if self.server:
            ways += ["a process of the server", "the server"]
        way = self.dice.choice(ways)
        if way == "one writer":
            self._stop([self.dice.choice(list(self.writers))])
        elif way == "every writer":
            self._stop(list(self.writers))
        elif way == "the server":
            assert self.server
            self.server.stop()
            self.server.start()
        else:
            way = self._kill_one_behind()
        self.counts[way] += 1

    def _kill_one_behind(self) -> str:
        assert self.server
        with self._opened() as store, store.reading() as reader:
            query = text(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            pids = list(reader.connection.execute(query).scalars())
        if not pids:  # every writer is only just starting
            self._stop([self.dice.choice(list(self.writers))])
            return "one writer"
        try:
            os.kill(self.dice.choice(pids), signal.SIGKILL)
        except ProcessLookupError:
            return "a process of the server that had just ended"
        return "a process of the server"

    def _stop(self, numbers: list[int]) -> None:
        for number in numbers:
            os.kill(self.writers[number], signal.SIGKILL)
        for number in numbers:
            _, status = os.waitpid(self.writers.pop(number), 0)
            if os.WIFEXITED(status):
                raise Lost(f"writer {number} ended by itself:\n{(self.settings.home / 'errors').read_text()}")

    def _check(self) -> None:
        """Whether everything acknowledged since the last time is in the store."""
        new: list[str] = []
        for number in range(WRITERS):
            path = acknowledgements(self.settings, number)
            if path.exists():
                whole, _, _ = path.read_bytes()[self._read[number] :].rpartition(b"\n")
                if whole:
                    self._read[number] += len(whole) + 1
                    new += whole.decode().split("\n")
        self._find(new)
        self.acknowledged.update(new)

    def _find(self, ids: list[str]) -> None:
        with self._opened() as store, store.reading() as reader:
            if missing := set(ids) - set(reader.find(ids)):
                raise Lost(f"{len(missing)} acknowledged statements are gone: {sorted(missing)[:5]}")

    def _examine(self) -> None:
        self._find(list(self.acknowledged))
        with self._opened() as store:
            if damage := [one for area in examine(store) for one in area.findings if one.state == "fail"]:
                raise Lost("damage: " + "; ".join(f"{one.where}: {one.what}" for one in damage))
        node = open_node(self.settings)
        making.make(node.local("kill"), {**GIVEN, "body": {"kind": "note", "title": "Still here", "text": "yes"}})
        node.store.close()

    @contextmanager
    def _opened(self) -> Iterator[Store]:
        """The store, as soon as it can be had: a server that recovers answers when it has."""
        until = time.monotonic() + 60
        while True:
            try:
                store = open_store(self.settings.database, self.settings.home / "store", clock=clock)
                break
            except StoreError:
                if not self.server or time.monotonic() > until:
                    raise
                time.sleep(0.05)
        try:
            yield store
        finally:
            store.close()


def acknowledgements(settings: Settings, number: int) -> Path:
    """Where a writer writes down what was acknowledged to it."""
    return settings.home / f"acknowledged-{number}"


def write(settings: Settings, number: int) -> None:
    """Make statements for ever. A server that is gone is waited for; anything else ends the writer, with a trace."""
    node = None

    def once(out: int) -> None:
        nonlocal node
        node = node or open_node(settings)
        body = {"kind": "note", "title": "Seen", "text": f"by writer {number} at {clock()}"}
        made = making.make(node.local("kill"), {**GIVEN, "body": body})
        os.write(out, made.id.encode() + b"\n")

    again(settings, number, once)


def again(settings: Settings, number: int, once: Callable[[int], None]) -> None:
    """Do something for ever that writes down what was acknowledged; it never returns. A server that is gone is waited
    for; anything else ends the process, with a trace.
    """
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        out = os.open(acknowledgements(settings, number), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        while True:
            try:
                once(out)
            except StoreError:
                if not settings.database:
                    raise
                time.sleep(0.02)
    except BaseException:
        with (settings.home / "errors").open("a") as log:
            traceback.print_exc(file=log)
    finally:
        os._exit(1)


@contextmanager
def trial(database: str, seed: int, of: type[Trial] = Trial) -> Iterator[Trial]:
    """A trial in a folder of its own, on a server of its own that writes to the disk in earnest."""
    home = Path(tempfile.mkdtemp(prefix="tocsin-kill-"))
    try:
        if database == "sqlite":
            yield of(Settings(home=home), random.Random(seed))
            return
        server = Server(durable=True)
        try:
            with fresh(server.address) as address:
                yield of(Settings(home=home, database=address), random.Random(seed), server)
        finally:
            server.close()
    finally:
        shutil.rmtree(home, ignore_errors=True)


def main(of: type[Trial] = Trial, who: str = f"{WRITERS} writers", about: str | None = __doc__) -> None:
    """Run and print; exit code 1 if anything was lost."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    for database in ["sqlite", "postgresql"] if asked.database == "both" else [asked.database]:
        print(f"{database}: {asked.kills} kills under {who}, seed {asked.seed}", flush=True)
        started = time.monotonic()
        try:
            with trial(database, asked.seed, of) as one:
                try:
                    one.run(asked.kills)
                finally:
                    told = ", ".join(f"{number} of {way}" for way, number in sorted(one.counts.items()))
                    print(f"  killed: {told}; {len(one.acknowledged)} acknowledged", flush=True)
        except NoServer as reason:
            print(f"  not run: {reason}")
            continue
        except Lost as lost:
            sys.exit(f"{database}: {lost}")
        except KeyboardInterrupt:
            sys.exit("Interrupted: until here nothing was lost.")
        print(f"  {time.monotonic() - started:.0f} s: nothing lost, no damage, the node opened every time")


if __name__ == "__main__":
    main()
