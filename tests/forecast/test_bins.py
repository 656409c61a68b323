"""Ignorance is that of a thousand draws with one count added to each bin, with no chance in it."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.errors import ScoreError
from tocsin.forecast import bins
from tocsin.forecast.closed_forms import probability_above


def as_published(x, y):
    """The challenge's way: put draws in bins, add one count to each, take -log2 of the outcome's share."""
    out = []
    for one, outcome in zip(x, y, strict=True):
        held = np.concatenate([np.digitize(one, bins.EDGES) - 1, np.arange(11)])
        out.append(-math.log2(np.mean(held == np.digitize(outcome, bins.EDGES) - 1)))
    return np.array(out)


def test_it_is_the_published_score_of_a_thousand_draws():
    rng = np.random.default_rng(0)
    x = rng.negative_binomial(0.2, 0.002, (200, 1000)).astype(float)
    y = rng.negative_binomial(0.2, 0.002, 200).astype(float)
    np.testing.assert_allclose(bins.ignorance(x, y), as_published(x, y), rtol=1e-12)


def test_few_draws_score_as_if_repeated_to_a_thousand():
    rng = np.random.default_rng(1)
    x = rng.negative_binomial(0.2, 0.01, (100, 8)).astype(float)
    y = rng.negative_binomial(0.2, 0.01, 100).astype(float)
    np.testing.assert_allclose(bins.ignorance(x, y), as_published(np.repeat(x, 125, axis=1), y), rtol=1e-12)
    np.testing.assert_allclose(bins.ignorance(x, y, np.ones(8)), bins.ignorance(x, y), rtol=1e-12)
    np.testing.assert_allclose(bins.ignorance_of_shares(bins.shares(x), y), bins.ignorance(x, y), rtol=1e-12)


def test_weights_are_counts_of_draws():
    rng = np.random.default_rng(2)
    x, w = rng.integers(0, 2000, (20, 5)).astype(float), rng.integers(0, 4, 5)
    y = rng.integers(0, 2000, 20).astype(float)
    np.testing.assert_allclose(bins.ignorance(x, y, w), bins.ignorance(np.repeat(x, w, axis=1), y), rtol=1e-12)
    np.testing.assert_allclose(bins.shares(x, np.tile(w, (20, 1))), bins.shares(np.repeat(x, w, axis=1)), atol=1e-12)


def test_a_bin_holds_its_lower_edge():
    assert bins.bin_of(bins.EDGES).tolist() == list(range(11))
    assert bins.bin_of(np.nextafter(bins.EDGES[1:], 0)).tolist() == list(range(10))
    assert bins.bin_of([1e9]).tolist() == [10]
    assert bins.shares([[0.5, 0.4999, 2.5, 1e9]])[0].tolist() == [0.25, 0.25, 0.25, 0, 0, 0, 0, 0, 0, 0, 0.25]


def test_best_and_worst():
    sure = np.zeros((2, 3))
    assert bins.ignorance(sure, [0, 1]).tolist() == pytest.approx([-math.log2(1001 / 1011), math.log2(1011)])


@given(st.lists(st.integers(0, 3000), min_size=1, max_size=20), st.integers(0, 3000))
def test_the_smoothed_shares_of_all_bins_sum_to_one(values, seed):
    x = np.tile(np.array(values, dtype=float), (11, 1))
    assert np.exp2(-bins.ignorance(x, bins.EDGES)).sum() == pytest.approx(1)
    assert bins.shares(x).sum(axis=1) == pytest.approx(np.ones(11))


def test_probabilities_of_a_law_are_scored_without_draws():
    last = np.floor(np.array(bins.EDGES[1:]))
    above = probability_above(last, 30.0, 0.3)
    p = -np.diff(above, prepend=1.0, append=0.0)
    rng = np.random.default_rng(3)
    x = rng.poisson(rng.gamma(0.3, 100, (1, 400_000))).astype(float)
    assert bins.shares(x)[0] == pytest.approx(p, abs=0.003)
    assert bins.ignorance_of_shares(p[None], [40])[0] == pytest.approx(bins.ignorance(x, [40])[0], abs=0.05)


@pytest.mark.parametrize("bad", [[[-1.0, 2.0]], [[np.nan, 2.0]], [[np.inf, 2.0]]])
def test_draws_that_are_no_counts_are_refused(bad):
    for w in (None, [1, 1]):
        with pytest.raises(ScoreError, match=r"negative|finite"):
            bins.ignorance(bad, [1], w)
    with pytest.raises(ScoreError):
        bins.shares(bad)


def test_outcomes_and_probabilities_that_are_none_are_refused():
    for outcome in (-1, np.nan):
        with pytest.raises(ScoreError):
            bins.ignorance([[1.0]], [outcome])
    for p in (np.full((1, 11), 0.1), np.full((1, 10), 0.1), [[2.0, -1.0] + [0.0] * 9], [[np.nan] * 11]):
        with pytest.raises(ScoreError):
            bins.ignorance_of_shares(p, [0])
