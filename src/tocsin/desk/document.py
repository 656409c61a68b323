"""A document before it has a format: blocks of plain text and numbers, with a handling marking.

The renderers in ``interfaces/briefs`` turn the same blocks into Markdown, PDF and Word, so the three cannot
differ in what they say. Text is plain: no block carries markup of any format.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any, ClassVar

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


@dataclass(frozen=True, kw_only=True)
class Document(ABC):
    """What every document has, whatever it is about.

    caveats: what stands beside the label in the banner. prepared: the day it was made. language: BCP 47 tag.
    watermark: what stands across every page; empty for nothing.
    """

    title: str
    subtitle: str
    marking: TLP
    prepared: date
    blocks: tuple[Block, ...]
    language: str = "en-GB"
    caveats: tuple[str, ...] = ()
    watermark: str = ""

    foot: ClassVar[str]
    """What stands beside the banner at the foot of every page."""

    one_page: ClassVar[bool]
    """Whether the letters may shrink so that everything stands on one page."""

    @property
    @abstractmethod
    def name(self) -> str:
        """The usual name of a file without its ending."""

    @property
    def banner(self) -> str:
        """Label and caveats as they stand at the top and bottom of every page."""
        return " · ".join((self.marking.label, *self.caveats))

    def as_dict(self) -> dict[str, object]:
        """The whole document as JSON can hold it; every block names its kind."""
        return {
            "title": self.title,
            "subtitle": self.subtitle,
            "marking": self.banner,
            "prepared": self.prepared.isoformat(),
            "language": self.language,
            "watermark": self.watermark or None,
            "blocks": [{"kind": block.kind} | asdict(block) for block in self.blocks],
        }


@dataclass(frozen=True, kw_only=True)
class Brief(Document):
    """One page about one country for one audience. place: Tocsin place id."""

    place: str
    audience: Audience

    foot = "Tocsin · a statistical forecast, not a government's view and not a legal finding"
    one_page = True

    @property
    def name(self) -> str:
        """For example ``tocsin-SDN-minister``."""
        return f"tocsin-{self.place}-{self.audience.value}"

    def as_dict(self) -> dict[str, object]:
        """The whole brief as JSON can hold it."""
        return {"place": self.place, "audience": self.audience.value} | super().as_dict()


@dataclass(frozen=True, kw_only=True)
class Record(Document):
    """A statement as a file. id: its identity. twin: the same for a machine."""

    id: str
    twin: Mapping[str, Any]

    foot = "Tocsin · a statement as its author made it; check its identity and state before relying on it"
    one_page = False

    @property
    def name(self) -> str:
        """For example ``tocsin-statement-0f3a9c21b7d4``."""
        return f"tocsin-statement-{self.id[:12]}"

    def as_dict(self) -> dict[str, object]:
        """The statement as its own parts, not as blocks of a page."""
        return dict(self.twin)
