import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def mirror() -> Path:
    """The folder of upstream files, HOST/PATH; tests that need it are skipped where it is absent."""
    named = os.environ.get("TOCSIN_MIRROR")
    folder = Path(named) if named else Path(__file__).resolve().parents[2] / "shared" / "mirror"
    if not folder.is_dir():
        pytest.skip("no mirror of upstream data here: set TOCSIN_MIRROR to a folder laid out as HOST/PATH")
    return folder
