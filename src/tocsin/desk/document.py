"""A document before it has a format: blocks of plain text and numbers, with a handling marking.

The renderers in ``interfaces/briefs`` turn the same blocks into Markdown, PDF and Word, so the three cannot
differ in what they say. Text is plain: no block carries markup of any format.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar

from tocsin.core.tlp import TLP


class Audience(StrEnum):
    """Whom a brief is for; ``data/audiences.toml`` says what each one's page holds."""

    MINISTER = "minister"
    COUNCIL = "council"
    POST = "post"
    PUBLIC = "public"


@dataclass(frozen=True)
class Heading:
    """A heading of one section."""

    kind: ClassVar[str] = "heading"
    text: str


@dataclass(frozen=True)
class Paragraph:
    """Running text."""

    kind: ClassVar[str] = "paragraph"
    text: str


@dataclass(frozen=True)
class Bullets:
    """A list without order."""

    kind: ClassVar[str] = "bullets"
    items: tuple[str, ...]


@dataclass(frozen=True)
class Scale:
    """Where the numbers of a key figure lie on a line from zero: probabilities in [0, 1].

    base: the base rate, or None if there is none. key: what the marks stand for. text: the same in words, for those who
    do not see the line.
    """

    point: float
    low: float
    high: float
    base: float | None
    key: str
    text: str


@dataclass(frozen=True)
class KeyFigure:
    """The one number of the page: large, with the lines that must travel with it."""

    kind: ClassVar[str] = "key figure"
    figure: str
    lines: tuple[str, ...]
    scale: Scale | None = None


@dataclass(frozen=True)
class Table:
    """A table with a header row; every row has as many cells as there are columns.

    numeric: positions of the columns set flush right.
    """

    kind: ClassVar[str] = "table"
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[int, ...] = ()


@dataclass(frozen=True)
class SmallPrint:
    """What must be on the page but is read second: pairs of label and text."""

    kind: ClassVar[str] = "small print"
    entries: tuple[tuple[str, str], ...]


Block = Heading | Paragraph | Bullets | KeyFigure | Table | SmallPrint


@dataclass(frozen=True)
class Brief:
    """One page about one country for one audience.

    place: Tocsin place id. language: BCP 47 tag. prepared: the day the page was made.
    """

    place: str
    audience: Audience
    title: str
    subtitle: str
    marking: TLP
    prepared: date
    blocks: tuple[Block, ...]
    language: str = "en-GB"

    def as_dict(self) -> dict[str, object]:
        """The whole document as JSON can hold it; every block names its kind."""
        return {
            "place": self.place,
            "audience": self.audience.value,
            "title": self.title,
            "subtitle": self.subtitle,
            "marking": self.marking.label,
            "prepared": self.prepared.isoformat(),
            "language": self.language,
            "blocks": [{"kind": block.kind} | asdict(block) for block in self.blocks],
        }
