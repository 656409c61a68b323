from __future__ import annotations

import pytest
from tests.account_team import Clock
from tests.foreseen_team import BASIN, OWN, a_moment, an_instrument, day
from tests.round_team import ANALYSTS, CONVENOR, DAY, answer, begun, by, opened, wanted

from tocsin.core.belief import percent
from tocsin.core.instant import moment
from tocsin.desk import auditing, making
from tocsin.desk.due import MOST, due
from tocsin.desk.horizon import calendar
from tocsin.desk.horizon.board import GONE, board
from tocsin.desk.horizon.closing import OVERDUE
from tocsin.desk.rounds import registering


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def node(tmp_path, clock):
    node = opened(tmp_path, clock)
    yield node
    node.store.close()


def test_a_question_waits_until_it_is_answered_or_its_stage_is_over(node, clock):
    id = begun(node, clock)
    (waiting,) = due(by(node, "bb-one"))
    assert (waiting.id, waiting.what) == (id, "1 question awaits your estimate")
    answer(node, id, {"bb-one": 0.1})
    assert due(by(node, "bb-one")) == ()
    clock.turn(DAY + 1)
    assert due(by(node, "cc-one")) == ()
    (over,) = due(by(node, CONVENOR))
    assert over.what == "the stage is over; take the round a step on"


def test_what_closes_first_is_first_and_what_is_not_open_waits_for_its_convenor_alone(node, clock):
    shut = registering.register(by(node, CONVENOR), wanted(clock)).id
    clock.turn(60)
    begun_ = begun(node, clock)
    # Who convenes is an analyst too, and invited.
    assert [one.id for one in due(by(node, CONVENOR))] == [begun_, shut]
    assert all([one.id for one in due(by(node, person))] == [begun_] for person in ANALYSTS)


def test_a_moment_that_was_moved_is_told_once_to_whoever_sees_it_and_not_for_ever(node, clock):
    made = calendar.put(by(node, "aa-one"), a_moment(when="2027-02-03"))
    clock.turn(DAY)
    first = calendar.move(by(node, "aa-one"), made.id, {"when": "2027-03-03"})
    second = calendar.move(by(node, "aa-one"), first.id, {"when": "2027-04-03"})
    (told,) = due(by(node, "bb-one"))
    assert (told.kind, told.id, told.what) == ("statement", second.id, "moved from 3 February 2027 to 3 April 2027")
    clock.turn(8 * DAY)
    assert due(by(node, "bb-one")) == ()


def a_window(node, clock, ahead=40, marking=BASIN, **body):
    """A moment so many days ahead, and an instrument that takes twenty days, of which there is no doubt."""
    twenty = {"low": 0, "typical": 0, "high": 0}, {"low": 20, "typical": 20, "high": 20}
    times = dict(zip(("deciding", "effect"), twenty, strict=True))
    making.make(by(node, "aa-one"), an_instrument(marking=marking, **times))
    given = a_moment(marking=marking, when=day(clock, ahead).isoformat())
    return calendar.put(by(node, "aa-one"), given | {"body": given["body"] | body}).id


def test_a_decide_by_date_within_thirty_days_is_due_and_follows_the_moment(node, clock):
    id = a_window(node, clock)
    (told,) = due(by(node, "bb-one"))
    assert (told.kind, told.id, told.title) == ("statement", id, "Mediation team: Mandate of the mission ends")
    assert moment(told.until).date() == day(clock, 20)
    assert told.marking.tlp.label == "TLP:AMBER"
    # Whoever moves it far enough moves it off the list, where the move itself is told instead.
    calendar.move(by(node, "aa-one"), id, {"when": day(clock, 90).isoformat()})
    assert [one.what[:10] for one in due(by(node, "bb-one"))] == ["moved from"]


@pytest.mark.parametrize(("ahead", "body"), [(51, {}), (19, {}), (40, {"certainty": "called off"})])
def test_what_is_far_off_too_late_or_called_off_is_not_due(node, clock, ahead, body):
    a_window(node, clock, ahead, **body)
    assert due(by(node, "bb-one")) == ()


