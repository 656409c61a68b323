"""The blocks of a document in Word."""

from __future__ import annotations

import io
from typing import Any

from tocsin.core.errors import BriefError
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
from tocsin.interfaces.briefs.direction import right_to_left
from tocsin.interfaces.briefs.docx_fit import BOLD, WIDTH, column_widths
from tocsin.interfaces.briefs.docx_styles import (
    BRIEF_TABLE,
    BY,
    DISSENT_BOX,
    DISSENTS,
    FACT_TABLE,
    KEY_FIGURE,
    SAID_ON,
    SAYING,
    SMALL_PRINT,
    SUMMARY_BOX,
    name_of,
)
from tocsin.interfaces.briefs.docx_words import embolden, fill, hold, line, turn, write

LABELS = 66.0
"""Least width of a column of labels, in points."""


def add(word: Any, block: Block, document: Document, size: float) -> None:
    """Add a block to a Word document. size: that of its body in points."""
    match block:
        case Heading():
            line(word, block.text, document, f"Heading {block.level}")
        case Paragraph():
            line(word, block.text, document)
        case Bullets():
            for item in block.items:
                line(word, item, document, "List Bullet")
        case KeyFigure():
            line(word, block.figure, document, KEY_FIGURE)
            for text in block.lines:
                line(word, text, document)
        case Table():
            _table(word, block, document, size)
        case SmallPrint():
            _small_print(word, block, document, size)
        case Facts():
            _facts(word, block, document, size)
        case Sayings():
            _sayings(word, block.items, document)
        case Summary():
            _summary(word, block, document)
        case Pooled():
            _pooled(word, block, document)


def _pooled(word: Any, block: Pooled, document: Document) -> None:
    hold(word.add_paragraph(style=KEY_FIGURE), block.figure, document)
    for number, text in enumerate(block.lines):
        paragraph = line(word, text, document)
        paragraph.paragraph_format.keep_with_next = True
        if number == 0:
            for run in paragraph.runs:
                embolden(run)
    _dissents(word, block, document)
    if block.plot:
        _plot(word, block, document)


def _dissents(word: Any, block: Pooled, document: Document) -> None:
    cell = _box(word, DISSENT_BOX, document)
    fill(cell.paragraphs[0], block.dissents.title, document)
    cell.paragraphs[0].style = word.styles[DISSENTS]
    _sayings(cell, block.dissents.items, document)
    _gap(word)


def _summary(word: Any, block: Summary, document: Document) -> None:
    from docx.shared import Pt

    cell = _box(word, SUMMARY_BOX, document)
    fill(cell.paragraphs[0], block.title, document)
    cell.paragraphs[0].style = word.styles["Heading 1"]
    cell.paragraphs[0].paragraph_format.space_before = Pt(0)
    for gist in block.gists:
        for text, bold in ((gist.question, False), (gist.told, True), (gist.title, False)):
            paragraph = hold(cell.add_paragraph(), text, document)
            paragraph.paragraph_format.keep_with_next = text != gist.title
            if bold:
                for run in paragraph.runs:
                    embolden(run)
            if text != gist.title:
                paragraph.paragraph_format.space_after = Pt(1)
    line(cell, block.heading, document, "Heading 2")
    if block.advice:
        _sayings(cell, block.advice, document)
    else:
        line(cell, block.without, document)
    _gap(word)


def _box(word: Any, style: str, document: Document) -> Any:
    """The one cell of a box, which looks the same whichever way the words in it run."""
    from docx.enum.table import WD_TABLE_ALIGNMENT

    table = word.add_table(rows=1, cols=1, style=style)
    _laid_out(table, document)
    # In the middle, so that its borders lie on the margins whatever the room inside them.
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    return table.rows[0].cells[0]


def _plot(word: Any, block: Pooled, document: Document) -> None:
    """The plot as a picture with its words as alternative text; the words alone where no picture can be drawn."""
    from docx.shared import Mm

    from tocsin.interfaces.briefs.pdf import picture

    assert block.plot is not None
    try:
        drawn = picture(document, block)
    except BriefError:
        line(word, block.plot.text, document)
        return
    paragraph = word.add_paragraph()
    shape = paragraph.add_run().add_picture(io.BytesIO(drawn), width=Mm(170))
    for side in ("distT", "distB", "distL", "distR"):
        # LibreOffice keeps a distance of its own where none is given.
        shape._inline.set(side, "0")
    told = shape._inline.docPr
    told.set("name", "Spread plot")
    told.set("descr", block.plot.text)


def _sayings(word: Any, items: tuple[Saying, ...], document: Document) -> None:
    for item in items:
        said = [one for one in item.text.splitlines() if one.strip()]
        for number, text in enumerate(said):
            paragraph = line(word, text, document, SAYING if number == 0 else SAID_ON)
            paragraph.paragraph_format.keep_with_next = bool(item.by) or number + 1 < len(said)
        if item.by:
            line(word, item.by, document, BY)


def _small_print(word: Any, block: SmallPrint, document: Document, size: float) -> None:
    from docx.shared import Pt

    for number, (label, text) in enumerate(block.entries):
        paragraph = word.add_paragraph(style=SMALL_PRINT)
        if number == 0:
            paragraph.paragraph_format.space_before = Pt(size)
        base = right_to_left(label, document.right_to_left)
        turn(paragraph, base)
        for run in write(paragraph, f"{label}. ", base=base):
            embolden(run)
        write(paragraph, text, base=base)


def _facts(word: Any, block: Facts, document: Document, size: float) -> None:
    """Two columns, the labels as wide as the longest of them, each text in a cell of its own."""
    from docx.shared import Pt

    table = word.add_table(rows=0, cols=2, style=FACT_TABLE)
    _laid_out(table, document)
    first = min(max(max(len(label) for label, _ in block.entries) * BOLD * size + 8, LABELS), WIDTH / 3)
    widths = (Pt(first), Pt(WIDTH - first))
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for label, text in block.entries:
        row = table.add_row()
        for cell, words, width in zip(row.cells, (label, text), widths, strict=True):
            cell.width = width
            lines = [one for one in words.splitlines() if one.strip()]
            for number, one in enumerate(lines):
                paragraph = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
                paragraph.paragraph_format.space_after = Pt(2)
                hold(paragraph, one, document)
    _gap(word)


def _gap(word: Any) -> None:
    """A table has no room after it of its own, and two that touch become one."""
    from docx.shared import Pt

    after = word.add_paragraph()
    after.paragraph_format.space_after = Pt(0)
    after.paragraph_format.line_spacing = Pt(6)


def _laid_out(table: Any, document: Document) -> None:
    from docx.oxml import OxmlElement

    table.autofit = False
    if document.right_to_left:
        # After the style, where the schema wants it.
        table._tbl.tblPr.find(name_of("w:tblStyle")).addnext(OxmlElement("w:bidiVisual"))


def _table(word: Any, block: Table, document: Document, size: float) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.shared import Pt

    table = word.add_table(rows=0, cols=len(block.columns), style=BRIEF_TABLE)
    _laid_out(table, document)
    widths = [Pt(width) for width in column_widths(block, size)]
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for number, cells in enumerate((block.columns, *block.rows)):
        row = table.add_row()
        properties = row._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if number == 0:
            properties.append(OxmlElement("w:tblHeader"))
        for column, text in enumerate(cells):
            row.cells[column].width = widths[column]
            paragraph = row.cells[column].paragraphs[0]
            paragraph.paragraph_format.space_after = Pt(1)
            if column in block.numeric:
                fill(paragraph, text, document)
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            else:
                hold(paragraph, text, document)
    if not document.one_page:
        _gap(word)
