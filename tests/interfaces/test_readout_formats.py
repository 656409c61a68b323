"""A readout in every form: the same words, real styles, both directions, its marking on every page, nobody named."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import astuple, replace
from pathlib import Path
from typing import Any

import docx as word
import pytest
import typer
from docx.oxml.ns import qn
from lxml import etree
from markdown_it import MarkdownIt
from pypdf import PdfReader
from starlette.testclient import TestClient
from tests.account_team import Clock
from tests.interfaces.test_export_bytes import everything_in, spelt
from tests.round_team import ANALYSTS, CONVENOR, QUESTION, begun, by, given, opened
from tests.signed_in import HOME
from typer.testing import CliRunner

from tocsin.core.errors import BriefError
from tocsin.desk.document import Paragraph, Pooled, Readout, Saying, Sayings
from tocsin.desk.node import Node
from tocsin.desk.rounds import answering, registering, showing
from tocsin.desk.rounds.readout import readout
from tocsin.interfaces.briefs import RecordFormat, file_name, pdf, render_record
from tocsin.interfaces.briefs.direction import pieces
from tocsin.interfaces.cli.readout import readout as command
from tocsin.interfaces.web import create_app

ARABIC = "تتجمع الميليشيات قرب النهر (12 قرية) بحسب UNHCR."
TRICKY = "*not bold* #let x = 1 <b> & | [a](b)"
SCALE = {"answer": "ordinal", "key": "access", "scale": ["none", "partial", "full"]}
NUMBER = {"answer": "numeric", "key": "displaced", "unit": "people", "least": 0}
BARE = {"base_rate": None, "base_rate_source": ""}
REASONS = dict(zip(ANALYSTS, ("A truce holds.", ARABIC, f"Rumours. {TRICKY}", "Hate speech spreads."), strict=True))
NAMES = (
    "aa-one",
    "bb-one",
    "bb-two",
    "cc-one",
    "Aa-One",
    "Bb-One",
    "Bb-Two",
    "Cc-One",
    "Organisation aa",
    "org:",
    CONVENOR,
)
LANGUAGES = ("en", "fr", "ar")


def told(home: Path, **changes: Any) -> tuple[Node, str]:
    """A finished round with questions of every kind, a dissent in each direction, and recommendations."""
    clock = Clock()
    node = opened(home, clock)
    questions = [QUESTION, QUESTION | NUMBER | BARE, QUESTION | SCALE | BARE]
    id = begun(node, clock, questions=questions, **changes)
    for step in ("share", "pool"):
        for number, person in enumerate(ANALYSTS, start=1):
            said = {"reason": REASONS[person], "confidence": 0.8}
            numbers = {"lowest": 1000 * number, "best": 20_000 * number, "highest": 90_000 * number}
            answering.estimate(by(node, person), id, "onset", given(number / 50, REASONS[person]))
            answering.estimate(by(node, person), id, "displaced", numbers | said)
            answering.estimate(by(node, person), id, "access", {"lowest": 1, "best": 2, "highest": 3} | said)
        if step == "pool":
            for person in ANALYSTS[:3]:
                answering.wish(by(node, person), id, {"recommendations": [f"Send an envoy. {TRICKY}"]})
        registering.step(by(node, CONVENOR), id, step)
    advice = {one.view.id: "support" for one in showing.told(by(node, "aa-one"), id).advice}
    for person, text in (("cc-one", f"Far likelier. {TRICKY}"), ("bb-one", ARABIC)):
        answering.close(by(node, person), id, {"dissents": {"onset": text}, "support": advice})
    registering.step(by(node, CONVENOR), id, "finish")
    return node, id


@pytest.fixture(scope="module")
def round_(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Node, str]]:
    node, id = told(tmp_path_factory.mktemp("round"))
    yield node, id
    node.store.close()


@pytest.fixture(scope="module")
def readouts(round_: tuple[Node, str]) -> dict[str, Readout]:
    node, id = round_
    return {language: readout(by(node, "bb-one"), id, "pdf", language=language) for language in LANGUAGES}


def strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from strings(part)


def squeezed(text: str) -> str:
    """Without white space, soft breaks and marks of direction."""
    return re.sub(r"[\s\u00ad\u200b\u200e\u200f]+", "", text)


def paragraphs(made: bytes) -> list[Any]:
    """Every paragraph of a Word file's body, also those in cells."""
    return list(word.Document(io.BytesIO(made)).element.body.iter(qn("w:p")))


