"""Who may see what, said a second time and naively, from the recorded entries alone: the oracle of the leak test.

It shares no code with ``core.seeing`` and ``core.register``: it reads the entries and the statements as plain JSON.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

RANKS = ["TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED"]


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


def visible(entries: list[dict[str, Any]], stored: list[Stored], person: str, now: int) -> set[str]:
    """The identities of all statements that a person may see at an instant."""
    account = None
    for entry in entries:
        if entry["entry"] == "person added" and entry["id"] == person:
            account = {"active": True, **entry}
        if entry["entry"] == "person changed" and entry["id"] == person:
            account |= {name: value for name, value in entry.items() if value is not None}
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
        if one.id in recalled and (one.organisation != account["organisation"] or account["affiliation"] == "client"):
            continue
        moments, step = [one.recorded_at], one
        while step.about in by_id:
            step = by_id[step.about]
            moments.append(step.recorded_at)
        if _in_audience(entries, account, one.open["marking"], min(moments), now):
            seen.add(one.id)
    return seen


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
