"""Commands about data and this machine: ``pull``, ``sources``, ``doctor``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tocsin.core.settings import Settings
from tocsin.interfaces.cli.console import Json, interruptible, remark, say, table, watching, write_json

if TYPE_CHECKING:
    from tocsin.desk.fetching import TablePull, TableStatus


def pull(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[SOURCE]...", help="Sources to fetch; all if none.")
    ] = None,
    offline: Annotated[bool, typer.Option("--offline", help="Use cache and mirror only.")] = False,
    json: Json = False,
) -> None:
    """Fetch the data, check them, write receipts.

    Looked for in the cache, then the mirror, then the network.
    """
    from tocsin.desk.fetching import pull as fetch_all

    kept = "Every file that came whole is kept; run `tocsin pull` again for the rest."
    with interruptible(kept), watching() as progress:
        report = fetch_all(Settings.read(), names or (), offline=offline, progress=progress)
    if json:
        write_json(report)
    else:
        rows = [
            (f"{one.source}/{one.table}", one.origin or "none", _count(one.rows), _count(one.quarantined), _state(one))
            for one in report.tables
        ]
        table(("Table", "From", "Rows", "Set aside", "State"), rows, numeric=(2, 3))
        for one in report.tables:
            for note in one.notes:
                remark(f"{one.source}/{one.table}: {note}")
    if not report.complete:
        raise typer.Exit(1)


def sources(json: Json = False) -> None:
    """List sources, and what is here of them.

    With terms, vintage, age, and how many rows broke the contract and were set aside.
    """
    from tocsin.desk.fetching import list_sources

    known = list_sources(Settings.read())
    if json:
        write_json([{"have": one.have, "stale": one.stale, "source": one} for one in known])
        return
    for source in known:
        say(f"{source.id}: {source.title}, vintage {source.vintage}")
        say(f"  {source.provider}. {source.terms}")
        rows = [
            (f"  {one.id}", _where(one), _count(one.rows), _count(one.quarantined), one.problem or "")
            for one in source.tables
        ]
        table(("  Table", "Here", "Rows", "Set aside", "Problem"), rows, numeric=(2, 3))
        say("")


def doctor(json: Json = False) -> None:
    """Check this machine.

    Python, settings, home, disk, mirror, the store, cached files against their receipts, releases, fonts.
    """
    from tocsin.desk.doctor import examine

    with watching() as progress:
        checks = examine(progress=progress)
    if json:
        write_json(checks)
    else:
        table(("", "Check", "Found", "What to do"), [(one.state, one.name, one.found, one.remedy) for one in checks])
    if any(one.state == "fail" for one in checks):
        raise typer.Exit(1)


def _count(number: int | None) -> str:
    # Unknown is not zero.
    return "" if number is None else f"{number:,}".replace(",", " ")


def _state(one: TablePull) -> str:
    if one.error:
        return one.error
    return "; ".join(f"{breach}" for breach in one.breaches) or "ok"


def _where(one: TableStatus) -> str:
    if one.at is None:
        return "no"
    age = "" if one.age_days is None else f", {one.age_days} days old"
    return f"{one.at}{age}{', stale' if one.stale else ''}"
