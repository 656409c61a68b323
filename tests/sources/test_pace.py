from pathlib import Path

import polars as pl
import pytest

from tocsin.sources import pace
from tocsin.sources.catalogue import catalogue
from tocsin.sources.fetch import place_in


@pytest.fixture
def bounds(mirror: Path) -> dict[str, pl.DataFrame]:
    frames = {}
    for bound in pace.BOUNDS:
        checked = pace.read_bound(place_in(mirror, catalogue()[pace.SOURCE].table(bound).url), bound, this_year=2026)
        assert checked.quarantine.breaches == ()
        frames[bound] = checked.frame
    return frames


def test_every_column_of_the_files_leads_to_a_state(bounds: dict[str, pl.DataFrame]) -> None:
    for frame in bounds.values():
        assert (frame.height, frame["place"].n_unique()) == (133 * 12, 133)
        assert (frame["month"].min(), frame["month"].max()) == (558, 569)
        assert frame.null_count().sum_horizontal().item() == 0


def test_the_names_that_are_short_or_ambiguous_are_the_states_that_are_meant(bounds: dict[str, pl.DataFrame]) -> None:
    meant = dict(bounds["mean"].select("name", "place").unique().iter_rows())
    short = ("Bosnia and Herz.", "Central African Rep.", "Congo", "Dem. Rep. Congo", "S. Sudan", "eSwatini")
    assert [meant[name] for name in short] == ["BIH", "CAF", "COG", "COD", "SSD", "SWZ"]
    assert len(set(meant.values())) == len(meant)


def test_numbers_below_zero_are_kept_as_published(bounds: dict[str, pl.DataFrame]) -> None:
    assert (bounds["low"]["low"] < 0).sum() == 495
    assert (bounds["mean"]["mean"] < 0).sum() == 7
    assert bounds["low"].row(by_predicate=(pl.col("place") == "AFG") & (pl.col("month") == 559))[3] < -342


def test_the_mean_lies_between_its_bounds(bounds: dict[str, pl.DataFrame]) -> None:
    joined = pace.joined(*(bounds[bound] for bound in pace.BOUNDS))
    assert joined.height == 133 * 12
    assert joined.filter(~pl.col("mean").is_between("low", "high")).is_empty()
    first = joined.row(by_predicate=(pl.col("place") == "AFG") & (pl.col("month") == 558))
    assert first[3:] == pytest.approx((12.340186, 1.873421, 22.806952), rel=1e-6)


def test_a_bound_that_is_not_given_is_missing() -> None:
    key = {"place": ["AFG", "MLI"], "month": [558, 558]}
    mean = pl.DataFrame({**key, "name": ["Afghanistan", "Mali"], "mean": [1.0, 2.0]})
    low = pl.DataFrame({"place": ["MLI"], "month": [558], "low": [-1.0]})
    high = pl.DataFrame({**key, "high": [3.0, 4.0]})
    assert pace.joined(mean, low, high)["low"].to_list() == [None, -1.0]
