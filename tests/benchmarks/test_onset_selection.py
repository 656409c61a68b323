import csv
from dataclasses import replace
from importlib.resources import as_file, files

import numpy as np
import polars as pl
import pytest
from benchmarks.onset import selection
from benchmarks.onset.candidates import (
    CHOSEN,
    NET20,
    STUMPS,
    THREE,
    TWO,
    Calibrated,
    Candidate,
    Climatology,
    Mean,
    Net,
    Trees,
    candidates,
    engineered,
)

from tests.forecast.conftest import invented_frame
from tocsin.core.settings import Settings
from tocsin.desk.fetching import load_onset_panel
from tocsin.forecast.method import onset_method
from tocsin.forecast.onset import fit_ensemble
from tocsin.panel.onset import build_onset_panel

TREES = Trees("mono+", trees=20, half_life=20)
SIGNED = Net("notime", 0.006, 0.5, signed=True)
FEW = [
    Candidate(1, "few", spec)
    for spec in (
        Climatology(),
        NET20,
        SIGNED,
        TREES,
        Mean((TREES, NET20)),
        Calibrated(TREES, 2, 0.5),
        Calibrated(SIGNED, 4, 0.3, 0.15),
    )
]


def with_neighbours(frame: pl.DataFrame) -> pl.DataFrame:
    ahead = [pl.col("mk_onset").shift(-k).over("place").alias(f"mk_onset_{k}") for k in (1, 2)]
    frame = frame.sort("place", "year").with_columns(ahead)
    return frame.with_columns(pl.max_horizontal("mk_onset_1", "mk_onset_2").fill_null(0).alias("mk_onset_1or2"))


def changed(frame: pl.DataFrame, year: pl.Expr) -> pl.DataFrame:
    """Every predictor of the rows of some years moved, and their onsets turned round."""
    names = [name for name in onset_method().linear(tuple(frame.columns)) if frame[name].dtype == pl.Float64]
    moved = [pl.when(year).then(pl.col(name) * -3 + 1).otherwise(pl.col(name)).alias(name) for name in names]
    turned = pl.when(year).then(1 - pl.col("mk_onset")).otherwise(pl.col("mk_onset")).alias("mk_onset")
    return with_neighbours(frame.with_columns(*moved, turned))


def log_of(frame: pl.DataFrame) -> list[dict[str, str]]:
    table = engineered(selection.until_2008(build_onset_panel(frame, vintage="invented")))
    members = selection.fit_members([c.spec for c in FEW], table, None, lambda *_: None)
    return selection.log_rows(FEW, members, table)


@pytest.fixture(scope="module")
def log() -> list[dict[str, str]]:
    with selection.LOG.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_nothing_after_2008_touches_the_log():
    frame = invented_frame()
    before = log_of(frame)
    assert log_of(changed(frame, pl.col("year") > 2008)) == before
    assert log_of(frame.filter(pl.col("year") <= 2008)) == before
    # The same change two years earlier must be seen, or this test could not fail.
    for old, new in zip(before, log_of(changed(frame, pl.col("year") > 2006)), strict=True):
        assert old["log_1982_2006"] != new["log_1982_2006"]


def test_an_outcome_that_needs_2009_is_unknown_not_zero():
    table = selection.until_2008(build_onset_panel(invented_frame(), vintage="invented"))
    assert table.year.max() == 2008
    assert np.isnan(table.outcome[table.year >= 2007]).all()
    assert np.isnan(table.onset_1[table.year == 2008]).all()
    assert np.isnan(table.as_published).all()
    assert not np.isnan(table.outcome[table.year == 2006]).any()


def test_engineered_predictors_know_no_later_year():
    panel = build_onset_panel(invented_frame(), vintage="invented")
    late = build_onset_panel(changed(invented_frame(), pl.col("year") > 2000), vintage="invented")
    one, other = (engineered(selection.until_2008(each)) for each in (panel, late))
    early = one.year <= 2000
    assert np.array_equal(one.X[early], other.X[early])
    assert not np.array_equal(one.X[~early], other.X[~early])


def test_the_candidate_taken_is_the_frozen_procedure():
    method = onset_method()
    boosting, shift = method.boosting, method.calibration
    assert (
        Trees(
            "mono",
            trees=boosting.trees,
            leaves=2,
            learning_rate=boosting.learning_rate,
            min_rows=boosting.min_rows_in_leaf,
            ridge=boosting.ridge,
            predictor_share=boosting.predictor_share,
            row_share=boosting.row_share,
            seeds=len(boosting.seeds),
        )
        == STUMPS
    )
    assert boosting.seeds == tuple(range(STUMPS.seeds))
    assert Net("notime", method.penalty, method.alpha, int(method.half_life)) == NET20
    assert isinstance(CHOSEN.of, Mean)
    counts = (CHOSEN.of.parts.count(STUMPS), CHOSEN.of.parts.count(NET20))
    assert counts == (method.boosting_weight, method.elastic_net_weight)
    assert (CHOSEN.half_life, CHOSEN.prior_sd, CHOSEN.slope_sd) == (shift.half_life, shift.prior_sd, None)
    assert selection.YEARS[0] == shift.first_year


def test_a_forecast_of_the_log_is_the_frozen_procedures():
    table = selection.until_2008(build_onset_panel(invented_frame(), vintage="invented"))
    method = onset_method()
    quick = replace(method, boosting=replace(method.boosting, trees=60, seeds=(0, 1)))
    boosted, linear = (selection.log_odds(m, table, 1995) for m in (replace(STUMPS, trees=60, seeds=2), NET20))
    expected = fit_ensemble(table, 1993, quick).log_odds(table.X[table.at(1995)])
    assert (2 * boosted + linear) / 3 == pytest.approx(expected, abs=1e-9)


def test_the_log_holds_every_candidate_and_one_was_taken(log):
    assert [row["candidate"] for row in log] == [str(candidate.spec) for candidate in candidates()]
    assert [row["candidate"] for row in log if row["chosen"] == "yes"] == [str(CHOSEN)]
    assert {(row["n"], row["positives"]) for row in log} == {("3680", "88")}


def test_the_log_says_of_the_candidate_taken_what_the_embedded_archive_says(log):
    with as_file(files("tocsin") / "data" / "release") as folder:
        archive = pl.read_csv(folder / "archive.csv").filter(pl.col("predictor_year").is_between(1993, 2006))
    known = archive.filter(pl.col("outcome").is_not_null())
    row = next(row for row in log if row["chosen"] == "yes")
    for name, metric in selection.METRICS.items():
        assert float(row[f"{name}_1993_2006"]) == pytest.approx(metric(known["tocsin"], known["outcome"]), abs=2e-5)


def test_the_log_can_be_made_again(log, mirror, tmp_path):
    table = engineered(selection.until_2008(load_onset_panel(Settings(home=tmp_path, mirror=mirror))))
    cheap = [Candidate(1, "cheap", spec) for spec in (Climatology(), TWO, THREE, NET20, SIGNED, Calibrated(TWO, 4, 1))]
    members = selection.fit_members([c.spec for c in cheap], table, None, lambda *_: None)
    logged = {row["candidate"]: row for row in log}
    for row in selection.log_rows(cheap, members, table):
        for column in (name for name in row if name.startswith(tuple(selection.METRICS))):
            assert float(row[column]) == pytest.approx(float(logged[row["candidate"]][column]), abs=2e-5), column
