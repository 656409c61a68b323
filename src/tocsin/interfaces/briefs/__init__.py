"""Documents as files: briefs, statements and readouts as PDF, Word, Markdown or JSON."""

from __future__ import annotations

import json
from enum import StrEnum

from tocsin.desk.document import Document


class Format(StrEnum):
    """A form a document can be had in; the value is the ending of the file's name."""

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


class RecordFormat(StrEnum):
    """A form a statement or a readout can be had in: that of a document, or JSON for a machine."""

    PDF = "pdf"
    DOCX = "docx"
    MD = "md"
    JSON = "json"

    @property
    def media_type(self) -> str:
        """The Content-Type under which the file travels."""
        return "application/json" if self is RecordFormat.JSON else Format(self.value).media_type


def render(document: Document, form: Format) -> bytes:
    """The bytes of the file. The same document gives the same words in every form.

    Errors: BriefError if it cannot be made.
    """
    if form is Format.PDF:
        from tocsin.interfaces.briefs.pdf import pdf

        return pdf(document)
    if form is Format.DOCX:
        from tocsin.interfaces.briefs.docx import docx

        return docx(document)
    from tocsin.interfaces.briefs.markdown import markdown

    return markdown(document).encode()


def render_record(record: Document, form: RecordFormat) -> bytes:
    """The bytes of the file of a statement or a readout.

    Errors: BriefError if it cannot be made.
    """
    if form is RecordFormat.JSON:
        return (json.dumps(record.as_dict(), ensure_ascii=False, indent=1) + "\n").encode()
    return render(record, Format(form.value))


def file_name(document: Document, form: Format | RecordFormat) -> str:
    """The usual name of the file, for example ``tocsin-SDN-minister.pdf``."""
    return f"{document.name}.{form.value}"