def text_of(document: Readout, form: RecordFormat) -> str:
    made = render_record(document, form)
    if form is RecordFormat.PDF:
        return "".join(page.extract_text() for page in PdfReader(io.BytesIO(made)).pages)
    if form is RecordFormat.DOCX:
        return "".join("".join(piece.text or "" for piece in one.iter(qn("w:t"))) for one in paragraphs(made))
    tokens = MarkdownIt("commonmark").enable("table").parse(made.decode())
    return "".join(child.content for token in tokens for child in token.children or () if child.type == "text")


def said_on_paper(document: Readout) -> list[str]:
    """Every string of every block; those of a plot are drawn, or its alternative text."""
    blocks = (replace(block, plot=None) if isinstance(block, Pooled) else block for block in document.blocks)
    return [words for block in blocks for words in strings(astuple(block))]


@pytest.mark.parametrize("form", [RecordFormat.PDF, RecordFormat.DOCX, RecordFormat.MD])
def test_every_form_says_every_word_and_reads_none_as_markup(readouts: dict[str, Readout], form: RecordFormat) -> None:
    document = readouts["en"]
    text = squeezed(text_of(document, form))
    for words in [document.title, document.subtitle, *said_on_paper(document)]:
        if form is RecordFormat.PDF and ARABIC[:8] in words:
            continue  # a PDF holds glyphs in the order of the page
        for line in words.splitlines():
            assert squeezed(line) in text, words


@pytest.mark.parametrize("language", ["fr", "ar"])
@pytest.mark.parametrize("form", [RecordFormat.DOCX, RecordFormat.MD])
def test_the_other_languages_say_every_word_too(
    readouts: dict[str, Readout], language: str, form: RecordFormat
) -> None:
    text = squeezed(text_of(readouts[language], form))
    for words in said_on_paper(readouts[language]):
        for line in words.splitlines():
            assert squeezed(line) in text, words


@pytest.mark.parametrize("form", [RecordFormat.PDF, RecordFormat.DOCX])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_readout_gives_the_same_bytes(readouts: dict[str, Readout], language: str, form: RecordFormat) -> None:
    assert render_record(readouts[language], form) == render_record(readouts[language], form)


@pytest.mark.parametrize("form", RecordFormat)
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_byte_of_a_file_tells_who_took_part(readouts: dict[str, Readout], language: str, form: RecordFormat) -> None:
    found = everything_in(render_record(readouts[language], form), form).lower()
    spellings = [(name, spelled) for name in NAMES for spelled in spelt(name)]
    assert [name for name, spelled in spellings if spelled.lower() in found] == []


def test_the_search_through_a_file_would_find_a_name(tmp_path: Path) -> None:
    node, id = told(tmp_path, attributed="named")
    document = readout(by(node, "bb-one"), id, "pdf")
    node.store.close()
    for form in (RecordFormat.DOCX, RecordFormat.MD, RecordFormat.JSON):
        assert b"Bb-Two" in everything_in(render_record(document, form), form)


def test_a_word_file_tells_no_moment_but_its_day(readouts: dict[str, Readout]) -> None:
    made = render_record(readouts["en"], RecordFormat.DOCX)
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    core = word.Document(io.BytesIO(made)).core_properties
    assert (core.author, core.last_modified_by) == ("Tocsin", "Tocsin")
    assert core.created == core.modified
    assert (core.created.hour, core.created.minute, core.created.date()) == (0, 0, readouts["en"].prepared)


