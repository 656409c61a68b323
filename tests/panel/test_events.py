from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.panel.made_up_events import COVERS, checked, row, texts

from tocsin.core.errors import ContentError, ContractError, PeriodError
from tocsin.panel.events import NEEDED, SCHEMA, check_events, yearly_covers
from tocsin.sources.ged import COLUMNS, scan

BREAKS = [
    ({"latitude": "91"}, "out of range", "latitude"),
    ({"longitude": "-180.5"}, "out of range", "longitude"),
    ({"latitude": "north"}, "unreadable value", "latitude"),
    ({"latitude": "nan"}, "unreadable value", "latitude"),
    ({"longitude": None}, "missing value", "longitude"),
    ({"latitude": 0, "longitude": 0, "priogrid_gid": 129961}, "coordinates are zero", "latitude, longitude"),
    ({"priogrid_gid": 0}, "no such cell", "priogrid_gid"),
    ({"priogrid_gid": 259201}, "no such cell", "priogrid_gid"),
    ({"priogrid_gid": 1}, "cell away from the coordinates", "priogrid_gid, latitude, longitude"),
    ({"type_of_violence": 4}, "unknown type of violence", "type_of_violence"),
    ({"type_of_violence": 0}, "unknown type of violence", "type_of_violence"),
    ({"date_prec": 6}, "unknown date precision", "date_prec"),
    ({"low": -1}, "negative deaths", "low"),
    ({"best": -9}, "negative deaths", "best"),
    ({"high": -1}, "negative deaths", "high"),
    ({"high": 10**12}, "out of range", "high"),
    ({"low": 3}, "deaths out of order", "low, best, high"),
    ({"high": 1}, "deaths out of order", "low, best, high"),
    ({"best": "2.5"}, "unreadable value", "best"),
    ({"date_end": "2004-05-14"}, "end before start", "date_start, date_end"),
    ({"date_start": "2004-02-30"}, "unreadable value", "date_start"),
    ({"date_start": "15/05/2004"}, "unreadable value", "date_start"),
    ({"date_end": "2004-05-155"}, "unreadable value", "date_end"),
    ({"date_end": ""}, "missing value", "date_end"),
    ({"date_start": "2001-05-15", "year": 2003}, "lasts too long", "date_start, date_end"),
    ({"year": 2005}, "year outside the dates", "year, date_start, date_end"),
    (
        {"date_start": "1988-12-31", "date_end": "1989-01-01", "year": 1989},
        "outside the release",
        "date_start, date_end",
    ),
    (
        {"date_start": "2025-01-01", "date_end": "2025-01-01", "year": 2025},
        "outside the release",
        "date_start, date_end",
    ),
    ({"country_id": 9999}, "unknown country", "country_id, date_start, date_end"),
    ({"country_id": 10**15 + 625}, "unknown country", "country_id, date_start, date_end"),
    ({"country_id": 626}, "unknown country", "country_id, date_start, date_end"),  # South Sudan, seven years too early
    ({"id": "one"}, "unreadable value", "id"),
    ({"id": None}, "missing value", "id"),
]


@pytest.mark.parametrize(("values", "rule", "column"), BREAKS, ids=lambda v: str(v)[:40])
def test_a_row_that_breaks_a_rule_is_set_aside_with_its_reason_and_the_others_go_on(
    values: dict[str, object], rule: str, column: str
) -> None:
    events = checked(row(1), row(2, **values), row(3))
    assert events.frame["id"].to_list() == [1, 3]
    assert events.quarantine.quarantined == 1
    found = next(b for b in events.quarantine.breaches if (b.rule, b.column) == (rule, column))
    assert found.rows == 1
    assert found.sample[0][0] == 3  # the header is row 1
    held = events.quarantine.held.row(0, named=True)
    assert held["row"] == 3
    assert f"{rule} in {column}" in held["rules"]
    for name, text in values.items():
        assert held[name] == (None if text is None else str(text))


def test_a_good_event_comes_out_typed() -> None:
    events = checked(row(7, best="2.0", high="4e+00"))
    assert dict(events.frame.schema) == {name: dtype() for name, dtype in SCHEMA.items()}
    kept = events.frame.row(0, named=True)
    assert (kept["id"], kept["low"], kept["best"], kept["high"], kept["country"]) == (7, 1, 2, 4, 625)
    assert str(kept["start"]) == str(kept["end"]) == "2004-05-15"
    assert events.quarantine.breaches == ()
    assert events.quarantine.held.is_empty()


@pytest.mark.parametrize("written", ["2004-05-15", "2004-05-15 00:00:00.000", "2004-05-15T00:00:00"])
def test_a_date_may_have_a_time_of_day(written: str) -> None:
    assert checked(row(date_start=written)).quarantine.quarantined == 0


def test_a_typed_table_gives_what_its_texts_give() -> None:
    typed = pl.DataFrame([row(1), row(2, best=-1), row(3)])
    assert check_events(typed, covers=COVERS).frame.equals(checked(row(1), row(2, best=-1), row(3)).frame)


def test_of_rows_that_are_the_same_the_first_stays_and_of_rows_that_differ_none() -> None:
    events = checked(row(1), row(1), row(2), row(2, best=3), row(3))
    assert events.frame["id"].to_list() == [1, 3]
    assert {(b.rule, b.rows) for b in events.quarantine.breaches} == {("repeated row", 1), ("duplicate key", 2)}


