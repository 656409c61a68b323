"""The study that is shipped says what its numbers say, and the methods page says the same."""

import tomllib
from importlib.resources import files
from pathlib import Path

import pytest
from benchmarks.aftermath.writing import EVENTS, OUTCOMES, markdown, toml

from tocsin.core.errors import PanelError
from tocsin.horizon.aftermath import exact_interval
from tocsin.horizon.aftermath_results import numbers, read_study, study, table

PAGE = Path(__file__).resolve().parents[2] / "docs" / "methods" / "does-it-matter.md"


def test_every_comparison_of_the_plan_is_there_once_whatever_it_found():
    found = [(c.event.key, c.outcome.key) for c in study().comparisons]
    assert sorted(found) == sorted((event, outcome) for event in EVENTS for outcome in OUTCOMES)
    assert {c.numbers.tried for c in study().comparisons} == {len(found)}


def test_every_number_has_its_definition_vintage_licence_and_source():
    for source in study().sources:
        assert all([source.title, source.vintage, source.licence, source.terms, source.citation])
    for comparison in study().comparisons:
        assert comparison.event.definition
        assert comparison.outcome.definition
        assert comparison.first < comparison.last
    assert study().licence
    assert study().citation


@pytest.mark.parametrize("comparison", study().comparisons, ids=lambda c: f"{c.event.key}-{c.outcome.key}")
def test_the_numbers_of_a_comparison_agree_with_each_other(comparison):
    a = comparison.numbers
    assert a.rate == pytest.approx(a.followed / a.events, abs=1e-5)
    assert a.base_rate == pytest.approx(a.outcomes / a.periods, abs=1e-5)
    assert a.rate_interval == pytest.approx(exact_interval(a.followed, a.events), abs=1e-5)
    assert a.events == a.matched.events + a.unmatched == comparison.given - comparison.set_aside
    assert a.matched.rate == pytest.approx(a.matched.followed / a.matched.events, abs=1e-5)
    assert a.matched.difference == pytest.approx(a.matched.rate - a.matched.expected, abs=2e-5)
    assert a.wide_interval[0] <= a.difference_interval[0] <= a.difference_interval[1] <= a.wide_interval[1]
    assert a.outcomes >= a.followed


def test_the_methods_page_shows_the_table_of_the_file():
    assert markdown(study()) in PAGE.read_text("utf-8")


def test_what_is_stored_comes_back():
    text = files("tocsin.data").joinpath("aftermath.toml").read_text("utf-8")
    for row in tomllib.loads(text)["comparisons"]:
        found = numbers(row, len(EVENTS) * len(OUTCOMES))
        again = table(found)
        assert again == {key: row[key] for key in again}


def test_a_number_that_is_not_defined_is_left_out_and_comes_back_as_such():
    row = table(study().comparisons[0].numbers)
    del row["matched"]["ratio"], row["matched"]["ratio_interval"]
    back = numbers(row, 16)
    assert back.matched.ratio != back.matched.ratio
    assert table(back) == row


def test_the_order_of_onset_and_event_is_never_passed_over():
    for event in EVENTS:
        said = " ".join(study().beware(study().one(event, "onset_same_or_next")))
        both, later = (study().one(event, key).numbers for key in ("onset_same_or_next", "onset_next"))
        assert f"{both.followed - later.followed} had an onset in their own calendar year only" in said


def test_a_comparison_that_nobody_made_is_not_found():
    with pytest.raises(PanelError, match="no comparison census/escalation_6"):
        study().one("census", "escalation_6")


def test_a_file_that_lacks_a_part_is_named():
    with pytest.raises(PanelError, match=r"aftermath\.toml"):
        read_study('method_version = "x"')
    with pytest.raises(PanelError, match="cannot be read"):
        read_study("= 3")


def test_the_writer_writes_what_the_reader_reads():
    settings = {"method_version": "m", "computed": "2026-01-01", "draws": 1, "shifts": 1, "level": 0.9}
    row = {"event": "coup", "outcome": "escalation_6", "unit": "country-month", "first": "1991-01", "last": "1992-01"}
    row |= {"given": 5, "set_aside": 1, **table(study().one("coup", "escalation_6").numbers)}
    back = read_study(toml([row], settings | {"licence": "l", "citation": "c"}))
    assert back.one("coup", "escalation_6").numbers.followed == study().one("coup", "escalation_6").numbers.followed
    assert back.one("coup", "escalation_6").event.definition == EVENTS["coup"][1]
