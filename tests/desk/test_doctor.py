from dataclasses import replace
from pathlib import Path

import pytest
from tests.made_up_release import made_up_home

from tocsin.core.settings import Settings
from tocsin.desk.doctor import Check, examine
from tocsin.desk.fetching import pull


def checks(settings: Settings) -> dict[str, Check]:
    environ = {"TOCSIN_HOME": str(settings.home), "TOCSIN_OFFLINE": "1"}
    if settings.mirror:
        environ["TOCSIN_MIRROR"] = str(settings.mirror)
    return {check.name: check for check in examine(environ)}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return made_up_home(tmp_path)


def test_a_sound_machine_has_no_failure(settings: Settings) -> None:
    found = checks(settings)
    assert {name for name, check in found.items() if check.state == "fail"} == set()
    assert "made-up-1" in found["local release"].found
    assert found["briefs"].state == "ok"
    assert found["embedded release"].state == "ok"


def test_whatever_is_not_ok_has_a_remedy(settings: Settings) -> None:
    (settings.release / "release.json").write_text("{}", encoding="utf-8")
    found = checks(settings)
    assert any(check.state != "ok" for check in found.values())
    for check in found.values():
        assert check.found
        assert check.state == "ok" or check.remedy


def test_settings_that_cannot_be_read_are_a_finding(tmp_path: Path) -> None:
    found = {check.name: check for check in examine({"TOCSIN_HOME": str(tmp_path), "TOCSIN_PORT": "many"})}
    assert found["settings"].state == "fail"
    assert "TOCSIN_PORT" in found["settings"].found
    assert found["embedded release"].state == "ok"


def test_a_release_that_cannot_be_read_is_a_failure(settings: Settings) -> None:
    (settings.release / "archive.csv").unlink()
    found = checks(settings)["local release"]
    assert found.state == "fail"
    assert "archive" in found.found
    assert "release build" in found.remedy


def test_no_release_of_ones_own_is_not_a_failure(tmp_path: Path) -> None:
    assert checks(Settings(home=tmp_path / "nothing yet"))["local release"].state == "ok"


def test_a_home_that_cannot_be_made_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert checks(Settings(home=tmp_path / "file" / "home"))["home"].state == "fail"


def test_no_mirror_and_no_network_is_a_warning(settings: Settings) -> None:
    assert checks(settings)["mirror"].state == "warn"


def test_half_a_receipt_is_a_warning_that_names_its_line(settings: Settings) -> None:
    settings.receipts.write_text('{"url": "https://exam', encoding="utf-8")
    found = checks(settings)["receipts"]
    assert found.state == "warn"
    assert "lines 1" in found.remedy


def test_a_file_that_is_not_here_is_a_warning_and_not_a_failure(settings: Settings) -> None:
    found = checks(settings)["file ewp-2025-panel/panel"]
    assert found.state == "warn"
    assert "tocsin pull" in found.remedy


def test_a_cached_file_is_held_against_its_receipt(tmp_path: Path, mirror: Path) -> None:
    settings = made_up_home(tmp_path, mirror=mirror)
    pull(settings, ["ewp-2025-coefficients"], offline=True)
    name = "file ewp-2025-coefficients/coefficients"
    assert checks(settings)[name].state == "ok"
    cached = next(path for path in settings.cache.rglob("*.csv"))
    cached.write_bytes(cached.read_bytes().replace(b"0", b"1", 1))
    tampered = checks(settings)[name]
    assert tampered.state == "fail"
    assert str(cached) in tampered.found
    settings.receipts.unlink()
    assert checks(settings)[name].state == "warn"


def test_a_mirror_that_is_not_mounted_is_named_and_stops_nothing(tmp_path):
    settings = replace(made_up_home(tmp_path), mirror=tmp_path / "not-mounted")

    found = checks(settings)

    assert found["mirror"].state == "fail"
    assert "not-mounted" in found["mirror"].found
    assert "mount" in found["mirror"].remedy.lower()
    (table,) = pull(settings, ["ewp-2025-panel"]).tables
    assert "not-mounted" in str(table.error)
