"""Commands about keeping the store: ``backup``, ``restore``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tocsin.core.settings import Settings
from tocsin.interfaces.cli.console import Json, interruptible, remark, say, watching, write_json

if TYPE_CHECKING:
    from tocsin.desk.keeping import Backup

Exercise = Annotated[bool, typer.Option("--exercise", help="The store of the exercise, not the real one.")]


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write it, as tocsin.tar.gz.")],
    exercise: Exercise = False,
    json: Json = False,
) -> None:
    """Back up the store, also while the node runs.

    Statements, attachments, the audit log and accounts in one file, which restores into either kind of database.
    """
    from tocsin.desk.keeping import back_up

    with interruptible("No backup was written; run the same command again."), watching() as progress:
        kept = back_up(Settings.read(), file, exercise=exercise, progress=progress)
    _tell(kept, "Backed up to", json)
    remark("Whoever can read this file can read every statement: keep it as you keep the strictest of them.")


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file that `tocsin backup` wrote.")],
    exercise: Exercise = False,
    json: Json = False,
) -> None:
    """Put a backup into an empty store.

    Everything is verified before any of it can be seen. People sign in anew, and tokens are made anew.
    """
    from tocsin.desk.keeping import restore as put_back

    with interruptible("Nothing was restored; run the same command again."), watching() as progress:
        kept = put_back(Settings.read(), file, exercise=exercise, progress=progress)
    _tell(kept, "Restored from", json)


def _tell(kept: Backup, done: str, json: bool) -> None:
    if json:
        write_json(kept)
        return
    say(f"{done} {kept.path}: {kept.statements} statements, {kept.files} files, {kept.size // 1000} kB")
    say(f"The audit log ends with line {kept.lines}, {kept.head}")
