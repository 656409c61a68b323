"""The named styles of a Word brief, so that who edits it changes a style and not a hundred paragraphs."""

from __future__ import annotations

from typing import Any

from tocsin.desk.document import RIGHT_TO_LEFT

FACE = "Arial"
INK, SOFT, HAIR, ACCENT = "141414", "5A5A5A", "BEBEBE", "1D3A5F"
KEY_FIGURE, SMALL_PRINT, SAYING, SAID_ON, BY, DISSENTS = (
    "Key Figure",
    "Small Print",
    "Saying",
    "Saying Continued",
    "Said By",
    "Dissents",
)
BRIEF_TABLE, FACT_TABLE, DISSENT_BOX, SUMMARY_BOX = "Brief Table", "Fact Table", "Dissent Box", "Summary Box"

_TABLE_STYLE = """
<w:style xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"
         w:type="table" w:customStyle="1" w:styleId="BriefTable">
  <w:name w:val="{name}"/><w:basedOn w:val="TableNormal"/><w:uiPriority w:val="99"/><w:qFormat/>
  <w:tblPr>
    <w:tblBorders>
      <w:bottom w:val="single" w:sz="4" w:color="{hair}"/>
      <w:insideH w:val="single" w:sz="4" w:color="{hair}"/>
    </w:tblBorders>
    <w:tblCellMar><w:left w:w="{left}" w:type="dxa"/><w:right w:w="{right}" w:type="dxa"/></w:tblCellMar>
  </w:tblPr>
  <w:tblStylePr w:type="firstRow">
    <w:rPr><w:b/><w:bCs/></w:rPr>
    <w:tcPr><w:tcBorders><w:bottom w:val="single" w:sz="6" w:color="{ink}"/></w:tcBorders></w:tcPr>
  </w:tblStylePr>
</w:style>
"""

_FACT_STYLE = """
<w:style xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"
         w:type="table" w:customStyle="1" w:styleId="FactTable">
  <w:name w:val="{name}"/><w:basedOn w:val="TableNormal"/><w:uiPriority w:val="99"/><w:qFormat/>
  <w:tblPr>
    <w:tblCellMar><w:left w:w="{left}" w:type="dxa"/><w:right w:w="{right}" w:type="dxa"/></w:tblCellMar>
  </w:tblPr>
  <w:tblStylePr w:type="firstCol"><w:rPr><w:b/><w:bCs/></w:rPr></w:tblStylePr>
</w:style>
"""

_BOX_STYLE = """
<w:style xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"
         w:type="table" w:customStyle="1" w:styleId="{id}">
  <w:name w:val="{name}"/><w:basedOn w:val="TableNormal"/><w:uiPriority w:val="99"/><w:qFormat/>
  <w:tblPr>
    <w:tblBorders>
      <w:top w:val="single" w:sz="{wide}" w:color="{ink}"/><w:left w:val="single" w:sz="{wide}" w:color="{ink}"/>
      <w:bottom w:val="single" w:sz="{wide}" w:color="{ink}"/><w:right w:val="single" w:sz="{wide}" w:color="{ink}"/>
    </w:tblBorders>
    <w:tblCellMar>
      <w:top w:w="80" w:type="dxa"/><w:left w:w="160" w:type="dxa"/>
      <w:bottom w:w="60" w:type="dxa"/><w:right w:w="160" w:type="dxa"/>
    </w:tblCellMar>
  </w:tblPr>
</w:style>
"""


