import base64
import multiprocessing
import secrets
import stat
from itertools import count
from pathlib import Path

import pytest

from tests.store.made import filled
from tocsin.core.errors import SealError
from tocsin.store.backup import back_up
from tocsin.store.chain import Line
from tocsin.store.opening import open_store
from tocsin.store.restore import read, restore
from tocsin.store.sealing import MARK

CONTEXT = {"round": "r", "stage": "first", "question": "onset", "organisation": "bb", "person": "bb-one"}


def reopened(store, database, key=None):
    """The same store as another process sees it."""
    return open_store(database, store.folder, clock=store.clock, key=key)


def refused(store, *, said):
    with pytest.raises(SealError, match=said) as error:
        store.seal.seal(CONTEXT, b"more")
    assert error.value.remedy
    return error.value


def flipped(sealed, number):
    raw = bytearray(base64.b64decode(sealed.removeprefix(MARK)))
    raw[number] ^= 1 << (number % 8)
    return MARK + base64.b64encode(raw).decode()


@pytest.mark.parametrize("length", [0, 1, 900, 1020, 1021, 5000, 60_000])
def test_what_is_sealed_comes_back_for_the_same_context(store, length):
    content = secrets.token_bytes(length)
    assert store.seal.open(CONTEXT, store.seal.seal(CONTEXT, content)) == content


@pytest.mark.parametrize("part", CONTEXT)
def test_a_sealed_text_does_not_open_in_another_place(store, part):
    sealed = store.seal.seal(CONTEXT, b"mine")
    for other in ("", "other", CONTEXT[part] + "x"):
        with pytest.raises(SealError, match="belongs elsewhere"):
            store.seal.open(CONTEXT | {part: other}, sealed)
    assert store.seal.open(CONTEXT, sealed) == b"mine"


def test_parts_that_read_the_same_one_after_the_other_are_another_place(store):
    sealed = store.seal.seal(CONTEXT | {"organisation": "bb", "person": "cc"}, b"mine")
    with pytest.raises(SealError):
        store.seal.open(CONTEXT | {"organisation": "b", "person": "bcc"}, sealed)


def test_a_sealed_text_with_any_byte_changed_does_not_open(store):
    sealed = store.seal.seal(CONTEXT, b"mine")
    for number in range(len(base64.b64decode(sealed.removeprefix(MARK)))):
        with pytest.raises(SealError):
            store.seal.open(CONTEXT, flipped(sealed, number))


@pytest.mark.parametrize("text", ["", MARK, "AAAA", "not base 64", "\u00e4", MARK + "A" * 15, MARK + "A" * 400])
def test_what_was_never_sealed_is_refused_in_words(store, text):
    with pytest.raises(SealError, match="does not open"):
        store.seal.open(CONTEXT, text)


def test_a_text_that_was_cut_off_does_not_open(store):
    raw = base64.b64decode(store.seal.seal(CONTEXT, b"mine").removeprefix(MARK))
    for kept in range(0, len(raw), 7):
        with pytest.raises(SealError):
            store.seal.open(CONTEXT, MARK + base64.b64encode(raw[:kept]).decode())


def test_the_same_text_sealed_twice_is_not_the_same(store):
    assert len({store.seal.seal(CONTEXT, b"mine") for _ in range(50)}) == 50


def test_lengths_up_to_a_kibibyte_cannot_be_told_apart(store):
    lengths = {len(store.seal.seal(CONTEXT, b"x" * length)) for length in range(0, 1021, 17)}
    assert len(lengths) == 1
    assert len(store.seal.seal(CONTEXT, b"x" * 1021)) > lengths.pop()


# The key -------------------------------------------------------------------------------------------------------------


