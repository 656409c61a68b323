"""A statement as a file: what must be on it, who may have it, and that no byte of what was taken out is in it."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import docx as word
import pytest
from pypdf import PdfReader
from pypdf.generic import DictionaryObject, IndirectObject, StreamObject
from tests.three_organisations import furnished, note, visit, wanted

from tocsin.core.errors import AccessError, NotFound
from tocsin.core.statement import canonical, digest
from tocsin.desk import making
from tocsin.desk.exporting import export
from tocsin.desk.node import Node
from tocsin.desk.proposing import propose
from tocsin.desk.releasing import approve, release
from tocsin.interfaces.briefs import RecordFormat, file_name, render_record

PAPER = (RecordFormat.PDF, RecordFormat.DOCX, RecordFormat.MD)


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    made = furnished(tmp_path)
    yield made
    made.store.close()


def pages_of(made: bytes, form: RecordFormat) -> list[str]:
    """The text of each page of a PDF with white space made even; of Word and Markdown, of the whole with its header."""
    if form is RecordFormat.PDF:
        found = [page.extract_text() for page in PdfReader(io.BytesIO(made)).pages]
    elif form is RecordFormat.DOCX:
        document = word.Document(io.BytesIO(made))
        bands = [document.sections[0].header, document.sections[0].footer]
        lines = [
            *(line.text for band in bands for line in band.paragraphs),
            *(line.text for line in document.paragraphs),
        ]
        found = ["\n".join(lines)]
    else:
        found = [made.decode().replace("\\", "")]
    return [" ".join(page.split()) for page in found]


def text_of(node: Node, person: str, id: str, form: RecordFormat) -> str:
    return " ".join(pages_of(render_record(export(visit(node, person), id, form.value), form), form))


def everything_in(made: bytes, form: RecordFormat) -> bytes:
    """The raw bytes of a file, and every part of it that can be unpacked."""
    parts = [made]
    if form is RecordFormat.DOCX:
        with zipfile.ZipFile(io.BytesIO(made)) as archive:
            parts += [archive.comment]
            for member in archive.infolist():
                parts += [member.filename.encode(), member.comment, member.extra, archive.read(member)]
    if form is RecordFormat.PDF:
        reader = PdfReader(io.BytesIO(made))
        parts += [repr(dict(reader.metadata or {})).encode(), (reader.xmp_metadata.stream.get_data())]
        parts += [page.extract_text().encode() for page in reader.pages]
        for number in range(1, int(reader.trailer["/Size"])):
            found = reader.get_object(IndirectObject(number, 0, reader))
            if isinstance(found, StreamObject):
                parts.append(found.get_data())
            if isinstance(found, DictionaryObject):
                parts.append(repr(dict(found)).encode())
    return b"\n".join(parts)


CANARIES = ("Zyxwitness", "Zyxtitle", "Zyxevidence", "Zyxreason", "Zyxquarry")


def spelt(word: str) -> tuple[bytes, ...]:
    """A word in every way in which a PDF or an office file may write it."""
    plain = word.encode()
    return (
        plain,
        word.encode("utf-16-be"),
        word.encode("utf-16-le"),
        plain.hex().encode(),
        word.encode("utf-16-be").hex().encode(),
    )


@pytest.fixture
def release_with_canaries(node: Node) -> tuple[str, list[str]]:
    """A released note, and every word that nobody may find in its files."""
    source = note(
        node,
        "bb-analyst",
        "A camp was attacked. Zyxwitness saw it from the Zyxquarry.",
        title="Zyxtitle",
        evidence=[
            {"type": "source", "reference": "Zyxevidence", "reliability": "A", "credibility": "1", "note": "Zyxwitness"}
        ],
    ).id
    second = note(node, "aa-analyst", "Two trucks came from the Zyxquarry.", title="Zyxtitle").id
    proposal = propose(visit(node, "aa-desk"), [source, second], wanted(reason="Zyxreason")).id
    approvals = [
        approve(visit(node, "bb-desk"), proposal, source, "Zyxreason").id,
        approve(visit(node, "aa-desk"), proposal, second, "Zyxreason").id,
    ]
    people = [
        "aa-desk",
        "aa-analyst",
        "bb-desk",
        "bb-analyst",
        "Quillfeather",
        "Tarnbrook",
        "Organisation bb",
        "org:bb",
    ]
    out = release(visit(node, "aa-desk"), proposal).id
    return out, [*CANARIES, source, second, proposal, *approvals, *(id[:12] for id in (source, second)), *people]


@pytest.mark.parametrize("form", RecordFormat)
@pytest.mark.parametrize("person", ["aa-desk", "cc-desk"])
def test_no_byte_of_what_was_taken_out_is_in_a_file(
    node: Node, release_with_canaries: tuple[str, list[str]], form: RecordFormat, person: str
) -> None:
    out, canaries = release_with_canaries
    made = render_record(export(visit(node, person), out, form.value), form)
    found = everything_in(made, form)
    assert b"A camp was attacked" in found or form is RecordFormat.PDF
    spellings = [(canary, spelled) for canary in canaries for spelled in spelt(canary)]
    assert [canary for canary, spelled in spellings if spelled.lower() in found.lower()] == []


def test_the_search_through_a_file_would_find_a_canary(node: Node) -> None:
    """The test above means nothing unless what it looks through is what a file says."""
    leaky = note(node, "aa-desk", "Zyxwitness saw it.", title="Zyxtitle").id
    for form in RecordFormat:
        found = everything_in(render_record(export(visit(node, "aa-desk"), leaky, form.value), form), form)
        assert b"Zyxwitness" in found, form
        assert b"Zyxtitle" in found, form


def test_a_word_file_holds_nothing_beside_the_document_but_what_every_one_holds(
    node: Node, release_with_canaries: tuple[str, list[str]]
) -> None:
    """Revision marks, settings, custom parts and the picture of the template are the same whatever is exported."""
    other = note(node, "bb-desk", "Something else.", title="Other")
    made = []
    for person, id in (("aa-desk", release_with_canaries[0]), ("bb-desk", other.id)):
        file = render_record(export(visit(node, person), id, "docx"), RecordFormat.DOCX)
        with zipfile.ZipFile(io.BytesIO(file)) as archive:
            made.append({name: archive.read(name) for name in archive.namelist()})
        core = word.Document(io.BytesIO(file)).core_properties
        assert (core.author, core.last_modified_by, core.category, core.identifier) == ("Tocsin", "Tocsin", "", "")
    first, second = made
    differing = {name for name in first if first[name] != second.get(name)}
    assert differing <= {"word/document.xml", "word/header1.xml", "word/footer1.xml", "docProps/core.xml"}
    assert first.keys() == second.keys()
    assert not [name for name in first if "comments" in name or "docProps/custom" in name]


@pytest.mark.parametrize("form", PAPER)
def test_a_file_carries_banner_identity_author_times_evidence_audience_and_state(
    node: Node, form: RecordFormat
) -> None:
    made = note(
        node,
        "bb-analyst",
        "A camp was attacked.",
        evidence=[{"type": "source", "reference": "Radio", "reliability": "B", "credibility": "2"}],
    )
    text = text_of(node, "aa-desk", made.id, form)
    assert text.count("TLP:AMBER") >= 2
    squeezed = text.replace(" ", "")
    assert made.id in squeezed
    for words in ("Ben Tarnbrook, Organisation bb", "Radio (B2)", "the group Sahel Group", "current", "UTC; recorded"):
        assert words.replace(" ", "") in squeezed, words


def test_every_page_of_a_long_statement_has_the_banner_at_top_and_bottom(node: Node) -> None:
    made = note(node, "aa-desk", "A sentence of some length.\n" * 150, caveats=["ORIGINATOR CONTROL"])
    pages = pages_of(render_record(export(visit(node, "aa-desk"), made.id, "pdf"), RecordFormat.PDF), RecordFormat.PDF)
    assert len(pages) > 2
    banner = "TLP:AMBER · ORIGINATOR CONTROL"
    assert all(page.startswith(banner) and page.endswith(banner) for page in pages)


@pytest.mark.parametrize("form", RecordFormat)
def test_under_the_chatham_house_rule_no_file_tells_who_was_there(node: Node, form: RecordFormat) -> None:
    made = note(node, "aa-desk", "One view was that it is next.", caveats=["CHATHAM HOUSE RULE"])
    for person in ("aa-desk", "bb-desk"):
        found = everything_in(render_record(export(visit(node, person), made.id, form.value), form), form)
        text = found + text_of(node, person, made.id, form).encode()
        assert not [name for name in (b"Quillfeather", b"aa-desk", b"Organisation", b"sahel", b"Sahel") if name in text]
        assert b"CHATHAM HOUSE RULE" in text


def test_the_json_of_a_statement_can_be_checked_against_its_identity(node: Node) -> None:
    made = note(node, "aa-desk", "A camp was attacked.")
    told = json.loads(render_record(export(visit(node, "bb-desk"), made.id, "json"), RecordFormat.JSON))
    assert digest(canonical(told["statement"])) == told["id"] == made.id


def test_a_superseded_statement_says_so(node: Node) -> None:
    old = note(node, "aa-desk", "A camp was attacked.")
    note(node, "aa-desk", "No camp was attacked.", supersedes=[old.id])
    for form in PAPER:
        assert "Superseded" in text_of(node, "bb-desk", old.id, form)
    assert (
        json.loads(render_record(export(visit(node, "bb-desk"), old.id, "json"), RecordFormat.JSON))["state"]
        == "superseded"
    )


def refused(node: Node, person: str, id: str) -> AccessError:
    with pytest.raises(AccessError) as found:
        export(visit(node, person), id, "pdf")
    assert found.value.remedy
    return found.value


def test_nobody_takes_a_recalled_statement_away(node: Node) -> None:
    made = note(node, "aa-desk", "A camp was attacked.")
    making.recall(visit(node, "aa-desk"), made.id, "Wrong.")
    assert "recalled" in refused(node, "aa-desk", made.id).what
    with pytest.raises(NotFound):
        export(visit(node, "bb-desk"), made.id, "pdf")


def test_what_is_red_stays_on_the_screen(node: Node) -> None:
    made = note(node, "aa-desk", "For two.", tlp="RED", audience=["person:bb-desk"])
    for person in ("aa-desk", "bb-desk"):
        assert "TLP:RED" in refused(node, person, made.id).what


def test_under_originator_control_only_the_originator_takes_it_away(node: Node) -> None:
    made = note(node, "aa-analyst", "A camp was attacked.", caveats=["ORIGINATOR CONTROL"])
    assert "originator" in refused(node, "bb-desk", made.id).what
    assert export(visit(node, "aa-desk"), made.id, "pdf").id == made.id
    nobodys = note(node, "aa-analyst", "One view.", caveats=["ORIGINATOR CONTROL", "CHATHAM HOUSE RULE"])
    assert "originator" in refused(node, "aa-desk", nobodys.id).what
    assert export(visit(node, "aa-analyst"), nobodys.id, "pdf").id == nobodys.id


def test_a_file_is_on_record_before_it_is_there(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    made = note(node, "aa-desk", "A camp was attacked.")
    export(visit(node, "bb-desk"), made.id, "docx")
    with node.store.reading() as reader:
        rows = reader.connection.exec_driver_sql(
            "SELECT person, act, objects, detail FROM audit WHERE act = 'exported'"
        ).all()
    assert [(row.person, json.loads(row.objects), json.loads(row.detail)["form"]) for row in rows] == [
        ("bb-desk", [made.id], "docx")
    ]

    def full(*_: object) -> None:
        raise OSError("no room")

    monkeypatch.setattr(type(node.store.journal), "note", full)
    with pytest.raises(OSError, match="no room"):
        export(visit(node, "bb-desk"), made.id, "docx")


@pytest.mark.parametrize("form", PAPER)
def test_letters_that_command_a_machine_do_not_break_a_file(
    node: Node, form: RecordFormat, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Nobody can make such a statement here; one that another node made may still hold it.
    monkeypatch.setattr("tocsin.desk.rules._letters", lambda statement: None)
    made = note(node, "aa-desk", "bell\x07 start\x01 turned\u202e *not bold* #let x = 1 Судан", title="a\x0bb")
    text = text_of(node, "aa-desk", made.id, form)
    assert "*not bold*" in text
    assert "\x07" not in text
    assert "\u202e" not in text


def test_the_name_of_a_file_tells_nothing_of_its_content(node: Node) -> None:
    made = note(node, "aa-desk", "A camp was attacked.", title="Secret title")
    record = export(visit(node, "aa-desk"), made.id, "pdf")
    assert file_name(record, RecordFormat.PDF) == f"tocsin-statement-{made.id[:12]}.pdf"
