from pathlib import Path

import pytest

from tocsin.core.errors import StoreError
from tocsin.core.settings import Settings
from tocsin.desk import making, views
from tocsin.desk.keeping import back_up, examine_store, restore
from tocsin.desk.node import Node, open_node

GIVEN = {
    "body": {"kind": "note", "title": "Seen", "text": "The river camp was burnt."},
    "subject": {"type": "place", "id": "SDN"},
    "marking": {"tlp": "TLP:AMBER", "audience": [["org:this-node"]]},
}


@pytest.fixture
def node(database, tmp_path: Path):
    opened = open_node(Settings(home=tmp_path / "home", database=database))
    yield opened
    opened.store.close()


def test_a_node_is_backed_up_while_it_is_open_and_goes_on_elsewhere(node: Node, tmp_path: Path) -> None:
    first = making.make(node.local("cli"), GIVEN)
    kept = back_up(node.settings, tmp_path / "b.tar.gz")
    making.make(node.local("cli"), GIVEN)
    elsewhere = Settings(home=tmp_path / "elsewhere")
    assert restore(elsewhere, tmp_path / "b.tar.gz") == kept
    again = open_node(elsewhere)
    assert [view.id for view in views.current(again.local("cli")).views] == [first.id]
    assert [view.id for view in views.search(again.local("cli"), "river").views] == [first.id]
    second = making.make(again.local("cli"), {**GIVEN, "supersedes": [first.id]})
    assert second.supersedes == (first.id,)
    again.store.close()
    assert all(area.sound for area in examine_store(elsewhere))


def test_backing_up_and_restoring_are_on_record(node: Node, tmp_path: Path) -> None:
    kept = back_up(node.settings, tmp_path / "b.tar.gz")
    elsewhere = Settings(home=tmp_path / "elsewhere")
    restore(elsewhere, tmp_path / "b.tar.gz")
    for settings, act in ((node.settings, "backed up"), (elsewhere, "restored")):
        opened = open_node(settings)
        with opened.store.reading() as reader:
            query = f"SELECT person, detail FROM audit WHERE act = '{act}'"
            ((person, detail),) = reader.connection.exec_driver_sql(query).all()
        opened.store.close()
        assert person == "operator"
        assert kept.head in detail


def test_an_archive_that_is_refused_makes_no_store(tmp_path: Path) -> None:
    (tmp_path / "b.tar.gz").write_bytes(b"nothing of the kind")
    with pytest.raises(StoreError):
        restore(Settings(home=tmp_path / "home"), tmp_path / "b.tar.gz")
    assert not (tmp_path / "home").exists()


def test_an_exercise_is_kept_apart(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    open_node(settings, exercise=True).store.close()
    assert back_up(settings, tmp_path / "e.tar.gz", exercise=True).world == "exercise"
    with pytest.raises(StoreError, match="exercise"):
        restore(Settings(home=tmp_path / "other"), tmp_path / "e.tar.gz")
    assert restore(Settings(home=tmp_path / "other"), tmp_path / "e.tar.gz", exercise=True).world == "exercise"


def test_a_store_that_is_not_there_is_not_made_by_looking(tmp_path: Path) -> None:
    assert examine_store(Settings(home=tmp_path / "home")) == ()
    assert not (tmp_path / "home").exists()
