"""Lines of the audit log that belong to no other writing: many askers at once share one transaction.

A reader of a marked statement waits until the line that says so is on the disk, so that nothing is read unseen. One
transaction a reader would make them queue for the disk; here, whoever finds nobody writing writes for all who wait.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from tocsin.core.errors import StoreError
from tocsin.store.chain import Line

if TYPE_CHECKING:
    from tocsin.store.opening import Store


class _Batch:
    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.done = threading.Event()
        self.error: Exception | None = None


class Journal:
    """Writes lines of the audit log for everybody."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._turn = threading.Lock()
        self._waiting = _Batch()

    def note(self, *lines: Line) -> None:
        """Return when these lines are on the disk.

        Called by a thread that is writing, it returns at once, and the lines are written when that writing has ended,
        also if it was undone: what was refused stays refused on record.

        Errors: StoreError if they cannot be written; then nothing that depends on them may be shown.
        """
        if self._store.later(lines):
            return
        with self._lock:
            batch = self._waiting
            batch.lines += lines
        with self._turn:
            if not batch.done.is_set():
                self._write(batch)
        if batch.error:
            raise StoreError(
                f"the audit log could not be written ({batch.error})",
                remedy="Nothing is shown that must be on record; see that the database runs and has room",
            ) from batch.error

    def _write(self, batch: _Batch) -> None:
        with self._lock:
            self._waiting = _Batch()
        try:
            with self._store.writing() as writer:
                for line in batch.lines:
                    writer.note(line)
        except Exception as error:
            batch.error = error
        except BaseException:
            # Whoever writes for all is being stopped: the others must not go on as if their lines were kept.
            batch.error = StoreError("the writing was interrupted")
            raise
        finally:
            batch.done.set()
