import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.store.made import filled, note
from tocsin.core.errors import StoreError
from tocsin.store.tables import APPEND_ONLY

CHANGES = {
    table.name: [
        *(f"UPDATE {table.name} SET {column.name} = {column.name}" for column in table.columns),
        f"DELETE FROM {table.name}",
        f"TRUNCATE {table.name} CASCADE",
        f"INSERT OR REPLACE INTO {table.name} SELECT * FROM {table.name}",
    ]
    for table in APPEND_ONLY
}


@pytest.mark.parametrize("table", CHANGES)
def test_the_database_itself_refuses_every_change_of_the_record(store, table):
    filled(store)
    only = {"TRUNCATE": "postgresql", "INSERT": "sqlite"}
    for change in CHANGES[table]:
        if only.get(change.split()[0], store.engine.dialect.name) != store.engine.dialect.name:
            continue
        with store.engine.connect() as connection, connection.begin():
            before = connection.execute(text(f"SELECT count(*) FROM {table}")).scalar()
            assert before
            with pytest.raises(DBAPIError, match="append-only"):
                connection.execute(text(change))


def test_one_row_of_its_own_can_not_be_taken_back_either(store):
    with store.writing() as writer:
        head = writer.add(note())
    with pytest.raises(StoreError, match="append-only") as refused, store.writing() as writer:
        writer.connection.execute(text("DELETE FROM statement WHERE recorded_at = :at"), {"at": head.recorded_at})
    assert "not altered" in refused.value.remedy
    with store.reading() as reader:
        assert reader.find([head.id])
