from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests import assessments
from tests import trigger_cases as cases
from tests.account_team import Clock
from tests.round_team import CONVENOR, DAY, by, opened

from tocsin.core.errors import AccessError, NotFound, StatementError
from tocsin.core.instant import moment
from tocsin.core.triggering import Backtest, Event
from tocsin.desk import making, views
from tocsin.desk.due import due
from tocsin.desk.triggers import acting, agreeing, backtesting, evaluating, standing, worded
from tocsin.desk.triggers.backtesting import Wanted
from tocsin.horizon.rules import State, month_name

QUIET = [0.0] * 60


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def node(tmp_path, clock, database, monkeypatch):
    node = opened(tmp_path, clock, database)
    today = moment(clock()).date()
    data_to = (today.year, today.month - 1) if today.month > 1 else (today.year - 1, 12)
    node_deaths = cases.months([*QUIET, 30.0, 60.0, 5.0, *QUIET, 40.0, 15.0], data_to)
    cases.made_up(monkeypatch, node_deaths)
    yield node
    node.store.close()


def high(factor):
    return [assessments.present(factor, "high", "major", "radio")]


def agreed(node, **changes):
    return agreeing.add(by(node, "aa-one"), cases.wanted(**changes)).id


def in_force(node, **changes):
    id = agreed(node, **changes)
    test = backtesting.backtest(by(node, "aa-one"), id)
    agreeing.activate(by(node, CONVENOR), id, test.id, "Worth it.")
    return id


def refused(call, field):
    with pytest.raises(StatementError) as caught:
        call()
    assert caught.value.field == field, caught.value
    assert caught.value.remedy
    return caught.value


VOTE = {"type": "moment", "moment": "vote", "within_days": 60}


def voted(node, when, **more):
    """A vote on a day, put on record now; its identity."""
    body = {"kind": "moment", "title": "Vote", "sort": "election", "timing": "fixed", "when": when.isoformat()}
    given = {
        "body": body | {"certainty": "expected", "source": "The commission"},
        "subject": {"type": "place", "id": "SDN"},
        "marking": cases.MARKING,
    }
    return making.make(by(node, "aa-one"), given | more).id


def cited(vote):
    return {"type": "statement", "reference": vote, "key": "vote", "reliability": "B", "credibility": "2"}


def test_a_rule_that_refers_to_nothing_is_refused_with_field_rule_and_remedy(node):
    def with_(condition, **more):
        return lambda: agreed(node, rule={"conditions": [condition]}, **more)

    series = {"type": "series", "series": "deaths.of-state", "enter": 1, "leave": 1}
    error = refused(with_(series), "body.rule.conditions.0.series")
    assert "deaths.state-based" in error.remedy
    rating = {"type": "rating", "frame": "un-framework-2014", "factor": "99", "at_least": "high"}
    refused(with_(rating), "body.rule.conditions.0.factor")
    refused(with_(rating | {"frame": "none"}), "body.rule.conditions.0.frame")
    moment_ = {"type": "moment", "moment": "vote", "within_days": 30}
    refused(with_(moment_), "body.rule.conditions.0.moment")
    covered = {"type": "series", "series": "deaths.state-based", "enter": 1, "leave": 1}
    refused(with_(covered, subject="place:CHE"), "body.rule.conditions.0.series")
    refused(lambda: agreed(node, subject="period:2026"), "subject.type")


def test_a_trigger_would_not_leave_where_it_enters(node):
    rule = {"conditions": [{"type": "series", "series": "deaths.state-based", "enter": 10, "leave": 25}]}
    with pytest.raises(StatementError, match="would leave where it enters"):
        agreed(node, rule=rule)


def test_those_on_duty_belong_to_the_organisation_and_would_see_it(node):
    stranger = cases.DUTY | {"persons": ["bb-one"]}
    refused(lambda: agreed(node, duty=stranger), "body.duty.persons.0")
    refused(lambda: agreed(node, escalate_to=cases.VACANT | {"organisation": "zz"}), "body.escalate_to.organisation")
    narrow = {"tlp": "AMBER", "audience": [["org:bb", "person:aa-convenor"]]}
    refused(lambda: agreed(node, marking=narrow), "body.duty.persons.0")


