import math
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.assess.spread import majority, spread, spread_per_factor
from tocsin.assess.three_point import pool_intervals, standardise
from tocsin.core.errors import AssessmentError

triples = st.lists(
    st.tuples(st.lists(st.floats(0, 1), min_size=3, max_size=3).map(sorted), st.floats(0.5, 1)), min_size=1, max_size=20
)


def test_ends_are_stretched_about_the_best_estimate_as_fractions_say():
    low, best, high, sure = Fraction(2, 10), Fraction(3, 10), Fraction(5, 10), Fraction(6, 10)
    told = standardise([0.2], [0.3], [0.5], [0.6])
    stretch = Fraction(8, 10) / sure
    assert told.lowest[0] == pytest.approx(float(best - (best - low) * stretch), abs=1e-15)
    assert told.highest[0] == pytest.approx(float(best + (high - best) * stretch), abs=1e-15)


def test_an_interval_at_the_common_confidence_stays_and_a_surer_one_shrinks():
    told = standardise([0.1, 0.1], [0.2, 0.2], [0.5, 0.5], [0.8, 1.0])
    assert (told.lowest[0], told.highest[0]) == (0.1, 0.5)
    assert told.lowest[1] == pytest.approx(0.12, abs=1e-15)
    assert told.highest[1] == pytest.approx(0.44, abs=1e-15)


def test_stretching_stops_at_what_is_possible():
    told = standardise([0.0], [0.1], [0.9], [0.5])
    assert (told.lowest[0], told.highest[0]) == (0.0, 1.0)
    free = standardise([0], [10], [90], [0.5], ends=(-math.inf, math.inf))
    assert (free.lowest[0], free.highest[0]) == (-6.0, 138.0)
    counted = standardise([0], [10], [90], [0.5], ends=(0, math.inf))
    assert (counted.lowest[0], counted.highest[0]) == (0.0, 138.0)


@settings(deadline=None)
@given(triples, st.sampled_from(["mean", "median", "trimmed mean"]), st.randoms(use_true_random=False))
def test_the_group_s_interval_is_in_order_possible_and_the_same_in_any_order(given_, method, random):
    def pooled(some):
        low, best, high = zip(*(triple for triple, _ in some), strict=True)
        return pool_intervals(low, best, high, [sure for _, sure in some], method=method)

    told = pooled(given_)
    assert 0 <= told.lowest <= told.best <= told.highest <= 1
    assert pooled(random.sample(given_, len(given_))) == told


def test_who_gave_no_whole_interval_is_left_out_and_counted():
    told = pool_intervals([0.1, None, 0.1, 0.1], [0.2, 0.3, 0.9, 0.9], [0.3, 0.4, 0.9, None], [0.8, 0.8, None, 0.8])
    assert (told.lowest, told.best, told.highest, told.n, told.missing) == (0.1, 0.2, 0.3, 1, 3)
    nobody = pool_intervals([None], [0.2], [0.3], [0.8])
    assert (nobody.lowest, nobody.best, nobody.n, nobody.missing) == (None, None, 0, 1)


@pytest.mark.parametrize(
    ("four", "match"),
    [
        (([0.3], [0.2], [0.5], [0.8]), "estimate 1: lowest, best and highest are not in order"),
        (([0.1], [0.6], [0.5], [0.8]), "not in order"),
        (([0.1, 0.1], [0.2, 0.2], [0.5, 1.5], [0.8, 0.8]), "estimate 2: an end lies outside 0 to 1"),
        (([0.1], [0.2], [0.5], [0.4]), "confidence is not from 0.5 to 1"),
        (([0.1], [0.2], [0.5], [80]), "confidence is not from 0.5 to 1"),
        (([0.1], [0.2, 0.3], [0.5], [0.8]), "do not match"),
    ],
)
def test_an_interval_that_cannot_be_is_refused_with_its_place(four, match):
    with pytest.raises(AssessmentError, match=match):
        pool_intervals(*four)


def test_a_spread_is_worked_by_hand():
    told = spread([4, 1, None, 2, 9], "numeric")
    assert (told.n, told.missing) == (4, 1)
    assert (told.lowest, told.lower, told.middle, told.upper, told.highest) == (1, 1.75, 3, 5.25, 9)
    assert told.apart == pytest.approx((3 + 1 + 8 + 2 + 5 + 7) / 6, abs=1e-12)


@settings(deadline=None)
@given(st.lists(st.integers(1, 5), min_size=2, max_size=30))
def test_quartiles_of_places_are_places_and_apart_is_the_mean_over_pairs(values):
    told = spread(values, "ordinal")
    assert {told.lowest, told.lower, told.middle, told.upper, told.highest} <= set(values)
    pairs = [abs(a - b) for i, a in enumerate(values) for b in values[:i]]
    assert told.apart == pytest.approx(sum(pairs) / len(pairs), abs=1e-12)


def test_one_answer_has_a_place_but_no_distance_and_none_has_neither():
    assert spread([0.2]).apart is None
    assert spread([0.2]).middle == 0.2
    assert spread([None]).lowest is None
    assert spread([None]).missing == 1


def test_a_scale_may_begin_at_nothing():
    told = spread([0, 0, 3, None], "ordinal")
    assert (told.lowest, told.middle, told.apart) == (0, 0, 2)


def test_factors_come_widest_first_and_unrated_last():
    told = spread_per_factor({"a": [1, 1, 1], "b": [None, None], "c": [1, 4], "d": [2, 2]})
    assert list(told) == ["c", "a", "d", "b"]


def test_a_majority_is_more_than_half_and_the_unknown_are_nobody_s():
    assert majority(["a", "a", "b"])
    assert not majority(["a", "b"])
    assert not majority(["a", "a", "b", None])
    assert not majority([None, None, None])
    assert not majority([])
