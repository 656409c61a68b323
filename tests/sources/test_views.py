from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.core.errors import ContractError
from tocsin.core.place import place
from tocsin.sources import views
from tocsin.sources.catalogue import catalogue
from tocsin.sources.fetch import place_in
from tocsin.sources.quarantine import Checked

HEADER = ",country_id,month_id,country,gwcode,isoab,year,month,ucdp_ged_sb_best_sum"
SUDAN = ["0,59,378,Sudan,625,SDN,2011,6,3.0", "1,59,379,Sudan,625,SDN,2011,7,0.0", "2,245,379,Sudan,625,SDN,2011,7,5.0"]


def written(folder: Path, *rows: str, header: str = HEADER) -> Path:
    path = folder / "months.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def rules(checked: Checked) -> dict[str, int]:
    return {breach.rule: breach.rows for breach in checked.quarantine.breaches}


@pytest.fixture
def mirrored(mirror: Path) -> Callable[[tuple[str, str]], Path]:
    return lambda names: place_in(mirror, catalogue()[names[0]].table(names[1]).url)


def test_every_country_month_of_the_file_leads_to_a_state(mirrored: Callable[[tuple[str, str]], Path]) -> None:
    checked = views.read_deaths(mirrored(views.MONTHS), this_year=2026)
    frame = checked.frame
    assert checked.quarantine.breaches == ()
    assert checked.quarantine.warnings == ()
    assert frame.schema == {
        "place": pl.String,
        "country_id": pl.Int64,
        "month": pl.Int32,
        "name": pl.String,
        "deaths": pl.Float64,
    }
    assert frame.height == 72_024
    assert frame.null_count().sum_horizontal().item() == 0
    assert not frame.select("country_id", "month").is_duplicated().any()
    assert (frame["month"].min(), frame["month"].max()) == (121, 504)
    assert frame.filter(pl.col("month") == 504)["place"].n_unique() == 191
    assert frame["deaths"].sum() == 1_779_417


def test_cells_that_are_known_are_read_as_they_are(mirrored: Callable[[tuple[str, str]], Path]) -> None:
    frame = views.read_deaths(mirrored(views.MONTHS), this_year=2026).frame

    def deaths(country: int, month: int) -> float:
        return float(frame.row(by_predicate=(pl.col("country_id") == country) & (pl.col("month") == month))[4])

    assert deaths(247, 143) == 839  # Yugoslavia, November 1991
    assert deaths(209, 269) == 47  # Indonesia, May 2002
    assert deaths(1, 121) == 0  # Guyana, January 1990


def test_two_ids_lead_to_one_place_only_in_the_month_of_a_change_and_only_one_has_deaths(
    mirrored: Callable[[tuple[str, str]], Path],
) -> None:
    frame = views.read_deaths(mirrored(views.MONTHS), this_year=2026).frame
    twice = frame.filter(pl.struct("place", "month").is_duplicated())
    months = dict(twice.select("place", "month").unique().iter_rows())
    assert months == {
        "ZAF": 123, "DEU": 130, "SUN": 140, "YUG": 143, "ETH": 161, "SAU": 246, "YEM": 246, "IDN": 269, "SDN": 379,
    }  # fmt: skip
    assert twice.filter(pl.col("deaths") > 0).group_by("place", "month").len()["len"].to_list() == [1] * 3
    summed = views.by_place(frame)
    assert summed.height == 72_024 - 9
    assert summed["deaths"].sum() == frame["deaths"].sum()