def test_a_vacant_role_is_told(node):
    found = standing.agreed(by(node, "bb-one"), agreed(node))
    assert [field for field, _ in found.vacant] == ["body.escalate_to", "body.steps.1.by"]


def test_nobody_activates_what_was_not_tested_in_exactly_this_version(node):
    id = agreed(node)
    refused(lambda: agreeing.activate(by(node, CONVENOR), id, "0" * 64, "Go."), "backtest")
    test = backtesting.backtest(by(node, "aa-one"), id)
    rule = {"conditions": [cases.RULE["conditions"][0] | {"enter": 26}]}
    newer = agreed(node, rule=rule, supersedes=[id])
    refused(lambda: agreeing.activate(by(node, CONVENOR), newer, test.id, "Go."), "backtest")
    refused(lambda: agreeing.activate(by(node, CONVENOR), id, test.id, "Go."), "trigger")
    again = backtesting.backtest(by(node, "aa-one"), newer)
    with pytest.raises(AccessError):
        agreeing.activate(by(node, "aa-one"), newer, again.id, "Go.")
    made = agreeing.activate(by(node, CONVENOR), newer, again.id, "Worth it.")
    assert (made.person, made.body.backtest) == (CONVENOR, standing.pin(again.body))
    assert standing.agreed(by(node, "cc-one"), newer).in_force
    refused(lambda: agreeing.activate(by(node, CONVENOR), newer, again.id, "Go."), "trigger")


def test_a_back_test_says_what_a_duty_officer_needs(node):
    told = backtesting.tried(by(node, "aa-one"), agreed(node), Wanted(at_least=25, within=3))
    assert isinstance(told, Backtest)
    assert len(told.alarms) == 2
    # The second alarm is of this month, so that nobody knows yet; the first came as the killing ended.
    assert [one.followed for one in told.alarms] == [False, None]
    assert (told.alarms[0].left is not None, told.alarms[1].left) == (True, None)
    assert told.per_year.low < told.per_year.value < told.per_year.high
    words = " ".join(told.verdict)
    assert "it would have alarmed twice. Expect 0.19 alarms a year, one in 5.2 years (90 % interval 0.034 to" in words
    assert "Only one vintage" in words
    refused(lambda: backtesting.tried(by(node, "aa-one"), told and agreed(node), Wanted(outcome="rain")), "outcome")


def test_an_alarm_is_raised_once_acknowledged_confirmed_with_evidence_done_and_stood_down(node, clock):
    id = in_force(node)
    looked = evaluating.evaluate(by(node, "aa-one"), id)
    assert (looked.state, looked.alarm) == (State.RAISED, True)
    assert not evaluating.evaluate(by(node, "aa-one"), id).alarm
    refused(lambda: acting.done(by(node, "aa-one"), id, "call"), "event")
    acting.acknowledge(by(node, "aa-one"), id)
    refused(lambda: acting.confirm(by(node, "aa-one"), id, "Seen.", []), "evidence")
    official = cases.WITNESS | {"provenance": "official"}
    refused(lambda: acting.confirm(by(node, "aa-one"), id, "Seen.", [official]), "evidence")
    acting.confirm(by(node, "aa-one"), id, "Seen.", [cases.WITNESS])
    refused(lambda: acting.done(by(node, "aa-one"), id, "sing"), "step")
    acting.done(by(node, "aa-one"), id, "call")
    refused(lambda: acting.done(by(node, "aa-one"), id, "call"), "step")
    clock.turn(7 * DAY)
    (late,) = standing.agreed(by(node, "bb-one"), id).alarm.late
    assert (late.key, late.escalated.role) == ("meet", "head of desk")
    with pytest.raises(StatementError, match="for a reason"):
        acting.stand_down(by(node, "aa-one"), id, " ")
    acting.stand_down(by(node, "aa-one"), id, "The siege was lifted.")
    found = standing.agreed(by(node, "bb-one"), id)
    assert (found.alarm, found.alarms[0].where) == (None, "stood down")
    # The spell in which the rule is met makes one alarm.
    assert not evaluating.evaluate(by(node, "aa-one"), id).alarm


