"""Signals as they are shown: which, in what order, with what said about their age, their rate and what is lacking."""

from datetime import UTC, datetime

import numpy as np
import pytest
from tests.made_up_months import ORIGIN, the_signals, with_months

from tocsin.core.errors import ReleaseError, UnknownPlace
from tocsin.core.settings import Settings
from tocsin.desk import signals as desk
from tocsin.desk.signals_build import signals_release
from tocsin.desk.signals_release import read_signals, write_signals
from tocsin.forecast.fatalities.procedure import Member, Procedure
from tocsin.panel.months import CountryMonths


@pytest.fixture
def settings(tmp_path):
    return with_months(Settings(home=tmp_path, offline=True))


def test_what_is_written_is_read_again(tmp_path):
    write_signals(tmp_path, the_signals())
    assert read_signals(tmp_path) == the_signals()


def test_a_damaged_file_is_named_with_what_to_do(tmp_path):
    (tmp_path / "signals.json").write_text('{"format": 1}', encoding="utf-8")
    with pytest.raises(ReleaseError, match="release months"):
        read_signals(tmp_path)


def test_everywhere_only_the_last_twelve_months_are_listed_alarms_first(settings):
    view = desk.signals_view(settings)
    assert [(one.sort, one.month) for one in view.signals] == [
        ("alarm", "2021-09"),
        ("change", "2021-08"),
        ("departure", "2021-09"),
    ]
    assert (view.watched, view.quiet) == (2, 1)
    assert view.rise is None


def test_a_place_has_all_its_changes_with_their_direction(settings):
    view = desk.signals_view(settings, "Sudan")
    changes = [one for one in view.signals if one.sort == "change"]
    assert [(one.month, one.direction, one.credibility) for one in changes] == [
        ("2021-08", "up", 0.6),
        ("2020-10", "down", 0.4),
        ("1996-08", "up", 0.9),
    ]
    assert "rose from 10 to 400 deaths a month" in changes[0].sentence
    assert view.rise == 0.02


def test_a_place_that_was_not_covered_is_said_to_be_so_and_not_to_be_quiet(settings):
    view = desk.signals_view(settings, "Norway")
    assert view.absence.startswith("Norway was not covered in December 2021")
    assert (view.watched, view.quiet, view.rise) == (0, 0, None)


def test_the_rate_that_was_kept_and_the_one_that_was_not_are_both_said(settings):
    kept, broken = desk.signals_view(settings).kept
    assert (kept.alarms, kept.false) == (6.0, 4.0)
    assert kept.sentence.endswith("(90 % interval 3.0 to 5.2): kept.")
    assert broken.sentence.endswith("(90 % interval 7.5 to 11): not kept.")


def test_the_age_of_what_is_known_is_said_first(settings):
    now = datetime.now(UTC)
    age = 12 * (now.year - 2021) + now.month - 12
    assert (
        f"Nothing after December 2021 is known here: that was {age} months ago." in desk.signals_view(settings).notices
    )


def test_no_chance_is_told_that_the_forecast_cannot_tell(settings):
    (departure,) = [one for one in desk.signals_view(settings).signals if one.sort == "departure"]
    assert "less than 1 in 1400" in departure.sentence
    assert departure.chance == 0.0


def test_a_name_that_no_state_has_is_refused(settings):
    with pytest.raises(UnknownPlace):
        desk.signals_view(settings, "Atlantis")


def test_own_forecasts_without_signals_do_not_borrow_those_of_the_package(settings):
    (settings.release / "signals.json").unlink()
    with pytest.raises(ReleaseError, match="no signals"):
        desk.signals_view(settings)


@pytest.fixture(scope="module")
def built():
    """Quiet places over twelve years, of which one erupts in the last three months and one is not covered any more."""
    draw = np.random.default_rng(3)
    deaths = draw.poisson(1.0, (11, 144)).astype(float)
    deaths[4, -3:] = 300.0
    deaths[10, -20:] = np.nan
    panel = CountryMonths(
        ("AFG", "BDI", "CAF", "COD", "ETH", "MLI", "NER", "NGA", "SDN", "SSD", "SYR"),
        tuple(range(1, 12)),
        np.arange(ORIGIN - 143, ORIGIN + 1),
        deaths,
        ~np.isnan(deaths),
    )
    members = (Member("history", 0.7, 100, half_life=2.0, noise=0.4), Member("history", 0.3, 100, half_life=48.0))
    method = Procedure("fatalities-test", members, 1, 24)
    told = {"outcome": "deaths", "vintage": "made up", "licence": "made up", "citation": ""}
    return panel, method, signals_release(panel, method, **told), told


def test_an_eruption_is_beyond_its_forecast_and_raises_both_alarms(built):
    _, _, release, _ = built
    (erupting,) = [one for one in release.places if one.place == "ETH"]
    first = erupting.beyond[-3] if len(erupting.beyond) >= 3 else erupting.beyond[0]
    assert (first.month, first.side, first.chance) == (ORIGIN - 2, "above", 0.0)
    assert {one.signal for one in erupting.alarms if one.month >= ORIGIN - 2} == {"rise", "surprise"}


def test_a_place_not_covered_in_the_last_month_has_no_signals(built):
    _, _, release, _ = built
    assert len(release.places) == 10
    assert "SYR" not in {one.place for one in release.places}


def test_a_release_holds_no_month_s_deaths(built):
    _, _, release, _ = built
    assert "300" not in release.model_dump_json()


def test_later_months_do_not_change_what_was_beyond_before(built):
    panel, method, release, told = built
    earlier = signals_release(panel.upto(ORIGIN - 1), method, **told)
    before = {(one.place, month) for one in earlier.places for month in one.beyond if month.month > ORIGIN - 12}
    now = {(one.place, month) for one in release.places for month in one.beyond if month.month < ORIGIN}
    assert before == now
    assert before


def test_no_rate_is_claimed_where_no_outcome_is_known_yet(built):
    panel, method, _, told = built
    short = signals_release(panel, method, back=3, **told)
    assert {one.signal: one.years for one in short.measured}["surprise"] == 0.0
