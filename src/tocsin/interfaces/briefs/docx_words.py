"""Text in Word, each paragraph and each run in the direction of its letters."""

from __future__ import annotations

from typing import Any

from tocsin.desk.document import Document
from tocsin.interfaces.briefs.direction import pieces, right_to_left
from tocsin.interfaces.briefs.docx_styles import name_of

_AFTER = (
    "w:adjustRightInd",
    "w:snapToGrid",
    "w:spacing",
    "w:ind",
    "w:contextualSpacing",
    "w:mirrorIndents",
    "w:suppressOverlap",
    "w:jc",
    "w:textDirection",
    "w:textAlignment",
    "w:textboxTightWrap",
    "w:outlineLvl",
    "w:divId",
    "w:cnfStyle",
    "w:rPr",
    "w:sectPr",
    "w:pPrChange",
)
"""What the schema wants after the direction of a paragraph (ECMA-376, CT_PPrBase)."""


def line(holder: Any, text: str, document: Document, style: str | None = None) -> Any:
    """A new paragraph in ``holder`` with this text, in the direction of its first letter."""
    paragraph = holder.add_paragraph()
    if style is not None:
        _set_style(paragraph, style)
    return fill(paragraph, text, document)


def _set_style(paragraph: Any, name: str) -> None:
    """As ``paragraph.style = name``, which reads every style of the document each time: a readout of 1,600 estimates
    took most of its time in that.
    """
    from docx.styles import BabelFish

    paragraph._p.style = paragraph.part.styles.element.get_by_name(BabelFish.ui2internal(name)).styleId


def fill(paragraph: Any, text: str, document: Document, *, bold: bool = False) -> Any:
    """Put text into an empty paragraph, which turns to the direction of its first letter."""
    base = right_to_left(text, document.right_to_left)
    turn(paragraph, base)
    for run in write(paragraph, text, base=base):
        if bold:
            embolden(run)
    return paragraph


def hold(paragraph: Any, text: str, document: Document) -> Any:
    """The same where a column holds it: on the page's side, so that it stays beside its label."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    fill(paragraph, text, document)
    if right_to_left(text, document.right_to_left) != document.right_to_left:
        # In a paragraph that runs from right to left, Word takes right for where lines end.
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    return paragraph


def embolden(run: Any) -> None:
    """Make a run bold, whatever its letters."""
    run.font.bold = run.font.cs_bold = True


def resize(run: Any, points: float) -> None:
    """Set the size of a run; Word keeps that of Arabic and Hebrew letters apart from that of all others."""
    from docx.oxml import OxmlElement
    from docx.shared import Pt

    run.font.size = Pt(points)
    complex_size = OxmlElement("w:szCs")
    complex_size.set(name_of("w:val"), str(round(2 * points)))
    run._element.rPr.find(name_of("w:sz")).addnext(complex_size)


def turn(paragraph: Any, base: bool) -> None:
    """Let a paragraph run from right to left, if ``base`` is true."""
    from docx.oxml import OxmlElement

    if base:
        paragraph._p.get_or_add_pPr().insert_element_before(OxmlElement("w:bidi"), *_AFTER)


def write(paragraph: Any, text: str, *, base: bool) -> list[Any]:
    """Add text to a paragraph that runs as ``base`` says, a run for each stretch of one direction."""
    runs = []
    for piece, way in pieces(text, base):
        run = paragraph.add_run(piece)
        if way:
            run.font.rtl = True
        runs.append(run)
    return runs
