from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from tocsin.core.errors import ContractError
from tocsin.sources import ewp
from tocsin.sources.catalogue import catalogue
from tocsin.sources.fetch import place_in
from tocsin.sources.quarantine import Checked

Read = Callable[[tuple[str, str], Callable[..., Checked]], Checked]


@pytest.fixture
def read(mirror: Path) -> Read:
    def read(names: tuple[str, str], reader: Callable[..., Checked]) -> Checked:
        return reader(place_in(mirror, catalogue()[names[0]].table(names[1]).url), this_year=2026)

    return read


@pytest.mark.parametrize(
    ("names", "reader", "rows"),
    [
        (ewp.PANEL, ewp.read_panel, 9463),
        (ewp.FORECASTS, ewp.read_forecasts, 168),
        (ewp.RANKING, ewp.read_ranking, 168),
        (ewp.COEFFICIENTS, ewp.read_coefficients, 40),
        (ewp.WALK_FORWARD, ewp.read_walk_forward, 5047),
        (ewp.EPISODES, ewp.read_episodes, 157),
    ],
)
def test_every_row_of_the_files_keeps_its_contract_and_resolves(
    read: Read, names: tuple[str, str], reader: Callable[..., Checked], rows: int
) -> None:
    checked = read(names, reader)
    assert [str(breach) for breach in checked.quarantine.breaches] == []
    assert checked.quarantine.warnings == ()
    assert checked.frame.height == checked.quarantine.rows == rows
    if "place" in checked.frame.columns:
        assert checked.frame["place"].null_count() == 0


def test_the_two_published_lists_agree_to_four_decimals(read: Read) -> None:
    final, ranking = read(ewp.FORECASTS, ewp.read_forecasts).frame, read(ewp.RANKING, ewp.read_ranking).frame
    both = final.join(ranking, on="place", validate="1:1", suffix="_short")
    assert both.height == 168
    assert both.select((pl.col("probability") - pl.col("probability_short")).abs().max()).item() < 1.01e-4
    assert both.filter(pl.col("rank") != pl.col("rank_short")).is_empty()


def test_the_coefficients_come_rounded_so_that_a_small_one_that_was_kept_reads_as_zero(read: Read) -> None:
    table = read(ewp.COEFFICIENTS, ewp.read_coefficients).frame.filter(pl.col("variable") != "(Intercept)")
    assert (table.height, table.filter(pl.col("coefficient") != 0).height) == (39, 21)  # the model kept 22


def test_the_walk_forward_highest_is_over_the_forecasts_there_are(read: Read) -> None:
    table = read(ewp.WALK_FORWARD, ewp.read_walk_forward).frame
    again = pl.max_horizontal("from_year_before", "from_two_years_before")
    assert table.filter(again.ne_missing(pl.col("highest"))).is_empty()
    assert table["highest"].null_count() == 15
    assert table["onset"].sum() == 39


def test_an_episode_without_an_end_has_no_end_and_not_zero(read: Read) -> None:
    table = read(ewp.EPISODES, ewp.read_episodes).frame
    assert table["end"].null_count() == 20
    assert table.filter(pl.col("end") < pl.col("start")).is_empty()
    assert set(table["led"]) == {"State-Led", "Non-State-Led"}
    assert min(table.filter(pl.col("led") == "Non-State-Led")["start"].to_list()) == 1989


def test_no_sentence_and_no_name_of_an_episode_is_read(read: Read) -> None:
    table = read(ewp.EPISODES, ewp.read_episodes).frame
    longest = {name: table[name].str.len_chars().max() for name in table.columns if table[name].dtype == pl.String}
    assert all(length is not None and int(str(length)) < 40 for length in longest.values()), longest


def tampered(mirror: Path, folder: Path, change: Callable[[list[str]], list[str]]) -> Path:
    lines = place_in(mirror, catalogue()["ewp-2025-panel"].table("panel").url).read_text().splitlines()
    path = folder / "panel.csv"
    path.write_text("\n".join(change(lines)) + "\n")
    return path


def edited(line: str, **values: str) -> str:
    fields = line.split(",")
    for name, value in values.items():
        fields[{"year": 1, "widetargeting": 2, "ccode": 42}[name]] = value
    return ",".join(fields)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (lambda lines: [*lines, lines[-1]], "repeated row"),
        (lambda lines: [*lines, edited(lines[9], widetargeting="1")], "duplicate key"),
        (lambda lines: [*lines, edited(lines[-1], year="2031")], "future year"),
        (lambda lines: [*lines, edited(lines[-1], ccode="899")], "unknown country"),
        (lambda lines: [*lines[:-1], edited(lines[-1], widetargeting="7")], "out of range"),
        (lambda lines: [*lines[:-1], lines[-1][:40]], "wrong number of fields"),
    ],
)
def test_one_bad_row_is_set_aside_and_the_rest_goes_on(
    mirror: Path, tmp_path: Path, change: Callable[[list[str]], list[str]], rule: str
) -> None:
    report = ewp.read_panel(tampered(mirror, tmp_path, change), this_year=2026).quarantine
    assert {breach.rule for breach in report.breaches} == {rule}
    assert report.quarantined == (2 if rule == "duplicate key" else 1)
    assert report.good >= 9462


def test_half_a_file_is_unusable(mirror: Path, tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="rows where 9463 to 9600"):
        ewp.read_panel(tampered(mirror, tmp_path, lambda lines: lines[:5000]), this_year=2026)


def test_a_renamed_column_is_named_with_its_new_name(mirror: Path, tmp_path: Path) -> None:
    def rename(lines: list[str]) -> list[str]:
        return [lines[0].replace("popsize.log2", "popsize_log2"), *lines[1:]]

    with pytest.raises(ContractError, match=r"popsize\.log2.*popsize_log2"):
        ewp.read_panel(tampered(mirror, tmp_path, rename), this_year=2026)
