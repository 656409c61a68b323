"""A brief as Word: real styles, header rows that repeat, marking in header and footer, title and language."""

from __future__ import annotations

import io
from datetime import datetime, time
from typing import Any

from tocsin.core.tlp import TLP
from tocsin.desk.document import Block, Brief, Bullets, Heading, KeyFigure, Paragraph, SmallPrint, Table
from tocsin.interfaces.briefs import FOOT
from tocsin.interfaces.briefs.docx_fit import body_size, column_widths
from tocsin.interfaces.briefs.docx_styles import (
    BRIEF_TABLE,
    KEY_FIGURE,
    SMALL_PRINT,
    SOFT,
    name_of,
    rgb,
    set_styles,
)


def docx(brief: Brief) -> bytes:
    """The Word file of a brief, laid out for one A4 page."""
    from docx import Document

    document = Document()
    _describe(document, brief)
    size = body_size(brief)
    set_styles(document, size, brief.language)
    _sheet(document, brief.marking)
    document.add_paragraph(brief.title, style="Title")
    document.add_paragraph(brief.subtitle, style="Subtitle")
    for block in brief.blocks:
        _add(document, block, size)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _describe(document: Any, brief: Brief) -> None:
    core = document.core_properties
    core.title, core.subject, core.author = brief.title, brief.subtitle, "Tocsin"
    core.keywords, core.comments, core.language = brief.marking.label, FOOT, brief.language
    core.created = core.modified = datetime.combine(brief.prepared, time())
    core.last_modified_by = "Tocsin"


def _sheet(document: Any, marking: TLP) -> None:
    """A4, with the marking flush right in header and footer as TLP 2.0 asks."""
    from docx.enum.text import WD_TAB_ALIGNMENT
    from docx.shared import Mm, Pt

    sheet = document.sections[0]
    sheet.page_width, sheet.page_height = Mm(210), Mm(297)
    sheet.left_margin = sheet.right_margin = Mm(20)
    sheet.top_margin, sheet.bottom_margin = Mm(20), Mm(18)
    sheet.header_distance = sheet.footer_distance = Mm(9)
    for band, words in ((sheet.header, ""), (sheet.footer, FOOT)):
        line = band.paragraphs[0]
        line.paragraph_format.tab_stops.add_tab_stop(Mm(170), WD_TAB_ALIGNMENT.RIGHT)
        small = line.add_run(words)
        small.font.size, small.font.color.rgb = Pt(7.5), rgb(SOFT)
        line.add_run("\t")
        label = line.add_run(f"\u00a0{marking.label}\u00a0")
        label.font.size, label.font.bold = Pt(12), True
        label.font.color.rgb = rgb(marking.colour.removeprefix("#"))
        _shade(label)


def _shade(run: Any) -> None:
    from docx.oxml import OxmlElement

    shade = OxmlElement("w:shd")
    for attribute, value in (("val", "clear"), ("color", "auto"), ("fill", "000000")):
        shade.set(name_of(f"w:{attribute}"), value)
    run._element.get_or_add_rPr().append(shade)


def _add(document: Any, block: Block, size: float) -> None:
    from docx.shared import Pt

    match block:
        case Heading():
            document.add_heading(block.text, level=1)
        case Paragraph():
            document.add_paragraph(block.text)
        case Bullets():
            for item in block.items:
                document.add_paragraph(item, style="List Bullet")
        case KeyFigure():
            document.add_paragraph(block.figure, style=KEY_FIGURE)
            for text in block.lines:
                document.add_paragraph(text)
        case Table():
            _table(document, block, size)
        case SmallPrint():
            for number, (label, text) in enumerate(block.entries):
                line = document.add_paragraph(style=SMALL_PRINT)
                if number == 0:
                    line.paragraph_format.space_before = Pt(size)
                line.add_run(f"{label}. ").bold = True
                line.add_run(text)


def _table(document: Any, block: Table, size: float) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.shared import Pt

    table = document.add_table(rows=0, cols=len(block.columns), style=BRIEF_TABLE)
    table.autofit = False
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
            line = row.cells[column].paragraphs[0]
            line.paragraph_format.space_after = Pt(1)
            line.add_run(text)
            if column in block.numeric:
                line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
