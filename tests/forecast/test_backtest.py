from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from tocsin.core.errors import PeriodError, ScoreError
from tocsin.forecast.backtest import archive, reproduced, walk_forward
from tocsin.forecast.baselines import climatology, small_logit
from tocsin.forecast.evaluate import Years, onset_year_unit, score_block, two_year_unit

MODELS = ("tocsin", "climatology", "two_variable", "three_variable")


@pytest.fixture(scope="module")
def walk(table, quick):
    return walk_forward(table, quick, range(1991, 1996), reproduce=False)


def altered_after(table, year):
    """The same table with everything scrambled that a forecaster at the end of ``year`` could not have known."""
    rng = np.random.default_rng(5)
    future = table.year > year
    X = table.X.copy()
    X[future] = rng.normal(size=X[future].shape)
    outcome, onset_1, onset_2 = (a.copy() for a in (table.outcome, table.onset_1, table.onset_2))
    outcome[table.year + 2 > year] = rng.integers(0, 2, (table.year + 2 > year).sum())
    onset_1[table.year + 1 > year] = 1
    onset_2[table.year + 2 > year] = 1
    return replace(table, X=X, outcome=outcome, onset_1=onset_1, onset_2=onset_2)


def test_nothing_that_comes_after_the_predictor_year_changes_its_forecast(table, quick, walk):
    other = walk_forward(altered_after(table, 1995), quick, range(1991, 1994), reproduce=False)
    for model in MODELS:
        for year in (1993, 1994, 1995):
            assert walk.probabilities[model][year] == pytest.approx(other.probabilities[model][year], abs=0), model


def test_late_labels_are_not_used(table, quick):
    late = walk_forward(table, quick, range(1994, 1995), delay=3, reproduce=False)
    scrambled = replace(table, outcome=np.where(table.year + 2 > 1996 - 3, 1.0 - table.outcome, table.outcome))
    again = walk_forward(scrambled, quick, range(1994, 1995), delay=3, reproduce=False)
    assert late.probabilities["tocsin"][1996] == pytest.approx(again.probabilities["tocsin"][1996], abs=0)


def test_the_reproduced_model_covers_the_same_rows(table):
    by_year = reproduced(table, range(1991, 1993))
    assert set(by_year) == {1993, 1994}
    assert all(len(p) == table.at(year).sum() for year, p in by_year.items())
    assert all(((p > 0) & (p < 1)).all() for p in by_year.values())


def test_an_unknown_future_is_censored_never_zero(table, quick):
    walk = walk_forward(table, quick, range(2020, 2023), reproduce=False)
    past = archive(table, walk)
    last = past.filter(pl.col("predictor_year") == 2024)
    assert last["onset_1"].null_count() == last["outcome"].null_count() == last.height > 0
    before = past.filter(pl.col("predictor_year") == 2023)
    assert before["onset_1"].null_count() == 0
    assert before["onset_2"].null_count() == before["outcome"].null_count() == before.height
    with pytest.raises(ScoreError):
        two_year_unit(past, MODELS, 2023, 2024)


def test_the_onset_year_unit_takes_the_larger_of_the_two_forecasts(table, walk):
    past = archive(table, walk)
    unit = onset_year_unit(past, MODELS, 1995, 1995)
    given = {(country, year): p for country, year, p in past.select("country", "predictor_year", "tocsin").iter_rows()}
    for country, p in zip(unit.country, unit.p["tocsin"], strict=True):
        assert p == max(given[country, 1993], given[country, 1994])
    onsets = {country for country, y in zip(unit.country, unit.y, strict=True) if y}
    assert onsets == set(table.country[(table.year == 1995) & (table.onset == 1)])


def test_recall_counts_an_onset_that_stood_on_either_list(table, walk):
    past = archive(table, walk)
    unit = onset_year_unit(past, MODELS, 1996, 1996)
    on = set()
    for year in (1994, 1995):
        listed = past.filter(pl.col("predictor_year") == year).sort("tocsin", descending=True).head(10)
        on |= set(listed["country"])
    assert {c for c, yes in zip(unit.country, unit.listed["tocsin", 10], strict=True) if yes} == on


