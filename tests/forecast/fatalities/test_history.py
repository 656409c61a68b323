"""Own history: decayed means against their definition, decayed distributions against weighted ones."""

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from tocsin.forecast.fatalities.history import decayed_mean, decayed_quantiles, levels, months_since

COUNTS = st.lists(st.one_of(st.integers(0, 50).map(float), st.just(float("nan"))), min_size=2, max_size=30)


@given(COUNTS, st.sampled_from([1.0, 2.5, 12.0]))
def test_a_decayed_mean_is_the_weighted_mean_of_the_covered_months(counts, half_life):
    deaths = np.array([counts])
    found = decayed_mean(deaths, half_life)[0]
    for month in range(len(counts)):
        past = deaths[0, : month + 1]
        weight = 0.5 ** (np.arange(month + 1)[::-1] / half_life)
        there = ~np.isnan(past)
        if there[-1]:
            assert found[month] == pytest.approx((past * weight)[there].sum() / weight[there].sum())
        else:
            assert np.isnan(found[month])


@given(COUNTS.map(lambda counts: [*counts, 4.0]), st.sampled_from([1.0, 3.0, 48.0]))
def test_decayed_quantiles_leave_no_more_than_their_level_below(counts, half_life):
    past = np.array(counts)
    weight = np.where(np.isnan(past), 0, 0.5 ** (np.arange(len(past))[::-1] / half_life))
    weight /= weight.sum()
    found = decayed_quantiles(past[None], half_life, 20)[0]
    for level, value in zip(levels(20), found, strict=True):
        assert weight[past <= value].sum() >= level - 1e-9
        assert weight[past < value].sum() <= level + 1e-9


def test_a_month_that_is_not_covered_is_not_one_without_deaths():
    known = decayed_quantiles(np.array([[7.0, np.nan, np.nan, 7.0]]), 1, 5)
    assert known.tolist() == [[7.0] * 5]
    assert np.isnan(months_since(np.array([[1.0, np.nan]]))[0, 1])
    assert months_since(np.array([[1.0, np.nan, 0.0]]))[0, 2] == 1