def test_a_state_has_rows_only_while_sources_know_it(mirrored: Callable[[tuple[str, str]], Path]) -> None:
    frame = views.read_deaths(mirrored(views.MONTHS), this_year=2026).frame
    spans = frame.group_by("place").agg(first=pl.col("month").min(), last=pl.col("month").max())
    for id, first, last in spans.iter_rows():
        assert place(id).recorded(1980 + (first - 1) // 12), id
        assert place(id).recorded(1980 + (last - 1) // 12), id


def test_the_mirrors_file_reads_the_same_as_any_panel_file(mirrored: Callable[[tuple[str, str]], Path]) -> None:
    path = mirrored(views.MONTHS)
    checked = views.read_country_months(path)
    assert checked.frame.equals(views.read_deaths(path, this_year=2026).frame)
    assert checked.quarantine.warnings == ()


def test_the_forecast_has_191_states_and_36_months(mirrored: Callable[[tuple[str, str]], Path]) -> None:
    checked = views.read_forecast(mirrored(views.FORECAST), this_year=2026)
    assert checked.quarantine.breaches == ()
    frame = checked.frame
    assert (frame.height, frame["place"].n_unique(), frame["month"].n_unique()) == (6876, 191, 36)
    assert not frame.select("place", "month").is_duplicated().any()
    assert frame.row(by_predicate=(pl.col("country_id") == 1) & (pl.col("month") == 536))[4] == 0.0114


def test_the_mirrors_contract_does_not_take_half_a_file(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="3 rows where 72024"):
        views.read_deaths(written(tmp_path, *SUDAN), this_year=2026)


def test_a_panel_file_may_have_few_rows_and_later_years(tmp_path: Path) -> None:
    later = "3,245,560,Sudan,625,SDN,2026,8,12.0"
    checked = views.read_country_months(written(tmp_path, *SUDAN, later))
    assert checked.quarantine.breaches == ()
    assert checked.frame.select("place", "country_id", "month", "deaths").rows() == [
        ("SDN", 59, 378, 3.0),
        ("SDN", 59, 379, 0.0),
        ("SDN", 245, 379, 5.0),
        ("SDN", 245, 560, 12.0),
    ]
    assert views.by_place(checked.frame).rows() == [("SDN", 378, 3.0), ("SDN", 379, 5.0), ("SDN", 560, 12.0)]


@settings(deadline=None)
@given(
    rows=st.lists(st.tuples(st.sampled_from("ABC"), st.integers(1, 4), st.integers(0, 10**6)), max_size=30),
    seed=st.integers(0, 100),
)
def test_adding_up_by_place_loses_no_death_and_does_not_depend_on_order(
    rows: list[tuple[str, int, int]], seed: int
) -> None:
    schema = {"place": pl.String, "month": pl.Int32, "deaths": pl.Float64}
    frame = pl.DataFrame(rows, schema=schema, orient="row", strict=False)
    summed = views.by_place(frame)
    assert summed["deaths"].sum() == sum(row[2] for row in rows)
    assert not summed.select("place", "month").is_duplicated().any()
    assert summed.equals(views.by_place(frame.sample(fraction=1, shuffle=True, seed=seed)))


def test_a_panel_file_needs_no_row_numbers_codes_or_years(tmp_path: Path) -> None:
    rows = [",".join(row.split(",")[i] for i in (1, 2, 3, 8)) for row in SUDAN]
    path = written(tmp_path, *rows, header="country_id,month_id,country,ucdp_ged_sb_best_sum")
    assert views.read_country_months(path).frame.equals(views.read_country_months(written(tmp_path, *SUDAN)).frame)


def test_numbers_written_with_a_point_are_the_same_numbers(tmp_path: Path) -> None:
    pointed = ["0,59.0,378.0,Sudan,625.0,SDN,2011.0,6.0,3.0", *SUDAN[1:]]
    assert views.read_country_months(written(tmp_path, *pointed)).frame["place"].to_list() == ["SDN"] * 3


def test_years_after_this_one_are_set_aside_where_it_is_known(tmp_path: Path) -> None:
    rows = [
        *SUDAN,
        *(f"9,245,{379 + n},Sudan,625,SDN,{2011 + (6 + n) // 12},{(6 + n) % 12 + 1},0" for n in range(1, 60)),
    ]
    later = "3,245,600,Sudan,625,SDN,2029,12,12.0"
    checked = views.read_country_months(written(tmp_path, *rows, later), this_year=2026)
    assert rules(checked) == {"future year": 1}


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ("9,245,390,Sudan,625,SDN,2012,6,", "missing value"),
        ("9,245,390,Sudan,625,SDN,2012,6,-1", "out of range"),
        ("9,245,390,Sudan,625,SDN,2012,6,many", "unreadable value"),
        ("9,245,390,Sudan,625,SDN,2012,7,1", "months disagree"),
        ("9,299,390,Atlantis,999,ATL,2012,6,1", "unknown country"),
        ("9,245,390,Sudan", "wrong number of fields"),
    ],
)
def test_a_row_that_cannot_be_is_set_aside_and_not_read_as_zero(tmp_path: Path, row: str, rule: str) -> None:
    good = [f"{n},1,{121 + n},Guyana,110,GUY,{1990 + n // 12},{n % 12 + 1},0" for n in range(40)]
    checked = views.read_country_months(written(tmp_path, *good, row))
    assert rules(checked) == {rule: 1}
    assert checked.frame.height == 40
    assert checked.frame.filter(pl.col("month") == 390).is_empty()


def test_two_numbers_for_one_month_are_both_set_aside(tmp_path: Path) -> None:
    good = [f"{n},1,{121 + n},Guyana,110,GUY,{1990 + n // 12},{n % 12 + 1},0" for n in range(40)]
    checked = views.read_country_months(written(tmp_path, *good, "40,1,121,Guyana,110,GUY,1990,1,7"))
    assert rules(checked) == {"duplicate key": 2}


def test_a_file_without_the_deaths_is_refused_with_their_name(tmp_path: Path) -> None:
    header = HEADER.replace("ucdp_ged_sb_best_sum", "ged_sb")
    with pytest.raises(ContractError, match="ucdp_ged_sb_best_sum"):
        views.read_country_months(written(tmp_path, *SUDAN, header=header))


def test_a_file_whose_last_line_does_not_end_may_be_cut_and_it_is_said(tmp_path: Path) -> None:
    path = written(tmp_path, *SUDAN)
    path.write_bytes(path.read_bytes()[:-1])
    assert "no line end" in views.read_country_months(path).quarantine.warnings[0]
