"""A document as PDF: Typst, offline, tagged for assistive technology (PDF/UA-1), with every font embedded."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime, time
from importlib.resources import as_file, files
from typing import Any

from tocsin.core.errors import BriefError
from tocsin.desk.document import Document, Pooled

FONTS = (
    "Noto Sans",
    "Source Sans 3",
    "Liberation Sans",
    "Arial",
    "Helvetica",
    "Libertinus Serif",
    "Noto Sans Arabic",
    "Noto Naskh Arabic",
    "Noto Sans Hebrew",
    "DejaVu Sans",
    "DejaVu Sans Mono",
)
"""Quiet faces in order of preference. Libertinus comes with Typst, so a machine without fonts still prints; DejaVu
is so wide that a brief set in it needs a second page, and lends only the letters that the others lack. Its mono face
comes with Typst too, and has Arabic letters.
"""

SHARP = 300
"""Pixels to the inch of a picture."""


def pdf(document: Document, *, system_fonts: bool = True) -> bytes:
    """The PDF of a document: A4, for a brief one page.

    ``system_fonts=False`` prints with the fonts embedded in Typst alone.
    Errors: BriefError with what Typst said.
    """
    midnight = datetime.combine(document.prepared, time(), tzinfo=UTC)
    return _set(
        "brief.typ",
        {"brief": json.dumps(_page(document), ensure_ascii=False)},
        system_fonts=system_fonts,
        format="pdf",
        pdf_standards="ua-1",
        timestamp=int(midnight.timestamp()),
    )


def picture(document: Document, block: Pooled) -> bytes:
    """The plot of a result as PNG, as wide as the text of a page.

    Errors: BriefError with what Typst said.
    """
    assert block.plot is not None
    given = {
        "plot": asdict(block.plot),
        "dissents": block.dissents.title,
        "right_to_left": document.right_to_left,
        "language": document.language.partition("-")[0],
    }
    return _set("plot.typ", {"plot": json.dumps(given, ensure_ascii=False)}, format="png", ppi=SHARP)


def _set(template: str, inputs: dict[str, str], *, system_fonts: bool = True, **how: Any) -> bytes:
    import typst

    offered = typst.Fonts(include_system_fonts=system_fonts, include_embedded_fonts=True)
    present = set(offered.families())
    given = inputs | {"fonts": json.dumps([font for font in FONTS if font in present])}
    with as_file(files("tocsin.interfaces.briefs")) as folder:
        try:
            made = typst.compile(folder / template, root=folder, font_paths=offered, sys_inputs=given, **how)
        except typst.TypstError as error:
            raise BriefError(
                f"the page could not be set ({error})",
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
        "right_to_left": document.right_to_left,
        "colour": document.marking.colour,
        "foot": document.foot,
        "title": document.title,
        "subtitle": document.subtitle,
        "banner": document.banner,
        "watermark": document.watermark,
        "one_page": document.one_page,
        "blocks": [{"kind": block.kind} | asdict(block) for block in document.blocks],
    }
