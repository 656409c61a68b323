"""A document before it has a format: blocks of plain text and numbers, with a handling marking.

The renderers in ``interfaces/briefs`` turn the same blocks into Markdown, PDF and Word, so the three cannot
differ in what they say. Text is plain: no block carries markup of any format.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, is_dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, ClassVar

from tocsin.core.errors import BriefError
from tocsin.core.tlp import TLP


class Audience(StrEnum):
    """Whom a brief is for; ``data/audiences.toml`` says what each one's page holds."""

    MINISTER = "minister"
    COUNCIL = "council"
    POST = "post"
    PUBLIC = "public"


@dataclass(frozen=True)
class Heading:
    """A heading of one section. level: 1, or 2 for a part of one."""

    kind: ClassVar[str] = "heading"
    text: str
    level: int = 1


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

    numeric: positions of the columns set flush right. even: all columns are of one width, for cells that may be long.
    """

    kind: ClassVar[str] = "table"
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[int, ...] = ()
    even: bool = False


@dataclass(frozen=True)
class SmallPrint:
    """What must be on the page but is read second: pairs of label and text."""

    kind: ClassVar[str] = "small print"
    entries: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Facts:
    """What is known of one thing: pairs of label and text, each text in a place of its own."""

    kind: ClassVar[str] = "facts"
    entries: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Saying:
    """What somebody said, word for word. by: who, or what became of it; empty where nothing may be told."""

    text: str
    by: str = ""


@dataclass(frozen=True)
class Sayings:
    """What was said, in an order that tells nothing."""

    kind: ClassVar[str] = "sayings"
    items: tuple[Saying, ...]


@dataclass(frozen=True)
class Dissents:
    """The dissents from one result. number: how many there are; title: says so in words; items: every one of them.

    Errors: BriefError if one is missing.
    """

    number: int
    title: str
    items: tuple[Saying, ...]

    def __post_init__(self) -> None:
        if len(self.items) != self.number:
            raise BriefError(
                f"{self.number} dissents travel with this result, and {len(self.items)} of them are here",
                remedy="Pass on the result with every one of them",
            )


@dataclass(frozen=True)
class Dots:
    """The estimates of one stage as dots: (place on the axis from 0 to 1, how many dots lie below it)."""

    label: str
    at: tuple[tuple[float, int], ...]


@dataclass(frozen=True)
class SpreadPlot:
    """Where estimates lie, stage by stage above one axis, with what they were pooled to.

    ticks: place on the axis and label. pooled, low, high, base: places of the pooled value, of the ends of its interval
    and of the base rate, None where there is none; places are shares of the axis, from 0 at its left end. key: what the
    marks stand for. text: the same in words, for those who do not see it. unit: what the numbers below the axis count;
    empty where they say it themselves.
    """

    ticks: tuple[tuple[float, str], ...]
    rows: tuple[Dots, ...]
    pooled: float
    low: float | None
    high: float | None
    base: float | None
    key: str
    text: str
    unit: str = ""


@dataclass(frozen=True)
class Pooled:
    """What a round came to on one question: the number, the dissents from it right after, and the spread.

    There is no way to show the number, or its plot, without the dissents.
    """

    kind: ClassVar[str] = "pooled"
    figure: str
    lines: tuple[str, ...]
    dissents: Dissents
    plot: SpreadPlot | None = None


@dataclass(frozen=True)
class Gist:
    """One question in a summary. told: its number with what must stand beside it, in one line; dissents: how many there
    are; title: says so in words. Their words stand further down, with the result.
    """

    question: str
    told: str
    dissents: int
    title: str


@dataclass(frozen=True)
class Summary:
    """What a round came to, to be read alone: a line for each question, then what is recommended.

    advice: each recommendation with its support; without: what is said where there is none, else empty.
    """

    kind: ClassVar[str] = "summary"
    title: str
    gists: tuple[Gist, ...]
    heading: str
    advice: tuple[Saying, ...]
    without: str


Block = Heading | Paragraph | Bullets | KeyFigure | Table | SmallPrint | Facts | Sayings | Pooled | Summary

_NO_LETTERS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")


def readable(value: Any) -> Any:
    """Text, alone or in blocks, without what is no letter: commands to a machine, and turns of a line's direction."""
    if isinstance(value, str):
        return _NO_LETTERS.sub("\ufffd", value)
    if isinstance(value, tuple):
        return tuple(readable(one) for one in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{field.name: readable(getattr(value, field.name)) for field in fields(value)})
    return value


RIGHT_TO_LEFT = frozenset({"ar", "dv", "fa", "he", "ps", "ur", "yi"})
"""Languages that are written from right to left."""


@dataclass(frozen=True, kw_only=True)
class Document(ABC):
    """What every document has, whatever it is about.

    caveats: what stands beside the label in the banner. prepared: the day it was made. language: BCP 47 tag.
    watermark: what stands across every page; empty for nothing. foot: what stands beside the banner at the foot of
    every page.
    """

    title: str
    subtitle: str
    marking: TLP
    prepared: date
    blocks: tuple[Block, ...]
    language: str = "en-GB"
    caveats: tuple[str, ...] = ()
    watermark: str = ""
    foot: str = "Tocsin"

    one_page: ClassVar[bool]
    """Whether the letters may shrink so that everything stands on one page."""

    @property
    @abstractmethod
    def name(self) -> str:
        """The usual name of a file without its ending."""

    @property
    def right_to_left(self) -> bool:
        """Whether its language is written from right to left."""
        return self.language.partition("-")[0] in RIGHT_TO_LEFT

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

    foot: str = "Tocsin · a statistical forecast, not a government's view and not a legal finding"
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

    foot: str = "Tocsin · a statement as its author made it; check its identity and state before relying on it"
    one_page = False

    @property
    def name(self) -> str:
        """For example ``tocsin-statement-0f3a9c21b7d4``."""
        return f"tocsin-statement-{self.id[:12]}"

    def as_dict(self) -> dict[str, object]:
        """The statement as its own parts, not as blocks of a page."""
        return dict(self.twin)


@dataclass(frozen=True, kw_only=True)
class Readout(Document):
    """What a finished round came to. id: the round's identity. twin: the figures for a machine.

    Errors: BriefError if it shows no result, a number without its dissents, or a summary that counts them otherwise.
    """

    id: str
    twin: Mapping[str, Any]

    one_page = False

    def __post_init__(self) -> None:
        counted = [block.dissents.number for block in self.blocks if isinstance(block, Pooled)]
        if not counted:
            raise BriefError("a readout without a result was to be made", where=self.id)
        if any(isinstance(block, KeyFigure) for block in self.blocks):
            raise BriefError(
                "a result was to be shown without its dissents",
                where=self.id,
                remedy="Show it as a pooled result, which carries them",
            )
        summed = [[gist.dissents for gist in block.gists] for block in self.blocks if isinstance(block, Summary)]
        if any(one != counted for one in summed):
            raise BriefError(
                "a summary does not count the dissents that its results carry",
                where=self.id,
                remedy="Give each question of the summary the number of dissents of its result",
            )

    @property
    def name(self) -> str:
        """For example ``tocsin-readout-0f3a9c21b7d4``."""
        return f"tocsin-readout-{self.id[:12]}"

    def as_dict(self) -> dict[str, object]:
        """The figures, and the pages block by block."""
        return dict(self.twin) | super().as_dict()
