"""Windows: origins, months ahead, who is scored, and the published benchmark to the printed digits."""

import numpy as np
import pytest

from tests.forecast.fatalities.months import panel
from tocsin.core.errors import ScoreError
from tocsin.core.period import month_id
from tocsin.core.settings import Settings
from tocsin.desk.monthly import backtest_fatalities, months
from tocsin.forecast import draws
from tocsin.forecast.fatalities.backtest import AHEAD, METRICS, MODELS, by_phase, compared, score_window, walk
from tocsin.forecast.fatalities.baselines import history12
from tocsin.forecast.fatalities.procedure import fatalities_method

METHOD = fatalities_method()


def test_a_year_is_forecast_from_october_of_the_year_before():
    table = panel()
    found = score_window(table, 1996, METHOD)
    origin = month_id(1995, 10) - 121
    assert found.places == ("AFG", "ALB", "DZA", "AGO", "ETH", "SSD", "UKR", "SDN", "BEL")
    assert np.array_equal(found.observed[4], table.deaths[4, origin + 3 : origin + 15])
    assert np.array_equal(found.history[4], table.deaths[4, origin - 11 : origin + 1])
    ours = draws.crps(np.repeat(found.history[4][None], 12, 0), found.observed[4])
    assert found.scores["history12"]["crps"][4] == pytest.approx(ours)


def test_what_came_after_the_origin_moves_no_forecast():
    table = panel()
    late = table.deaths.copy()
    origin = month_id(1995, 10) - 121
    late[:, origin + 1 :] += 5
    one = score_window(table, 1996, METHOD)
    other = score_window(type(table)(table.places, table.country_ids, table.months, late, table.covered), 1996, METHOD)
    # The same forecasts, scored on other outcomes: the interval's width, which knows no outcome, is that of before.
    assert np.array_equal(one.history, other.history)
    inside = (one.scores["tocsin"]["coverage90"] == 1) & (other.scores["tocsin"]["coverage90"] == 1)
    assert inside.any()
    assert np.array_equal(one.scores["tocsin"]["mis90"][inside], other.scores["tocsin"]["mis90"][inside])


def test_a_country_that_is_not_covered_throughout_is_left_out_and_named():
    table = panel()
    deaths = table.deaths.copy()
    deaths[0, month_id(1996, 5) - 121] = np.nan
    holed = type(table)(table.places, table.country_ids, table.months, deaths, ~np.isnan(deaths))
    found = score_window(holed, 1996, METHOD)
    assert "AFG" not in found.places
    assert found.left_out == ("AFG",)


@pytest.mark.parametrize("year", [1990, 2000])
def test_a_year_that_the_panel_does_not_hold_is_refused(year):
    with pytest.raises(ScoreError, match="the panel holds months 121 to 240"):
        score_window(panel(), year, METHOD)


def test_a_year_that_is_lacking_is_refused_before_any_is_forecast():
    told = []
    with pytest.raises(ScoreError, match="1999 and 2000"):
        walk(panel(), [1996, 2000], METHOD, lambda *step: told.append(step))
    assert told == []


def test_windows_are_compared_over_countries_and_by_phase():
    windows = walk(panel(), (1995, 1996), METHOD)
    found = compared(windows, "crps", "history12", without=("ETH",))
    assert found.countries == 8
    assert found.rows == 2 * 8 * 12
    assert sum(one.rows for one in by_phase(windows, "crps", "history12").values()) == 2 * 9 * 12


def test_the_twelve_month_history_scores_as_published(mirror, tmp_path):
    """CRPS of the benchmark in the VIEWS prediction challenge, windows 2018-2021, as its authors print it."""
    table = months(Settings(home=tmp_path, mirror=mirror, offline=True)).panel
    for year, published in ((2018, 14.48), (2019, 9.15), (2020, 21.34), (2021, 76.85)):
        column = month_id(year - 1, 10) - 121
        observed = table.deaths[:, [column + ahead for ahead in AHEAD]]
        kept = ~np.isnan(observed).any(axis=1) & table.covered[:, column]
        forecasts = history12(table.deaths[kept, : column + 1], AHEAD)
        assert kept.sum() == 191
        found = draws.crps(forecasts.reshape(-1, 12), observed[kept].ravel()).mean()
        assert round(float(found), 2) == published


def test_a_file_with_the_same_columns_is_scored_alike(mirror, tmp_path):
    settings = Settings(home=tmp_path / "home", mirror=mirror, offline=True)
    (pulled,) = mirror.glob("raw.githubusercontent.com/prio-data/views_outreach/*/**/ged_cm.csv")
    copy = tmp_path / "panel.csv"
    copy.write_bytes(pulled.read_bytes())
    one, other = backtest_fatalities(settings, [2004]), backtest_fatalities(settings, [2004], copy)
    assert one["windows"] == other["windows"]
    assert list(one["windows"]["2004"]) == list(MODELS)
    assert list(one["windows"]["2004"]["tocsin"]) == list(METRICS)
    assert set(one["without"]) == {"ETH", "ETH+UKR"}
