"""The simple forecasts say what they are called."""

import numpy as np

from tests.forecast.fatalities.months import panel
from tocsin.forecast.fatalities.baselines import BASELINES, bootstrap240, history12, last_poisson, zero


def test_each_gives_draws_for_every_country_and_month():
    deaths = panel().deaths[[0, 4, 5]]
    for model in BASELINES.values():
        assert model(deaths, (3, 4)).shape[:2] == (3, 2)


def test_twelve_months_are_their_own_values_and_twenty_years_all_there_are():
    deaths = np.arange(300.0)[None]
    assert sorted(history12(deaths, (3,))[0, 0]) == list(range(288, 300))
    assert sorted(bootstrap240(deaths, (3,))[0, 0]) == list(range(60, 300))
    assert zero(deaths, (3,)).max() == 0
    assert abs(last_poisson(deaths, (3,)).mean() - 299) < 1


def test_a_short_history_is_repeated_and_what_is_not_covered_counts_for_nothing():
    deaths = np.full((1, 240), np.nan)
    deaths[0, -2:] = (4.0, 6.0)
    draws = bootstrap240(deaths, (1,))[0, 0]
    assert sorted(set(draws)) == [4.0, 6.0]
    assert np.count_nonzero(draws == 4) == np.count_nonzero(draws == 6)
