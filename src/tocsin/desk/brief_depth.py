"""How deep a brief goes for each audience, and what every brief is made from."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from tocsin.desk.country import CountryView
from tocsin.desk.document import Block
from tocsin.desk.scorecard import ScoreBlock


@dataclass(frozen=True)
class Depth:
    """What one audience's brief holds; see ``data/audiences.toml``. A limit of None means all."""

    title: str
    sections: tuple[str, ...]
    wording: str
    drivers: int | None
    analogues: int | None
    caveats: int | None

    @property
    def plain(self) -> bool:
        """Whether no term of art may go unexplained."""
        return self.wording == "plain"


@dataclass(frozen=True)
class Evidence:
    """What every brief of a country is made from. record: the scores reported once, or None if the release has none."""

    view: CountryView
    record: ScoreBlock | None


Section = Callable[[Evidence, Depth], tuple[Block, ...]]
"""A section gives its blocks, or none where there is nothing to say."""


@cache
def depths() -> dict[str, Depth]:
    """What each audience's brief holds, by the audience's name."""
    text = (files("tocsin") / "data" / "audiences.toml").read_text(encoding="utf-8")
    return {name: _depth(entry) for name, entry in tomllib.loads(text).items()}


def _depth(entry: dict[str, Any]) -> Depth:
    limits = {name: entry[name] or None for name in ("drivers", "analogues", "caveats")}
    return Depth(title=entry["title"], sections=tuple(entry["sections"]), wording=entry["wording"], **limits)


def years(span: str) -> str:
    """A span of years as it is set in print.

    >>> years("2025-2026")
    '2025–2026'
    """
    return span.replace("-", "–")
