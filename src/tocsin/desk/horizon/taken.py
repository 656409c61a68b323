"""What is read from a file before it is put on the calendar: what can be taken, and what is refused, one by one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tocsin.core.tlp import TLP

LARGEST = 20 * 2**20
"""Bytes that a file of moments may have."""

MOST = 20_000
"""Moments of one file."""


@dataclass(frozen=True)
class Taken:
    """One moment as a file has it.

    called: what it is called in the file, for a report. subject: the key of its place; None where the file names none
    that is known. body: the fields of a moment, unchecked. least: the label under which it was handed out, if the file
    says so. named: the place as the file writes it.
    """

    called: str
    subject: str | None
    body: Mapping[str, Any]
    least: TLP | None = None
    named: str = ""


@dataclass(frozen=True)
class Refused:
    """Something in a file that cannot be taken: what it is called there, and why."""

    called: str
    why: str


@dataclass(frozen=True)
class Content:
    """All that a file holds."""

    taken: tuple[Taken, ...]
    refused: tuple[Refused, ...]
