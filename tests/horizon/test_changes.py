from dataclasses import replace

import numpy as np
import pytest

from tocsin.core.errors import SignalError
from tocsin.horizon.changes import CHANGES_1_0, Change, changes, sentence

QUIET = [0, 0, 3, 0, 1, 0, 2, 0, 0, 1, 0, 0]
WAR = [90, 140, 60, 120, 200, 80, 95, 130]


def test_a_war_that_begins_and_ends_has_two_changes_with_their_sizes():
    begin, end = changes(QUIET * 2 + WAR * 3 + QUIET * 2)
    assert (begin.month, end.month) == (24, 48)
    assert begin.rises
    assert not end.rises
    assert begin.before == pytest.approx(np.mean(QUIET))
    assert begin.after == end.before == pytest.approx(np.mean(WAR))
    assert begin.ratio == pytest.approx(np.mean(WAR) / np.mean(QUIET))


def test_from_nothing_there_is_no_ratio():
    (found,) = changes([0] * 40 + WAR * 2)
    assert found.ratio is None
    assert "none before" in sentence(found, "May 2013")


def test_a_single_month_of_many_deaths_is_no_change_of_level():
    assert changes([0] * 40 + [60] + [0] * 40) == ()


def test_a_country_without_deaths_or_with_few_months_has_no_change():
    assert changes([0] * 400) == ()
    assert changes([0, 900] * 5) == ()
    assert changes([]) == ()
    assert changes([np.nan] * 60) == ()


def test_months_that_are_not_covered_do_not_enter_a_level():
    (found,) = changes([np.nan] * 12 + QUIET * 2 + [np.nan] * 2 + WAR * 2)
    assert found.before == pytest.approx(np.mean(QUIET))
    assert found.after == pytest.approx(np.mean(WAR))
    assert found.month in (36, 37, 38)  # the gap is either's


def test_a_change_that_could_be_anywhere_is_less_credible_than_one_that_jumps():
    jump = changes(QUIET * 4 + WAR * 6)[0]
    slope = changes(np.round(np.geomspace(2, 100, 96)))
    assert jump.credibility > max(change.credibility for change in slope)


def test_no_series_that_does_not_change_is_told_to_have_changed_more_often_than_is_stated():
    """Even months of one law, heavy of tail: far fewer than one change in forty years."""
    draw = np.random.default_rng(11)
    found = sum(len(changes(draw.negative_binomial(0.4, 0.01, 180))) for _ in range(40))
    assert found <= 40 * 15 / 40


def test_a_higher_penalty_never_finds_more():
    draw = np.random.default_rng(12)
    x = np.concatenate([draw.negative_binomial(0.5, p, 40) for p in (0.1, 0.01, 0.3, 0.02)])
    numbers = [len(changes(x, replace(CHANGES_1_0, penalty=penalty))) for penalty in (1.0, 4.0, 10.0, 30.0)]
    assert numbers == sorted(numbers, reverse=True)
    assert numbers[0] > numbers[-1]


def test_a_sentence_has_at_most_two_significant_figures():
    change = Change(3, 1234.0, 56.7, 56.7 / 1234, 0.834, 3)
    assert sentence(change, "May 2013") == (
        "From May 2013 the level fell from 1,200 to 57 deaths a month (4.6 % of what it was); that a change happened "
        "within 3 months of it has a probability of 83 %."
    )
    with pytest.raises(SignalError, match="not covered"):
        sentence(replace(change, before=float("nan")), "May 2013")
