"""Draws are scored as the step distribution they are, whatever their order, number, type or weights."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tocsin.core.errors import ScoreError
from tocsin.forecast import draws

COUNTS = hnp.arrays(np.float64, st.tuples(st.integers(1, 6), st.integers(1, 9)), elements=st.integers(0, 40))


def deaths(seed: int, n: int = 300, m: int = 200):
    """Counts with a spike at zero and a heavy tail, and outcomes like them."""
    rng = np.random.default_rng(seed)
    mean = rng.lognormal(1, 2, n)
    x = rng.poisson(rng.gamma(0.3, mean[:, None] / 0.3, (n, m))).astype(float)
    return x, rng.poisson(rng.gamma(0.3, mean / 0.3)).astype(float)


def by_definition(x, y, w=None, fair=False):
    """CRPS as the two sums of its definition, one forecast at a time."""
    out = []
    for i in range(len(y)):
        own = np.ones(x.shape[1]) if w is None else np.broadcast_to(w, x.shape)[i]
        own = own / own.sum()
        spread = (np.outer(own, own) * np.abs(x[i][:, None] - x[i])).sum() / 2
        out.append(own @ np.abs(x[i] - y[i]) - spread / (1 - own @ own if fair else 1))
    return np.array(out)


def by_integration(x, y, w):
    """Integral of the squared distance of the two step functions, exactly, between all of their steps."""
    out = []
    for i in range(len(y)):
        own = np.broadcast_to(w, x.shape)[i] / np.broadcast_to(w, x.shape)[i].sum()
        steps = np.unique([*x[i], y[i]])
        f = np.array([own[x[i] <= t].sum() for t in steps[:-1]])
        out.append(((f - (steps[:-1] >= y[i])) ** 2) @ np.diff(steps))
    return np.array(out)


@pytest.mark.parametrize("m", [1, 2, 7, 200])
def test_crps_is_that_of_properscoring_and_scoringrules(m):
    properscoring, scoringrules = pytest.importorskip("properscoring"), pytest.importorskip("scoringrules")
    x, y = deaths(m, m=m)
    mine = draws.crps(x, y)
    np.testing.assert_allclose(mine, properscoring.crps_ensemble(y, x), rtol=1e-9, atol=1e-9)
    for estimator in ("qd", "nrg"):
        np.testing.assert_allclose(
            mine, scoringrules.crps_ensemble(y, x, estimator=estimator, backend="numpy"), rtol=1e-9, atol=1e-9
        )
    if m > 1:
        theirs = scoringrules.crps_ensemble(y, x, estimator="fair", backend="numpy")
        np.testing.assert_allclose(draws.crps(x, y, fair=True), theirs, rtol=1e-9, atol=1e-9)


def test_weighted_crps_is_that_of_properscoring_and_of_the_definition():
    properscoring = pytest.importorskip("properscoring")
    x, y = deaths(1, 60, 30)
    w = np.random.default_rng(2).integers(0, 4, x.shape).astype(float)
    np.testing.assert_allclose(draws.crps(x, y, w), properscoring.crps_ensemble(y, x, weights=w), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(draws.crps(x, y, w), by_integration(x, y, w), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(draws.crps(x, y, w[0]), by_definition(x, y, w[0]), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(draws.crps(x, y, w, fair=True), by_definition(x, y, w, fair=True), rtol=1e-9, atol=1e-9)


def test_log_crps_is_the_crps_of_logarithms():
    scoringrules = pytest.importorskip("scoringrules")
    x, y = deaths(3)
    theirs = scoringrules.crps_ensemble(np.log1p(y), np.log1p(x), estimator="qd", backend="numpy")
    np.testing.assert_allclose(draws.log_crps(x, y), theirs, rtol=1e-9)
    np.testing.assert_allclose(draws.log_crps(x, y, np.ones(x.shape[1])), theirs, rtol=1e-9)


@given(COUNTS, st.integers(0, 2**32 - 1))
def test_neither_order_nor_repetition_nor_even_weights_change_a_score(x, seed):
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 60, len(x)).astype(float)
    scores = draws.crps(x, y)
    assert (scores >= 0).all()
    np.testing.assert_allclose(scores, by_definition(x, y), atol=1e-9)
    np.testing.assert_allclose(draws.crps(rng.permuted(x, axis=1), y), scores, atol=1e-9)
    np.testing.assert_allclose(draws.crps(np.repeat(x, 3, axis=1), y), scores, atol=1e-9)
    np.testing.assert_allclose(draws.crps(x, y, np.full(x.shape[1], 5.0)), scores, atol=1e-9)
    padded = np.column_stack([x, np.full(len(x), np.nan)])
    np.testing.assert_allclose(draws.crps(padded, y, [1.0] * x.shape[1] + [0]), scores, atol=1e-9)


@given(st.floats(-1e9, 1e9), st.floats(-1e9, 1e9), st.integers(1, 50))
def test_a_point_mass_scores_its_absolute_error(value, outcome, m):
    exact = abs(np.float64(value) - outcome)
    assert draws.crps(np.full((1, m), value), [outcome])[0] == pytest.approx(exact, rel=1e-12)
    assert draws.crps(np.full((1, m), value), [outcome], np.arange(1, m + 1))[0] == pytest.approx(exact, rel=1e-12)


def test_far_from_zero_nothing_is_lost():
    x, y = deaths(4, 100, 50)
    np.testing.assert_allclose(draws.crps(x + 1e9, y + 1e9), draws.crps(x, y), rtol=1e-9)


@pytest.mark.parametrize("dtype", [np.float32, np.int32, np.int64, np.uint16])
def test_the_type_and_the_layout_of_the_draws_do_not_matter(dtype):
    x, y = deaths(5, 50, 40)
    x = np.minimum(x, 60_000)
    scores = draws.crps(x, y)
    np.testing.assert_allclose(draws.crps(x.astype(dtype), y), scores, rtol=1e-12)
    np.testing.assert_allclose(draws.crps(np.asfortranarray(x), y), scores, rtol=1e-12)
    np.testing.assert_allclose(draws.crps(np.repeat(x, 2, axis=0)[::2], y), scores, rtol=1e-12)


def test_draws_are_left_as_they_were_and_threads_do_not_change_a_bit():
    x, y = deaths(6, 20_000, 20)
    before = x.copy()
    one, four = draws.crps(x, y, threads=1), draws.crps(x, y, threads=4)
    assert (x == before).all()
    assert (one == four).all()
    assert one.shape == y.shape
    np.testing.assert_allclose(one[-3:], draws.crps(x[-3:], y[-3:]), rtol=1e-12)


def test_the_true_distribution_scores_best_on_average():
    """Proper: over many outcomes of one law, the mean score of the law itself is lower than that of others."""
    rng = np.random.default_rng(7)
    y = rng.negative_binomial(0.5, 0.05, 5000).astype(float)
    laws = {"true": (0.5, 0.05), "low": (0.5, 0.1), "wide": (0.2, 0.02), "narrow": (3, 0.25)}
    for score in (draws.crps, draws.log_crps):
        means = {}
        for name, (size, p) in laws.items():
            x = rng.negative_binomial(size, p, 500).astype(float)
            means[name] = score(np.broadcast_to(x, (y.size, x.size)), y).mean()
        assert min(means, key=means.get) == "true"


@pytest.mark.parametrize(
    ("x", "y", "w", "says"),
    [
        ([[1.0, np.nan]], [1], None, "not a finite"),
        ([[1.0, np.inf]], [1], None, "not a finite"),
        ([[1.0, -np.inf, 2.0]], [1], None, "not a finite"),
        ([[1.0, np.nan]], [1], [1, 1], "not a finite"),
        ([[1.0, 2.0]], [np.nan], None, "not known"),
        ([[1.0, 2.0]], [1, 2], None, "do not match"),
        ([1.0, 2.0], [1, 2], None, "do not match"),
        (np.empty((0, 3)), [], None, "nothing"),
        (np.empty((2, 0)), [1, 2], None, "nothing"),
        ([["a"]], [1], None, "not a number"),
        ([[1.0, 2.0]], [1], [1, -1], "non-negative"),
        ([[1.0, 2.0]], [1], [0, 0], "non-negative"),
        ([[1.0, 2.0]], [1], [np.nan, 1], "non-negative"),
        ([[1.0, 2.0]], [1], [1, 1, 1], "do not fit"),
    ],
)
def test_what_cannot_be_scored_is_refused(x, y, w, says):
    with pytest.raises(ScoreError, match=says):
        draws.crps(x, y, w)


def test_the_forecast_with_the_missing_draw_is_named():
    x, y = deaths(8, 5000, 20)
    x[4321, 3] = np.nan
    with pytest.raises(ScoreError, match="forecast 4321"):
        draws.crps(x, y)


def test_negative_counts_have_no_log_crps_and_one_draw_no_fair_score():
    with pytest.raises(ScoreError, match="negative"):
        draws.log_crps([[1.0]], [-1])
    with pytest.raises(ScoreError, match=r"negative|finite"):
        draws.log_crps([[-3.0]], [1])
    with pytest.raises(ScoreError, match="one draw"):
        draws.crps([[1.0]], [1], fair=True)
    with pytest.raises(ScoreError, match="one draw"):
        draws.crps([[1.0, 2.0]], [1], [1, 0], fair=True)
