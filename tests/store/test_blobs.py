import pytest

from tocsin.core.errors import NotFound, StoreError
from tocsin.core.statement import digest
from tocsin.store.blobs import Blobs


@pytest.fixture
def blobs(tmp_path):
    return Blobs(tmp_path / "blobs")


def test_what_is_put_is_had_again_by_its_digest_and_kept_once(blobs):
    id = blobs.put(b"a picture")
    assert id == digest(b"a picture") == blobs.put(b"a picture")
    assert blobs.get(id) == b"a picture"
    assert list(blobs.all()) == [id]
    assert [one.name for one in blobs.path(id).parent.iterdir()] == [id]


def test_what_is_not_there_is_not_found(blobs):
    with pytest.raises(NotFound):
        blobs.get("0" * 64)


def test_a_changed_file_is_not_given_out_and_is_mended_when_it_is_put_again(blobs):
    id = blobs.put(b"a picture")
    blobs.path(id).write_bytes(b"another")
    with pytest.raises(StoreError, match="changed"):
        blobs.get(id)
    blobs.put(b"a picture")
    assert blobs.get(id) == b"a picture"


def test_a_folder_that_cannot_be_written_is_told_of(tmp_path):
    (tmp_path / "blobs").write_text("in the way")
    with pytest.raises(StoreError, match="cannot be kept"):
        Blobs(tmp_path / "blobs").put(b"a picture")


def test_a_file_that_was_not_written_whole_is_not_there(blobs, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(StoreError, match="No space left"):
        blobs.put(b"a picture")
    assert list(blobs.all()) == []
    assert list(blobs.path(digest(b"a picture")).parent.iterdir()) == []
