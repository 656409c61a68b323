"""A document as Word: real styles, header rows that repeat, marking in header and footer, title and language."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime, time
from typing import Any

from tocsin.desk.document import Document
from tocsin.interfaces.briefs.docx_blocks import add
from tocsin.interfaces.briefs.docx_fit import beside, body_size
from tocsin.interfaces.briefs.docx_styles import SOFT, name_of, rgb, set_styles
from tocsin.interfaces.briefs.docx_words import line, resize, write

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

_BEGINNING = (1980, 1, 1, 0, 0, 0)
"""The first moment that a ZIP archive can write."""


def docx(document: Document) -> bytes:
    """The Word file of a document, laid out for A4; a brief for one page."""
    from docx import Document as Word

    word = Word()
    _describe(word, document)
    size = body_size(document)
    set_styles(word, size, document.language)
    _sheet(word, document)
    line(word, document.title, document, "Title")
    line(word, document.subtitle, document, "Subtitle")
    for block in document.blocks:
        add(word, block, document, size)
    out = io.BytesIO()
    word.save(out)
    return _timeless(out.getvalue())


def _timeless(made: bytes) -> bytes:
    """The same archive with one moment for every member: when a file was made is nobody's business but its day."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(made)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            member = zipfile.ZipInfo(name, _BEGINNING)
            member.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(member, old.read(name))
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
    from docx.oxml import OxmlElement
    from docx.shared import Mm, Pt

    sheet = word.sections[0]
    sheet.page_width, sheet.page_height = Mm(210), Mm(297)
    sheet.left_margin = sheet.right_margin = Mm(20)
    sheet.top_margin, sheet.bottom_margin = Mm(20), Mm(18)
    sheet.header_distance = sheet.footer_distance = Mm(9)
    if document.right_to_left:
        # Before the grid, where the schema wants it.
        sheet._sectPr.find(name_of("w:docGrid")).addprevious(OxmlElement("w:bidi"))
    for band, words in ((sheet.header, document.watermark), (sheet.footer, document.foot)):
        # From left to right in every language, so that the banner stays on the right.
        row = band.paragraphs[0]
        for small in write(row, words, base=False):
            resize(small, 7.5)
            small.font.color.rgb = rgb(SOFT)
        if not beside(words, document.banner):
            row = band.add_paragraph()
        row.paragraph_format.tab_stops.add_tab_stop(Mm(170), WD_TAB_ALIGNMENT.RIGHT)
        row.add_run("\t")
        label = row.add_run(f"\u00a0{document.banner}\u00a0")
        label.font.size, label.font.bold = Pt(12), True
        label.font.color.rgb = rgb(document.marking.colour.removeprefix("#"))
        _shade(label)
    if document.watermark:
        _watermark(sheet.header.paragraphs[0], document.watermark)


def _watermark(row: Any, words: str) -> None:
    """Large grey letters across the page, hung in the header so that every page has them, as Word itself does it."""
    from docx.oxml import parse_xml

    run = parse_xml(_WATERMARK.format(place=_PLACE))
    run.find(f".//{_VML}shape/{_VML}textpath").set("string", words)
    row._p.append(run)


def _shade(run: Any) -> None:
    from docx.oxml import OxmlElement

    shade = OxmlElement("w:shd")
    for attribute, value in (("val", "clear"), ("color", "auto"), ("fill", "000000")):
        shade.set(name_of(f"w:{attribute}"), value)
    run._element.get_or_add_rPr().append(shade)
