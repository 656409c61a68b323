"""A file as a table of texts, every row with its place in the file, nothing yet believed."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from tocsin.core.errors import ContentError, ContractError
from tocsin.sources.catalogue import Table, Wide
from tocsin.sources.receipts import unreadable

_REMEDY = "Fetch it again with `tocsin pull`; if it stays so, the provider has changed the file"


@dataclass(frozen=True, eq=False)
class RawTable:
    """What a file says: ``frame`` of texts as written, ``rows`` where each row stands in the file (header: row 1).

    ragged: rows with too few or too many fields, as (place in the file, fields).
    """

    frame: pl.DataFrame
    rows: tuple[int, ...]
    ragged: tuple[tuple[int, tuple[str, ...]], ...] = ()


def read_raw(path: Path, table: Table) -> RawTable:
    """Read a CSV or one sheet of a workbook.

    Errors: ContentError (cannot be read), ContractError (no such sheet, a column named twice).
    """
    try:
        raw = _read_sheet(path, table) if table.format == "xlsx" else _read_csv(path, table.encoding)
    except FileNotFoundError:
        raise ContentError("there is no such file", where=str(path), remedy="Run `tocsin pull`") from None
    except OSError as error:
        raise unreadable(path, error) from None
    return _lengthened(raw, table.wide, path) if table.wide else raw


def _read_csv(path: Path, encoding: str) -> RawTable:
    """Read with the standard library: it keeps line numbers and tells which rows have too few fields.

    Of several columns without a name only the first is kept, since nothing tells them apart.
    """
    good: list[list[str]] = []
    rows: list[int] = []
    ragged: list[tuple[int, tuple[str, ...]]] = []
    with path.open(encoding="utf-8-sig" if encoding == "utf-8" else encoding, newline="") as file:
        reader = csv.reader(file, strict=True)
        try:
            header = next(reader, [])
            line = reader.line_num
            for fields in reader:
                if len(fields) == len(header):
                    good.append(fields)
                    rows.append(line + 1)
                elif fields:
                    ragged.append((line + 1, tuple(fields)))
                line = reader.line_num
        except (csv.Error, UnicodeDecodeError) as error:
            raise ContentError(
                f"this cannot be read as CSV in UTF-8 ({error})",
                where=f"{path}, row {reader.line_num + 1}",
                remedy=_REMEDY,
            ) from None
    _unique([name for name in header if name.strip()], path)
    columns = zip(*good, strict=True) if good else ([] for _ in header)
    data: dict[str, pl.Series] = {}
    for name, values in zip(header, columns, strict=True):
        data.setdefault(name, pl.Series(name, list(values), dtype=pl.String))
    return RawTable(pl.DataFrame(data), tuple(rows), tuple(ragged))


def _read_sheet(path: Path, table: Table) -> RawTable:
    try:
        book = pl.read_excel(
            path,
            sheet_name=table.sheet,
            engine="calamine",
            infer_schema_length=0,
            has_header=False,
            drop_empty_rows=False,
            drop_empty_cols=False,
        )
    except (pl.exceptions.PolarsError, ValueError) as error:
        raise ContractError(
            f"the sheet {table.sheet!r} cannot be read ({error})", where=str(path), remedy=_REMEDY
        ) from None
    except Exception as error:  # the reader behind polars raises classes of its own, without a common base
        if type(error).__module__.split(".")[0] not in ("fastexcel", "_fastexcel"):
            raise
        raise ContentError(f"this is not a readable workbook ({error})", where=str(path), remedy=_REMEDY) from None
    cells = book.cast(pl.String).fill_null("").rows()
    header = list(cells[0]) if cells else []
    used = [index for index, name in enumerate(header) if name.strip()]
    _unique([header[index] for index in used], path)
    kept = [(number, row) for number, row in enumerate(cells[1:], start=2) if any(cell.strip() for cell in row)]
    data = {header[i]: pl.Series(header[i], [row[i] for _, row in kept], dtype=pl.String) for i in used}
    return RawTable(pl.DataFrame(data), tuple(number for number, _ in kept))


def _lengthened(raw: RawTable, wide: Wide, path: Path) -> RawTable:
    """A row a state of a file with a column a state; each keeps the place in the file of the row it came from."""
    if lacking := [name for name in wide.keep if name not in raw.frame.columns]:
        raise ContractError(f"the column {lacking[0]!r} is lacking", where=str(path), remedy=_REMEDY)
    place = "__row"
    kept = [*wide.keep, place]
    long = raw.frame.with_columns(pl.Series(place, raw.rows, dtype=pl.Int64)).unpivot(
        index=kept, variable_name=wide.name, value_name=wide.value
    )
    return RawTable(long.drop(place), tuple(long[place].to_list()), raw.ragged)


def _unique(header: list[str], path: Path) -> None:
    if twice := [name for name, times in Counter(header).items() if times > 1]:
        raise ContractError(f"the column {twice[0]!r} is there twice", where=str(path), remedy=_REMEDY)