def test_a_new_version_does_not_take_an_open_alarm_off_the_board(node):
    id = in_force(node)
    evaluating.evaluate(by(node, "aa-one"), id)
    refused(lambda: agreed(node, title="Newer", supersedes=[id]), "supersedes")
    acting.dismiss(by(node, "aa-one"), id, "A mistake in the data.")
    assert not standing.agreed(by(node, "aa-one"), agreed(node, title="Newer", supersedes=[id])).in_force


def test_a_missed_acknowledgement_is_escalated_and_seen(node, clock):
    id = in_force(node)
    evaluating.evaluate(by(node, "aa-one"), id)
    assert standing.agreed(by(node, "aa-one"), id).alarm.late == ()
    clock.turn(DAY + 60)
    (late,) = standing.agreed(by(node, "aa-one"), id).alarm.late
    assert (late.key, late.escalated.organisation) == (None, "bb")


def test_only_organisations_with_something_to_do_act(node):
    id = in_force(node)
    evaluating.evaluate(by(node, "cc-one"), id)
    refused(lambda: acting.acknowledge(by(node, "cc-one"), id), "trigger")
    acting.dismiss(by(node, "bb-one"), id, "A mistake in the data.")
    assert standing.agreed(by(node, "aa-one"), id).alarms[0].where == "dismissed"


def test_a_trigger_that_is_not_in_force_raises_nothing(node):
    looked = evaluating.evaluate(by(node, "aa-one"), agreed(node))
    assert (looked.state, looked.alarm) == (State.RAISED, False)


def test_as_of_an_earlier_day_the_rule_says_what_it_said_then(node, clock, monkeypatch):
    id = agreed(node)
    day = moment(clock()).date()
    before = evaluating.look(by(node, "aa-one"), id)
    clock.turn(62 * DAY)
    newer = cases.months([*QUIET, 30.0, 60.0, 5.0, *QUIET, 40.0, 15.0, 0.0, 0.0], _before(moment(clock()).date()))
    cases.made_up(monkeypatch, newer)
    replayed = evaluating.look(by(node, "aa-one"), id, day)
    assert (replayed.state, replayed.since, replayed.reasons) == (before.state, before.since, before.reasons)
    assert evaluating.look(by(node, "aa-one"), id).state is State.QUIET
    refused(lambda: evaluating.look(by(node, "aa-one"), id, date(2200, 1, 1)), "as_of")


def _before(day):
    return (day.year, day.month - 1) if day.month > 1 else (day.year - 1, 12)


def test_who_is_not_in_the_audience_finds_nothing_of_it(node):
    marking = {"tlp": "AMBER", "audience": [["org:aa"]]}
    mine = {"escalate_to": cases.DUTY, "steps": [cases.BODY["steps"][0]]}
    id = in_force(node, marking=marking, **mine)
    evaluating.evaluate(by(node, "aa-one"), id)
    for call in (standing.agreed, evaluating.look, evaluating.evaluate, acting.acknowledge, backtesting.tried):
        with pytest.raises(NotFound):
            call(by(node, "bb-one"), id)
    assert standing.listed(by(node, "bb-one")) == ()
    assert [one.view.id for one in standing.listed(by(node, "aa-one"))] == [id]
    assert list(views.every(by(node, "bb-one"))) == []


def test_a_recalled_activation_is_none_and_what_is_retired_raises_nothing(node):
    id = in_force(node)
    activation = standing.agreed(by(node, CONVENOR), id).activation
    making.recall(by(node, CONVENOR), activation.id, "Too early.")
    assert not standing.agreed(by(node, CONVENOR), id).in_force
    other = in_force(node, title="Other")
    agreeing.retire(by(node, CONVENOR), other, "Replaced by talks.")
    assert not evaluating.evaluate(by(node, "aa-one"), other).alarm
    assert standing.agreed(by(node, CONVENOR), other).words == "tested, not in force"


def test_a_trigger_is_not_made_through_the_door_for_notes(node):
    given = cases.wanted()
    given["body"] = given["body"] | {"kind": "trigger"}
    with pytest.raises(StatementError, match="does not make a statement of this kind directly"):
        making.make(by(node, "aa-one"), given)


