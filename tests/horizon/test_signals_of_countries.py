"""Signals of real countries, where the mirror has their months: the turns are those in the history books."""

import pytest
from benchmarks.signals.months import column, months

from tocsin.horizon.changes import changes
from tocsin.horizon.signals import Watch, signals_as_of


@pytest.fixture(scope="module")
def deaths(mirror):
    found = months(2010, mirror)
    return {name: found.deaths[found.names.index(name)] for name in ("Nepal", "Sri Lanka", "Sweden")}


def near(found, year, month, *, rises):
    at = column(year, month)
    return any(abs(change.month - at) <= 1 and change.rises is rises for change in found)


def test_the_war_in_nepal_begins_turns_and_ends_when_it_did(deaths):
    found = changes(deaths["Nepal"])
    assert near(found, 1996, 2, rises=True)  # the first attacks
    assert near(found, 2001, 11, rises=True)  # the end of the ceasefire
    assert near(found, 2006, 5, rises=False)  # the ceasefire that held
    assert len(found) <= 6


def test_the_war_in_sri_lanka_pauses_and_ends_when_it_did(deaths):
    found = changes(deaths["Sri Lanka"])
    assert near(found, 2002, 1, rises=False)
    assert near(found, 2009, 6, rises=False)


def test_a_country_without_deaths_has_no_signal(deaths):
    found = signals_as_of(deaths["Sweden"], column(2010, 12), Watch(rise=-4.0))
    assert (found.changes, found.rise, found.rise_alarm) == ((), 0.0, False)


def test_the_turn_of_november_2001_was_seen_that_month_and_is_not_forgotten_later(deaths):
    x, month = deaths["Nepal"], column(2001, 11)
    whole = signals_as_of(x, month, Watch(rise=-6.5))
    assert whole == signals_as_of(x[: month + 1], month, Watch(rise=-6.5))
    assert whole.rise_alarm
    assert not near(whole.changes, 2001, 11, rises=True)  # six months make a level: not yet one then
    assert near(signals_as_of(x, column(2002, 6), Watch(rise=-6.5)).changes, 2001, 11, rises=True)
