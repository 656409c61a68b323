from pathlib import Path

import polars as pl
import pytest

from tocsin.sources import reign
from tocsin.sources.catalogue import catalogue
from tocsin.sources.fetch import place_in
from tocsin.sources.quarantine import Checked


@pytest.fixture
def elections(mirror: Path) -> Checked:
    names = reign.ELECTIONS
    return reign.read_elections(place_in(mirror, catalogue()[names[0]].table(names[1]).url), this_year=2026)


@pytest.fixture
def leaders(mirror: Path) -> Checked:
    names = reign.LEADERS
    return reign.read_leaders(place_in(mirror, catalogue()[names[0]].table(names[1]).url), this_year=2026)


def test_of_the_elections_only_an_impossible_date_and_a_mistyped_state_are_set_aside(elections: Checked) -> None:
    assert [str(breach) for breach in elections.quarantine.breaches] == [
        "impossible date in elec_year, elec_month, elec_day: 1 (row 3517: '2025-11-31')",
        "unknown country in ccode: 1 (row 2485: '533 in 2025')",
    ]
    assert (elections.frame.height, elections.quarantine.rows) == (4349, 4351)
    assert elections.frame["place"].null_count() == 0


def test_a_day_that_is_not_known_stays_unknown(elections: Checked) -> None:
    frame = elections.frame
    vague = frame.filter(pl.col("day").is_null())
    assert vague.height == 989
    assert set(vague["precision"]) == {"month"}
    assert set(vague["when"].str.len_chars()) == {7}
    exact = frame.filter(pl.col("day").is_not_null())
    assert set(exact["precision"]) == {"day"}
    assert (
        exact["when"]
        .str.to_date("%Y-%m-%d", strict=True)
        .dt.day()
        .equals(exact["day"].cast(pl.Int8), check_names=False)
    )


def test_an_election_that_is_known_is_read_as_it_was(elections: Checked) -> None:
    rows = elections.frame.filter(pl.col("election") == 700001).select("place", "when", "state", "kind", "regular")
    assert rows.rows() == [
        ("AFG", "1987-11", "announced", "legislative", False),
        ("AFG", "1988-04-06", "held early", "legislative", False),
    ]


def test_each_of_the_sources_words_has_one_spelling_here(elections: Checked) -> None:
    assert set(elections.frame["state"]) == set(reign.STATES.values())
    held = elections.frame.filter(pl.col("state").is_in(reign.HELD))
    assert held.height == 1878 + 6 + 1 + 918
    known = next(c for c in catalogue()["reign-elections"].tables[0].columns if c.name == "event")
    assert set(known.among) == set(reign.STATES)


def test_no_name_of_a_person_is_read(leaders: Checked) -> None:
    assert leaders.frame.columns == ["place", "start", "end"]
    described = {column.name for column in catalogue()["reign-leaders"].tables[0].columns}
    assert described == {"ccode", "sdate", "smonth", "syear", "emonth", "eyear"}


def test_every_term_has_a_state_and_ends_no_earlier_than_it_begins(leaders: Checked) -> None:
    assert leaders.quarantine.breaches == ()
    frame = leaders.frame
    assert frame.height == 2524
    assert frame["end"].null_count() == 194
    assert frame.filter(pl.col("end") < pl.col("start").str.slice(0, 7)).is_empty()
    mugabe = frame.filter(pl.col("place") == "ZWE")["start"].to_list()
    assert mugabe[-2:] == ["1980-03-04", "2017-11-15"]


def made(folder: Path, *rows: str) -> Path:
    header = "ccode,electionnumber,country,elec_year,elec_month,elec_day,sequence,event,elecnum,type,direct,regular"
    filler = [f"700,1,Afghanistan,1988,4,6,1,Announced,{800000 + n},L,Y,N,,," for n in range(4351 - len(rows))]
    path = folder / "elections.csv"
    path.write_text("\n".join([f"{header},victory,change,runoff", *filler, *rows]) + "\n")
    return path


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ("700,1,Afghanistan,1990,2,30,1,Announced,900001,L,Y,N,,,", "impossible date"),
        ("700,1,Afghanistan,1990,13,3,1,Announced,900001,L,Y,N,,,", "out of range"),
        ("700,1,Afghanistan,1990,2,3,1,Cancelled,900001,L,Y,N,,,", "unknown word"),
        ("700,1,Afghanistan,2090,2,3,1,Announced,900001,L,Y,N,,,", "out of range"),
    ],
)
def test_an_event_that_cannot_be_is_set_aside(tmp_path: Path, row: str, rule: str) -> None:
    checked = reign.read_elections(made(tmp_path, row), this_year=2026)
    assert rule in {breach.rule for breach in checked.quarantine.breaches}
    assert checked.frame.height == 4350
