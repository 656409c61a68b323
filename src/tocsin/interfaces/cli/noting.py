"""``tocsin note``: state something about a place, after a look at who will see it."""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from tocsin.core.errors import StatementError, TocsinError
from tocsin.core.settings import Settings
from tocsin.interfaces.cli import showing
from tocsin.interfaces.cli.console import Json, remark, say, write_json
from tocsin.interfaces.cli.statements import Caveats, Label, Place, To, marking_of, one, subject_of
from tocsin.interfaces.cli.visiting import Exercise, visiting

_GRADED = re.compile(r"([A-F])([1-6])\s+(\S.*)", re.DOTALL)


def note(
    place: Place,
    title: Annotated[str, typer.Option(metavar="TEXT", help="One line.")],
    tlp: Label,
    text: Annotated[
        str | None, typer.Option(metavar="TEXT", help="What is observed or judged; standard input if not given.")
    ] = None,
    to: To = None,
    caveat: Caveats = None,
    attribution: Annotated[
        str | None, typer.Option(metavar="MODE", help="named, organisation or non-attributed.")
    ] = None,
    standing: Annotated[
        str | None, typer.Option(metavar="STANDING", help="note, analyst, desk or institution; note if not given.")
    ] = None,
    about: Annotated[str | None, typer.Option(metavar="PERIOD", help="The period it speaks of.")] = None,
    as_of: Annotated[str | None, typer.Option(metavar="DATE", help="The last day whose events you knew of.")] = None,
    supersedes: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="A statement that this one replaces; repeatable.")
    ] = None,
    evidence: Annotated[
        list[str] | None,
        typer.Option(
            metavar="GRADE TEXT",
            help='A source, attachment:DIGEST or statement:ID with its grade, as "B2 radio report"; repeatable.',
        ),
    ] = None,
    preview: Annotated[bool, typer.Option("--preview", help="Only check it and tell who would see it.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Store it without asking.")] = False,
    exercise: Exercise = False,
    json: Json = False,
) -> None:
    """State something about a place.

    You are told who will see it, and asked, before it is stored.
    """
    from tocsin.desk import making, people

    said = typed() if text is None else text
    with kept(said), visiting(exercise=exercise) as visit:
        subject, _, id = subject_of(visit, place).partition(":")
        given = {
            "body": {"kind": "note", "title": title, "text": said},
            "subject": {"type": subject, "id": id},
            "attribution": attribution,
            "standing": standing,
            "about": about,
            "as_of": as_of,
            "supersedes": supersedes or [],
            "evidence": [_graded(one) for one in evidence or []],
            "marking": marking_of(visit, tlp, to, caveat),
        }
        told = making.check(visit, given)
        if preview and json:
            write_json(told)
            return
        for line in showing.foreseen(told, people.directory(visit).organisations):
            (say if preview else remark)(line)
        if preview:
            return
        if not yes:
            agreed()
        made = making.make(visit, given)
        one(made, json)


def typed() -> str:
    """The text from standard input.

    Errors: StatementError if there is none, or if it is no text.
    """
    if sys.stdin is None:
        raise StatementError("there is no text", field="--text", remedy="Give it with --text or on standard input")
    if sys.stdin.isatty():
        remark("Write the text; end with Ctrl-D on a line of its own.")
    try:
        said = sys.stdin.read()
        said.encode()  # in some locales Python lets bytes that are no text through
    except UnicodeError:
        raise StatementError("standard input is no UTF-8 text", field="--text", remedy="Save it as UTF-8") from None
    return said


def agreed() -> None:
    """Ask whoever sits here whether to store it.

    Errors: StatementError if nobody can be asked.
    """
    if sys.stdin is None or not sys.stdin.isatty():
        raise StatementError(
            "nobody can be asked here whether that is right, so nothing was stored",
            field="--yes",
            remedy="Look at who will see it, then run the same command with --yes",
        )
    typer.confirm("Store it?", abort=True, err=True)


def _graded(text: str) -> dict[str, str]:
    """Evidence from its grade and source.

    Errors: StatementError says how to write it.
    """
    found = _GRADED.fullmatch(text.strip())
    if not found:
        raise StatementError(
            f"{text[:60]!r} has no grade",
            field="--evidence",
            remedy='Write reliability A to F, credibility 1 to 6 and the source, as "B2 radio report"',
        )
    # A file is cited by the digest that `tocsin attach` told; anything else is a source in words.
    cited = re.fullmatch(r"(attachment|statement):([0-9a-f]{64})", found[3].strip())
    kind, reference = (cited[1], cited[2]) if cited else ("source", found[3])
    return {"type": kind, "reliability": found[1], "credibility": found[2], "reference": reference}


@contextmanager
def kept(text: str) -> Iterator[None]:
    """Keep the text in a file of its own if it is not stored, whatever the reason."""
    try:
        yield
    except (TocsinError, OSError, typer.Abort, KeyboardInterrupt):
        if text.strip():
            _keep(text, Settings.read().home / "kept")
        raise


def _keep(text: str, folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(dir=folder, prefix="note-", suffix=".txt")
        with os.fdopen(handle, "w", encoding="utf-8", errors="surrogatepass") as file:
            file.write(text)
        remark(f"Your text is kept in {name}, for you alone to read; put `< {name}` in place of --text to go on.")
    except OSError as error:
        remark(f"Your text could not be kept ({error.strerror or error}); here it is:\n{text}")
