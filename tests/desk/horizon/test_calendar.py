from __future__ import annotations

from datetime import date

import pytest
from tests.account_team import Clock
from tests.foreseen_team import OWN, a_moment, an_instrument, day
from tests.round_team import CONVENOR, DAY, by, opened

from tocsin.core.errors import NotFound, StatementError
from tocsin.desk import making, views
from tocsin.desk.horizon import calendar
from tocsin.desk.horizon.board import applies, board


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def node(tmp_path, clock, database):
    node = opened(tmp_path, clock, database)
    yield node
    node.store.close()


def listed(node, person, **asked):
    return [(one.body.title, one.first) for one in calendar.coming(by(node, person), **asked)]


# Putting and reading ------------------------------------------------------------------------------------------------


def test_what_is_coming_is_in_order_and_within_the_window(node, clock):
    for ahead in (40, 10, 600, -3):
        calendar.put(by(node, "aa-one"), a_moment(title=f"In {ahead}", when=day(clock, ahead).isoformat()))
    assert listed(node, "bb-one") == [("In 10", day(clock, 10)), ("In 40", day(clock, 40))]


def test_a_window_that_began_is_still_coming(node, clock):
    span = f"{day(clock, -5)}/{day(clock, 5)}"
    calendar.put(by(node, "aa-one"), a_moment(timing="windowed", when=span))
    assert [one.last for one in calendar.coming(by(node, "aa-one"))] == [day(clock, 5)]


def test_a_recurring_moment_stands_once_for_each_of_its_times(node, clock):
    first = day(clock, -20)
    rule = "FREQ=DAILY;INTERVAL=15;COUNT=4"
    skipped = [day(clock, 10).isoformat()]
    calendar.put(
        by(node, "aa-one"),
        a_moment(timing="recurring", when=first.isoformat(), recurrence=rule, skipped=skipped),
    )
    assert [one.first for one in calendar.coming(by(node, "aa-one"))] == [day(clock, 25)]


def test_what_may_come_any_day_comes_last_and_has_no_date(node, clock):
    calendar.put(by(node, "aa-one"), a_moment(title="Collapse", timing="undated", condition="the ceasefire collapses"))
    calendar.put(by(node, "aa-one"), a_moment(when=day(clock, 400).isoformat()))
    found = calendar.coming(by(node, "aa-one"))
    assert [(one.body.title, one.any_day, one.first) for one in found][1] == ("Collapse", True, None)


def test_who_is_not_in_its_audience_sees_nothing_of_a_moment(node, clock):
    calendar.put(by(node, "aa-one"), a_moment(marking=OWN, when=day(clock, 10).isoformat()))
    assert listed(node, "bb-one") == []


@pytest.mark.parametrize(
    ("field", "body"),
    [
        ("body.when", {"when": "2027-02-30"}),
        ("body.recurrence", {"timing": "recurring", "when": "2027-02-03", "recurrence": "FREQ=DAILY"}),
        (
            "body.recurrence",
            {"timing": "recurring", "when": "2027-05-03", "recurrence": "FREQ=MONTHLY;BYDAY=5MO;BYSETPOS=2;COUNT=2"},
        ),
        ("body.recurrence", {"timing": "recurring", "when": "2027-02-03", "recurrence": "FREQ=DAILY;UNTIL=20990101"}),
        ("body.factors.0", {"when": "2027-02-03", "factors": ["un-framework-2014:99"]}),
        ("body.clock.zone", {"when": "2027-02-03", "clock": {"starts": "10:00", "zone": "Mars/Olympus"}}),
        ("body", {"timing": "conditional"}),
    ],
)
def test_what_cannot_be_is_refused_by_name(node, field, body):
    with pytest.raises(StatementError) as refused:
        calendar.put(by(node, "aa-one"), a_moment(**body))
    assert refused.value.field == field


def test_a_moment_is_at_a_place(node):
    given = a_moment(when="2027-02-03") | {"subject": {"type": "period", "id": "2027"}}
    with pytest.raises(StatementError, match="a moment is at a place"):
        calendar.put(by(node, "aa-one"), given)


def test_a_known_factor_is_taken(node):
    made = calendar.put(by(node, "aa-one"), a_moment(when="2027-02-03", factors=["un-framework-2014:1"]))
    assert made.body.factors == ("un-framework-2014:1",)


# Moving -------------------------------------------------------------------------------------------------------------


def test_moving_supersedes_and_keeps_everything_else(node, clock):
    made = calendar.put(by(node, "aa-one"), a_moment(when=day(clock, 10).isoformat(), text="Why it matters."))
    clock.turn(60)
    moved = calendar.move(by(node, "aa-one"), made.id, {"when": day(clock, 20).isoformat()})
    assert listed(node, "bb-one") == [("Mandate of the mission ends", day(clock, 20))]
    assert (moved.supersedes, moved.body.text, moved.head.marking) == ((made.id,), "Why it matters.", made.head.marking)


