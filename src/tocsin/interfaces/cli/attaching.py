"""``tocsin attach`` and ``tocsin attachment``: a file is brought, to be cited as evidence, or taken away."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tocsin.core.errors import StatementError
from tocsin.interfaces.cli.console import Json, remark, say, write_file, write_json
from tocsin.interfaces.cli.visiting import Exercise, visiting


def attach(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file.")],
    media_type: Annotated[
        str | None,
        typer.Option("--type", metavar="TYPE", help="Its media type; by the ending of its name if not given."),
    ] = None,
    exercise: Exercise = False,
    json: Json = False,
) -> None:
    """Bring a file, which `tocsin note --evidence "B2 attachment:DIGEST"` then cites.

    It is yours alone until a statement cites it; its name is not kept.
    """
    from tocsin.desk import files

    kind = media_type or files.by_name(file.name)
    try:
        # One byte more than may be taken is enough to know that it is too large.
        with file.open("rb") as opened:
            content = opened.read(files.LARGEST + 1)
    except OSError as error:
        raise StatementError(
            f"the file cannot be read ({error.strerror or error})", field="FILE", remedy="Check its name"
        ) from None
    with visiting(exercise=exercise) as visit:
        id = files.put(visit, file.name, kind, content)
    if json:
        write_json({"id": id, "media_type": kind, "size": len(content)})
        return
    say(id)
    remark("Yours alone until a statement cites it.")


def attachment(
    id: Annotated[str, typer.Argument(metavar="ID", help="The digest of the file, as a statement cites it.")],
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to write it; a plain name in this folder if not given.")
    ] = None,
    exercise: Exercise = False,
) -> None:
    """Write an attachment to a file. That you took it goes on record."""
    from tocsin.desk import files

    with visiting(exercise=exercise) as visit:
        found = files.get(visit, id.strip().lower())
    path = out or Path(found.name)
    write_file(path, found.content, "--out")
    remark(f"{found.marking.label}: handle the file accordingly.")
    say(str(path))
