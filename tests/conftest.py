import os
from pathlib import Path

import pytest

from tocsin.core.errors import FitError


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
