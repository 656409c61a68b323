from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.errors import PeriodError
from tocsin.core.foreseeing import rule
from tocsin.horizon.recurrence import days

FIRST = date(2027, 1, 31)


def test_each_kind_of_rule_gives_its_days():
    assert days("FREQ=YEARLY;COUNT=3", FIRST) == (FIRST, date(2028, 1, 31), date(2029, 1, 31))
    assert days("FREQ=MONTHLY;BYDAY=-1SU;COUNT=2", FIRST) == (FIRST, date(2027, 2, 28))
    assert days("FREQ=WEEKLY;INTERVAL=2;UNTIL=20270228", FIRST) == (FIRST, date(2027, 2, 14), date(2027, 2, 28))


def test_days_left_out_count_and_are_not_there():
    assert days("FREQ=DAILY;COUNT=3", FIRST, skipped=[FIRST]) == (date(2027, 2, 1), date(2027, 2, 2))


def test_a_window_shows_part_of_the_same_days():
    whole = days("FREQ=DAILY;COUNT=10", FIRST)
    assert days("FREQ=DAILY;COUNT=10", FIRST, since=whole[3], until=whole[5]) == whole[3:6]


def test_a_rule_that_never_ends_is_refused():
    with pytest.raises(PeriodError, match="never ends"):
        days("FREQ=DAILY", FIRST)
    with pytest.raises(ValueError, match="never ends"):
        rule("FREQ=DAILY")


@pytest.mark.parametrize(
    "text",
    [
        "FREQ=HOURLY;COUNT=2",
        "FREQ=DAILY;COUNT=2;UNTIL=20270101",
        "FREQ=DAILY;COUNT=0",
        "FREQ=DAILY;COUNT=1001",
        "FREQ=DAILY;UNTIL=20270230",
        "FREQ=DAILY;UNTIL=2027",
        "FREQ=DAILY;FREQ=WEEKLY;COUNT=1",
        "FREQ=DAILY;BYHOUR=3;COUNT=1",
        "FREQ=DAILY;BYMONTH=13;COUNT=1",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=1",
        "FREQ=WEEKLY;BYDAY=2MO;COUNT=1",
        "FREQ=WEEKLY;BYMONTHDAY=2;COUNT=1",
        "FREQ=MONTHLY;BYSETPOS=2;COUNT=1",
        "FREQ=MONTHLY;BYWEEKNO=2;COUNT=1",
        "FREQ=YEARLY;BYDAY=54MO;COUNT=1",
        "COUNT=1",
        "every Tuesday",
        "",
    ],
)
def test_a_rule_that_is_unsound_is_refused(text):
    with pytest.raises(ValueError, match=r"[a-z]+"):
        rule(text)


def test_a_rule_has_one_spelling():
    assert rule("RRULE:count=2;byday=MO;freq=weekly") == rule("FREQ=WEEKLY;COUNT=2;BYDAY=MO")


def test_a_rule_without_end_in_sight_is_followed_for_sixty_years_only():
    found = days("FREQ=YEARLY;COUNT=1000", FIRST)
    assert found[-1] == date(2087, 1, 31)


@given(st.sampled_from(["DAILY", "WEEKLY"]), st.integers(1, 30), st.integers(1, 40), st.dates(FIRST, date(2040, 1, 1)))
def test_days_and_weeks_are_multiples_of_the_interval(frequency, interval, count, first):
    """An oracle of its own: counting days."""
    step = timedelta(interval * (7 if frequency == "WEEKLY" else 1))
    expected = tuple(first + step * number for number in range(count))
    assert days(f"FREQ={frequency};INTERVAL={interval};COUNT={count}", first) == expected


@given(st.integers(1, 20), st.integers(1, 20), st.dates(FIRST, date(2040, 1, 1)))
def test_until_the_last_day_is_the_same_as_counting_to_it(interval, count, first):
    counted = days(f"FREQ=DAILY;INTERVAL={interval};COUNT={count}", first)
    assert days(f"FREQ=DAILY;INTERVAL={interval};UNTIL={counted[-1]:%Y%m%d}", first) == counted
