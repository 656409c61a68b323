from pathlib import Path

import polars as pl

from tocsin.sources import coups
from tocsin.sources.catalogue import catalogue
from tocsin.sources.fetch import place_in


def test_every_attempt_has_a_state_a_day_and_an_end(mirror: Path) -> None:
    path = place_in(mirror, catalogue()[coups.ATTEMPTS[0]].table(coups.ATTEMPTS[1]).url)
    checked = coups.read_attempts(path, this_year=2026)
    assert checked.quarantine.breaches == ()
    assert checked.quarantine.warnings == ()
    frame = checked.frame
    assert (frame.height, frame["succeeded"].sum()) == (488, 243)
    assert frame.null_count().sum_horizontal().item() == 0
    assert frame["when"].str.to_date("%Y-%m-%d", strict=True).dt.year().is_between(1950, 2022).all()
    assert ("CUB", "1952-03-10", True) in frame.select("place", "when", "succeeded").rows()
    assert frame.filter(place="MLI", when="2020-08-18")["succeeded"].to_list() == [True]


def test_an_attempt_on_a_day_that_there_is_not_is_set_aside(tmp_path: Path) -> None:
    rows = [f"Cuba,40,NA,NA,{1952 + n // 28},2,{n % 28 + 1},2,V2022.11.29" for n in range(490)]
    path = tmp_path / "coups.csv"
    header = "country,ccode,ccode_gw,ccode_polity,year,month,day,coup,version"
    path.write_text("\n".join([header, *rows, "Cuba,40,NA,NA,1980,2,31,2,V2022.11.29"]) + "\n")
    checked = coups.read_attempts(path, this_year=2026)
    assert [breach.rule for breach in checked.quarantine.breaches] == ["impossible date"]
    assert checked.frame.filter(pl.col("when").str.starts_with("1980-02")).is_empty()
