from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from tocsin.forecast.method import Method, onset_method
from tocsin.forecast.table import Table
from tocsin.panel.features import onset_features
from tocsin.panel.onset import OnsetPanel, build_onset_panel


def invented_frame(places: int = 40, first: int = 1960, last: int = 2024, seed: int = 0) -> pl.DataFrame:
    """A country-year table shaped like the source's, with invented numbers and onsets that follow three of them."""
    rng = np.random.default_rng(seed)
    years = np.arange(first, last + 1)
    n = places * years.size
    columns = {f.id: rng.normal(size=n).round(3) for f in onset_features() if f.id != "year"}
    binary = ("mk_ever", "coup.try.5yr", "newcountry", "pol_killing_approved", "even_civilrights")
    for name in binary:
        columns[name] = (rng.random(n) < 0.3).astype(float)
    columns["mk_ongoing_count_log2"] = np.log2(1 + rng.integers(0, 2, n))
    place = np.repeat([f"P{i:02d}" for i in range(places)], years.size)
    year = np.tile(years, places)
    eta = -4 + columns["popsize.log2"] + 0.7 * columns["un_imr_sqrt"] + columns["coup.try.5yr"]
    onset = (rng.random(n) < 1 / (1 + np.exp(-eta))).astype(int)
    frame = pl.DataFrame(
        {"place": place, "ewp_name": place, "ccode": np.repeat(np.arange(1, places + 1), years.size), "year": year}
        | columns
        | {"mk_onset": onset}
    ).sort("place", "year")
    ahead = [pl.col("mk_onset").shift(-k).over("place").alias(f"mk_onset_{k}") for k in (1, 2)]
    frame = frame.with_columns(ahead)
    return frame.with_columns(pl.max_horizontal("mk_onset_1", "mk_onset_2").fill_null(0).alias("mk_onset_1or2"))


@pytest.fixture(scope="session")
def panel() -> OnsetPanel:
    return build_onset_panel(invented_frame(), vintage="invented")


@pytest.fixture(scope="session")
def table(panel: OnsetPanel) -> Table:
    return Table.of(panel)


@pytest.fixture(scope="session")
def quick() -> Method:
    """The frozen method with few trees, seeds and draws, so that a test takes a second."""
    method = onset_method()
    return replace(
        method,
        boosting=replace(method.boosting, trees=40, seeds=(0,)),
        calibration=replace(method.calibration, first_year=1986),
        draws=20,
    )
