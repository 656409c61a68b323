import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.core.errors import SignalError
from tocsin.horizon.departures import from_draws
from tocsin.horizon.rises import log_odds, rises
from tocsin.horizon.signals import Watch, signals_as_of

deaths = st.lists(st.sampled_from([0.0, 0.0, 0.0, 2.0, 30.0, 800.0, np.nan]), min_size=4, max_size=40)
WATCH = Watch(rise=-1.0, surprise=1.0)


def forecast(x):
    return from_draws(x, np.random.default_rng(0).negative_binomial(0.3, 0.05, (len(x), 50)).astype(float))


@settings(deadline=None, max_examples=60)
@given(deaths, deaths, st.data())
def test_what_comes_later_does_not_change_an_earlier_verdict(past, later, data):
    month = data.draw(st.integers(0, len(past) - 1))
    known, whole = np.array(past[: month + 1]), np.array(past + later)
    assert signals_as_of(whole, month, WATCH, forecast(whole)) == signals_as_of(known, month, WATCH, forecast(known))


@settings(deadline=None, max_examples=40)
@given(deaths)
def test_each_month_of_a_whole_series_has_the_rise_that_it_had_then(x):
    whole = rises(x)
    for t in range(len(x)):
        assert rises(x[: t + 1])[-1] == pytest.approx(whole[t], abs=1e-12, nan_ok=True)


def test_a_fall_is_no_rise():
    x = [300, 200, 400, 350, 280, 310, 260, 330, 290, 310, 270, 340] * 2 + [0, 0, 1]
    assert rises(x)[-1] < 0.05


def test_a_rise_is_noticed_in_its_first_months_and_is_no_news_after_them():
    found = rises([1, 0, 0, 2, 0, 1, 0, 0, 0, 1, 0, 0] * 4 + [50, 70, 90, 60, 80, 50, 60, 75, 60])
    assert found[47] < 0.05
    assert found[48:51].min() > 0.3
    assert found[51:].max() < 0.1


def test_a_month_not_covered_says_nothing():
    found = signals_as_of([1.0, 2.0, np.nan], 2, WATCH)
    assert (found.covered, found.rise, found.rise_alarm, found.side) == (False, None, False, "unknown")


def test_a_rise_alarm_is_not_repeated_while_it_is_fresh():
    x = np.array([0] * 24 + [50, 70, 90, 60.0])
    told = [signals_as_of(x, month, WATCH).rise_alarm for month in range(22, 28)]
    assert sum(told) == 1


def test_a_threshold_for_each_month_is_that_months():
    x = np.array([0] * 24 + [50, 70.0])
    limits = np.full(26, np.inf)
    assert not signals_as_of(x, 25, Watch(rise=limits)).rise_alarm
    limits[25] = -1.0
    assert signals_as_of(x, 25, Watch(rise=limits)).rise_alarm
    with pytest.raises(SignalError, match="thresholds"):
        signals_as_of(x, 25, Watch(rise=limits[:-1]))


def test_departures_of_another_series_are_refused():
    x = np.array([0.0, 1, 2])
    with pytest.raises(SignalError, match="not those of this series"):
        signals_as_of(x, 2, WATCH, forecast(x + 1))
    with pytest.raises(SignalError, match="month 3"):
        signals_as_of(x, 3, WATCH)


def test_log_odds_keep_what_is_not_known():
    assert np.isnan(log_odds(np.array([np.nan]))[0])
    assert log_odds(np.array([0.5]))[0] == pytest.approx(0.0)
