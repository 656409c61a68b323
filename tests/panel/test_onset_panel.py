from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.errors import PanelError
from tocsin.panel.features import onset_features
from tocsin.panel.onset import FEATURES, OnsetPanel, build_onset_panel, two_year_outcome
from tocsin.sources import ewp
from tocsin.sources.catalogue import catalogue
from tocsin.sources.fetch import place_in


def row(place: str = "AAA", year: int = 2000, **values: object) -> dict[str, object]:
    base: dict[str, object] = dict.fromkeys(FEATURES, 1.0)
    outcomes = {"mk_onset": 0, "mk_onset_1": 0, "mk_onset_2": 0, "mk_onset_1or2": 0}
    return {**base, "place": place, "ewp_name": f"{place} as written", "ccode": 1, "year": year, **outcomes, **values}


def build(*rows: dict[str, object]) -> OnsetPanel:
    return build_onset_panel(pl.DataFrame(list(rows), infer_schema_length=None), vintage="a vintage")


@pytest.mark.parametrize(
    ("first", "second", "outcome", "complete"),
    [
        (0, 0, 0, True),
        (1, 0, 1, True),
        (0, 1, 1, True),
        (1, 1, 1, True),
        (1, None, 1, False),
        (None, 1, 1, False),
        (0, None, None, False),
        (None, 0, None, False),
        (None, None, None, False),
    ],
)
def test_an_unknown_future_is_censored_and_never_zero(
    first: int | None, second: int | None, outcome: int | None, complete: bool
) -> None:
    frame = build(row(mk_onset_1=first, mk_onset_2=second, mk_onset_1or2=0), row(year=1999)).frame
    assert frame["outcome"].to_list() == [0, outcome]
    assert frame["complete"].to_list() == [True, complete]
    assert frame["ewp_outcome"].to_list() == [0, 0]
    assert frame.schema["outcome"] == pl.Int8


KNOWN = st.sampled_from([0, 1, None])


@given(pairs=st.lists(st.tuples(KNOWN, KNOWN), min_size=1))
def test_the_outcome_is_symmetric_and_learning_more_never_turns_it_around(
    pairs: list[tuple[int | None, int | None]],
) -> None:
    table = pl.DataFrame(pairs, schema={"a": pl.Int8, "b": pl.Int8}, orient="row")
    one = table.select(two_year_outcome(pl.col("a"), pl.col("b")))
    assert one.equals(table.select(two_year_outcome(pl.col("b"), pl.col("a"))))
    for future in (0, 1):
        later = table.fill_null(future).select(two_year_outcome(pl.col("a"), pl.col("b")))
        kept = one.to_series().is_not_null()
        assert one.to_series().filter(kept).equals(later.to_series().filter(kept), null_equal=True)


def test_a_row_says_which_predictors_it_lacks() -> None:
    frame = build(row(**{"popsize.log2": None, "un_imr_sqrt": None}), row(year=2001)).frame
    assert frame["lacks"].to_list() == [["popsize.log2", "un_imr_sqrt"], []]
    assert frame["popsize.log2"].to_list() == [None, 1.0]


def test_rows_are_sorted_and_named_as_the_source_names_them() -> None:
    frame = build(row("BBB", 2001), row("BBB", 2000), row("AAA", 2001)).frame
    assert frame.select("year", "place").rows() == [(2000, "BBB"), (2001, "AAA"), (2001, "BBB")]
    assert frame["name"][0] == "BBB as written"


def test_two_rows_for_one_place_and_year_are_refused_by_name() -> None:
    with pytest.raises(PanelError, match="AAA has two rows for 2000: North and South"):
        build(row(ewp_name="North"), row(ewp_name="South", ccode=2))


def test_a_lacking_column_is_named() -> None:
    with pytest.raises(PanelError, match=r"gdppcgrowth"):
        build_onset_panel(pl.DataFrame([row()]).drop("gdppcgrowth"), vintage="a vintage")


