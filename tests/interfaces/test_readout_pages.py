"""The pages of a readout: marking on each of them, real styles, nothing that an office programme would refuse."""

from __future__ import annotations

import io
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import docx as word
import pytest
from docx.oxml.ns import qn
from lxml import etree
from pypdf import PdfReader
from tests.readouts import LANGUAGES, marked, parts, squeezed

from tocsin.desk.document import Paragraph, Pooled, Readout, Saying, Sayings
from tocsin.interfaces.briefs import RecordFormat, pdf, render_record


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_has_marking_and_caveats_at_both_ends_and_the_watermark(
    readouts: dict[str, Readout], language: str
) -> None:
    pages = PdfReader(io.BytesIO(render_record(marked(readouts[language]), RecordFormat.PDF))).pages
    assert len(pages) > 1
    for page in pages:
        text = " ".join(page.extract_text().split())
        assert text.count("TLP:AMBER · CHATHAM HOUSE RULE · EXERCISE") >= 2
        assert "EXERCISE · FICTIONAL" in text


@pytest.mark.parametrize("before", range(22, 36, 2))
def test_a_list_that_goes_on_overleaf_is_whole_under_a_watermark(readouts: dict[str, Readout], before: int) -> None:
    filled = tuple(Paragraph(f"Line {number}") for number in range(before))
    said = Sayings(tuple(Saying(f"Said {number}", "by") for number in range(8)))
    result = next(block for block in readouts["en"].blocks if isinstance(block, Pooled))
    document = marked(replace(readouts["en"], blocks=(result, *filled, said)))
    read = PdfReader(io.BytesIO(render_record(document, RecordFormat.PDF)))
    assert "Said 7" in "".join(page.extract_text() for page in read.pages)


def laid_out(made: bytes, folder: Path) -> PdfReader:
    """A Word file as LibreOffice lays it out."""
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("no LibreOffice here to lay a Word file out")
    file = folder / "readout.docx"
    file.write_bytes(made)
    home = f"-env:UserInstallation={(folder / 'office').as_uri()}"
    command = [office, home, "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(file)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return PdfReader(folder / "readout.pdf")


@pytest.mark.parametrize("language", ["en", "ar"])
def test_libreoffice_lays_out_every_page_with_its_marking(
    readouts: dict[str, Readout], language: str, tmp_path: Path
) -> None:
    pages = laid_out(render_record(marked(readouts[language]), RecordFormat.DOCX), tmp_path).pages
    assert len(pages) > 1
    for page in pages:
        assert squeezed(page.extract_text()).count(squeezed("TLP:AMBER · CHATHAM HOUSE RULE · EXERCISE")) >= 2
    assert sum(len(page.images) for page in pages) >= 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_machine_without_fonts_still_prints(readouts: dict[str, Readout], language: str) -> None:
    read = PdfReader(io.BytesIO(pdf.pdf(readouts[language], system_fonts=False)))
    fonts = {name for page in read.pages for name in page["/Resources"]["/Font"]}
    assert fonts


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_style_that_is_used_exists_and_header_rows_repeat(readouts: dict[str, Readout], language: str) -> None:
    made = render_record(readouts[language], RecordFormat.DOCX)
    found = parts(made)
    known = {style.get(qn("w:styleId")) for style in found["word/styles.xml"].iter(qn("w:style"))}
    body = found["word/document.xml"]
    used = {one.get(qn("w:val")) for tag in ("pStyle", "rStyle", "tblStyle") for one in body.iter(qn(f"w:{tag}"))}
    assert used <= known
    names = {style.name for style in word.Document(io.BytesIO(made)).styles}
    assert {"Dissents", "Saying", "Said By", "Key Figure", "Small Print", "Heading 1", "Heading 2"} <= names
    assert {"Dissents", "Saying", "KeyFigure", "Heading1", "Heading2", "DissentBox", "FactTable"} <= used
    tables = [
        one for one in body.iter(qn("w:tbl")) if one.find(f".//{qn('w:tblStyle')}").get(qn("w:val")) == "BriefTable"
    ]
    assert tables
    assert all(table.find(qn("w:tr")).find(f".//{qn('w:tblHeader')}") is not None for table in tables)
    language_tag = readouts[language].language
    normal = next(one for one in found["word/styles.xml"].iter(qn("w:style")) if one.get(qn("w:styleId")) == "Normal")
    assert normal.find(f".//{qn('w:lang')}").get(qn("w:val")) == language_tag


ORDER = {
    "pPr": "pStyle keepNext keepLines pageBreakBefore widowControl numPr pBdr shd tabs bidi spacing ind "
    "contextualSpacing jc outlineLvl rPr sectPr",
    "rPr": "rStyle rFonts b bCs i iCs caps color spacing kern sz szCs u shd rtl cs lang",
    "tblPr": "tblStyle bidiVisual tblStyleRowBandSize tblW jc tblInd tblBorders tblLayout tblCellMar tblLook",
    "sectPr": "headerReference footerReference type pgSz pgMar cols titlePg bidi docGrid",
}
"""The order in which ECMA-376 wants the properties that occur here; Word refuses a file that has another."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_properties_stand_in_the_order_of_the_schema(readouts: dict[str, Readout], language: str) -> None:
    found = parts(render_record(marked(readouts[language]), RecordFormat.DOCX))
    checked = 0
    for name in ("word/document.xml", "word/header1.xml", "word/footer1.xml", "word/styles.xml"):
        for tag, order in ORDER.items():
            for one in found[name].iter(qn(f"w:{tag}")):
                names = [etree.QName(child).localname for child in one]
                known = [order.split().index(child) for child in names if child in order.split()]
                assert known == sorted(known), (name, tag, names)
                if name == "word/document.xml":
                    assert set(names) <= set(order.split()), (tag, names)
                checked += 1
    assert checked > 100
