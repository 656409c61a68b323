from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from tocsin.core.errors import PanelError
from tocsin.horizon.replay import COVERAGE, as_known, deaths_outcome, one_vintage, rate, replay, share
from tocsin.horizon.rules import State, Threshold

OVER = Threshold("deaths", 25, 10)


FIRST = 121
"""January 1990."""


def run(values, outcome_values=None, at_least=100, within=3, lag=0, months=None):
    series = dict(enumerate(values, FIRST))
    outcome = deaths_outcome(dict(enumerate(outcome_values or values, FIRST)), at_least, within)
    last = FIRST + (len(values) if months is None else months) - 1
    return replay([OVER], 1, one_vintage([series]), outcome, FIRST, last, lag=lag)


def raised(found):
    return [one.raised - FIRST + 1 for one in found.alarms]


@pytest.mark.parametrize("count", [0, 1, 3, 17])
def test_the_interval_of_a_rate_is_garwoods(count):
    found = rate(count, 8.0)
    tail = (1 - COVERAGE) / 2
    low = stats.chi2.ppf(tail, 2 * count) / 2 if count else 0.0
    assert found.low == pytest.approx(low / 8)
    assert found.high == pytest.approx(stats.chi2.ppf(1 - tail, 2 * count + 2) / 2 / 8)
    # What it means: at its ends, so few or so many alarms have just the chance of a tail.
    assert stats.poisson.cdf(count, found.high * 8) == pytest.approx(tail)
    if count:
        assert stats.poisson.sf(count - 1, found.low * 8) == pytest.approx(tail)


@pytest.mark.parametrize(("hits", "cases"), [(0, 4), (3, 4), (4, 4), (7, 31)])
def test_the_interval_of_a_share_is_clopper_and_pearsons(hits, cases):
    exact = stats.binomtest(hits, cases).proportion_ci(COVERAGE, method="exact")
    found = share(hits, cases)
    assert (found.low, found.high) == pytest.approx((exact.low, exact.high))


def test_nothing_is_made_of_no_time_and_no_case():
    assert (rate(0, 0.0), share(0, 0)) == (None, None)


def test_alarms_are_counted_with_what_followed_them_and_after_how_long():
    found = run([0] * 12 + [30, 40, 120, 0] + [0] * 12 + [30, 0, 0, 0, 0])
    assert raised(found) == [13, 29]
    assert [(one.left - one.raised, one.followed, one.lead) for one in found.alarms] == [(3, True, 2), (1, False, None)]
    assert found.followed.value == 0.5
    assert found.per_year.value == pytest.approx(2 / (33 / 12))
    assert (found.met, found.missed, found.leads) == (1, 0, (2,))


def test_a_beginning_without_an_alarm_before_is_missed():
    found = run([0] * 12 + [200] + [0] * 12)
    assert (found.met, found.missed) == (0, 1)


def test_the_base_rate_is_that_of_all_months_and_of_quiet_ones():
    found = run([0] * 10 + [100] + [0] * 10)
    # In 3 of the 18 months whose next three are known, the month with 100 deaths is among those.
    assert found.base.value == pytest.approx(3 / 18)
    assert found.base_quiet.value == pytest.approx(3 / 17)


def test_numbers_that_come_late_are_used_late():
    late = run([0] * 12 + [30, 0, 0, 0, 0, 0], lag=2)
    assert raised(late) == [15]


def test_an_alarm_whose_time_is_not_over_is_not_known_yet():
    found = run([0] * 12 + [30, 0])
    assert (found.alarms[0].followed, found.followed) == (None, None)


def test_a_window_with_a_gap_is_known_only_if_what_is_looked_for_came():
    values = {1: 0.0, 2: 0.0, 4: 0.0, 5: 500.0}
    outcome = deaths_outcome(values, 100, 2)
    assert outcome.followed[1] is None
    assert outcome.followed[3] is True
    assert outcome.begins == ()


def test_an_alarm_that_stood_before_the_test_is_none_of_it():
    assert run([30] * 6 + [0] * 6).alarms == ()


def test_a_test_without_a_month_is_refused():
    with pytest.raises(PanelError):
        run([0] * 5, months=0)
    with pytest.raises(PanelError):
        as_known({})


def test_each_month_is_judged_by_what_was_known_in_it():
    first = dict.fromkeys(range(1, 7), 0.0)
    revised = first | {4: 90.0} | dict.fromkeys(range(7, 13), 0.0)
    known = as_known({3: [first], 8: [revised]})
    outcome = deaths_outcome(revised, 100, 3)
    found = replay([OVER], 1, known, outcome, 1, 12, lag=0)
    # Before the first state of the data nothing was known, and months that a state lacks are not zero.
    states = [one.state for one in found.verdicts]
    assert states[:2] == [State.CANNOT_TELL] * 2
    assert states[2:6] == [State.QUIET] * 4
    assert states[6] is State.CANNOT_TELL
    assert found.vintages == 2
    # The alarm of month 4 was in nobody's data before month 8, and was over by then.
    assert found.alarms == ()
    assert [one.raised for one in replay([OVER], 1, one_vintage([revised]), outcome, 1, 12, lag=0).alarms] == [4]


@given(st.lists(st.integers(0, 200).map(float), min_size=14, max_size=40), st.integers(0, 3))
def test_a_replay_on_an_earlier_date_gives_the_verdicts_it_gave_then(values, lag):
    half = len(values) // 2
    then, now = run(values, lag=lag, months=half), run(values, lag=lag)
    assert now.verdicts[:half] == then.verdicts


def test_what_is_shuffled_is_followed_as_often_as_anything():
    # A rule on noise tells nothing: over many alarms the share comes to the base rate.
    pick = random.Random(5)
    values = [pick.choice((0.0, 0.0, 0.0, 60.0)) for _ in range(1200)]
    later = [pick.choice((0.0,) * 9 + (150.0,)) for _ in values]
    found = run(values, later)
    assert found.followed.low < found.base.value < found.followed.high
