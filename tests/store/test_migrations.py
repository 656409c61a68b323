from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from tocsin.store.opening import NEWEST, open_store
from tocsin.store.tables import metadata


def ours(kind, name, *_):
    # The index of words is made by hand, because no two databases agree on what one is.
    return not (kind == "table" and (name == "alembic_version" or name.startswith("search")))


def test_a_migrated_store_has_the_tables_that_the_code_knows(store):
    with store.engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "compare_server_default": True,
                "include_object": lambda one, name, kind, reflected, other: ours(kind, name),
            },
        )
        assert compare_metadata(context, metadata) == []


def test_keys_references_and_indexes_are_those_that_the_code_knows(store):
    found = inspect(store.engine)
    for table in metadata.tables.values():
        assert found.get_pk_constraint(table.name)["constrained_columns"] == [one.name for one in table.primary_key]
        references = {
            (one["constrained_columns"][0], one["referred_table"]) for one in found.get_foreign_keys(table.name)
        }
        assert references == {(one.parent.name, one.column.table.name) for one in table.foreign_keys}
        indexes = {
            one["name"]: one["column_names"]
            for one in found.get_indexes(table.name)
            if not one.get("duplicates_constraint")
        }
        assert indexes == {one.name: [column.name for column in one.columns] for one in table.indexes}


def test_a_store_that_is_new_is_at_once_of_the_newest_form_and_stays_so(store, database, tmp_path, clock):
    again = open_store(database, tmp_path / "store", clock=clock)
    with again.reading() as reader:
        assert reader.connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == NEWEST
    again.close()


def test_a_store_of_the_first_form_is_brought_to_the_newest(store, database, tmp_path, clock):
    with store.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE feed")
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    again = open_store(database, tmp_path / "store", clock=clock)
    assert inspect(again.engine).has_table("feed")
    again.close()
