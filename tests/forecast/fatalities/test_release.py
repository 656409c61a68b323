"""The monthly release: what is written is read again, and what does not belong together is refused."""

import pytest

from tests.forecast.fatalities.months import panel
from tocsin.core.errors import ReleaseError
from tocsin.forecast.fatalities.procedure import fatalities_method
from tocsin.forecast.fatalities.release import MonthlyRelease, forecast_table, read_monthly, write_monthly

METHOD = fatalities_method()


def made():
    table, without = forecast_table(panel(), METHOD)
    release = MonthlyRelease(
        method_version=METHOD.version,
        outcome="Deaths.",
        origin=240,
        vintage="made up",
        licence="CC0",
        citation="Nobody.",
        not_forecast=without,
        scores={},
    )
    return release, table


def test_a_table_has_a_row_a_country_and_month_ahead_and_says_who_has_none():
    _, table = made()
    assert table.height == 9 * 36
    assert table.filter((table["place"] == "ETH") & (table["ahead"] == 1))["q50"][0] > 100
    assert (table["p1"] >= table["p25"]).all()
    assert (table["q05"] <= table["q95"]).all()


def test_what_is_written_is_read_again(tmp_path):
    release, table = made()
    write_monthly(tmp_path, release, table)
    read, again = read_monthly(tmp_path)
    assert read == release.model_copy(update={"table_sha256": read.table_sha256})
    assert again.equals(table)


def test_files_that_do_not_belong_together_are_refused(tmp_path):
    write_monthly(tmp_path, *made())
    (tmp_path / "months.csv").write_text((tmp_path / "months.csv").read_text().replace("ETH", "SDN"))
    with pytest.raises(ReleaseError, match=r"months.csv is not the one"):
        read_monthly(tmp_path)


def test_a_folder_without_one_says_what_to_run(tmp_path):
    with pytest.raises(ReleaseError, match="tocsin release months"):
        read_monthly(tmp_path)
