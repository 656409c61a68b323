"""Aggregators against published figures, fractions worked by hand, SciPy and R; and the laws they must keep."""

import math
import shutil
import subprocess
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special, stats

from tocsin.assess.aggregators import AGGREGATORS, Parameters
from tocsin.assess.ordinal import pool_places
from tocsin.assess.performance import weights as performance_weights
from tocsin.assess.pooling import pool, pool_many
from tocsin.core.errors import AssessmentError

UNWEIGHTED = [name for name, one in AGGREGATORS.items() if not one.weighted]
INSIDE = ["median", "trimmed mean", "mean", "mean log-odds"]
ON_ODDS = ["mean log-odds", "extremised log-odds"]

probabilities = st.lists(st.floats(0, 1), min_size=1, max_size=40)
numbers = st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=40)


def test_the_published_example_of_the_geometric_mean_of_odds():
    """Sevilla (2021), When pooling forecasts, use the geometric mean of odds: 1.10 % and 1 : 118, or 0.84 %."""
    assert round(100 * pool([0.0140, 0.0221, 0.0039, 0.0040], "mean").value, 2) == 1.10
    pooled = pool([1 / (1 + against) for against in (70, 44, 255, 249)], "mean log-odds").value
    assert round((1 - pooled) / pooled) == 118
    assert round(100 * pooled, 2) == 0.84


def test_log_odds_pools_against_odds_worked_as_fractions():
    # Odds 1/9, 4/9 and 4: the geometric mean is the cube root of 16/81, and its cube the product itself.
    odds = [Fraction(1, 9), Fraction(4, 9), Fraction(4)]
    given_ = [float(o / (1 + o)) for o in odds]
    product = odds[0] * odds[1] * odds[2]
    mean = float(product) ** (1 / 3)
    assert pool(given_, "mean log-odds").value == pytest.approx(mean / (1 + mean), abs=1e-15)
    cubed = float(product / (1 + product))
    assert pool(given_, "extremised log-odds", parameters=Parameters(factor=3)).value == pytest.approx(cubed, abs=1e-15)


def test_a_shared_tenth_extremised_is_what_the_caution_says():
    assert pool([0.1] * 5, "extremised log-odds").value == pytest.approx(1 / (1 + 9**2.5), abs=1e-15)
    assert f"{100 / (1 + 9**2.5):.2f} %" in AGGREGATORS["extremised log-odds"].caution


@pytest.mark.parametrize("seed", range(5))
def test_aggregators_agree_with_scipy(seed):
    x = np.random.default_rng(seed).beta(1, 5, 37 + seed)
    for trim in (0.0, 0.1, 0.13, 0.29, 0.499):
        ours = pool(x, "trimmed mean", parameters=Parameters(trim=trim)).value
        assert ours == pytest.approx(stats.trim_mean(x, trim), abs=1e-12)
    assert pool(x, "median").value == pytest.approx(float(np.median(x)), abs=1e-12)
    assert pool(x, "mean").value == pytest.approx(float(x.mean()), abs=1e-12)
    z = special.logit(np.clip(x, 0.001, 0.999)).mean()
    assert pool(x, "mean log-odds").value == pytest.approx(special.expit(z), abs=1e-12)
    assert pool(x, "extremised log-odds").value == pytest.approx(special.expit(2.5 * z), abs=1e-12)


def test_the_trimmed_mean_is_r_s():
    if shutil.which("Rscript") is None:
        pytest.skip("Rscript is not installed")
    x = np.random.default_rng(8).normal(size=47).round(3)
    trims = (0.02, 0.1, 0.25, 0.29, 0.4)
    written = f"x <- c({','.join(map(str, x))}); for (t in c({','.join(map(str, trims))})) "
    script = written + 'for (n in c(3, 9, 10, 47)) cat(format(mean(x[1:n], trim = t), digits = 17), "\\n")'
    told = subprocess.run(["Rscript", "-e", script], check=True, capture_output=True, text=True).stdout
    ours = [
        pool(x[:n], "trimmed mean", "numeric", parameters=Parameters(trim=trim)).value
        for trim in trims
        for n in (3, 9, 10, 47)
    ]
    assert ours == pytest.approx([float(line) for line in told.split()], abs=1e-12)


def test_fewer_than_ten_estimates_are_not_trimmed_by_a_tenth():
    assert pool([0.1] * 8 + [0.9], "trimmed mean").cut == 0
    told = pool([0.1] * 9 + [0.9], "trimmed mean")
    assert (told.cut, told.value) == (1, 0.1)


@settings(deadline=None)
@given(probabilities, st.randoms(use_true_random=False), st.sampled_from(UNWEIGHTED))
def test_no_order_of_participants_changes_a_bit(values, random, method):
    shuffled = random.sample(values, len(values))
    assert pool(values, method).value.hex() == pool(shuffled, method).value.hex()