def test_scores_are_paired_and_carry_intervals(table, walk):
    block = score_block(archive(table, walk), MODELS, key="test", title="t", years=Years((1993, 1997), (1994, 1998)))
    ours = block.models[0]
    assert ours.model == "tocsin"
    assert block.n == 5 * 40
    for value in ours.metrics.values():
        assert value.low <= value.high
    for c in block.comparisons:
        theirs = next(m for m in block.models if m.model == c.other)
        assert c.difference == pytest.approx(ours.metrics[c.metric].value - theirs.metrics[c.metric].value)
        assert c.distinguishable == (c.low > 0 or c.high < 0)


def test_interrupted_work_goes_on_where_it_stopped(table, quick, walk, tmp_path):
    class StopError(Exception):
        pass

    def stopping(function, items):
        for i, item in enumerate(items):
            if i == 3:
                raise StopError
            yield function(item)

    with pytest.raises(StopError):
        walk_forward(table, quick, range(1991, 1996), reproduce=False, folder=tmp_path, map_=stopping)
    kept = sorted(tmp_path.glob("*.npz"))
    assert len(kept) == 3
    kept[0].write_bytes(b"damaged")
    made = []

    def counting(function, items):
        for item in items:
            made.append(item)
            yield function(item)

    again = walk_forward(table, quick, range(1991, 1996), reproduce=False, folder=tmp_path, map_=counting)
    assert len(made) == 7 + 5 - 2
    assert again.probabilities["tocsin"][1997] == pytest.approx(walk.probabilities["tocsin"][1997], abs=0)


def test_origins_beyond_the_panel_are_refused_with_what_fits(table, quick):
    with pytest.raises(PeriodError, match="Choose last training years"):
        walk_forward(table, quick, range(2022, 2030))


def test_climatology_is_the_share_of_the_trailing_years(table):
    rows = (table.year > 1980) & (table.year <= 2000)
    assert climatology(table, 2000, 20) == pytest.approx(np.mean(table.outcome[rows]))


def test_a_small_logit_agrees_with_scikit_learn(table):
    from sklearn.linear_model import LogisticRegression

    names = ("popsize.log2", "un_imr_sqrt")
    rows, columns = table.training(2000), table.columns(names)
    oracle = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1000).fit(table.X[rows][:, columns], table.outcome[rows])
    new = table.X[table.at(2002)]
    expected = oracle.predict_proba(new[:, columns])[:, 1]
    assert small_logit(table, 2000, names, new) == pytest.approx(expected, abs=1e-6)


def test_a_country_that_changed_its_name_is_one_country(table, walk):
    """Serbia and Montenegro, then Serbia: two places, one number of the source, so one country-year and one cluster."""
    past = archive(table, walk)
    renamed = past.with_columns(
        place=pl.when((pl.col("place") == "P07") & (pl.col("predictor_year") >= 1995))
        .then(pl.lit("NEW"))
        .otherwise("place")
    )
    years = Years((1993, 1997), (1994, 1998))
    one, other = (score_block(frame, MODELS, key="k", title="t", years=years) for frame in (past, renamed))
    assert one == other


def test_years_without_an_onset_cannot_be_scored_and_say_so(table, walk):
    quiet = archive(table, walk).with_columns(pl.col("onset_1", "onset_2", "outcome") * 0)
    with pytest.raises(ScoreError, match="hold no onset"):
        score_block(quiet, MODELS, key="k", title="t", years=Years((1993, 1997), (1994, 1998)))


def test_the_archive_says_where_training_ended_when_labels_come_late(table, quick):
    late = walk_forward(table, quick, range(1994, 1995), delay=3, reproduce=False)
    assert archive(table, late, 3)["trained_to"].unique().to_list() == [1991]
