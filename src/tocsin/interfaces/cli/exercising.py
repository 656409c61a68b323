"""``tocsin exercise start``: a round with five fictional organisations, for one person and twenty minutes."""

from __future__ import annotations

from typing import Annotated

import typer

from tocsin.interfaces.cli import workbench
from tocsin.interfaces.cli.console import remark

PATH = """
An exercise: Valdria and the people around it are fictional, and nothing here crosses into real statements.
A round awaits you under Rounds. In about twenty minutes:
  1. read what is asked, and open the round: five organisations seal their answers;
  2. say whether you have an interest, and seal your own estimates;
  3. share: read the reasons of the others beside yours, and seal second estimates;
  4. pool: see what it comes to, and say where you dissent and what you support;
  5. finish, and take the readout away as Word or PDF.
"""


def start(
    host: Annotated[str | None, typer.Option(help="Address to listen on; TOCSIN_HOST if not given.")] = None,
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Port to listen on; TOCSIN_PORT if not given.")
    ] = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Do not open a browser.")] = False,
    anew: Annotated[
        bool, typer.Option("--anew", help="Put the exercise that was begun aside, and begin with a fresh one.")
    ] = False,
) -> None:
    """Open the exercise in a browser, with a joint round that awaits you."""
    from tocsin.core.settings import Settings
    from tocsin.desk.exercise import put_aside

    if anew and (aside := put_aside(Settings.read())):
        remark(f"The exercise so far is kept in {aside}.")
    remark(PATH)
    workbench.opened(host=host, port=port, no_browser=no_browser, no_pull=True, exercise=True, page="rounds")