@settings(deadline=None)
@given(numbers, st.randoms(use_true_random=False), st.sampled_from(["median", "trimmed mean", "mean"]))
def test_no_order_of_participants_changes_a_bit_of_a_number(values, random, method):
    shuffled = random.sample(values, len(values))
    assert pool(values, method, "numeric").value.hex() == pool(shuffled, method, "numeric").value.hex()


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0.01, 100)), min_size=1), st.randoms(use_true_random=False))
def test_no_order_of_participants_changes_a_bit_of_a_weighted_pool(pairs, random):
    def pooled(some):
        values, held = zip(*some, strict=True)
        return pool(values, "performance-weighted", weights=held).value

    told = pooled(pairs)
    assert told.hex() == pooled(random.sample(pairs, len(pairs))).hex()
    assert min(x for x, _ in pairs) <= told <= max(x for x, _ in pairs)
    exact = sum(Fraction(w) * Fraction(x) for x, w in pairs) / sum(Fraction(w) for _, w in pairs)
    assert told == pytest.approx(float(exact), abs=1e-12)


def test_zero_of_either_sign_is_the_same_zero():
    assert pool([0.0, -0.0, -0.0], "median", "numeric").value.hex() == "0x0.0p+0"


@settings(deadline=None)
@given(probabilities, st.sampled_from(INSIDE))
def test_pools_lie_within_the_estimates(values, method):
    kept = np.clip(values, 0.001, 0.999) if method in ON_ODDS else values
    assert min(kept) <= pool(values, method).value <= max(kept)


@settings(deadline=None)
@given(st.floats(0.001, 0.999), st.integers(1, 30), st.sampled_from(INSIDE))
def test_what_all_say_is_what_the_pool_says(value, n, method):
    assert pool([value] * n, method).value == value


@settings(deadline=None)
@given(probabilities, st.sampled_from(ON_ODDS))
def test_log_odds_pools_of_the_opposite_event_are_the_opposite(values, method):
    opposite = pool([1 - p for p in values], method).value
    assert pool(values, method).value == pytest.approx(1 - opposite, abs=1e-12)


@settings(deadline=None)
@given(probabilities)
def test_extremising_pushes_away_from_one_half_and_a_factor_of_one_does_nothing(values):
    plain, pushed = pool(values, "mean log-odds").value, pool(values, "extremised log-odds").value
    assert abs(pushed - 0.5) >= abs(plain - 0.5) - 1e-12
    same = pool(values, "extremised log-odds", parameters=Parameters(factor=1)).value
    assert same == pytest.approx(plain, abs=1e-12)


@settings(deadline=None)
@given(probabilities, st.integers(0, 39), st.sampled_from(UNWEIGHTED))
def test_missing_estimates_are_left_out_and_counted(values, at, method):
    with_gaps = [*values[:at], None, *values[at:], math.nan]
    told, alone = pool(with_gaps, method), pool(values, method)
    assert (told.value, told.n, told.missing) == (alone.value, len(values), 2)


@pytest.mark.parametrize("method", UNWEIGHTED)
def test_a_question_that_nobody_answered_has_no_pool(method):
    told = pool([None, math.nan], method)
    assert (told.value, told.n, told.missing) == (None, 0, 2)
    assert told.reason
    assert pool([], method).value is None


def test_zeros_and_ones_are_kept_off_the_ends_and_counted():
    told = pool([0.0, 0.5, 1.0], "mean log-odds")
    assert told.clipped == 2
    assert told.value == pytest.approx(0.5, abs=1e-15)
    assert pool([0.0, 0.0], "mean log-odds").value == 0.001
    assert pool([0.0, 0.1, 0.1, 0.1], "mean log-odds").value > 0.02


def test_many_questions_pool_as_each_does_alone():
    rng = np.random.default_rng(5)
    matrix = rng.random((30, 12))
    matrix[rng.random(matrix.shape) < 0.3] = np.nan
    matrix[:, 3] = np.nan
    for method in UNWEIGHTED:
        assert pool_many(matrix, method) == tuple(pool(column, method) for column in matrix.T)
    assert pool_many(matrix)[3].value is None


def test_each_kind_of_question_has_its_ways_and_no_other():
    assert [name for name, one in AGGREGATORS.items() if "ordinal" in one.kinds] == ["median"]
    assert [name for name, one in AGGREGATORS.items() if "numeric" in one.kinds] == ["median", "trimmed mean", "mean"]
    with pytest.raises(AssessmentError, match=r"does not pool answers of the kind 'ordinal'.* median"):
        pool([1, 2], "mean log-odds", "ordinal")
    with pytest.raises(AssessmentError, match="median, trimmed mean, mean"):
        pool([1, 2], "mode", "numeric")
    for name, one in AGGREGATORS.items():
        assert (one.name, bool(one.formula), bool(one.source), bool(one.caution)) == (name, True, True, True)


