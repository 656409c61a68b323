from itertools import combinations, pairwise

import numpy as np
import pytest
import ruptures
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.core.errors import SignalError
from tocsin.horizon.costs import cost_of
from tocsin.horizon.segments import optimal, pelt

LAWS = ("gaussian", "normal", "poisson", "negative-binomial")
series = st.lists(st.sampled_from([0, 0, 0, 1, 2, 7, 40, 900]), min_size=1, max_size=9).map(
    lambda x: np.array(x, float)
)


def price(cost, changes, n, penalty):
    ends = (0, *changes, n)
    return sum(cost(np.array([a]), b)[0] for a, b in pairwise(ends)) + penalty * len(changes)


def every_cut(n, shortest):
    for m in range(n):
        for changes in combinations(range(1, n), m):
            if min(np.diff((0, *changes, n))) >= shortest:
                yield changes


@settings(deadline=None)
@given(series, st.sampled_from(LAWS), st.floats(0, 8), st.integers(1, 4))
def test_the_cut_found_is_as_cheap_as_the_cheapest_of_all(x, law, penalty, shortest):
    cost, n = cost_of(x, law), len(x)
    prices = [price(cost, changes, n, penalty) for changes in every_cut(n, shortest)]
    found = optimal(cost, n, penalty, shortest)
    if prices:
        assert price(cost, found, n, penalty) == pytest.approx(min(prices), abs=1e-9)
    else:
        assert found == ()


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 90), st.floats(0.1, 12), st.integers(1, 7))
def test_pruning_loses_nothing_where_cutting_never_makes_a_stretch_dearer(seed, n, penalty, shortest):
    draw = np.random.default_rng(seed)
    x = draw.negative_binomial(0.5, 0.05, n) * draw.choice([1, 10, 100], n, p=[0.8, 0.1, 0.1]).astype(float)
    x[n // 2 :] *= draw.integers(1, 9)
    cost = cost_of(x, "gaussian")
    assert price(cost, pelt(cost, n, penalty, shortest), n, penalty) == pytest.approx(
        price(cost, optimal(cost, n, penalty, shortest), n, penalty)
    )


def test_pruning_a_marginal_cost_can_lose_the_cheapest_cut():
    """Why marginal costs are never pruned: somewhere in two hundred series PELT is dearer than the exact cut."""
    draw = np.random.default_rng(5)
    dearer = 0
    for _ in range(200):
        x = draw.negative_binomial(0.3, 0.02, 24).astype(float)
        cost = cost_of(x, "negative-binomial")
        dearer += price(cost, pelt(cost, 24, 0.2), 24, 0.2) > price(cost, optimal(cost, 24, 0.2), 24, 0.2) + 1e-9
    assert dearer


@pytest.mark.parametrize("shortest", [1, 2, 6])
def test_gaussian_cuts_are_those_of_ruptures(shortest):
    for seed in range(5):
        draw = np.random.default_rng(seed)
        x = np.concatenate([draw.poisson(mean, 40) for mean in (2, 90, 5)]).astype(float)
        y = np.log1p(x)
        twice_variance = float(np.mean(np.diff(y) ** 2))
        peer = ruptures.Dynp(model="l2", jump=1, min_size=shortest).fit(y)
        mine = optimal(cost_of(x, "gaussian"), len(x), 5.0, shortest)
        if mine:
            assert [*mine, len(x)] == peer.predict(n_bkps=len(mine))
        # ruptures' PELT prunes too early for a shortest stretch above 1; ours may only be cheaper.
        theirs = tuple(ruptures.Pelt(model="l2", jump=1, min_size=shortest).fit(y).predict(pen=5.0 * twice_variance))[
            :-1
        ]
        cost = cost_of(x, "gaussian")
        assert price(cost, mine, len(x), 5.0) <= price(cost, theirs, len(x), 5.0) + 1e-9
        if shortest == 1:
            assert mine == theirs


def test_a_series_too_short_for_two_stretches_has_no_change():
    cost = cost_of(np.array([0.0, 0, 0, 900, 900, 900]))
    assert optimal(cost, 6, 0.0, 4) == ()
    assert optimal(cost, 6, 0.0, 3) == (3,)


def test_an_impossible_penalty_is_refused_with_a_remedy():
    cost = cost_of(np.zeros(3))
    for penalty, shortest in ((-1.0, 1), (float("nan"), 1), (1.0, 0)):
        with pytest.raises(SignalError, match="Give a penalty"):
            optimal(cost, 3, penalty, shortest)
