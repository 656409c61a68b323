import gzip
import hashlib
import io
import json
import random
import stat
import tarfile
import threading

import pytest
from sqlalchemy import insert, select

from tests.store.made import damage, filled, note
from tocsin.core.errors import StoreError
from tocsin.store import restore as restoring
from tocsin.store.archive import MANIFEST, verified
from tocsin.store.backup import KEPT, back_up
from tocsin.store.chain import Line
from tocsin.store.examination import examine
from tocsin.store.opening import open_store
from tocsin.store.tables import credential, draft, meta, metadata, session

RESTORED = Line("operator", None, "cli", "restored")


def restore(store, path):
    return restoring.restore(store, path, restoring.read(path, store.world), RESTORED)


def rows(store, table):
    with store.reading() as reader:
        return sorted(tuple(row) for row in reader.connection.execute(select(table)))


@pytest.fixture
def archive(store, tmp_path):
    filled(store)
    with store.writing() as writer:
        writer.connection.execute(insert(credential), {"person": "ana", "password": "$argon2id$made-up"})
        writer.connection.execute(insert(draft), {"person": "ana", "form": "note", "saved": 1, "fields": '{"a":"ü"}'})
        writer.connection.execute(
            insert(session), {"digest": "0" * 64, "person": "ana", "stage": "", "created": 1, "seen": 1, "expires": 2}
        )
    path = tmp_path / "backup.tar.gz"
    back_up(store, path)
    return path


@pytest.fixture(params=["into sqlite", "into postgresql"])
def other(request, tmp_path, clock):
    """An empty store to restore into, of either kind, whichever the backup came from."""
    if request.param == "into sqlite":
        opened = open_store("", tmp_path / "other", clock=clock)
        yield opened
        opened.close()
        return
    from tests.postgresql import fresh

    with fresh(request.getfixturevalue("postgresql")) as address:
        opened = open_store(address, tmp_path / "other", clock=clock)
        yield opened
        opened.close()


def test_what_was_backed_up_is_what_is_restored_on_either_database(store, archive, other):
    kept = restore(other, archive)
    assert (kept.statements, kept.files) == (5, 2)
    for table in KEPT:
        before, after = rows(store, table), rows(other, table)
        # The log goes on with the line that says it was restored.
        assert (after[: len(before)] if table.name == "audit" else after) == before, table.name
    assert rows(other, session) == []
    assert [store.blobs.get(id) for id in store.blobs.all()] == [other.blobs.get(id) for id in other.blobs.all()]
    assert damage(examine(other)) == []
    with other.writing() as writer:
        writer.add(note("Life goes on."))
    assert damage(examine(other)) == []


def test_only_its_owner_can_read_it_and_nothing_is_left_beside_it(archive, tmp_path):
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.iterdir() if "part" in one.name] == []


def test_a_backup_does_not_take_the_place_of_an_earlier_one(store, archive):
    before = archive.read_bytes()
    with pytest.raises(StoreError, match="already"):
        back_up(store, archive)
    assert archive.read_bytes() == before


def test_an_interrupted_backup_leaves_nothing(store, tmp_path):
    filled(store)

    def interrupt(done: int, total: int, what: str) -> None:
        if done == total:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        back_up(store, tmp_path / "b.tar.gz", interrupt)
    assert [one.name for one in tmp_path.iterdir() if one.is_file()] == []


def test_a_backup_taken_while_others_write_is_of_one_moment(store, tmp_path, clock):
    filled(store)
    go_on = threading.Event()
    go_on.set()

    def write() -> None:
        while go_on.is_set():
            with store.writing() as writer:
                one = writer.add(note())
                writer.note(Line("ana", "aa", "cli", "wrote", (one.id,)))

    writing = threading.Thread(target=write)
    writing.start()
    try:
        back_up(store, tmp_path / "b.tar.gz")
    finally:
        go_on.clear()
        writing.join()
    other = open_store("", tmp_path / "other", clock=clock)
    kept = restore(other, tmp_path / "b.tar.gz")
    assert 5 <= kept.statements == len(rows(other, metadata.tables["statement"]))
    other.close()


def test_it_is_restored_into_an_empty_store_only(store, archive):
    with pytest.raises(StoreError, match="not empty") as refused:
        restore(store, archive)
    assert "TOCSIN_HOME" in refused.value.remedy
    assert damage(examine(store)) == []


def test_worlds_do_not_cross(archive, tmp_path, clock):
    other = open_store("", tmp_path / "other", clock=clock, world="exercise")
    with pytest.raises(StoreError, match="backup of real statements"):
        restore(other, archive)
    other.close()


