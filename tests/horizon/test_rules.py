from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.horizon.rules import Spell, State, Threshold, Verdict, combined, month_name, spells, verdicts

QUIET, RAISED, UNKNOWN = State.QUIET, State.RAISED, State.CANNOT_TELL

values = st.lists(st.none() | st.integers(0, 12).map(float), min_size=1, max_size=14)


@st.composite
def thresholds(draw, over=None):
    side = draw(st.booleans()) if over is None else over
    first, second = sorted((draw(st.integers(0, 12)), draw(st.integers(0, 12))))
    enter, leave = (second, first) if side else (first, second)
    return Threshold("x", enter, leave, side, draw(st.integers(1, 3)), draw(st.integers(1, 3)))


def said(one, numbers):
    series = dict(enumerate(numbers, 1))
    return [verdict.conditions[0].state for verdict in verdicts([one], 1, [series], 1, len(numbers))]


def naive(one, numbers, raised, run):
    """An independent reading of the rule, for a history whose beginning and every value are known."""
    told = []
    for number in numbers:
        enters = number >= one.enter if one.over else number <= one.enter
        leaves = number < one.leave if one.over else number > one.leave
        run = run + 1 if (leaves if raised else enters) else 0
        if run >= (one.leave_months if raised else one.months):
            raised, run = not raised, 0
        told.append(RAISED if raised else QUIET)
    return told


def test_it_enters_stays_within_the_band_and_leaves():
    one = Threshold("deaths", 25, 10)
    assert said(one, [0, 25, 15, 10, 24, 9, 15]) == [QUIET, RAISED, RAISED, RAISED, RAISED, QUIET, QUIET]


def test_a_month_without_a_value_is_no_zero():
    one = Threshold("deaths", 25, 10)
    # What happened in the gap decides what the band means after it; a telling value settles it again.
    assert said(one, [30, None, 15, 9, None, 15, 30]) == [RAISED, UNKNOWN, UNKNOWN, QUIET, UNKNOWN, UNKNOWN, RAISED]
    assert said(one, [30, float("nan"), 15])[1:] == [UNKNOWN, UNKNOWN]


def test_what_was_before_the_first_month_is_not_known():
    assert said(Threshold("x", 25, 10), [15, 15, 9]) == [UNKNOWN, UNKNOWN, QUIET]


def test_months_in_a_row_are_needed_and_a_gap_breaks_the_certainty_not_the_row():
    one = Threshold("x", 10, 5, months=3)
    assert said(one, [0, 10, 10, 10]) == [QUIET, QUIET, QUIET, RAISED]
    assert said(one, [0, 10, None, 10]) == [QUIET, QUIET, UNKNOWN, UNKNOWN]
    assert said(one, [0, None, 10, 0]) == [QUIET, UNKNOWN, QUIET, QUIET]


def test_a_rule_can_watch_for_a_fall():
    assert said(Threshold("days", 30, 40, over=False), [60, 30, 40, 41]) == [QUIET, RAISED, RAISED, QUIET]


@given(thresholds(), values)
def test_the_same_history_gives_the_same_verdict(one, numbers):
    assert said(one, numbers) == said(one, numbers)


@given(thresholds(), thresholds(), values, values, values)
def test_later_months_do_not_change_an_earlier_verdict(one, other, first, second, later):
    size = min(len(first), len(second))
    short = [dict(enumerate(some[:size], 1)) for some in (first, second)]
    long = [series | dict(enumerate(later, size + 1)) for series in short]
    then = verdicts([one, other], 1, short, 1, size)
    assert verdicts([one, other], 1, long, 1, size + len(later))[:size] == then


@given(thresholds(), values, st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_it_never_changes_inside_the_band(one, numbers, places):
    low, high = sorted((one.enter, one.leave))
    inside = [low + (high - low) * place for place in places]
    # The threshold to enter belongs to what raises it.
    inside = [number for number in inside if number != one.enter]
    told = said(one, [*numbers, *inside])
    assert len(set(told[len(numbers) - 1 :])) == 1 or told[len(numbers) - 1] is UNKNOWN
    assert len(set(told[len(numbers) :])) <= 1


@given(thresholds(), values)
def test_a_verdict_holds_however_what_is_missing_turns_out(one, numbers):
    missing = [place for place, number in enumerate(numbers) if number is None][:3]
    numbers = [0.0 if number is None and place not in missing else number for place, number in enumerate(numbers)]
    told = said(one, numbers)
    starts = [(False, run) for run in range(one.months)] + [(True, run) for run in range(one.leave_months)]
    ends = {-1.0, 13.0, one.enter, one.leave, (one.enter + one.leave) / 2}
    ways = []
    for filled in itertools.product(ends, repeat=len(missing)):
        whole = list(numbers)
        for place, number in zip(missing, filled, strict=True):
            whole[place] = number
        ways += [naive(one, whole, *start) for start in starts]
    for place, state in enumerate(told):
        possible = {way[place] for way in ways}
        if numbers[place] is None:
            assert state is UNKNOWN
        else:
            assert state is (possible.pop() if len(possible) == 1 else UNKNOWN)


@given(st.lists(st.sampled_from(State), min_size=1, max_size=6), st.data())
def test_conditions_are_combined_as_every_way_of_knowing_more_would(states, data):
    needed = data.draw(st.integers(1, len(states)))
    ways = itertools.product(*[(QUIET, RAISED) if state is UNKNOWN else (state,) for state in states])
    outcomes = {RAISED if way.count(RAISED) >= needed else QUIET for way in ways}
    assert combined(states, needed) is (outcomes.pop() if len(outcomes) == 1 else UNKNOWN)


def test_a_month_that_cannot_be_told_neither_begins_nor_ends_an_alarm():
    states = [QUIET, UNKNOWN, RAISED, UNKNOWN, RAISED, QUIET, RAISED]
    run = [Verdict(month, state, ()) for month, state in enumerate(states, 1)]
    assert spells(run) == (Spell(3, 6), Spell(7, None))
    assert spells(run[:2]) == ()


def test_a_reason_says_the_value_the_month_and_the_threshold():
    (one,) = verdicts([Threshold("deaths", 25, 10, unit="deaths")], 1, [{504: 30.0}], 504, 504)
    assert one.reasons == ("deaths was 30 deaths in 2021-12, at or over 25: raised",)
    (gap,) = verdicts([Threshold("deaths", 25, 10)], 1, [{}], 504, 504)
    assert "not zero" in gap.reasons[0]


@pytest.mark.parametrize(("number", "name"), [(1, "1980-01"), (504, "2021-12"), (505, "2022-01")])
def test_months_are_named_as_they_are_written(number, name):
    assert month_name(number) == name


def test_a_reason_names_the_month_of_the_number_and_the_one_in_which_it_was_known():
    one = Threshold("deaths", 25, 10, unit="deaths", lag=1)
    (before, known) = verdicts([one], 1, [{504: 11246.0}], 503, 504)
    assert known.reasons[0].startswith("deaths was 11246 deaths in 2021-11 (known in 2021-12), at or over 25")
    assert "no value for 2021-10, which is not zero" in before.reasons[0]
    assert "a month before 1980-01" in verdicts([one], 1, [{}], 1, 1)[0].reasons[0]
