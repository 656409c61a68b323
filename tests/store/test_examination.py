import os

import pytest
from sqlalchemy import text

from tests.store.made import damage, filled, note
from tocsin.store.examination import SHOWN, examine


def test_a_sound_store_has_no_damage_and_everything_was_looked_at(store):
    made = filled(store)
    told = []
    areas = {area.name: area for area in examine(store, lambda *step: told.append(step))}
    assert damage(tuple(areas.values())) == []
    assert all(area.sound for area in areas.values())
    assert areas["files"].examined == 2
    assert areas["statements"].examined == len(made) + 2  # and two markings
    assert {what for _, _, what in told} == {"audit log", "statements", "files", "search"}
    assert all(done <= total for done, total, _ in told)


def test_an_empty_store_is_sound(store):
    assert damage(examine(store)) == []


def test_a_file_that_is_gone_is_named(store):
    filled(store)
    path = store.blobs.path(next(iter(store.blobs.all())))
    path.unlink()
    (found,) = damage(examine(store))
    assert (found.what, found.where) == ("the file is gone", str(path))
    assert found.remedy


def test_a_file_that_nothing_refers_to_deserves_a_look_once_it_is_old(store):
    filled(store)
    id = store.blobs.put(b"cut short")
    now = store.clock() / 1_000_000
    os.utime(store.blobs.path(id), (now, now))
    assert [one for area in examine(store) for one in area.findings if str(store.folder) in one.where] == []
    os.utime(store.blobs.path(id), (now - 86_400, now - 86_400))
    found = [one for area in examine(store) for one in area.findings if str(store.folder) in one.where]
    assert [(one.state, one.where) for one in found] == [("warn", str(store.blobs.path(id)))]


def test_a_missing_guard_is_damage(store):
    filled(store)
    with store.engine.connect() as connection, connection.begin():
        if store.sqlite:
            connection.execute(text("DROP TRIGGER statement_no_UPDATE"))
        else:
            connection.execute(text("ALTER TABLE statement DISABLE TRIGGER statement_no_change"))
    (found,) = damage(examine(store))
    assert "refuses" in found.what
    assert found.where == "table statement"


def test_an_index_of_words_that_says_something_else_is_damage(store):
    first, *_ = filled(store)
    with store.reading() as reader:
        at = reader.find([first.id])[first.id].recorded_at
    with store.engine.connect() as connection, connection.begin():
        if store.sqlite:
            connection.execute(
                text("INSERT INTO search (rowid, words, marking) VALUES (:at, 'planted', 'm1')"), {"at": at}
            )
        else:
            connection.execute(
                text("UPDATE search SET words = 'planted'::tsvector WHERE recorded_at = :at"), {"at": at}
            )
    (found,) = damage(examine(store))
    assert found.where == f"statement {at}"
    assert "made anew" in found.remedy
    # It can be asked again: nothing of the comparison stays behind.
    assert damage(examine(store)) == [found]


def test_a_row_that_nobody_vouched_for_is_found(store):
    filled(store)
    one = note("Planted.")
    with store.writing() as writer:
        writer.add(one)
        writer.note = lambda line: None
    found = damage(examine(store))
    assert any(one.id in finding.where and "knows nothing" in finding.what for finding in found)


def test_much_damage_is_counted_not_listed_without_end(store):
    with store.writing() as writer:
        for _ in range(SHOWN + 15):
            writer.add(note())
        writer.note = lambda line: None
    area = next(one for one in examine(store) if one.name == "audit log")
    assert len(area.findings) == SHOWN
    assert area.more == 16  # and the marking


def test_a_clock_that_was_ahead_is_told_of(store):
    filled(store)
    store.clock = lambda: 1_000_000
    assert any(one.where == "clock" for area in examine(store) for one in area.findings)


def test_a_node_that_no_longer_asks_for_sign_in_is_found(store):
    from tocsin.store.chain import Line

    with store.writing() as writer:
        writer.note(Line("operator", None, "cli", "made a team node"))
    assert [one.where for one in damage(examine(store))] == ["meta team"]


def test_a_page_that_cannot_be_read_does_not_hide_what_else_is_found(store):
    if not store.sqlite:
        pytest.skip("a server keeps its pages to itself")
    filled(store)
    path = store.folder / "node.db"
    with store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        root = connection.exec_driver_sql("SELECT rootpage FROM sqlite_master WHERE name = 'link'").scalar()
        size = connection.exec_driver_sql("PRAGMA page_size").scalar()
    store.engine.dispose()
    content = bytearray(path.read_bytes())
    content[(root - 1) * size : (root - 1) * size + 8] = b"\xff" * 8
    path.write_bytes(content)
    gone = store.blobs.path(next(iter(store.blobs.all())))
    gone.unlink()
    found = {one.where: one.what for one in damage(examine(store))}
    assert found[str(gone)] == "the file is gone"
    assert "malformed" in found["statements"]
