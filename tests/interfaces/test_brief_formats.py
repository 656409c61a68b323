import io
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import astuple, replace
from datetime import date
from pathlib import Path

import docx as word
import hypothesis.strategies as st
import pytest
from hypothesis import given
from markdown_it import MarkdownIt
from pypdf import PdfReader
from tests.made_up_release import TRICKY, made_up_home

from tocsin.core.settings import Settings
from tocsin.core.tlp import TLP
from tocsin.desk.briefing import brief_content
from tocsin.desk.document import Audience, Brief, Bullets, Heading, KeyFigure, Paragraph, SmallPrint, Table
from tocsin.desk.world import world_view
from tocsin.interfaces.briefs import Format, file_name, render
from tocsin.interfaces.briefs.docx_fit import WIDTH, column_widths
from tocsin.interfaces.briefs.pdf import pdf

DAY = date(2026, 11, 23)


@pytest.fixture
def brief(tmp_path: Path) -> Brief:
    return brief_content(made_up_home(tmp_path), "Sudan", Audience.POST, prepared=DAY)


@pytest.fixture
def hostile() -> Brief:
    """Text that is markup somewhere, in every kind of block."""
    return Brief(
        place="SDN",
        audience=Audience.POST,
        title=f"Title {TRICKY}",
        subtitle=f"Subtitle {TRICKY}",
        marking=TLP.AMBER_STRICT,
        prepared=DAY,
        blocks=(
            KeyFigure(f"1 in {TRICKY}", (f"Line {TRICKY}",)),
            Heading(f"Heading {TRICKY}"),
            Paragraph(f"# Paragraph {TRICKY}"),
            Bullets((f"1. Item {TRICKY}",)),
            Table((f"Column {TRICKY}", "Number"), ((f"Cell {TRICKY}", "1"),), numeric=(1,)),
            SmallPrint(((f"Label {TRICKY}", f"Small {TRICKY}"),)),
        ),
    )


def strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from strings(part)


def squeezed(text: str) -> str:
    """Without white space, which every format sets in its own way, and without the soft breaks of a PDF."""
    return re.sub(r"[\s\u00ad\u200b]+", "", text)


def text_of(brief: Brief, form: Format) -> str:
    made = render(brief, form)
    if form is Format.PDF:
        return "".join(page.extract_text() for page in PdfReader(io.BytesIO(made)).pages)
    if form is Format.MD:
        tokens = MarkdownIt("commonmark").enable("table").parse(made.decode())
        return "".join(
            child.content for token in tokens for child in token.children or () if child.type in ("text", "code_inline")
        )
    document = word.Document(io.BytesIO(made))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "".join([paragraph.text for paragraph in document.paragraphs] + cells)


@pytest.mark.parametrize("form", Format)
def test_every_form_says_every_word(brief: Brief, form: Format) -> None:
    text = squeezed(text_of(brief, form))
    scale = next(block.scale for block in brief.blocks if isinstance(block, KeyFigure))
    assert scale is not None
    for words in [brief.title, brief.subtitle, *(said for block in brief.blocks for said in strings(astuple(block)))]:
        # The line is drawn in the PDF alone; its words are an alternative text there.
        if words not in (scale.key, scale.text):
            assert squeezed(words) in text


@pytest.mark.parametrize("form", Format)
def test_no_text_is_read_as_markup(hostile: Brief, form: Format) -> None:
    text = squeezed(text_of(hostile, form))
    for words in ("Title", "Line", "Heading", "# Paragraph", "1. Item", "Column", "Cell", "Label", "Small"):
        assert squeezed(f"{words} {TRICKY}") in text


@pytest.mark.parametrize("audience", Audience)
@pytest.mark.parametrize("country", ["Sudan", "North Korea"])
def test_a_pdf_is_one_tagged_page(tmp_path: Path, audience: Audience, country: str) -> None:
    brief = brief_content(made_up_home(tmp_path), country, audience, prepared=DAY)
    read = PdfReader(io.BytesIO(render(brief, Format.PDF)))
    assert len(read.pages) == 1
    root = read.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-GB"
    assert read.metadata is not None
    assert read.metadata.title == brief.title
    text = read.pages[0].extract_text()
    assert text.count("TLP:CLEAR") >= 2
    assert [round(float(side)) for side in read.pages[0].mediabox[2:]] == [595, 842]


def test_a_machine_without_fonts_still_prints_one_page_with_fonts_in_it(brief: Brief) -> None:
    read = PdfReader(io.BytesIO(pdf(brief, system_fonts=False)))
    assert len(read.pages) == 1
    fonts = [font.get_object() for font in read.pages[0]["/Resources"]["/Font"].values()]
    assert fonts
    for font in fonts:
        descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        assert {"/FontFile2", "/FontFile3"} & set(descriptor)


