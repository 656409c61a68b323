import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.errors import PeriodError
from tocsin.core.period import FIRST_YEAR, LAST_YEAR, Window, month_id, year, year_and_month, years_range


@pytest.mark.parametrize("value", [1945, 2100, "1960", " 2024 "])
def test_a_year_in_range_is_taken(value: int | str) -> None:
    assert year(value) == int(value)


@pytest.mark.parametrize("value", [1944, 2101, 0, -5, "", "20x4", "2024.0", "٢٠٢٤", "²024"])
def test_anything_else_is_an_error_with_a_remedy(value: int | str) -> None:
    with pytest.raises(PeriodError) as caught:
        year(value)
    assert caught.value.remedy


def test_a_window_says_which_years_it_holds() -> None:
    window = Window(2025, years=2)
    assert (window.label, window.last_year) == ("2025-2026", 2026)
    assert [y for y in range(2020, 2030) if y in window] == [2025, 2026]


@pytest.mark.parametrize(("first", "years"), [(2025, 0), (2025, -1), (1900, 2), (2100, 2)])
def test_a_window_outside_the_years_or_empty_is_an_error(first: int, years: int) -> None:
    with pytest.raises(PeriodError):
        Window(first, years)


def test_a_range_holds_both_ends() -> None:
    assert list(years_range("1991:1993")) == [1991, 1992, 1993]
    assert list(years_range(" 1991 : 1991 ")) == [1991]
    assert list(years_range("2024")) == [2024]


@pytest.mark.parametrize(
    "text", ["", ":", "1991:", ":2021", "1991-2021", "1991:2021:2", "x:y", "2021:1991", "1900:2000"]
)
def test_a_malformed_range_is_an_error_with_a_remedy(text: str) -> None:
    with pytest.raises(PeriodError) as caught:
        years_range(text)
    assert caught.value.remedy


@given(st.integers(FIRST_YEAR, LAST_YEAR), st.integers(FIRST_YEAR, LAST_YEAR))
def test_a_written_range_reads_back(a: int, b: int) -> None:
    first, last = min(a, b), max(a, b)
    assert years_range(f"{first}:{last}") == range(first, last + 1)


@given(st.integers(1980, LAST_YEAR), st.integers(1, 12))
def test_month_numbers_round_trip_and_follow_each_other(year_: int, month: int) -> None:
    number = month_id(year_, month)
    assert year_and_month(number) == (year_, month)
    if number > 1:
        assert year_and_month(number - 1) < (year_, month)


@pytest.mark.parametrize(("year_", "month"), [(1990, 0), (1990, 13), (1979, 12), (2101, 1)])
def test_months_without_a_number_are_errors(year_: int, month: int) -> None:
    with pytest.raises(PeriodError):
        month_id(year_, month)


@pytest.mark.parametrize("number", [0, -3, 12 * 200])
def test_numbers_without_a_month_are_errors(number: int) -> None:
    with pytest.raises(PeriodError):
        year_and_month(number)


def test_views_files_number_their_months_so(mirror: Path) -> None:
    files = list(mirror.glob("raw.githubusercontent.com/prio-data/**/PRIO_Watchlists/data/*.csv"))
    if not files:
        pytest.skip("the mirror has no VIEWS files")
    for path in files:
        with path.open(encoding="utf-8", newline="") as file:
            table = {(row["month_id"], row["year"], row["month"]) for row in csv.DictReader(file)}
        assert table
        assert all(year_and_month(int(number)) == (int(y), int(m)) for number, y, m in table)
