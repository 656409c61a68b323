import zipfile
from pathlib import Path

import polars as pl
import pytest

from tocsin.core.errors import ContentError
from tocsin.sources.content import check_content


def written(folder: Path, body: bytes) -> Path:
    path = folder / "file"
    path.write_bytes(body)
    return path


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.append(["a", "b"])
    book.save(tmp_path / "book.xlsx")
    return tmp_path / "book.xlsx"


@pytest.mark.parametrize("body", [b"a,b\n1,2\n", b"\xef\xbb\xbfa,b\r\n1,2\r\n", b'"","a"\n"1","<b>"\n'])
def test_a_whole_csv_passes(tmp_path: Path, body: bytes) -> None:
    check_content(written(tmp_path, body), "csv")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "empty"),
        (b"<!DOCTYPE html><html>Sign in</html>\n", "HTML"),
        (b"\n  <HTML><body>404</body></HTML>\n", "HTML"),
        (b"\xef\xbb\xbf<html></html>\n", "HTML"),
        (b'{"message": "not found"}\n', "JSON"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:1\n", "large-file storage"),
        (b"PK\x03\x04abc\n", "zip"),
        (b"\x1f\x8babc\n", "gzip"),
        (b"%PDF-1.7\n", "PDF"),
        (b"a,b\n1,2\n\0\0\0\0\n", "zero bytes"),
        (b"a,b,c\n1,2,3\n4,5", "2 of 3 fields"),
        (b"a,b\n1,0.1234\n1,0.12", "cut off"),
    ],
)
def test_what_is_not_a_whole_csv_is_named(tmp_path: Path, body: bytes, said: str) -> None:
    with pytest.raises(ContentError, match=said) as caught:
        check_content(written(tmp_path, body), "csv")
    assert caught.value.where
    assert caught.value.remedy


def test_a_whole_workbook_passes_and_reads(workbook: Path) -> None:
    check_content(workbook, "xlsx")
    assert pl.read_excel(workbook, engine="calamine").columns == ["a", "b"]


def test_half_a_workbook_is_refused(workbook: Path) -> None:
    body = workbook.read_bytes()
    workbook.write_bytes(body[: len(body) // 2])
    with pytest.raises(ContentError, match="not a whole Excel workbook"):
        check_content(workbook, "xlsx")


def test_a_damaged_part_of_a_workbook_is_found(workbook: Path) -> None:
    with zipfile.ZipFile(workbook) as book:
        entry = book.getinfo("xl/worksheets/sheet1.xml")
    body = bytearray(workbook.read_bytes())
    start = entry.header_offset + 30 + len(entry.filename)
    body[start + 20 : start + 24] = b"\xff\xff\xff\xff"
    workbook.write_bytes(bytes(body))
    with pytest.raises(ContentError):
        check_content(workbook, "xlsx")


def test_another_zip_is_no_workbook(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "file", "w") as archive:
        archive.writestr("a.txt", "a")
    with pytest.raises(ContentError, match="not a workbook"):
        check_content(tmp_path / "file", "xlsx")


def test_a_sign_in_page_is_no_workbook(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="workbook"):
        check_content(written(tmp_path, b"<html>Sign in</html>"), "xlsx")