def test_what_happened_says_what_the_rule_said(node):
    id = in_force(node)
    evaluating.evaluate(by(node, "aa-one"), id)
    (raised,) = [one for one in standing.agreed(by(node, "aa-one"), id).others if one.body.kind == "happening"]
    assert raised.body.event is Event.RAISED
    assert "deaths.state-based was 15 deaths" in raised.body.seen[0]


def test_what_waits_under_an_alarm_stands_on_mondays_list_and_what_was_missed_says_with_whom_it_is(node, clock):
    id = in_force(node)
    assert due(by(node, "aa-one")) == ()
    evaluating.evaluate(by(node, "aa-one"), id)
    (waiting,) = due(by(node, "aa-one"))
    assert (waiting.kind, waiting.id) == ("trigger", id)
    assert "say that you have it (duty officer, aa: aa-one)" in waiting.what
    assert due(by(node, "cc-one")) == ()
    clock.turn(DAY + 60)
    assert due(by(node, "bb-one"))[0].what.startswith("MISSED")
    assert "now with head of desk, bb: VACANT" in due(by(node, "bb-one"))[0].what
    acting.acknowledge(by(node, "aa-one"), id)
    assert "confirm or dismiss" in due(by(node, "aa-one"))[0].what
    acting.confirm(by(node, "aa-one"), id, "Seen.", [cases.WITNESS])
    assert len(due(by(node, "aa-one"))) == 2
    for step in ("call", "meet"):
        acting.done(by(node, "aa-one"), id, step)
    assert "stand the alarm" in due(by(node, "aa-one"))[0].what


def test_a_moment_of_the_calendar_raises_a_rule_as_it_comes_near_and_moves_with_it(node, clock):
    day = moment(clock()).date()

    def vote(days, **more):
        return voted(node, day + timedelta(days=days), **more)

    first = vote(100)
    rule = {"conditions": [{"type": "moment", "moment": "vote", "within_days": 60}]}
    id = agreed(node, rule=rule, evidence=[cited(first)])
    assert evaluating.look(by(node, "aa-one"), id).state is State.QUIET
    clock.turn(DAY)
    vote(30, supersedes=[first])
    assert evaluating.look(by(node, "bb-one"), id).state is State.RAISED
    assert evaluating.look(by(node, "bb-one"), id, day).state is State.QUIET
    clock.turn(40 * DAY)
    assert evaluating.look(by(node, "bb-one"), id).state is State.QUIET
    told = backtesting.tried(by(node, "aa-one"), id)
    assert (told.months, told.per_year) == (0, None)
    assert "nobody knows how often" in told.verdict[0]


def test_a_rating_raises_a_rule_only_where_all_who_see_the_trigger_may_see_the_assessment(node):
    rating = {"type": "rating", "frame": "un-framework-2014", "factor": "1", "at_least": "high"}
    id = agreed(node, rule={"conditions": [rating]})
    assert evaluating.look(by(node, "aa-one"), id).state is State.CANNOT_TELL
    secret = {"tlp": "AMBER", "audience": [["org:aa"]]}
    making.make(by(node, "aa-one"), assessments.given(ratings=high("1"), marking=secret))
    assert evaluating.look(by(node, "aa-one"), id).state is State.CANNOT_TELL
    making.make(by(node, "aa-one"), assessments.given(ratings=high("1"), marking=cases.MARKING))
    assert evaluating.look(by(node, "bb-one"), id).state is State.RAISED
    making.make(by(node, "aa-one"), assessments.given(ratings=high("2"), marking=cases.MARKING))
    # The newest says nothing of the factor, which is not absent.
    assert evaluating.look(by(node, "bb-one"), id).state is State.CANNOT_TELL


def test_of_two_versions_made_of_one_only_the_first_stands(node):
    first = agreed(node)
    second = agreed(node, supersedes=[first])
    told = refused(lambda: agreed(node, supersedes=[first], title="Another"), "supersedes")
    assert second in told.remedy
    assert agreed(node, supersedes=[second])


