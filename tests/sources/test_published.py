from pathlib import Path

import polars as pl
import pytest

from tocsin.core.errors import FetchError, SourceError
from tocsin.core.settings import Settings
from tocsin.sources.catalogue import catalogue
from tocsin.sources.published import MONTHLY, MonthlyForecast, monthly_forecast

from .conftest import NOW


@pytest.fixture
def forecasts(mirror: Path, tmp_path: Path) -> dict[str, MonthlyForecast]:
    settings = Settings(home=tmp_path / "home", mirror=mirror)
    return {name: monthly_forecast(settings, name, now=NOW) for name in MONTHLY}


def test_both_have_one_shape_and_one_row_a_place_and_month(forecasts: dict[str, MonthlyForecast]) -> None:
    for one in forecasts.values():
        assert one.frame.schema == {
            "place": pl.String,
            "month": pl.Int32,
            "mean": pl.Float64,
            "low": pl.Float64,
            "high": pl.Float64,
        }
        assert not one.frame.select("place", "month").is_duplicated().any()
        assert one.frame["mean"].null_count() == 0


def test_each_says_what_it_is_of_and_they_are_not_of_the_same(forecasts: dict[str, MonthlyForecast]) -> None:
    one, other = forecasts.values()
    assert one.outcome == "deaths in state-based conflict"
    assert other.outcome == "deaths in all organised violence"
    assert one.definition != other.definition
    for said in forecasts.values():
        sheet = catalogue()[said.source]
        assert (said.vintage, said.licence, said.terms) == (sheet.vintage, sheet.licence, sheet.terms)
        assert said.horizon
        assert said.definition_source
        assert len(said.receipts) == len(sheet.tables)


def test_bounds_that_a_publisher_does_not_give_are_missing(forecasts: dict[str, MonthlyForecast]) -> None:
    frame = forecasts["views-fatalities002-2024-07"].frame
    assert frame["low"].null_count() == frame["high"].null_count() == frame.height == 6876


def test_numbers_below_zero_are_counted_and_stay(forecasts: dict[str, MonthlyForecast]) -> None:
    assert forecasts["pace-2026-06"].negative == 495 + 7
    assert forecasts["views-fatalities002-2024-07"].negative == 0


def test_where_the_files_are_not_here_it_is_said_what_to_run(settings: Settings) -> None:
    with pytest.raises(FetchError, match="tocsin pull"):
        monthly_forecast(settings, "pace-2026-06", now=NOW)


def test_another_source_is_no_monthly_forecast(settings: Settings) -> None:
    with pytest.raises(SourceError, match="pace-2026-06"):
        monthly_forecast(settings, "ewp-2025-panel", now=NOW)


def test_every_source_that_forecasts_says_of_what() -> None:
    for name in MONTHLY:
        words = catalogue()[name].forecast
        assert words is not None
        assert all(words.model_dump().values())
