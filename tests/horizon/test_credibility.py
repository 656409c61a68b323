import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.horizon.test_segments import every_cut, price, series
from tocsin.core.errors import SignalError
from tocsin.horizon.costs import cost_of
from tocsin.horizon.credibility import cuts, run_lengths


def weighed(cost, n, penalty, shortest, temper):
    found = [(changes, -temper * price(cost, changes, n, penalty)) for changes in every_cut(n, shortest)]
    top = max(weight for _, weight in found)
    total = sum(np.exp(weight - top) for _, weight in found)
    return [(changes, np.exp(weight - top) / total) for changes, weight in found]


@settings(deadline=None)
@given(series, st.floats(0, 6), st.integers(1, 3), st.sampled_from([1.0, 0.4]), st.integers(0, 3))
def test_probabilities_are_sums_over_all_cuts(x, penalty, shortest, temper, either_side):
    n, cost = len(x), cost_of(x)
    if n < shortest:
        with pytest.raises(SignalError, match="cannot be cut"):
            cuts(cost, n, penalty, shortest=shortest, temper=temper)
        return
    found = cuts(cost, n, penalty, shortest=shortest, temper=temper)
    every = weighed(cost, n, penalty, shortest, temper)
    for month in range(n):
        assert found.begins[month] == pytest.approx(sum(p for changes, p in every if month in changes), abs=1e-9)
        near = sum(p for changes, p in every if any(abs(c - month) <= either_side for c in changes))
        assert found.within(month, either_side) == pytest.approx(near, abs=1e-9)


@settings(deadline=None)
@given(series, st.floats(0, 6), st.sampled_from([1.0, 0.4]))
def test_when_the_last_stretch_began_is_a_sum_over_all_cuts(x, penalty, temper):
    n, cost = len(x), cost_of(x)
    every = weighed(cost, n, penalty, 1, temper)
    for start in range(n):
        share = sum(p for changes, p in every if (changes[-1] if changes else 0) == start)
        assert run_lengths(cost, n, penalty, temper=temper)[-1, start] == pytest.approx(share, abs=1e-9)


@settings(deadline=None)
@given(series, st.integers(1, 4))
def test_what_comes_later_does_not_move_when_a_stretch_was_thought_to_have_begun(x, shortest):
    whole = run_lengths(cost_of(x), len(x), 2.0, shortest=shortest)
    for t in range(len(x)):
        early = run_lengths(cost_of(x[: t + 1]), t + 1, 2.0, shortest=shortest)
        np.testing.assert_allclose(whole[t, : t + 1], early[t], atol=1e-12)
        assert whole[t].sum() == pytest.approx(1.0)


def test_told_probabilities_come_true_in_series_drawn_from_the_law_itself():
    """Series whose changes and levels come from the prior: of changes said to have probability p a share p is there."""
    draw = np.random.default_rng(7)
    n, penalty = 60, np.log(29.0)  # odds 1 to 29 a month: once in thirty months
    told, true = [], []
    for _ in range(400):
        begins = draw.random(n) < 1 / 30
        begins[0] = True
        x = np.empty(n)
        for a, b in zip(np.flatnonzero(begins), [*np.flatnonzero(begins)[1:], n], strict=True):
            x[a:b] = draw.negative_binomial(draw.choice([0.1, 0.3, 1.0, 3.0]), max(draw.beta(0.5, 0.5), 1e-12), b - a)
        posterior = cuts(cost_of(np.minimum(x, 1e15)), n, float(penalty))
        for month in (15, 30, 45):
            told.append(posterior.within(month, 3))
            true.append(begins[month - 3 : month + 4].any())
    told, true = np.array(told), np.array(true)
    assert told.mean() == pytest.approx(true.mean(), abs=0.04)
    for low, high in ((0.0, 0.2), (0.2, 0.8), (0.8, 1.01)):
        here = (told >= low) & (told < high)
        margin = 3.5 * np.sqrt(0.25 / here.sum())
        assert true[here].mean() == pytest.approx(told[here].mean(), abs=margin)


def test_an_impossible_temper_is_refused():
    with pytest.raises(SignalError, match="temper"):
        cuts(cost_of(np.zeros(5)), 5, 1.0, temper=0.0)
