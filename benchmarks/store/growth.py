"""``make bench-growth``: what a hundred times as many statements cost, and how reads compare with a bare "hello".

``python -m benchmarks.store.growth SMALL_HOME LARGE_HOME`` compares two stores that are there already; without names
they are made anew (10,000 and 1,000,000 statements; a quarter of an hour).
"""

import asyncio
import os
import platform
import statistics
import sys
import tempfile
from pathlib import Path

from benchmarks.store.client import latencies, throughput
from benchmarks.store.loading import furnish, load
from benchmarks.store.serving import hello, served, signed_in
from tocsin.core.settings import Settings
from tocsin.desk.node import open_node

SMALL, LARGE = 10_000, 1_000_000
ASKED = 200
READERS = [f"p-{o}-{p}" for o in range(4) for p in range(4)]
ROUNDS = 2
"""Small and large are measured in turn, so that a slow minute of the machine falls on both."""

PAGES = (
    ("overview", "/statements"),
    ("first page", "/"),
    ("country page, most said of", "/country/AFG"),
    ("country page, little said of", "/country/ZWE"),
    ("search page, common word", "/statements?q=kalan"),
    ("API list", "/api/v1/statements?limit=20"),
    ("API list of a country", "/api/v1/statements?subject=place:AFG&limit=20"),
    ("API search, common word", "/api/v1/statements?q=kalan&limit=20"),
    ("API search, two rare words", "/api/v1/statements?q=navem+naver&limit=20"),
    ("API count", "/api/v1/count"),
)


def main() -> None:
    """Print the table."""
    print(f"machine: {platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}, SQLite")
    with tempfile.TemporaryDirectory() as folder:
        homes = [Path(name) for name in sys.argv[1:3]] or [_made(Path(folder), n) for n in (SMALL, LARGE)]
        who = [signed_in(home, READERS) for home in homes]
        took: dict[tuple[str, int], list[float]] = {}
        rates: dict[tuple[str, int], list[float]] = {}
        peer: list[float] = []
        for _ in range(ROUNDS):
            with hello(8471):
                peer.append(asyncio.run(throughput(8471, [{}] * len(READERS), "/", 4)))
            for size, home in enumerate(homes):
                with served(home, 8472 + size):
                    for name, path in PAGES:
                        by = {"authorization": who[size][0]["authorization"]} if "/api/" in path else who[size][0]
                        took.setdefault((name, size), []).extend(
                            asyncio.run(latencies(8472 + size, _one(by, path), path, ASKED // ROUNDS))
                        )
                        everybody = [_one(one, path) for one in who[size]]
                        rate = asyncio.run(throughput(8472 + size, everybody, path, 3))
                        rates.setdefault((name, size), []).append(rate)
    _print(took, rates, statistics.mean(peer))


def _one(headers: dict[str, str], path: str) -> dict[str, str]:
    """A browser for pages, a token for the API."""
    kind = "authorization" if path.startswith("/api/") else "cookie"
    return {kind: headers[kind]}


def _made(folder: Path, number: int) -> Path:
    home = folder / str(number)
    node = open_node(Settings(home=home, offline=True))
    furnish(node)
    load(node, number, lambda done, total, what: print(f"\r{done:,} of {total:,} {what}", end="", file=sys.stderr))
    node.store.close()
    return home


def _print(took: dict[tuple[str, int], list[float]], rates: dict[tuple[str, int], list[float]], peer: float) -> None:
    print(f"bare FastAPI hello, {len(READERS)} connections: {peer:,.0f} requests a second")
    head = f"{'':30} {'median ms':>17} {'ratio':>6} {'p95 ms':>17} {'ratio':>6} {'requests/s':>13} {'of hello':>13}"
    print(head)
    for name, _ in PAGES:
        medians = [1e3 * statistics.median(took[name, size]) for size in (0, 1)]
        ends = [1e3 * statistics.quantiles(took[name, size], n=20)[-1] for size in (0, 1)]
        rate = [statistics.mean(rates[name, size]) for size in (0, 1)]
        print(
            f"{name:30} {medians[0]:8.1f} {medians[1]:8.1f} {medians[1] / medians[0]:6.2f} "
            f"{ends[0]:8.1f} {ends[1]:8.1f} {ends[1] / ends[0]:6.2f} "
            f"{rate[0]:6.0f} {rate[1]:6.0f} {rate[0] / peer:6.2f} {rate[1] / peer:6.2f}"
        )


if __name__ == "__main__":
    main()
