"""Statements for tests of the store, which checks no rules: whoever writes them vouches for them."""

from typing import Any

from tocsin.core.register import GroupAdded, OrganisationAdded, PersonAdded
from tocsin.core.statement import Statement
from tocsin.store.chain import Line
from tocsin.store.examination import Area, Finding
from tocsin.store.opening import Store

OPEN = {"tlp": "TLP:CLEAR", "audience": [["everyone"]]}
AMBER = {"tlp": "TLP:AMBER", "audience": [["org:aa"], ["group:sahel", "org:bb"]]}


def note(text: str = "The river camp was burnt.", **given: Any) -> Statement:
    """A note by a person of organisation aa."""
    return Statement.model_validate(
        {
            "body": {"kind": "note", "title": "Seen", "text": text},
            "subject": {"type": "place", "id": "SDN"},
            "author": {"organisation": "aa", "person": "ana", "role": "analyst"},
            "made_at": "2026-09-21T10:00:00Z",
            "marking": OPEN,
            **given,
        }
    )


def recall_of(statement: Statement) -> Statement:
    """The withdrawal of a statement."""
    return note(
        body={"kind": "recall", "reason": "a source is at risk"},
        subject={"type": "statement", "id": statement.id},
        marking=statement.marking,
    )


def damage(areas: tuple[Area, ...]) -> list[Finding]:
    """What an examination calls damage."""
    return [one for area in areas for one in area.findings if one.state == "fail"]


def filled(store: Store) -> list[Statement]:
    """Fill a store with a little of everything that is recorded; the statements."""
    with store.writing() as writer:
        for entry in (
            OrganisationAdded(id="aa", name="Organisation Ä"),
            PersonAdded(id="ana", name="Ana", organisation="aa"),
            GroupAdded(id="sahel", name="Sahel", purpose="Early warning", keeper="aa"),
        ):
            writer.enter(entry, "ana")
            writer.note(Line("ana", "aa", "cli", "registered", (), entry.model_dump(mode="json")))
        picture = writer.keep(b"\x89PNG made up" * 20, "image/png", "aa", "ana")
        table = writer.keep(b"PAR1 made up PAR1" * 20, "application/vnd.apache.parquet", "aa", None)
    first = note(evidence=[{"type": "attachment", "reference": picture, "reliability": "B", "credibility": "2"}])
    second = note("Village elders deny it.", marking=AMBER, supersedes=[first.id], attribution="organisation")
    third = note("Élections; ‘calm’.", subject={"type": "period", "id": "2026"}, derived_from=[second.id])
    forecast = note(
        body={
            "kind": "forecast",
            "outcome": "onset",
            "horizon": "2026-2027",
            "vintage": "2026",
            "probability": 0.03,
            "low": 0.01,
            "high": 0.08,
            "coverage": 0.8,
            "base_rate": 0.012,
            "licence": "CC BY 4.0",
            "table": table,
        },
        author={"organisation": "aa"},
    )
    made = [first, second, third, forecast, recall_of(second)]
    for one in made:
        with store.writing() as writer:
            writer.add(one)
            writer.note(Line("ana", "aa", "cli", "wrote", (one.id,), {"marking": one.marking.label}))
    return made
