"""Attachments: what is taken, who may have one, under which marking, and what is on record."""

import io
import zipfile

import pytest
from tests.three_organisations import furnished, note, visit

from tocsin.core.errors import AccessError, NotFound, StatementError, StoreError
from tocsin.core.register import PersonAdded
from tocsin.desk import auditing, files, making, rules
from tocsin.desk.media import MEDIA

PDF = b"%PDF-1.7 a map of the camp"


@pytest.fixture
def node(tmp_path):
    return furnished(tmp_path)


def citing(id, **more):
    return {"evidence": [{"type": "attachment", "reference": id, "reliability": "B", "credibility": "2"}]} | more


def packed(*names, first=None):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        if first:
            archive.writestr("mimetype", first)
        for name in names:
            archive.writestr(name, "x")
    return out.getvalue()


OOXML, ODF = "application/vnd.openxmlformats-officedocument.", "application/vnd.oasis.opendocument."

SOUND = {
    "application/pdf": PDF,
    "application/vnd.apache.parquet": b"PAR1 rows PAR1",
    "application/json": b'{"a": 1}',
    "application/geo+json": b'{"type": "FeatureCollection", "features": []}',
    "audio/ogg": b"OggS sound",
    "image/jpeg": b"\xff\xd8\xff\xe0 picture",
    "image/png": b"\x89PNG\r\n\x1a\n picture",
    "image/webp": b"RIFF1234WEBP picture",
    "text/csv": "place,deaths\nNiamé,3\n".encode(),
    "text/plain": "Überfall".encode(),
    "video/mp4": b"\x00\x00\x00\x18ftypmp42",
    f"{OOXML}wordprocessingml.document": packed("[Content_Types].xml", "word/document.xml"),
    f"{OOXML}spreadsheetml.sheet": packed("[Content_Types].xml", "xl/workbook.xml"),
    f"{ODF}text": packed("content.xml", first=f"{ODF}text"),
    f"{ODF}spreadsheet": packed("content.xml", first=f"{ODF}spreadsheet"),
}


def test_every_media_type_is_taken_when_its_bytes_fit_and_no_other_fits_them(node):
    assert set(SOUND) == set(MEDIA)
    ana = visit(node, "aa-analyst")
    for media_type, content in SOUND.items():
        assert files.get(ana, files.put(ana, "", media_type, content)).content == content
        others = {other for other in MEDIA if MEDIA[other].fits(content)} - {media_type}
        texts = {"text/plain", "text/csv", "application/json", "application/geo+json"}
        assert others <= texts | ({"application/pdf"} if media_type in texts else set())


@pytest.mark.parametrize(
    ("media_type", "content", "field"),
    [
        ("text/html", b"<script>", "media_type"),
        ("image/svg+xml", b"<svg>", "media_type"),
        ("application/zip", packed("a"), "media_type"),
        ("", PDF, "media_type"),
        ("application/pdf", b"", "content"),
        ("application/pdf", b"\x89PNG\r\n\x1a\n", "content"),
        ("image/png", PDF, "content"),
        ("text/plain", b"\xff\xfe", "content"),
        ("text/csv", b"a\x00b", "content"),
        ("application/json", b"{", "content"),
        ("application/json", b"[" * 100_000, "content"),
        (f"{OOXML}wordprocessingml.document", packed("[Content_Types].xml", "xl/workbook.xml"), "content"),
        (
            f"{OOXML}wordprocessingml.document",
            packed("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"),
            "content",
        ),
        (f"{ODF}text", packed("content.xml", "Basic/script.xml", first=f"{ODF}text"), "content"),
        (f"{ODF}text", packed("content.xml", first=f"{ODF}spreadsheet"), "content"),
        (f"{ODF}text", b"PK\x03\x04 cut short", "content"),
        ("text/plain", b"x" * (files.LARGEST + 1), "content"),
    ],
)
def test_what_is_not_what_it_says_is_refused(node, media_type, content, field):
    with pytest.raises(StatementError) as caught:
        files.put(visit(node, "aa-analyst"), "", media_type, content)
    assert caught.value.field == field
    assert caught.value.remedy


@pytest.mark.parametrize("name", ["map.pdf", "Carte du Tchad.PDF", "خريطة.pdf", ""])
def test_a_plain_name_is_taken(node, name):
    assert files.put(visit(node, "aa-analyst"), name, "Application/PDF; x=y", PDF)


@pytest.mark.parametrize(
    "name", ["map.exe", "a/b.pdf", "..\\x.pdf", "a\x00.pdf", "fdp.\u202eexe.pdf", "x" * 252 + ".pdf", "pdf"]
)
def test_a_name_that_hides_something_is_refused(node, name):
    with pytest.raises(StatementError) as caught:
        files.put(visit(node, "aa-analyst"), name, "application/pdf", PDF)
    assert caught.value.field == "name"