def test_the_key_is_its_owners_alone_and_lies_apart_from_the_store(store):
    assert not store.seal.path.exists()
    store.seal.seal(CONTEXT, b"mine")
    assert stat.S_IMODE(store.seal.path.stat().st_mode) == 0o600
    assert store.folder not in store.seal.path.parents
    key = store.seal.path.read_bytes()
    assert len(key) == 32
    kept = [path for path in store.folder.rglob("*") if path.is_file()]
    assert all(form not in path.read_bytes() for path in kept for form in (key, key.hex().encode()))
    assert [path.name for path in store.seal.path.parent.iterdir() if ".part-" in path.name] == []


def test_another_process_opens_with_the_same_key(store, database):
    sealed = store.seal.seal(CONTEXT, b"mine")
    other = reopened(store, database)
    assert other.seal.open(CONTEXT, sealed) == b"mine"
    assert store.seal.open(CONTEXT, other.seal.seal(CONTEXT, b"theirs")) == b"theirs"
    other.close()


def test_without_the_key_nothing_is_sealed_or_opened_and_no_new_key_is_made(store, database):
    sealed = store.seal.seal(CONTEXT, b"mine")
    key = store.seal.path.read_bytes()
    store.seal.path.unlink()
    other = reopened(store, database)
    refused(other, said="is not there")
    with pytest.raises(SealError, match="is not there"):
        other.seal.open(CONTEXT, sealed)
    assert not other.seal.path.exists()
    other.seal.path.write_bytes(key)
    assert other.seal.open(CONTEXT, sealed) == b"mine"
    other.close()


def test_with_another_key_nothing_is_sealed_or_opened_and_the_file_stays(store, database):
    sealed = store.seal.seal(CONTEXT, b"mine")
    wrong = secrets.token_bytes(32)
    store.seal.path.write_bytes(wrong)
    other = reopened(store, database)
    refused(other, said="not the key")
    with pytest.raises(SealError, match="not the key"):
        other.seal.open(CONTEXT, sealed)
    assert other.seal.path.read_bytes() == wrong
    other.close()


@pytest.mark.parametrize("content", [b"", b"x" * 31, b"x" * 33])
def test_a_key_of_another_length_is_refused_also_before_anything_was_sealed(store, content):
    store.seal.path.parent.mkdir(parents=True, exist_ok=True)
    store.seal.path.write_bytes(content)
    refused(store, said="bytes long")
    assert store.seal.path.read_bytes() == content


def test_a_key_in_a_place_of_its_own_is_the_one_that_is_used(store, database, tmp_path):
    place = tmp_path / "apart" / "node.key"
    other = reopened(store, database, key=place)
    other.seal.seal(CONTEXT, b"mine")
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert not store.seal.path.exists()
    refused(store, said="is not there")
    other.close()


def test_a_place_that_cannot_be_written_is_named(store, database, tmp_path):
    (tmp_path / "file").write_text("no folder")
    other = reopened(store, database, key=tmp_path / "file" / "node.key")
    assert refused(other, said="node's key cannot be").where == str(tmp_path / "file" / "node.key")
    other.close()


def _sealing(database, folder, gate, results):
    store = open_store(database, folder, clock=count(1_790_000_000_000_000, 1000).__next__)
    gate.wait(60)
    results.put(store.seal.seal(CONTEXT, b"mine"))
    store.close()


def test_processes_that_seal_for_the_first_time_at_once_end_with_one_key(store, database):
    forked = multiprocessing.get_context("spawn")
    gate, results = forked.Barrier(3), forked.Queue()
    store.close()  # the processes are new, and find nobody at home
    processes = [forked.Process(target=_sealing, args=(database, store.folder, gate, results)) for _ in range(3)]
    for process in processes:
        process.start()
    sealed = [results.get(timeout=120) for _ in processes]
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0, 0]
    assert [store.seal.open(CONTEXT, one) for one in sealed] == [b"mine"] * 3
    assert [path.name for path in store.seal.path.parent.iterdir() if ".part-" in path.name] == []


