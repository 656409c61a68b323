"""Feeds as files: read back by two parsers that know nothing of each other, and by Tocsin itself."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import icalendar
import pytest
import vobject
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.core.foreseeing import Moment
from tocsin.core.instant import instant
from tocsin.core.marking import Marking
from tocsin.desk.document import Paragraph
from tocsin.desk.horizon import foreseen
from tocsin.desk.horizon.feeds import Feed, Item
from tocsin.desk.horizon.ics_reading import read_ics
from tocsin.horizon.recurrence import days
from tocsin.interfaces.feeds.atom import atom
from tocsin.interfaces.feeds.ics import ics
from tocsin.interfaces.feeds.zones import zone

GREEN = Marking.model_validate({"tlp": "GREEN", "audience": [["community"]]})
NOW = instant(datetime(2026, 11, 23, 9, tzinfo=UTC))
ATOM = {"a": "http://www.w3.org/2005/Atom"}


def a_moment(**given):
    whole = {"title": "Vote", "sort": "election", "timing": "fixed", "certainty": "confirmed", "source": "The board"}
    return Moment.model_validate(whole | given)


def feed(*bodies, exercise=False):
    items = tuple(
        Item(f"{number:064x}", f"{number:032x}@tocsin", 0, NOW, NOW + number, body, "place:SDN", "Sudan", GREEN)
        for number, body in enumerate(bodies)
    )
    return Feed("Phone", items, GREEN, NOW, exercise)


def in_icalendar(made):
    return [one for one in icalendar.Calendar.from_ical(made).walk() if one.name in ("VEVENT", "VTODO")]


def in_vobject(made):
    # It keeps the first zone of a name for as long as the process lives, whatever years that was written for.
    known = vobject.icalendar.__dict__["__tzidMap"]
    for name in set(known) - {"UTC"}:
        del known[name]
    return [one for one in vobject.readOne(made.decode()).getChildren() if one.name in ("VEVENT", "VTODO")]


DATES = st.dates(date(2026, 1, 1), date(2035, 12, 31))
ZONES = st.sampled_from(
    ["UTC", "Africa/Khartoum", "Europe/Paris", "America/New_York", "Asia/Kolkata", "Asia/Kathmandu"]
)
TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=120
).filter(lambda text: text.strip())
CLOCKS = st.none() | st.builds(
    lambda at, minutes, zone: {"starts": f"{at:%H:%M}", "minutes": minutes, "zone": zone},
    st.times(),
    st.integers(0, 3000),
    ZONES,
)
RULES = st.builds(
    lambda frequency, interval, end: f"FREQ={frequency};INTERVAL={interval};{end}",
    st.sampled_from(
        ["DAILY", "WEEKLY", "MONTHLY", "YEARLY", "WEEKLY;BYDAY=MO,TH", "MONTHLY;BYDAY=-1FR", "YEARLY;BYMONTH=3,11"]
    ),
    st.integers(1, 3),
    st.integers(1, 12).map("COUNT={}".format) | DATES.map(lambda day: f"UNTIL={day + timedelta(400):%Y%m%d}"),
)


@st.composite
def moments(draw):
    given = {"title": draw(TEXTS), "text": draw(st.just("") | TEXTS), "source": draw(TEXTS)}
    given["sort"] = draw(st.sampled_from(["election", "verdict", "other"]))
    given["certainty"] = draw(st.sampled_from(["confirmed", "expected", "possible", "called off"]))
    first = draw(DATES)
    match draw(st.sampled_from(["fixed", "windowed", "recurring", "undated", "conditional"])):
        case "fixed":
            given |= {"timing": "fixed", "when": f"{first}{draw(st.sampled_from(['', '~', '?', '%']))}"}
            given |= {"clock": draw(CLOCKS)}
        case "windowed":
            given |= {
                "timing": "windowed",
                "when": draw(st.sampled_from([f"{first}/..", f"{first:%Y-%m}~", f"{first:%Y}"])),
            }
        case "recurring":
            rule = draw(RULES)
            given |= {"timing": "recurring", "when": str(first), "recurrence": rule, "clock": draw(CLOCKS)}
            found = days(a_moment(**given).recurrence, first)
            given |= {
                "skipped": [str(day) for day in draw(st.lists(st.sampled_from(found), max_size=2))] if found else []
            }
        case "undated":
            given |= {"timing": "undated", "condition": draw(TEXTS)}
        case "conditional":
            given |= {"timing": "conditional", "condition": draw(TEXTS), "when": draw(st.none() | DATES.map(str))}
    return a_moment(**given)


@settings(max_examples=120, deadline=None)
@given(st.lists(moments(), min_size=1, max_size=3))
def test_tocsin_reads_back_what_it_wrote(bodies):
    found = read_ics(ics(feed(*bodies)), source="A file")
    assert found.refused == ()
    read = [Moment.model_validate({**one.body, "kind": "moment", "uid": ""}) for one in found.taken]
    assert read == list(bodies)
    assert {(one.subject, one.least.label) for one in found.taken} == {("place:SDN", "TLP:GREEN")}


LINES = st.lists(TEXTS, min_size=2, max_size=4).map("\n".join)


@settings(max_examples=40, deadline=None)
@given(LINES, LINES, LINES)
def test_texts_of_several_lines_survive(title, text, source):
    body = a_moment(when="2027-05-14", title=title[:300].strip(), text=text, source=source[:300].strip())
    made = ics(feed(body, a_moment(when="2027-05-15")))
    assert len(in_icalendar(made)) == len(in_vobject(made)) == 2
    found = read_ics(made, source="A file")
    assert found.refused == ()
    assert [found.taken[0].body[name] for name in ("title", "text", "source")] == [body.title, body.text, body.source]


@pytest.mark.parametrize(
    "text", ["a\r\nEND:VEVENT\r\nBEGIN:VEVENT", "a\rb", "a\x85b", "a\u2028b", "a\\nb\\", 'a\tb,;:"']
)
def test_no_text_breaks_out_of_its_line(text):
    made = ics(feed(a_moment(when="2027-05-14", title=text, text=text, source=text)))
    assert len(in_icalendar(made)) == made.count(b"\r\nBEGIN:VEVENT\r\n") == 1
    (one,) = read_ics(made, source="A file").taken
    assert one.body["text"] == text.replace("\r\n", "\n").replace("\r", "\n")


@settings(max_examples=60, deadline=None)
@given(DATES, st.integers(0, 60))
def test_days_survive_in_both_parsers(first, more):
    last = first + timedelta(more)
    body = a_moment(timing="windowed", when=f"{first}/{last}") if more else a_moment(when=str(first))
    made = ics(feed(body))
    (one,), (other,) = in_icalendar(made), in_vobject(made)
    whole = (first, last + timedelta(1))
    assert (one["DTSTART"].dt, one["DTEND"].dt) == (other.dtstart.value, other.dtend.value) == whole


@settings(max_examples=60, deadline=None)
@given(DATES, st.times().map(lambda at: at.replace(second=0, microsecond=0)), ZONES, st.integers(0, 600))
def test_times_and_zones_survive_in_both_parsers(day, at, zone, minutes):
    body = a_moment(when=str(day), clock={"starts": f"{at:%H:%M}", "minutes": minutes, "zone": zone})
    made = ics(feed(body))
    (one,), (other,) = in_icalendar(made), in_vobject(made)
    expected = datetime.combine(day, at, ZoneInfo(zone))
    assert one["DTSTART"].dt == expected
    assert other.dtstart.value.astimezone(UTC) == expected.astimezone(UTC)
    if minutes:
        assert one["DURATION"].dt == other.duration.value == timedelta(minutes=minutes)


@settings(max_examples=60, deadline=None)
@given(DATES, RULES, st.booleans(), ZONES)
def test_rules_survive_in_both_parsers(first, rule, timed, zone):
    clock = {"starts": "09:30", "zone": zone} if timed else None
    body = a_moment(timing="recurring", when=str(first), recurrence=rule, clock=clock)
    made = ics(feed(body))
    (one,), (other,) = in_icalendar(made), in_vobject(made)
    expected = days(body.recurrence, first)
    start = datetime.combine(first, time(9, 30) if timed else time())
    for text in (one["RRULE"].to_ical().decode(), other.rrule.value):
        # Each is expanded by dateutil on the wall's own time; an UNTIL in UTC is brought there first.
        parts = dict(part.split("=", 1) for part in text.split(";"))
        if parts.get("UNTIL", "").endswith("Z"):
            until = datetime.strptime(parts["UNTIL"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).astimezone(ZoneInfo(zone))
            parts["UNTIL"] = f"{until:%Y%m%dT%H%M%S}"
        found = rrulestr(";".join(f"{name}={value}" for name, value in parts.items()), dtstart=start)
        assert tuple(at.date() for at in found) == expected


def test_days_left_out_survive_in_both_parsers():
    clock = {"starts": "09:30", "zone": "Africa/Khartoum"}
    whole = {"timing": "recurring", "when": "2027-03-01", "recurrence": "FREQ=DAILY;COUNT=5"}
    for timed in (None, clock):
        made = ics(feed(a_moment(**whole, skipped=["2027-03-02", "2027-03-04"], clock=timed)))
        (one,), (other,) = in_icalendar(made), in_vobject(made)
        lists = one["EXDATE"] if isinstance(one["EXDATE"], list) else [one["EXDATE"]]
        left = [str(part.dt)[:10] for each in lists for part in each.dts]
        assert left == ["2027-03-02", "2027-03-04"]
        assert [str(value)[:10] for each in other.exdate_list for value in each.value] == left


def test_lines_end_and_fold_as_the_standard_says():
    made = ics(feed(a_moment(when="2027-05-14", text="A long text, with commas; and more. " * 20)))
    assert all(len(line) <= 75 for line in made.split(b"\r\n"))
    assert b"\n" not in made.replace(b"\r\n", b"")


def test_what_has_no_date_is_a_task_without_one():
    made = ics(feed(a_moment(timing="undated", condition="the ceasefire collapses")))
    (one,) = in_icalendar(made)
    assert (one.name, "DTSTART" in one, "DUE" in one) == ("VTODO", False, False)
    assert "If the ceasefire collapses" in one["DESCRIPTION"]


def test_every_item_and_the_whole_carry_the_marking_and_an_exercise_its_watermark():
    made = ics(feed(a_moment(when="2027-05-14"), exercise=True)).decode()
    assert "X-WR-CALNAME:EXERCISE TLP:GREEN Phone" in made
    assert "SUMMARY:TLP:GREEN Sudan: Vote" in made
    assert "CLASS:CONFIDENTIAL" in made


def test_what_was_called_off_is_cancelled():
    (one,) = in_icalendar(ics(feed(a_moment(when="2027-05-14", certainty="called off"))))
    assert one["STATUS"] == "CANCELLED"


def test_an_empty_feed_is_still_a_calendar():
    assert in_icalendar(ics(feed())) == []
    assert ElementTree.fromstring(atom(feed())).findall("a:entry", ATOM) == []


@settings(max_examples=60, deadline=None)
@given(st.lists(moments(), min_size=1, max_size=3))
def test_atom_is_whole_and_newest_first(bodies):
    root = ElementTree.fromstring(atom(feed(*bodies)))
    entries = root.findall("a:entry", ATOM)
    assert [one.findtext("a:id", namespaces=ATOM) for one in entries] == [
        f"urn:tocsin:{number:032x}" for number in reversed(range(len(bodies)))
    ]
    for one in (root, *entries):
        assert all(one.findtext(f"a:{name}", namespaces=ATOM) for name in ("id", "title", "updated"))


@pytest.mark.parametrize("written", [ics, atom])
def test_no_file_names_an_address(written):
    assert b"http://127" not in written(feed(a_moment(when="2027-05-14")))


@pytest.mark.parametrize(
    "name", ["Europe/Paris", "America/New_York", "Africa/Casablanca", "Australia/Lord_Howe", "Asia/Kolkata"]
)
def test_the_clocks_of_a_zone_are_set_when_the_database_says(name):
    """An oracle of its own: the offset of every six hours of three years, by the components alone."""
    here = ZoneInfo(name)
    parts = [
        (one["DTSTART"].dt.replace(tzinfo=UTC) - one["TZOFFSETFROM"].td, one["TZOFFSETTO"].td)
        for one in zone(name, 2026, 2028).subcomponents
    ]
    at = datetime(2026, 1, 2, tzinfo=UTC)
    while at < datetime(2028, 12, 30, tzinfo=UTC):
        offset = max(part for part in parts if part[0] <= at)[1]
        assert offset == at.astimezone(here).utcoffset(), at
        at += timedelta(hours=6)


@pytest.mark.parametrize(
    "condition", ["the ceasefire collapses", "if the ceasefire collapses", "If the ceasefire collapses"]
)
def test_a_condition_that_begins_with_if_gets_no_second_one(condition):
    body = a_moment(timing="undated", condition=condition)
    (one,) = in_icalendar(ics(feed(body)))
    blocks = [one.text for one in foreseen.moment(body) if isinstance(one, Paragraph)]
    for told in (one["DESCRIPTION"], atom(feed(body)).decode(), "\n".join(blocks)):
        assert told.count("If the ceasefire collapses") == 1
        assert "If if" not in told
        assert "If If" not in told


def test_a_word_that_only_begins_like_if_keeps_its_if():
    assert foreseen.condition(a_moment(timing="undated", condition="Iffland resigns")) == "If Iffland resigns"
    assert foreseen.condition(a_moment(when="2027-05-14")) == ""
