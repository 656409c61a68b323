import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from tocsin.core.errors import SignalError
from tocsin.horizon.departures import from_draws, from_quantiles, surprise

months = st.lists(st.sampled_from([0.0, 0.0, 1.0, 3.0, 50.0]), min_size=1, max_size=12)


def test_tails_of_many_draws_are_those_of_the_law_they_come_from():
    law = stats.nbinom(0.5, 0.02)
    drawn = law.rvs((1, 200_000), random_state=np.random.default_rng(1)).astype(float)
    for x in (0, 1, 20, 120):
        found = from_draws([x], drawn)
        assert found.upper[0] == pytest.approx(law.sf(x - 1), abs=0.004)
        assert found.lower[0] == pytest.approx(law.cdf(x), abs=0.004)
        assert found.mid[0] == pytest.approx(law.sf(x) + law.pmf(x) / 2, abs=0.004)


def test_a_quiet_month_is_never_beyond_what_was_forecast():
    for drawn in (np.zeros((1, 9)), np.arange(9.0)[None, :]):
        found = from_draws([0], drawn)
        assert found.side(0) == "within"
        assert found.upper[0] == 1.0
        assert surprise(found)[0] == 0.0


def test_a_month_at_the_percentile_itself_is_no_departure_and_one_death_more_is():
    drawn = np.array([[0.0] * 94 + [5.0] * 6])
    assert from_draws([5], drawn).side(0) == "within"
    assert from_draws([6], drawn).side(0) == "above"


def test_a_month_without_deaths_can_be_below_a_forecast_of_many():
    found = from_draws([0], np.arange(100.0, 200.0)[None, :])
    assert found.side(0) == "below"
    assert found.sentence(0, "May 2012") == (
        "May 2012: 0 deaths, under the 5th percentile of what was forecast (100). It gave as few or fewer a chance of "
        "less than 1 in 100."
    )


def test_months_forecast_as_they_come_are_beyond_the_percentile_no_more_often_than_it_says():
    draw = np.random.default_rng(3)
    drawn = draw.negative_binomial(0.3, 0.02, (4000, 500)).astype(float)
    found = from_draws(draw.negative_binomial(0.3, 0.02, 4000), drawn)
    share = np.mean([found.side(i) == "above" for i in range(4000)])
    assert 0.035 < share < 0.06
    assert found.mid.mean() == pytest.approx(0.5, abs=0.02)


def test_the_tail_is_never_said_to_be_nothing():
    found = from_draws([900], np.arange(400.0)[None, :])
    assert surprise(found)[0] == pytest.approx(np.log10(400))
    assert "less than 1 in 400" in found.sentence(0, "May 2012")


def test_a_month_not_covered_or_not_forecast_is_unknown_and_not_within():
    found = from_draws([np.nan, 3], np.array([[1.0, 2.0], [np.nan, np.nan]]))
    assert [found.side(i) for i in (0, 1)] == ["unknown", "unknown"]
    assert np.isnan(found.upper).all()
    assert found.sentence(0, "May 2012") == "May 2012 is not covered, so nothing can be said of a departure."
    assert found.sentence(1, "June 2012") == "June 2012 was not forecast, so nothing can be said of a departure."


@settings(deadline=None)
@given(months, st.integers(0, 1000))
def test_weights_are_repeated_draws(observed, seed):
    draw = np.random.default_rng(seed)
    few, times = draw.integers(0, 6, (len(observed), 4)).astype(float), draw.integers(1, 5, 4)
    weighted = from_draws(observed, few, weights=times.astype(float))
    repeated = from_draws(observed, np.repeat(few, times, axis=1))
    for name in ("upper", "lower", "mid", "edge_low", "edge_high"):
        np.testing.assert_allclose(getattr(weighted, name), getattr(repeated, name), atol=1e-12)


@settings(deadline=None)
@given(months, st.integers(0, 1000))
def test_the_two_tails_overlap_in_the_ties_alone_and_mid_p_lies_between(observed, seed):
    drawn = np.random.default_rng(seed).integers(0, 6, (len(observed), 9)).astype(float)
    found = from_draws(observed, drawn)
    ties = (drawn == np.array(observed)[:, None]).mean(axis=1)
    np.testing.assert_allclose(found.upper + found.lower, 1 + ties)
    np.testing.assert_allclose(found.upper - found.mid, ties / 2, atol=1e-12)


@settings(deadline=None)
@given(months, st.integers(0, 1000))
def test_quantiles_never_tell_a_smaller_tail_than_the_draws_they_come_from(observed, seed):
    drawn = np.random.default_rng(seed).negative_binomial(0.5, 0.1, (len(observed), 60)).astype(float)
    levels = np.array([0.05, 0.25, 0.5, 0.75, 0.95, 0.99])
    values = np.quantile(drawn, levels, axis=1, method="inverted_cdf").T
    bounded, known = from_quantiles(observed, levels, values), from_draws(observed, drawn)
    assert (bounded.upper >= known.upper - 1e-9).all()
    assert (bounded.lower >= known.lower - 1e-9).all()
    assert [bounded.side(i) for i in range(len(observed))] == [known.side(i) for i in range(len(observed))]


def test_a_bound_is_said_to_be_one():
    found = from_quantiles([70], np.array([0.05, 0.5, 0.95, 0.99]), np.array([[0.0, 4, 50, 100]]))
    assert found.sentence(0, "May 2012") == (
        "May 2012: 70 deaths, over the 95th percentile of what was forecast (50). It gave as many or more a chance of "
        "at most 1 in 20."
    )


def test_forecasts_that_cannot_be_used_are_refused():
    whole = np.array([[1.0, 2.0]])
    with pytest.raises(SignalError, match="row of draws"):
        from_draws([1, 2], whole)
    with pytest.raises(SignalError, match="missing, negative"):
        from_draws([1], np.array([[1.0, np.nan]]))
    with pytest.raises(SignalError, match="weights"):
        from_draws([1], whole, weights=np.array([1.0, 0.0]))
    with pytest.raises(SignalError, match="percentile"):
        from_draws([1], whole, percentile=0.4)
    with pytest.raises(SignalError, match=r"no 0\.05 quantile"):
        from_quantiles([1], np.array([0.5, 0.95]), whole)
    with pytest.raises(SignalError, match=r"month 0.*fall"):
        from_quantiles([1], np.array([0.05, 0.95]), np.array([[2.0, 1.0]]))
