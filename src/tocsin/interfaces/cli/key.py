"""The command about the node's key: ``key renew``."""

from __future__ import annotations

from typing import Annotated

import typer

from tocsin.core.settings import Settings
from tocsin.interfaces.cli.console import Json, remark, say, write_json
from tocsin.interfaces.cli.keeping import Exercise


def renew(
    yes: Annotated[bool, typer.Option("--yes", help="Do it; without it, only what would be lost is told.")] = False,
    exercise: Exercise = False,
    json: Json = False,
) -> None:
    """Give the node a new key where its own is lost for good; refused while that is there.

    Whatever was sealed with the old key stays shut for good, so what that is comes first.
    """
    from tocsin.desk.keeping import renew_key

    lost = renew_key(Settings.read(), exercise=exercise, agreed=yes)
    if json:
        write_json({"renewed": yes, "lost": lost})
    else:
        answers = f"{lost.answers} sealed answers of {lost.rounds} rounds under way"
        say(f"Shut for good {'stays' if yes else 'would stay'}: {lost.drafts} drafts; {answers}.")
    if not yes:
        remark("Nothing was done. If the key cannot be found anywhere, run the same command with --yes.")
        raise typer.Exit(1)
    remark("The node has a new key. Copy it to where you keep keys, apart from the backups.")
    if lost.rounds:
        remark("A round goes on once everybody who had answered has sealed again or taken back; otherwise cancel it.")
