"""A readout in Word runs the way its language does, and each sentence the way its letters do."""

from __future__ import annotations

from typing import Any

from docx.oxml.ns import qn
from tests.readouts import ARABIC, paragraphs, parts

from tocsin.desk.document import Readout
from tocsin.interfaces.briefs import RecordFormat, render_record
from tocsin.interfaces.briefs.direction import pieces


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
    headings = [one for one in paragraphs(made) if runs(one) == [("التوصيات", True)]]
    # In the summary and further down.
    assert [turned(one) for one in headings] == [True, True]
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
