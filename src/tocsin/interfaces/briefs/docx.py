"""A document as Word: real styles, header rows that repeat, marking in header and footer, title and language."""

from __future__ import annotations

import io
from datetime import datetime, time
from typing import Any

from tocsin.desk.document import Block, Bullets, Document, Heading, KeyFigure, Paragraph, SmallPrint, Table
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

_WATERMARK = """
<w:r xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:v="urn:schemas-microsoft-com:vml"
     xmlns:o="urn:schemas-microsoft-com:office:office">
  <w:pict>
    <v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" adj="10800" path="m@7,l@8,m@5,21600l@6,21600e">
      <v:formulas>
        <v:f eqn="sum #0 0 10800"/><v:f eqn="prod #0 2 1"/><v:f eqn="sum 21600 0 @1"/><v:f eqn="sum 0 0 @2"/>
        <v:f eqn="sum 21600 0 @3"/><v:f eqn="if @0 @3 0"/><v:f eqn="if @0 21600 @1"/><v:f eqn="if @0 0 @2"/>
        <v:f eqn="if @0 @4 21600"/>
      </v:formulas>
      <v:path textpathok="t" o:connecttype="rect"/>
      <v:textpath on="t" fitshape="t"/>
    </v:shapetype>
    <v:shape id="PowerPlusWaterMarkObject1" o:spid="_x0000_s2049" type="#_x0000_t136" o:allowincell="f"
      fillcolor="#c8c8c8" stroked="f" style="{place}">
      <v:fill opacity=".6"/>
      <v:textpath style="font-family:&quot;Arial&quot;;font-size:1pt" string=""/>
    </v:shape>
  </w:pict>
</w:r>
"""

_VML = "{urn:schemas-microsoft-com:vml}"

_PLACE = (
    "position:absolute;margin-left:0;margin-top:0;width:560pt;height:46pt;rotation:308;z-index:-251658752;"
    "mso-position-horizontal:center;mso-position-horizontal-relative:margin;"
    "mso-position-vertical:center;mso-position-vertical-relative:margin"
)


def docx(document: Document) -> bytes:
    """The Word file of a document, laid out for A4; a brief for one page."""
    from docx import Document as Word

    word = Word()
    _describe(word, document)
    size = body_size(document)
    set_styles(word, size, document.language)
    _sheet(word, document)
    word.add_paragraph(document.title, style="Title")
    word.add_paragraph(document.subtitle, style="Subtitle")
    for block in document.blocks:
        _add(word, block, size)
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()


def _describe(word: Any, document: Document) -> None:
    core = word.core_properties
    core.title, core.subject, core.author = document.title, document.subtitle, "Tocsin"
    core.keywords, core.comments, core.language = document.banner, document.foot, document.language
    core.created = core.modified = datetime.combine(document.prepared, time())
    core.last_modified_by = "Tocsin"


def _sheet(word: Any, document: Document) -> None:
    """A4, with the banner flush right in header and footer as TLP 2.0 asks, and the watermark behind every page."""
    from docx.enum.text import WD_TAB_ALIGNMENT
    from docx.shared import Mm, Pt

    sheet = word.sections[0]
    sheet.page_width, sheet.page_height = Mm(210), Mm(297)
    sheet.left_margin = sheet.right_margin = Mm(20)
    sheet.top_margin, sheet.bottom_margin = Mm(20), Mm(18)
    sheet.header_distance = sheet.footer_distance = Mm(9)
    for band, words in ((sheet.header, document.watermark), (sheet.footer, document.foot)):
        line = band.paragraphs[0]
        line.paragraph_format.tab_stops.add_tab_stop(Mm(170), WD_TAB_ALIGNMENT.RIGHT)
        small = line.add_run(words)
        small.font.size, small.font.color.rgb = Pt(7.5), rgb(SOFT)
        line.add_run("\t")
        label = line.add_run(f"\u00a0{document.banner}\u00a0")
        label.font.size, label.font.bold = Pt(12), True
        label.font.color.rgb = rgb(document.marking.colour.removeprefix("#"))
        _shade(label)
    if document.watermark:
        _watermark(sheet.header.paragraphs[0], document.watermark)


def _watermark(line: Any, words: str) -> None:
    """Large grey letters across the page, hung in the header so that every page has them, as Word itself does it."""
    from docx.oxml import parse_xml

    run = parse_xml(_WATERMARK.format(place=_PLACE))
    run.find(f".//{_VML}shape/{_VML}textpath").set("string", words)
    line._p.append(run)


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