def test_a_rule_that_is_always_met_does_not_look_like_a_quiet_one(node):
    condition = {"type": "series", "series": "deaths.state-based", "enter": 0, "leave": 0}
    id = agreed(node, rule={"combine": "all", "conditions": [condition]})
    told = backtesting.tried(by(node, "aa-one"), id)
    assert told.per_year is not None
    assert "always met" in told.verdict[1]
    quiet = backtesting.tried(by(node, "aa-one"), agreed(node))
    assert quiet.verdict[1].startswith("It was met in 4 of ")


@pytest.mark.parametrize("deaths", [0, 0.5, -1, 1e8, 1e300, float("inf"), float("nan")])
def test_a_back_test_looks_for_a_number_of_deaths_that_can_be(node, deaths):
    id = agreed(node)
    refused(lambda: backtesting.tried(by(node, "aa-one"), id, Wanted("deaths.state-based", deaths, 3)), "outcome")


def test_where_no_onset_is_known_of_a_place_the_back_test_says_so(node):
    condition = {"type": "series", "series": "deaths.state-based", "side": "under", "enter": 0, "leave": 0}
    told = backtesting.tried(by(node, "aa-one"), agreed(node, rule={"combine": "all", "conditions": [condition]}))
    assert (told.base, told.met, told.missed) == (None, 0, 0)
    assert "How often it came anyhow is not known." in told.verdict


def test_a_moment_counts_as_of_the_days_on_which_it_was_on_record(node, clock):
    before = moment(clock()).date()
    clock.turn(DAY)
    first = voted(node, before + timedelta(days=30))
    id = agreed(node, rule={"conditions": [VOTE]}, evidence=[cited(first)])
    day = moment(clock()).date()
    assert evaluating.look(by(node, "bb-one"), id, before).state is State.CANNOT_TELL
    then = evaluating.look(by(node, "aa-one"), id, day)
    assert then.state is State.RAISED
    clock.turn(DAY)
    making.recall(by(node, CONVENOR), first, "Wrong.")
    after = evaluating.look(by(node, "aa-one"), id, day)
    assert (after.state, after.since, after.reasons) == (then.state, then.since, then.reasons)
    # Who does not see what was withdrawn is told the verdict of that day, and not what was withdrawn.
    other = evaluating.look(by(node, "bb-one"), id, day)
    assert other.state is State.RAISED
    assert "withdrawn since" in other.reasons[0]
    assert "was 29" in then.reasons[0]
    assert not any(secret in " ".join((*other.reasons, *other.sources)) for secret in ("29", "Vote", "2026-"))
    assert evaluating.look(by(node, "bb-one"), id).state is State.CANNOT_TELL


def test_a_rating_that_is_withdrawn_counts_as_of_the_days_on_which_it_stood(node, clock):
    rating = {"type": "rating", "frame": "un-framework-2014", "factor": "1", "at_least": "high"}
    id = agreed(node, rule={"conditions": [rating]})
    before = moment(clock()).date()
    clock.turn(DAY)
    made = making.make(by(node, "aa-one"), assessments.given(ratings=high("1"), marking=cases.MARKING))
    day = moment(clock()).date()
    clock.turn(DAY)
    making.recall(by(node, "aa-one"), made.id, "Wrong.")
    for person in ("aa-one", "bb-one"):
        assert evaluating.look(by(node, person), id, before).state is State.CANNOT_TELL
        assert evaluating.look(by(node, person), id, day).state is State.RAISED
        assert evaluating.look(by(node, person), id).state is State.CANNOT_TELL
    assert "was 3" in evaluating.look(by(node, "aa-one"), id, day).reasons[0]
    assert "was 3" not in evaluating.look(by(node, "bb-one"), id, day).reasons[0]


def closed(node, id):
    acting.confirm(by(node, "aa-one"), id, "Seen.", [cases.WITNESS])
    acting.stand_down(by(node, "aa-one"), id, "It is over.")


