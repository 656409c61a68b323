"""The numbers of one comparison, against independent oracles and against simulated worlds whose truth is known."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from tocsin.core.errors import PanelError
from tocsin.horizon.aftermath import aftermath, exact_interval
from tocsin.horizon.aftermath_matching import cells, drawn, interval, matched
from tocsin.horizon.aftermath_placebo import placebo


def world(seed: int, *, effect: float = 0.0, places: int = 60, years: int = 50, trend: float = 0.0) -> pl.DataFrame:
    """Countries of unlike danger, in bad and good spells, whose events come more often where it is dangerous.

    effect: added to the chance of the outcome by an event. trend: outcomes become rarer and events more frequent.
    """
    rng = np.random.default_rng(seed)
    danger = rng.integers(0, 3, places)
    spell = np.zeros((places, years))
    spell[:, 0] = rng.random(places) < 0.3
    for t in range(1, years):
        spell[:, t] = np.where(rng.random(places) < 0.2, rng.random(places) < 0.3, spell[:, t - 1])
    time = np.linspace(0.5, -0.5, years)[None, :]
    event = rng.random((places, years)) < 0.08 + 0.06 * danger[:, None] - trend * 0.1 * time
    chance = 0.02 + 0.03 * danger[:, None] + 0.12 * spell + trend * 0.05 * time
    outcome = rng.random((places, years)) < np.clip(chance + effect * event, 0, 1)
    where, when = np.meshgrid(np.arange(places), np.arange(years), indexing="ij")
    return pl.DataFrame(
        {
            "place": [f"P{i:03d}" for i in where.ravel()],
            "time": 1970 + when.ravel(),
            "calendar": 1970 + when.ravel(),
            "event": event.ravel(),
            "comparison": ~event.ravel(),
            "cell": [str(d) for d in np.repeat(danger, years)],
            "outcome": outcome.ravel().astype(np.int8),
        }
    )


@settings(deadline=None)
@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_exact_interval_is_scipys(pair):
    theirs = binomtest(*pair).proportion_ci(0.9, method="exact")
    assert exact_interval(*pair) == pytest.approx((theirs.low, theirs.high), abs=1e-9)


def test_the_matched_rates_are_those_of_a_plain_loop_over_the_events():
    periods = world(3).with_columns(
        pl.when(pl.col("time") % 7 == 0).then(None).otherwise(pl.col("cell")).alias("cell"),
        (pl.col("comparison") & (pl.col("time") % 3 > 0)).alias("comparison"),
    )
    rows = periods.to_dicts()
    followed, expected, counted = 0, 0.0, 0
    for row in rows:
        alike = [r["outcome"] for r in rows if r["comparison"] and r["cell"] == row["cell"] is not None]
        if row["event"] and alike:
            counted += 1
            followed += row["outcome"]
            expected += sum(alike) / len(alike)
    found = matched(cells(periods))
    assert (found.events, found.followed) == (counted, followed)
    assert found.expected == pytest.approx(expected / counted, rel=1e-12)
    assert found.difference == pytest.approx((followed - expected) / counted, rel=1e-9)


def test_matching_takes_away_what_only_dangerous_countries_bring_about():
    worlds = [world(seed, places=90) for seed in range(60)]
    raw = [w.filter(pl.col("event"))["outcome"].mean() - w["outcome"].mean() for w in worlds]
    assert np.mean(raw) > 0.007
    assert abs(np.mean([matched(cells(w)).difference for w in worlds])) < 0.005


def test_an_event_without_a_period_alike_is_left_out_and_counted():
    periods = world(4).with_columns(
        pl.when(pl.col("event") & (pl.col("time") == 1980))
        .then(pl.lit("alone"))
        .otherwise(pl.col("cell"))
        .alias("cell")
    )
    alone = periods.filter(pl.col("cell") == "alone").height
    assert alone > 0
    assert aftermath(periods, tried=1, draws=50, shifts=19).unmatched == alone


def test_a_draw_of_whole_countries_is_the_matched_rate_of_the_countries_drawn():
    periods = world(5, places=8)
    counts = cells(periods)
    rate, expected = drawn(counts, 5, seed=9)
    times = np.random.default_rng(9).multinomial(8, np.full(8, 1 / 8), size=5)
    for draw in range(5):
        copies = [
            periods.filter(pl.col("place") == f"P{i:03d}").with_columns(pl.lit(f"{i}-{c}").alias("place"))
            for i in range(8)
            for c in range(times[draw, i])
        ]
        again = matched(cells(pl.concat(copies)))
        assert (rate[draw], expected[draw]) == pytest.approx((again.rate, again.expected), rel=1e-12)


def test_the_interval_holds_a_known_effect_about_as_often_as_it_says():
    held = [_holds(world(seed, effect=0.10), 0.10) for seed in range(200)]
    assert 0.82 <= np.mean(held) <= 0.96


def test_far_ends_that_rest_on_few_draws_are_moved_against_the_claim():
    many = [np.random.default_rng(seed).normal(2.73, 1, 4000) for seed in range(200)]  # the true end is just below zero
    ends = [interval(draws, 1 - 0.1 / 16) for draws in many]
    safe = [interval(draws, 1 - 0.1 / 16, against=2) for draws in many]
    assert sum(low > 0 for low, _ in ends) > 50
    assert sum(low > 0 for low, _ in safe) < 16
    assert all(a[0] <= b[0] <= b[1] <= a[1] for a, b in zip(safe, ends, strict=True))


def test_the_placebo_test_keeps_its_level_where_events_do_nothing():
    p = np.array([placebo(world(seed), 199, seed=1).p for seed in range(300)])
    assert 0.05 <= np.mean(p <= 0.10) <= 0.15
    assert np.mean(p <= 0.02) <= 0.05


def test_the_placebo_test_keeps_its_level_where_all_the_world_changes_with_time():
    p = np.array([placebo(world(seed, trend=1.0), 199, seed=1).p for seed in range(300)])
    assert np.mean(p <= 0.10) <= 0.16


def test_the_placebo_test_finds_an_effect_that_is_there():
    p = [placebo(world(seed, effect=0.10), 199, seed=1) for seed in range(40)]
    assert np.mean([one.p <= 0.10 and one.more for one in p]) > 0.9


def test_shifting_by_nothing_is_what_happened():
    periods = world(6)
    beyond = pl.col("outcome") - pl.col("outcome").mean().over("calendar")
    excess = periods.with_columns(beyond.alias("b")).filter(pl.col("event"))["b"].sum()
    assert placebo(periods, 99, seed=2).excess == pytest.approx(excess, rel=1e-9)


def test_where_nothing_ever_happens_nothing_is_claimed():
    quiet = world(7).with_columns(pl.lit(0, pl.Int8).alias("outcome"))
    found = aftermath(quiet, tried=16, draws=100, shifts=99)
    assert found.verdict.strength == "too few"
    assert found.placebo.p == 1.0
    assert np.isnan(found.matched.ratio)


def test_without_an_event_there_is_nothing_to_follow():
    with pytest.raises(PanelError, match="no period has an event"):
        aftermath(world(1).with_columns(pl.lit(False).alias("event")), tried=16)
    with pytest.raises(PanelError, match="lack cell"):
        aftermath(world(1).drop("cell"), tried=16)


def test_no_effect_is_seldom_called_an_association_and_a_large_one_is():
    none = [aftermath(world(seed), tried=16, draws=400, shifts=399).verdict.strength for seed in range(60)]
    assert none.count("not distinguishable") >= 50
    assert none.count("association") <= 1
    large = aftermath(world(1, effect=0.3), tried=16, draws=800, shifts=799).verdict
    assert (large.strength, large.direction) == ("association", 1)


def _holds(periods: pl.DataFrame, truth: float) -> bool:
    rate, expected = drawn(cells(periods), 400, seed=1)
    low, high = interval(rate - expected, 0.9)
    return low <= truth <= high
