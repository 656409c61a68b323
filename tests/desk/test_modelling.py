"""The embedded release: whole, ours alone, and the same when made again from the data."""

from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from tocsin.core.settings import Settings
from tocsin.desk.fetching import load_onset_panel
from tocsin.desk.modelling import _work_folder, data_receipts, differences, embedded_release, stale
from tocsin.forecast.backtest import LABEL_LAG
from tocsin.forecast.calibration import Shift
from tocsin.forecast.method import onset_method
from tocsin.forecast.onset import fit_ensemble
from tocsin.forecast.release import read_archive
from tocsin.forecast.table import Table

EMBEDDED = Path(str(files("tocsin") / "data" / "release"))


@pytest.fixture(scope="module")
def release():
    return embedded_release()


@pytest.fixture(scope="module")
def settings(mirror, tmp_path_factory):
    return Settings(home=tmp_path_factory.mktemp("home"), mirror=mirror, offline=True)


@pytest.fixture(scope="module")
def table(settings):
    return Table.of(load_onset_panel(settings))


def test_the_embedded_release_is_of_the_method_in_the_package(release):
    assert release.method_version == onset_method().version


def test_every_contribution_list_sums_to_its_forecast(release):
    for country in release.countries:
        total = country.baseline_log_odds + sum(c.log_odds for c in country.contributions)
        assert total == pytest.approx(country.log_odds, abs=1e-9)
        assert country.probability == pytest.approx(1 / (1 + np.exp(-country.log_odds)), abs=1e-12)


def test_the_embedded_release_holds_no_table_of_a_third_party(release):
    # Coefficients, forecasts, contributions and outcomes are ours; no predictor's value, no published forecast.
    archive = read_archive(EMBEDDED)
    assert "ewp_published" not in archive.columns
    assert set(type(release.countries[0]).model_fields).isdisjoint({"predictors", "values", "published"})
    assert {m.model for block in release.scores for m in block.models} <= {
        "tocsin",
        "climatology",
        "two_variable",
        "three_variable",
        "ewp_reproduced",
    }


def test_the_scores_of_the_release_are_those_of_its_archive(release):
    from tocsin.forecast import score

    archive = read_archive(EMBEDDED).filter(pl.col("predictor_year").is_between(2008, 2022))
    block = next(b for b in release.scores if b.key == "test")
    for model in block.models:
        value = score.log_score(archive[model.model], archive["outcome"])
        assert value == pytest.approx(model.metrics["log"].value, abs=1e-12)


def test_the_forecasts_are_the_same_when_made_again_from_the_data(release, table):
    year = release.data_year
    shift = Shift(release.coefficients["ensemble"]["shift"], release.coefficients["ensemble"]["shift_sd"])
    again = fit_ensemble(table, year - LABEL_LAG, onset_method()).shifted(shift)
    rows = table.at(year)
    log_odds = dict(zip(table.place[rows], again.log_odds(table.X[rows]), strict=True))
    apart = {c.place: abs(log_odds[c.place] - c.log_odds) for c in release.countries}
    worst = max(apart, key=apart.get)
    assert apart[worst] < 1e-9, f"{worst} differs by {apart[worst]:.1e}: another build of LightGBM or NumPy?"


def test_the_release_says_which_bytes_it_was_made_from(release, settings):
    assert data_receipts(load_onset_panel(settings)) == release.receipts


def test_other_data_make_the_release_stale_and_no_data_do_not(settings, tmp_path):
    assert not stale(settings)
    assert not stale(replace(settings, home=tmp_path, mirror=None))


def test_pieces_of_long_work_are_kept_apart_by_data(settings):
    panel = load_onset_panel(settings)
    other = replace(panel, receipts=(replace(panel.receipts[0], sha256="0" * 64),))
    assert _work_folder(settings, panel) != _work_folder(settings, other)


def test_differences_name_the_country_and_the_number(release):
    first = release.countries[0]
    changed = release.model_copy(
        update={"countries": (first.model_copy(update={"low": first.low / 2}), *release.countries[1:])}
    )
    assert differences(release, release) == ()
    (only,) = differences(changed, release)
    assert only.startswith(f"countries[{first.place}].low")
