import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.core.errors import SignalError
from tocsin.horizon.alarm_rate import AlarmRule, candidates, fixed, raised, rate, rolling, worsened

SMALL = AlarmRule(per_year=4.0, quiet=2, ahead=3, before=4, memory=48, least=24, aim=1.0)


def world(seed, places=12, months=96):
    draw = np.random.default_rng(seed)
    deaths = draw.negative_binomial(0.3, 0.03, (places, months)).astype(float)
    deaths[: places // 2, months // 2 :] *= 6
    scores = np.log1p(deaths) + draw.normal(0, 0.5, deaths.shape)
    return scores, deaths


def test_an_alarm_is_right_if_the_months_that_follow_are_above_twice_those_before():
    x = np.array([[2.0, 2, 2, 2, 5, 5, 5, 0, 0, 0]])
    assert worsened(x, SMALL)[0].tolist()[3] == 1.0
    assert worsened(x, SMALL)[0].tolist()[4] == 0.0
    assert np.isnan(worsened(x, SMALL)[0, 7:]).all()


def test_from_no_deaths_to_two_a_month_is_no_rise_and_to_three_is():
    assert worsened(np.array([[0.0] * 4 + [2.0] * 3]), SMALL)[0, 3] == 0.0
    assert worsened(np.array([[0.0] * 4 + [3.0] * 3]), SMALL)[0, 3] == 1.0


def test_what_is_not_covered_makes_an_outcome_unknown_and_not_quiet():
    x = np.array([[np.nan] * 4 + [1.0] + [np.nan] * 3 + [1.0] * 4])
    found = worsened(x, SMALL)[0]
    assert np.isnan(found[:5]).all()
    assert found[8] == 0.0


def test_an_alarm_is_followed_by_quiet():
    scores = np.array([[0.0, 9, 9, 9, 9, 9, 0, 9]])
    assert np.flatnonzero(raised(scores, 5.0, SMALL)[0]).tolist() == [1, 4, 7]


def test_a_score_that_is_not_known_raises_nothing():
    assert not raised(np.full((2, 5), np.nan), -9.0, SMALL).any()


@settings(deadline=None, max_examples=12)
@given(st.integers(0, 10_000))
def test_the_fixed_threshold_keeps_to_the_rate_where_it_was_found_and_a_lower_one_does_not(seed):
    scores, deaths = world(seed)
    grid = candidates(scores)
    found = fixed(scores, deaths, SMALL, grid)
    bad = worsened(deaths, SMALL) == 0
    months = 96 - SMALL.ahead

    def false(threshold):
        return (raised(scores, threshold, SMALL) & bad).sum() * 12 / months

    assert false(found) <= SMALL.per_year
    below = grid[grid < found]
    if below.size:
        assert false(below[-1]) + 12 / months > SMALL.per_year


@settings(deadline=None, max_examples=8)
@given(st.integers(0, 10_000), st.integers(40, 95))
def test_what_comes_later_does_not_move_an_earlier_threshold(seed, now):
    scores, deaths = world(seed)
    grid = candidates(scores[:, :30])
    whole = rolling(scores, deaths, SMALL, grid)
    other_scores, other = world(seed + 1)
    scores[:, now + 1 :], deaths[:, now + 1 :] = other_scores[:, now + 1 :], other[:, now + 1 :]
    np.testing.assert_array_equal(rolling(scores, deaths, SMALL, grid)[: now + 1], whole[: now + 1])
    np.testing.assert_array_equal(rolling(scores[:, : now + 1], deaths[:, : now + 1], SMALL, grid), whole[: now + 1])


def test_no_alarm_is_raised_before_enough_outcomes_are_known():
    scores, deaths = world(1)
    found = rolling(scores, deaths, SMALL, candidates(scores))
    assert np.isinf(found[: SMALL.least + SMALL.ahead - 1]).all()
    assert np.isfinite(found[-1])


def test_the_rolling_threshold_rises_in_a_world_that_becomes_noisier_and_the_fixed_one_breaks_its_word():
    draw = np.random.default_rng(4)
    deaths = np.ones((40, 240))  # nothing ever worsens: every alarm is false
    scores = draw.normal(0, 1, deaths.shape)
    scores[:, 120:] += 1.0
    rule = AlarmRule(per_year=5.0, memory=60)
    one = fixed(scores[:, :120], deaths[:, :120], rule)
    moved = rolling(scores, deaths, rule, candidates(scores))
    late = slice(180, 234)
    years = 54 / 12
    assert raised(scores, one, rule)[:, late].sum() / years > 2 * rule.per_year
    assert raised(scores, moved, rule)[:, late].sum() / years < 1.5 * rule.per_year
    assert moved[-1] > one


def test_the_interval_of_a_rate_is_garwoods():
    found = rate(0, 12)
    assert (found.value, found.low) == (0.0, 0.0)
    assert found.high == pytest.approx(-np.log(0.05))
    with pytest.raises(SignalError, match="at least one month"):
        rate(1, 0)


def test_tables_that_do_not_fit_are_refused():
    with pytest.raises(SignalError, match="same places"):
        fixed(np.zeros((2, 20)), np.zeros((3, 20)), SMALL)
    with pytest.raises(SignalError, match="known outcome"):
        fixed(np.zeros((2, 3)), np.zeros((2, 3)), SMALL)
    with pytest.raises(SignalError, match="dimensions"):
        raised(np.zeros(3), 0.0, SMALL)