def test_a_running_node_notices_that_its_key_is_gone_and_that_it_is_back(store):
    sealed = store.seal.seal(CONTEXT, b"mine")
    key = store.seal.path.read_bytes()
    store.seal.path.unlink()
    refused(store, said="is not there")
    with pytest.raises(SealError, match="is not there"):
        store.seal.state()
    store.seal.path.write_bytes(key)
    assert store.seal.open(CONTEXT, sealed) == b"mine"


@pytest.mark.parametrize("rewritten", [True, False], ids=["written over", "another file"])
def test_a_running_node_notices_that_its_key_was_replaced(store, tmp_path, rewritten):
    store.seal.seal(CONTEXT, b"mine")
    if rewritten:
        store.seal.path.write_bytes(secrets.token_bytes(32))
    else:
        (tmp_path / "other").write_bytes(secrets.token_bytes(32))
        (tmp_path / "other").rename(store.seal.path)
    refused(store, said="was replaced")
    with pytest.raises(SealError, match="was replaced"):
        store.seal.state()


LINE = Line("operator", None, "cli", "renewed the node's key")


@pytest.mark.parametrize("lies", [None, b"x" * 31, b"x" * 32])
def test_a_lost_key_is_renewed_and_what_lay_there_is_kept(store, lies):
    sealed = store.seal.seal(CONTEXT, b"mine")
    store.seal.path.unlink()
    if lies is not None:
        store.seal.path.write_bytes(lies)
    store.seal.renew(LINE)
    assert store.seal.open(CONTEXT, store.seal.seal(CONTEXT, b"anew")) == b"anew"
    with pytest.raises(SealError, match="does not open"):
        store.seal.open(CONTEXT, sealed)
    kept = [path.read_bytes() for path in store.seal.path.parent.glob("*.not-own-*")]
    assert kept == ([] if lies is None else [lies])
    assert stat.S_IMODE(store.seal.path.stat().st_mode) == 0o600


def test_a_key_that_is_there_or_was_never_made_is_not_renewed(store):
    with pytest.raises(SealError, match="sealed nothing yet"):
        store.seal.renew(LINE)
    sealed = store.seal.seal(CONTEXT, b"mine")
    with pytest.raises(SealError, match="is there and is its own"):
        store.seal.renew(LINE)
    assert store.seal.open(CONTEXT, sealed) == b"mine"


def test_another_process_goes_on_with_the_renewed_key(store, database):
    other = reopened(store, database)
    other.seal.seal(CONTEXT, b"mine")
    store.seal.path.unlink()
    store.seal.renew(LINE)
    assert store.seal.open(CONTEXT, other.seal.seal(CONTEXT, b"theirs")) == b"theirs"
    other.close()


# Backups -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def put_back(store, database, tmp_path):
    """The backup of a store in which something was sealed, put into a store of its own: where its key would lie."""
    filled(store)
    sealed = store.seal.seal(CONTEXT, b"mine")
    path = tmp_path / "backup.tocsin"
    back_up(store, path)
    other = open_store("", tmp_path / "elsewhere" / "store", clock=store.clock)
    restore(other, path, read(path, "real"), Line("operator", None, "cli", "restored"))
    yield other, sealed, Path(store.seal.path), path
    other.close()


def test_a_backup_holds_no_key_in_any_form(put_back):
    from tests.searching import holding

    _, _, key, path = put_back
    content = key.read_bytes()
    assert holding(path.read_bytes(), {"key": content, "hexadecimal": content.hex().encode()}) == set()


def test_what_was_sealed_opens_after_a_restore_with_the_key_that_was_kept(put_back):
    other, sealed, key, _ = put_back
    other.seal.path.write_bytes(key.read_bytes())
    assert other.seal.open(CONTEXT, sealed) == b"mine"


def test_what_was_sealed_stays_shut_after_a_restore_without_the_key_and_all_else_works(put_back):
    other, sealed, _, _ = put_back
    with pytest.raises(SealError, match="is not there"):
        other.seal.open(CONTEXT, sealed)
    refused(other, said="is not there")
    assert not other.seal.path.exists()
    with other.reading() as reader:
        assert reader.register.organisations
