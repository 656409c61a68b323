"""How soon the command line answers and the workbench shows its first page, as whole processes; and how much longer the
page takes with 10,000 statements in the store than with none, turn by turn.
"""

import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from benchmarks.store.loading import furnish, load
from tocsin.core.settings import Settings
from tocsin.desk.node import open_node

RUNS = 5
PORT = 8477
STORED = 10_000
TOCSIN = Path(sys.executable).with_name("tocsin")


def help_seconds() -> float:
    """Seconds from start to end of `tocsin --help`."""
    started = time.perf_counter()
    subprocess.run([TOCSIN, "--help"], check=True, capture_output=True)
    return time.perf_counter() - started


def first_page_seconds() -> float:
    """Seconds from the start of `tocsin up` on a fresh home, without any source, until the first page has been read."""
    with tempfile.TemporaryDirectory() as home:
        return page_seconds(home)


def page_seconds(home: str) -> float:
    """The same on a home that is there."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("TOCSIN_")}
    env |= {"TOCSIN_HOME": home, "TOCSIN_OFFLINE": "1"}
    started = time.perf_counter()
    command = [TOCSIN, "up", "--port", str(PORT), "--no-browser"]
    process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while time.perf_counter() - started < 60:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/", timeout=5) as page:
                    page.read()
                return time.perf_counter() - started
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.02)
        sys.exit("the workbench did not answer within a minute")
    finally:
        process.terminate()
        process.wait()


def growth() -> None:
    """Print the first page with 10,000 statements beside an empty store, each with the release entered already."""
    with tempfile.TemporaryDirectory() as empty, tempfile.TemporaryDirectory() as full:
        node = open_node(Settings(home=Path(full), offline=True))
        furnish(node)
        load(node, STORED, lambda done, total, what: None)
        node.store.close()
        for home in (empty, full):
            page_seconds(home)
        pairs = [(page_seconds(empty), page_seconds(full)) for _ in range(RUNS)]
    less, more = (statistics.median(times) for times in zip(*pairs, strict=True))
    print(f"tocsin up to first page, {STORED:,} statements: {more:.2f} s, none: {less:.2f} s, ratio {more / less:.2f}")


def main() -> None:
    """Print medians and ranges."""
    print(f"machine: {platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}")
    for name, measure in (("tocsin --help", help_seconds), ("tocsin up to first page, no source", first_page_seconds)):
        measure()
        times = [measure() for _ in range(RUNS)]
        print(f"{name}: median {statistics.median(times):.2f} s of {RUNS} ({min(times):.2f}-{max(times):.2f})")
    growth()


if __name__ == "__main__":
    main()
