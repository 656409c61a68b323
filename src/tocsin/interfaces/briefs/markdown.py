"""A document as Markdown: for an e-mail, a wiki, or a line on which nothing else gets through."""

from __future__ import annotations

import re

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

_INLINE = re.compile(r"([\\`*_\[\]<>|~])")
_BLOCK_START = re.compile(r"^(#{1,6}|[-+]|\d+[.)])(?=\s)")


def markdown(document: Document) -> str:
    """The document as CommonMark with pipe tables."""
    banner = [f"**{plain(document.banner)}**"]
    mark = [f"**{plain(document.watermark)}**"] if document.watermark else []
    parts = [*banner, *mark, f"# {plain(document.title)}", plain(document.subtitle)]
    parts += [_block(block) for block in document.blocks]
    parts += ["---", plain(document.foot), *mark, *banner]
    return "\n\n".join(parts) + "\n"


def plain(text: str) -> str:
    """Text in which nothing is read as markup, on one line.

    >>> plain("a *b* [c](d) | e")
    'a \\\\*b\\\\* \\\\[c\\\\](d) \\\\| e'
    >>> plain("# no heading"), plain("8.1 % chance")
    ('\\\\# no heading', '8.1 % chance')
    """
    line = _INLINE.sub(r"\\\1", " ".join(text.split()))
    return _BLOCK_START.sub(lambda found: found[0][:-1] + "\\" + found[0][-1], line)


def _block(block: Block) -> str:
    match block:
        case Heading():
            return f"{'#' * (block.level + 1)} {plain(block.text)}"
        case Paragraph():
            return plain(block.text)
        case Bullets():
            return _bullets(block.items)
        case KeyFigure():
            return f"**{plain(block.figure)}**\n\n{_bullets(block.lines)}"
        case Table():
            return _table(block)
        case SmallPrint():
            return "\n\n".join(f"**{plain(label)}.** {plain(text)}" for label, text in block.entries)
        case Facts():
            return "\n".join(f"- **{plain(label)}:** {plain(text)}" for label, text in block.entries)
        case Sayings():
            return _sayings(block.items)
        case Summary():
            return _summary(block)
        case Pooled():
            plot = [plain(block.plot.text)] if block.plot else []
            dissents = [f"**{plain(block.dissents.title)}**", *_maybe(_sayings(block.dissents.items))]
            return "\n\n".join([f"**{plain(block.figure)}**", _bullets(block.lines), *dissents, *plot])


def _summary(block: Summary) -> str:
    advice = [f"- {plain(one.text)}  \n  {plain(one.by)}" for one in block.advice] or [plain(block.without)]
    gists = [f"- {plain(gist.question)}  \n  **{plain(gist.told)}**  \n  {plain(gist.title)}" for gist in block.gists]
    return "\n\n".join([f"## {plain(block.title)}", "\n".join(gists), f"### {plain(block.heading)}", "\n".join(advice)])


def _sayings(items: tuple[Saying, ...]) -> str:
    # Quoted, so that each is apart from the next without a number or an order.
    return "\n\n<!-- -->\n\n".join(_quoted(item) for item in items)


def _quoted(item: Saying) -> str:
    said = [line for line in item.text.splitlines() if line.strip()]
    return "\n>\n".join(f"> {plain(line)}" for line in (*said, *_maybe(item.by)))


def _maybe(text: str) -> list[str]:
    return [text] if text else []


def _bullets(items: tuple[str, ...]) -> str:
    return "\n".join(f"- {plain(item)}" for item in items)


def _table(table: Table) -> str:
    rule = ["---:" if column in table.numeric else "---" for column in range(len(table.columns))]
    rows = [
        [plain(cell) for cell in table.columns],
        rule,
        *[[plain(cell) for cell in row] for row in table.rows],
    ]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)
