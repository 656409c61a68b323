"""Any single changed byte of what is recorded is found: bytes are changed at random, and the examination must tell.

Each change is made inside a transaction that is then undone, on a store whose triggers and references are put aside
for it, as somebody with the database in their hands would do. ``--flips`` says how many on each kind of database.
"""

import random

import pytest
from sqlalchemy import LargeBinary, func, select, text
from sqlalchemy.exc import DBAPIError

from tests.store.made import damage, filled
from tocsin.store.examination import examined
from tocsin.store.reading import Reader
from tocsin.store.tables import APPEND_ONLY, meta

COLUMNS = [(table, column) for table in (*APPEND_ONLY, meta) for column in table.columns]


@pytest.fixture
def sound(store):
    filled(store)
    with store.writing() as writer:
        assert damage(examined(writer)) == []
    return store


def flipped(value, dice, sqlite):
    """The value with one bit of it changed, and always another value: a NULL has no byte and is not changed."""
    while True:
        if isinstance(value, int):
            other = value ^ (1 << dice.randrange(value.bit_length() or 1))
        else:
            content = bytearray(value.encode() if isinstance(value, str) else value)
            content[dice.randrange(len(content))] ^= 1 << dice.randrange(8)
            try:
                other = content.decode() if isinstance(value, str) else bytes(content)
            except UnicodeDecodeError:
                # PostgreSQL keeps no such text; SQLite keeps any bytes.
                other = bytes(content) if sqlite else "\0"
            if not sqlite and isinstance(other, str) and "\0" in other:
                continue
        if other != value:
            return other


def change(connection, dice, sqlite):
    """Change a byte of one row; which, from what, and to what."""
    while True:
        table, column = dice.choice(COLUMNS)
        rows = connection.execute(select(table).where(column.is_not(None)).order_by(*table.primary_key.columns)).all()
        if not rows:
            continue
        row = dice.choice(rows)._mapping
        if row[column.name] in ("", b""):
            continue
        old = row[column.name]
        new = flipped(bytes(old) if isinstance(column.type, LargeBinary) else old, dice, sqlite)
        as_text = sqlite and isinstance(new, bytes) and not isinstance(column.type, LargeBinary)
        keys = " AND ".join(f"{one.name} = :key_{one.name}" for one in table.primary_key.columns)
        given = {f"key_{one.name}": row[one.name] for one in table.primary_key.columns}
        new_value = "CAST(:new AS TEXT)" if as_text else ":new"
        try:
            with connection.begin_nested():
                connection.execute(
                    text(f"UPDATE {table.name} SET {column.name} = {new_value} WHERE {keys}"), given | {"new": new}
                )
        except DBAPIError:
            continue  # two rows of one key, which no database holds
        return f"{table.name}.{column.name}", old, new


def unguarded(connection, sqlite):
    """Put aside what refuses changes; the commands that put it back."""
    if not sqlite:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        return []
    connection.execute(text("PRAGMA defer_foreign_keys = ON"))
    triggers = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
    for one in triggers:
        connection.execute(text(f"DROP TRIGGER {one.name}"))
    return [one.sql for one in triggers]


def test_every_changed_byte_of_a_row_is_found(sound, request):
    flips = request.config.getoption("--flips")
    dice = random.Random(flips)
    missed = []
    for _ in range(flips):
        with sound.engine.connect() as connection:
            transaction = connection.begin()
            guards = unguarded(connection, sound.sqlite)
            told = change(connection, dice, sound.sqlite)
            for one in guards:
                connection.exec_driver_sql(one)
            if not damage(examined(Reader(sound, connection))):
                missed.append(told)
            transaction.rollback()
    assert missed == []


def test_every_changed_byte_of_a_file_is_found(sound, request):
    dice = random.Random(7)
    for _ in range(request.config.getoption("--flips") // 3):
        path = sound.blobs.path(dice.choice(list(sound.blobs.all())))
        content = path.read_bytes()
        changed = bytearray(content)
        changed[dice.randrange(len(changed))] ^= 1 << dice.randrange(8)
        path.write_bytes(changed)
        with sound.reading() as reader:
            assert [one.where for one in damage(examined(reader))] == [str(path)]
        path.write_bytes(content)


@pytest.mark.parametrize("table", APPEND_ONLY, ids=lambda table: table.name)
def test_a_row_that_was_taken_out_is_found(sound, table):
    with sound.engine.connect() as connection:
        transaction = connection.begin()
        guards = unguarded(connection, sound.sqlite)
        # The last line of the log can only be missed by somebody who noted that it was there.
        first = connection.execute(select(func.min(table.primary_key.columns[0]))).scalar()
        connection.execute(table.delete().where(table.primary_key.columns[0] == first))
        for one in guards:
            connection.exec_driver_sql(one)
        assert damage(examined(Reader(sound, connection)))
        transaction.rollback()
