from __future__ import annotations

from datetime import date

import pytest
from tests.account_team import Clock
from tests.foreseen_team import BASIN, CLEAR, a_moment
from tests.round_team import by, opened

from tocsin.core.errors import AccessError, ContentError, FetchError, StatementError
from tocsin.core.settings import Settings
from tocsin.core.statement import Origin
from tocsin.desk import fetching, views
from tocsin.desk.horizon import calendar, feeds, importing
from tocsin.desk.node import open_node
from tocsin.interfaces.feeds.ics import ics


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def node(tmp_path, clock, database):
    node = opened(tmp_path, clock, database)
    yield node
    node.store.close()


def event(uid, *lines, summary="Vote in Sudan", place="Sudan"):
    named = [f"UID:{uid}", f"SUMMARY:{summary}", *([f"LOCATION:{place}"] if place else [])]
    return "\r\n".join(["BEGIN:VEVENT", *named, *lines, "END:VEVENT"])


def file(*events):
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:test", *events, "END:VCALENDAR", ""]).encode()


def take(node, content, form="ics", person="aa-one", marking=BASIN, **more):
    return importing.import_file(by(node, person), content, form, source="Their calendar", marking=marking, **more)


def standing(node, person="bb-one"):
    return {view.body.uid: view for view in views.every(by(node, person), kind="moment")}


DAY = "DTSTART;VALUE=DATE:20270514"


def test_events_of_every_kind_become_moments(node):
    done = take(
        node,
        file(
            event("day", DAY, "CATEGORIES:Election", "STATUS:CONFIRMED"),
            event("days", DAY, "DTEND;VALUE=DATE:20270517"),
            event("time", "DTSTART;TZID=Africa/Khartoum:20270514T093000", "DURATION:PT90M"),
            event("utc", "DTSTART:20270514T093000Z", "DTEND:20270514T103000Z"),
            event("rule", DAY, "RRULE:FREQ=YEARLY;COUNT=3", "EXDATE;VALUE=DATE:20280514"),
            event("off", DAY, "STATUS:CANCELLED"),
        ),
    )
    assert (len(done.new), done.refused) == (6, ())
    found = {uid: view.body for uid, view in standing(node).items()}
    assert (found["day"].sort, found["day"].certainty, found["day"].when) == ("election", "confirmed", "2027-05-14")
    assert (found["days"].timing, found["days"].when) == ("windowed", "2027-05-14/2027-05-16")
    assert found["time"].clock.model_dump() == {"starts": "09:30", "minutes": 90, "zone": "Africa/Khartoum"}
    assert (found["utc"].clock.zone, found["utc"].clock.minutes) == ("UTC", 60)
    assert (found["rule"].recurrence, found["rule"].skipped) == ("FREQ=YEARLY;COUNT=3", ("2028-05-14",))
    assert found["off"].certainty == "called off"


def test_what_is_taken_in_says_that_it_was_and_from_where(node):
    take(node, file(event("day", DAY)))
    (view,) = standing(node).values()
    assert (view.shown["origin"], view.shown["standing"], view.body.source) == (Origin.IMPORT, "note", "Their calendar")


def test_what_is_broken_is_named_one_by_one_and_the_rest_goes_on(node):
    done = take(
        node,
        file(
            event("good", DAY),
            event("bad day", "DTSTART;VALUE=DATE:20270230", summary="No such day"),
            event("for ever", DAY, "RRULE:FREQ=DAILY", summary="For ever"),
            event("floating", "DTSTART:20270514T093000", summary="No zone"),
            event("nowhere", DAY, summary="Nowhere", place=""),
            event("no date", summary="No date"),
            event("more", DAY, "RDATE;VALUE=DATE:20270601", summary="More dates"),
            event("good", DAY, summary="Twice"),
            event("backwards", DAY, "DTEND;VALUE=DATE:20270501", summary="Backwards"),
            event("rule", DAY, "RRULE:FREQ=HOURLY;COUNT=3", summary="By hours"),
            event("untitled", DAY, summary=""),
        ),
    )
    assert len(done.new) == 1
    why = {one.called.split(", ")[-1]: one.why for one in done.refused}
    for called, words in {
        "No such day": "DTSTART is wrong",
        "For ever": "never ends",
        "No zone": "has no zone",
        "Nowhere": "names no place",
        "No date": "no DTSTART",
        "More dates": "RDATE",
        "Twice": "same UID",
        "Backwards": "ends before it begins",
        "By hours": "finer than a day",
        "event 11": "no SUMMARY",
    }.items():
        assert words in why[called], (called, why[called])
    assert len(done.refused) == 10