def test_after_years_without_numbers_a_new_cause_raises_a_new_alarm_of_its_own_month(node, clock, monkeypatch):
    day = moment(clock()).date()
    month = f"{day:%Y-%m}"
    cases.made_up(monkeypatch, cases.months([*QUIET, 40.0, *[None] * 59], _before(day)))
    first = voted(node, day + timedelta(days=6))
    rule = {"combine": "any", "conditions": [cases.RULE["conditions"][0], VOTE]}
    id = in_force(node, rule=rule, evidence=[cited(first)])
    looked = evaluating.evaluate(by(node, "aa-one"), id)
    assert (looked.alarm, looked.since) == (True, month)
    closed(node, id)
    assert not evaluating.evaluate(by(node, "aa-one"), id).alarm
    # The numbers come back, in the same month: another condition raises the rule than the one that was stood down.
    cases.made_up(monkeypatch, cases.months([*QUIET, 40.0, *[None] * 58, 50.0], _before(day)))
    again = evaluating.evaluate(by(node, "aa-one"), id)
    assert again.alarm
    assert [one.month for one in again.agreed.alarms] == [month, month]
    closed(node, id)
    assert not evaluating.evaluate(by(node, "aa-one"), id).alarm


def test_the_same_condition_raises_again_after_it_was_quiet_or_could_not_tell_and_not_while_it_lasts(
    node, clock, monkeypatch
):
    def deaths(*values):
        cases.made_up(monkeypatch, cases.months([*QUIET, 40.0, *values], _before(moment(clock()).date())))

    deaths()
    id = in_force(node)
    assert evaluating.evaluate(by(node, "aa-one"), id).alarm
    closed(node, id)
    clock.turn(62 * DAY)
    deaths(40.0, 40.0)
    assert not evaluating.evaluate(by(node, "aa-one"), id).alarm
    deaths(None, 40.0)
    gap = evaluating.evaluate(by(node, "aa-one"), id)
    assert (gap.alarm, gap.agreed.alarm.month) == (True, f"{moment(clock()).date():%Y-%m}")
    closed(node, id)
    clock.turn(62 * DAY)
    deaths(None, 40.0, 0.0, 40.0)
    assert evaluating.evaluate(by(node, "aa-one"), id).alarm


def test_a_trigger_that_is_blind_does_not_look_quiet(node, clock, monkeypatch):
    day = moment(clock()).date()
    id = in_force(node)
    assert "the rule now says raised since" in standing.agreed(by(node, "aa-one"), id).words
    cases.made_up(monkeypatch, cases.months([*QUIET, *[None] * 59], _before(day)))
    last = cases.months([*QUIET, *[None] * 59], _before(day))
    (one,) = standing.listed(by(node, "aa-one"))
    assert "in force, no alarm is open; the rule now says cannot tell; deaths.state-based: no number after" in one.words
    assert one.words.endswith(month_name(max(last)))
    cases.made_up(monkeypatch, cases.months(QUIET, _before(day)))
    assert standing.listed(by(node, "aa-one"))[0].words.endswith("the rule now says quiet")


def test_words_date_numbers_by_their_own_month_and_say_when_they_were_known(node, clock):
    day = moment(clock()).date()
    known, of = f"{day:%Y-%m}", f"{day.replace(day=1) - timedelta(days=1):%Y-%m}"
    id = agreed(node)
    assert f"was 15 deaths in {of} (known in {known})" in evaluating.look(by(node, "aa-one"), id).reasons[0]
    told = backtesting.tried(by(node, "aa-one"), id)
    assert told.last == known
    assert f"to {known}, knowing the numbers up to the month before (" in told.verdict[0]
    assert f" to {of}), it would have alarmed" in told.verdict[0]
    assert "are of the month before" in worded.alarms_dated(told)


def test_a_back_test_says_where_it_looks_for_what_the_rule_watches(node):
    id = agreed(node)
    assert "at the rule's own threshold" in " ".join(backtesting.tried(by(node, "aa-one"), id).verdict)
    other = " ".join(backtesting.tried(by(node, "aa-one"), id, Wanted(at_least=500)).verdict)
    assert "in a series that the rule watches" in other
    assert "persistence" not in " ".join(
        backtesting.tried(by(node, "aa-one"), id, Wanted("mass-killing.onset")).verdict
    )
