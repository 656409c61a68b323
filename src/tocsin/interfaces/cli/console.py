"""What the command line writes: results on standard output, progress and remarks on standard error."""

from __future__ import annotations

import dataclasses
import json
import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from enum import Enum
from pathlib import Path, PurePath
from typing import Annotated, Any

import typer

from tocsin.core.errors import SettingsError
from tocsin.core.work import Progress

PLAIN_WIDTH = 140
"""Columns of a table that goes into a pipe or a file."""

SECONDS_BETWEEN_LINES = 10.0
"""How often long work writes a line where there is no terminal."""

Json = Annotated[
    bool, typer.Option("--json", help="Write one JSON document to standard output, and nothing else there.")
]


def write_json(data: object) -> None:
    """One JSON document on standard output; dataclasses, dates, enums and paths are written plainly."""
    # Where the output is not UTF-8, letters are escaped, so that it is the same JSON everywhere.
    sys.stdout.write(to_json(data, ascii=sys.stdout.encoding.lower() != "utf-8"))


def to_json(data: object, *, ascii: bool = False) -> str:
    """The JSON text of anything the desk returns."""
    return json.dumps(data, default=_plain, ensure_ascii=ascii, indent=1) + "\n"


def writable(path: Path, option: str) -> None:
    """Find out before long work whether a file can be written.

    Errors: SettingsError names the file and the option that gave it.
    """
    folder = path.absolute().parent
    if path.is_dir() or not folder.is_dir() or not os.access(path if path.exists() else folder, os.W_OK):
        raise SettingsError(
            "the file cannot be written",
            where=str(path),
            remedy=f"Name a file in a folder that is there and can be written with {option}",
        )


def write_file(path: Path, content: bytes, option: str) -> None:
    """Write a file whole or not at all: beside first, then renamed, so that a full disk leaves no half of one.

    Errors: SettingsError names the file and the option that gave it.
    """
    # A link stays a link, above all /dev/stdout, and a terminal or a pipe behind one is no file to be replaced.
    target = path.resolve() if path.is_file() else path
    waiting = target.parent / f"{target.name}.part"
    try:
        if target.exists() and not (target.is_file() or target.is_dir()):
            target.write_bytes(content)
            return
        waiting.write_bytes(content)
        waiting.replace(target)
    except OSError as error:
        with suppress(OSError):
            waiting.unlink(missing_ok=True)
        raise SettingsError(
            f"the file cannot be written ({error.strerror or error})",
            where=str(path),
            remedy=f"Name a file in a folder that is there and can be written with {option}",
        ) from None


def _plain(value: Any) -> object:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return dict(value)
    if hasattr(value, "model_dump"):
        return value.model_dump()
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, PurePath):
        return str(value)
    if hasattr(value, "isoformat"):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON form")


def say(text: str) -> None:
    """A line for the person at the terminal, on standard output."""
    sys.stdout.write(text + "\n")


def remark(text: str) -> None:
    """A line beside the result, on standard error."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def table(columns: Sequence[str], rows: Sequence[Sequence[str]], numeric: Sequence[int] = ()) -> None:
    """A table on standard output; ``numeric`` names the positions of the columns set flush right."""
    from rich.console import Console
    from rich.table import Table

    drawn = Table(box=None, pad_edge=False, header_style="bold")
    for position, column in enumerate(columns):
        drawn.add_column(column, justify="right" if position in numeric else "left", overflow="fold")
    for row in rows:
        drawn.add_row(*row)
    width = None if sys.stdout.isatty() else PLAIN_WIDTH
    Console(file=sys.stdout, width=width, markup=False, highlight=False, emoji=False).print(drawn)


@contextmanager
def watching() -> Iterator[Progress]:
    """Show on standard error how far long work has come: bars on a terminal, an occasional line elsewhere."""
    if not sys.stderr.isatty():
        yield _lines()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task("", total=None)

        def show(done: int, total: int, what: str) -> None:
            bars.update(task, description=what, completed=done, total=total)

        yield show


def _lines() -> Progress:
    last = -SECONDS_BETWEEN_LINES

    def show(done: int, total: int, what: str) -> None:
        nonlocal last
        if done == total or time.monotonic() - last >= SECONDS_BETWEEN_LINES:
            last = time.monotonic()
            remark(f"{what}: {done} of {total}")

    return show


@contextmanager
def interruptible(kept: str) -> Iterator[None]:
    """Turn Ctrl-C into one line that says what was kept and how to go on, and the exit code 130."""
    try:
        yield
    except KeyboardInterrupt:
        remark(f"\nInterrupted. {kept}")
        raise typer.Exit(130) from None
