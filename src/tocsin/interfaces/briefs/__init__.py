"""One page that stands alone, for a named audience, as PDF, Word or Markdown."""

from __future__ import annotations

from enum import StrEnum

from tocsin.desk.document import Brief


class Format(StrEnum):
    """A form a brief can be had in; the value is the ending of the file's name."""

    PDF = "pdf"
    DOCX = "docx"
    MD = "md"

    @property
    def media_type(self) -> str:
        """The Content-Type under which the file travels."""
        return _MEDIA_TYPES[self]


_MEDIA_TYPES = {
    Format.PDF: "application/pdf",
    Format.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Format.MD: "text/markdown; charset=utf-8",
}

FOOT = "Tocsin · a statistical forecast, not a government's view and not a legal finding"
"""What stands beside the marking at the foot of every page."""


def render(brief: Brief, form: Format) -> bytes:
    """The bytes of the file. The same brief gives the same words in every form.

    Errors: BriefError if the document cannot be made.
    """
    if form is Format.PDF:
        from tocsin.interfaces.briefs.pdf import pdf

        return pdf(brief)
    if form is Format.DOCX:
        from tocsin.interfaces.briefs.docx import docx

        return docx(brief)
    from tocsin.interfaces.briefs.markdown import markdown

    return markdown(brief).encode()


def file_name(brief: Brief, form: Format) -> str:
    """The usual name of the file, for example ``tocsin-SDN-minister.pdf``."""
    return f"tocsin-{brief.place}-{brief.audience.value}.{form.value}"