def test_a_day_that_becomes_a_month_makes_the_moment_windowed_and_back(node):
    made = calendar.put(by(node, "aa-one"), a_moment(when="2027-02-03"))
    month = calendar.move(by(node, "aa-one"), made.id, {"when": "2027-04"})
    again = calendar.move(by(node, "aa-one"), month.id, {"when": "2027-04-05"})
    assert [month.body.timing, again.body.timing] == ["windowed", "fixed"]


def test_another_organisation_does_not_move_it(node):
    made = calendar.put(by(node, "aa-one"), a_moment(when="2027-02-03"))
    with pytest.raises(StatementError, match="only the organisation"):
        calendar.move(by(node, "bb-one"), made.id, {"when": "2027-04-05"})


def test_a_move_that_changes_nothing_and_a_move_of_what_was_moved_are_refused(node):
    made = calendar.put(by(node, "aa-one"), a_moment(when="2027-02-03"))
    with pytest.raises(StatementError, match="nothing would change"):
        calendar.move(by(node, "aa-one"), made.id, {"when": "2027-02-03"})
    calendar.move(by(node, "aa-one"), made.id, {"when": "2027-02-04"})
    with pytest.raises(StatementError, match="superseded already"):
        calendar.move(by(node, "aa-one"), made.id, {"when": "2027-02-05"})


def test_as_of_an_earlier_day_the_calendar_is_as_it_was(node, clock):
    made = calendar.put(by(node, "aa-one"), a_moment(when=day(clock, 10).isoformat()))
    clock.turn(60)
    then = clock()
    clock.turn(DAY)
    calendar.move(by(node, "aa-one"), made.id, {"when": day(clock, 20).isoformat()})
    assert listed(node, "aa-one", as_of=then) == [("Mandate of the mission ends", day(clock, 9))]


def test_a_moment_that_was_moved_twice_is_told_once_from_first_to_last(node, clock):
    made = calendar.put(by(node, "aa-one"), a_moment(when="2027-02-03"))
    clock.turn(DAY)
    second = calendar.move(by(node, "aa-one"), made.id, {"when": "2027-03-03"})
    clock.turn(60)
    third = calendar.move(by(node, "aa-one"), second.id, {"when": "2027-04-03"})
    (told,) = calendar.moves(by(node, "bb-one"))
    assert (told.before.id, told.now.id) == (made.id, third.id)
    clock.turn(8 * DAY)
    assert calendar.moves(by(node, "bb-one")) == ()


def test_a_move_back_and_a_new_wording_are_no_move(node, clock):
    made = calendar.put(by(node, "aa-one"), a_moment(when="2027-02-03"))
    second = calendar.move(by(node, "aa-one"), made.id, {"when": "2027-03-03"})
    calendar.move(by(node, "aa-one"), second.id, {"when": "2027-02-03", "text": "Said anew."})
    assert calendar.moves(by(node, "bb-one")) == ()


def test_a_move_is_told_only_to_whoever_sees_both_versions(node):
    made = calendar.put(by(node, "aa-one"), a_moment(when="2027-02-03"))
    given = calendar.moved_given(by(node, "aa-one"), made.id, {"when": "2027-03-03"})
    making.make(by(node, "aa-one"), given | {"marking": OWN})
    assert calendar.moves(by(node, "bb-one")) == ()
    assert listed(node, "bb-one") == [("Mandate of the mission ends", date(2027, 2, 3))]
    assert len(calendar.moves(by(node, CONVENOR))) == 1


def test_a_version_that_was_recalled_is_not_told_as_what_there_was_before(node, clock):
    made = calendar.put(by(node, "aa-one"), a_moment(when="2027-02-03"))
    clock.turn(60)
    calendar.move(by(node, "aa-one"), made.id, {"when": "2027-03-03"})
    making.recall(by(node, "aa-one"), made.id, "A source was named in it.")
    assert calendar.moves(by(node, "bb-one")) == ()


def test_the_scenario_of_a_moment_binds_its_marking_and_is_not_told(node):
    body = {"kind": "note", "title": "Scenario", "text": "Collapse in spring."}
    subject = {"type": "place", "id": "SDN"}
    scenario = making.make(by(node, "aa-one"), {"body": body, "subject": subject, "marking": OWN})
    with pytest.raises(StatementError, match="looser"):
        calendar.put(by(node, "aa-one"), a_moment(when="2027-02-03"), scenario.id)
    made = calendar.put(by(node, "aa-one"), a_moment(when="2027-02-03", marking=OWN), scenario.id)
    assert scenario.id not in made.open_part.decode()


def test_what_is_not_there_is_not_moved(node):
    with pytest.raises(NotFound):
        calendar.move(by(node, "aa-one"), "0" * 64, {"when": "2027-02-03"})


# The board ----------------------------------------------------------------------------------------------------------


