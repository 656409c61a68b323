"""``tocsin round readout``: what a finished round came to, as a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tocsin.interfaces.briefs import RecordFormat, file_name, render_record
from tocsin.interfaces.cli.console import say, write_file
from tocsin.interfaces.cli.visiting import Exercise, visiting


def readout(
    id: Annotated[str, typer.Argument(metavar="ID", help="The identity of a finished round.")],
    format: Annotated[RecordFormat, typer.Option("--format", help="The format of the file.")] = RecordFormat.PDF,
    language: Annotated[
        str, typer.Option(metavar="TAG", help="The language of its labels: en, fr or ar. What people wrote stays.")
    ] = "en",
    yardstick: Annotated[
        str, typer.Option(metavar="KEY", help="The yardstick whose words it uses; `tocsin yardstick show` lists them.")
    ] = "icd203",
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to write it; a plain name in this folder if not given.")
    ] = None,
    exercise: Exercise = False,
) -> None:
    """Write what a round came to, with every dissent, to a file. That you took it goes on record."""
    from tocsin.desk.rounds.readout import readout as taken

    with visiting(exercise=exercise) as visit:
        made = taken(visit, id, format.value, language=language, scale=yardstick)
    path = out or Path(file_name(made, format))
    write_file(path, render_record(made, format), "--out")
    say(str(path))
