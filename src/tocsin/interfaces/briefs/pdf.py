"""A document as PDF: Typst, offline, tagged for assistive technology (PDF/UA-1), with every font embedded."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime, time
from importlib.resources import as_file, files

from tocsin.core.errors import BriefError
from tocsin.desk.document import Document

FONTS = (
    "Noto Sans",
    "Source Sans 3",
    "Liberation Sans",
    "Arial",
    "Helvetica",
    "Libertinus Serif",
    "DejaVu Sans",
)
"""Quiet faces in order of preference. Libertinus comes with Typst, so a machine without fonts still prints; DejaVu
is so wide that a brief set in it needs a second page, and lends only the letters that the others lack.
"""


def pdf(document: Document, *, system_fonts: bool = True) -> bytes:
    """The PDF of a document: A4, for a brief one page.

    ``system_fonts=False`` prints with the fonts embedded in Typst alone.
    Errors: BriefError with what Typst said.
    """
    import typst

    offered = typst.Fonts(include_system_fonts=system_fonts, include_embedded_fonts=True)
    present = set(offered.families())
    inputs = {
        "brief": json.dumps(_page(document), ensure_ascii=False),
        "fonts": json.dumps([font for font in FONTS if font in present]),
    }
    midnight = datetime.combine(document.prepared, time(), tzinfo=UTC)
    with as_file(files("tocsin.interfaces.briefs") / "brief.typ") as template:
        try:
            made = typst.compile(
                template,
                root=template.parent,
                font_paths=offered,
                sys_inputs=inputs,
                format="pdf",
                pdf_standards="ua-1",
                timestamp=int(midnight.timestamp()),
            )
        except typst.TypstError as error:
            raise BriefError(
                f"the PDF could not be set ({error})",
                remedy="Run `tocsin doctor`, or ask for --format docx or md",
            ) from None
    return bytes(made)


def _page(document: Document) -> dict[str, object]:
    day = document.prepared
    language, _, region = document.language.partition("-")
    return {
        "date": {"year": day.year, "month": day.month, "day": day.day},
        "language": language,
        "region": region.lower() or None,
        "colour": document.marking.colour,
        "foot": document.foot,
        "title": document.title,
        "subtitle": document.subtitle,
        "banner": document.banner,
        "watermark": document.watermark,
        "one_page": document.one_page,
        "blocks": [{"kind": block.kind} | asdict(block) for block in document.blocks],
    }