def test_the_board_sorts_by_what_closes_first_and_a_move_moves_the_dates(node, clock):
    made = calendar.put(by(node, "aa-one"), a_moment(title="Early", when=day(clock, 60).isoformat()))
    calendar.put(by(node, "aa-one"), a_moment(title="Late", when=day(clock, 90).isoformat()))
    making.make(by(node, "aa-one"), an_instrument())
    found = board(by(node, "bb-one"))
    assert [one.coming.body.title for one in found.windows] == ["Early", "Late"]
    before = found.windows[0].by
    calendar.move(by(node, "aa-one"), made.id, {"when": day(clock, 100).isoformat()})
    again = board(by(node, "bb-one"))
    assert [one.coming.body.title for one in again.windows] == ["Late", "Early"]
    assert (again.windows[1].by.sure - before.sure).days == 40


def test_what_may_come_any_day_says_how_many_days_it_would_need(node):
    calendar.put(by(node, "aa-one"), a_moment(timing="undated", condition="the ceasefire collapses"))
    making.make(by(node, "aa-one"), an_instrument())
    (one,) = board(by(node, "bb-one")).any_day
    assert one.by is None
    assert 10 <= one.needs[0] <= one.needs[1] <= 40


def test_a_window_that_is_shut_is_told_apart(node, clock):
    calendar.put(by(node, "aa-one"), a_moment(when=day(clock, 5).isoformat()))
    making.make(by(node, "aa-one"), an_instrument())
    found = board(by(node, "bb-one"))
    assert (found.windows, [one.by.today for one in found.closed]) == ((), [0.0])


def test_an_instrument_that_is_not_in_use_or_of_another_place_or_time_has_no_window(node, clock):
    calendar.put(by(node, "aa-one"), a_moment(when=day(clock, 90).isoformat()))
    making.make(by(node, "aa-one"), an_instrument(in_use=False))
    making.make(by(node, "aa-one"), an_instrument({"type": "place", "id": "MLI"}))
    making.make(by(node, "aa-one"), an_instrument({"type": "period", "id": "2019"}))
    found = board(by(node, "bb-one"))
    assert (found.windows, len(found.unmatched)) == ((), 1)
    making.make(by(node, "aa-one"), an_instrument({"type": "place", "id": "SDN"}))
    assert len(board(by(node, "bb-one")).windows) == 1


@pytest.mark.parametrize(
    ("period", "when", "holds"),
    [
        ("2026-2027", ("2027-12-31", "2027-12-31"), True),
        ("2026-2027", ("2027-12-01", "2028-03-01"), True),
        ("2026-2027", ("2028-01-01", "2028-01-01"), False),
        ("2026-2027", ("2010-05-14", "2010-05-14"), False),
        ("2027", ("2027-01-01", "2027-01-01"), True),
        ("2027", ("2026-12-31", "2026-12-31"), False),
        ("2027-02", ("2027-01-15", "2027-02-01"), True),
        ("2027-02", ("2027-03-01", "2027-03-01"), False),
        ("2027-02-03", ("2027-02-03", "2027-02-03"), True),
        ("2027-02-03", ("2027-02-04", "2027-02-04"), False),
    ],
)
def test_an_instrument_of_a_period_is_for_the_moments_in_it(period, when, holds):
    first, last = map(date.fromisoformat, when)
    assert applies(f"period:{period}", "place:SDN", first, last) is holds
    assert applies("place:SDN", "place:SDN", first, last)
    assert not applies("place:MLI", "place:SDN", first, last)


def test_the_period_of_an_instrument_is_held_against_the_moment_and_not_against_today(node, clock):
    year = day(clock, 0).year
    for when in (f"{year - 16}-06-01", f"{year + 1}-06-01", f"{year + 2}-03-01"):
        calendar.put(by(node, "aa-one"), a_moment(title=when, when=when))
    calendar.put(by(node, "aa-one"), a_moment(title="Any day", timing="undated", condition="it fails"))
    making.make(by(node, "aa-one"), an_instrument({"type": "period", "id": f"{year}-{year + 1}"}))
    found = board(by(node, "bb-one"), first=date(year - 17, 1, 1), last=date(year + 3, 1, 1))
    matched = [one.coming.body.title for one in (*found.windows, *found.any_day, *found.closed)]
    assert matched == [f"{year + 1}-06-01", "Any day"]
    assert [one.body.title for one in found.unmatched] == [f"{year - 16}-06-01", f"{year + 2}-03-01"]


def test_what_was_called_off_has_no_window(node, clock):
    made = calendar.put(by(node, "aa-one"), a_moment(when=day(clock, 90).isoformat()))
    making.make(by(node, "aa-one"), an_instrument())
    calendar.move(by(node, "aa-one"), made.id, {"certainty": "called off"})
    found = board(by(node, "bb-one"))
    assert (found.windows, len(found.coming)) == ((), 1)


def test_an_instrument_is_not_about_a_statement(node):
    made = calendar.put(by(node, "aa-one"), a_moment(when="2027-02-03"))
    with pytest.raises(StatementError, match="about a place, or the period"):
        making.make(by(node, "aa-one"), an_instrument({"type": "statement", "id": made.id}))


def test_moments_do_not_crowd_what_else_is_said_of_a_place(node):
    calendar.put(by(node, "aa-one"), a_moment(when="2027-02-03"))
    assert views.current(by(node, "aa-one"), subject="place:SDN", parts=False).views == ()
