import os

import pytest

from tests.tiny_release import tiny_archive, tiny_release
from tocsin.core.errors import ReleaseError
from tocsin.forecast.release import read_archive, read_release, write_release


def test_archive_and_release_are_bound_together(tmp_path):
    write_release(tmp_path, tiny_release(), tiny_archive())
    digest = read_release(tmp_path).archive_sha256
    assert read_archive(tmp_path, digest).equals(read_archive(tmp_path))
    with pytest.raises(ReleaseError, match="not the archive that belongs"):
        read_archive(tmp_path, "0" * 64)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full, a device that is always full")
@pytest.mark.parametrize("name", ["release.json", "archive.csv"])
def test_a_full_disk_leaves_the_release_that_was_there(tmp_path, name):
    write_release(tmp_path, tiny_release(), tiny_archive())
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    (tmp_path / f"{name}.{os.getpid()}.part").symlink_to("/dev/full")

    with pytest.raises(ReleaseError, match="No space left") as caught:
        write_release(tmp_path, tiny_release(vintage="a later vintage"), tiny_archive())

    assert caught.value.where == str(tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_no_number_of_a_release_is_infinite_or_none(tmp_path, number):
    bad = tiny_release().model_copy(update={"expected_onsets": number})
    write_release(tmp_path, bad, tiny_archive())
    text = (tmp_path / "release.json").read_text()
    for written in (
        text,
        text.replace('"expected_onsets": null', f'"expected_onsets": {"NaN" if number != number else "Infinity"}'),
    ):
        (tmp_path / "release.json").write_text(written)
        with pytest.raises(ReleaseError, match="expected_onsets"):
            read_release(tmp_path)
