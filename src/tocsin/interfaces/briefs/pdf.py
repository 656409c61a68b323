"""A brief as PDF: Typst, offline, tagged for assistive technology (PDF/UA-1), with every font embedded."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time
from importlib.resources import as_file, files

from tocsin.core.errors import BriefError
from tocsin.desk.document import Brief
from tocsin.interfaces.briefs import FOOT

FONTS = (
    "Noto Sans",
    "Source Sans 3",
    "Liberation Sans",
    "Arial",
    "Helvetica",
    "DejaVu Sans",
    "Libertinus Serif",
)
"""Quiet faces in order of preference; the last comes with Typst, so a machine without fonts still prints."""


def pdf(brief: Brief, *, system_fonts: bool = True) -> bytes:
    """The PDF of a brief: one A4 page.

    ``system_fonts=False`` prints with the fonts embedded in Typst alone.
    Errors: BriefError with what Typst said.
    """
    import typst

    offered = typst.Fonts(include_system_fonts=system_fonts, include_embedded_fonts=True)
    present = set(offered.families())
    inputs = {
        "brief": json.dumps(_page(brief), ensure_ascii=False),
        "fonts": json.dumps([font for font in FONTS if font in present]),
    }
    midnight = datetime.combine(brief.prepared, time(), tzinfo=UTC)
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


def _page(brief: Brief) -> dict[str, object]:
    day = brief.prepared
    language, _, region = brief.language.partition("-")
    return brief.as_dict() | {
        "date": {"year": day.year, "month": day.month, "day": day.day},
        "language": language,
        "region": region.lower() or None,
        "colour": brief.marking.colour,
        "foot": FOOT,
    }
