from pathlib import Path

import pytest

from tocsin.core.errors import ContentError, ContractError
from tocsin.sources.catalogue import Source, Table, Wide
from tocsin.sources.reading import read_raw


@pytest.fixture
def table(source: Source) -> Table:
    return source.tables[0]


def written(folder: Path, body: bytes) -> Path:
    path = folder / "file.csv"
    path.write_bytes(body)
    return path


def test_everything_is_text_and_keeps_its_place_in_the_file(tmp_path: Path, table: Table) -> None:
    raw = read_raw(written(tmp_path, b'code,year,value\nA,1990,1\n\n"B\nC",1991,NA\nD,1992,\n'), table)
    assert raw.frame.rows() == [("A", "1990", "1"), ("B\nC", "1991", "NA"), ("D", "1992", "")]
    assert raw.rows == (2, 4, 6)


def test_rows_with_too_few_or_too_many_fields_are_kept_apart(tmp_path: Path, table: Table) -> None:
    raw = read_raw(written(tmp_path, b"code,year,value\nA,1990\nB,1991,1\nC,1992,1,2\n"), table)
    assert raw.frame["code"].to_list() == ["B"]
    assert raw.ragged == ((2, ("A", "1990")), (4, ("C", "1992", "1", "2")))


def test_a_byte_order_mark_is_not_part_of_the_first_name(tmp_path: Path, table: Table) -> None:
    assert read_raw(written(tmp_path, b"\xef\xbb\xbfcode,year\nA,1\n"), table).frame.columns == ["code", "year"]


@pytest.mark.parametrize("body", [b"code,year\nC\xf4te,1990\n", b'code,year\nA,1990\n"B,1991\n'])
def test_what_cannot_be_read_is_named_with_its_row(tmp_path: Path, table: Table, body: bytes) -> None:
    with pytest.raises(ContentError, match="CSV in UTF-8") as caught:
        read_raw(written(tmp_path, body), table)
    assert "row" in caught.value.where


def test_a_column_named_twice_is_refused(tmp_path: Path, table: Table) -> None:
    with pytest.raises(ContractError, match="'year' is there twice"):
        read_raw(written(tmp_path, b"code,year,year\nA,1,2\n"), table)


def test_a_missing_file_is_an_error_with_a_remedy(tmp_path: Path, table: Table) -> None:
    with pytest.raises(ContentError, match="no such file"):
        read_raw(tmp_path / "none.csv", table)


def test_of_columns_without_a_name_only_the_first_is_read(tmp_path: Path, table: Table) -> None:
    raw = read_raw(written(tmp_path, b"code,,,year\nA,1,2,1990\n"), table)
    assert raw.frame.rows(named=True) == [{"code": "A", "": "1", "year": "1990"}]


def test_a_file_in_another_encoding_is_read_where_its_fact_sheet_says_so(tmp_path: Path, table: Table) -> None:
    path = written(tmp_path, b"code,year\nA\x85,1990\n")
    assert read_raw(path, table.model_copy(update={"encoding": "latin-1"})).frame["year"].to_list() == ["1990"]
    with pytest.raises(ContentError, match="UTF-8"):
        read_raw(path, table)


@pytest.fixture
def wide(table: Table) -> Table:
    return table.model_copy(update={"wide": Wide(keep=("date",), name="state", value="deaths")})


def test_a_column_a_state_becomes_a_row_a_state_with_its_place_in_the_file(tmp_path: Path, wide: Table) -> None:
    raw = read_raw(written(tmp_path, b"date,Mali,Chad\n2026-06,1,\n\n2026-07,3,-4\n2026-08,5\n"), wide)
    assert sorted(zip(raw.rows, raw.frame.rows(), strict=True)) == [
        (2, ("2026-06", "Chad", "")),
        (2, ("2026-06", "Mali", "1")),
        (4, ("2026-07", "Chad", "-4")),
        (4, ("2026-07", "Mali", "3")),
    ]
    assert raw.ragged == ((5, ("2026-08", "5")),)


def test_a_wide_file_without_the_column_that_stays_is_refused(tmp_path: Path, wide: Table) -> None:
    with pytest.raises(ContractError, match="'date' is lacking"):
        read_raw(written(tmp_path, b"month,Mali\n2026-06,1\n"), wide)


@pytest.fixture
def sheet(table: Table) -> Table:
    return table.model_copy(update={"format": "xlsx", "sheet": "data"})


def workbook(folder: Path, rows: list[list[object]], name: str = "data") -> Path:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.title = "notes"
    for row in rows:
        (book[name] if name in book.sheetnames else book.create_sheet(name)).append(row)
    book.save(folder / "book.xlsx")
    return folder / "book.xlsx"


def test_the_named_sheet_is_read_as_text_without_blank_rows(tmp_path: Path, sheet: Table) -> None:
    path = workbook(tmp_path, [["code", "year", None], ["A", 1990, None], [None, None, None], ["B ", None, None]])
    raw = read_raw(path, sheet)
    assert raw.frame.rows() == [("A", "1990"), ("B ", "")]
    assert raw.rows == (2, 4)


def test_a_lacking_sheet_is_named(tmp_path: Path, sheet: Table) -> None:
    with pytest.raises(ContractError, match="'data'"):
        read_raw(workbook(tmp_path, [["code"]], name="other"), sheet)


def test_what_is_no_workbook_is_named(tmp_path: Path, sheet: Table) -> None:
    with pytest.raises((ContentError, ContractError), match=r"workbook|cannot be read"):
        read_raw(written(tmp_path, b"code,year\n"), sheet)
