"""The onset panel for benchmarks, through its source with a receipt, from the mirror or the cache."""

import os
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from tocsin.core.errors import TocsinError
from tocsin.core.settings import Settings
from tocsin.panel.onset import OnsetPanel


def settings() -> Settings:
    """The environment's settings; beside a checkout with data, the mirror there and a home of its own."""
    found = Settings.read()
    beside = Path(__file__).resolve().parents[2] / "shared" / "mirror"
    if found.mirror is None and beside.is_dir():
        found = replace(found, mirror=beside)
    if "TOCSIN_HOME" not in os.environ:
        found = replace(found, home=Path(tempfile.gettempdir()) / "tocsin-bench")
    return found


def panel() -> OnsetPanel:
    """The panel, or an end with the reason on standard error."""
    from tocsin.desk.fetching import load_onset_panel

    try:
        return load_onset_panel(settings())
    except TocsinError as error:
        sys.exit(f"This benchmark needs the EWP panel. {error}")
