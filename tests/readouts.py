"""A finished round with everything that a readout can hold, and what its files say."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import astuple, replace
from pathlib import Path
from typing import Any

import docx as word
from docx.oxml.ns import qn
from lxml import etree
from markdown_it import MarkdownIt
from pypdf import PdfReader

from tests.account_team import Clock
from tests.round_team import ANALYSTS, CONVENOR, QUESTION, begun, by, given, opened
from tocsin.desk.document import Pooled, Readout
from tocsin.desk.node import Node
from tocsin.desk.rounds import answering, registering, showing
from tocsin.interfaces.briefs import RecordFormat, render_record

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


def marked(document: Readout) -> Readout:
    return replace(document, watermark="EXERCISE · FICTIONAL", caveats=("CHATHAM HOUSE RULE", "EXERCISE"))


def parts(made: bytes) -> dict[str, Any]:
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        names = [name for name in archive.namelist() if name.endswith((".xml", ".rels"))]
        return {name: etree.fromstring(archive.read(name)) for name in names}
