"""How large the text of a Word brief may be so that it stays on one page.

Word cannot be asked how long a page gets, so the height is reckoned from the letters: an Arial letter is about half as
wide as its size, a line 1.2 times as high. Measured against LibreOffice the reckoning is 5 to 20 % too high, never too
low, so a page that is reckoned to fit has room for the differences between one Word and another.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from tocsin.desk.document import (
    Block,
    Bullets,
    Document,
    Facts,
    Heading,
    KeyFigure,
    Paragraph,
    Pooled,
    Saying,
    Sayings,
    SmallPrint,
    Summary,
    Table,
)

WIDTH, HEIGHT = 482.0, 734.0
"""Text area of the A4 sheet of a brief, in points."""

SIZES = (11.0, 10.5, 10.0, 9.5, 9.0, 8.5, 8.0, 7.5)
"""Body sizes in points, the first that fits is taken."""

USUAL = 10.5
"""The body size of a document that may have many pages."""

INDENT, CELL_MARGIN = 18.0, 6.0
PLOT = 130.0
"""Height of a spread plot, in points."""

LETTER, BOLD, LINE, IN_HAND = 0.47, 0.58, 1.22, 0.97


def body_size(document: Document) -> float:
    """The largest body size in points at which one page is reckoned to hold everything, else the smallest there is; the
    usual one where there may be many pages.
    """
    if not document.one_page:
        return USUAL
    return next((size for size in SIZES if _page(document, size) <= IN_HAND * HEIGHT), SIZES[-1])


def beside(words: str, banner: str) -> bool:
    """Whether small print and the banner have room on one line."""
    return len(words) * LETTER * 7.5 + len(banner) * BOLD * 12 + 2 * CELL_MARGIN < WIDTH


def column_widths(table: Table, size: float) -> tuple[float, ...]:
    """Widths in points: as wide as their text; the last column of words, or all of numbers, take the room left over.

    These get half of an even share at least, and the widest of the others give way. All are alike where the table says
    so.
    """
    if table.even:
        return (WIDTH / len(table.columns),) * len(table.columns)
    columns = range(len(table.columns))
    natural = [
        max(len(row[column]) for row in (table.columns, *table.rows)) * BOLD * size + CELL_MARGIN for column in columns
    ]
    wordy = [column for column in columns if column not in table.numeric]
    roomy = [wordy[-1]] if len(wordy) > 1 or not table.numeric else list(table.numeric)
    others = [column for column in columns if column not in roomy]
    widths = dict(
        zip(
            others,
            _within([natural[column] for column in others], WIDTH * (1 - len(roomy) / 2 / len(columns))),
            strict=True,
        )
    )
    room = (WIDTH - sum(widths.values())) / len(roomy)
    return tuple(widths.get(column, room) for column in columns)


def _within(wanted: Sequence[float], room: float) -> tuple[float, ...]:
    """What each wants where there is room for all; else the widest are cut to one width, so that the rest need not be.

    >>> _within([10, 100, 300], 200)
    (10, 95.0, 95.0)
    """
    if sum(wanted) <= room:
        return tuple(wanted)
    left, most = room, 0.0
    for count, one in zip(range(len(wanted), 0, -1), sorted(wanted), strict=True):
        most = left / count
        if one > most:
            break
        left -= one
    return tuple(min(one, most) for one in wanted)


def _page(document: Document, size: float) -> float:
    head = _text(document.title, 1.9 * size, WIDTH) + _text(document.subtitle, 0.9 * size, WIDTH) + size
    return head + sum(_block(block, size) for block in document.blocks)


def _text(text: str, size: float, width: float) -> float:
    """Height of a paragraph without the space around it."""
    return math.ceil(len(text) * LETTER * size / width) * LINE * size


def _block(block: Block, size: float) -> float:
    match block:
        case Heading():
            return 1.1 * size + _text(block.text, 1.08 * size, WIDTH)
        case Paragraph():
            return _text(block.text, size, WIDTH) + 0.4 * size
        case Bullets():
            return sum(_text(item, size, WIDTH - INDENT) + 0.2 * size for item in block.items)
        case KeyFigure():
            return 3.2 * size + sum(_text(line, size, WIDTH) + 0.4 * size for line in block.lines)
        case Table():
            widths = column_widths(block, size)
            rows = (block.columns, *block.rows)
            return sum(
                max(_text(cell, size, wide - CELL_MARGIN) for cell, wide in zip(row, widths, strict=True)) + 2
                for row in rows
            )
        case SmallPrint():
            small = 0.8 * size
            return size + sum(_text(f"{label}. {text}", small, WIDTH) + 0.3 * size for label, text in block.entries)
        case Facts():
            return sum(_text(f"{label}: {text}", size, WIDTH) + 0.2 * size for label, text in block.entries)
        case Sayings():
            return _sayings(block.items, size)
        case Summary():
            told = sum(
                _text(gist.question, size, WIDTH) + _text(f"{gist.told} {gist.title}", size, WIDTH)
                for gist in block.gists
            )
            return 5 * size + told + _sayings(block.advice, size)
        case Pooled():
            lines = sum(_text(line, size, WIDTH) + 0.4 * size for line in block.lines)
            said = _text(block.dissents.title, size, WIDTH) + _sayings(block.dissents.items, size)
            return 3.2 * size + lines + said + (PLOT if block.plot else 0.0)


def _sayings(items: tuple[Saying, ...], size: float) -> float:
    return sum(_text(f"{item.text} {item.by}", size, WIDTH - INDENT) + 0.6 * size for item in items)