def test_an_event_that_is_cut_off_does_not_take_the_others_along(node):
    whole = file(event("one", DAY), event("two", DAY), event("three", DAY))
    cut = whole[: whole.rindex(b"END:VEVENT")]
    done = take(node, cut)
    assert (len(done.new), [one.called for one in done.refused]) == (2, ["event 3"])
    in_the_middle = whole.replace(b"END:VEVENT\r\nBEGIN:VEVENT\r\nUID:two", b"BEGIN:VEVENT\r\nUID:two")
    again = take(node, in_the_middle)
    assert (again.new, again.unchanged, len(again.refused)) != ((), 0, 0)
    assert again.unchanged == 1
    assert any("has no end" in one.why for one in again.refused)


@pytest.mark.parametrize("content", [b"", b"<html>Sign in</html>", b"\xff\xfe", b"place,when,title\n"])
def test_what_is_no_calendar_is_refused_as_a_whole(node, content):
    with pytest.raises(ContentError, match="no iCalendar"):
        take(node, content)


def test_taken_in_again_nothing_is_doubled_and_what_was_moved_there_supersedes(node, clock):
    take(node, file(event("a", DAY), event("b", DAY)))
    before = standing(node)
    clock.turn(60)
    done = take(node, file(event("a", DAY), event("b", "DTSTART;VALUE=DATE:20270601")))
    assert (done.new, len(done.moved), done.unchanged) == ((), 1, 1)
    after = standing(node)
    assert (after["a"].id, after["b"].supersedes, after["b"].body.when) == (
        before["a"].id,
        (before["b"].id,),
        "2027-06-01",
    )


def test_a_file_that_says_what_it_said_does_not_overrule_whoever_moved_it_here(node):
    take(node, file(event("a", DAY)))
    moved = calendar.move(by(node, "aa-one"), standing(node)["a"].id, {"when": "2027-07-01"})
    assert take(node, file(event("a", DAY))).unchanged == 1
    assert standing(node)["a"].id == moved.id
    assert len(take(node, file(event("a", "DTSTART;VALUE=DATE:20270801"))).moved) == 1


def test_the_same_calendar_of_two_organisations_stands_side_by_side(node):
    take(node, file(event("a", DAY)))
    assert len(take(node, file(event("a", DAY)), person="bb-one").new) == 1
    assert len(list(views.every(by(node, "cc-one"), kind="moment"))) == 2


def test_one_time_of_a_rule_that_was_moved_is_a_moment_of_its_own(node):
    done = take(
        node,
        file(
            event("a", DAY, "RRULE:FREQ=DAILY;COUNT=3"),
            event("a", "DTSTART;VALUE=DATE:20270601", "RECURRENCE-ID;VALUE=DATE:20270515"),
        ),
    )
    assert (len(done.new), done.refused) == (2, ())
    found = standing(node)
    assert found["a"].body.skipped == ("2027-05-15",)
    assert found["a#2027-05-15"].body.when == "2027-06-01"


def test_the_end_of_a_rule_is_the_same_day_on_the_wall(node):
    zone = "DTSTART;TZID=America/New_York:20270514T210000"
    take(
        node,
        file(
            event("a", zone, "RRULE:FREQ=DAILY;UNTIL=20270517T010000Z"),
            event("b", zone, "RRULE:FREQ=DAILY;UNTIL=20270517T005959Z"),
        ),
    )
    found = standing(node)
    assert found["a"].body.recurrence == "FREQ=DAILY;UNTIL=20270516"
    assert found["b"].body.recurrence == "FREQ=DAILY;UNTIL=20270515"


