import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from tocsin.core.errors import ScoreError
from tocsin.forecast import score


def scored(seed: int, n: int = 400, digits: int = 2):
    rng = np.random.default_rng(seed)
    p = rng.random(n).round(digits) * 0.98 + 0.01
    return p, (rng.random(n) < p).astype(float), rng.integers(0, 4, n).astype(float)


@pytest.mark.parametrize("seed", range(5))
def test_scores_agree_with_scikit_learn_with_ties_and_weights(seed):
    p, y, w = scored(seed)
    assert score.auc(p, y, w) == pytest.approx(metrics.roc_auc_score(y, p, sample_weight=w), abs=1e-12)
    assert score.average_precision(p, y, w) == pytest.approx(
        metrics.average_precision_score(y, p, sample_weight=w), abs=1e-12
    )
    assert score.log_score(p, y, w) == pytest.approx(metrics.log_loss(y, p, sample_weight=w), abs=1e-12)
    assert score.brier(p, y, w) == pytest.approx(metrics.brier_score_loss(y, p, sample_weight=w), abs=1e-12)


def test_scores_agree_with_scoringrules():
    scoringrules = pytest.importorskip("scoringrules")
    p, y, _ = scored(9)
    assert score.brier(p, y) == pytest.approx(float(np.mean(scoringrules.brier_score(y, p))), abs=1e-12)
    assert score.log_score(p, y) == pytest.approx(float(np.mean(scoringrules.log_score(y, p))), abs=1e-9)


def test_a_certain_miss_costs_an_infinite_log_score():
    assert score.log_score([0.0, 0.5], [1, 0]) == math.inf


def test_an_unknown_outcome_is_refused_not_scored_as_zero():
    with pytest.raises(ScoreError, match="neither 0 nor 1"):
        score.brier([0.1, 0.2], [0, float("nan")])


@pytest.mark.parametrize(("p", "y"), [([], []), ([0.1], [0, 1]), ([1.2], [1]), ([float("nan")], [1])])
def test_what_cannot_be_scored_is_refused(p, y):
    with pytest.raises(ScoreError):
        score.log_score(p, y)


def test_scores_without_events_are_not_numbers():
    assert math.isnan(score.auc([0.1, 0.2], [0, 0]))
    assert math.isnan(score.expected_observed([0.1, 0.2], [0, 0]))


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans(), st.integers(2000, 2002)), min_size=1), st.integers(1, 4))
def test_a_list_holds_exactly_k_rows_and_ties_go_against_the_forecaster(rows, k):
    p = np.array([r[0] / 5 for r in rows])
    y = np.array([float(r[1]) for r in rows])
    year = np.array([r[2] for r in rows])
    chosen = score.on_list(p, y, year, k)
    for one in np.unique(year):
        inside, within = chosen[year == one], year == one
        assert inside.sum() == min(k, within.sum())
        if inside.sum() < within.sum():
            edge = p[within][inside].min()
            left_out = p[within][~inside]
            assert left_out.max() <= edge
            tied_in = y[within][inside & (p[within] == edge)]
            tied_out = y[within][~inside & (p[within] == edge)]
            if tied_out.size:
                assert tied_in.sum() == 0 or (tied_out == 1).all()


def test_brier_parts_sum_to_the_brier_score():
    p, y, _ = scored(3)
    parts = score.brier_decomposition(p, y, (0, 0.1, 0.3, 0.6, 1.0))
    total = parts.reliability - parts.resolution + parts.uncertainty + parts.within
    assert total == pytest.approx(score.brier(p, y), abs=1e-12)
    few = np.array([0.05, 0.2, 0.45, 0.8])[np.random.default_rng(1).integers(0, 4, 300)]
    flat = score.brier_decomposition(few, (few > 0.3).astype(float), (0, 0.1, 0.3, 0.6, 1.0))
    assert flat.within == pytest.approx(0, abs=1e-12)


def test_reliability_counts_every_forecast_once():
    p, y, _ = scored(4)
    bins = score.reliability([*p, 0.0, 1.0], [*y, 0, 1], (0, 0.1, 0.3, 1.0))
    assert sum(b.forecasts for b in bins) == p.size + 2
    assert sum(b.events for b in bins) == int(y.sum()) + 1
    assert all(b.low <= b.observed <= b.high for b in bins)


def test_wilson_interval_agrees_with_its_defining_equation():
    z = 1.6448536269514722
    for events, n in ((0, 10), (3, 100), (50, 60), (7, 7)):
        for end in score.wilson(events, n):
            assert abs(events / n - end) <= z * math.sqrt(end * (1 - end) / n) + 1e-12


def test_cluster_draws_take_whole_clusters_and_keep_their_number():
    clusters = np.array(["a", "a", "b", "c", "c", "c"])
    draws = score.cluster_draws(clusters, 200, seed=1)
    assert (draws[:, 0] == draws[:, 1]).all()
    assert (draws[:, 3] == draws[:, 5]).all()
    assert (draws[:, 0] + draws[:, 2] + draws[:, 3] == 3).all()
    assert np.unique(draws[:, 0]).size > 2
