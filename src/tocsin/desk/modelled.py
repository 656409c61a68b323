"""The model's release enters the record as statements of this node: one for the release, one for each state."""

from __future__ import annotations

import io
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from tocsin.core.instant import moment
from tocsin.core.statement import Statement, canonical, digest
from tocsin.desk.node import THIS_NODE, Node
from tocsin.desk.reading import Release, read
from tocsin.desk.views import View, every
from tocsin.store.chain import Line
from tocsin.store.writing import Writer

if TYPE_CHECKING:
    import polars as pl

PARQUET = "application/vnd.apache.parquet"


def enter_release(node: Node) -> int:
    """Record the release that serves, unless it is recorded already; how many statements that made.

    What an earlier release said of a state is superseded and stays in the state's history.
    """
    if node.store.world == "exercise":
        return 0
    reading = read(node.settings)
    release = reading.release
    identity = digest(canonical(release.model_dump(mode="json")))
    releases = _standing(node, "release")
    # The newest first: an older release that serves again is entered again.
    if releases and releases[0].shown["body"]["release"] == identity:
        return 0
    with node.store.writing() as writer:
        return _enter(writer, node, release, reading.archive, identity, [*releases, *_standing(node, "forecast")])


def _enter(
    writer: Writer, node: Node, release: Release, archive: pl.DataFrame, identity: str, standing: list[View]
) -> int:
    import polars as pl

    keep = partial(writer.keep, media_type=PARQUET, organisation=THIS_NODE, person=None)
    forecasts = pl.DataFrame(
        [
            {name: getattr(one, name) for name in ("place", "probability", "low", "high", "rank", "log_odds")}
            for one in release.countries
        ]
    )
    tables = {"forecasts": keep(_parquet(forecasts)), "archive": keep(_parquet(archive))}
    common = {
        "author": {"organisation": THIS_NODE},
        "made_at": moment(node.store.clock()),
        "about": release.horizon,
        "as_of": date(release.data_year, 12, 31),
        "standing": "analyst",
        "origin": "model",
        "method": f"{release.method} {release.method_version}",
        "marking": {"tlp": "TLP:CLEAR", "audience": [["everyone"]]},
    }
    shared = {"outcome": release.outcome.title, "horizon": release.horizon, "vintage": release.vintage}
    subject = f"period:{release.horizon}"
    bodies: list[tuple[str, dict[str, Any]]] = [
        (
            subject,
            {
                "kind": "release",
                **shared,
                "definition": release.outcome.definition,
                "licence": release.licence,
                "release": identity,
                "tables": tables,
            },
        )
    ]
    bodies += [
        (
            f"place:{one.place}",
            {
                "kind": "forecast",
                **shared,
                "probability": one.probability,
                "low": one.low,
                "high": one.high,
                "coverage": release.interval_coverage,
                "base_rate": release.base_rate,
                "licence": release.licence,
                "table": tables["forecasts"],
            },
        )
        for one in release.countries
    ]
    # The release takes the place of every earlier one, and of what those said of states of which it says nothing.
    keys = {key for key, _ in bodies[1:]}
    replaced = [view.id for view in standing if view.head.kind == "release" or view.head.subject not in keys]
    for key, body in bodies:
        kind, _, id = key.partition(":")
        older = [view.id for view in standing if (view.head.kind, view.head.subject) == ("forecast", key)]
        made = Statement.model_validate(
            {
                **common,
                "body": body,
                "subject": {"type": kind, "id": id},
                "supersedes": replaced if body["kind"] == "release" else older,
            }
        )
        writer.add(made)
    writer.note(Line(None, THIS_NODE, "node", "entered a release", detail={"release": identity, "tables": tables}))
    return len(bodies)


def _parquet(table: pl.DataFrame) -> bytes:
    out = io.BytesIO()
    table.write_parquet(out)
    return out.getvalue()


def _standing(node: Node, kind: str) -> list[View]:
    """What this node's models say now, newest first."""
    return [view for view in every(node.operator("node"), kind=kind) if view.head.organisation == THIS_NODE]