def test_places_come_from_the_file_or_from_the_command_and_never_by_guess(node):
    content = file(
        event("named", DAY),
        event("room", DAY, place="Room 3, second floor"),
        event("doubtful", DAY, place="Congo"),
    )
    done = take(node, content, place="place:MLI")
    assert {uid: view.head.subject for uid, view in standing(node).items()} == {
        "named": "place:SDN",
        "room": "place:MLI",
    }
    assert "fits more than one" in done.refused[0].why


def test_our_own_file_comes_back_unchanged_and_not_under_a_looser_marking(node, clock):
    calendar.put(by(node, "aa-one"), a_moment(when="2027-05-14"))
    calendar.put(by(node, "aa-one"), a_moment(title="Spring", timing="windowed", when="2027-21~"))
    content = ics(feeds.export(by(node, "aa-one"), "AMBER"))
    again = take(node, content)
    assert (again.new, again.moved, again.unchanged, again.refused) == ((), (), 2, ())
    looser = take(node, content, person="bb-one", marking=CLEAR)
    assert (looser.new, len(looser.refused)) == ((), 2)
    assert "handed out as TLP:AMBER" in looser.refused[0].why


def test_a_look_stores_nothing(node):
    done = take(node, file(event("a", DAY)), dry=True)
    assert (done.new, standing(node)) == (("event 1, Vote in Sudan",), {})


def test_a_table_is_taken_in_row_by_row(node):
    rows = [
        "place,when,title,sort,condition,recurrence",
        "Sudan,2027-05-14,Vote,election,,",
        "SDN,2027-05,Count,,,",
        "Sudan,,Collapse,,the ceasefire collapses,",
        "Sudan,2027-03-01,Rains,rainy season,,FREQ=YEARLY;COUNT=3",
        "Sudan,2027-02-30,Never,,,",
        "Atlantis,2027-05-14,Nowhere,,,",
        "Sudan,2027-05-14,Short",
        "Sudan,2027-05-14,Odd,party,,",
        ",,,,,",
    ]
    done = take(node, "\n".join(rows).encode(), "csv")
    assert len(done.new) == 4
    assert [one.called for one in done.refused] == ["row 8, Short", "row 6, Never", "row 7, Nowhere", "row 9, Odd"]
    assert take(node, "\n".join(rows).encode(), "csv").unchanged == 4


def test_a_table_without_its_columns_is_refused_as_a_whole(node):
    with pytest.raises(ContentError, match="the column when is missing"):
        take(node, b"place,title\nSudan,Vote\n", "csv")


def test_one_command_is_one_line_of_the_log(node):
    take(node, file(*(event(f"e{number}", DAY) for number in range(5))))
    with node.store.reading() as reader:
        asked = "SELECT act FROM audit WHERE person = 'aa-one' ORDER BY seq"
        assert [row[0] for row in reader.connection.exec_driver_sql(asked)].count("imported") == 1


def test_moments_that_were_taken_in_are_no_moves(node):
    take(node, file(event("a", DAY)))
    assert calendar.moves(by(node, "bb-one")) == ()


def test_too_large_a_file_and_a_file_from_nowhere_are_refused(node):
    with pytest.raises(StatementError, match="larger than"):
        take(node, b" " * (importing.LARGEST + 1))
    with pytest.raises(StatementError, match="where the file comes from"):
        importing.import_file(by(node, "aa-one"), file(), "ics", source=" ", marking=BASIN)


def test_who_may_not_write_takes_nothing_in(node):
    from tocsin.core.seeing import Role

    reader = node.visit("aa-one", "cli", frozenset({Role.READER}))
    with pytest.raises(AccessError):
        importing.import_file(reader, file(event("a", DAY)), "ics", source="x", marking=BASIN)


def test_without_reign_its_elections_are_named_as_missing(node):
    with pytest.raises(FetchError, match="REIGN's list"):
        importing.elections(by(node, "aa-one"))


