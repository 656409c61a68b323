from collections.abc import Sequence

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.core.errors import ContractError
from tocsin.sources.catalogue import Source, Table
from tocsin.sources.contract import apply_contract, known_places
from tocsin.sources.quarantine import Checked
from tocsin.sources.reading import RawTable

TABLE = Table.model_validate(
    {
        "id": "table",
        "title": "A table",
        "url": "https://data.example.org/table.csv",
        "format": "csv",
        "key": ["code", "year"],
        "rows": [1, 50],
        "missing": ["NA", ""],
        "quarantine_limit": 1.0,
        "ignore": [""],
        "place": {"column": "code", "scheme": "name", "year": "year"},
        "columns": [
            {"name": "code", "dtype": "text"},
            {"name": "year", "dtype": "year", "min": 1960},
            {"name": "deaths", "dtype": "whole", "min": 0, "missing": True},
            {"name": "share", "dtype": "number", "min": 0, "max": 1},
            {"name": "note", "dtype": "text", "missing": True, "required": False},
        ],
    }
)
GOOD = {"code": "A", "year": "1990", "deaths": "3", "share": "0.5"}


def resolve(codes: Sequence[str], years: Sequence[int], scheme: str) -> list[str | None]:
    """A and B are places at any time, C only from 1990; nobody knows any other."""
    assert scheme == "name"
    return [f"P{c}" if c in "AB" or (c == "C" and y >= 1990) else None for c, y in zip(codes, years, strict=True)]


def check(*rows: dict[str, str], table: Table = TABLE, ragged: int = 0) -> Checked:
    frame = pl.DataFrame(list(rows), schema=dict.fromkeys(rows[0] if rows else GOOD, pl.String))
    numbers = tuple(range(2, 2 + len(rows)))
    raw = RawTable(frame, numbers, tuple((90 + n, ("A",)) for n in range(ragged)))
    return apply_contract(raw, "small", table, where="table.csv", this_year=2026, resolve=resolve)


def broken(checked: Checked) -> list[tuple[str, str, int]]:
    return [(breach.rule, breach.column, breach.rows) for breach in checked.quarantine.breaches]


def test_good_rows_are_typed_and_placed() -> None:
    checked = check(GOOD | {"deaths": " 4e+03 ", "note": "  kept  "})
    assert checked.frame.to_dicts() == [
        {"code": "A", "year": 1990, "deaths": 4000, "share": 0.5, "note": "kept", "place": "PA"}
    ]
    assert checked.frame.schema["year"] == pl.Int32
    assert checked.quarantine.quarantined == 0


@pytest.mark.parametrize("missing", ["NA", "", "  "])
def test_a_missing_value_stays_missing_and_never_becomes_zero(missing: str) -> None:
    checked = check(GOOD | {"deaths": missing}, GOOD | {"deaths": "0", "year": "1991"})
    assert checked.frame["deaths"].to_list() == [None, 0]


@pytest.mark.parametrize(
    ("change", "rule", "column"),
    [
        ({"share": "NA"}, "missing value", "share"),
        ({"code": ""}, "missing value", "code"),
        ({"share": "half"}, "unreadable value", "share"),
        ({"share": "NaN"}, "unreadable value", "share"),
        ({"share": "inf"}, "unreadable value", "share"),
        ({"deaths": "2.5"}, "unreadable value", "deaths"),
        ({"deaths": "1e30"}, "unreadable value", "deaths"),
        ({"year": "MCMXC"}, "unreadable value", "year"),
        ({"share": "1.01"}, "out of range", "share"),
        ({"deaths": "-1"}, "out of range", "deaths"),
        ({"year": "1959"}, "out of range", "year"),
        ({"year": "2027"}, "future year", "year"),
        ({"code": "Atlantis"}, "unknown country", "code"),
        ({"code": "C", "year": "1989"}, "unknown country", "code"),
    ],
)
def test_a_row_that_breaks_a_rule_is_set_aside_and_the_others_go_on(
    change: dict[str, str], rule: str, column: str
) -> None:
    checked = check(GOOD | {"code": "B"}, GOOD | change)
    assert broken(checked) == [(rule, column, 1)]
    assert checked.frame["code"].to_list() == ["B"]
    (row, text), *_ = checked.quarantine.breaches[0].sample
    assert row == 3
    assert change[column].split()[:1] == text.split()[:1] or text == ""
    assert checked.quarantine.held["row"].to_list() == [3]
    assert checked.quarantine.held["rules"].to_list() == [f"{rule} in {column}"]
    assert checked.quarantine.held[column].to_list() == [change[column]]


def test_bounds_are_inclusive() -> None:
    checked = check(GOOD | {"share": "1"}, GOOD | {"share": "0", "year": "1960"}, GOOD | {"year": "2026"})
    assert broken(checked) == []


def test_of_one_row_written_twice_the_first_goes_on() -> None:
    checked = check(GOOD, GOOD, GOOD | {"code": "B"})
    assert broken(checked) == [("repeated row", "code, year", 1)]
    assert checked.frame["code"].to_list() == ["A", "B"]