def test_a_pdf_tells_no_moment_but_its_day_and_is_tagged(readouts: dict[str, Readout]) -> None:
    for language, tag in (("en", "en-GB"), ("fr", "fr"), ("ar", "ar")):
        read = PdfReader(io.BytesIO(render_record(readouts[language], RecordFormat.PDF)))
        root = read.trailer["/Root"]
        assert root["/MarkInfo"]["/Marked"]
        assert root["/Lang"] == tag
        assert read.metadata is not None
        assert read.metadata.author == "Tocsin"
        assert read.metadata.creation_date is not None
        assert read.metadata.creation_date.time().isoformat() == "00:00:00"


def marked(document: Readout) -> Readout:
    return replace(document, watermark="EXERCISE · FICTIONAL", caveats=("CHATHAM HOUSE RULE", "EXERCISE"))


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


def parts(made: bytes) -> dict[str, Any]:
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        names = [name for name in archive.namelist() if name.endswith((".xml", ".rels"))]
        return {name: etree.fromstring(archive.read(name)) for name in names}


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


def of(element: Any, tag: str) -> bool:
    return element.find(qn(f"w:{tag}")) is not None


def runs(paragraph: Any) -> list[tuple[str, bool]]:
    found = []
    for run in paragraph.iter(qn("w:r")):
        properties = run.find(qn("w:rPr"))
        text = "".join(one.text or "" for one in run.iter(qn("w:t")))
        if text:
            found.append((text, properties is not None and of(properties, "rtl")))
    return found


def turned(paragraph: Any) -> bool:
    properties = paragraph.find(qn("w:pPr"))
    return properties is not None and of(properties, "bidi")


def test_an_arabic_readout_runs_from_right_to_left(readouts: dict[str, Readout]) -> None:
    made = render_record(readouts["ar"], RecordFormat.DOCX)
    body = parts(made)["word/document.xml"]
    assert of(body.find(f".//{qn('w:sectPr')}"), "bidi")
    tables = list(body.iter(qn("w:tblPr")))
    assert tables
    assert all(of(table, "bidiVisual") for table in tables)
    (heading,) = (one for one in paragraphs(made) if runs(one) == [("التوصيات", True)])
    assert turned(heading)
    number = next(one for one in paragraphs(made) if runs(one) and runs(one)[0][0].startswith("الوسيط"))
    assert turned(number)
    # In the order of reading, whatever the order on the page: the digits of a number are never turned.
    assert "4: 5.0\u200e%" in "".join(text for text, _ in runs(number))


def test_an_english_readout_has_no_direction_but_that_of_its_words(readouts: dict[str, Readout]) -> None:
    made = render_record(readouts["en"], RecordFormat.DOCX)
    body = parts(made)["word/document.xml"]
    assert not of(body.find(f".//{qn('w:sectPr')}"), "bidi")
    assert not list(body.iter(qn("w:bidiVisual")))
    found = paragraphs(made)
    reasons = [one for one in found if "".join(text for text, _ in runs(one)) == ARABIC]
    assert len(reasons) > 2
    for one in reasons:
        assert turned(one)
        assert runs(one) == [(ARABIC[: ARABIC.index("UNHCR")], True), ("UNHCR", False), (".", True)]
    assert not any(
        turned(one)
        for one in found
        if not any("\u0600" < letter < "\u06ff" for text, _ in runs(one) for letter in text)
    )


def test_text_falls_into_pieces_without_losing_a_letter() -> None:
    for text in ("", "12", "a ب c", "ب (1) a.", "\u200e-5 ب", "a\u200f"):
        for base in (False, True):
            assert "".join(piece for piece, _ in pieces(text, base)) == text


def test_the_plot_has_its_words_in_word_and_in_the_pdf(readouts: dict[str, Readout]) -> None:
    document = readouts["en"]
    wanted = [block.plot.text for block in document.blocks if isinstance(block, Pooled) and block.plot]
    made = render_record(document, RecordFormat.DOCX)
    told = [one.get("descr") for one in parts(made)["word/document.xml"].iter(qn("wp:docPr"))]
    assert told == wanted
    assert len(wanted) == 3
    found = everything_in(render_record(document, RecordFormat.PDF), RecordFormat.PDF)
    assert found.count(b"/Alt") >= 3