def test_the_same_brief_gives_the_same_bytes(brief: Brief) -> None:
    assert render(brief, Format.PDF) == render(brief, Format.PDF)
    assert render(brief, Format.MD) == render(brief, Format.MD)


def test_a_pdf_of_more_than_a_page_goes_on_rather_than_losing_words(brief: Brief) -> None:
    long = replace(brief, blocks=(*brief.blocks, Bullets(tuple(f"Reason {number} " * 20 for number in range(60)))))
    read = PdfReader(io.BytesIO(render(long, Format.PDF)))
    assert len(read.pages) > 1
    assert all(page.extract_text().count("TLP:CLEAR") >= 2 for page in read.pages)
    assert "Reason 59" in read.pages[-1].extract_text()


def test_word_has_real_styles_repeating_headers_marking_language_and_properties(brief: Brief) -> None:
    document = word.Document(io.BytesIO(render(brief, Format.DOCX)))
    used = {paragraph.style.name for paragraph in document.paragraphs}
    assert used >= {"Title", "Subtitle", "Heading 1", "List Bullet", "Key Figure", "Small Print"}
    assert len(document.tables) == 2
    for table in document.tables:
        assert table.style.name == "Brief Table"
        assert "w:tblHeader" in table.rows[0]._tr.xml
        assert "w:tblHeader" not in table.rows[1]._tr.xml
    sheet = document.sections[0]
    for band in (sheet.header, sheet.footer):
        assert "TLP:CLEAR" in band.paragraphs[0].text
    assert (round(sheet.page_width.mm), round(sheet.page_height.mm)) == (210, 297)
    assert document.core_properties.title == brief.title
    assert document.core_properties.language == "en-GB"
    assert document.core_properties.keywords == "TLP:CLEAR"
    assert 'w:lang w:val="en-GB"' in document.styles["Normal"].element.xml


def test_the_marking_keeps_its_wording_and_colour(hostile: Brief) -> None:
    made = word.Document(io.BytesIO(render(hostile, Format.DOCX)))
    label = made.sections[0].header.paragraphs[0].runs[-1]
    assert label.text.strip() == "TLP:AMBER+STRICT"
    assert str(label.font.color.rgb) == "FFC000"
    assert 'w:fill="000000"' in label._element.xml
    lines = render(hostile, Format.MD).decode().strip().splitlines()
    assert lines[0] == lines[-1] == "**TLP:AMBER+STRICT**"


def test_a_file_name_says_what_is_in_the_file(brief: Brief) -> None:
    assert file_name(brief, Format.DOCX) == "tocsin-SDN-post.docx"


def longest_of_the_embedded_release(folder: Path, audience: Audience) -> list[Brief]:
    settings = Settings(home=folder, offline=True)
    states = [standing.place.id for standing in world_view(settings).ranked]
    briefs = [brief_content(settings, state, audience, prepared=DAY) for state in states]
    return sorted(briefs, key=lambda brief: len(str(brief.blocks)))[-3:]


@pytest.mark.parametrize("audience", [Audience.POST, Audience.PUBLIC])
def test_the_longest_pages_of_the_embedded_release_fit(tmp_path: Path, audience: Audience) -> None:
    for brief in longest_of_the_embedded_release(tmp_path, audience):
        assert len(PdfReader(io.BytesIO(render(brief, Format.PDF))).pages) == 1


def test_the_longest_word_page_of_the_embedded_release_fits(tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("no LibreOffice here to lay a Word file out")
    file = tmp_path / "brief.docx"
    file.write_bytes(render(longest_of_the_embedded_release(tmp_path, Audience.POST)[-1], Format.DOCX))
    home = f"-env:UserInstallation={(tmp_path / 'office').as_uri()}"
    command = [office, home, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(file)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    assert len(PdfReader(tmp_path / "brief.pdf").pages) == 1


@given(
    cells=st.lists(st.lists(st.integers(0, 400).map("x".__mul__), min_size=4, max_size=4), min_size=1, max_size=3),
    columns=st.integers(1, 4),
    numeric=st.sets(st.integers(0, 3)),
)
def test_columns_have_room_on_the_sheet_however_long_their_words(
    cells: list[list[str]], columns: int, numeric: set[int]
) -> None:
    head, *rows = (tuple(row[:columns]) for row in cells)
    table = Table(head, tuple(rows), tuple(sorted(one for one in numeric if one < columns)))
    widths = column_widths(table, 10.5)
    assert len(widths) == columns
    assert min(widths) > 0
    assert sum(widths) <= WIDTH + 1e-6
