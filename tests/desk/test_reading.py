import errno
import json
from pathlib import Path

import pytest
from tests.tiny_release import node, tiny_archive, tiny_release

from tocsin.core.errors import ReleaseError
from tocsin.core.settings import Settings
from tocsin.desk.reading import facts, read
from tocsin.forecast.release import write_release


def test_release_built_on_this_machine_serves(tmp_path):
    reading = read(node(tmp_path))

    assert reading.release.method_version == "test-1"
    assert reading.origin == "built on this machine"
    assert reading.notice == ""
    assert reading.archive.height == tiny_archive().height


def test_embedded_release_serves_where_none_was_built(tmp_path):
    reading = read(Settings(home=tmp_path))

    assert reading.origin == "embedded in the package"
    assert reading.notice == ""


def test_a_new_build_shows_without_a_restart(tmp_path):
    settings = node(tmp_path)
    assert read(settings).release.vintage == "test vintage"

    write_release(settings.release, tiny_release(vintage="a later vintage"), tiny_archive())

    assert read(settings).release.vintage == "a later vintage"


def _cut(settings):
    path = settings.release / "release.json"
    path.write_text(path.read_text()[:500])


def _of_another_format(settings):
    path = settings.release / "release.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format": 999}))


def _without_archive(settings):
    (settings.release / "archive.csv").unlink()


def _with_html_for_archive(settings):
    (settings.release / "archive.csv").write_text("<html>Not found</html>")


def _with_interval_upside_down(settings):
    path = settings.release / "release.json"
    content = json.loads(path.read_text())
    content["countries"][0] |= {"low": 0.9, "high": 0.1}
    path.write_text(json.dumps(content))


def _a_folder_instead(settings):
    path = settings.release / "release.json"
    path.unlink()
    path.mkdir()


def _changed(settings, **changes):
    path = settings.release / "release.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def _of_a_later_format_with_fields_of_its_own(settings):
    _changed(settings, format=2, consensus=[])


def _without_a_base_rate_that_is_a_number(settings):
    _changed(settings, base_rate=float("nan"))


def _without_countries(settings):
    _changed(settings, countries=[])


def _with_a_state_nobody_knows(settings):
    _changed(settings, not_forecast=[{"place": "ZZZ", "name": "Nowhere", "reason": "none"}])


def _with_a_state_twice(settings):
    countries = json.loads((settings.release / "release.json").read_text())["countries"]
    _changed(settings, countries=[*countries, countries[0]])


def _with_an_archive_cut_between_rows(settings):
    path = settings.release / "archive.csv"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))


def _with_the_archive_of_another_release(settings):
    path = settings.release / "release.json"
    earlier = path.read_bytes()
    write_release(settings.release, tiny_release(), tiny_archive().head(3))
    path.write_bytes(earlier)


def _with_a_folder_for_archive(settings):
    path = settings.release / "archive.csv"
    path.unlink()
    path.mkdir()


def _without_release(settings):
    (settings.release / "release.json").unlink()


@pytest.mark.parametrize(
    "damage",
    [
        _of_a_later_format_with_fields_of_its_own,
        _without_a_base_rate_that_is_a_number,
        _without_countries,
        _with_a_state_nobody_knows,
        _with_a_state_twice,
        _with_an_archive_cut_between_rows,
        _with_the_archive_of_another_release,
        _with_a_folder_for_archive,
        _without_release,
        _cut,
        _of_another_format,
        _without_archive,
        _with_html_for_archive,
        _with_interval_upside_down,
        _a_folder_instead,
    ],
)
def test_a_broken_local_release_leaves_the_embedded_one_serving_and_says_why(tmp_path, damage):
    settings = node(tmp_path)
    damage(settings)

    reading = read(settings)

    assert reading.origin == "embedded in the package"
    assert str(settings.release) in reading.notice
    assert "tocsin release build" in reading.notice
    assert "\n" not in reading.notice
    assert facts(reading).notice == reading.notice


def test_a_release_from_the_future_is_named_as_such(tmp_path):
    settings = node(tmp_path)
    _of_a_later_format_with_fields_of_its_own(settings)
    assert "format 2" in read(settings).notice


def test_line_ends_of_another_system_do_no_harm(tmp_path):
    settings = node(tmp_path)
    path = settings.release / "archive.csv"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert read(settings).notice == ""


def test_a_release_that_may_not_be_read_is_named_and_the_embedded_one_serves(tmp_path, monkeypatch):
    settings = node(tmp_path)
    shut, read_bytes = settings.release / "release.json", Path.read_bytes

    def refusing(path):
        # Taking away the right to read would not stop a test that runs as root.
        if path == shut:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return read_bytes(path)

    monkeypatch.setattr(Path, "read_bytes", refusing)
    reading = read(settings)

    assert reading.origin == "embedded in the package"
    assert f"{shut}: this file of the release cannot be opened (Permission denied)" in reading.notice
    assert "right to read" in reading.notice


def test_what_travels_with_every_number_is_the_release_s_own(tmp_path):
    release = tiny_release()

    header = facts(read(node(tmp_path, release)))

    assert (header.outcome, header.horizon, header.vintage) == (release.outcome, release.horizon, release.vintage)
    assert header.covered == 3
    assert header.event == "onset of something made up"
    assert header.marking.label == "TLP:CLEAR"


def test_a_node_whose_package_is_broken_says_so(tmp_path, monkeypatch):
    from tocsin.desk import reading as module

    module._embedded.cache_clear()
    monkeypatch.setattr(module, "files", lambda package: tmp_path)
    try:
        with pytest.raises(ReleaseError, match=r"release\.json"):
            read(Settings(home=tmp_path))
    finally:
        module._embedded.cache_clear()
