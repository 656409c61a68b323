"""Lines of the audit log that belong to no other writing: many askers at once share one transaction.

A reader of a marked statement waits until the line that says so is on the disk, so that nothing is read unseen. One
transaction a reader would make them queue for the disk; here, whoever finds nobody writing writes for all who wait.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from tocsin.store.chain import Line

if TYPE_CHECKING:
    from tocsin.store.opening import Store


class _Batch:
    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.done = threading.Event()
        self.error: BaseException | None = None


class Journal:
    """Writes lines of the audit log for everybody."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._turn = threading.Lock()
        self._waiting = _Batch()

    def note(self, *lines: Line) -> None:
        """Return when these lines are on the disk.

        Errors: StoreError if they cannot be written; then nothing that depends on them may be shown.
        """
        with self._lock:
            batch = self._waiting
            batch.lines += lines
        with self._turn:
            if not batch.done.is_set():
                self._write(batch)
        if batch.error:
            raise batch.error

    def _write(self, batch: _Batch) -> None:
        with self._lock:
            self._waiting = _Batch()
        try:
            with self._store.writing() as writer:
                for line in batch.lines:
                    writer.note(line)
        except BaseException as error:
            batch.error = error
        finally:
            batch.done.set()
