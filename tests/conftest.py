import os
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import settings

from tocsin.core.errors import FitError

# How long an example takes is the machine's, not the code's.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def mirror() -> Path:
    """The folder of upstream files, HOST/PATH; tests that need it are skipped where it is absent."""
    named = os.environ.get("TOCSIN_MIRROR")
    folder = Path(named) if named else Path(__file__).resolve().parents[2] / "shared" / "mirror"
    if not folder.is_dir():
        pytest.skip("no mirror of upstream data here: set TOCSIN_MIRROR to a folder laid out as HOST/PATH")
    return folder


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """A machine without the OpenMP runtime cannot load LightGBM: what needs it is skipped there with the reason."""
    report = yield
    if report.failed and isinstance(call.excinfo.value, FitError) and "libgomp" in str(call.excinfo.value):
        report.outcome = "skipped"
        path, line, _ = item.location
        report.longrepr = (path, line or 0, "Skipped: LightGBM needs the OpenMP runtime (Debian: libgomp1)")
    return report


def pytest_addoption(parser):
    parser.addoption("--flips", type=int, default=15, help="bytes to change in each database to see it found")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a PostgreSQL server in which tests may make databases; one for each worker."""
    from tests.postgresql import NoServer, Server

    if named := os.environ.get("TOCSIN_TEST_DATABASE"):
        yield named
        return
    try:
        server = Server()
    except NoServer as reason:
        pytest.skip(str(reason))
    yield server.address
    server.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request) -> Iterator[str]:
    """An empty database, as TOCSIN_DATABASE names it: each test runs on both kinds."""
    if request.param == "sqlite":
        yield ""
        return
    from tests.postgresql import fresh

    with fresh(request.getfixturevalue("postgresql")) as address:
        yield address


@pytest.fixture
def clock() -> Callable[[], int]:
    """A clock that goes on by a millisecond whenever it is asked."""
    return count(1_790_000_000_000_000, 1000).__next__


@pytest.fixture
def store(database, clock, tmp_path):
    """An empty store, on both kinds of database."""
    from tocsin.store.opening import open_store

    opened = open_store(database, tmp_path / "store", clock=clock)
    yield opened
    opened.close()