def test_only_who_makes_statements_brings_files(node):
    with node.store.writing() as writer:
        writer.enter(PersonAdded(id="rea", name="Rea", organisation="aa", roles={"reader"}), None)
    with pytest.raises(AccessError):
        files.put(visit(node, "rea"), "", "application/pdf", PDF)


def test_a_file_is_its_bringers_alone_until_a_statement_cites_it(node):
    ana, ben, cleo = (visit(node, id) for id in ("aa-analyst", "bb-analyst", "cc-desk"))
    id = files.put(ana, "map.pdf", "application/pdf", PDF)
    mine = files.get(ana, id)
    assert (mine.content, mine.media_type, mine.ending) == (PDF, "application/pdf", ".pdf")
    assert mine.marking.label == "TLP:RED"
    for other in (visit(node, "aa-desk"), ben, cleo):
        with pytest.raises(NotFound):
            files.get(other, id)
    note(node, "aa-analyst", "See the map.", **citing(id))
    assert files.get(ben, id).marking.label == "TLP:AMBER"
    with pytest.raises(NotFound) as denied:
        files.get(cleo, id)
    with pytest.raises(NotFound) as absent:
        files.get(cleo, "0" * 64)
    assert str(denied.value).replace(id, "") == str(absent.value).replace("0" * 64, "")


@pytest.mark.parametrize("id", ["", "x", "0" * 63, "A" * 64, "\x00" * 64, "٣" * 64, "../" * 21 + "x"])
def test_what_is_no_digest_is_not_found(node, id):
    with pytest.raises(NotFound):
        files.get(visit(node, "aa-analyst"), id)


def test_whoever_brings_the_same_bytes_may_use_them_and_learns_of_nobody_else(node):
    id = files.put(visit(node, "aa-analyst"), "", "application/pdf", PDF)
    assert files.put(visit(node, "cc-desk"), "", "application/pdf", PDF) == id
    assert files.get(visit(node, "cc-desk"), id).content == PDF
    note(node, "cc-desk", "Ours too.", audience=["org:cc"], **citing(id))
    with pytest.raises(NotFound):
        files.get(visit(node, "bb-desk"), id)


def test_a_recall_takes_the_file_along(node):
    id = files.put(visit(node, "aa-desk"), "", "application/pdf", PDF)
    made = note(node, "aa-desk", "See the map.", **citing(id))
    assert files.get(visit(node, "bb-analyst"), id)
    making.recall(visit(node, "aa-desk"), made.id, "The source is in danger.")
    with pytest.raises(NotFound):
        files.get(visit(node, "bb-analyst"), id)


def test_others_files_are_cited_under_a_marking_no_looser_than_theirs(node):
    id = files.put(visit(node, "aa-analyst"), "", "application/pdf", PDF)
    note(node, "aa-analyst", "See the map.", **citing(id))
    with pytest.raises(StatementError) as caught:
        note(node, "bb-analyst", "For all.", tlp="CLEAR", audience=["everyone"], **citing(id))
    assert caught.value.field == "marking"
    assert note(node, "bb-analyst", "For us.", **citing(id))
    with pytest.raises(StatementError) as caught:
        note(node, "cc-desk", "A guess.", audience=["org:cc"], **citing(id))
    assert caught.value.field == "evidence"


def test_taking_what_is_above_green_is_on_record_before_it_is_handed_out(node):
    id = files.put(visit(node, "aa-desk"), "", "application/pdf", PDF)
    made = note(node, "aa-desk", "See the map.", **citing(id))
    files.get(visit(node, "bb-analyst"), id)
    seen = auditing.who_saw(visit(node, "aa-desk"), made.id).lines
    assert [(line.person, line.act) for line in seen] == [("bb-analyst", "exported")]
    brought = auditing.by_person(visit(node, "aa-desk"), "aa-desk").lines
    assert [line.detail for line in brought if line.act == rules.BROUGHT] == [
        {"media_type": "application/pdf", "size": len(PDF)}
    ]


def test_every_file_that_is_taken_is_on_record_as_an_export(node):
    id = files.put(visit(node, "aa-desk"), "", "application/pdf", PDF)
    note(node, "aa-desk", "For all.", tlp="CLEAR", audience=["everyone"], **citing(id))
    assert files.get(visit(node, "cc-desk"), id).marking.label == "TLP:CLEAR"
    acts = [line.act for line in auditing.by_person(visit(node, "cc-desk"), "cc-desk").lines]
    assert "exported" in acts


def test_a_damaged_file_is_not_served(node):
    id = files.put(visit(node, "aa-analyst"), "", "application/pdf", PDF)
    node.store.blobs.path(id).write_bytes(b"%PDF-1.7 something else")
    with pytest.raises(StoreError):
        files.get(visit(node, "aa-analyst"), id)