@pytest.mark.parametrize(
    ("values", "kind", "match"),
    [
        ([0.1, 1.2], "probability", "estimate 2: 1.2 is not a probability"),
        ([-0.1], "probability", "not a probability"),
        ([math.inf], "numeric", "too large"),
        ([1e101], "numeric", "too large"),
        ([1, 2.5], "ordinal", "estimate 2: 2.5 is no place"),
        ([-1], "ordinal", "no place"),
        (["many"], "numeric", "not a number"),
        ([[0.1]], "probability", "2 dimensions"),
        ([0.1], "fuzzy", "no question is answered by 'fuzzy'"),
    ],
)
def test_what_cannot_be_an_estimate_is_refused_with_its_place(values, kind, match):
    with pytest.raises(AssessmentError, match=match):
        pool(values, "median", kind)


@pytest.mark.parametrize("wrong", [{"trim": 0.5}, {"trim": -0.1}, {"factor": 0}, {"clip": 0}, {"clip": math.nan}])
def test_parameters_out_of_range_are_refused(wrong):
    with pytest.raises(AssessmentError, match=next(iter(wrong))):
        Parameters(**wrong)


def test_the_median_of_places_is_a_place_and_both_middles_are_told():
    told = pool_places([5, 1, None, 2, 4], scale=5)
    assert (told.counts, told.n, told.missing) == ((1, 1, 0, 1, 1), 4, 1)
    assert (told.lower, told.upper) == (2, 4)
    assert told.cumulative == (0.25, 0.5, 0.5, 0.75, 1.0)
    assert pool([5, 1, None, 2, 4], "median", "ordinal").value == 2
    assert pool_places([None], scale=3) == pool_places([], scale=3).__class__((0, 0, 0), (), None, None, 1)


@settings(deadline=None)
@given(st.lists(st.integers(1, 7), min_size=1))
def test_turning_a_scale_round_exchanges_its_middles(values):
    told, turned = pool_places(values, 7), pool_places([8 - v for v in values], 7)
    assert (told.lower, told.upper) == (8 - turned.upper, 8 - turned.lower)
    assert told.counts == turned.counts[::-1]
    assert told.lower in values
    assert told.upper in values


@pytest.mark.parametrize("place", [0, 6])
def test_a_place_beyond_the_scale_is_refused(place):
    with pytest.raises(AssessmentError, match=f"place {place} is not on a scale of 5 words"):
        pool_places([1, place], scale=5)


def test_weights_are_worked_from_scores_as_written():
    scores, asked = [Fraction(5, 100), Fraction(10, 100), Fraction(20, 100)], [20, 40, 100]
    mean = sum(scores) / 3
    drawn = [(n * s + 20 * mean) / (n + 20) for s, n in zip(scores, asked, strict=True)]
    expected = [float((1 / d) / sum(1 / e for e in drawn)) for d in drawn]
    assert performance_weights([float(s) for s in scores], asked).tolist() == pytest.approx(expected, abs=1e-15)


def test_a_run_of_perfect_scores_weighs_more_but_not_everything():
    perfect, usual, _ = performance_weights([0.0, 0.05, 0.10], [20, 20, 20])
    assert perfect / usual == pytest.approx(2, abs=1e-12)
    assert performance_weights([0.0, 0.0], [20, 30]).tolist() == [0.5, 0.5]


def test_without_enough_scored_questions_nobody_is_weighted_and_nobody_is_named():
    with pytest.raises(AssessmentError, match=r"^2 of 3 contributors have fewer than 20 scored questions\."):
        performance_weights([0.1, 0.1, 0.1], [19, 20, 3])
    with pytest.raises(AssessmentError, match="1 of 2 contributors"):
        performance_weights([0.1, None], [30, None])


@pytest.mark.parametrize(
    ("scores", "rule"), [([1.1], "brier"), ([-0.1], "log"), ([math.inf], "log"), ([None], "brier")]
)
def test_scores_that_cannot_be_are_refused(scores, rule):
    with pytest.raises(AssessmentError, match="out of range"):
        performance_weights(scores, [30], rule)


def test_weights_must_fit_and_must_be_wanted():
    with pytest.raises(AssessmentError, match="no weights"):
        pool([0.1], "performance-weighted")
    with pytest.raises(AssessmentError, match="takes no weights"):
        pool([0.1], "median", weights=[1])
    with pytest.raises(AssessmentError, match="1 weights for 2 participants"):
        pool([0.1, 0.2], "performance-weighted", weights=[1])
    with pytest.raises(AssessmentError, match="not a number above zero"):
        pool([0.1, 0.2], "performance-weighted", weights=[1, 0])
    told = pool([0.1, None, 0.4], "performance-weighted", weights=[1, 5, 3])
    assert (told.value, told.missing) == (pytest.approx(0.325, abs=1e-15), 1)
