import threading

import pytest
from sqlalchemy import text

from tocsin.core.errors import StoreError
from tocsin.store.chain import Line


def lines(store) -> list[str]:
    with store.reading() as reader:
        return list(reader.connection.execute(text("SELECT act FROM audit ORDER BY seq")).scalars())


def test_lines_of_many_who_wait_share_a_transaction(store):
    transactions = []
    usual = store._transaction
    store._transaction = lambda: transactions.append(1) or usual()
    with store.writing():
        asking = [
            threading.Thread(target=store.journal.note, args=(Line("ana", "aa", "web", "read"),)) for _ in range(12)
        ]
        for one in asking:
            one.start()
        # Whoever came first waits for this writing to end; the others gather behind it.
        while len(store.journal._waiting.lines) < 11:
            pass
    for one in asking:
        one.join()
    assert lines(store) == ["read"] * 12
    assert len(transactions) <= 3


def test_a_line_noted_while_writing_is_kept_even_if_the_writing_is_undone(store):
    def refuse() -> None:
        with store.writing():
            store.journal.note(Line("ana", "aa", "web", "denied"))
            raise StoreError("no")

    with pytest.raises(StoreError, match="no"):
        refuse()
    assert lines(store) == ["denied"]


def test_nobody_goes_on_when_the_log_cannot_be_written(store, monkeypatch):
    def broken():
        raise StoreError("the disk is full")

    monkeypatch.setattr(store, "_transaction", broken)
    told = []

    def ask() -> None:
        try:
            store.journal.note(Line("ana", "aa", "web", "read"))
        except StoreError as error:
            told.append(str(error))

    asking = [threading.Thread(target=ask) for _ in range(4)]
    for one in asking:
        one.start()
    for one in asking:
        one.join()
    assert len(told) == 4
    assert all("audit log could not be written" in one and "disk is full" in one for one in told)
    monkeypatch.undo()
    store.journal.note(Line("ana", "aa", "web", "read"))
    assert lines(store) == ["read"]
