import os
import sqlite3
import stat
import subprocess
import sys
import threading

import pytest
from sqlalchemy import text

from tests.store.made import filled, note
from tocsin.core.errors import StoreError
from tocsin.store.opening import open_store


def test_nobody_else_on_the_machine_can_read_it(store):
    filled(store)
    for folder, _, files in os.walk(store.folder):
        assert stat.S_IMODE(os.stat(folder).st_mode) & 0o077 == 0 or folder != str(store.folder)
        for name in files:
            assert stat.S_IMODE(os.stat(os.path.join(folder, name)).st_mode) & 0o077 == 0, name


def test_a_store_that_others_could_read_is_shut_to_them_when_it_is_opened(tmp_path, clock):
    open_store("", tmp_path / "s", clock=clock).close()
    (tmp_path / "s").chmod(0o755)
    (tmp_path / "s" / "node.db").chmod(0o644)
    open_store("", tmp_path / "s", clock=clock).close()
    assert stat.S_IMODE((tmp_path / "s").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "s" / "node.db").stat().st_mode) == 0o600


def test_what_is_acknowledged_is_on_the_disk(store):
    with store.writing() as writer:
        if store.sqlite:
            assert writer.connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
            assert writer.connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2  # FULL
            assert writer.connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        else:
            assert writer.connection.exec_driver_sql("SHOW synchronous_commit").scalar() == "on"


def test_a_role_set_to_acknowledge_early_does_not_make_us_do_so(postgresql, tmp_path, clock):
    from tests.postgresql import fresh

    with fresh(postgresql) as address:
        name = address.rpartition("/")[2].partition("?")[0]
        store = open_store(address, tmp_path, clock=clock)
        with store.engine.connect() as connection, connection.begin():
            connection.execute(text(f"ALTER DATABASE {name} SET synchronous_commit = off"))
        store.close()
        store = open_store(address, tmp_path, clock=clock)
        with store.reading() as reader:
            assert reader.connection.exec_driver_sql("SHOW synchronous_commit").scalar() == "on"
        store.close()


def test_worlds_do_not_share_a_store(store, database, tmp_path, clock):
    with pytest.raises(StoreError, match="real statements, not for exercise"):
        open_store(database, tmp_path / "store", clock=clock, world="exercise")


def test_a_store_of_a_newer_tocsin_is_left_alone(store, database, tmp_path, clock):
    with store.engine.connect() as connection, connection.begin():
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="newer Tocsin"):
        open_store(database, tmp_path / "store", clock=clock)


def test_a_file_that_is_no_database_is_told_of(tmp_path, clock):
    (tmp_path / "node.db").write_bytes(b"nothing of the kind " * 100)
    with pytest.raises(StoreError, match="not a database") as refused:
        open_store("", tmp_path, clock=clock)
    assert "restore" in refused.value.remedy


def test_a_folder_that_is_a_file_is_told_of(tmp_path, clock):
    (tmp_path / "store").write_text("in the way")
    with pytest.raises(StoreError, match="cannot be opened"):
        open_store("", tmp_path / "store", clock=clock)


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://ana:s3cr3t@127.0.0.1:1/tocsin",
        "postgresql://ana:s3cr3t@127.0.0.1:1/tocsin?nonsense=s3cr3t",
        "postgresql:///tocsin?host=/nowhere/at/all",
        "mysql://ana:s3cr3t@localhost/x",
        "postgresql://ana:s3cr3t@[nonsense/x",
    ],
)
def test_a_server_that_cannot_be_reached_is_told_without_the_password(address, tmp_path, clock):
    pytest.importorskip("psycopg")
    with pytest.raises(StoreError) as refused:
        open_store(address, tmp_path, clock=clock)
    assert refused.value.where == "TOCSIN_DATABASE"
    assert refused.value.remedy
    assert "s3cr3t" not in str(refused.value)


def test_a_database_that_is_not_there_is_named(postgresql, tmp_path, clock):
    from sqlalchemy.engine import make_url

    address = make_url(postgresql).set(database="no_such_database").render_as_string(hide_password=False)
    with pytest.raises(StoreError, match="no_such_database") as refused:
        open_store(address, tmp_path, clock=clock)
    assert "database is there" in refused.value.remedy


def test_a_full_disk_leaves_everything_as_it_was_and_says_so(tmp_path, clock):
    store = open_store("", tmp_path, clock=clock)
    made = filled(store)
    with store.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
    store.engine.dispose()
    from sqlalchemy import event

    @event.listens_for(store.engine, "connect")
    def _small(connection: sqlite3.Connection, _: object) -> None:
        connection.execute(f"PRAGMA max_page_count={pages + 5}")

    def write_much() -> None:
        with store.writing() as writer:
            for number in range(100):
                writer.add(note(f"{number} " * 5000))

    with pytest.raises(StoreError, match="full") as refused:
        write_much()
    assert "Nothing was changed" in refused.value.remedy
    with store.reading() as reader:
        assert len(reader.find(one.id for one in made)) == len(made)
    store.close()


def test_a_writing_that_raises_leaves_nothing(store):
    one = note()

    def fail() -> None:
        with store.writing() as writer:
            writer.add(one)
            writer.finish()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with store.reading() as reader:
        assert reader.find([one.id]) == {}


def test_a_connection_that_broke_is_replaced(store):
    if store.sqlite:
        pytest.skip("a file has no connection that breaks")
    mine = text("SELECT pg_backend_pid()")
    with store.engine.connect() as one, store.engine.connect() as other:
        pids = {one.execute(mine).scalar(), other.execute(mine).scalar()}
    with store.engine.connect() as one:
        for pid in pids - {one.execute(mine).scalar()}:
            one.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
    with store.writing() as writer:
        writer.add(note())


def test_a_transaction_cut_off_at_its_end_is_told_as_uncertain(store):
    if store.sqlite:
        pytest.skip("a file has no connection that breaks")

    def write() -> None:
        with store.writing() as writer:
            writer.add(note())
            pid = writer.connection.execute(text("SELECT pg_backend_pid()")).scalar()
            usual = writer.finish

            def cut() -> None:
                usual()
                with store.engine.connect() as other, other.begin():
                    other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})

            writer.finish = cut

    with pytest.raises(StoreError) as told:
        write()
    assert "not certain" in told.value.remedy


def test_a_writing_inside_a_writing_is_refused_at_once(store):
    with store.writing(), pytest.raises(RuntimeError, match="inside"), store.writing():
        pass


def test_many_processes_may_open_a_new_store_at_once(database, tmp_path):
    command = (
        "import sys, time; from pathlib import Path; from tocsin.store.opening import open_store; "
        "open_store(sys.argv[1], Path(sys.argv[2]), clock=lambda: time.time_ns() // 1000).close()"
    )
    opening = [
        subprocess.Popen([sys.executable, "-c", command, database, str(tmp_path / "s")], stderr=subprocess.PIPE)
        for _ in range(3)
    ]
    assert [(one.communicate()[1].decode(), one.returncode) for one in opening] == [("", 0)] * 3


def test_threads_take_turns_and_none_waits_for_ever(store):
    def write() -> None:
        for _ in range(5):
            with store.writing() as writer:
                writer.add(note())

    threads = [threading.Thread(target=write) for _ in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    with store.reading() as reader:
        rows = reader.connection.execute(text("SELECT recorded_at FROM statement ORDER BY recorded_at")).scalars().all()
        assert len(rows) == len(set(rows)) == 30