def test_deaths_out_of_order_may_be_kept_and_are_still_told() -> None:
    events = checked(row(1, high=1), row(2, best=-1), keep_unordered=True)
    assert events.frame.select("id", "low", "best", "high").rows() == [(1, 1, 2, 1)]
    assert events.quarantine.warnings == (
        "2 rows have deaths that are not in the order low, best, high; they are kept.",
    )


def test_a_row_that_breaks_two_rules_counts_once_among_the_rows() -> None:
    events = checked(row(1), row(2, latitude=95, best=-1, low=-1))
    assert events.quarantine.rows == 2
    assert events.quarantine.good == 1
    assert (
        events.quarantine.held["rules"][0]
        == "out of range in latitude; negative deaths in low; negative deaths in best"
    )


@pytest.mark.parametrize("name", NEEDED)
def test_a_lacking_column_is_named(name: str) -> None:
    with pytest.raises(ContractError, match=f"the column '{name}' is lacking"):
        check_events(texts(row()).drop(name), covers=COVERS, where="ged.csv")


def test_a_renamed_column_is_suspected_and_a_new_one_is_told() -> None:
    with pytest.raises(ContractError, match="renamed to 'date_begin'"):
        check_events(texts(row()).rename({"date_end": "date_begin"}), covers=COVERS)
    told = check_events(texts(row()).with_columns(mood=pl.lit("x")), covers=COVERS).quarantine.warnings
    assert told == ("The column 'mood' is new to us and was not read.",)


def test_a_table_in_which_nothing_passes_is_refused_with_the_first_reason() -> None:
    with pytest.raises(ContractError, match="none of 2 rows keeps the rules; first of all unknown type"):
        checked(row(1, type_of_violence=9), row(2, type_of_violence=9))
    with pytest.raises(ContractError, match="no row"):
        check_events(texts(row()).clear(), covers=COVERS)


@pytest.mark.parametrize("covers", [(540, 109), (0, 540), (100, 540), (109, 9999)])
def test_months_that_are_no_span_are_refused(covers: tuple[int, int]) -> None:
    with pytest.raises(PeriodError):
        checked(row(), covers=covers)


def test_a_yearly_release_covers_the_years_before_it() -> None:
    assert yearly_covers("21.1") == (109, 492)
    with pytest.raises(PeriodError, match="not a yearly release"):
        yearly_covers("26.0.7")


def csv(path: Path, *rows: dict[str, object]) -> Path:
    """A file with all 49 columns; texts with quotes, commas and a line break."""
    filled = {name: pl.lit('he said "no",\nthen left') for name in COLUMNS if name not in NEEDED}
    texts(*rows).with_columns(**filled).select(COLUMNS).write_csv(path)
    return path


def test_a_file_with_line_breaks_in_its_texts_is_read_and_only_the_broken_row_set_aside(tmp_path: Path) -> None:
    path = csv(tmp_path / "ged.csv", row(1), row(2, latitude="?"), row(3))
    events = check_events(scan(path), covers=COVERS, where=str(path))
    assert events.frame["id"].to_list() == [1, 3]
    assert events.quarantine.breaches[0].sample == ((3, "?"),)


def test_a_line_that_breaks_off_and_one_with_a_field_too_many_are_set_aside(tmp_path: Path) -> None:
    path = csv(tmp_path / "ged.csv", row(1), row(2))
    lines = path.read_text().replace('"he said ""no"",\nthen left"', "x").splitlines()
    longer = lines[1].replace("1,x", "9,too,many", 1)
    path.write_text("\n".join([*lines, longer, lines[2].rsplit(",", 6)[0].replace("2,", "4,", 1)]) + "\n")
    events = check_events(scan(path), covers=COVERS)
    assert events.frame["id"].to_list() == [1, 2]
    assert events.quarantine.held["row"].to_list() == [4, 5]


@pytest.mark.parametrize("content", [b"", b"<html><body>Service unavailable</body></html>\n"])
def test_what_is_no_table_of_events_is_an_error_that_says_so(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "ged.csv"
    path.write_bytes(content)
    with pytest.raises((ContentError, ContractError)) as caught:
        check_events(scan(path), covers=COVERS, where=str(path))
    assert str(path) in str(caught.value)
    assert caught.value.remedy


def test_a_file_that_is_not_there_is_an_error_that_says_so(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="cannot be read"):
        check_events(scan(tmp_path / "none.csv"), covers=COVERS)


ODD = st.sampled_from(["", "x", "-1", "0", "1", "3", "625", "9e99", "nan", "inf", "2004-05-15", "1e3", "²", " 5"])


@settings(deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from(NEEDED), ODD, max_size=4), max_size=8))
def test_whatever_is_in_a_row_it_is_kept_or_held_and_never_lost(changes: list[dict[str, str]]) -> None:
    rows = [row(5)] + [row(at + 1001, **change) for at, change in enumerate(changes)]
    events = checked(*rows)
    assert events.frame.height + events.quarantine.held.height == len(rows) == events.quarantine.rows
    assert sum(b.rows for b in events.quarantine.breaches) >= events.quarantine.quarantined
    kept = events.frame
    assert kept.null_count().sum_horizontal().sum() == 0
    assert kept.filter((pl.col("low") > pl.col("best")) | (pl.col("best") > pl.col("high"))).is_empty()