def test_a_damaged_store_is_not_backed_up_as_if_it_were_sound(store, tmp_path):
    filled(store)
    store.blobs.path(next(iter(store.blobs.all()))).unlink()
    with pytest.raises(StoreError, match="gone"):
        back_up(store, tmp_path / "b.tar.gz")
    assert not (tmp_path / "b.tar.gz").exists()


def test_a_truncated_archive_is_refused(archive, tmp_path):
    whole = archive.read_bytes()
    for length in (0, 5, 40, len(whole) // 2, len(whole) - 9, len(whole) - 1):
        (tmp_path / "cut").write_bytes(whole[:length])
        with pytest.raises(StoreError, match="no sound backup"):
            verified(tmp_path / "cut")


def test_an_archive_with_one_changed_byte_is_refused(archive, tmp_path):
    whole = archive.read_bytes()
    dice = random.Random(3)
    refused = 0
    # The first ten bytes say when and where it was packed, and nothing of what is in it.
    for place in [dice.randrange(10, len(whole)) for _ in range(60)]:
        changed = bytearray(whole)
        changed[place] ^= 1 << dice.randrange(8)
        (tmp_path / "changed").write_bytes(changed)
        try:
            verified(tmp_path / "changed")
        except StoreError:
            refused += 1
        else:
            # Some bits of a packed file mean nothing: what comes out of it is then the same to the last byte.
            assert gzip.decompress(changed) == gzip.decompress(whole)
    assert refused > 50


def repacked(archive, path, change):
    """An archive whose members were changed by somebody who also put the digests of the manifest right."""
    with tarfile.open(archive) as tar:
        members = {one.name: tar.extractfile(one).read() for one in tar}
    change(members)
    manifest = json.loads(members.pop(MANIFEST))
    manifest["members"] = {name: hashlib.sha256(content).hexdigest() for name, content in members.items()}
    with gzip.open(path, "wb") as packed, tarfile.open(fileobj=packed, mode="w|") as tar:
        for name, content in {**members, MANIFEST: json.dumps(manifest).encode()}.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))


@pytest.mark.parametrize(
    "change",
    [
        lambda members: _replace(members, "statement", b"burnt", b"found"),
        lambda members: _replace(members, "register", b"Sahel", b"Sahal"),
        lambda members: _replace(members, "audit", b"wrote", b"wroth"),
        lambda members: _replace(members, "marking", b"org:bb", b"org:cc"),
        lambda members: members.pop("rows/link/000000.jsonl"),
        lambda members: members.update({"rows/link/000000.jsonl": b"not json\n"}),
        lambda members: members.update({"rows/nowhere/000000.jsonl": b"[1]\n"}),
        lambda members: members.pop(next(name for name in members if name.startswith("files/"))),
        lambda members: members.update({"files/../../../elsewhere": b"x"}),
        lambda members: members.update({f"files/{hashlib.sha256(b'more').hexdigest()}": b"more"}),
        lambda members: members.update({"rows/link/000000.jsonl": b"[" * 100_000 + b"\n"}),
        lambda members: members.update({"rows/link/000000.jsonl": b'[%d,"about","a"]\n' % 10**30}),
        lambda members: _count(members, "blob"),
        lambda members: members.update({next(name for name in members if name.startswith("files/")): b"other"}),
    ],
)
def test_an_archive_that_was_changed_with_care_is_refused_and_nothing_is_restored(archive, tmp_path, clock, change):
    repacked(archive, tmp_path / "changed", change)
    other = open_store("", tmp_path / "other", clock=clock)
    with pytest.raises(StoreError, match="no sound backup"):
        restore(other, tmp_path / "changed")
    assert {table.name for table in metadata.tables.values() if rows(other, table)} == {"meta"}
    assert len(rows(other, meta)) == 1
    assert list(other.blobs.all()) == []
    assert not (tmp_path / "elsewhere").exists()
    restore(other, archive)
    other.close()


def _count(members, left_out):
    manifest = json.loads(members[MANIFEST])
    del manifest["rows"][left_out]
    members[MANIFEST] = json.dumps(manifest).encode()


def _replace(members, table, old, new):
    name = f"rows/{table}/000000.jsonl"
    assert old in members[name]
    members[name] = members[name].replace(old, new)


def test_what_is_no_archive_at_all_is_refused(tmp_path):
    (tmp_path / "x").write_bytes(b"hello")
    with pytest.raises(StoreError, match="no sound backup"):
        verified(tmp_path / "x")
    with pytest.raises(StoreError, match="cannot be read"):
        verified(tmp_path / "nothing here")