def test_word_has_the_words_of_the_plot_where_no_picture_can_be_drawn(
    readouts: dict[str, Readout], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> bytes:
        raise BriefError("no typesetting here")

    monkeypatch.setattr(pdf, "picture", broken)
    text = squeezed(text_of(readouts["en"], RecordFormat.DOCX))
    assert squeezed("Second estimates: 2.0 %, 4.0 %, 6.0 %, 8.0 %.") in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_machine_without_fonts_still_prints(readouts: dict[str, Readout], language: str) -> None:
    read = PdfReader(io.BytesIO(pdf.pdf(readouts[language], system_fonts=False)))
    fonts = {name for page in read.pages for name in page["/Resources"]["/Font"]}
    assert fonts


def test_the_number_is_nowhere_without_its_dissents(readouts: dict[str, Readout]) -> None:
    for form in (RecordFormat.PDF, RecordFormat.DOCX, RecordFormat.MD):
        text = squeezed(text_of(readouts["en"], form))
        number, count = text.index(squeezed("second estimates: 5.0 %")), text.index("Dissentsfromthisresult:2")
        assert number < count < text.index("Farlikelier.") < text.index("Reasons")
    made = json.loads(render_record(readouts["en"], RecordFormat.JSON))
    assert [one["dissents"]["number"] for one in made["results"]] == [2, 0, 0]
    assert {one["text"] for one in made["results"][0]["dissents"]["items"]} == {f"Far likelier. {TRICKY}", ARABIC}


class Seat(Node):
    """A node at which an analyst sits."""

    def local(self, door: str) -> Any:
        return self.visit("bb-one", door)


@pytest.mark.parametrize("form", RecordFormat)
def test_the_page_hands_out_the_same_file(round_: tuple[Node, str], form: RecordFormat) -> None:
    node, id = round_
    client = TestClient(create_app(Seat(node.settings, node.store, False)), base_url=HOME)
    answer = client.get(f"/round/{id}/readout.{form.value}", params={"lang": "ar", "yardstick": "phia"})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == form.media_type
    assert answer.headers["cache-control"] == "no-store"
    document = readout(by(node, "bb-one"), id, form.value, language="ar", scale="phia")
    assert file_name(document, form) in answer.headers["content-disposition"]
    assert answer.content == render_record(document, form)


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("readout.odt", 400, "readouts come in"),
        ("readout.pdf?lang=xx", 400, "en, fr, ar"),
        ("readout.pdf?yardstick=none", 400, "icd203"),
    ],
)
def test_a_page_says_what_readouts_there_are(round_: tuple[Node, str], address: str, status: int, words: str) -> None:
    node, id = round_
    client = TestClient(create_app(Seat(node.settings, node.store, False)), base_url=HOME)
    answer = client.get(f"/round/{id}/{address}", headers={"accept": "application/json"})
    assert answer.status_code == status
    assert words in answer.text


def test_there_is_no_readout_of_what_one_may_not_see(round_: tuple[Node, str]) -> None:
    node, _ = round_
    client = TestClient(create_app(Seat(node.settings, node.store, False)), base_url=HOME)
    assert client.get(f"/round/{'0' * 64}/readout.pdf").status_code == 404


def test_the_command_writes_the_file(round_: tuple[Node, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    node, id = round_

    class Kept:
        """The node, which stays open when the command ends."""

        team = False
        store = type("Store", (), {"close": staticmethod(lambda: None)})

        def local(self, door: str) -> Any:
            return node.visit("bb-one", door)

    monkeypatch.setattr("tocsin.desk.node.open_node", lambda *_, **__: Kept())
    app = typer.Typer()
    app.command()(command)
    file = tmp_path / "readout.md"
    ended = CliRunner().invoke(app, [id, "--form", "md", "--language", "fr", "--out", str(file)])
    assert ended.exit_code == 0, ended.output
    assert ended.output.strip() == str(file)
    assert "Avis divergents sur ce résultat : 2" in file.read_text(encoding="utf-8")
