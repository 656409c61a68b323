"""The picture of the horizon: where each mark stands, that no two names run into each other, and what it says."""

from __future__ import annotations

import re
from datetime import date, timedelta
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.interfaces.web.charts.horizon import NARROWEST, horizon_chart, legend
from tocsin.interfaces.web.charts.horizon_told import Bar, Line, Loose, Mark, describe

FIRST, DAYS = date(2026, 11, 1), 500
LAST = FIRST + timedelta(days=DAYS)
LETTER = 5.6
"""Pixels of a letter of the page's typeface at 12 pixels, as measured on a page of Latin text (a little less)."""

days = st.integers(0, DAYS).map(lambda ahead: FIRST + timedelta(days=ahead))
titles = st.text("abcdefgh mn", min_size=1, max_size=80).filter(str.strip)


@st.composite
def marks(draw):
    first, more = draw(days), draw(st.sampled_from([0, 0, 30]))
    state = draw(st.sampled_from(["certain", "open", "off"]))
    return Mark(draw(titles), "then", first, first + timedelta(days=more), state, draw(st.booleans()))


def drawn(*lines, first=FIRST, last=LAST, today=FIRST):
    return ElementTree.fromstring(str(horizon_chart("k", "Title", lines, first, last, today)))


def share(text):
    return float(text.removesuffix("%")) / 100 if text.endswith("%") else float(text) / NARROWEST


def extent(text):
    """The pixels, at the least width, that a name takes."""
    at = share(text.get("x")) * NARROWEST + float(text.get("dx", 0))
    wide = LETTER * len(text.text)
    return (at - wide, at) if text.get("text-anchor") == "end" else (at, at + wide)


@settings(max_examples=60, deadline=None)
@given(st.lists(marks(), max_size=6), st.lists(st.tuples(titles, days, days, days), max_size=4))
def test_no_two_names_run_into_each_other_and_none_is_cut_off(found, needed):
    bars = [Bar("Instrument", title, *sorted(three)) for title, *three in needed]
    rows = {}
    for text in drawn(Line("Sudan", found, bars)).iter("text"):
        rows.setdefault(float(text.get("y")), []).append(extent(text))
    names = [row for y, row in rows.items() if y > 20]
    for row in names:
        assert all(begins >= -4 and ends <= NARROWEST + 4 for begins, ends in row), row
        ordered = sorted(row)
        assert all(one[1] <= other[0] for one, other in pairwise(ordered)), row


@given(days, days, days)
def test_marks_stand_where_their_days_are(sure, even, until):
    sure, even, until = sorted((sure, even, until))
    picture = drawn(
        Line("Sudan", [Mark("Vote", "then", until, until, "certain")], [Bar("Team", "Vote", sure, even, until)])
    )
    at = {path.get("class"): share(one.get("x")) for one in picture.iter("svg") for path in one.findall("path")}
    (dot,) = [share(one.get("cx")) for one in picture.iter("circle")]
    for day, place in ((sure, at["sure"]), (even, at["even"]), (until, dot)):
        assert place == pytest.approx((day - FIRST).days / DAYS, abs=1e-4)


def test_what_lies_before_the_picture_has_no_mark_and_an_arrow():
    past = FIRST - timedelta(days=9)
    picture = drawn(Line("Sudan", [], [Bar("Team", "Vote", past, FIRST, LAST)]))
    assert [path.get("class") for path in picture.iter("path")] == ["even"]
    assert any(text.text.startswith("◂ Team for Vote: 23 Oct 2026 (9 in 10)") for text in picture.iter("text"))


def test_certain_open_doubtful_and_called_off_differ_by_more_than_colour():
    def shape(state, *, doubtful=False, last=FIRST):
        picture = drawn(Line("Sudan", [Mark("Vote", "then", FIRST, last, state, doubtful)]))
        return [(one.tag, one.get("class")) for one in picture.iter() if one.tag in ("circle", "rect", "path")]

    shapes = [
        shape("certain"),
        shape("open"),
        shape("open", doubtful=True),
        shape("off"),
        shape("certain", last=FIRST + timedelta(days=30)),
    ]
    assert len({str(one) for one in shapes}) == 5


def test_the_words_tell_each_date_and_what_is_only_in_the_tables():
    line = Line(
        "Sudan",
        [Mark("Vote", "14 May 2027", date(2027, 5, 14), date(2027, 5, 14), "open")],
        [Bar("Team", "Vote", date(2027, 3, 1), date(2027, 3, 9), date(2027, 5, 14))],
        [Loose("Collapse", "could be any day")],
        more_bars=3,
    )
    assert describe([line], FIRST, LAST, FIRST) == (
        "From 1 November 2026 to 15 March 2028; today is 1 November 2026. Sudan: Vote, 14 May 2027, not confirmed; "
        "Team for Vote to be decided by 1 March 2027 for nine chances in ten, by 9 March 2027 for one in two; "
        "Collapse, could be any day; 3 more in the tables."
    )
    assert "and in the tables: 3 instruments" in str(horizon_chart("k", "t", [line], FIRST, LAST, FIRST))


def test_words_that_people_wrote_are_text_and_nothing_else():
    picture = str(horizon_chart("k", "t", [Line("<b>", [Mark("<i>", "x", FIRST, FIRST, "open")])], FIRST, LAST, FIRST))
    assert "<b>" not in picture
    assert "<i>" not in picture


def test_nothing_is_drawn_of_nothing():
    assert horizon_chart("k", "t", [], FIRST, LAST, FIRST) is None


def test_every_kind_of_mark_is_in_the_legend():
    told = str(legend())
    for class_ in (
        "fixed certain",
        "fixed open",
        "window certain",
        "off",
        "loose",
        "sure",
        "closing",
        "even",
        "needed",
    ):
        assert re.search(rf'class="{class_}"', told), class_
