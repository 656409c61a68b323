"""The database itself: whole, refusing changes, set to keep what it acknowledges, and shut to others."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, select, text

from tocsin.core.instant import written
from tocsin.store.examination.look import Finding, Look
from tocsin.store.tables import APPEND_ONLY, audit, meta, statement

_AHEAD = 300 * 1_000_000
"""Microseconds by which what is recorded may be ahead of the clock."""

_OPEN = "Stop the node, find out who could change it, and restore a backup into an empty folder or database"

MADE_TEAM = "made a team node"
"""The act that stands in the log of a node with accounts."""


def examine(look: Look) -> Iterator[Finding]:
    """What does not depend on how much is stored, but for SQLite's own check of its pages."""
    yield from _one_file(look) if look.sqlite else _server(look)
    yield from _node(look)
    newest = look.connection.execute(select(func.max(statement.c.recorded_at))).scalar() or 0
    if newest > look.store.clock() + _AHEAD:
        yield Finding(
            "warn",
            f"the newest statement was recorded at {written(newest)}, which lies ahead",
            "clock",
            "Set the machine's clock; if it was wrong before, new statements are dated after that one until it is past",
        )


def _node(look: Look) -> Iterator[Finding]:
    rows = {row.name: row.value for row in look.connection.execute(select(meta))}
    if rows.get("world") != look.store.world:
        yield Finding("fail", "the store does not say which world it is of", "meta world")
    has_accounts = select(audit.c.seq).where(audit.c.act == MADE_TEAM).limit(1)
    if look.connection.execute(has_accounts).first() and rows.get("team") != "yes":
        yield Finding("fail", "people have accounts here, and the store no longer says so", "meta team", _OPEN)


def _one_file(look: Look) -> Iterator[Finding]:
    for (told,) in look.connection.exec_driver_sql("PRAGMA integrity_check(20)").all():
        if told != "ok":
            yield Finding("fail", f"SQLite finds: {told}", str(look.store.folder / "node.db"))
    there = set(look.connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars())
    for table in APPEND_ONLY:
        for verb in ("UPDATE", "DELETE", "REPLACE"):
            if f"{table.name}_no_{verb}" not in there:
                yield Finding("fail", f"nothing refuses {verb} any more", f"table {table.name}", _OPEN)
    for path in (look.store.folder, *look.store.folder.glob("node.db*")):
        if path.stat().st_mode & 0o077:
            yield Finding("warn", "others on this machine can read it", str(path), f"Run `chmod go= {path}`")


def _server(look: Look) -> Iterator[Finding]:
    enabled = text(
        "SELECT c.relname || '_' || t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
        "WHERE c.relnamespace = current_schema()::regnamespace AND t.tgenabled IN ('O', 'A')"
    )
    there = set(look.connection.execute(enabled).scalars())
    for table in APPEND_ONLY:
        for verb in ("change", "truncate"):
            if f"{table.name}_{table.name}_no_{verb}" not in there:
                yield Finding("fail", f"nothing refuses to {verb} it any more", f"table {table.name}", _OPEN)
    for name in ("fsync", "full_page_writes", "synchronous_commit"):
        if (value := look.connection.execute(text(f"SHOW {name}")).scalar()) == "off":
            yield Finding(
                "warn",
                f"the server runs with {name} {value}, and may lose what it acknowledged when the power fails",
                "PostgreSQL",
                f"Set {name} = on in the server's configuration",
            )