def test_past_elections_come_in_as_one_command_open_to_everybody(mirror, tmp_path):
    settings = Settings(home=tmp_path, mirror=mirror, offline=True)
    fetching.pull(settings, ["reign-elections"], offline=True)
    node = open_node(settings)
    try:
        visit = node.local("cli")
        done = importing.elections(visit, since=2015)
        assert len(done.new) > 250
        assert (done.moved, done.refused) == ((), ())
        views_ = list(views.every(visit, kind="moment"))
        assert {(view.head.marking.label, view.shown["origin"]) for view in views_} == {("TLP:CLEAR", "import")}
        assert all("MIT" in view.body.source for view in views_)
        assert importing.elections(visit, since=2015).unchanged == len(done.new)
    finally:
        node.store.close()


def test_elections_that_are_still_to_come_are_expected_and_no_others_are_taken_in(mirror, tmp_path, monkeypatch):
    settings = Settings(home=tmp_path, mirror=mirror, offline=True)
    fetching.pull(settings, ["reign-elections"], offline=True)
    monkeypatch.setattr(importing, "today", lambda visit: date(2026, 11, 25))
    node = open_node(settings)
    try:
        importing.elections(node.local("cli"), since=2021)
        bodies = [view.body for view in views.every(node.local("cli"), kind="moment")]
    finally:
        node.store.close()
    expected = [body for body in bodies if body.certainty == "expected"]
    assert {body.title.split(",")[1].strip() for body in expected} == {"Kyrgyz Republic", "Tajkistan"}
    assert all(body.when >= "2026-11" and "as scheduled in 2021" in body.title for body in expected)
    assert len(bodies) > len(expected)
    assert all(body.when < "2021-04" for body in bodies if body.certainty == "confirmed")


@pytest.mark.parametrize(
    ("state", "when", "taken"),
    [
        ("scheduled", "2026-11-25", True),
        ("scheduled", "2026-11-24", False),
        ("scheduled", "2026-11", True),
        ("scheduled", "2026-10", False),
        ("due", "2027-01-30", False),
        ("announced", "2027-01-30", False),
        ("voided", "2027-01-30", False),
    ],
)
def test_a_vote_is_to_come_if_it_was_scheduled_for_what_is_not_over(state, when, taken):
    assert importing.to_come({"state": state, "when": when}, date(2026, 11, 25)) is taken


def test_a_line_may_be_folded_within_a_letter(node):
    content = file(event("folded", "DTSTART;VALUE=DATE:20270514", summary="Scrutin d\u2019\xe9t\xe9"))
    inside = content.index(b"\xc3\xa9") + 1
    take(node, content[:inside] + b"\r\n " + content[inside:])
    assert [one.body.title for one in standing(node).values()] == ["Scrutin d\u2019\xe9t\xe9"]


def test_a_file_that_is_not_utf8_is_refused_and_no_letter_is_lost(node):
    content = file(event("old", "DTSTART;VALUE=DATE:20270514", summary="\xc9lection")).decode().encode("latin-1")
    with pytest.raises(ContentError, match="not UTF-8"):
        take(node, content)
    assert not standing(node)


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (("DTSTART;TZID=Mars/Olympus:20270514T100000",), "time zone 'Mars/Olympus' is in no list"),
        (("DTSTART;TZID=../../etc/passwd:20270514T100000",), "is in no list"),
        (("DTSTART:20270514T100000Z", "DTEND;VALUE=DATE:20270515"), "ends without one"),
        (("DTSTART:20270514T100000Z", "DTEND:20270514T110000"), "ends without one"),
        (("DTSTART;VALUE=DATE:20270514", "DTSTART;VALUE=DATE:20270515"), "more than once"),
    ],
)
def test_what_is_wrong_with_a_time_is_said_in_words(node, lines, why):
    (refused,) = take(node, file(event("odd", *lines))).refused
    assert why in refused.why


def test_events_that_never_end_are_each_named(node):
    begins = b"BEGIN:VEVENT\r\n"
    found = take(node, file(event("one", "DTSTART;VALUE=DATE:20270514")).replace(begins, begins * 5001))
    assert (len(found.new), len(found.refused)) == (1, 5000)
