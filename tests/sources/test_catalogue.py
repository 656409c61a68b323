from pathlib import Path

import pytest
from pydantic import ValidationError

from tocsin.core.errors import SourceError, UnknownSource
from tocsin.sources.catalogue import (
    Column,
    Dated,
    Located,
    NumberedMonth,
    Published,
    Source,
    Table,
    Wide,
    catalogue,
    chosen,
    read_catalogue,
)

from .conftest import URL

SHEET = f"""
id = "small"
title = "A small source"
provider = "Nobody"
homepage = "https://data.example.org"
licence = "CC BY 4.0"
terms = "cite Nobody"
may_redistribute = true
cadence = "never"
vintage = "2026"
citation = "Nobody (2026)"
stale_after_days = 30

[[tables]]
id = "table"
title = "A small table"
url = "{URL}"
format = "csv"
key = ["code"]
rows = [1, 10]
columns = [
  {{ name = "code", dtype = "text" }},
  {{ name = "value", dtype = "number" }},
]
"""


def read(folder: Path, sheet: str, name: str = "small.toml") -> dict[str, Source]:
    (folder / name).write_text(sheet, encoding="utf-8")
    return read_catalogue(folder)


def test_the_packaged_catalogue_holds_these_sources() -> None:
    assert list(catalogue()) == [
        "ewp-2025-coefficients",
        "ewp-2025-forecasts",
        "ewp-2025-panel",
        "ewp-2025-walk-forward",
        "ewp-episodes",
        "pace-2026-06",
        "powell-thyne-coups",
        "reign-elections",
        "reign-leaders",
        "ucdp-ged-api",
        "ucdp-ged",
        "views-fatalities002-2024-07",
        "views-ged-months",
    ]


def test_no_source_without_terms_citation_and_vintage() -> None:
    for source in catalogue().values():
        assert source.terms
        assert source.citation
        assert source.vintage
        assert source.licence


def test_a_fact_sheet_is_frozen(tmp_path: Path) -> None:
    source = read(tmp_path, SHEET)["small"]
    with pytest.raises(ValidationError):
        source.title = "another"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("stale_after_days = 30", "stale_after_days = 0", "stale_after_days"),
        ("may_redistribute = true", 'may_redistribute = "perhaps"', "may_redistribute"),
        ('dtype = "number"', 'dtype = "nummber"', "tables.0.columns.1.dtype"),
        ('provider = "Nobody"', "", "provider"),
        ('provider = "Nobody"', 'provider = "Nobody"\nmirrors = 3', "mirrors"),
        ('key = ["code"]', 'key = ["kode"]', "kode"),
        ("https://data.example.org/some", "http://data.example.org/some", "https"),
        ("https://data.example.org/some", "https://me:pw@data.example.org/some", "user name"),
        ("table.csv", "table.csv?token=abc", "query"),
        ('name = "value"', 'name = "code"', "twice"),
        ('format = "csv"', 'format = "xlsx"', "sheet"),
        ('format = "csv"', 'format = "csv"\nplace = { column = "code", scheme = "fifa", at = 2020 }', "scheme"),
        ('format = "csv"', 'format = "csv"\nplace = { column = "code", scheme = "cow" }', "year"),
        ('format = "csv"', 'format = "csv"\nwide = { keep = ["code"], name = "state", value = "value" }', "state"),
        ('format = "csv"', 'format = "csv"\ndates = [{ name = "when", year = "year", month = "value" }]', "year"),
        ('format = "csv"', 'format = "csv"\nmonth = { number = "code", year = "jear", month = "value" }', "jear"),
        ('id = "small"', 'id = "large"', "id"),
        ('title = "A small source"', "title = ", "not TOML"),
    ],
)
def test_a_malformed_fact_sheet_is_named_with_file_and_field(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in SHEET
    with pytest.raises(SourceError, match=said) as caught:
        read(tmp_path, SHEET.replace(old, new, 1))
    assert caught.value.where == "small.toml"
    assert caught.value.remedy


def test_an_error_does_not_repeat_what_the_field_held(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        read(tmp_path, SHEET.replace("table.csv", "table.csv?token=abc"))
    assert "abc" not in str(caught.value)


def test_all_sources_but_those_on_request_are_chosen_unless_some_are_named() -> None:
    assert {source.id for source in catalogue().values()} - {source.id for source in chosen()} == {
        "ucdp-ged",
        "ucdp-ged-api",
    }
    assert [source.id for source in chosen(["ucdp-ged"])] == ["ucdp-ged"]
    assert [source.id for source in chosen(["ewp-episodes", "ewp-episodes"])] == ["ewp-episodes"]


def test_an_unknown_source_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownSource, match="ewp-2025-panel"):
        chosen(["ewp-2025-panels"])


def test_an_unknown_table_is_answered_with_those_there_are(source: Source) -> None:
    with pytest.raises(UnknownSource, match="table"):
        source.table("other")


def test_every_source_and_every_field_of_a_fact_sheet_is_in_the_reference() -> None:
    page = (Path(__file__).parents[2] / "docs" / "reference" / "sources.md").read_text(encoding="utf-8")
    for source in catalogue().values():
        assert f"`{source.id}`" in page
        assert all(f"`{table.id}`" in page for table in source.tables)
    assert all(f"`{field}`" in page for field in Source.model_fields)
    assert all(f"`tables.{field}`" in page for field in Table.model_fields)
    models = (Column, Located, Dated, NumberedMonth, Wide, Published)
    assert all(f"`{field}`" in page for model in models for field in model.model_fields)
