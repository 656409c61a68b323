import multiprocessing
import time
from itertools import chain
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.store.made import AMBER, damage, filled, note, recall_of
from tocsin.core.errors import StoreError
from tocsin.core.register import OrganisationAdded
from tocsin.store.chain import Line
from tocsin.store.examination import examine
from tocsin.store.opening import open_store
from tocsin.store.writing import BACK


def test_no_two_records_have_the_same_instant_and_later_ones_are_later(store):
    instants = []
    for number in range(5):
        with store.writing() as writer:
            instants += [
                writer.add(note()).recorded_at,
                writer.enter(OrganisationAdded(id=f"o{number}", name="O"), None),
            ]
            instants.append(writer.add(note()).recorded_at)
    assert instants == sorted(set(instants))


def test_nothing_is_recorded_while_the_clock_says_less_than_the_record(store):
    with store.writing() as writer:
        first = writer.add(note())
    store.clock = lambda: first.recorded_at - 2 * BACK
    with pytest.raises(StoreError, match="clock says"), store.writing() as writer:
        writer.add(note())
    with store.writing() as writer:
        writer.note(Line("ana", "aa", "web", "read", (first.id,)))


def test_a_clock_that_goes_back_a_little_changes_neither_the_order_nor_the_log(store):
    with store.writing() as writer:
        writer.keep(b"a file, which has an instant too", "text/plain", "aa", None)
        first = writer.add(note())
        writer.note(Line("ana", "aa", "cli", "wrote", (first.id,)))
    store.clock = lambda: first.recorded_at - BACK // 2
    with store.writing() as writer:
        writer.keep(b"another file", "text/plain", "aa", None)
        second = writer.add(note())
        writer.note(Line("ana", "aa", "cli", "wrote", (second.id,)))
    assert second.recorded_at > first.recorded_at
    assert second.opened_at > first.opened_at
    with store.reading() as reader:
        at = reader.connection.execute(text("SELECT at FROM audit ORDER BY seq")).scalars().all()
    assert at == sorted(at)
    store.clock = lambda: second.recorded_at
    assert damage(examine(store)) == []


def test_a_statement_is_recorded_once(store):
    one = note()
    with store.writing() as writer:
        writer.add(one)
        with pytest.raises(StoreError, match="stored already"):
            writer.add(one)
    with pytest.raises(StoreError, match="stored already"), store.writing() as writer:
        writer.add(one)


def test_links_are_found_from_both_ends(store):
    first, second, third, forecast, recalled = filled(store)
    with store.reading() as reader:
        assert [(link.source.id, link.relation) for link in reader.links_to([first.id])] == [(second.id, "supersedes")]
        to_second = {(link.source.id, link.relation) for link in reader.links_to([second.id])}
        assert to_second == {(third.id, "derived"), (recalled.id, "recalls"), (recalled.id, "about")}
        assert [link.source.id for link in reader.links_to([forecast.body.table], "file")] == [forecast.id]
        assert reader.links_to([]) == []
        assert reader.find([]) == {}
        assert reader.find([second.id])[second.id].recalled
        assert not reader.find([first.id])[first.id].recalled


def test_a_statement_about_another_counts_from_it_and_is_found_with_it(store):
    with store.writing() as writer:
        first = writer.add(note(marking=AMBER))
        told = writer.add(recall_of(note(marking=AMBER, salt="0" * 32)))
    assert told.subject.startswith("statement:")
    one = note(marking=AMBER)
    with store.writing() as writer:
        first = writer.add(one)
        about = writer.add(recall_of(one))
    assert (about.subject, about.opened_at) == (first.subject, first.opened_at)


def test_more_identities_than_a_database_takes_at_once_can_be_asked_for(store):
    made = filled(store)
    with store.reading() as reader:
        found = reader.find([*(f"{number:064x}" for number in range(70_000)), *(one.id for one in made)])
    assert set(found) == {one.id for one in made}


def test_a_text_with_a_nul_and_an_object_that_is_none_can_be_kept(store):
    one = note("before\x00after")
    with store.writing() as writer:
        writer.add(one)
        writer.note(Line("ana", "aa", "web", "denied", ("x" * 5000, "a\x00b", "\ud800" * 99, "", one.id)))
    with store.reading() as reader:
        indexed = reader.connection.execute(text("SELECT object FROM audit_object")).scalars().all()
        line = reader.connection.execute(text("SELECT objects, detail FROM audit WHERE act = 'denied'")).one()
    assert indexed == [one.id]
    assert "xxx" in line.detail
    assert len(line.detail) < 500
    assert damage(examine(store)) == []


def write(database: str, folder: Path, number: int) -> list[str]:
    store = open_store(database, folder, clock=lambda: time.time_ns() // 1000)
    made = []
    for _ in range(number):
        with store.writing() as writer:
            made.append(writer.add(note()).id)
            writer.note(Line("ana", "aa", "cli", "wrote", (made[-1],)))
        store.journal.note(Line("ana", "aa", "cli", "read", (made[-1],)))
    store.close()
    return made


def test_processes_that_write_at_once_keep_one_order_and_one_chain(store, database):
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        made = pool.starmap(write, [(database, store.folder, 8)] * 3)
    store.clock = lambda: time.time_ns() // 1000
    with store.reading() as reader:
        assert set(reader.find(chain.from_iterable(made))) == set(chain.from_iterable(made))
    areas = examine(store)
    assert damage(areas) == []
    assert {area.name: area.examined for area in areas}["audit log"] == 24 * 3