def set_styles(document: Any, size: float, language: str) -> None:
    """Define every style a brief uses; ``size`` is the body size in points, ``language`` a BCP 47 tag."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.oxml import parse_xml
    from docx.shared import Pt

    for name in (KEY_FIGURE, SMALL_PRINT, SAID_ON, BY, DISSENTS):
        document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH).base_style = document.styles["Normal"]
    document.styles.add_style(SAYING, WD_STYLE_TYPE.PARAGRAPH).base_style = document.styles["List Bullet"]
    # name, size in points, bold, colour, points before and after
    for name, points, bold, colour, before, after in (
        ("Normal", size, False, INK, 0, 0.4 * size),
        ("Title", 1.9 * size, True, INK, 0, 0.2 * size),
        ("Subtitle", 0.9 * size, False, SOFT, 0, 0.8 * size),
        ("Heading 1", 1.08 * size, True, ACCENT, 0.8 * size, 0.3 * size),
        ("Heading 2", size, True, INK, 0.6 * size, 0.3 * size),
        ("List Bullet", size, False, INK, 0, 0.2 * size),
        (SAYING, size, False, INK, 0, 0.2 * size),
        (SAID_ON, size, False, INK, 0, 0.2 * size),
        (BY, 0.86 * size, False, SOFT, 0, 0.4 * size),
        (DISSENTS, size, True, INK, 0, 0.2 * size),
        (KEY_FIGURE, 2.4 * size, True, ACCENT, 0, 0.2 * size),
        (SMALL_PRINT, 0.8 * size, False, SOFT, 0, 0.3 * size),
    ):
        style = document.styles[name]
        _face(style, language)
        style.font.size, style.font.bold, style.font.italic = Pt(round(2 * points) / 2), bold or None, False
        style.font.cs_bold, style.font.cs_italic = bold or None, False
        _complex_size(style, round(2 * points))
        style.font.color.rgb = rgb(colour)
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
        style.paragraph_format.line_spacing = 1.05
    for name in (DISSENTS, "Heading 1", "Heading 2", KEY_FIGURE):
        document.styles[name].paragraph_format.keep_with_next = True
    for name in (SAID_ON, BY):
        document.styles[name].paragraph_format.left_indent = Pt(18)
    # Word and LibreOffice do not agree on which side is left in a table that runs from right to left.
    left, right = (60, 60) if language.partition("-")[0] in RIGHT_TO_LEFT else (0, 120)
    shape = {"hair": HAIR, "ink": INK, "left": left, "right": right}
    document.styles.element.append(parse_xml(_TABLE_STYLE.format(name=BRIEF_TABLE, **shape)))
    document.styles.element.append(parse_xml(_FACT_STYLE.format(name=FACT_TABLE, **shape)))
    for name, id, wide, ink in ((DISSENT_BOX, "DissentBox", 12, INK), (SUMMARY_BOX, "SummaryBox", 6, ACCENT)):
        document.styles.element.append(parse_xml(_BOX_STYLE.format(name=name, id=id, wide=wide, ink=ink)))
    for band in ("Header", "Footer"):
        document.styles[band].paragraph_format.tab_stops.clear_all()
    borders = document.styles["Title"].element.pPr.find(name_of("w:pBdr"))
    if borders is not None:
        borders.getparent().remove(borders)


def _face(style: Any, language: str) -> None:
    """Set the face and the language; a theme's face would win over the style's, so it is taken out."""
    from docx.oxml import OxmlElement

    style.font.name = FACE
    fonts = style.element.rPr.rFonts
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(name_of(f"w:{theme}"), None)
    for script in ("eastAsia", "cs"):
        fonts.set(name_of(f"w:{script}"), FACE)
    spacing = style.element.rPr.find(name_of("w:spacing"))
    if spacing is not None:
        style.element.rPr.remove(spacing)
    spoken = OxmlElement("w:lang")
    spoken.set(name_of("w:val"), language)
    # What is written from right to left is Arabic unless its author's language is another; the file cannot know.
    spoken.set(name_of("w:bidi"), language if language.partition("-")[0] in RIGHT_TO_LEFT else "ar-SA")
    style.element.rPr.append(spoken)


def _complex_size(style: Any, half_points: int) -> None:
    """The size of Arabic and Hebrew letters, which Word keeps apart from that of all others."""
    from docx.oxml import OxmlElement

    properties = style.element.rPr
    for old in properties.findall(name_of("w:szCs")):
        properties.remove(old)
    size = OxmlElement("w:szCs")
    size.set(name_of("w:val"), str(half_points))
    properties.find(name_of("w:sz")).addnext(size)


def rgb(colour: str) -> Any:
    """A colour from six hexadecimal digits."""
    from docx.shared import RGBColor

    return RGBColor.from_string(colour)


def name_of(tag: str) -> str:
    """The qualified name of a WordprocessingML tag such as ``w:shd``."""
    from docx.oxml.ns import qn

    return str(qn(tag))
