"""Methods are compared on the same forecasts, and whole countries are drawn."""

import math

import numpy as np
import pytest

from tocsin.core.errors import ScoreError
from tocsin.forecast import comparison
from tocsin.forecast.score import cluster_draws


def scored(seed, countries=30, months=12):
    rng = np.random.default_rng(seed)
    of = np.repeat([f"C{i:02}" for i in range(countries)], months)
    theirs = np.repeat(rng.lognormal(0, 1, countries), months) * rng.lognormal(0, 0.2, of.size)
    return theirs * rng.lognormal(-0.1, 0.2, of.size), theirs, of


def test_the_interval_is_that_of_drawing_rows_country_by_country():
    ours, theirs, of = (column[30:] for column in scored(1))  # the third country has half of its months
    found = comparison.compare(ours, theirs, of, draws=500, seed=3)
    drawn = cluster_draws(of, 500, 3)
    ratios = (drawn @ ours) / (drawn @ theirs)
    gaps = (drawn @ (ours - theirs)) / drawn.sum(axis=1)
    assert (found.ratio.low, found.ratio.high) == pytest.approx(tuple(np.quantile(ratios, (0.05, 0.95))))
    assert (found.difference.low, found.difference.high) == pytest.approx(tuple(np.quantile(gaps, (0.05, 0.95))))
    assert found.ratio.value == pytest.approx(ours.mean() / theirs.mean())
    assert found.difference.value == pytest.approx(ours.mean() - theirs.mean())
    assert (found.rows, found.countries) == (330, 28)


def test_countries_of_different_length_keep_their_rows_together():
    ours, theirs, of = (column[7:] for column in scored(2))
    order = np.random.default_rng(0).permutation(of.size)
    straight = comparison.compare(ours, theirs, of)
    shuffled = comparison.compare(ours[order], theirs[order], of[order])
    assert straight.ratio.low == pytest.approx(shuffled.ratio.low)
    assert straight.difference.high == pytest.approx(shuffled.difference.high)


def test_repeating_the_months_does_not_make_an_interval_narrower():
    ours, theirs, of = scored(3)
    once = comparison.compare(ours, theirs, of)
    many = comparison.compare(np.tile(ours, 10), np.tile(theirs, 10), np.tile(of, 10))
    assert many.ratio.low == pytest.approx(once.ratio.low)
    assert many.ratio.high == pytest.approx(once.ratio.high)


def test_a_method_against_itself_is_one_and_nought():
    _, theirs, of = scored(4)
    same = comparison.compare(theirs, theirs, of)
    assert (same.ratio.low, same.ratio.value, same.ratio.high) == (1, 1, 1)
    assert (same.difference.low, same.difference.value, same.difference.high) == (0, 0, 0)


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    held = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        of = np.repeat(np.arange(60), 6)
        effect = np.repeat(rng.normal(0.3, 1, 60), 6)
        found = comparison.compare(effect + rng.normal(0, 1, of.size), np.zeros(of.size), of, draws=300, seed=seed)
        held += found.difference.low <= 0.3 <= found.difference.high
    assert 165 <= held <= 195


def test_each_window_is_compared_alone():
    ours, theirs, of = scored(5)
    year = np.tile(np.repeat([2018, 2019], 6), 30)
    found = comparison.compare_by(ours, theirs, of, year)
    assert list(found) == ["2018", "2019"]
    alone = comparison.compare(ours[year == 2019], theirs[year == 2019], of[year == 2019])
    assert found["2019"] == alone


def test_means_by_country():
    ours, _, of = scored(6)
    means = comparison.means_by(ours, of)
    assert list(means) == sorted(set(of))
    assert means["C03"] == pytest.approx(ours[of == "C03"].mean())


def test_nothing_to_divide_by_is_not_a_number():
    found = comparison.compare([1.0, 2.0], [0.0, 0.0], ["a", "b"])
    assert math.isnan(found.ratio.value)
    assert math.isnan(found.ratio.low)
    assert found.difference.value == 1.5


@pytest.mark.parametrize(
    ("ours", "theirs", "of"),
    [([1.0], [1.0, 2.0], ["a"]), ([], [], []), ([np.nan], [1.0], ["a"]), ([1.0], [np.inf], ["a"]), ([1.0], [1.0], [])],
)
def test_what_cannot_be_compared_is_refused(ours, theirs, of):
    with pytest.raises(ScoreError):
        comparison.compare(ours, theirs, of)
    with pytest.raises(ScoreError):
        comparison.compare_by([1.0, 2.0], [1.0, 2.0], ["a", "b"], ["x"])


def test_one_country_tells_no_interval():
    found = comparison.compare([1.0, 1.0, 2.0], [2.0, 2.0, 2.0], ["ETH"] * 3)
    assert (found.ratio.value, found.difference.value) == (pytest.approx(2 / 3), pytest.approx(-2 / 3))
    assert np.isnan([found.ratio.low, found.ratio.high, found.difference.low, found.difference.high]).all()
