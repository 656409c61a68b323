"""Who may see what, said a second time and naively, from the recorded entries alone: the oracle of the leak test.

It shares no code with ``core.seeing`` and ``core.register``: it reads the entries and the statements as plain JSON.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

RANKS = ["TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED"]


OPENED = ("step", "estimate", "dissent", "recommendation", "result")
"""What a round tells those who may see it, whatever it is marked itself."""


@dataclass(frozen=True)
class Stored:
    """A statement as it was recorded: its open part as JSON, and what the oracle needs beside it."""

    id: str
    recorded_at: int
    open: dict[str, Any]
    organisation: str
    person: str | None
    about: str | None
    recalls: str | None
    tells_of: tuple[str, ...] = ()
    """What a proposal or a lineage was made from: it is open to nobody to whom one of these is shut."""


@dataclass(frozen=True)
class Kept:
    """A file as it was brought."""

    id: str
    content: bytes
    organisation: str
    person: str | None


def visible(entries: list[dict[str, Any]], stored: list[Stored], person: str, now: int) -> set[str]:
    """The identities of all statements that a person may see at an instant."""
    account = _account(entries, person)
    if account is None or not account["active"]:
        return set()
    recalled = {one.recalls for one in stored if one.recalls}
    by_id = {one.id: one for one in stored}
    seen = set()
    for one in stored:
        own = one.person == person and one.organisation == account["organisation"]
        if own:
            seen.add(one.id)
            continue
        kind, marking = one.open["body"]["kind"], one.open["marking"]
        if kind == "envelope":
            continue  # its author's alone, until what is in it is said again as a statement
        if kind in OPENED and one.about in by_id:
            marking = by_id[one.about].open["marking"]
        colleague = one.organisation == account["organisation"] and account["affiliation"] == "member"
        if one.id in recalled and (not colleague or one.open["attribution"] == "non-attributed"):
            continue
        if _in_audience(entries, account, marking, _earliest(one, by_id), now):
            seen.add(one.id)
    return seen


def files_for(
    entries: list[dict[str, Any]], stored: list[Stored], files: list[Kept], person: str, now: int
) -> set[str]:
    """The files that a person may have: what they brought, and what a statement that they may see cites."""
    account = _account(entries, person)
    if account is None or not account["active"]:
        return set()
    seen = visible(entries, stored, person, now)
    cited = {item["reference"] for one in stored if one.id in seen for item in one.open["evidence"]}
    return {
        one.id
        for one in files
        if one.id in cited or (one.person, one.organisation) == (person, account["organisation"])
    }


def _account(entries: list[dict[str, Any]], person: str) -> dict[str, Any] | None:
    account = None
    for entry in entries:
        if entry["entry"] == "person added" and entry["id"] == person:
            account = {"active": True, **entry}
        if entry["entry"] == "person changed" and entry["id"] == person:
            account |= {name: value for name, value in entry.items() if value is not None}
    return account


def _earliest(one: Stored, by_id: dict[str, Stored]) -> int:
    """The earliest instant among a statement and all that it must not tell of to a later member."""
    others = [by_id[id] for id in (one.about, *one.tells_of) if id in by_id]
    return min([one.recorded_at, *(_earliest(other, by_id) for other in others)])


def _in_audience(entries: list[dict], account: dict, marking: dict, opened_at: int, now: int) -> bool:
    if not marking["audience"]:
        return False
    return all(
        any(_names(entries, account, marking["tlp"], token, opened_at, now) for token in clause)
        for clause in marking["audience"]
    )


def _names(entries: list[dict], account: dict, tlp: str, token: str, opened_at: int, now: int) -> bool:
    if token in ("everyone", "community"):
        return True
    kind, name = token.split(":")
    if kind == "person":
        return name == account["id"]
    if tlp == "TLP:AMBER+STRICT" and account["affiliation"] == "client":
        return False
    if kind == "org":
        return name == account["organisation"]
    since, opened = _stay(entries, name, account["organisation"], now)
    return since is not None and opened_at >= opened


def _stay(entries: list[dict], group: str, organisation: str, now: int) -> tuple[int | None, int]:
    """When an organisation's present stay in a group began, and from when the group's statements are open to it."""
    stays: list[list[int]] = []
    for entry in entries:
        if entry.get("group") != group or entry.get("organisation") != organisation:
            continue
        if entry["entry"] == "member joined":
            stays.append([entry["since"], entry["since"], 2**62])
        if entry["entry"] == "back-filled" and stays:
            stays[-1][1] = entry["opened"]
        if entry["entry"] == "member left" and stays:
            stays[-1][2] = entry["until"]
    for since, opened, until in stays:
        if since <= now < until:
            return since, opened
    return None, 0
