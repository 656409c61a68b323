import math
from dataclasses import replace

import pytest
from tests.tiny_release import contribution, node, tiny_release

from tocsin.core.errors import UnknownPlace
from tocsin.desk.country import country_view, grouped, kept


def test_a_country_is_found_by_name_and_by_code(tmp_path):
    settings = node(tmp_path)

    assert country_view(settings, "Sudan").place.id == country_view(settings, "sdn").place.id == "SDN"


def test_nobody_s_country_is_an_error_with_a_suggestion(tmp_path):
    with pytest.raises(UnknownPlace, match="Sudan"):
        country_view(node(tmp_path), "Sudann")


def test_contributions_are_grouped_by_theme_and_keep_their_sum(tmp_path):
    view = country_view(node(tmp_path), "SDN")

    assert [theme.name for theme in view.themes] == ["War", "Population"]
    assert [part.feature for part in view.themes[0].contributions] == ["deaths", "calm"]
    total = sum(theme.log_odds for theme in view.themes)
    assert math.isclose(total, view.forecast.log_odds - view.forecast.baseline_log_odds, abs_tol=1e-9)


def test_a_theme_of_opposites_ranks_by_what_is_left_of_it():
    parts = [contribution("a", "one", 2.0), contribution("b", "one", -2.0), contribution("c", "two", -0.5)]

    assert [theme.name for theme in grouped(parts)] == ["two", "one"]


def test_an_outcome_that_is_not_known_is_none_and_not_false(tmp_path):
    view = country_view(node(tmp_path), "SDN")

    assert [row.outcome for row in view.history] == [True, True, None]
    assert view.history[-1].onset_1 is False
    assert view.history[-1].onset_2 is None
    assert len(view.known) == 2
    assert view.onset_years == (2023,)


def test_a_past_interval_that_was_not_computed_is_none(tmp_path):
    view = country_view(node(tmp_path), "RWA")

    assert {(row.low, row.high) for row in view.history} == {(None, None)}


def test_words_say_how_many_states_share_them(tmp_path):
    view = country_view(node(tmp_path), "SDN")
    icd = next(wording for wording in view.wordings if wording.key == "icd203")

    assert (icd.words, icd.shared, icd.of) == ("very unlikely", 1, 3)


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("Iceland", "The test has no row for it."),
        ("France", "The source's data do not cover this state in 2024, so no forecast can be made."),
        ("East Germany", "This state ended in 1990; the release is about the states of 2024."),
    ],
)
def test_a_state_without_a_forecast_has_a_reason(tmp_path, query, reason):
    view = country_view(node(tmp_path), query)

    assert view.forecast is None
    assert view.belief is None
    assert view.absent.reason == reason


def test_a_published_forecast_that_is_not_here_says_what_to_run(tmp_path):
    (other,) = country_view(node(tmp_path), "SDN").others

    assert other.probability is None
    assert "not been fetched" in other.absence
    assert other.definition
    assert other.terms


def test_a_published_forecast_that_is_here_keeps_its_own_terms(tmp_path, mirror):
    view = country_view(replace(node(tmp_path), mirror=mirror), "SDN")

    (other,) = view.others
    assert 0 < other.probability < 1
    assert other.rank >= 1
    assert other.absence == ""
    assert "do not redistribute" in other.terms


def test_how_often_forecasts_of_this_size_came_true_is_said(tmp_path):
    release = tiny_release()
    view = country_view(node(tmp_path), "NOR")

    assert view.kept == "Of 6 forecasts of 0 to 5 % for 2009-2024, 1 came true: 17 %, where 2.0 % was said."
    assert kept(0.08, release.scores) == ""
    assert kept(0.01, ()) == ""
