"""``make soak``: 100 signed-in readers and 10 writers at once; no error and no lock time-out is allowed.

``python -m benchmarks.store.soak [SECONDS] [DATABASE]``: ten minutes on SQLite if nothing is said.
"""

import asyncio
import collections
import json
import os
import platform
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.store.client import Connection
from benchmarks.store.loading import furnish, load
from benchmarks.store.serving import served, signed_in
from tocsin.core.settings import Settings
from tocsin.desk.node import open_node

READERS, WRITERS = 100, 10
STORED = 10_000
PORT = 8479
SECONDS = 600
PAUSE = 2.0
"""Seconds between two readings of one reader, and half of that between two writings: people read what they open."""

PATHS = (
    "/statements",
    "/country/AFG",
    "/country/SDN",
    "/statements?q=kalan",
    "/api/v1/statements?limit=20",
    "/api/v1/statements?subject=place:AFG&limit=20",
    "/api/v1/count",
)


def main() -> None:
    """Print what was asked, how fast, and every answer that was not right."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    database = sys.argv[2] if len(sys.argv) > 2 else ""
    kind = "PostgreSQL" if database else "SQLite"
    print(f"machine: {platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}, {kind}")
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        node = open_node(Settings(home=home, offline=True, database=database))
        furnish(node)
        load(node, STORED, lambda done, total, what: None)
        node.store.close()
        people = [f"p-{n % 40}-{n // 40}" for n in range(READERS + WRITERS)]
        who = signed_in(home, people, database)
        with served(home, PORT, database):
            asyncio.run(_everybody(who, seconds))


async def _everybody(who: list[dict[str, str]], seconds: float) -> None:
    took: dict[str, list[float]] = collections.defaultdict(list)
    wrong: collections.Counter[str] = collections.Counter()
    ends = time.perf_counter() + seconds
    await asyncio.gather(
        *(_reads(one, ends, took, wrong) for one in who[:READERS]),
        *(_writes(number, one, ends, took, wrong) for number, one in enumerate(who[READERS:], READERS)),
    )
    for path, times in sorted(took.items()):
        p95 = statistics.quantiles(times, n=20)[-1] if len(times) > 1 else times[0]
        print(
            f"{path:50} {len(times):7,} times, median {1e3 * statistics.median(times):6.0f} ms, p95 {1e3 * p95:6.0f} ms"
        )
    total = sum(map(len, took.values()))
    print(f"{READERS} readers, {WRITERS} writers, {seconds:.0f} s: {total:,} requests, {sum(wrong.values())} wrong")
    for what, number in wrong.most_common(10):
        print(f"  {number} times: {what}")
    if wrong:
        raise SystemExit(1)


async def _reads(one: dict[str, str], ends: float, took: dict[str, list[float]], wrong: collections.Counter) -> None:
    pick = random.Random(one["cookie"])
    browser = Connection(PORT, {"cookie": one["cookie"]})
    program = Connection(PORT, {"authorization": one["authorization"]})
    await asyncio.sleep(pick.uniform(0, PAUSE))
    while time.perf_counter() < ends:
        path = pick.choice(PATHS)
        await _ask(program if "/api/" in path else browser, path, path, took, wrong)
        await asyncio.sleep(pick.uniform(0, 2 * PAUSE))


async def _writes(
    number: int, one: dict[str, str], ends: float, took: dict[str, list[float]], wrong: collections.Counter
) -> None:
    pick = random.Random(one["cookie"])
    program = Connection(PORT, {"authorization": one["authorization"], "content-type": "application/json"})
    organisation = f"o-{number % 40}"
    while time.perf_counter() < ends:
        given = {
            "body": {"kind": "note", "title": "Seen today", "text": f"kalan {pick.random()}"},
            "subject": {"type": "place", "id": pick.choice(("AFG", "SDN"))},
            "marking": {"tlp": "AMBER", "audience": [[f"org:{organisation}"]]},
        }
        await _ask(program, "/api/v1/statements", "POST", took, wrong, json.dumps(given).encode())
        await asyncio.sleep(pick.uniform(0, PAUSE))


async def _ask(
    connection: Connection,
    path: str,
    name: str,
    took: dict[str, list[float]],
    wrong: collections.Counter,
    body: bytes = b"",
) -> None:
    status, content, seconds = await connection.ask(path, "POST" if body else "GET", body)
    took[name].append(seconds)
    if status not in (200, 201):
        wrong[f"{path}: {status} {content[:200]!r}"] += 1


if __name__ == "__main__":
    main()
