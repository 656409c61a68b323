"""An exercise: an empty store of its own is furnished with fictional people and what they have said."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

from sqlalchemy import select

from tocsin.core.errors import StoreError
from tocsin.core.instant import moment
from tocsin.core.marking import Caveat
from tocsin.core.register import Entry, GroupAdded, MemberJoined, OrganisationAdded, PersonAdded, Register
from tocsin.core.settings import Settings
from tocsin.core.statement import Subject
from tocsin.desk import making
from tocsin.desk.node import LOCAL, Node, clock
from tocsin.desk.proposing import propose
from tocsin.desk.rounds import registering
from tocsin.store import tables
from tocsin.store.chain import Line


def furnish(node: Node) -> int:
    """Fill an exercise that has just been opened for the first time; how many statements that made.

    Does nothing on a real node, and nothing on an exercise in which somebody has said something.
    """
    if node.store.world != "exercise":
        return 0
    with node.store.reading() as reader:
        register = reader.register
        begun = reader.connection.execute(select(tables.statement.c.recorded_at).limit(1)).first()
    if begun:
        return 0
    with node.store.writing() as writer:
        for entry in _entries(_data("people"), register, node.store.clock()):
            writer.enter(entry, None)
            writer.note(Line(None, None, "node", "registered", detail=entry.model_dump(mode="json")))
    made = _said(node, _data("statements")) + _made(node, _data("assessments"))
    return made if node.team else made + _registered(node, _data("round"))


def _made(node: Node, entries: dict[str, Any]) -> int:
    """Assessments, requests and contributions."""
    for entry in entries["made"]:
        given = {
            "body": entry["body"],
            "subject": Subject.read(entry["subject"]).model_dump(mode="json"),
            "marking": _marking(entry),
            "standing": entry.get("standing", "analyst"),
            "evidence": entry.get("evidence", []),
        }
        making.make(node.visit(entry["by"], "node"), given)
    return len(entries["made"])


def _registered(node: Node, entry: dict[str, Any]) -> int:
    """The round that awaits whoever runs the exercise alone."""
    now = moment(node.store.clock()).replace(minute=0, second=0, microsecond=0)
    first, second, closing = (now + timedelta(days=days) for days in entry["days"])
    body = {name: entry[name] for name in ("title", "purpose", "attributed", "method")}
    body |= {"questions": entry["question"], "invitations": entry["invitation"]}
    body |= {"first_until": first, "second_until": second, "closing_until": closing}
    given = {"body": body, "subject": entry["subject"], "marking": _marking(entry)}
    registering.register(node.local("node"), given)
    return 1


def put_aside(settings: Settings) -> Path | None:
    """Give the exercise of this home another name, so that the next one begins afresh; None if there is none.

    Errors: StoreError if it cannot be renamed.
    """
    folder, key = settings.home / "exercise", settings.home / "exercise.key"
    if not folder.exists():
        return None
    aside = settings.home / f"exercise-until-{moment(clock()):%Y%m%d-%H%M%S}"
    try:
        folder.rename(aside)
        if key.exists():
            key.rename(aside.with_name(f"{aside.name}.key"))
    except OSError as error:
        raise StoreError(
            f"the exercise cannot be put aside ({error.strerror or error})",
            where=str(folder),
            remedy="Stop the workbench that has it open, and see that this user may write there",
        ) from None
    return aside


def _entries(people: dict[str, Any], known: Register, now: int) -> Iterator[Entry]:
    for organisation in people["organisation"]:
        if organisation["id"] not in known.organisations:
            yield OrganisationAdded(**organisation)
    for person in people["person"]:
        if person["id"] not in known.persons:
            yield PersonAdded.model_validate(person)
    for group in people["group"]:
        if group["id"] not in known.groups:
            members = group.pop("members")
            yield GroupAdded(**group)
            for organisation in members:
                yield MemberJoined(group=group["id"], organisation=organisation, since=now)


def _said(node: Node, entries: dict[str, Any]) -> int:
    made: dict[str, str] = {}
    for entry in entries["statement"]:
        if entry["by"] == LOCAL and node.team:
            continue
        type, _, id = entry["subject"].partition(":")
        given = {
            "body": {"kind": "note", "title": entry["title"], "text": entry["text"]},
            "subject": {"type": type, "id": id},
            "marking": _marking(entry),
            "standing": entry.get("standing"),
            "evidence": entry.get("evidence", []),
            "supersedes": [made[key] for key in entry.get("supersedes", ())],
        }
        made[entry["key"]] = making.make(node.visit(entry["by"], "node"), given).id
    proposals = 0
    for entry in entries["proposal"]:
        if all(key in made for key in entry["sources"]):
            given = {name: entry[name] for name in ("title", "text", "subject", "reason")}
            sources = [made[key] for key in entry["sources"]]
            propose(node.visit(entry["by"], "node"), sources, given | {"marking": _marking(entry)})
            proposals += 1
    return len(made) + proposals


def _marking(entry: dict[str, Any]) -> dict[str, Any]:
    caveats = [*entry.get("caveats", ()), Caveat.EXERCISE.value]
    return {"tlp": entry["tlp"], "caveats": caveats, "audience": [entry["audience"]]}


def _data(name: str) -> dict[str, Any]:
    return tomllib.loads((files("tocsin") / "data" / "exercise" / f"{name}.toml").read_text(encoding="utf-8"))
