import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.horizon.test_alarm_rate import SMALL, world
from tocsin.core.errors import SignalError
from tocsin.horizon.alarm_rate import raised, rolling
from tocsin.horizon.signals import Watch, signals_as_of
from tocsin.horizon.watching import RISE_GRID, SURPRISE_GRID, rise_scores, watch


@settings(deadline=None, max_examples=8)
@given(st.integers(0, 10_000), st.integers(30, 94))
def test_what_comes_later_does_not_change_where_an_alarm_was_raised(seed, month):
    scores, deaths = world(seed)
    then = watch(scores[:, : month + 1], deaths[:, : month + 1], month, SURPRISE_GRID, SMALL)
    now = watch(scores, deaths, month, SURPRISE_GRID, SMALL)
    assert now.threshold == then.threshold
    np.testing.assert_array_equal(now.alarms, then.alarms)
    np.testing.assert_array_equal(now.since, then.since)


def test_month_by_month_the_alarms_are_those_of_the_whole_record():
    scores, deaths = world(3)
    whole = raised(scores, rolling(scores, deaths, SMALL, SURPRISE_GRID), SMALL)
    for month in range(60, 96, 5):
        found = watch(scores, deaths, month, SURPRISE_GRID, SMALL)
        np.testing.assert_array_equal(found.alarms, whole[:, month])
        for place, since in enumerate(found.since):
            before = np.flatnonzero(whole[place, : month + 1])
            assert since == (before[-1] if before.size else -1)
    assert whole.any()


def test_one_place_says_the_same_as_all_of_them_together():
    deaths = world(5, places=3, months=72)[1]
    scores = rise_scores(deaths)
    limits = rolling(scores, deaths, SMALL, RISE_GRID)
    for month in (50, 60, 71):
        found = watch(scores, deaths, month, RISE_GRID, SMALL)
        for place in range(3):
            alone = signals_as_of(deaths[place], month, Watch(rise=limits, alarms=SMALL))
            assert alone.rise_alarm == found.alarms[place]


def test_nothing_is_said_of_a_place_that_is_not_covered():
    scores, deaths = world(1)
    scores[0], deaths[0] = np.nan, np.nan
    found = watch(scores, deaths, 95, SURPRISE_GRID, SMALL)
    assert np.isnan(found.scores[0])
    assert not found.alarms[0]
    assert found.since[0] == -1


def test_tables_out_of_step_are_refused():
    scores, deaths = world(1)
    with pytest.raises(SignalError, match="no common month"):
        watch(scores[:, 1:], deaths, 5, RISE_GRID)
    with pytest.raises(SignalError, match="no common month 96"):
        watch(scores, deaths, 96, RISE_GRID)
    with pytest.raises(SignalError, match="dimensions"):
        rise_scores(np.zeros(3))
