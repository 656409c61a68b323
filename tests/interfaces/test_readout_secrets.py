"""No byte of a readout tells who took part, or when it was made but for its day."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import docx as word
import pytest
from pypdf import PdfReader
from tests.interfaces.test_export_bytes import everything_in, spelt
from tests.readouts import LANGUAGES, NAMES, told
from tests.round_team import by

from tocsin.desk.document import Readout
from tocsin.desk.rounds.readout import readout
from tocsin.interfaces.briefs import RecordFormat, render_record


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
