"""The pool: whole counts, weights that sum to one, no look ahead, nothing for countries that are not there."""

from dataclasses import replace

import numpy as np
import pytest

from tests.forecast.fatalities.months import panel
from tocsin.core.errors import FitError, ForecastError
from tocsin.forecast.fatalities.predict import LONGEST, Pool, forecast
from tocsin.forecast.fatalities.procedure import fatalities_method

METHOD = fatalities_method()


def test_the_weights_of_the_method_sum_to_one():
    assert sum(member.weight for member in METHOD.members) == pytest.approx(1)


def test_a_pool_is_whole_counts_with_weights_that_sum_to_one():
    pool = forecast(panel().deaths, (1, 3, 14, 36), METHOD)
    assert pool.draws.shape[:2] == (9, 4)
    assert pool.weights.sum() == pytest.approx(1)
    assert np.all(pool.draws >= 0)
    assert np.all(pool.draws == np.rint(pool.draws))
    assert 6 not in pool.rows, "a state that has ended has no forecast"


def test_a_country_without_deaths_anywhere_near_it_is_forecast_none_and_one_at_war_many():
    pool = forecast(panel().deaths, (6,), METHOD)
    means = dict(zip(pool.rows.tolist(), pool.mean[:, 0], strict=True))
    assert means[0] < 5 < 100 < means[4]
    assert pool.above(1)[list(pool.rows).index(4), 0] > 0.6


def test_a_forecast_reads_no_later_month():
    whole = panel(months=120).deaths
    changed = whole.copy()
    changed[:, 100:] = 999
    one, other = (forecast(deaths[:, :100], (3, 9), METHOD) for deaths in (whole, changed))
    assert np.array_equal(one.draws, other.draws)


def test_the_same_data_give_the_same_forecast():
    one, other = (forecast(panel().deaths, (3, 9), METHOD) for _ in range(2))
    assert np.array_equal(one.draws, other.draws)


def test_quantiles_are_those_of_the_weighted_draws():
    pool = Pool(np.array([[[0.0, 10.0, 5.0]]]), np.array([0.5, 0.2, 0.3]), np.array([0]), (1,))
    assert pool.quantiles((0.05, 0.5, 0.51, 0.8, 0.81, 1))[0, 0].tolist() == [0, 0, 5, 5, 10, 10]
    assert pool.above(5)[0, 0] == pytest.approx(0.5)
    assert pool.mean[0, 0] == pytest.approx(3.5)


@pytest.mark.parametrize("ahead", [(), (0,), (LONGEST + 1,)])
def test_months_beyond_the_reach_are_refused(ahead):
    with pytest.raises(ForecastError, match="months ahead"):
        forecast(panel().deaths, ahead, METHOD)


def test_a_panel_without_enough_history_is_refused():
    with pytest.raises(ForecastError, match="history"):
        forecast(panel(months=6).deaths, (1,), METHOD)
    with pytest.raises(FitError, match="too few to learn what follows 36 months ahead"):
        forecast(panel(months=30).deaths, (36,), METHOD)


def test_a_forecast_does_not_depend_on_which_others_are_asked_for():
    deaths = panel().deaths
    alone, among = forecast(deaths, (12,), METHOD), forecast(deaths, (1, 12, 36), METHOD)
    assert np.array_equal(alone.draws[:, 0], among.draws[:, 1])


def test_a_member_without_noise_is_the_history_itself():
    member = replace(METHOD.members[0], weight=1.0, noise=0.0, half_life=1e9)
    pool = forecast(np.full((1, 40), 7.0), (5,), replace(METHOD, members=(member,)))
    assert set(pool.draws.ravel()) == {7.0}