def test_at_the_last_day_of_nine_in_ten_the_even_chance_is_told_from_the_next_day_on(node, clock):
    making.make(by(node, "aa-one"), an_instrument())
    calendar.put(by(node, "aa-one"), a_moment(when=day(clock, 50).isoformat()))
    (told,) = due(by(node, "bb-one"))
    sure = moment(told.until).date()
    assert told.what.startswith("decide by ")
    clock.turn((sure - moment(clock()).date()).days * DAY + DAY)
    (later,) = due(by(node, "bb-one"))
    assert "one chance in two" in later.what
    assert moment(later.until).date() > sure


def overdue(node, clock, ahead=20, **body):
    """A moment that is so near that both decide-by dates of an instrument of ten to forty days have passed."""
    return calendar.put(by(node, "aa-one"), a_moment(when=day(clock, ahead).isoformat(), **body)).id


def test_what_has_passed_stays_first_while_there_is_some_chance(node, clock):
    making.make(by(node, "aa-one"), an_instrument())
    near = overdue(node, clock, 40, title="Near")
    id = overdue(node, clock)
    begun(node, clock)
    found = due(by(node, "bb-one"))
    assert found[0].id == id
    assert {one.kind for one in found[1:]} == {"round", "statement"}
    assert near in [one.id for one in found]
    (window,) = [one for one in board(by(node, "bb-one")).windows if one.coming.view.id == id]
    assert GONE < window.by.today < 0.5
    assert window.by.even < day(clock, 0)
    assert "has passed" in found[0].what
    assert f"{percent(window.by.today)} still in time" in found[0].what
    assert found[0].until is None
    # When there is hardly any chance any more, nobody is told to hurry.
    clock.turn(9 * DAY)
    assert id not in [one.id for one in due(by(node, "bb-one"))]


def test_a_few_that_have_passed_keep_their_place_on_a_full_list_and_no_more(node, clock):
    making.make(by(node, "aa-one"), an_instrument())
    moved = [overdue(node, clock, 200, title=f"Moved {n}") for n in range(MOST)]
    for id in moved:
        calendar.move(by(node, "aa-one"), id, {"when": day(clock, 210).isoformat()})
    assert len(due(by(node, "bb-one"))) == MOST
    late = {overdue(node, clock, title=f"Late {n}") for n in range(OVERDUE + 1)}
    found = [one.id for one in due(by(node, "bb-one"))]
    assert len(found) == MOST
    assert set(found[:OVERDUE]) < late
    assert not set(found[OVERDUE:]) & late


def test_decide_by_dates_take_only_the_places_that_are_left(node, clock):
    making.make(by(node, "aa-one"), an_instrument())
    for ahead in range(42, 42 + MOST + 2):
        calendar.put(by(node, "aa-one"), a_moment(when=day(clock, ahead).isoformat(), title=f"In {ahead} days"))
    assert [one.kind for one in due(by(node, "bb-one"))] == ["statement"] * MOST
    begun(node, clock)
    found = due(by(node, "bb-one"))
    assert sorted(one.kind for one in found) == ["round"] + ["statement"] * (MOST - 1)
    assert "Mediation team: In 42 days" in [one.title for one in found]
    assert f"Mediation team: In {41 + MOST} days" not in [one.title for one in found]


def test_what_is_above_somebodys_sight_is_not_due_for_them(node, clock):
    a_window(node, clock, marking=OWN)
    assert due(by(node, "bb-one")) == ()
    assert len(due(by(node, "aa-one"))) == 1


def test_only_what_stands_on_the_list_goes_on_record_as_read(node, clock):
    near = a_window(node, clock)
    far = calendar.put(by(node, "aa-one"), a_moment(when=day(clock, 300).isoformat())).id
    due(by(node, "bb-one"))
    read = {id for line in auditing.by_person(by(node, "bb-one"), "bb-one").lines for id in line.objects}
    assert near in read
    assert far not in read
