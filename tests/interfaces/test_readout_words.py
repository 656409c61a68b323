"""A readout in every form says the same words, each number with its dissents."""

from __future__ import annotations

import io
import json

import pytest
from docx.oxml.ns import qn
from pypdf import PdfReader
from tests.interfaces.test_export_bytes import everything_in
from tests.readouts import ARABIC, TRICKY, parts, said_on_paper, squeezed, text_of

from tocsin.core.errors import BriefError
from tocsin.desk.document import Pooled, Readout
from tocsin.interfaces.briefs import RecordFormat, pdf, render_record


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


def test_the_number_is_nowhere_without_its_dissents(readouts: dict[str, Readout]) -> None:
    for form in (RecordFormat.PDF, RecordFormat.DOCX, RecordFormat.MD):
        text = squeezed(text_of(readouts["en"], form))
        number = text.index(squeezed("second estimates: 5.0 %"))
        count = text.index("Dissentsfromthisresult:2", number)
        assert number < count < text.index("Farlikelier.") < text.index("Reasons")
    made = json.loads(render_record(readouts["en"], RecordFormat.JSON))
    assert [one["dissents"]["number"] for one in made["results"]] == [2, 0, 0]
    assert {one["text"] for one in made["results"][0]["dissents"]["items"]} == {f"Far likelier. {TRICKY}", ARABIC}


@pytest.mark.parametrize("form", [RecordFormat.PDF, RecordFormat.DOCX, RecordFormat.MD])
def test_the_summary_comes_first_and_counts_the_dissents(readouts: dict[str, Readout], form: RecordFormat) -> None:
    document = readouts["en"]
    text = text_of(document, form)
    if form is RecordFormat.PDF:
        text = PdfReader(io.BytesIO(render_record(document, form))).pages[0].extract_text()
    text = squeezed(text)
    wanted = ("In short", "Pooled: 5.0 %", "Dissents from this result: 2", "Recommendations", "Send an envoy.")
    places = [text.index(squeezed(words)) for words in (*wanted, "Who took part")]
    assert places == sorted(places)
    assert text[: places[-1]].count("Dissentsfromthisresult:") == 3