def test_a_table_without_rows_is_refused() -> None:
    with pytest.raises(PanelError, match="no rows"):
        build_onset_panel(pl.DataFrame([row()]).clear(), vintage="a vintage")


def test_no_outcome_is_among_the_predictors() -> None:
    assert len(FEATURES) == len(set(FEATURES)) == 39
    assert not {"onset", "onset_1", "onset_2", "outcome", "mk_onset", "mk_onset_1or2", "ewp_outcome"} & set(FEATURES)
    assert "year" in FEATURES


def test_every_predictor_is_described_for_people() -> None:
    for feature in onset_features():
        assert feature.label != feature.id
        assert feature.label[0].isupper()
        assert "_" not in feature.label
        assert feature.description.endswith(".")
        assert feature.unit
        assert feature.source
    assert 7 <= len({feature.theme for feature in onset_features()}) <= 9
    assert len({feature.label for feature in onset_features()}) == 39


@pytest.fixture(scope="module")
def panel(mirror: Path) -> OnsetPanel:
    path = place_in(mirror, catalogue()["ewp-2025-panel"].table("panel").url)
    return build_onset_panel(ewp.read_panel(path, this_year=2026).frame, vintage="2025-09-03")


def test_the_real_panel_has_the_measured_counts(panel: OnsetPanel) -> None:
    frame = panel.frame
    assert frame.height == 9463
    assert frame["onset"].sum() == 122
    assert frame.filter(year=2024).height == 168
    assert panel.last_year == 2024
    assert frame.filter(pl.col("lacks").list.len() > 0).height == 155
    assert frame.filter(pl.col("year") == 2024, pl.col("lacks").list.len() > 0).is_empty()
    assert frame["ewp_outcome"].sum() == 215
    assert frame["outcome"].sum() == 215


def test_in_the_real_panel_the_last_two_years_and_the_ends_of_states_are_censored(panel: OnsetPanel) -> None:
    censored = panel.frame.filter(pl.col("outcome").is_null())
    assert censored.filter(pl.col("year") >= 2023).height == 2 * 168
    before = censored.filter(pl.col("year") < 2023)
    assert sorted(set(before["year"])) == [1974, 1975, 1988, 1989, 1991, 1992]
    assert before.height == 10
    assert (censored["ewp_outcome"] == 0).all()


def test_in_the_real_panel_the_later_columns_are_the_onsets_of_later_years(panel: OnsetPanel) -> None:
    later = panel.frame.sort("ccode", "year").with_columns(
        pl.col("onset").shift(-1).over("ccode").alias("next"),
        pl.col("onset").shift(-2).over("ccode").alias("after"),
    )
    assert later.filter(pl.col("onset_1").ne_missing(pl.col("next"))).is_empty()
    assert later.filter(pl.col("onset_2").ne_missing(pl.col("after"))).is_empty()


def test_the_predictors_stand_in_the_order_of_the_published_coefficients(mirror: Path) -> None:
    path = place_in(mirror, catalogue()["ewp-2025-coefficients"].tables[0].url)
    variables = ewp.read_coefficients(path, this_year=2026).frame["variable"].to_list()
    assert variables == ["(Intercept)", *FEATURES]


def test_the_traps_we_describe_are_there(panel: OnsetPanel) -> None:
    frame = panel.frame
    assert frame.filter(pl.col("year") < 1989)["battledeaths.log2"].max() == 0
    assert frame.filter((pl.col("year") >= 1989).cast(pl.Float64) != pl.col("includesnonstate")).is_empty()
    counted = frame.sort("ccode", "year").with_columns(
        (pl.col("mean_mk_onset_interaction") - pl.col("onset").cum_sum().over("ccode")).alias("before_1960")
    )
    assert counted.group_by("ccode").agg(pl.col("before_1960").n_unique())["before_1960"].max() == 1
    assert frame.filter(pl.col("efindex") != pl.col("efindex").last().over("ccode"), pl.col("year") >= 2013).is_empty()
