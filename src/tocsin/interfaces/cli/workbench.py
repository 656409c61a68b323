"""``tocsin up``: the workbench at once with what there is, and newer data and a newer release behind it."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import webbrowser
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from tocsin.core.errors import TocsinError
from tocsin.core.settings import Settings
from tocsin.interfaces.cli.console import Json, remark, write_json

if TYPE_CHECKING:
    from tocsin.desk.node import Node

BUILD = "import os; hasattr(os, 'nice') and os.nice(10); from tocsin.interfaces.cli import main; main()"
"""A release is built in a process of its own, behind the pages: it must not slow them, nor die with a request."""

SECONDS_TO_STOP = 20


def up(
    host: Annotated[str | None, typer.Option(help="Address to listen on; TOCSIN_HOST if not given.")] = None,
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Port to listen on; TOCSIN_PORT if not given.")
    ] = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Do not open a browser.")] = False,
    no_pull: Annotated[bool, typer.Option("--no-pull", help="Do not look for data or build a release.")] = False,
    team: Annotated[
        bool, typer.Option("--team", help="People have accounts and sign in; the node stays so from then on.")
    ] = False,
    exercise: Annotated[
        bool, typer.Option("--exercise", help="Open the exercise: a store of its own, with fictional data only.")
    ] = False,
    json: Json = False,
) -> None:
    """Open the workbench in a browser.

    The pages are served at once from the release at hand; behind them newer data are looked for and, where they differ,
    a newer release is built.
    """
    opened(host=host, port=port, no_browser=no_browser, no_pull=no_pull, team=team, exercise=exercise, json=json)


def opened(
    *,
    host: str | None,
    port: int | None,
    no_browser: bool,
    no_pull: bool,
    team: bool = False,
    exercise: bool = False,
    json: bool = False,
    page: str = "",
) -> None:
    """Serve the workbench until it is stopped. page: what the browser opens, without its first slash."""
    from tocsin.desk.exercise import furnish
    from tocsin.desk.modelled import enter_release
    from tocsin.desk.node import open_node
    from tocsin.desk.reading import facts, read
    from tocsin.interfaces.web.security import Site
    from tocsin.interfaces.web.server import serve

    settings = Settings.read()
    settings = replace(settings, host=host or settings.host, port=port or settings.port)
    served = facts(read(settings))
    if team:
        # Before the node becomes one with accounts, which it stays.
        Site.of(settings, team=True)
    node = open_node(settings, team=team or None, exercise=exercise)
    Site.of(settings, node.team)
    enter_release(node)
    furnish(node)
    behind = None if no_pull else _Freshening(node)

    def ready(url: str) -> None:
        if json:
            write_json({"url": url, "release": served})
            sys.stdout.flush()
        else:
            remark(f"Shown: the release {served.origin}, vintage {served.vintage}, method {served.method_version}.")
            if served.notice:
                remark(served.notice)
            remark(f"Workbench: {settings.origin if node.team and settings.origin else url}  (Ctrl-C stops it)")
            if node.team:
                remark("People sign in here; `tocsin account invite PERSON` lets somebody in for the first time.")
        if not no_browser:
            threading.Thread(target=_open, args=(url + page,), daemon=True).start()
        if behind:
            behind.start()

    try:
        serve(node, ready)
    except KeyboardInterrupt:
        pass
    finally:
        if behind:
            behind.stop()
    remark("Stopped. What was fetched is kept; `tocsin up` opens the workbench again.")


def _open(url: str) -> None:
    """Open a browser with windows; one that would take over this terminal stays closed."""
    try:
        browser = webbrowser.get()
    except webbrowser.Error:
        return
    if type(browser) is not webbrowser.GenericBrowser:
        browser.open(url)


class _Freshening(threading.Thread):
    """Newer data, then a newer release; each step says what came of it, and failing is fine."""

    def __init__(self, node: Node) -> None:
        super().__init__(daemon=True)
        self.node, self.settings = node, node.settings
        self.build: subprocess.Popen[bytes] | None = None
        self.stopped = threading.Event()

    def run(self) -> None:
        """Pull, compare, build."""
        from tocsin.desk.fetching import pull
        from tocsin.desk.modelling import stale

        try:
            report = pull(self.settings)
            if failed := [one for one in report.tables if one.error]:
                remark(f"{len(failed)} of {len(report.tables)} tables could not be had; `tocsin pull` says why.")
            if stale(self.settings) and not self.stopped.is_set():
                self._build()
        except (TocsinError, OSError) as error:
            remark(f"No newer release: {error}")

    def _build(self) -> None:
        from tocsin.desk.modelled import enter_release

        log = self.settings.home / "build.log"
        remark(f"The data at hand differ from those of the release shown: building a new one (log: {log}).")
        with log.open("wb") as out:
            command = [sys.executable, "-c", BUILD, "release", "build"]
            self.build = subprocess.Popen(command, stdout=out, stderr=out)  # noqa: S603 - our own words only
            failed = self.build.wait()
        if self.stopped.is_set():
            return
        if failed:
            remark(f"Building failed, see {log}; the release shown stays.")
            return
        enter_release(self.node)
        remark("The new release is shown now.")

    def stop(self) -> None:
        """End the build, if there is one; what it has finished is kept."""
        self.stopped.set()
        if self.build and self.build.poll() is None:
            remark("Stopping the build ...")
            self.build.send_signal(signal.SIGINT)
            try:
                self.build.wait(SECONDS_TO_STOP)
            except subprocess.TimeoutExpired:
                self.build.kill()
            remark("The build was stopped; its finished parts are kept, and `tocsin release build` goes on with them.")
