"""The rates of false alarms that the documentation gives are those of the release in the package."""

from pathlib import Path

import pytest

from tocsin.desk.signals_release import read_signals

ROOT = Path(__file__).resolve().parents[2]
EMBEDDED = ROOT / "src" / "tocsin" / "data" / "release"


@pytest.mark.parametrize("page", ["docs/methods/signals.md", "docs/how-to/read-the-months.md"])
def test_the_rates_in_the_documentation_are_those_of_the_release(page):
    if not (EMBEDDED / "signals.json").exists():
        pytest.skip("the package carries no signals yet")
    text = (ROOT / page).read_text(encoding="utf-8")
    for one in read_signals(EMBEDDED).measured:
        assert f"{one.false / one.years:.1f} [{one.false_low:.1f}, {one.false_high:.1f}]" in text, one.signal
        assert f"{one.alarms / one.years:.1f}" in text, one.signal
