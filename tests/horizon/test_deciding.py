from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.core.edtf import read
from tocsin.core.foreseeing import Days
from tocsin.horizon.deciding import LeadTime, decide_by, lead_time, widened

DAY = date(2027, 5, 14)


def some(low, typical, high):
    return Days(low=low, typical=typical, high=high)


@st.composite
def parts(draw, most=3, longest=60):
    def one():
        low, typical, high = sorted(draw(st.lists(st.integers(0, longest), min_size=3, max_size=3)))
        return some(low, typical, high)

    return tuple(one() for _ in range(draw(st.integers(1, most))))


spans = st.tuples(st.integers(0, 400), st.integers(0, 60)).map(
    lambda found: (DAY + timedelta(found[0]), DAY + timedelta(found[0] + found[1]))
)


def test_a_sure_day_and_a_sure_time_give_one_date():
    found = decide_by((DAY, DAY), lead_time((some(10, 10, 10), some(5, 5, 5))), DAY)
    assert (found.sure, found.even, found.today) == (DAY - timedelta(15), DAY - timedelta(15), 0.0)


def test_on_the_day_itself_there_is_still_time_for_what_takes_none():
    found = decide_by((DAY, DAY), lead_time((some(0, 0, 0),)), DAY)
    assert (found.sure, found.today) == (DAY, 1.0)


def test_a_window_is_counted_day_by_day():
    """Ten days equally likely and no lead time: in nine of ten it comes on the second day or later."""
    found = decide_by((DAY, DAY + timedelta(9)), LeadTime(0, (1.0,)), DAY + timedelta(2))
    assert (found.sure, found.even) == (DAY + timedelta(1), DAY + timedelta(5))
    assert found.today == pytest.approx(0.8)


@given(parts())
def test_the_chances_sum_to_one_and_their_mean_is_near_the_sum_of_the_means(given_parts):
    found = lead_time(given_parts)
    assert sum(found.chances) == pytest.approx(1)
    assert found.first == sum(one.low for one in given_parts)
    whole = sum((one.low + one.typical + one.high) / 3 for one in given_parts)
    # Rounding to whole days moves the mean of a part by less than a twelfth of a day.
    assert found.mean == pytest.approx(whole, abs=0.1 * len(given_parts))


@given(parts(), spans, st.integers(-300, 300), st.integers(-500, 500))
def test_moving_the_moment_moves_its_dates_by_as_many_days(given_parts, span, by, today):
    lead = lead_time(given_parts)
    now = DAY + timedelta(today)
    before = decide_by(span, lead, now)
    after = decide_by((span[0] + timedelta(by), span[1] + timedelta(by)), lead, now + timedelta(by))
    assert (after.sure - before.sure).days == by
    assert (after.even - before.even).days == by
    assert after.today == before.today


@given(parts(), spans, st.integers(0, 2), st.integers(0, 40))
def test_a_longer_lead_time_never_makes_a_date_later(given_parts, span, which, more):
    place = which % len(given_parts)
    one = given_parts[place]
    longer = some(one.low, one.typical + min(more, one.high - one.typical), one.high + more)
    slower = (*given_parts[:place], longer, *given_parts[place + 1 :])
    before, after = decide_by(span, lead_time(given_parts), DAY), decide_by(span, lead_time(slower), DAY)
    assert after.sure <= before.sure
    assert after.even <= before.even
    assert after.today <= before.today + 1e-9


@given(parts(), spans)
def test_being_surer_means_deciding_earlier_and_the_chance_falls_with_every_day(given_parts, span):
    lead = lead_time(given_parts)
    found = decide_by(span, lead, DAY)
    assert found.sure <= found.even
    chances = [decide_by(span, lead, span[0] - timedelta(back)).today for back in range(200, -200, -7)]
    assert all(later <= earlier + 1e-12 for earlier, later in pairwise(chances))
    assert decide_by(span, lead, found.sure).today >= 0.9 - 1e-9
    assert decide_by(span, lead, found.sure + timedelta(1)).today < 0.9


@settings(max_examples=15, deadline=None)
@given(parts(), spans, st.integers(0, 2**32 - 1))
def test_the_dates_are_those_of_a_simulation(given_parts, span, seed):
    """An independent oracle: two hundred thousand draws of the day and of each part, rounded to whole days."""
    chance = np.random.default_rng(seed)
    draws = 200_000
    days = chance.integers(span[0].toordinal(), span[1].toordinal() + 1, draws)
    lead = np.zeros(draws)
    for one in given_parts:
        if one.low == one.high:
            lead += one.low
        else:
            lead += np.floor(chance.triangular(one.low, one.typical, one.high, draws) + 0.5)
    left = days - lead
    lead_chances = lead_time(given_parts)
    found = decide_by(span, lead_chances, DAY)
    for share, day in ((0.9, found.sure), (0.5, found.even)):
        # In time for whoever begins on the day, hardly so on the next; within four standard errors of the draws.
        error = 4 * np.sqrt(share * (1 - share) / draws)
        assert np.mean(left >= day.toordinal()) >= share - error
        assert np.mean(left >= day.toordinal() + 1) <= share + error
    assert np.mean(left >= DAY.toordinal()) == pytest.approx(found.today, abs=4 * np.sqrt(0.25 / draws))


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2027-05-14", "2027-05-14", "2027-05-14"),
        ("2027-05-14~", "2027-05-07", "2027-05-21"),
        ("2027-05~", "2027-04-16", "2027-06-15"),
        ("2027-05?", "2027-05-01", "2027-05-31"),
        ("9999-12-31~", "9999-12-24", "9999-12-31"),
    ],
)
def test_an_approximate_date_is_widened_by_the_stated_rule(text, first, last):
    assert tuple(map(str, widened(read(text)))) == (first, last)


@pytest.mark.parametrize("text", ["2027-05/..", "../2027-05", "1900/2099"])
def test_without_two_ends_there_is_no_date_to_count_from(text):
    assert widened(read(text)) is None


def test_beyond_the_calendar_its_last_days_stand():
    assert decide_by((date.min, date.min), lead_time((some(0, 5, 9),)), DAY).sure == date.min
