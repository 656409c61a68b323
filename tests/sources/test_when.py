import calendar

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.core.period import month_id, year_and_month
from tocsin.sources.catalogue import Dated, Table
from tocsin.sources.contract import apply_contract
from tocsin.sources.quarantine import Checked
from tocsin.sources.reading import RawTable
from tocsin.sources.when import month_numbers

TABLE = Table.model_validate(
    {
        "id": "events",
        "title": "Events",
        "url": "https://data.example.org/events.csv",
        "format": "csv",
        "key": ["id"],
        "rows": [1, 1000],
        "quarantine_limit": 1.0,
        "dates": [{"name": "when", "year": "y", "month": "m", "day": "d"}],
        "month": {"number": "n", "year": "y", "month": "m"},
        "columns": [
            {"name": "id", "dtype": "text"},
            {"name": "n", "dtype": "whole", "missing": True},
            {"name": "y", "dtype": "whole", "missing": True},
            {"name": "m", "dtype": "whole", "missing": True},
            {"name": "d", "dtype": "whole", "missing": True},
            {"name": "word", "dtype": "text", "missing": True, "required": False, "among": ["yes", "no"]},
        ],
    }
)


def check(*rows: tuple[str, str, str, str], table: Table = TABLE, **more: str) -> Checked:
    frame = pl.DataFrame(
        [{"id": str(i), "n": n, "y": y, "m": m, "d": d, **more} for i, (n, y, m, d) in enumerate(rows)]
    )
    raw = RawTable(frame, tuple(range(2, 2 + len(rows))))
    return apply_contract(raw, "small", table, where="events.csv", this_year=2026, resolve=lambda *_: [])


@pytest.mark.parametrize(
    ("row", "when"),
    [
        (("", "1988", "4", "6"), "1988-04-06"),
        (("", "2000", "2", "29"), "2000-02-29"),
        (("", "1987", "11", ""), "1987-11"),
        (("", "1987", "", ""), "1987"),
        (("", "", "", ""), None),
    ],
)
def test_a_date_is_as_precise_as_the_row(row: tuple[str, str, str, str], when: str | None) -> None:
    assert check(row).frame["when"].to_list() == [when]


@pytest.mark.parametrize(
    "row",
    [
        ("", "1900", "2", "29"),
        ("", "2025", "11", "31"),
        ("", "1990", "13", ""),
        ("", "1990", "0", "1"),
        ("", "1990", "", "7"),
        ("", "", "5", ""),
        ("", "", "5", "7"),
    ],
)
def test_a_date_that_there_is_not_is_set_aside(row: tuple[str, str, str, str]) -> None:
    checked = check(("", "1988", "4", "6"), row)
    assert [(breach.rule, breach.rows) for breach in checked.quarantine.breaches] == [("impossible date", 1)]
    assert checked.frame["when"].to_list() == ["1988-04-06"]


@settings(deadline=None)
@given(year=st.integers(1900, 2100), month=st.integers(1, 12), day=st.integers(1, 31))
def test_a_day_is_read_exactly_if_the_calendar_has_it(year: int, month: int, day: int) -> None:
    table = TABLE.model_copy(update={"month": None})
    there = day <= calendar.monthrange(year, month)[1]
    assert check(("", str(year), str(month), str(day)), table=table).frame.height == there


def test_a_month_that_is_said_twice_must_be_the_same() -> None:
    checked = check(("121", "1990", "1", ""), ("121", "1990", "2", ""), ("", "1990", "2", ""))
    assert [(breach.rule, breach.sample) for breach in checked.quarantine.breaches] == [
        ("months disagree", ((3, "121 is not 1990-2"),))
    ]


@settings(deadline=None)
@given(number=st.integers(1, 1452))
def test_written_months_have_the_number_that_views_gives_them(number: int) -> None:
    year, month = year_and_month(number)
    assert month_numbers(pl.Series("date", [f"{year}-{month:02d}"])).to_list() == [number] == [month_id(year, month)]


@pytest.mark.parametrize("text", ["2026-13", "2026-0", "2026-6", "2026-06-01", "06-2026", "June 2026", " ", None])
def test_what_is_no_month_has_no_number(text: str | None) -> None:
    assert month_numbers(pl.Series("date", [text], dtype=pl.String)).to_list() == [None]


def test_a_word_that_is_not_among_those_known_is_set_aside_and_a_blank_is_not() -> None:
    row = ("121", "1990", "1", "")
    assert check(row, word="yes").frame.height == check(row, word="").frame.height == 1
    (breach,) = check(row, word="maybe").quarantine.breaches
    assert (breach.rule, breach.column, breach.sample) == ("unknown word", "word", ((2, "maybe"),))


def test_a_date_may_have_no_day_at_all() -> None:
    table = TABLE.model_copy(update={"dates": (Dated(name="end", year="y", month="m"),)})
    assert check(("", "1953", "1", "31"), table=table).frame["end"].to_list() == ["1953-01"]