def test_of_two_rows_that_disagree_none_goes_on() -> None:
    checked = check(GOOD, GOOD | {"share": "0.9"}, GOOD | {"code": "B"})
    assert broken(checked) == [("duplicate key", "code, year", 2)]
    assert checked.quarantine.breaches[0].sample == ((2, "A, 1990"), (3, "A, 1990"))
    assert checked.frame["code"].to_list() == ["B"]


def test_a_row_may_break_several_rules_and_is_counted_once() -> None:
    checked = check(GOOD, GOOD | {"code": "B", "share": "2", "deaths": "x"})
    assert checked.quarantine.quarantined == 1
    assert broken(checked) == [("out of range", "share", 1), ("unreadable value", "deaths", 1)]


def test_rows_with_a_wrong_number_of_fields_are_counted() -> None:
    checked = check(GOOD, ragged=2)
    assert broken(checked) == [("wrong number of fields", "", 2)]
    assert checked.quarantine.rows == 3
    assert checked.quarantine.held["as_written"].to_list() == ["A", "A"]


def test_a_lacking_column_is_an_error_that_names_the_likely_new_name() -> None:
    row = {("shares" if name == "share" else name): value for name, value in GOOD.items()}
    with pytest.raises(ContractError, match="'share' is lacking") as caught:
        check(row)
    assert "'shares'" in caught.value.remedy
    assert caught.value.where == "table.csv"


def test_a_new_column_is_warned_of_and_not_read() -> None:
    checked = check(GOOD | {"extra": "1", "": "7", "note": "a"})
    assert checked.quarantine.warnings == ("The column 'extra' is new to us and was not read.",)
    assert "extra" not in checked.frame.columns


def test_an_optional_column_may_be_lacking_and_is_then_missing_throughout() -> None:
    checked = check(GOOD)
    assert checked.frame["note"].to_list() == [None]
    assert checked.quarantine.warnings == ("The column 'note' is lacking.",)


def test_a_file_without_rows_is_an_error() -> None:
    with pytest.raises(ContractError, match="no row"):
        check()


def test_too_few_and_too_many_rows_are_errors() -> None:
    bounds = TABLE.model_copy(update={"rows": (2, 2)})
    with pytest.raises(ContractError, match="1 rows where 2 to 2"):
        check(GOOD, table=bounds)
    with pytest.raises(ContractError, match="3 rows"):
        check(GOOD, GOOD | {"code": "B"}, GOOD | {"year": "1991"}, table=bounds)


def test_more_broken_rows_than_the_fact_sheet_bears_make_the_table_unusable() -> None:
    strict = TABLE.model_copy(update={"quarantine_limit": 0.5})
    rows = [GOOD, GOOD | {"share": "9", "year": "1991"}]
    assert check(*rows, table=strict).frame.height == 1
    with pytest.raises(ContractError, match=r"2 of 3 rows break the contract.*out of range in share"):
        check(*rows, GOOD | {"share": "9", "year": "1992"}, table=strict)


CELL = st.sampled_from(["A", "B", "C", "NA", "", "1990", "2031", "0.5", "-3", "x", "1e400", " 7 "])
ROW = st.fixed_dictionaries({"code": CELL, "year": CELL, "deaths": CELL, "share": CELL})


@settings(deadline=None)
@given(rows=st.lists(ROW, min_size=1, max_size=20), ragged=st.integers(0, 3))
def test_every_row_either_goes_on_or_is_held_with_a_rule(rows: list[dict[str, str]], ragged: int) -> None:
    checked = check(*rows, ragged=ragged)
    report = checked.quarantine
    assert checked.frame.height + report.held.height == len(rows) + ragged == report.rows
    assert report.good == checked.frame.height
    assert all(report.held["rules"].to_list())
    assert report.held["row"].is_unique().all()
    assert sum(breach.rows for breach in report.breaches) >= report.quarantined
    assert checked.frame["place"].null_count() == 0
    assert not checked.frame.select("code", "year").is_duplicated().any()


@settings(deadline=None)
@given(rows=st.lists(ROW, min_size=1, max_size=8), seed=st.randoms(use_true_random=False))
def test_which_rows_are_set_aside_does_not_depend_on_their_order(rows: list[dict[str, str]], seed: object) -> None:
    shuffled = list(rows)
    seed.shuffle(shuffled)  # type: ignore[attr-defined]
    one, two = check(*rows), check(*shuffled)
    assert sorted(one.frame.rows(), key=str) == sorted(two.frame.rows(), key=str)


def test_a_table_without_places_gets_none(source: Source) -> None:
    raw = RawTable(pl.DataFrame({"code": ["a"], "year": ["1990"], "value": ["1"]}), (2,))
    checked = apply_contract(raw, "small", source.tables[0], where="x", this_year=2026, resolve=resolve)
    assert checked.frame.columns == ["code", "year", "value"]


def test_the_house_knows_its_own_places_and_says_none_for_the_others() -> None:
    assert known_places(["345", "345", "9999", "2"], [1970, 2010, 2010, 1990], "cow") == ["YUG", "SRB", None, "USA"]
