"""A country's months: what is lacking is said, never filled with zeros; what others say stands with its months."""

from dataclasses import replace

import pytest
from tests.made_up_months import the_signals, with_months

from tocsin.core.settings import Settings
from tocsin.desk import monthly
from tocsin.desk.country_months import _others, country_months
from tocsin.desk.monthly_scores import monthly_scores
from tocsin.desk.signals_release import PlaceSignals, write_signals


@pytest.fixture
def settings(tmp_path):
    return with_months(Settings(home=tmp_path, offline=True))


def test_a_forecast_without_recorded_deaths_says_that_these_are_not_here(settings):
    view = country_months(settings, "Sudan")
    assert [one.ahead for one in view.chosen] == [1, 3, 6, 12]
    assert (view.fan[0].month, view.fan[-1].month, view.last) == ("2022-01", "2024-12", "2021-12")
    assert view.recorded == ()
    assert "does not mean that there were none" in view.recorded_absence
    assert "59 months" in view.old or "months ago" in view.old


def test_only_changes_of_the_years_shown_are_marked(settings):
    assert [(one.month, one.up) for one in country_months(settings, "Sudan").turns] == [
        ("2020-10", False),
        ("2021-08", True),
    ]


def test_a_country_without_a_forecast_says_why(settings):
    view = country_months(settings, "Norway")
    assert view.fan == ()
    assert view.fan_absence == "There is no monthly forecast: the tests say so."
    assert "Not covered in December 2021" in view.signals_absence


def test_a_country_that_is_not_covered_has_no_forecast_and_no_zero(settings):
    assert "not covered in the last month known" in country_months(settings, "Iceland").fan_absence


def test_a_machine_with_a_broken_release_says_so_and_shows_the_rest(settings):
    (settings.release / "signals.json").unlink()
    view = country_months(settings, "Sudan")
    assert view.fan
    assert view.turns == ()
    assert "release months" in view.signals_absence


def test_a_change_next_to_months_that_are_not_covered_has_no_size(settings):
    lone = {"month": 500, "before": None, "after": 3.0, "credibility": 0.5, "either_side": 3}
    write_signals(settings.release, the_signals(places=(PlaceSignals(place="SDN", rise=0.0, changes=(lone,)),)))
    (turn,) = country_months(settings, "Sudan").turns
    assert "its size is not known" in turn.sentence


@pytest.mark.parametrize(
    ("first", "told"),
    [("2024-08", "5 of its 6 months are in our forecast too (2024-08 to 2024-12)"), ("2026-06", "cannot be compared")],
)
def test_how_far_the_months_of_another_forecast_are_ours_too_is_said(first, told):
    year, month = int(first[:4]), int(first[5:])
    rows = tuple(monthly.OtherMonth(f"{year}-{month + i:02}", 4.0, "") for i in range(5))
    rows += (monthly.OtherMonth(f"{year + 1}-01", 4.0, ""),)
    other = monthly.OtherForecast("Somebody", "what", "six months", "then", "theirs", rows)
    (shown,) = _others((other,), 504)
    assert told in shown.overlap
    assert [row.month for row in shown.rows] == [rows[0].month, rows[3].month]
    assert _others((replace(other, rows=()),), 504) == ()


def test_a_score_whose_interval_holds_one_is_not_distinguishable(settings):
    found = {one.metric: one.verdict for one in monthly_scores(settings).against}
    assert found == {"crps": "better", "log_crps": "not distinguishable", "ignorance": "worse"}
    assert [one.model for one in monthly_scores(settings).windows] == ["tocsin", "history12"]


def test_real_months_are_read_and_a_state_that_is_not_covered_has_none(mirror, tmp_path):
    settings = with_months(Settings(home=tmp_path, mirror=mirror, offline=True))
    view = country_months(settings, "Ethiopia")
    assert (len(view.recorded), view.recorded[0].month, view.recorded[-1].month) == (120, "2012-01", "2021-12")
    assert all(one.deaths is not None for one in view.recorded)
    assert view.source_licence == "CC BY-NC 4.0"
    # What is not covered is said, and is no zero.
    missing = country_months(settings, "PSE")
    assert missing.recorded == ()
    assert "covers no month" in missing.recorded_absence
