from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest

from tests.forecast.elasticnet_naive import invented
from tocsin.core.errors import FitError
from tocsin.forecast.elasticnet import cross_validate, random_folds, walk_forward, walkforward

ORIGINS = range(1996, 2016)


@pytest.fixture(scope="module")
def panel():
    """40 places x 30 years; the outcome of the last three years is not known."""
    X, y = invented(1200, 12, seed=3, rate=-2.0)
    years = np.tile(np.arange(1990, 2020), 40)
    X = np.column_stack([X, years, years**2])
    y[years > 2016] = np.nan
    folds = [random_folds(int((years <= last).sum()), 5, [0, last]) for last in ORIGINS]
    return X, y, years, folds


def test_chooses_and_forecasts_as_cross_validation_of_each_origin_does(panel):
    X, y, years, folds = panel
    origins = walk_forward(X, y, years, ORIGINS, folds)
    assert [origin.year for origin in origins] == list(ORIGINS)
    assert not any(origin.exact for origin in origins)
    for origin, fold in list(zip(origins, folds, strict=True))[::3]:
        rows = years <= origin.year
        found = cross_validate(X[rows], y[rows], fold, patience=None)
        assert abs(origin.index - found.index_min) <= 1
        np.testing.assert_allclose(origin.lambdas, found.lambdas)
        np.testing.assert_allclose(origin.cvm, found.cvm[origin.visited], rtol=1e-3)
        assert origin.fit.kkt < 1e-9
        assert origin.fold_kkt < 1e-4
        assert (years[origin.rows] == origin.year + 2).all()
        assert len(origin.rows) == 40
        there = found.path.fit(origin.index)
        np.testing.assert_allclose(origin.probability, there.probability(X[origin.rows]), atol=1e-8)
        assert origin.fit.deviance == pytest.approx(there.deviance)


def test_looks_at_a_part_of_the_path_with_the_lowest_point_inside(panel):
    X, y, years, folds = panel
    for origin in walk_forward(X, y, years, ORIGINS, folds)[1:16]:
        assert len(origin.visited) < 40
        lowest = int(np.flatnonzero(origin.visited == origin.index)[0])
        assert origin.cvm[lowest] == origin.cvm.min()
        assert lowest >= min(4, origin.index)
        assert len(origin.visited) - 1 - lowest >= min(4, 99 - origin.index)


def test_processes_give_what_one_process_gives(panel):
    X, y, years, folds = panel
    serial = walk_forward(X, y, years, ORIGINS, folds)
    calls = []
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        spread = walk_forward(
            X, y, years, ORIGINS, folds, map=pool.map, progress=lambda done, total, _: calls.append((done, total))
        )
    for one, other in zip(serial, spread, strict=True):
        assert one.index == other.index
        np.testing.assert_array_equal(one.probability, other.probability)
    assert calls == [(0, 2), (1, 2), (2, 2)]


@pytest.mark.parametrize("broken", ["tolerance", "check"])
def test_what_cannot_be_trusted_is_done_again_the_slow_way(panel, monkeypatch, broken):
    X, y, years, folds = panel
    origins, folds = list(ORIGINS)[:3], folds[:3]
    fast = walk_forward(X, y, years, origins, folds)
    if broken == "tolerance":  # single precision cannot reach it
        monkeypatch.setattr(walkforward, "LOOSE", 1e-12)
    else:  # fold fits that stray pass unseen until the check in double precision
        bulk = walkforward.Newton.solve

        def astray(self, lambda_, start, *tolerance):
            solution = bulk(self, lambda_, start, *tolerance)
            if self.dtype == np.float32:
                solution.coefs[:, 1] += 0.05
            return solution

        monkeypatch.setattr(walkforward.Newton, "solve", astray)
    slow = walk_forward(X, y, years, origins, folds)
    for one, other in zip(fast, slow, strict=True):
        assert other.exact
        assert other.fold_kkt < 1e-9
        assert abs(one.index - other.index) <= 1
        if one.index == other.index:
            np.testing.assert_allclose(one.probability, other.probability, atol=1e-8)


def test_a_column_that_only_later_begins_to_vary(panel):
    X, y, years, folds = panel
    X = np.column_stack([X, np.where(years > 1998, np.sin(years), 0.0)])
    origins = walk_forward(X, y, years, ORIGINS, folds)
    assert [origin.fit.coefs[-1] == 0 for origin in origins[:3]] == [True] * 3
    assert all(origin.fit.kkt < 1e-9 for origin in origins)


def test_an_unknown_outcome_among_the_rows_fitted_is_an_error(panel):
    X, y, years, folds = panel
    more = [*folds, random_folds(int((years <= 2017).sum()), 5, 0)]
    with pytest.raises(FitError, match="an unknown outcome is not 0"):
        walk_forward(X, y, years, [*ORIGINS, 2017], more)


def test_origins_and_folds_must_match(panel):
    X, y, years, folds = panel
    with pytest.raises(FitError, match="origins must rise"):
        walk_forward(X, y, years, list(ORIGINS)[::-1], folds)
    with pytest.raises(FitError, match="origins must rise"):
        walk_forward(X, y, years, ORIGINS, folds[1:])
    with pytest.raises(FitError, match="the labels have shape"):
        walk_forward(X, y, years, ORIGINS, folds[1:] + folds[:1])
    with pytest.raises(FitError, match="one year a row"):
        walk_forward(X, y, years[1:], ORIGINS, folds)
