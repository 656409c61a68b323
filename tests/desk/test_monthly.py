import csv
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tocsin.core.errors import SourceError
from tocsin.core.settings import Settings
from tocsin.desk.monthly import backtest_fatalities, months
from tocsin.forecast.fatalities.backtest import MODELS
from tocsin.interfaces.cli import app

COLUMNS = ("country_id", "month_id", "country", "year", "month", "ucdp_ged_sb_best_sum")


def a_panel(folder: Path, deaths: dict[tuple[int, str], float], last: int = 492) -> Path:
    """Months 253 to ``last`` (2001 to 2020) of countries that have as many deaths in every third month."""
    path = folder / "panel.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for (id, name), number in deaths.items():
            for month in range(253, last + 1):
                year, left = divmod(month - 1, 12)
                writer.writerow((id, month, name, 1980 + year, left + 1, number if month % 3 == 0 else 0.0))
    return path


@pytest.fixture
def settings(tmp_path):
    return Settings(home=tmp_path, offline=True)


@pytest.mark.parametrize(("deaths", "left"), [({(57, "Ethiopia"): 40.0}, 0), ({(3, "Suriname"): 0.0}, 1)])
def test_a_panel_of_one_country_is_scored_and_what_nothing_is_left_of_is_null(tmp_path, settings, deaths, left):
    found = backtest_fatalities(settings, [2020], a_panel(tmp_path, deaths))
    assert "NaN" not in json.dumps(found)
    assert set(found["windows"]["2020"]) == set(MODELS)
    without = {score for one in found["without"]["ETH"]["2020"].values() for score in one.values()}
    assert (None in without, "ETH" in found["comparisons"]) == (not left, bool(left))


def test_a_country_without_deaths_is_told_in_sentences(tmp_path, monkeypatch):
    monkeypatch.setenv("TOCSIN_HOME", str(tmp_path))
    panel = a_panel(tmp_path, {(3, "Suriname"): 0.0})
    ran = CliRunner().invoke(app, ["backtest", "fatalities", "--panel", str(panel), "--windows", "2020:2020"])
    assert ran.exit_code == 0, ran.output
    assert "no ratio, because history12 has a score of 0" in ran.output
    assert "one country tells no interval" in ran.output
    assert "distinguishable" not in ran.output


def test_a_month_that_no_row_is_of_is_told(tmp_path, settings):
    path = a_panel(tmp_path, {(57, "Ethiopia"): 4.0, (3, "Suriname"): 0.0})
    path.write_text("".join(line for line in path.read_text().splitlines(keepends=True) if ",400," not in line))
    found = months(settings, path)
    assert found.notes[-1].startswith("1 month is covered for no country, the first 2013-04")
    whole = months(settings, a_panel(tmp_path, {(3, "Suriname"): 0.0}))
    assert not any("for no country" in note for note in whole.notes)


@pytest.mark.parametrize(
    "content", [b"", b"a,b\n1,2\n", b"\xff\xfea", "Guya\xf1a".encode("latin-1"), b"country_id;month_id\n1;2\n"]
)
def test_what_is_no_panel_is_refused_with_what_one_is_like(tmp_path, settings, content):
    path = tmp_path / "panel.csv"
    path.write_bytes(content)
    with pytest.raises(SourceError) as refused:
        months(settings, path)
    assert "columns of ged_cm.csv" in refused.value.remedy
